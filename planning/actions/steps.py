"""The steps of a planning cycle: planned, begun, finished, skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.models import Person
from planning.actions.cycles import NAME, OPEN, WORDS, check_owner, running
from planning.models import CycleStep, PlanningCycle
from planning.rules.cycle import Room
from strategy.models import Strategy
from strategy.structure.rows import clean_text

CHANGEABLE = ("kind", "name", "owner", "starts_on", "ends_on", "inputs", "outputs")
State = CycleStep.State


@dataclass(frozen=True)
class StepRow:
    """A step to be planned."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    owner: Person | None = None
    inputs: str = ""
    outputs: str = ""


def add_step(actor: Actor, *, cycle: PlanningCycle, row: StepRow) -> CycleStep:
    """Plan a step inside the days of its cycle; its owner is told."""
    require(actor, "change", cycle)
    values = _clean({name: getattr(row, name) for name in CHANGEABLE})
    with recording(actor, "add_step", subject_id=cycle.subject_id, details={"name": values["name"]}):
        _check_days(running(cycle), values["starts_on"], values["ends_on"])
        (made,) = subjects.create(CycleStep, [{"cycle": cycle, **values}])
        _tell(actor, made)
    return made


def change_step(actor: Actor, *, step: CycleStep, values: Mapping[str, Any], expected: int | None = None) -> CycleStep:
    """Other words, days or another owner, who is told."""
    require(actor, "change", step)
    new = _clean(values)
    with recording(actor, "change_step", subject_id=step.subject_id):
        row = _open(step)
        check_version(row, expected, new)
        _check_days(row.cycle, new.get("starts_on", row.starts_on), new.get("ends_on", row.ends_on))
        changed = assign(row, new)
        if changed:
            row.store(changed)
            subjects.sync(CycleStep, [row.pk])
        if "owner" in changed:
            _tell(actor, row)
    return row


def begin_step(actor: Actor, *, step: CycleStep, expected: int | None = None) -> CycleStep:
    """Say that work on it is under way."""
    require(actor, "do", step)
    with recording(actor, "begin_step", subject_id=step.subject_id):
        row = _open(step)
        check_version(row, expected, {"state": State.UNDER_WAY})
        if row.state != State.UNDER_WAY:
            row.state = State.UNDER_WAY
            row.store(["state"])
    return row


def finish_step(
    actor: Actor, *, step: CycleStep, on: date, today: date, note: str = "", expected: int | None = None
) -> CycleStep:
    """Done on a day, with what came of it."""
    require(actor, "do", step)
    said = clean_text(note, label=_("What came of it"), most=WORDS, field="note")
    with recording(actor, "finish_step", subject_id=step.subject_id):
        row = _open(step)
        check_version(row, expected, {"done_on": on, "note": said})
        if on > today:
            raise Refusal(_("Nothing is done on a day to come. Write today or an earlier day."), field="on")
        _end(row, State.DONE, on, said)
    return row


def skip_step(actor: Actor, *, step: CycleStep, reason: str, expected: int | None = None) -> CycleStep:
    """Leave it out of this cycle, with the reason."""
    require(actor, "change", step)
    why = clean_text(reason, label=_("The reason"), most=WORDS, field="reason", needed=True)
    with recording(actor, "skip_step", subject_id=step.subject_id, reason=why):
        row = _open(step)
        check_version(row, expected, {"note": why})
        _end(row, State.SKIPPED, None, why)
    return row


def reopen_step(actor: Actor, *, step: CycleStep) -> CycleStep:
    """Take it up again after all. What was noted stays in its history."""
    require(actor, "do", step)
    with recording(actor, "reopen_step", subject_id=step.subject_id, reason=step.note):
        row = _locked(step)
        if row.is_open:
            raise Refusal(_("“%(step)s” is open already.") % {"step": row}, code="state")
        _end(row, State.UNDER_WAY, None, "")
    return row


def finish_adopting(actor: Actor, *, strategy: Strategy, today: date) -> int:
    """A strategy is adopted: the first open step for it in each running cycle that prepares it is done; how many."""
    cycles = PlanningCycle.objects.filter(strategy=strategy, closed_on=None).order_by("pk")
    done = 0
    for cycle in cycles.select_for_update(of=("self",)):
        waiting = cycle.steps.filter(kind=CycleStep.Kind.ADOPT, state__in=OPEN).order_by("ends_on", "pk").first()
        if waiting is not None:
            with recording(actor, "finish_step", subject_id=waiting.subject_id):
                row = locked(CycleStep, waiting.pk)
                _end(row, State.DONE, today, _("“%(strategy)s” was adopted.") % {"strategy": strategy})
            done += 1
    return done


def _end(row: CycleStep, state: str, done_on: date | None, note: str) -> None:
    row.state, row.done_on, row.note = state, done_on, note
    row.store(["state", "done_on", "note"])


def _locked(step: CycleStep) -> CycleStep:
    """The step under its row's lock, in a cycle that is running; the cycle first, as adding a step does."""
    cycle = running(step.cycle)
    row = locked(CycleStep, step.pk)
    row.cycle = cycle
    return row


def _open(step: CycleStep) -> CycleStep:
    row = _locked(step)
    if not row.is_open:
        words = {"step": row, "state": row.get_state_display().lower()}
        raise Refusal(_("“%(step)s” is %(state)s. Take it up again before you change it.") % words, code="state")
    return row


def _tell(actor: Actor, row: CycleStep) -> None:
    if row.owner is not None and row.owner_id != actor.person_id:
        words = {"step": row, "cycle": row.cycle, "day": date_long(row.ends_on)}
        text = _("You hold “%(step)s” of %(cycle)s, due on %(day)s.") % words
        announce(actor, kind="step_held", subject=row.subject, to=[row.owner], text=text)


# ------------------------------------------------------------------------------------------------------- what fits
def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they may be stored; a name that cannot be changed is a mistake of the caller."""
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not of a step: {sorted(unknown)}")
    new = dict(values)
    if "name" in new:
        new["name"] = " ".join(clean_text(new["name"], label=_("Name"), most=NAME, field="name", needed=True).split())
    for name, label in (("inputs", _("What it needs")), ("outputs", _("What it hands on"))):
        if name in new:
            new[name] = clean_text(new[name], label=label, most=WORDS, field=name)
    if "kind" in new and new["kind"] not in CycleStep.Kind.values:
        kinds = ", ".join(str(label) for label in CycleStep.Kind.labels)
        raise Refusal(_("A step is one of: %(kinds)s.") % {"kinds": kinds}, field="kind")
    check_owner(new.get("owner"))
    return new


def _check_days(cycle: PlanningCycle, begins: date | None, ends: date | None) -> None:
    if begins is None or ends is None:
        raise Refusal(_("A step has a first and a last day. Write both."), field="starts_on")
    if ends < begins:
        raise Refusal(_("The step ends before it starts. Turn the days round."), field="ends_on")
    if not Room(cycle.starts_on, cycle.ends_on).holds(begins, ends):
        words = {"first": date_long(cycle.starts_on), "last": date_long(cycle.ends_on)}
        sentence = _("The cycle runs %(first)s to %(last)s. Choose days inside, or move the cycle's days first.")
        raise Refusal(sentence % words, field="ends_on" if begins >= cycle.starts_on else "starts_on", code="outside")
