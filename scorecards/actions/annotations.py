"""Notes at a day of a measure's chart, and breaks across which nothing is compared (METHOD §3, §14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from organization.queries import calendars
from scorecards.actions.recompute import again, hold, recompute
from scorecards.models import Annotation, Measure, Node

LONGEST_TEXT = 200


@dataclass(frozen=True)
class AnnotationRow:
    """What happened on a day. After a break values do not compare with those before it."""

    on: date
    text: str
    is_break: bool = False


def add_annotation(actor: Actor, *, measure: Measure, row: AnnotationRow, today: date) -> Annotation:
    """Note something on a measure's chart."""
    require(actor, "answer", measure)
    _check(row.text)
    return again(lambda: _add(actor, measure, row, today))


def _add(actor: Actor, measure: Measure, row: AnnotationRow, today: date) -> Annotation:
    with recording(actor, "add_annotation", subject_id=measure.subject_id):
        made = Annotation.objects.create(measure=measure, on=row.on, text=row.text.strip(), is_break=row.is_break)
        if row.is_break:
            _rescore(measure, today)
    return made


def change_annotation(
    actor: Actor, *, annotation: Annotation, values: dict[str, Any], expected: int | None, today: date
) -> Annotation:
    """Other words, another day, or a break or not; `Conflict` if it is no longer at version `expected`."""
    require(actor, "change", annotation)
    _check(values.get("text", annotation.text))
    return again(lambda: _change(actor, annotation, values, expected, today))


def _change(actor: Actor, given: Annotation, values: dict[str, Any], expected: int | None, today: date) -> Annotation:
    with recording(actor, "change_annotation", subject_id=given.measure.subject_id):
        row = Annotation.objects.select_for_update(no_key=True).get(pk=given.pk)
        check_version(row, expected, values)
        was_break = row.is_break
        changed = assign(row, values)
        if changed:
            row.store(changed)
        if row.is_break != was_break or (row.is_break and "on" in changed):
            _rescore(row.measure, today)
    return row


def remove_annotation(actor: Actor, *, annotation: Annotation, today: date) -> None:
    """Take a note off the chart; the log keeps it."""
    require(actor, "change", annotation)
    again(lambda: _remove(actor, annotation, today))


def _remove(actor: Actor, annotation: Annotation, today: date) -> None:
    with recording(actor, "remove_annotation", subject_id=annotation.measure.subject_id):
        Annotation.objects.filter(pk=annotation.pk).delete()
        if annotation.is_break:
            _rescore(annotation.measure, today)


def _check(text: str) -> None:
    if not text.strip():
        raise Refusal(_("Say in a few words what happened."), field="text")
    if len(text.strip()) > LONGEST_TEXT:
        raise Refusal(_("A note has at most %(most)d characters.") % {"most": LONGEST_TEXT}, field="text")


def _rescore(measure: Measure, today: date) -> None:
    node = Node.objects.get(measure=measure).pk
    recompute({node}, None, today, hold([node], calendars()))
