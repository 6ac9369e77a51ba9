"""What the organisation sets for itself: its name and currency, fiscal years, exchange rates and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, Forbidden, givers_sentence, policy_of, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from core.periods import FiscalCalendar as CalendarRule
from core.periods import FiscalCalendars, PeriodError
from organization.actions.batches import clean_rows, end_all, locked, since
from organization.actions.texts import clean_currency, clean_line
from organization.models import CustomField, FiscalCalendar, Organization, Rate, Subject, Term
from organization.queries import NOUNS

LARGEST_RATE = Decimal(10) ** 9


def require_setting(actor: Actor, model: type[FiscalCalendar | Rate | Term | CustomField]) -> None:
    """Raise Forbidden unless the actor may change settings of this kind: they belong to the whole organisation."""
    if policy_of(model).q(actor, "change") is None:
        raise Forbidden("change", givers_sentence(model, "change"))


def set_organization(
    actor: Actor, *, name: str, subtitle: str = "", currency: str, expected: int | None = None
) -> Organization:
    """The organisation's name, second line and reporting currency."""
    values = {
        "name": clean_line(name, label=_("The name"), most=120, field="name"),
        "subtitle": clean_line(subtitle, label=_("The second line"), most=120, field="subtitle", needed=False),
        "currency": clean_currency(currency),
    }
    with transaction.atomic():
        row = locked(Organization, 1)
        require(actor, "change", row)
        check_version(row, expected, values)
        if Rate.objects.filter(currency=values["currency"]).exists():
            raise Refusal(
                _("%(currency)s has an exchange rate, so it cannot be the reporting currency.") % values,
                field="currency",
            )
        changed = assign(row, values)
        if changed:
            with recording(actor, "set_organization"):
                row.store(changed)
    return row


def set_fiscal_calendar(
    actor: Actor, *, valid_from: date, first_month: int, named_by: str, today: date
) -> FiscalCalendar:
    """How fiscal years are cut from a date on: the first day of a year of the new calendar (METHOD §2).

    A year that has begun is never cut anew, but for the first calendar while nothing is recorded yet.
    """
    require_setting(actor, FiscalCalendar)
    with transaction.atomic():
        standing = list(FiscalCalendar.objects.select_for_update().order_by("valid_from"))
        kept = [row for row in standing if row.valid_from != valid_from]
        if valid_from <= today and standing and (kept or _in_use()):
            raise Refusal(
                _("Years that have begun stay as they are. Choose the first day of a year after %(day)s.")
                % {"day": date_long(today)},
                field="valid_from",
            )
        _check_calendars(kept, valid_from, first_month, named_by)
        values = {"first_month": first_month, "named_by": named_by}
        with recording(actor, "set_fiscal_calendar", details={"valid_from": valid_from.isoformat(), **values}):
            row, _made = FiscalCalendar.objects.update_or_create(valid_from=valid_from, defaults=values)
    return row


def _in_use() -> bool:
    """Whether anything but units and people has been recorded, so that periods have a meaning already."""
    return Subject.objects.exclude(kind__in=("unit", "person")).exists()


def _check_calendars(kept: Sequence[FiscalCalendar], valid_from: date, first_month: int, named_by: str) -> None:
    dated = [(row.valid_from, row.first_month, row.named_by) for row in kept]
    try:
        FiscalCalendars(
            tuple(
                (start, CalendarRule(month, named))  # type: ignore[arg-type]
                for start, month, named in sorted([*dated, (valid_from, first_month, named_by)])
            )
        )
    except PeriodError as problem:
        raise Refusal(str(problem), field="valid_from") from None


def drop_fiscal_calendar(actor: Actor, *, calendar: FiscalCalendar, today: date) -> None:
    """Take back a change of the fiscal year that has not begun."""
    require(actor, "change", calendar)
    if calendar.valid_from <= today:
        raise Refusal(_("Years that have begun stay as they are."))
    with recording(actor, "drop_fiscal_calendar", details={"valid_from": calendar.valid_from.isoformat()}):
        FiscalCalendar.objects.filter(pk=calendar.pk).delete()


@dataclass(frozen=True)
class RateRow:
    """What one unit of a currency is worth in the reporting currency from a day on."""

    currency: str
    rate: Decimal
    first_day: date


def set_rates(actor: Actor, *, rows: Sequence[RateRow]) -> list[Rate]:
    """Exchange rates from a day on, until the next one set; all or none. A rate of the same day is corrected."""
    require_setting(actor, Rate)
    organization = Organization.objects.first()
    own = organization.currency if organization else ""
    cleaned = clean_rows(rows, lambda row: _clean_rate(row, own))
    if len({row.currency for row in cleaned}) < len(cleaned):
        raise Refusal(_("A currency is named twice. Name each once."), field="currency")
    with recording(actor, "set_rates", details={"count": len(cleaned)}):
        return [_set_rate(row) for row in cleaned]


def _clean_rate(row: RateRow, own: str) -> RateRow:
    currency = clean_currency(row.currency)
    if currency == own:
        raise Refusal(_("%(currency)s is the reporting currency; its rate is 1.") % {"currency": own}, field="currency")
    if not row.rate.is_finite() or not 0 < row.rate < LARGEST_RATE or row.rate != round(row.rate, 8):
        raise Refusal(_("A rate is a number above 0 with at most eight decimals."), field="rate")
    return RateRow(currency, row.rate, row.first_day)


def _set_rate(row: RateRow) -> Rate:
    held = Rate.objects.select_for_update().filter(currency=row.currency)
    later = held.filter(valid__startswith__gt=row.first_day).order_by("valid").first()
    end_all(held.filter(valid__contains=row.first_day), row.first_day)
    until = later.valid.lower if later else None
    return Rate.objects.create(currency=row.currency, rate=row.rate, valid=since(row.first_day, until))


@dataclass(frozen=True)
class TermRow:
    """The organisation's own words for a noun; both empty bring back the portal's."""

    key: str
    one: str
    many: str


def set_terms(actor: Actor, *, rows: Sequence[TermRow]) -> None:
    """Rename nouns; all or none."""
    require_setting(actor, Term)
    cleaned = [_clean_term(row) for row in rows]
    with recording(actor, "set_terms", details={"keys": sorted(row.key for row in cleaned)}):
        for row in cleaned:
            if row.one:
                Term.objects.update_or_create(key=row.key, defaults={"singular": row.one, "plural": row.many})
            else:
                Term.objects.filter(key=row.key).delete()


def _clean_term(row: TermRow) -> TermRow:
    if row.key not in NOUNS:
        raise Refusal(_("'%(key)s' is no noun that can be renamed.") % {"key": row.key}, field="key")
    one = clean_line(row.one, label=_("The word for one"), most=60, field=f"{row.key}_one", needed=False)
    many = clean_line(row.many, label=_("The word for many"), most=60, field=f"{row.key}_many", needed=False)
    if bool(one) != bool(many):
        missing = "many" if one else "one"
        raise Refusal(
            _("Give both words for %(noun)s, one and many, or neither.") % {"noun": NOUNS[row.key][0]},
            field=f"{row.key}_{missing}",
        )
    return TermRow(row.key, one, many)
