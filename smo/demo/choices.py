"""What the organisation believes, which ways it weighs, and which futures it watches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingSpec:
    """A look at an assumption, so many days ago: a confidence in per cent, None where it was found wrong."""

    days_ago: int
    confidence: int | None
    words: str
    person: str


@dataclass(frozen=True)
class AssumptionSpec:
    """A belief, stated so many days ago; what it carries are codes of objectives, and links as pairs of them."""

    statement: str
    because: str
    owner: str
    confidence: int
    days_ago: int
    review_in: int
    objectives: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    half_life: int = 12
    findings: tuple[FindingSpec, ...] = ()


@dataclass(frozen=True)
class OptionSpec:
    """A way to settle the issue, with its score and the reason for it on each criterion."""

    name: str
    description: str
    scores: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class TriggerSpec:
    """A measure above (or below) a limit so many periods in a row."""

    measure: str
    limit: str
    periods: int
    is_above: bool = True


@dataclass(frozen=True)
class ScenarioSpec:
    """A possible future with its signs."""

    name: str
    story: str
    early_moves: str
    owner: str
    triggers: tuple[TriggerSpec, ...]


OFFICE = "ravi.menon"
ASSUMPTIONS = (
    AssumptionSpec(
        "Community nurses can be hired at today's pay",
        "In the last three rounds every post had two or more applicants.",
        "grace.whitcombe", 70, 400, 90, ("F2", "C3"),
        findings=(
            FindingSpec(190, 65, "The spring round filled all posts but two.", "grace.whitcombe"),
            FindingSpec(12, None, "Eleven of fourteen posts stayed empty in the autumn round; the neighbouring trust "
                        "pays a band more.", "grace.whitcombe"),
        ),
    ),
    AssumptionSpec(
        "General practices have room to share the care of long illnesses",
        "A survey of 41 practices; two thirds said they would take part.",
        "yusuf.kaya", 80, 600, 30, ("C4",), (("C4", "P2"),),
    ),
    AssumptionSpec(
        "Demand for emergency care grows by no more than 2% a year",
        "It grew by 1.4% a year over the last five years.",
        "james.adeyemi", 80, 300, 60, ("P1", "C1"),
        findings=(FindingSpec(70, 75, "1.9% over the last twelve months, most of it in winter.", "james.adeyemi"),),
    ),
    AssumptionSpec(
        "Half of all outpatient visits need no hospital building",
        "An audit of 900 visits in four specialities.",
        "yusuf.kaya", 75, 220, 120, ("P2", "F2"),
        findings=(FindingSpec(40, 85, "The audit was repeated in two more specialities with the same result.",
                              "yusuf.kaya"),),
    ),
    AssumptionSpec(
        "The national standard for planned treatment stays at 18 weeks",
        "It stands in the mandate for the next two years.",
        "helena.marsh", 90, 150, 180, ("P1",), half_life=24,
    ),
    AssumptionSpec(
        "One record is live at every site before the next strategy begins",
        "The supplier has kept four of its last five dates.",
        "daniel.osei", 65, 130, -5, ("L2",), (("L2", "C3"), ("L2", "C4")),
    ),
)  # fmt: skip

QUESTION = "How should ambulatory care grow without more hospital beds?"
WHY = (
    "Day treatment grew by a quarter in three years. The units are full four days a week, and people travel far for it."
)
CRITERIA = (
    ("Nearness to patients", 35, "nobody travels more than 10 km"),
    ("Cost over ten years", 25, "it pays for itself"),
    ("Time until it works", 20, "open within a year"),
    ("Staff we can find", 20, "no post more than today"),
)
"""Name, weight in per cent, what a 10 means."""
OPTIONS = (
    OptionSpec(
        "Three hubs in the towns", "Day treatment, tests and clinics in Elmstead, Saltby and Harbour Quarter.",
        ((9, "86% of patients live within 10 km of one"), (5, "£14m to build, £1.1m a year to run"),
         (5, "the first after 20 months"), (6, "12 more nurses")),
    ),
    OptionSpec(
        "Treat with general practice", "Practices give day treatment with visiting teams; the hospital trains and equips.",
        ((8, "most practices are near"), (7, "little to build, fees per visit"),
         (4, "agreements with 41 practices"), (4, "practices are short of nurses too")),
    ),
    OptionSpec(
        "A larger day unit at Northmere General", "A second floor on the day unit, open seven days.",
        ((3, "no nearer than today"), (6, "£9m to build"), (9, "ten months"), (7, "shares the wards' staff")),
    ),
)  # fmt: skip

SCENARIOS = (
    ScenarioSpec(
        "A winter without free beds",
        "Flu comes early and care homes close to admissions. Patients who are ready cannot leave; ambulances wait.",
        "Open the discharge lounge at weekends.\nMove 20 virtual ward places forward from spring.\n"
        "Agree with Elmstead which planned lists pause first.",
        "james.adeyemi",
        (TriggerSpec("C1-01", "10", 3), TriggerSpec("P1-04", "75", 2, is_above=False)),
    ),
    ScenarioSpec(
        "Staff leave faster than we can hire",
        "Pay falls behind the neighbours, and agencies take those who are tired of rotas.",
        "Bring the retention payment for night shifts forward.\nFreeze agency use in two wards and move their lists.",
        "grace.whitcombe",
        (TriggerSpec("L1-02", "10.5", 2), TriggerSpec("L1-01", "88", 3, is_above=False)),
    ),
)
