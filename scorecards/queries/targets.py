"""The targets of a measure in a year, as they were given and changed; and targets that were eased before their date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isnan

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.access import Actor, can, scoped
from core.formats import NumberFormat, date_short
from core.periods import At, Calendar, Frequency, Period, PeriodError
from scorecards.models import Measure, Method, Scorecard, Target
from scorecards.queries.cards import number_format
from scorecards.queries.kept import closed_on_card, closed_since
from scorecards.queries.ranges import range_text
from scorecards.queries.trees import is_locked
from scorecards.rules.arrays import days, floats
from scorecards.rules.ladders import interpolated

LONGER = (Frequency.QUARTER, Frequency.HALF_YEAR, Frequency.YEAR)
LADDER = ("value", "low", "high")
EASED_WITHIN = timedelta(days=60)
"""METHOD §3: a target eased so shortly before its date, or after it, is listed in the pack."""


@dataclass(frozen=True)
class TargetLine:
    """One period of a year with what is wanted in it. `original` is the first target given, where it was changed."""

    period: Period
    is_own: bool
    numbers: dict[str, Decimal | None]
    revision: int
    text: str
    original: str
    changed: str
    between: str
    closed: str

    @property
    def key(self) -> str:
        """Names the line in a form."""
        return self.period.key


@dataclass(frozen=True)
class TargetYear:
    """The targets of a measure in a fiscal year; `columns` are the numbers its method asks for."""

    measure: Measure
    year: Period
    columns: tuple[str, ...]
    lines: tuple[TargetLine, ...]
    may_set: bool

    @property
    def own(self) -> list[TargetLine]:
        """Periods of the measure's own frequency."""
        return [line for line in self.lines if line.is_own]

    @property
    def longer(self) -> list[TargetLine]:
        """Longer periods, whose own target wins once they are complete."""
        return [line for line in self.lines if not line.is_own]


def columns_of(measure: Measure) -> tuple[str, ...]:
    """The numbers of a target that the measure's method reads."""
    if measure.method == Method.RANGE:
        return ("low", "high")
    if measure.method == Method.BAND:
        return ("value", "red_flag", "stretch")
    if measure.method == Method.PROGRESS:
        return ("value", "stretch")
    return ("value",)


def asked_year(text: str, at: At) -> Period:
    """The fiscal year that a page is asked for, else the one of `at`."""
    try:
        asked = Period.parse(text, at.period.calendar) if text else at.period
        return asked.parent(Frequency.YEAR) if asked.frequency is not Frequency.YEAR else asked
    except PeriodError:
        return at.period if at.period.frequency is Frequency.YEAR else at.period.parent(Frequency.YEAR)


def year_of_targets(viewer: Actor, measure: Measure, year: Period) -> TargetYear:
    """The targets of a year for a page; four queries, however many periods there are."""
    own = Frequency(measure.frequency)
    periods = [p for f in (own, *LONGER) if f is own or f.is_longer_than(own) for p in periods_in(f, year)]
    facts = _facts(measure)
    locks = closed_on_card(measure, year.calendar)
    numbers = number_format(measure)
    ladder = _ladders(measure, facts, [p for p in periods if p.frequency is own], locks) if measure.interpolates else {}
    lines = []
    for period in periods:
        rows = facts.get((period.frequency.value, period.start), [])
        lock = is_locked(period, locks)
        current = rows[-1] if rows else None
        lines.append(
            TargetLine(
                period=period,
                is_own=period.frequency is own,
                numbers={name: getattr(current, name) if current else None for name in columns_of(measure)},
                revision=current.revision if current else 0,
                text=_text(current, numbers),
                original=_original(rows, numbers),
                changed=_changed(rows),
                between="" if _is_given(current) else ladder.get(period, ""),
                closed=lock.label if lock else "",
            )
        )
    return TargetYear(measure, year, columns_of(measure), tuple(lines), can(viewer, "set_target", measure))


def periods_in(frequency: Frequency, year: Period) -> list[Period]:
    """The periods of a frequency in the year, by their last days."""
    period = Period.of(frequency, year.start, year.calendar)
    found = []
    while period.start <= year.end:
        if year.start <= period.end <= year.end:
            found.append(period)
        period = period.next()
    return found


Place = tuple[str, date]
Facts = dict[Place, list[Target]]


def _facts(measure: Measure) -> Facts:
    """All targets ever given, by period, oldest first."""
    found: Facts = defaultdict(list)
    rows = Target.objects.filter(measure=measure).select_related("recorded_by", "approved_by")
    for row in rows.order_by("frequency", "period_start", "revision"):
        found[row.frequency, row.period_start].append(row)
    return found


def targets_on(measures: Sequence[Measure], day: date) -> dict[int, str]:
    """Measure → the target in force on the day: that of the last own period that had begun and was given one.

    The measures are ones the reader may see; one query for any number of them.
    """
    rows = Target.objects.filter(measure__in=measures, superseded_at=None, frequency=F("measure__frequency"))
    begun = rows.filter(period_start__lte=day).order_by("measure_id", "-period_start").distinct("measure_id")
    by_id = {measure.pk: measure for measure in measures}
    texts = {row.measure_id: _text(row, number_format(by_id[row.measure_id])) for row in begun}
    return {measure: text for measure, text in texts.items() if text}


def _is_given(target: Target | None) -> bool:
    return target is not None and any(number is not None for number in (target.value, target.low, target.high))


def _text(target: Target | None, numbers: NumberFormat) -> str:
    if target is None:
        return ""
    if target.value is not None:
        return numbers.text(target.value)
    return range_text(numbers, target.low, target.high)


