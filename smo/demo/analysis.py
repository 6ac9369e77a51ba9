"""What people of Northmere Health see around them before the next strategy: a SWOT, a PESTLE, and what follows.

Days are counted from the day of loading.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CYCLE_OWNER = "mei.chow"

WARDS, NIGHTS, SALTBY = "wards", "nights", "saltby"


@dataclass(frozen=True)
class AssumptionSpec:
    """A belief written down with a note: how sure its writer is, in per cent, and in how many days it is looked at."""

    statement: str
    sure: int
    review: int


@dataclass(frozen=True)
class AnalysisNoteSpec:
    """A note and what became of it: traced to issues and objectives, by key and code, parked, or still open."""

    author: str
    field: str
    text: str
    evidence: str = ""
    url: str = ""
    group: str = ""
    votes: tuple[str, ...] = ()
    led_to: tuple[str, ...] = ()
    parked: str = ""
    assumption: AssumptionSpec | None = None


@dataclass(frozen=True)
class CanvasSpec:
    """A canvas, from when to when it takes notes, who is invited, and who has nothing to add."""

    kind: str
    title: str
    question: str
    opened: int
    until: int
    notes: tuple[AnalysisNoteSpec, ...]
    invited: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True)
class IssueSpec:
    """A question of the cycle; settled so many days ago by somebody, with an answer and the objectives that give it."""

    key: str
    question: str
    why: str
    owner: str
    raised: int
    due: int
    settled_by: str = ""
    settled: int = 0
    answer: str = ""
    objectives: tuple[str, ...] = field(default=())


ISSUES = (
    IssueSpec(
        WARDS,
        "Which care do we no longer give on a ward three years from now?",
        "Beds are full while virtual wards have room. Without an answer every unit plans for more beds.",
        "yusuf.kaya", -30, 45, objectives=("NC2",),
    ),
    IssueSpec(
        NIGHTS,
        "How do we staff nights and weekends without agencies?",
        "Agency shifts cost more each winter, and the people we train leave for day work.",
        "grace.whitcombe", -30, -4,
    ),
    IssueSpec(
        SALTBY,
        "Do we build at Saltby, or rent where people live?",
        "The capital plan has room for one of the two.",
        "priya.raman", -34, 20, "helena.marsh", -7,
        "We rent. Two hubs in the high streets of Saltby and Elmstead open first; the site at Saltby is kept, not built on, "
        "until the hubs have shown for a year how many come.",
        ("NC2", "NF1"),
    ),
)  # fmt: skip

SWOT = CanvasSpec(
    "swot",
    "Where we stand",
    "What do we do better or worse than we should, and what comes towards us?",
    -60, -12,
    (
        AnalysisNoteSpec(
            "leila.haddad", "strength", "Virtual wards take patients home two days earlier, and they want to stay in them",
            "Survey of 212 patients in spring: 9 of 10 would choose it again.",
            group="Care at home", votes=("yusuf.kaya", "george.amos", "james.adeyemi", "karl.brenner"),
            led_to=(WARDS, "NP2"),
        ),
        AnalysisNoteSpec(
            "anneliese.brandt", "strength", "Wards hand over reliably since the one-page sheet",
            "Incidents at handover fell by a third within a year.", votes=("marcus.hale",), led_to=("C5",),
        ),
        AnalysisNoteSpec(
            "catherine.bell", "strength", "People apply to us because we train them",
            group="People", votes=("elena.petrova",), led_to=("NL1",),
        ),
        AnalysisNoteSpec(
            "thomas.grieve", "weakness", "Every third bed holds somebody who could be at home",
            "Count of the discharge hub, four Wednesdays in a row.",
            group="Care at home", votes=("sofia.lindqvist", "james.adeyemi", "leila.haddad", "peter.nowak", "helena.marsh"),
            led_to=(WARDS, "C1"),
            assumption=AssumptionSpec("Half of those who wait in a bed could be cared for by a hub", 60, 120),
        ),
        AnalysisNoteSpec(
            "neil.ashby", "weakness", "Nights are filled by agencies from November to March",
            "41% of agency hours fall on nights.", group="People",
            votes=("aisha.bello", "grace.whitcombe", "priya.raman"), led_to=(NIGHTS,),
        ),
        AnalysisNoteSpec(
            "kwame.mensah", "weakness", "Three systems still hold parts of one patient's record",
            url="https://one-record.northmere.example/readiness", votes=("daniel.osei", "rosa.delgado"), led_to=("NL2", "L2"),
        ),
        AnalysisNoteSpec(
            "oskar.lindgren", "weakness", "The car park at General is full by eight",
            parked="Solved with the council's new bus line; nothing for a strategy of three years.",
        ),
        AnalysisNoteSpec(
            "george.amos", "opportunity", "Practices in four towns want to share a building with us",
            "Letters of intent from Elmstead, Saltby, Harbour and Wick.",
            group="Care at home", votes=("yusuf.kaya", "ruth.okonjo", "julia.stern"), led_to=(SALTBY, "NC2"),
        ),
        AnalysisNoteSpec(
            "ines.ferreira", "opportunity", "One-stop diagnostics can be sold to neighbours at weekends",
            votes=("priya.raman",), parked="Weekend staff come first; looked at again when nights are settled.",
        ),
        AnalysisNoteSpec(
            "samuel.boateng", "threat", "The tariff for long stays falls by a tenth",
            "Draft tariff, table 7.", votes=("victor.lang", "priya.raman"), led_to=("NF1",),
            assumption=AssumptionSpec("The tariff is passed as it was drafted", 80, 60),
        ),
        AnalysisNoteSpec("tess.underwood", "threat", "The private clinic at Saltby looks for nurses", group="People"),
    ),
    invited=(
        "leila.haddad", "catherine.bell", "thomas.grieve", "neil.ashby", "kwame.mensah", "oskar.lindgren", "george.amos",
        "ines.ferreira", "samuel.boateng", "tess.underwood", "elena.petrova", "karl.brenner", "sofia.lindqvist",
        "peter.nowak", "aisha.bello", "rosa.delgado", "ruth.okonjo", "julia.stern", "victor.lang", "dev.patel",
    ),
    nothing=("dev.patel",),
    is_closed=True,
)  # fmt: skip

PESTLE = CanvasSpec(
    "pestle",
    "What changes around us",
    "What will be different in our towns by the end of the next strategy, whatever we do?",
    -20, 9,
    (
        AnalysisNoteSpec(
            "james.adeyemi", "political", "Councils and hospitals will answer for discharges together",
            "White paper, chapter 4.", votes=("thomas.grieve", "yusuf.kaya"), led_to=(WARDS,),
        ),
        AnalysisNoteSpec(
            "priya.raman", "economic", "Money grows by less than the number of people over 80",
            "Office for budget: 1.9% a year against 3.4%.", votes=("samuel.boateng", "helena.marsh", "fiona.garrick"),
            led_to=("NF1",), assumption=AssumptionSpec("Growth of money stays under 2% a year", 75, 180),
        ),
        AnalysisNoteSpec(
            "ruth.okonjo", "social", "More people live alone and have nobody to fetch them",
            "Seen on my rounds: eleven of forty.", votes=("siobhan.daly",), led_to=("NC4",),
        ),
        AnalysisNoteSpec("naomi.clarke", "social", "Young nurses want to choose their shifts", led_to=(NIGHTS,)),
        AnalysisNoteSpec(
            "anton.fischer", "technological", "Monitoring at home becomes cheap enough to lend it out",
            "Price of a set fell from £640 to £210.", votes=("leila.haddad", "daniel.osei"),
        ),
        AnalysisNoteSpec("isobel.reid", "technological", "Machines will read most plain X-rays first"),
        AnalysisNoteSpec(
            "tom.okafor", "legal", "Rest times between shifts become law", "Bill in its second reading.",
            votes=("grace.whitcombe",), led_to=(NIGHTS,),
        ),
        AnalysisNoteSpec(
            "julia.stern", "environmental", "Two of our sites lie in the new flood zone",
            url="https://estates.northmere.example/flood", parked="Belongs to the estate's risk register, where it stands.",
        ),
    ),
    invited=(
        "ruth.okonjo", "naomi.clarke", "anton.fischer", "isobel.reid", "tom.okafor", "julia.stern", "thomas.grieve",
        "samuel.boateng", "fiona.garrick", "siobhan.daly", "leila.haddad", "sofia.lindqvist", "ben.castle", "will.penrose",
        "yusuf.kaya", "daniel.osei", "grace.whitcombe", "priya.raman",
    ),
)  # fmt: skip

CANVASES = (SWOT, PESTLE)
COMMENTS = ((NIGHTS, "elena.petrova", "A bank of our own nurses would need 60 people. We have 22 names so far."),)
