"""Where green, amber and blue begin on a scorecard, and how much coverage a score needs: settings from a day on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg2.extras import DateRange

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Calendar
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.models import Node, PeriodLock, Scorecard, ScorecardBands


@dataclass(frozen=True)
class BandsRow:
    """Scores from 0 to 100 at which a status begins; no `exceeds` leaves blue switched off. Shares from 0 to 1."""

    green: float = 200 / 3
    amber: float = 100 / 3
    exceeds: float | None = None
    minimum_coverage: float = 0.5
    tolerance: float = 0.1


def set_bands(actor: Actor, *, scorecard: Scorecard, bands: BandsRow, from_on: date, today: date) -> ScorecardBands:
    """Other bands from a day on; earlier periods keep those of their time (METHOD §3).

    The bands valid on a period's last day count in it. Refused: bands out of order; a closed period would change.
    """
    require(actor, "change", _valid_on(scorecard, from_on))
    _check(bands)
    return again(lambda: _set(actor, scorecard, bands, from_on, today))


def _valid_on(scorecard: Scorecard, day: date) -> ScorecardBands:
    return ScorecardBands.objects.get(scorecard=scorecard, valid__contains=day)


def _check(bands: BandsRow) -> None:
    best = 100.0 if bands.exceeds is None else bands.exceeds
    if not 0 < bands.amber < bands.green <= best <= 100:
        raise Refusal(
            _("Bands rise from watch (%(amber)g) to on track (%(green)g) to exceeds (%(best)g), between 0 and 100.")
            % {"amber": bands.amber, "green": bands.green, "best": best},
            field="green",
        )
    if not 0 <= bands.minimum_coverage <= 1:
        raise Refusal(_("The smallest coverage lies between 0 and 1."), field="minimum_coverage")
    if not 0 < bands.tolerance <= 1:
        raise Refusal(_("The default red flag is a part of the target above 0 and up to 1."), field="tolerance")


def _set(actor: Actor, scorecard: Scorecard, bands: BandsRow, from_on: date, today: date) -> ScorecardBands:
    calendar = calendars()
    values = asdict(bands)
    with transaction.atomic():
        nodes = list(Node.objects.filter(scorecard=scorecard).values_list("pk", flat=True))
        hold(nodes, calendar, cards=[scorecard.pk])
        _refuse_closed(scorecard, from_on, calendar)
        row = _valid_on(scorecard, from_on)
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        details = {**values, "from_on": from_on.isoformat()}
        with recording(actor, "set_bands", subject_id=scorecard.strategy.subject_id, details=details):
            made = _write(row, values, from_on)
            # held again: the settings are read after they were written
            recompute(nodes, None, today, hold(nodes, calendar, cards=[scorecard.pk]))
    return made


def _refuse_closed(scorecard: Scorecard, from_on: date, calendar: Calendar) -> None:
    for lock in PeriodLock.objects.filter(scorecard=scorecard, opened_at=None).order_by("-period_start"):
        period = lock.period(calendar)
        if period.end >= from_on:
            raise Refusal(
                _("%(period)s is closed, so bands can change only after it.") % {"period": period.label},
                code="closed",
                field="from_on",
            )


def _write(row: ScorecardBands, values: dict[str, float | None], from_on: date) -> ScorecardBands:
    """The bands from the day on; the old ones keep the time before it."""
    lower, upper = row.valid.lower, row.valid.upper
    if lower == from_on:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=[*values])
        return row
    row.valid = DateRange(lower, from_on)
    row.save(update_fields=["valid"])
    return ScorecardBands.objects.create(scorecard_id=row.scorecard_id, valid=DateRange(from_on, upper), **values)
