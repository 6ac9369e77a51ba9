"""One measure over time: its page, its chart, its file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from core.access import Actor, scoped
from core.charts import MeasureSeries
from core.formats import NumberFormat, date_short, percent
from core.periods import At, Calendar, Frequency, Period
from core.statuses import movement, reason_words
from scorecards.models import Edge, Measure, Observation, Result, Series, Target
from scorecards.queries.cards import number_format
from scorecards.queries.declared import Declaration, declarations
from scorecards.queries.excuses import excuse_words, excused_places
from scorecards.queries.forecasts import Outlook, current_outlook
from scorecards.queries.measurecharts import chart_series, charted_periods, periods_ahead
from scorecards.queries.ranges import range_text
from scorecards.queries.restated import recorded_after_closing

PERIODS_SHOWN = 13


@dataclass(frozen=True)
class PeriodLine:
    """One period of a measure: the values as they are known now, and what was said before."""

    period: Period
    value: float | None
    target: float | None
    red_flag: float | None
    year_ago: float | None
    status: str
    reason: str
    value_text: str
    target_text: str
    gap_text: str
    year_ago_text: str
    source: str
    corrected_at: str
    corrected_was: str
    after_closing: str
    comment: str
    first_target: str = ""
    excused: str = ""
    further: tuple[str, ...] = ()

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)


@dataclass(frozen=True)
class MeasureReport:
    """Everything the page of a measure draws."""

    measure: Measure
    status: str
    reason: str
    was: str
    moved: str
    was_label: str
    score: float | None
    trend: str
    headline_value: str
    headline_target: str
    headline_gap: str
    is_better_than_target: bool | None
    period: Period
    lines: tuple[PeriodLine, ...]
    charted: tuple[Period, ...]
    series: MeasureSeries
    year_to_date: Result | None
    year_to_date_label: str
    year_to_date_value: str
    year_to_date_target: str
    share: float | None
    outlook: Outlook
    declared: Declaration | None = None
    further: tuple[str, ...] = ()

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)

    @property
    def direction(self) -> str:
        """Which way is better, as the head of the page says it."""
        return str(self.measure.get_polarity_display()).lower()

    @property
    def has_values(self) -> bool:
        """Whether there is anything to draw."""
        return any(line.value is not None for line in self.lines)

    @property
    def has_restated(self) -> bool:
        """Whether a value was recorded after its period had been closed."""
        return any(line.after_closing for line in self.lines)

    @property
    def has_targets(self) -> bool:
        """Whether differences to a target can be drawn."""
        return any(line.value is not None and line.target is not None for line in self.lines)

    @property
    def headline(self) -> str:
        """The finding in one line: the value, and how it stands to its target."""
        words = {"value": self.headline_value, "period": self.period.label, "gap": self.headline_gap.lstrip("+−")}
        if not self.headline_value:
            return _("%(period)s: %(reason)s") % {**words, "reason": self.reason_words or _("No value")}
        if not self.headline_gap:
            return _("%(value)s in %(period)s") % words
        if words["gap"].split(" ")[0].strip("0.,%") == "":
            return _("%(value)s in %(period)s, exactly the target") % words
        if self.is_better_than_target:
            return _("%(value)s in %(period)s, %(gap)s better than the target") % words
        return _("%(value)s in %(period)s, %(gap)s worse than the target") % words

    @property
    def year_to_date_words(self) -> str:
        """ "FY2026 to date, 6 of 12 periods" or the whole year's name."""
        year = self.year_to_date
        if year is None or not year.is_provisional:
            return self.year_to_date_label
        words = {"year": self.year_to_date_label, "n": year.parts_present, "m": year.parts_total}
        return _("%(year)s to date, %(n)s of %(m)s periods") % words

    @property
    def year_to_date_gap(self) -> str:
        """The year to date's difference to its target."""
        year = self.year_to_date
        if year is None or year.value is None or year.target is None:
            return ""
        return number_format(self.measure).gap(year.value - year.target)

    @property
    def share_percent(self) -> str:
        """The part of the objective's weight, in whole per cent."""
        return "" if self.share is None else percent(100 * self.share, 0)

    @property
    def baseline_text(self) -> str:
        """The baseline as the measure writes its values."""
        return number_format(self.measure).text(self.measure.baseline)

    @property
    def comment(self) -> str:
        """The owner's words on the period."""
        return self.latest.comment if self.latest else ""

    @property
    def comment_source(self) -> str:
        """Who wrote them, and when."""
        return self.latest.source if self.latest else ""

    @property
    def comment_period(self) -> str:
        """The period the words are about."""
        return self.period.label

    @property
    def latest(self) -> PeriodLine | None:
        """The period asked for."""
        return next((line for line in self.lines if line.period == self.period), None)


