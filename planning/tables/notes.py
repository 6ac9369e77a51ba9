"""Columns of the notes of a canvas."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.datasets import Column, Dataset
from planning.queries.notes import NoteLine

NOTES: tuple[Column[NoteLine], ...] = (
    Column("field", _("Field"), lambda line: line.note.get_field_display()),
    Column("group", _("Group"), lambda line: line.note.group),
    Column("text", _("Conclusion"), lambda line: line.note.text),
    Column("evidence", _("Evidence"), lambda line: line.note.evidence),
    Column("evidence_url", _("Link to the evidence"), lambda line: line.note.evidence_url, "link"),
    Column("author", _("Author"), lambda line: line.note.author.name),
    Column("votes", _("Votes"), lambda line: line.votes, "number"),
    Column("assumptions", _("Assumptions"), lambda line: line.assumptions, "number"),
    Column("state", _("State"), lambda line: line.note.get_state_display()),
    Column("led_to", _("Led to"), lambda line: "; ".join(one.label for one in line.led)),
    Column("parked_because", _("Parked because"), lambda line: line.note.parked_because),
)


def notes_dataset(lines: Iterable[NoteLine]) -> Dataset[NoteLine]:
    """Notes as rows of a file."""
    return Dataset(NOTES, lines)
