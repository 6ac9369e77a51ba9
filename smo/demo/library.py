"""The library of Northmere Health: what is counted alike in several units, who approves, what is borrowed and noted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DefinitionSpec:
    """A standard definition: its text is that of the first of the measures that follow it."""

    code: str
    name: str
    owner: str
    followers: tuple[str, ...]


@dataclass(frozen=True)
class UseSpec:
    """A measure that also counts under another unit's objective, with a weight there."""

    measure: str
    objective: str
    weight: int


@dataclass(frozen=True)
class NoteSpec:
    """A note on a measure's chart, so many months before the newest finished one."""

    measure: str
    back: int
    text: str
    is_break: bool = False


DEFINITIONS = (
    DefinitionSpec("STD-4H", "Seen, treated or moved within 4 hours", "mei.chow", ("P1-01", "G1-01")),
    DefinitionSpec("STD-18W", "Planned treatment begun within 18 weeks", "mei.chow", ("P1-02",)),
    DefinitionSpec("STD-FALL", "Falls with harm per 1,000 bed days", "anneliese.brandt", ("P3-02", "G2-01")),
    DefinitionSpec("STD-NOON", "Patients discharged before noon", "mei.chow", ("C1-03", "G3-01")),
    DefinitionSpec("STD-OCC", "Occupancy of adult beds", "mei.chow", ("C1-02",)),
    DefinitionSpec("STD-LOS", "Length of stay after an emergency", "mei.chow", ("C1-04",)),
    DefinitionSpec("STD-DIAG", "Test results within 10 days of the request", "mei.chow", ("C2-01",)),
    DefinitionSpec("STD-SHIFT", "Nursing shifts filled as planned", "grace.whitcombe", ("L1-01", "G5-01")),
    DefinitionSpec("STD-LEFT", "Staff who left within twelve months", "grace.whitcombe", ("L1-02",)),
    DefinitionSpec("STD-SICK", "Working days lost to sickness", "grace.whitcombe", ("L1-03",)),
    DefinitionSpec("STD-AGCY", "Pay spent on agency staff", "grace.whitcombe", ("L1-04",)),
    DefinitionSpec("STD-AVAIL", "Systems available on the worst day", "daniel.osei", ("L2-02", "D1-01")),
)
REVISED = "STD-FALL"
REVISED_TEXT = (
    "Falls of patients in a hospital bed day that led to any harm, as judged by the ward; near falls are left out."
)
REVISED_REASON = "The wards counted near falls in two ways; the safety board settled on one."

APPROVERS = {"P3-01": "anneliese.brandt", "P3-02": "marcus.hale", "F1-01": "mei.chow"}
"""Measures whose values a second person approves, and who that is."""
USES = (UseSpec("L2-01", "D2", 10), UseSpec("D1-01", "G2", 10))
NOTES_ON_CHARTS = (
    NoteSpec("G2-02", 4, "Counted by the laboratory", is_break=True),
    NoteSpec("P1-01", 6, "New front door opened"),
)
BENCHMARK = ("P1-02", "Best tenth of the region", 68.0, 0.15)
"""A measure, the name of its benchmark, its value in the oldest month and how it rises by the month."""