def measures(viewer: Actor) -> QuerySet[Measure]:
    """Measures the viewer may see, with what a list shows."""
    rows = scoped(viewer, "view", Measure.objects.all())
    return rows.select_related("unit", "owner", "objective__strategy", "node")


def due_measures(viewer: Actor) -> QuerySet[Measure]:
    """Live measures whose values the viewer owes: owner or updater."""
    mine = Q(owner_id=viewer.person_id) | Q(updaters=viewer.person_id)
    return (
        scoped(viewer, "record", Measure.objects.filter(mine, state="live")).select_related("unit", "node").distinct()
    )


def own_period(measure: Measure, at: At) -> Period:
    """The measure's own period for the one asked: its latest finished or current one inside it."""
    return period_for(Frequency(measure.frequency), at)


def period_for(frequency: Frequency, at: At) -> Period:
    """The period of measures of a frequency for the one asked."""
    if frequency == at.period.frequency:
        return at.period
    last = Period.of(frequency, min(at.period.end, at.today), at.period.calendar)
    return last if last.is_over(at.today) or last.start >= at.period.start else last.previous()


def measure_report(viewer: Actor, measure: Measure, at: At) -> MeasureReport:
    """The measure's own periods up to the one asked for, newest first; a constant number of queries."""
    period = own_period(measure, at)
    outlook = current_outlook(measure, at)
    shown = [period.shift(step) for step in range(periods_ahead(outlook, period), -PERIODS_SHOWN, -1)]
    facts = _MeasureFacts.of(measure, shown, at)
    lines = tuple(_line(measure, facts, one) for one in shown if one.start <= period.start)
    result, before = facts.results.get(period.start), facts.results.get(period.previous().start)
    value, target = (result.value, result.target) if result else (None, None)
    numbers = number_format(measure)
    was = before.status if before else ""
    gap = None if value is None or target is None else value - target
    ytd = facts.year
    charted = charted_periods(lines, shown, facts.targets, outlook)
    return MeasureReport(
        measure=measure,
        status=result.status if result else "no_data",
        reason=result.reason if result else "not_reported",
        was=was,
        moved=movement(was, result.status) if result and was else "",
        was_label=period.previous().label,
        score=result.score if result else None,
        trend=result.trend if result else "",
        headline_value="" if value is None else numbers.text(value),
        headline_target="" if target is None else numbers.text(target),
        headline_gap="" if gap is None else numbers.difference(gap),
        is_better_than_target=None if gap is None else gap * measure.goodness >= 0,
        period=period,
        lines=lines,
        charted=charted,
        series=chart_series(measure, lines, charted, facts.targets, outlook),
        year_to_date=ytd,
        year_to_date_label=period.parent(Frequency.YEAR).label,
        year_to_date_value="" if ytd is None or ytd.value is None else numbers.figure(ytd.value),
        year_to_date_target="" if ytd is None or ytd.target is None else numbers.figure(ytd.target),
        share=_share(measure, period.end),
        declared=next(iter(declarations([measure.node.pk], at).values()), None),
        outlook=outlook,
    )


def _share(measure: Measure, day: date) -> float | None:
    """The measure's part of its objective's weight on a day, 0 to 1."""
    siblings = Edge.objects.filter(parent=OuterRef("parent"), valid__contains=day).order_by()
    edges = Edge.objects.filter(child__measure=measure, parent__objective=measure.objective_id, valid__contains=day)
    whole = Subquery(siblings.values("parent").annotate(all=Sum("weight")).values("all"))
    edge = edges.annotate(whole=whole).first()
    return float(edge.weight / edge.whole) if edge and edge.whole else None


