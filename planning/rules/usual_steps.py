"""The steps most organisations plan by, to start a cycle from: shares of its length, what each takes and hands on."""

from __future__ import annotations

from dataclasses import dataclass

from core.marking import gettext_noop


@dataclass(frozen=True)
class UsualStep:
    """A step: its kind, its name, from which share of the cycle to which, inputs and outputs; words are marked for translation."""

    kind: str
    name: str
    begins: float
    ends: float
    inputs: str
    outputs: str


USUAL_STEPS = (
    UsualStep(
        "prepare", gettext_noop("Agree scope, people and calendar"), 0.0, 0.06,
        gettext_noop("Last cycle's lessons"), gettext_noop("This calendar, owners for every step"),
    ),
    UsualStep(
        "analyse", gettext_noop("Look around and inside"), 0.05, 0.22,
        gettext_noop("Scorecard of the year, trial of the strategy, voices of the units"),
        gettext_noop("SWOT and PESTLE with evidence, assumptions"),
    ),
    UsualStep(
        "analyse", gettext_noop("Name the strategic issues"), 0.2, 0.28,
        gettext_noop("SWOT and PESTLE with evidence"), gettext_noop("Five to eight questions to settle"),
    ),
    UsualStep(
        "decide", gettext_noop("Weigh options and scenarios"), 0.26, 0.4,
        gettext_noop("Strategic issues"), gettext_noop("A chosen option for each issue, scenarios with triggers"),
    ),
    UsualStep(
        "decide", gettext_noop("Draw map, measures and targets"), 0.36, 0.52,
        gettext_noop("Chosen options"), gettext_noop("A draft in review"),
    ),
    UsualStep(
        "adopt", gettext_noop("Adopt and share the strategy"), 0.5, 0.58,
        gettext_noop("The approved draft"), gettext_noop("The strategy in force, shared the same day"),
    ),
    UsualStep(
        "cascade", gettext_noop("Agree unit plans, money and people"), 0.56, 0.8,
        gettext_noop("The strategy in force"), gettext_noop("Agreed plans of all units"),
    ),
    UsualStep(
        "test_and_adapt", gettext_noop("Test and adapt"), 0.78, 1.0,
        gettext_noop("Figures of the year so far, assumptions due"), gettext_noop("Amendments with their reasons, lessons"),
    ),
)  # fmt: skip
