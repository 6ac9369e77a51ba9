"""How good a person's forecasts and declarations were: for the person at once, for others only what is old enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.formats import percent, plain, signed
from core.periods import Calendar, Frequency, Period
from organization.models import Person
from scorecards.models import Baseline, DeclaredStatus, OwnerForecast, Result, Target
from scorecards.rules.calibration import (
    FEWEST_DECLARATIONS,
    FEWEST_FORECASTS,
    Calibration,
    Watermelons,
    calibration,
    closed_of,
    watermelons,
)

PERIODS_TO_ONESELF = 3
"""The owner sees a figure first; the strategy office after so many of the measure's periods."""


@dataclass(frozen=True)
class RecordLine:
    """One figure, and what it means."""

    label: str
    figure: str
    words: str


@dataclass(frozen=True)
class OwnerRecord:
    """The figures of one person. `is_own`: for that person, with nothing held back."""

    person: Person
    is_own: bool
    calibration: Calibration
    watermelons: Watermelons

    @property
    def has_any(self) -> bool:
        """Whether there is a closed forecast or a green declaration to count."""
        return bool(self.calibration.n or self.watermelons.green)

    @property
    def lines(self) -> list[RecordLine]:
        """Every figure with what it means; where there are too few forecasts, that."""
        found = self.calibration
        if found.is_too_few:
            words = {"n": found.n, "needed": FEWEST_FORECASTS}
            said = _("%(n)d of the %(needed)d closed forecasts that the figures need.") % words
            return [RecordLine(_("Calibration"), _("Too few"), said), self._watermelon_line()]
        return [self._bias_line(), self._brier_line(), self._skill_line(), self._watermelon_line()]

    def _bias_line(self) -> RecordLine:
        found = self.calibration
        words = {"n": found.n_bias, "left": found.left_out}
        if found.bias is None:
            return RecordLine(_("Bias"), _("None"), _("No forecast had a baseline or a red flag to measure it by."))
        said = _("Forecast less actual, in parts of the way from baseline to target; above 0 is too hopeful.")
        counted = _("Over %(n)d forecasts; %(left)d without baseline and red flag are left out.") % words
        return RecordLine(_("Bias"), signed(found.bias, 2), f"{said} {counted}")

    def _brier_line(self) -> RecordLine:
        found = self.calibration
        if found.brier is None:
            return RecordLine(_("Brier score"), _("None"), _("No chance was given of a target."))
        said = _("Mean square of chance less outcome: 0 is perfect, 0.25 is a coin. Over %(n)d chances.")
        return RecordLine(_("Brier score"), plain(found.brier, 3), said % {"n": found.n_chances})

    def _skill_line(self) -> RecordLine:
        found = self.calibration
        if found.skill is None:
            return RecordLine(
                _("Skill"), _("Not shown"), _("All targets were met, or none: there was nothing to tell apart.")
            )
        words = {"rate": percent(100 * (found.base_rate or 0), 0)}
        said = _("1 is perfect, 0 no better than always saying %(rate)s, the share of targets met.") % words
        return RecordLine(_("Skill"), signed(found.skill, 2), said)

    def _watermelon_line(self) -> RecordLine:
        found = self.watermelons
        words = {"red": found.red, "green": found.green, "needed": FEWEST_DECLARATIONS}
        if found.rate is None:
            said = _("%(green)d of the %(needed)d green declarations that the rate needs.") % words
            return RecordLine(_("Watermelons"), _("Too few"), said)
        said = _("Declared on track and computed off track the same day: %(red)d of %(green)d.") % words
        return RecordLine(_("Watermelons"), percent(100 * found.rate, 0), said)


def owner_record(person: Person, today: date, calendar: Calendar, *, is_own: bool) -> OwnerRecord:
    """Calibration over all measures the person has forecast, and the watermelon rate; two statements."""
    rows = list(_closed(person, today, calendar, is_own=is_own))
    said = list(_declared(person, today, calendar, is_own=is_own))
    return OwnerRecord(person, is_own, calibration(closed_of(rows)), watermelons(said))


def _is_shown(period: Period, frequency: str, today: date, *, is_own: bool) -> bool:
    """Whether a period that is over may be shown: to others only three of the measure's periods later."""
    if is_own:
        return period.end < today
    last = Period.of(Frequency(frequency), period.end, period.calendar).shift(PERIODS_TO_ONESELF)
    return last.end < today


def _closed(person: Person, today: date, calendar: Calendar, *, is_own: bool) -> Iterator[tuple[float | None, ...]]:
    """Rows for `closed_of`: the current forecast of each year that is over and has its value."""
    result = Result.objects.filter(
        node__measure=OuterRef("measure"),
        frequency=OuterRef("frequency"),
        period_start=OuterRef("period_start"),
        is_provisional=False,
    )
    then = Q(measure=OuterRef("measure"), recorded_at__lte=OuterRef("recorded_at"))
    baseline = Baseline.objects.filter(then).order_by("-revision")
    flag = Target.objects.filter(then, frequency=OuterRef("frequency"), period_start=OuterRef("period_start")).order_by(
        "-revision"
    )
    rows = OwnerForecast.objects.filter(recorded_by=person, superseded_at=None, period_start__lt=today)
    rows = rows.select_related("measure").annotate(
        actual=Subquery(result.values("value")[:1]),
        flag=Subquery(result.values("red_flag")[:1]),
        own_flag=Subquery(flag.values("red_flag")[:1]),
        start=Subquery(baseline.values("value")[:1]),
    )
    for row in rows.order_by("pk"):
        year = Period(Frequency(row.frequency), row.period_start, calendar)
        if _is_shown(year, row.measure.frequency, today, is_own=is_own):
            chance = None if row.probability is None else row.probability / 100
            flag_then = row.own_flag if row.own_flag is not None else row.flag
            numbers = (row.value, chance, row.actual, row.target, row.start, flag_then, row.measure.goodness)
            yield tuple(None if number is None else float(number) for number in numbers)


def _declared(person: Person, today: date, calendar: Calendar, *, is_own: bool) -> Iterator[tuple[str, str]]:
    """Pairs of declared and computed status of the same day."""
    rows = DeclaredStatus.objects.filter(recorded_by=person, superseded_at=None).exclude(status="")
    rows = rows.annotate(own=F("node__measure__frequency")).order_by("pk")
    for row in rows:
        period = Period(Frequency(row.frequency), row.period_start, calendar)
        if is_own or _is_shown(period, row.own or row.frequency, today, is_own=False):
            yield row.status, row.computed
