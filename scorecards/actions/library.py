"""The library of standard definitions: added, revised by versions, retired; measures follow one or go their own way.

The definition's row holds the text in force, and every version of it is kept frozen beside it (DATAMODEL A4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, require_all
from core.actions import Refusal, assign, check_version, sentences
from organization import subjects
from organization.models import OrgUnit, Person
from organization.queries import calendars
from scorecards.actions.following import FOLLOWED, followed
from scorecards.actions.formulas import UNIT, recheck_dependants
from scorecards.actions.recompute import again, hold, recompute
from scorecards.models import Annotation, DefinitionVersion, Measure, MeasureDefinition, Node
from scorecards.rules.wording import CONTENT
from strategy.models.structure import NodeState
from strategy.rules.content import content_hash

MOST_DECIMALS = 6


@dataclass(frozen=True)
class DefinitionRow:
    """A standard definition to be added."""

    code: str
    name: str
    unit: OrgUnit
    description: str = ""
    formula: str = ""
    source: str = ""
    owner: Person | None = None
    unit_of_measure: str = ""
    is_percent: bool = False
    decimals: int = 1
    frequency: str = "month"
    aggregation: str = Measure.Aggregation.LAST
    method: str = Measure.Method.BAND
    polarity: str = Measure.Polarity.UP


def add_definitions(
    actor: Actor, *, rows: Sequence[DefinitionRow], today: date, reason: str = "", effective_from: date | None = None
) -> list[MeasureDefinition]:
    """Add definitions with their first versions, all or none; in force from today or an earlier day."""
    if not rows:
        return []
    require_all(actor, "add_definition", OrgUnit.objects.filter(pk__in={row.unit.pk for row in rows}))
    _check_codes([row.code for row in rows])
    _check_day(effective_from or today, today)
    columns = [{each.name: getattr(row, each.name) for each in fields(row)} for row in rows]
    for values in columns:
        _clean(MeasureDefinition(**values), f"{values['code']}: ")
    details = {"codes": [row.code for row in rows[:100]], "rows": len(rows)}
    with recording(actor, "add_definitions", reason=reason.strip(), details=details) as event:
        made = subjects.create(MeasureDefinition, columns)
        DefinitionVersion.objects.bulk_create(
            _version(actor, definition, 1, effective_from or today, reason, event.pk) for definition in made
        )
    return made


def _version(
    actor: Actor, definition: MeasureDefinition, number: int, from_on: date, reason: str, event_id: int
) -> DefinitionVersion:
    content = {name: getattr(definition, name) for name in CONTENT}
    return DefinitionVersion(
        definition=definition,
        number=number,
        content=content,
        content_hash=content_hash(content),
        effective_from=from_on,
        reason=reason.strip(),
        written_by_id=actor.person_id,
        event_id=event_id,
    )


def _check_codes(codes: Sequence[str]) -> None:
    twice = {code for code in codes if codes.count(code) > 1} if len(set(codes)) < len(codes) else set()
    taken = set(MeasureDefinition.objects.filter(code__in=codes).values_list("code", flat=True)) | twice
    if taken:
        raise Refusal(
            _("A definition's code is unique and never used again. Give another code than: %(codes)s.")
            % {"codes": ", ".join(sorted(taken)[:5])},
            code="taken",
            field="code",
        )


def _clean(definition: MeasureDefinition, prefix: str = "") -> None:
    try:
        definition.clean_fields(exclude=["subject"])
    except ValidationError as error:
        raise Refusal(prefix + " ".join(sentences(error))) from error
    if not definition.name.strip():
        raise Refusal(prefix + _("Give the definition a name."), field="name")
    if definition.decimals > MOST_DECIMALS:
        raise Refusal(
            prefix + _("Values are shown with at most %(most)d decimals.") % {"most": MOST_DECIMALS}, field="decimals"
        )
    is_range, is_inside = definition.method == "range", definition.polarity == "inside"
    if is_range != is_inside and definition.method not in {"scale", "unscored"}:
        raise Refusal(
            prefix + _("Inside a range is better only with the method “inside a range”, and the other way round."),
            field="polarity",
        )


def _check_day(from_on: date, today: date) -> None:
    if from_on > today:
        raise Refusal(
            _("A text is in force from today or an earlier day. Write it on the day it begins."),
            field="effective_from",
        )


# ------------------------------------------------------------------------------------------------- revising
@dataclass(frozen=True)
class Revision:
    """What a new version says otherwise, from when and why; after a break values do not compare with those before."""

    values: dict[str, Any]
    effective_from: date
    reason: str
    is_break: bool = False


def revise_definition(
    actor: Actor, *, definition: MeasureDefinition, revision: Revision, expected: int | None, today: date
) -> MeasureDefinition:
    """Write the next version, and what measures take from it into all that follow it.

    Another owner alone makes no version. `Conflict` if the definition is no longer at version `expected`.
    """
    require(actor, "change", definition)
    unknown = sorted(revision.values.keys() - {*CONTENT, "owner"})
    if unknown:
        raise Refusal(_("These cannot be changed here: %(names)s.") % {"names": ", ".join(unknown)})
    _check_day(revision.effective_from, today)
    return again(lambda: _revise(actor, definition, revision, expected, today))


def _revise(
    actor: Actor, given: MeasureDefinition, revision: Revision, expected: int | None, today: date
) -> MeasureDefinition:
    with recording(actor, "revise_definition", subject_id=given.subject_id, reason=revision.reason.strip()) as event:
        row = MeasureDefinition.objects.select_for_update(no_key=True).get(pk=given.pk)
        check_version(row, expected, revision.values)
        changed = assign(row, revision.values)
        if not changed:
            raise Refusal(_("This says the same as the version in force. Change something, or leave it."))
        _clean(row)
        if set(changed) & set(CONTENT):
            version = _next_version(actor, row, revision, event.pk)
            _write_into_measures(row, changed, version if revision.is_break else None, today)
        row.store(changed)
        subjects.sync(MeasureDefinition, [row.pk])
    return row


def _next_version(actor: Actor, row: MeasureDefinition, revision: Revision, event_id: int) -> DefinitionVersion:
    if not revision.reason.strip():
        raise Refusal(_("Say why the text changes; the reason is kept with the version."), field="reason")
    before = row.versions.order_by("-number").first()
    if before is not None and revision.effective_from < before.effective_from:
        raise Refusal(
            _("Version %(number)d is in force from %(day)s. The next one begins on that day or later.")
            % {"number": before.number, "day": f"{before.effective_from:%Y-%m-%d}"},
            field="effective_from",
        )
    number = before.number + 1 if before is not None else 1
    made = _version(actor, row, number, revision.effective_from, revision.reason, event_id)
    made.save()
    return made


def _write_into_measures(
    row: MeasureDefinition, changed: Sequence[str], broken_by: DefinitionVersion | None, today: date
) -> None:
    """What measures take from it, into all that are kept, in one statement; results follow where they read it."""
    kept = Measure.objects.filter(definition=row, retired_at=None)
    ids = list(kept.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    if set(changed) & set(FOLLOWED):
        kept.update(**followed(row), row_version=F("row_version") + 1)
        if UNIT & set(changed):
            recheck_dependants(ids)
        subjects.sync(Measure, ids)
    if broken_by is not None:
        text = _("New definition, version %(number)d") % {"number": broken_by.number}
        Annotation.objects.bulk_create(
            Annotation(measure_id=pk, on=broken_by.effective_from, text=text, is_break=True) for pk in ids
        )
    if "is_percent" in changed or broken_by is not None:
        nodes = list(Node.objects.filter(measure__in=ids).values_list("pk", flat=True))
        recompute(nodes, None, today, hold(nodes, calendars()))


# ------------------------------------------------------------------------------------------------- retiring
def retire_definition(actor: Actor, *, definition: MeasureDefinition, today: date, reason: str) -> MeasureDefinition:
    """Take a definition out of the library. Measures that follow it keep their text and go their own way."""
    require(actor, "retire", definition)
    if not reason.strip():
        raise Refusal(_("Say why the definition is retired; the reason is kept."), field="reason")
    with recording(actor, "retire_definition", subject_id=definition.subject_id, reason=reason.strip()):
        row = MeasureDefinition.objects.select_for_update(no_key=True).get(pk=definition.pk)
        row.retired_at = datetime.combine(today, time.min, timezone.get_current_timezone())
        row.state = NodeState.RETIRED
        row.store(["retired_at", "state"])
        subjects.sync(MeasureDefinition, [row.pk])
        kept = Measure.objects.filter(definition=row, retired_at=None)
        kept.update(definition=None, row_version=F("row_version") + 1)
    return row


# ------------------------------------------------------------------------------------------------ following
def follow_definition(
    actor: Actor, *, measure: Measure, definition: MeasureDefinition, expected: int | None, today: date
) -> Measure:
    """Let a measure follow a definition: its texts, unit of measure and number format come from there from now on."""
    require(actor, "change", measure)
    require(actor, "view", definition)
    if definition.retired_at is not None:
        raise Refusal(_("%(name)s is retired; choose a definition that is kept.") % {"name": definition.name})
    return again(lambda: _attach(actor, measure, definition, expected, today))


def leave_definition(actor: Actor, *, measure: Measure, expected: int | None, today: date) -> Measure:
    """Let a measure go its own way; it keeps the text it has and can be changed again."""
    require(actor, "change", measure)
    if measure.definition_id is None:
        raise Refusal(_("%(name)s follows no definition.") % {"name": measure.name})
    return again(lambda: _attach(actor, measure, None, expected, today))


def _attach(
    actor: Actor, given: Measure, definition: MeasureDefinition | None, expected: int | None, today: date
) -> Measure:
    verb = "leave_definition" if definition is None else "follow_definition"
    values: dict[str, Any] = {"definition": definition, **(followed(definition) if definition else {})}
    details = {"definition": definition.code if definition else ""}
    with recording(actor, verb, subject_id=given.subject_id, details=details):
        row = Measure.objects.select_for_update(no_key=True).get(pk=given.pk)
        check_version(row, expected, values)
        changed = assign(row, values)
        if changed:
            row.store(changed)
            subjects.sync(Measure, [row.pk])
        if UNIT & set(changed):
            recheck_dependants([row.pk])
        if "is_percent" in changed:
            node = Node.objects.get(measure=row).pk
            recompute({node}, None, today, hold([node], calendars()))
    return row
