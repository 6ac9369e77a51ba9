"""Planning cycles as people read them: what is late and who holds it, every step in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Actor, can, permitted, scoped
from core.charts import Timeline, TimelineBar
from core.formats import date_long, date_short
from core.periods import At
from planning.models import CycleStep, PlanningCycle
from planning.rules.cycle import DatedFact, Punctuality, punctuality
from strategy.models import Strategy

OPEN = (CycleStep.State.PLANNED, CycleStep.State.UNDER_WAY)
STEP_VERBS = ("do", "change")
REPEATED = 10
SOON = 14
"""Days before a step is due from which it is named."""


# ------------------------------------------------------------------------------------------------------- one step
@dataclass(frozen=True)
class StepLine:
    """A step on a day: how late it is, and what the reader may do with it."""

    step: CycleStep
    today: date

    @property
    def days_late(self) -> int:
        """Days after its last day; of what is done, on the day it was."""
        return fact_of(self.step).days_late(self.today) if self.step.state != CycleStep.State.SKIPPED else 0

    @property
    def is_late(self) -> bool:
        """Open and past its last day."""
        return self.step.is_open and self.days_late > 0

    @property
    def tone(self) -> str:
        """How the timeline draws it."""
        return "late" if self.is_late else self.step.state

    @property
    def words(self) -> str:
        """How it stands, in words."""
        step = self.step
        if step.state == CycleStep.State.SKIPPED:
            return _("skipped")
        if step.state == CycleStep.State.DONE:
            return _("done in time") if not self.days_late else _("done, %(late)s") % {"late": _late(self.days_late)}
        if self.is_late:
            return _late(self.days_late)
        if step.state == CycleStep.State.UNDER_WAY:
            return _("under way, due %(day)s") % {"day": date_short(step.ends_on)}
        return _("from %(day)s") % {"day": date_short(step.starts_on)}

    @property
    def may_do(self) -> bool:
        """Whether the reader may begin and finish it."""
        return bool(getattr(self.step, "may_do", False))

    @property
    def may_change(self) -> bool:
        """Whether the reader may plan it anew or skip it."""
        return bool(getattr(self.step, "may_change", False))


def _late(days: int) -> str:
    return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}


def fact_of(step: CycleStep) -> DatedFact:
    """What its punctuality is counted from."""
    return DatedFact(step.pk, step.ends_on, step.done_on, step.owner_id is not None)


def punctual(steps: Iterable[CycleStep], today: date) -> Punctuality:
    """How the steps keep their days; skipped ones are not counted."""
    return punctuality([fact_of(step) for step in steps if step.state != CycleStep.State.SKIPPED], today)


# ------------------------------------------------------------------------------------------------------ one cycle
@dataclass(frozen=True)
class CycleLine:
    """A cycle with its steps on a day."""

    cycle: PlanningCycle
    lines: tuple[StepLine, ...]
    today: date

    @property
    def facts(self) -> Punctuality:
        """Its punctuality in figures."""
        return punctual((line.step for line in self.lines), self.today)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(line.step.state == CycleStep.State.DONE for line in self.lines)

    @property
    def counted(self) -> int:
        """How many steps there are without the skipped ones."""
        return sum(line.step.state != CycleStep.State.SKIPPED for line in self.lines)

    @property
    def late(self) -> list[StepLine]:
        """What is late, the latest first."""
        return sorted((line for line in self.lines if line.is_late), key=lambda line: -line.days_late)

    @property
    def sentence(self) -> str:
        """What matters most: what is latest and who holds it, else what comes next."""
        if self.cycle.closed_on:
            return _("Closed on %(day)s.") % {"day": date_long(self.cycle.closed_on)}
        if not self.lines:
            return _("No step is planned yet.")
        if self.late:
            return self._latest(self.late)
        following = next((line for line in self.lines if line.step.is_open), None)
        if following is None:
            return _("Every step is done. Close the cycle.")
        words = {"step": following.step, "day": date_long(following.step.ends_on), "who": _holder(following.step)}
        return _("Nothing is late. Next: “%(step)s”, due on %(day)s; %(who)s.") % words

    @property
    def footer(self) -> str:
        """How punctual it is, with what is counted."""
        facts = self.facts
        if not facts.steps:
            return ""
        owned = _("%(owned)d of %(steps)d steps have somebody who holds them.") % vars(facts)
        if facts.median_late is None:
            return owned
        kept = _("%(in_time)d of %(due)d due steps were done in time; the middle one was %(late)s.")
        late = _late(round(facts.median_late)) if facts.median_late else _("in time")
        return f"{kept % {**vars(facts), 'late': late}} {owned}"

    def _latest(self, late: Sequence[StepLine]) -> str:
        first = late[0]
        words = {"step": first.step, "late": _late(first.days_late), "who": _holder(first.step)}
        sentence = _("“%(step)s” is %(late)s; %(who)s.") % words
        more = len(late) - 1
        if not more:
            return sentence
        others = ngettext("%(n)d more step is late.", "%(n)d more steps are late.", more) % {"n": more}
        return f"{sentence} {others}"


def _holder(step: CycleStep) -> str:
    return _("%(person)s holds it") % {"person": step.owner} if step.owner else _("nobody holds it")


@dataclass(frozen=True)
class CyclePage:
    """A cycle as its page shows it."""

    line: CycleLine
    timeline: Timeline
    strategy: Strategy | None
    may_change: bool


def cycle_page(viewer: Actor, cycle: PlanningCycle, at: At) -> CyclePage:
    """The page of a cycle that was loaded through its policy."""
    (line,) = cycle_lines(viewer, [cycle], at)
    return CyclePage(line, timeline_of(line), strategy_of(viewer, cycle), can(viewer, "change", cycle))


def cycle_lines(viewer: Actor, cycles: Sequence[PlanningCycle], at: At) -> list[CycleLine]:
    """These cycles with their steps; one query for all steps."""
    rows = permitted(viewer, STEP_VERBS, scoped(viewer, "view", CycleStep.objects.filter(cycle__in=cycles)))
    steps: dict[int, list[StepLine]] = defaultdict(list)
    for step in rows.select_related("owner", "cycle").order_by("starts_on", "ends_on", "pk"):
        steps[step.cycle_id].append(StepLine(step, at.today))
    return [CycleLine(cycle, tuple(steps[cycle.pk]), at.today) for cycle in cycles]


def cycles(viewer: Actor) -> QuerySet[PlanningCycle]:
    """Every cycle the viewer may see: the running ones first, the newest first."""
    rows = scoped(viewer, "view", PlanningCycle.objects.all()).select_related("unit", "owner")
    return rows.order_by("closed_on", "-starts_on", "pk")


def timeline_of(line: CycleLine) -> Timeline:
    """The picture of a cycle."""
    bars = [
        TimelineBar(
            one.step.name, one.step.starts_on, one.step.ends_on, one.tone, one.words,  # type: ignore[arg-type]
            reverse("planning:step", args=[one.step.pk]),
        )
        for one in line.lines
    ]  # fmt: skip
    first, last = line.cycle.starts_on, line.cycle.ends_on
    today = None if line.cycle.closed_on else line.today
    return Timeline(first, last, bars, _months(first, last), today, _("Today"))


def _months(first: date, last: date) -> list[tuple[date, str]]:
    """The first days of months that have room for their names: each, each third or each twelfth."""
    days = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    step = 1 if len(days) <= 14 else 3 if len(days) <= 42 else 12
    shown = [day for day in days if (day.month - 1) % step == 0]
    return [(day, date_format(day, "M Y" if step > 1 or day.month == 1 else "M")) for day in shown]


# -------------------------------------------------------------------------------------------------- what is offered
def strategies_for(viewer: Actor, cycle: PlanningCycle) -> list[Strategy]:
    """Strategies of its unit that a cycle may prepare or adapt, and the one it is tied to, the newest first."""
    fitting = ~Q(state=Strategy.State.CLOSED) | Q(pk=cycle.strategy_id or 0)
    rows = scoped(viewer, "view", Strategy.objects.filter(fitting, unit=cycle.unit_id))
    return list(rows.order_by("-starts_on", "pk"))


def cycles_to_repeat(viewer: Actor) -> list[PlanningCycle]:
    """The newest cycles the viewer runs, whose steps another one may begin with."""
    rows = scoped(viewer, "change", PlanningCycle.objects.all())
    return list(rows.order_by("-starts_on", "pk")[:REPEATED])


def following(cycle: PlanningCycle) -> dict[str, Any]:
    """Kind and days that a further step is likely to have: from the end of the last one to the end of the cycle."""
    last = cycle.steps.order_by("-ends_on").first()
    begins = min(last.ends_on, cycle.ends_on) if last else cycle.starts_on
    return {"kind": last.kind if last else None, "starts_on": begins, "ends_on": cycle.ends_on}


def step_line(viewer: Actor, step: CycleStep, at: At) -> StepLine:
    """A step that was loaded through its policy, with what the viewer may do with it."""
    rows = permitted(viewer, STEP_VERBS, CycleStep.objects.filter(pk=step.pk))
    return StepLine(rows.select_related("owner", "cycle").get(), at.today)


def strategy_of(viewer: Actor, cycle: PlanningCycle) -> Strategy | None:
    """The strategy it prepares, as far as the viewer may see it: a draft is for its writers."""
    return scoped(viewer, "view", Strategy.objects.filter(pk=cycle.strategy_id or 0)).first()


# ------------------------------------------------------------------------------------------------ owed and dated
def steps_owed(viewer: Actor, at: At) -> QuerySet[CycleStep]:
    """Open steps the viewer holds that are late, due within two weeks, or should have begun."""
    near = Q(starts_on__lte=at.today) | Q(ends_on__lte=at.today + timedelta(days=SOON))
    rows = CycleStep.objects.filter(near, owner=viewer.person_id or 0, state__in=OPEN, cycle__closed_on=None)
    return scoped(viewer, "view", rows).select_related("cycle").order_by("ends_on", "pk")


def dated_steps(viewer: Actor, at: At) -> Iterator[CycleStep]:
    """The steps of running cycles for the calendar of the year."""
    rows = CycleStep.objects.filter(cycle__closed_on=None).exclude(state=CycleStep.State.SKIPPED)
    yield from scoped(viewer, "view", rows).select_related("owner", "cycle").order_by("starts_on", "pk")
