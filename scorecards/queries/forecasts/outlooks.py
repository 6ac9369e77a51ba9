"""The forecast of one measure as its page shows it: the system's and the owner's, the promise, and who may say more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import Actor
from core.formats import NumberFormat, date_short, percent
from core.periods import At, Calendar, Frequency, Period
from organization.models import Person
from scorecards.models import Measure, MeasureForecast, OwnerForecast
from scorecards.queries.cards import number_format
from scorecards.queries.forecasts.calibrations import OwnerRecord, owner_record
from scorecards.queries.forecasts.computing import Outlook, Point, forecasts
from scorecards.queries.forecasts.histories import NOT_FORECAST, stored_forecast
from scorecards.queries.forecasts.wanted import year_targets
from scorecards.queries.ranges import range_text
from scorecards.rules.forecast import FEWEST, SANDBAG_ABOVE


@dataclass(frozen=True)
class PointLine:
    """A period of the forecast in words."""

    period: str
    middle: str
    interval: str


@dataclass(frozen=True)
class OwnerLine:
    """What a person expects of the year; the chance is of the target known then."""

    who: str
    on: str
    value: str
    chance: str
    target: str
    reason: str


@dataclass(frozen=True)
class OutlookReport:
    """Everything the page of a measure says about its year's end."""

    measure: Measure
    outlook: Outlook
    owner: OwnerLine | None
    record: OwnerRecord | None
    may_forecast: bool

    @property
    def numbers(self) -> NumberFormat:
        return number_format(self.measure)

    @property
    def year(self) -> str:
        return self.outlook.year.label

    @property
    def has_forecast(self) -> bool:
        return bool(self.outlook.model)

    @property
    def middle(self) -> str:
        """The expected value of the year."""
        return self.numbers.text(self.outlook.middle)

    @property
    def interval(self) -> str:
        """The two ends, between which 8 of 10 such years end."""
        return self._between(self.outlook.low, self.outlook.high)

    @property
    def chance(self) -> str:
        """The probability that the target is met at the year end, never said surer than 2,000 paths can."""
        return "" if self.outlook.p_met is None else chance_text(self.outlook.p_met)

    @property
    def target(self) -> str:
        """The target of the year."""
        wanted = self.outlook.target
        if wanted.value is not None and self.measure.polarity != Measure.Polarity.INSIDE:
            return self.numbers.text(wanted.value)
        return range_text(self.numbers, wanted.low, wanted.high)  # type: ignore[arg-type]

    @property
    def target_words(self) -> str:
        """The target of the year, for the head of the card."""
        return _("Target %(value)s") % {"value": self.target} if self.target else ""

    @property
    def sentence(self) -> str:
        """The finding in one or two sentences."""
        if not self.has_forecast:
            return ""
        words = {
            "year": self.year,
            "value": self.middle,
            "low": self.numbers.text(self.outlook.low),
            "high": self.numbers.text(self.outlook.high),
            "chance": self.chance,
        }
        said = (
            _("%(year)s is expected to end at %(value)s; in 8 of 10 such cases it ends between %(low)s and %(high)s.")
            if self.measure.aggregation == Measure.Aggregation.LAST
            else _(
                "%(year)s as a whole is expected to come to %(value)s; in 8 of 10 such cases it comes to between"
                " %(low)s and %(high)s."
            )
        )
        met = _("The chance that the target is met at the year end is %(chance)s.") if self.chance else ""
        return f"{said} {met}".strip() % words

    @property
    def model(self) -> str:
        """How the past was carried on, in words."""
        return str(MODELS.get(self.outlook.model, lambda: "")())

    @property
    def why_none(self) -> str:
        """Why there is no forecast, and what would bring one."""
        words = {"n": self.outlook.n, "needed": FEWEST, "year": self.year}
        if self.measure.method in NOT_FORECAST:
            return _("Words, and yes or no, are not forecast.")
        if self.outlook.n < FEWEST:
            return _("%(n)d of the %(needed)d values that a forecast needs are there.") % words
        return _("The newest value is too old, or %(year)s has all its values.") % words

    @property
    def points(self) -> list[PointLine]:
        """The periods to the year's end."""
        calendar = self.outlook.year.calendar
        return [
            PointLine(
                Period.parse(point.key, calendar).label,
                self.numbers.text(point.middle),
                self._between(point.low, point.high),
            )
            for point in self.outlook.points
        ]

    def _between(self, low: float | None, high: float | None) -> str:
        return _("%(low)s to %(high)s") % {"low": self.numbers.text(low), "high": self.numbers.text(high)}


