"""Two planning cycles: the review of the year before last, closed, and the one that prepares the coming strategy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepSpec:
    """A step from and to so many days from now; `done` is the day it was done, with what came of it."""

    kind: str
    name: str
    owner: str
    begins: int
    ends: int
    inputs: str
    outputs: str
    done: int | None = None
    note: str = ""
    state: str = "planned"


@dataclass(frozen=True)
class CycleSpec:
    """A cycle from and to so many days from now."""

    name: str
    owner: str
    begins: int
    ends: int
    steps: tuple[StepSpec, ...]
    is_closed: bool = False


REVIEW = CycleSpec(
    "Mid-term review of Closer, Sooner, Safer", "mei.chow", -520, -280,
    (
        StepSpec("prepare", "Agree what the review asks", "mei.chow", -520, -500, "The strategy's third year",
                 "Five questions to the board", -502, "Five questions agreed with the board's chair."),
        StepSpec("analyse", "Read the scorecards of three years", "nadia.rahman", -505, -460, "Scorecards, answers to reds",
                 "What moved, what did not, and why", -448, "Twelve days late: the community figures had to be recast."),
        StepSpec("decide", "Decide what stays, changes and stops", "helena.marsh", -460, -420, "What moved and why",
                 "Changes to the map", -425, "Two objectives reworded, one link dropped."),
        StepSpec("adopt", "Adopt the amendment", "mei.chow", -420, -400, "Changes to the map",
                 "The amended strategy", -401, "Shared with all staff the same day."),
        StepSpec("cascade", "Bring unit plans into line", "james.adeyemi", -400, -330, "The amended strategy",
                 "Plans of eight units", -318, "Seven of eight in time; diagnostics followed two weeks later."),
        StepSpec("test_and_adapt", "Visit two health systems abroad", "yusuf.kaya", -360, -300, "Plans of eight units",
                 "What others do differently", None, "Travel was stopped in the winter.", "skipped"),
    ),
    is_closed=True,
)  # fmt: skip
COMING = CycleSpec(
    "The next strategy", "mei.chow", -75, 240,
    (
        StepSpec("prepare", "Agree scope, people and calendar", "mei.chow", -75, -58, "Lessons of the mid-term review",
                 "This calendar, a holder for every step", -57, "Agreed by the executive team; one day over."),
        StepSpec("analyse", "Ask the units: SWOT and PESTLE", "ravi.menon", -56, -9,
                 "Scorecard of the year, trial of the strategy, voices of the units",
                 "Notes with evidence, each traced or parked", None, "", "under_way"),
        StepSpec("analyse", "Name the strategic issues", "nadia.rahman", -20, 10, "Notes with evidence",
                 "Five to eight questions to settle", None, "", "under_way"),
        StepSpec("decide", "Weigh options and scenarios", "mei.chow", 5, 40, "Strategic issues",
                 "A chosen option for each issue; scenarios with their signs"),
        StepSpec("decide", "Draw map, measures and targets", "ravi.menon", 35, 85, "Chosen options", "A draft in review"),
        StepSpec("adopt", "Adopt and share the strategy", "helena.marsh", 85, 105, "The approved draft",
                 "The strategy in force, shared the same day"),
        StepSpec("cascade", "Agree unit plans, money and people", "james.adeyemi", 100, 180, "The strategy in force",
                 "Agreed plans of all units"),
        StepSpec("test_and_adapt", "Test and adapt after two quarters", "mei.chow", 190, 240,
                 "Figures of two quarters, assumptions due", "Amendments with their reasons, lessons"),
    ),
)  # fmt: skip
CYCLES = (REVIEW, COMING)
