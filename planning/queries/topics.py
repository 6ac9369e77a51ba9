"""What a testing-and-adapting meeting should look at: contradicted links, doubtful ground, signs that came, failing beliefs.

A review takes any of it onto its agenda: each topic names the record it is about, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor
from core.periods import At
from planning.models import LinkTrial
from planning.queries.execution import Hypothesis, hypotheses
from planning.queries.resting import Rest, rest_of
from planning.queries.trials import Line, links_of, tried_links
from planning.rules.execution import Reading
from strategy.models import Strategy

_ORDER = ("contradicted", "not_seen", "too_early", "supported")
FAILING = (Reading.HYPOTHESIS, Reading.EXECUTION, Reading.UNEXPLAINED)


@dataclass(frozen=True)
class Topic:
    """One thing to look at: what, why, where it is told, and the record (its Subject's id) that an agenda would name."""

    title: str
    reason: str
    url: str
    subject_id: int


@dataclass(frozen=True)
class Trial:
    """A strategy on trial: its links with their verdicts, hypothesis and execution apart, and what follows first."""

    lines: tuple[Line, ...]
    hypotheses: tuple[Hypothesis, ...]
    topics: tuple[Topic, ...]

    @property
    def tested(self) -> int:
        """How many links the figures say something of."""
        return sum(line.verdict in ("supported", "contradicted") for line in self.lines)


def trial_of(viewer: Actor, strategy: Strategy, at: At) -> Trial:
    """Of a strategy that was loaded through its policy; queries do not grow with it."""
    lines = sorted(tried_links(viewer, links_of(viewer, strategy)), key=lambda line: _ORDER.index(line.verdict))
    read = hypotheses(viewer, strategy, at)
    found = [*_of_links(lines), *_of_ground(rest_of(viewer, strategy, at)), *_of_beliefs(read)]
    return Trial(tuple(lines), tuple(read), tuple(found))


def _of_links(lines: Sequence[Line]) -> Iterator[Topic]:
    """Contradicted links; an agenda names the objective that should have moved."""
    for line in lines:
        if line.verdict == LinkTrial.Verdict.CONTRADICTED:
            link = line.link
            title = f"{link.source.short} {link.get_sign_display()} {link.target.short}"
            url = reverse("strategy:objective", args=[link.target_id])
            yield Topic(title, line.sentence, url, link.target.subject_id)


def _of_ground(rest: Rest) -> Iterator[Topic]:
    """What was found to be wrong, what faded, and scenarios of which a sign is there."""
    for one in sorted(rest.doubtful, key=lambda one: one.assumption.falsified_on is None):
        row = one.assumption
        reason = (
            _("An assumption that was found to be wrong.")
            if row.falsified_on
            else _("An assumption nobody looked at again: %(percent)d %% of its confidence is left.")
            % {"percent": round(one.percent)}
        )
        yield Topic(row.statement, reason, reverse("planning:assumption", args=[row.pk]), row.subject_id)
    for line in rest.coming:
        scenario = line.scenario
        url = reverse("planning:scenario", args=[scenario.pk])
        yield Topic(scenario.name, _("A sign of this scenario is there."), url, scenario.subject_id)


def _of_beliefs(read: Sequence[Hypothesis]) -> Iterator[Topic]:
    for one in read:
        if one.reading in FAILING:
            row = one.objective
            yield Topic(row.name, one.words, reverse("strategy:objective", args=[row.pk]), row.subject_id)
