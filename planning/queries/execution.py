"""Was it done, and did the measure move: hypothesis and execution held apart for each objective (METHOD §14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor, scoped
from core.facets import Fact, get
from core.formats import plain
from core.periods import At
from planning.queries.trials import Sources, sources_of, standing_measures
from planning.rules.execution import Movement, Reading, movement, reading
from planning.rules.trial import stands_for
from scorecards.models import Measure
from scorecards.queries.cards import number_format
from strategy.models import Objective, Strategy
from strategy.queries.strategies import objectives

WORDS = {
    Reading.HYPOTHESIS: gettext_lazy("Done, and the measure did not move: look at the belief behind it."),
    Reading.EXECUTION: gettext_lazy(
        "Not done, and the measure did not move: look at the work, the belief was not tried."
    ),
    Reading.UNEXPLAINED: gettext_lazy("The measure moved although the work is not done: something else moves it."),
    Reading.BORNE_OUT: gettext_lazy("Done, and the measure moved."),
    Reading.UNKNOWN: gettext_lazy("Nothing can be said yet."),
}
ORDER = tuple(WORDS)
"""What a meeting looks at first."""


@dataclass(frozen=True)
class Hypothesis:
    """An objective, what other processes say was delivered for it, and what the measure that stands for it did."""

    objective: Objective
    delivered: Fact | None
    measure: Measure | None
    moved: Movement | None
    reading: Reading

    @property
    def words(self) -> str:
        """What follows from both."""
        return str(WORDS[self.reading])

    @property
    def done(self) -> str:
        """What was delivered, in words."""
        return self.delivered.words if self.delivered else _("No work is recorded for it yet")

    @property
    def change(self) -> str:
        """From which value to which, and whether that counts as moved."""
        if self.measure is None:
            return _("No measure stands for it")
        if self.moved is None:
            return _("Too few values to compare")
        before, now = (_figure(self.measure, value) for value in (self.moved.before, self.moved.now))
        return _CHANGES[self.moved.is_moved, self.moved.has_range] % {"before": before, "now": now}


def _figure(measure: Measure, good: float) -> str:
    """A value as people know it; of a range its score."""
    if measure.polarity == Measure.Polarity.INSIDE:
        return _("a score of %(score)s") % {"score": plain(good, 0)}
    return number_format(measure).text(measure.goodness * good)


_CHANGES = {
    (True, True): gettext_lazy("Moved: from %(before)s to %(now)s, better than its usual range"),
    (True, False): gettext_lazy("Moved: from %(before)s to %(now)s (too few values for a usual range)"),
    (False, True): gettext_lazy("Not moved: from %(before)s to %(now)s, within its usual range or worse"),
    (False, False): gettext_lazy("Not moved: from %(before)s to %(now)s"),
}


def hypotheses(viewer: Actor, strategy: Strategy, at: At) -> list[Hypothesis]:
    """Every objective of the strategy, what to look at first at the top; queries do not grow with the objectives.

    What was delivered is told by the facet "delivered" of objectives: its value is true or false.
    """
    rows = list(objectives(viewer, strategy))
    stand = standing_measures([row.pk for row in rows], at.today)
    chosen = {row.pk: stands_for(stand.get(row.pk, []), leading=False) for row in rows}
    asked = Measure.objects.filter(pk__in=[key for key in chosen.values() if key is not None])
    sources = sources_of(set(scoped(viewer, "view", asked).values_list("pk", flat=True)), at.today)
    facet = get("objective", "delivered")
    delivered = facet.build(rows, viewer, at) if facet else {}
    found = [_hypothesis(row, chosen[row.pk], delivered.get(row.pk), sources, strategy.starts_on) for row in rows]
    return sorted(found, key=lambda one: ORDER.index(one.reading))


def _hypothesis(
    objective: Objective, chosen: int | None, delivered: Fact | None, sources: Sources, begins: date
) -> Hypothesis:
    measure = sources.measures.get(chosen or 0)
    moved = None
    if measure is not None:
        values = sorted(sources.values.get((measure.pk, measure.frequency), {}).items())
        moved = movement([v for day, v in values if day < begins], [v for day, v in values if day >= begins])
    read = reading(
        is_delivered=None if delivered is None else bool(delivered.value),
        is_moved=None if moved is None else moved.is_moved,
    )
    return Hypothesis(objective, delivered, measure, moved, read)