@dataclass(frozen=True)
class _MeasureFacts:
    observations: dict[date, list[Observation]]
    targets: dict[date, Target]
    results: dict[date, Result]
    year: Result | None
    after_closing: dict[date, str]
    excused: dict[date, str]
    is_calculated: bool

    @classmethod
    def of(cls, measure: Measure, shown: list[Period], at: At) -> _MeasureFacts:
        frequency = measure.frequency
        starts = [one.start for one in shown]
        wanted = starts + [ago.start for one in shown if (ago := one.year_ago()) is not None]
        observations: dict[date, list[Observation]] = defaultdict(list)
        rows = Observation.objects.filter(
            series__measure=measure,
            series__kind=Series.Kind.ACTUAL,
            series__name="",
            frequency=frequency,
            period_start__in=wanted,
        )
        for row in rows.select_related("recorded_by").order_by("revision"):
            observations[row.period_start].append(row)
        targets = Target.objects.filter(
            measure=measure, frequency=frequency, period_start__in=starts, superseded_at=None
        )
        results = Result.objects.filter(node__measure=measure).filter(
            Q(frequency=frequency, period_start__in=wanted if measure.is_calculated else starts)
            | Q(
                frequency=Frequency.YEAR,
                period_start=Period.of(Frequency.YEAR, at.period.start, at.period.calendar).start,
            )
        )
        own, year = {}, None
        for result in results:
            if result.frequency == frequency:
                own[result.period_start] = result
            else:
                year = result
        late = recorded_after_closing([measure.pk], at.period.calendar).values()
        after = {
            one.period.start: date_short(_day(one.recorded_at)) for one in late if one.period.frequency == frequency
        }
        given = {target.period_start: target for target in targets}
        excuses = excused_places([(measure.pk, one) for one in shown], at.as_of)
        excused = {period.start: excuse_words(row) for (_measure, period), row in excuses.items()}
        return cls(observations, given, own, year, after, excused, measure.is_calculated)

    def value(self, start: date) -> Decimal | None:
        """The current value of a period, calculated or recorded."""
        if self.is_calculated:
            result = self.results.get(start)
            return None if result is None or result.value is None else Decimal(str(result.value))
        rows = self.observations.get(start)
        return rows[-1].value if rows else None


def _number(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)


def _line(measure: Measure, facts: _MeasureFacts, period: Period) -> PeriodLine:
    numbers = number_format(measure)
    rows = facts.observations.get(period.start, [])
    current = rows[-1] if rows else None
    result, target = facts.results.get(period.start), facts.targets.get(period.start)
    value = facts.value(period.start)
    wanted = target.value if target else _on_the_line(measure, result)
    ago = period.year_ago()
    year_ago = facts.value(ago.start) if ago else None
    gap = None if value is None or wanted is None else value - wanted
    corrected_at, corrected_was = _corrected(rows, numbers)
    return PeriodLine(
        period=period,
        value=_number(value),
        target=_number(wanted),
        red_flag=result.red_flag if result else _number(target.red_flag if target else None),
        year_ago=_number(year_ago),
        status=result.status if result else "no_data",
        reason=result.reason if result else "not_reported",
        value_text="" if value is None else numbers.figure(value),
        target_text=_wanted(target, numbers) if target else numbers.figure(wanted) if wanted is not None else "",
        gap_text="" if gap is None else numbers.gap(gap),
        year_ago_text="" if year_ago is None else numbers.figure(year_ago),
        source=_("Calculated") if measure.is_calculated and value is not None else _source(current),
        corrected_at=corrected_at,
        corrected_was=corrected_was,
        after_closing=facts.after_closing.get(period.start, ""),
        comment=current.comment if current else "",
        excused=facts.excused.get(period.start, "") if value is None else "",
    )


def _on_the_line(measure: Measure, result: Result | None) -> Decimal | None:
    """Between given targets, what the ladder says, where the measure has one."""
    return Decimal(str(result.target)) if measure.interpolates and result and result.target is not None else None


def _wanted(target: Target | None, numbers: NumberFormat) -> str:
    if target is None:
        return ""
    return range_text(numbers, target.low, target.high) if target.value is None else numbers.figure(target.value)


def _source(observation: Observation | None) -> str:
    if observation is None:
        return ""
    who = observation.source or (observation.recorded_by.name if observation.recorded_by else "")
    return f"{who}, {date_short(_day(observation.recorded_at))}" if who else date_short(_day(observation.recorded_at))


def _day(when: datetime) -> date:
    return when.date()


def _corrected(rows: list[Observation], numbers: NumberFormat) -> tuple[str, str]:
    """When the value was corrected last and what it was before; empty texts if it never was."""
    values = [row for row in rows if row.value is not None]
    if len(values) < 2 or values[-1].value == values[-2].value:
        return "", ""
    return date_short(_day(values[-1].recorded_at)), numbers.figure(values[-2].value)


def measure_periods(measure: Measure, at: At) -> list[Period]:
    """The measure's own periods a value may be entered for, newest first: the running one and the year before it."""
    return list(_periods(Frequency(measure.frequency), at.today, at.period.calendar))


@lru_cache(maxsize=64)
def _periods(frequency: Frequency, today: date, calendar: Calendar) -> tuple[Period, ...]:
    """Cut once a day: every form of a value asks for them."""
    newest = Period.of(frequency, today, calendar)
    return tuple(newest.shift(-step) for step in range(PERIODS_SHOWN))
