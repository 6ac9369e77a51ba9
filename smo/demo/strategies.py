"""The three strategies: the whole organisation's, one hospital's and one support unit's, with their maps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PerspectiveSpec:
    """A layer of the map and the question it answers."""

    name: str
    question: str


@dataclass(frozen=True)
class ThemeSpec:
    """A slice of the map with its owner."""

    name: str
    description: str
    owner: str


@dataclass(frozen=True)
class ObjectiveSpec:
    """An objective; `perspective` and `theme` are names, `weight` counts within the perspective."""

    code: str
    name: str
    short: str
    perspective: str
    theme: str
    owner: str
    description: str
    weight: int = 1


@dataclass(frozen=True)
class LinkSpec:
    """We believe that the source moves the target within so many months."""

    source: str
    target: str
    rationale: str
    lags: tuple[int, int] = (1, 6)
    sign: int = 1
    is_necessary: bool = False


@dataclass(frozen=True)
class StrategySpec:
    """One unit's strategy with everything on its map; `name` may hold {first_year} and {last_year}."""

    unit: str
    name: str
    owner: str
    designer: str
    mission: str
    vision: str
    core_values: tuple[str, ...]
    perspectives: tuple[PerspectiveSpec, ...]
    themes: tuple[ThemeSpec, ...]
    objectives: tuple[ObjectiveSpec, ...]
    links: tuple[LinkSpec, ...]


PATIENTS, CARE, PEOPLE, MONEY = "Patients and community", "Care processes", "People and digital", "Money"
SOONER, CLOSER, SAFER = "Sooner", "Closer", "Safer"

LAYERS = (
    PerspectiveSpec(PATIENTS, "What must people notice?"),
    PerspectiveSpec(CARE, "What must we do well, every day?"),
    PerspectiveSpec(PEOPLE, "Whom and what must we have?"),
    PerspectiveSpec(MONEY, "What makes it possible?"),
)