def _original(rows: Sequence[Target], numbers: NumberFormat) -> str:
    """The first target of a period, where a later one says something else."""
    given = [row for row in rows if _is_given(row)]
    if len(rows) < 2 or not given:
        return ""
    first, last = _text(given[0], numbers), _text(rows[-1], numbers)
    return "" if first == last else first


def _changed(rows: Sequence[Target]) -> str:
    """When and by whom the target was changed last, who agreed, and why."""
    if len(rows) < 2:
        return ""
    last = rows[-1]
    who = last.recorded_by.name if last.recorded_by else _("an import")
    parts = [f"{date_short(last.recorded_at.date())}, {who}"]
    if last.approved_by and last.approved_by_id != last.recorded_by_id:
        parts.append(_("agreed by %(name)s") % {"name": last.approved_by.name})
    return "; ".join([*parts, *([last.reason] if last.reason else [])])


def _ladders(
    measure: Measure, facts: Facts, periods: Sequence[Period], closed: Mapping[Period, datetime]
) -> dict[Period, str]:
    """What the line between given targets says of periods without one; of closed ones, what it said then."""
    found: dict[Period, str] = {}
    since = {period: closed_since(period, closed) for period in periods}
    for moment in set(since.values()):
        alike = [period for period in periods if since[period] == moment]
        steps = {key: held for key, rows in facts.items() if (held := _held(rows, moment)) is not None}
        found |= _ladder(measure, steps, alike)
    return found


def _held(rows: Sequence[Target], moment: datetime | None) -> Target | None:
    """The target of a period that held at a moment; None is now."""
    if moment is None:
        return rows[-1]
    return next((row for row in reversed(rows) if row.recorded_at <= moment), None)


def _ladder(measure: Measure, given: Mapping[Place, Target], periods: Sequence[Period]) -> dict[Period, str]:
    steps = sorted(
        (Period(Frequency(frequency), start, periods[0].calendar).end, row)
        for (frequency, start), row in given.items()
        if frequency == measure.frequency and _is_given(row)
    )
    on, ends = days([end for end, _row in steps]), days([period.end for period in periods])
    lines = {name: interpolated(floats([getattr(row, name) for _end, row in steps]), on, ends) for name in LADDER}
    numbers = number_format(measure)
    found = {}
    for place, period in enumerate(periods):
        value, low, high = (_known(lines[name][place]) for name in LADDER)
        found[period] = numbers.text(value) if value is not None else range_text(numbers, low, high)
    return found


def _known(number: float) -> Decimal | None:
    return None if isnan(number) else Decimal(str(number))


# --------------------------------------------------------------------------------------------------- eased
@dataclass(frozen=True)
class EasedTarget:
    """A target that was made easier, or taken away, at most 60 days before its period ended, or after that."""

    measure: Measure
    period: Period
    was: str
    now: str
    eased_on: date
    days_before: int
    by: str
    approved_by: str
    reason: str


def eased_targets(viewer: Actor, scorecard: Scorecard, at: At, since: date | None = None) -> list[EasedTarget]:
    """Targets of a scorecard eased within 60 days of their date, since a day (a pack: the one before), newest first."""
    since = since or at.today - EASED_WITHIN
    visible = scoped(viewer, "view", Measure.objects.filter(node__scorecard=scorecard))
    rows = _changed_since(visible, since, at)
    eased = [row for row in rows if _is_eased(row)]
    found = [_eased(row, at.period.calendar) for row in eased]
    return [one for one in found if one.days_before <= EASED_WITHIN.days]


def _changed_since(measures: QuerySet[Measure], since: date, at: At) -> Iterable[Target]:
    earlier = Target.objects.filter(
        measure=OuterRef("measure"), frequency=OuterRef("frequency"), period_start=OuterRef("period_start"),
        revision__lt=OuterRef("revision"),
    ).order_by("-revision")  # fmt: skip
    former = {f"former_{name}": Subquery(earlier.values(name)[:1]) for name in ("value", "low", "high")}
    rows = Target.objects.filter(measure__in=measures, revision__gt=1, recorded_at__date__gt=since).annotate(**former)
    if at.as_of is not None:
        rows = rows.filter(recorded_at__lte=at.as_of)
    given = Q(former_value__isnull=False) | Q(former_low__isnull=False) | Q(former_high__isnull=False)
    return rows.filter(given).select_related("measure", "recorded_by", "approved_by").order_by("-recorded_at", "-pk")


def _is_eased(row: Target) -> bool:
    """Nearer to the bad side, wider, or gone."""
    was, low, high = (getattr(row, f"former_{name}") for name in ("value", "low", "high"))
    if was is not None:
        return row.value is None or row.measure.goodness * (row.value - was) < 0
    wider_below = low is not None and (row.low is None or row.low < low)
    wider_above = high is not None and (row.high is None or row.high > high)
    return wider_below or wider_above


def _eased(row: Target, calendar: Calendar) -> EasedTarget:
    period = Period(Frequency(row.frequency), row.period_start, calendar)
    numbers = number_format(row.measure)
    former = Target(
        value=row.former_value,  # type: ignore[attr-defined]
        low=row.former_low,  # type: ignore[attr-defined]
        high=row.former_high,  # type: ignore[attr-defined]
    )
    eased_on = row.recorded_at.date()
    return EasedTarget(
        measure=row.measure,
        period=period,
        was=_text(former, numbers),
        now=_text(row, numbers) or _("taken away"),
        eased_on=eased_on,
        days_before=(period.end - eased_on).days,
        by=row.recorded_by.name if row.recorded_by else "",
        approved_by=row.approved_by.name if row.approved_by else "",
        reason=row.reason,
    )
