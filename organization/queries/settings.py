"""What the organisation has set for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.periods import FiscalCalendar as CalendarRule
from core.periods import FiscalCalendars
from organization.models import CustomField, FiscalCalendar, Organization, Rate, Term


def organization() -> Organization | None:
    """The organisation, or none before it is set up."""
    return Organization.objects.first()


def calendars() -> FiscalCalendars:
    """The dated fiscal calendars; January years where nothing is set."""
    rows = FiscalCalendar.objects.order_by("valid_from").values_list("valid_from", "first_month", "named_by")
    rules = tuple((start, CalendarRule(month, named_by)) for start, month, named_by in rows)  # type: ignore[arg-type]
    return FiscalCalendars(rules or ((date.min, CalendarRule()),))


@dataclass(frozen=True)
class SettingsReport:
    """What is set now."""

    organization: Organization | None
    years: tuple[FiscalCalendar, ...]
    rates: tuple[Rate, ...]
    terms: tuple[Term, ...]
    fields: tuple[CustomField, ...]


def settings_report() -> SettingsReport:
    """Everything the settings page shows; rates of which none has ended."""
    return SettingsReport(
        organization=organization(),
        years=tuple(FiscalCalendar.objects.all()),
        rates=tuple(Rate.objects.filter(valid__upper_inf=True).order_by("currency", "valid")),
        terms=tuple(Term.objects.order_by("key")),
        fields=tuple(CustomField.objects.all()),
    )