ORGANIZATION = StrategySpec(
    unit="NMH",
    name="Closer, Sooner, Safer {first_year} to {last_year}",
    owner="helena.marsh",
    designer="mei.chow",
    mission="We keep the people of Northmere well, and look after them when they are not.",
    vision="By {last_year} no one in Northmere waits longer than they should, travels further than they need, "
    "or comes to avoidable harm.",
    core_values=("Patients first, then the rest", "We say what we see", "We waste nothing, least of all time"),
    perspectives=LAYERS,
    themes=(
        ThemeSpec(SOONER, "Timely access", "james.adeyemi"),
        ThemeSpec(CLOSER, "Care near home", "yusuf.kaya"),
        ThemeSpec(SAFER, "Every time", "marcus.hale"),
    ),
    objectives=(
        ObjectiveSpec("P1", "Shorten waits, urgent and planned", "Waits", PATIENTS, SOONER, "james.adeyemi",
            "People are seen when their condition asks for it, in the emergency departments and on the waiting lists.", 2),
        ObjectiveSpec("P2", "Give more care at or near home", "Near home", PATIENTS, CLOSER, "yusuf.kaya",
            "Care that does not need a hospital bed is given at home, in a village hall or in general practice.", 1),
        ObjectiveSpec("P3", "Do no avoidable harm", "Harm-free", PATIENTS, SAFER, "marcus.hale",
            "Falls, infections and mistakes that we know how to prevent do not happen.", 1),
        ObjectiveSpec("C1", "Let patients flow without delay", "Flow", CARE, SOONER, "sofia.lindqvist",
            "From arrival to discharge nobody waits for us: not for a bed, a doctor, a decision or a way home.", 2),
        ObjectiveSpec("C2", "Offer one-stop diagnostics", "Diagnostics", CARE, SOONER, "ines.ferreira",
            "One visit, all tests, and the result within ten days.", 1),
        ObjectiveSpec("C3", "Run virtual wards at scale", "Virtual wards", CARE, CLOSER, "yusuf.kaya",
            "Patients who would lie in a hospital bed are looked after at home by the same team.", 1),
        ObjectiveSpec("C4", "Share care with general practice", "GP care", CARE, CLOSER, "yusuf.kaya",
            "Hospital and practice follow one plan for each patient with a long illness.", 1),
        ObjectiveSpec("C5", "Hand over reliably", "Handovers", CARE, SAFER, "anneliese.brandt",
            "Nothing that matters is lost when a patient passes from one team to the next.", 1),
        ObjectiveSpec("C6", "Learn from every incident", "Learning", CARE, SAFER, "marcus.hale",
            "What one ward learned the hard way, every ward knows within the month.", 1),
        ObjectiveSpec("L1", "Put the right staff on every shift", "Staffing", PEOPLE, SOONER, "grace.whitcombe",
            "Every shift has the people it needs, and they want to come back tomorrow.", 1),
        ObjectiveSpec("L2", "Run one connected patient record", "Record", PEOPLE, CLOSER, "daniel.osei",
            "One record, read and written by everyone who cares for the patient, and by the patient.", 1),
        ObjectiveSpec("L3", "Build teams that speak up and improve", "Speaking up", PEOPLE, SAFER, "grace.whitcombe",
            "Staff say what worries them, are thanked for it, and see that it is acted upon.", 1),
        ObjectiveSpec("F1", "Free up 3% a year to reinvest", "Savings", MONEY, SOONER, "priya.raman",
            "Savings that last, agreed by those who run the services, put back into shorter waits.", 1),
        ObjectiveSpec("F2", "Move spending to community care", "Community", MONEY, CLOSER, "priya.raman",
            "A larger part of every pound is spent outside the hospitals.", 1),
        ObjectiveSpec("F3", "Invest in record and estate", "Capital", MONEY, SAFER, "priya.raman",
            "Capital goes where it makes care safer, and is spent in the year for which it was given.", 1),
    ),
    links=(
        LinkSpec("F1", "L1", "Savings pay for posts: 60 nurses were hired from the first year's.", (3, 12)),
        LinkSpec("F2", "L2", "Community teams need the record first, and pay for their part of it.", (6, 12)),
        LinkSpec("F3", "L2", "The record is bought with capital; a late purchase is a late release.", (2, 6), 1, True),
        LinkSpec("F3", "L3", "Rooms in which teams can meet; few wards have one.", (3, 12)),
        LinkSpec("L1", "C1", "A full shift discharges earlier in the day.", (0, 3), 1, True),
        LinkSpec("L1", "C2", "Radiographers are the narrowest place in diagnostics.", (0, 3)),
        LinkSpec("L2", "C3", "Virtual wards read the hospital's record at the bedside.", (1, 4), 1, True),
        LinkSpec("L2", "C4", "A shared plan needs a shared record.", (1, 6)),
        LinkSpec("L3", "C5", "Teams that speak up ask when a handover is unclear.", (2, 6)),
        LinkSpec("L3", "C6", "Only what is reported can be learned from.", (1, 6), 1, True),
        LinkSpec("C1", "P1", "A free bed on the ward is a free place in the emergency department.", (0, 2), 1, True),
        LinkSpec("C2", "P1", "Half of the planned waits are waits for a test.", (1, 4)),
        LinkSpec("C3", "P2", "Every virtual ward place is a bed at home.", (0, 3)),
        LinkSpec("C4", "P2", "Practices look after patients who came to outpatients.", (2, 6)),
        LinkSpec("C5", "P3", "One harm in three began with something that was not handed over.", (1, 4)),
        LinkSpec("C6", "P3", "Wards that heard of a harm have fewer of the same kind.", (2, 8)),
        LinkSpec("C3", "C1", "Patients go home earlier when the ward goes with them.", (0, 3)),
    ),
)  # fmt: skip