MODELS = {
    "seasonal_naive": lambda: _("as a year before"),
    "drift": lambda: _("the mean change so far goes on"),
    "theta": lambda: _("smoothed, with half the trend"),
}


def chance_text(p: float) -> str:
    """0.1234 as 12%; never 0 or 100 %, which no forecast knows."""
    if p < 0.01:
        return _("under 1%")
    return _("over 99%") if p > 0.99 else percent(100 * p, 0)


def current_outlook(measure: Measure, at: At) -> Outlook:
    """The stored forecast if nothing has changed since it was made, else a new one, which is not stored here."""
    calendar = at.period.calendar
    known, stored = stored_forecast(measure, at.today, calendar)
    return forecasts([known], at.today, calendar)[known.pk] if stored is None else _outlook(known, stored, calendar)


def _outlook(measure: Measure, row: MeasureForecast, calendar: Calendar) -> Outlook:
    year = Period.of(Frequency.YEAR, row.year_start, calendar)
    return Outlook(
        year=year,
        n=row.n,
        model=row.model,
        points=tuple(Point(*point) for point in row.points),
        low=row.low,
        middle=row.middle,
        high=row.high,
        p_met=row.p_met,
        target=year_targets({measure.pk: year}, [measure])[measure.pk],
    )


def outlook_report(viewer: Actor, measure: Measure, outlook: Outlook, at: At, may: Mapping[str, bool]) -> OutlookReport:
    """What belongs beside the system's forecast; `may` says what the viewer may do. A constant number of queries."""
    return OutlookReport(
        measure=measure,
        outlook=outlook,
        owner=_owner_line(measure, outlook.year),
        record=_record(viewer, measure, at, sees_others=may["judge_forecasts"]),
        may_forecast=may["forecast"] and measure.method not in NOT_FORECAST,
    )


def current_owner_forecasts(measure: Measure) -> QuerySet[OwnerForecast]:
    """What is expected of the measure's years, newest year first."""
    rows = OwnerForecast.objects.filter(measure=measure, superseded_at=None).exclude(value=None, probability=None)
    return rows.select_related("recorded_by").order_by("-period_start")


def _owner_line(measure: Measure, year: Period) -> OwnerLine | None:
    row = current_owner_forecasts(measure).filter(frequency=Frequency.YEAR, period_start=year.start).first()
    if row is None:
        return None
    numbers = number_format(measure)
    return OwnerLine(
        who=row.recorded_by.name if row.recorded_by else "",
        on=date_short(row.recorded_at.date()),
        value="" if row.value is None else numbers.text(row.value),
        chance="" if row.probability is None else percent(row.probability, 0),
        target="" if row.target is None else numbers.text(row.target),
        reason=row.reason,
    )


def _record(viewer: Actor, measure: Measure, at: At, *, sees_others: bool) -> OwnerRecord | None:
    """The owner's figures: for the owner at once, for the strategy office when they are old enough (METHOD §6)."""
    owner: Person | None = measure.owner
    if owner is None:
        return None
    is_own = owner.pk == viewer.person_id
    if not is_own and not sees_others:
        return None
    found = owner_record(owner, at.today, at.period.calendar, is_own=is_own)
    return found if is_own or found.has_any else None


def beaten_when_set(measure: Measure, year: Period) -> str:
    """The chance, in words, with which a year's target was beaten by the forecast already when it was set.

    Empty unless it was above 9 in 10 (METHOD §6, sandbag flag); from what was known at the moment it was recorded.
    """
    target = year_targets({measure.pk: year}, [measure])[measure.pk]
    if target.recorded_at is None:
        return ""
    day = timezone.localtime(target.recorded_at).date()
    found = forecasts([measure], day, year.calendar, as_of=target.recorded_at, year=year)[measure.pk]
    return chance_text(found.p_met) if found.p_met is not None and found.p_met > SANDBAG_ABOVE else ""
