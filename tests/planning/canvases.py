"""A planning cycle with canvases, notes and issues, made by the verbs of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audit.actions import recording
from core.access import Actor
from organization import subjects
from organization.actors import system_actor
from organization.models import OrgUnit
from organization.roles import Role
from planning.actions.canvases import CanvasRow, open_canvas
from planning.actions.issues import IssueRow, raise_issue
from planning.actions.notes import NoteRow, add_note
from planning.models import AnalysisNote, Canvas, PlanningCycle, StrategicIssue
from tests import factories
from tests.factories.organization import TODAY

LAST_DAY = date(2026, 7, 31)


def cycle(at: OrgUnit, name: str = "Strategy 2027 to 2029", **values) -> PlanningCycle:
    """A cycle of a unit that runs this year."""
    given = {"unit": at, "name": name, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), **values}
    with recording(system_actor("tests"), "add_cycle"):
        (made,) = subjects.create(PlanningCycle, [given])
    return made


@dataclass
class Analysis:
    """A canvas of a cycle, with who runs it and who belongs to its unit."""

    unit: OrgUnit
    cycle: PlanningCycle
    canvas: Canvas
    office: Actor
    member: Actor

    def note(self, text: str = "Wards are full", field: str = "weakness", by: Actor | None = None) -> AnalysisNote:
        """A note on the canvas."""
        return add_note(by or self.member, canvas=self.canvas, row=NoteRow(field, text), today=TODAY)

    def issue(self, question: str = "Where do we grow?", **values) -> StrategicIssue:
        """An issue of the cycle."""
        return raise_issue(self.office, cycle=self.cycle, row=IssueRow(question, **values), today=TODAY)


def analysis(kind: str = "swot", *, votes: int = 5, at: OrgUnit | None = None) -> Analysis:
    """An open canvas."""
    unit = at or factories.unit()
    office = factories.member(Role.SMO_OFFICER, unit)
    row = CanvasRow("What we see", LAST_DAY, "Where do we stand?", votes)
    found = cycle(unit)
    made = open_canvas(office, cycle=found, unit=unit, kind=kind, row=row, today=TODAY)
    return Analysis(unit, found, made, office, factories.member(Role.EMPLOYEE, unit))