HOSPITAL = StrategySpec(
    unit="GEN",
    name="General on time, every time {first_year} to {last_year}",
    owner="catherine.bell",
    designer="ravi.menon",
    mission="Northmere General looks after the sickest people of the county, day and night.",
    vision="By {last_year} nobody at Northmere General waits for a bed, a theatre or a way home.",
    core_values=(),
    perspectives=LAYERS,
    themes=(ThemeSpec("Front door", "From arrival to a bed", "sofia.lindqvist"),
            ThemeSpec("Back door", "From a bed to home", "catherine.bell")),
    objectives=(
        ObjectiveSpec("G1", "See emergencies without delay", "Emergency", PATIENTS, "Front door", "sofia.lindqvist",
            "Nobody waits in a corridor, and no ambulance waits at the door."),
        ObjectiveSpec("G2", "Keep every ward safe", "Safe wards", PATIENTS, "Back door", "aisha.bello",
            "No falls with harm, no infection caught here."),
        ObjectiveSpec("G3", "Get people home before noon", "Home early", CARE, "Back door", "thomas.grieve",
            "The day's discharges are prepared the day before and done in the morning."),
        ObjectiveSpec("G4", "Run theatres on time", "Theatres", CARE, "Front door", "ewan.mackie",
            "The first patient is asleep at nine and the list is finished."),
        ObjectiveSpec("G5", "Have a full, rested team", "Team", PEOPLE, "Front door", "catherine.bell",
            "Shifts are filled by our own people, who are well."),
        ObjectiveSpec("G6", "Live within our budget", "Budget", MONEY, "Back door", "catherine.bell",
            "We spend what was agreed, neither more nor much less."),
    ),
    links=(
        LinkSpec("G3", "G1", "A bed free at noon is a patient less in the corridor at two.", (0, 1), 1, True),
        LinkSpec("G5", "G3", "A full shift has time to prepare the day's discharges.", (0, 2)),
        LinkSpec("G5", "G4", "Lists are cancelled for want of theatre nurses.", (0, 2)),
        LinkSpec("G6", "G5", "Money not spent on agency staff pays for posts.", (3, 9)),
    ),
)  # fmt: skip

SUPPORT = StrategySpec(
    unit="DIG",
    name="Digital that simply works {first_year} to {last_year}",
    owner="daniel.osei",
    designer="ravi.menon",
    mission="We give everyone who cares for patients the information they need, where they need it.",
    vision="By {last_year} nobody at Northmere waits for a computer.",
    core_values=(),
    perspectives=LAYERS,
    themes=(ThemeSpec("Run", "What is there must work", "isobel.reid"),
            ThemeSpec("Change", "What is new must help", "kwame.mensah")),
    objectives=(
        ObjectiveSpec("D1", "Keep systems there, always", "Uptime", PATIENTS, "Run", "isobel.reid",
            "Wards never go back to paper."),
        ObjectiveSpec("D2", "Release one record in three steps", "Releases", CARE, "Change", "kwame.mensah",
            "Elmstead, Saltby, General: on the day, with everyone trained."),
        ObjectiveSpec("D3", "Fix it the first time", "Service desk", CARE, "Run", "isobel.reid",
            "Who asks for help is helped in the first call."),
        ObjectiveSpec("D4", "Stay hard to break into", "Security", PEOPLE, "Run", "anton.fischer",
            "Holes are closed in days, and people know a false message when they see one."),
        ObjectiveSpec("D5", "Cost less per user", "Cost", MONEY, "Change", "daniel.osei",
            "Old systems are switched off when new ones come."),
    ),
    links=(
        LinkSpec("D5", "D2", "Old systems switched off pay for the next release.", (3, 12)),
        LinkSpec("D4", "D1", "Most of the longest failures began with an unpatched machine.", (0, 6)),
        LinkSpec("D2", "D3", "Every release brings calls for six weeks; training makes them fewer.", (0, 2), -1),
    ),
)  # fmt: skip

STRATEGIES = (ORGANIZATION, HOSPITAL, SUPPORT)

WEIGHTS_BEFORE = {"P1": 1, "P1-01": 40, "P1-02": 30, "P1-03": 20}
"""Weights until they were changed last year: the board wanted shorter waits to count more."""
