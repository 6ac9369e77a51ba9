"""Many formulas at once, as a file brings them: each may read measures whose own formulas come with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from audit.actions import recording
from core.access import Actor, require_all
from organization.queries import calendars
from scorecards.actions.formulas import FormulaRefused, judged_inputs, keep_inputs, loops, refuse_recorded
from scorecards.actions.recompute import again, hold, recompute
from scorecards.models import Measure

Read = dict[int, tuple[Measure, list[Measure]]]


def set_formulas(actor: Actor, *, rows: Sequence[tuple[Measure, str]], today: date) -> dict[int, str | None]:
    """Give measures their formulas, all or none: those that are new by measure, each with the sentence that refuses it.

    They are judged by what all of them say together, in whichever order they come. Where one is refused nothing is
    scored anew: the caller takes everything back.
    """
    found = {measure.pk: measure.expression for measure, _text in rows}
    wanted = {measure.pk: text for measure, text in rows if text != found[measure.pk]}
    if not wanted:
        return {}
    require_all(actor, "change", Measure.objects.filter(pk__in=wanted))
    return again(lambda: _set(actor, wanted, today))


def _set(actor: Actor, wanted: dict[int, str], today: date) -> dict[int, str | None]:
    with recording(actor, "set_formulas", details={"measures": len(wanted)}):
        changed = list(Measure.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
        for measure in changed:
            measure.expression = wanted[measure.pk]
            measure.store(["expression"])
        said, read = _judge(actor, changed)
        nodes = [measure.node.pk for measure in changed]
        held = hold([*nodes, *(each.node.pk for _row, inputs in read.values() for each in inputs)], calendars())
        said |= {measure.pk: refusal.sentence for measure, refusal in loops(list(read.values()))}
        if not any(said.values()):
            for measure, inputs in read.values():
                keep_inputs(measure, inputs)
            recompute(nodes, None, today, held)
    return said


def _judge(actor: Actor, changed: Sequence[Measure]) -> tuple[dict[int, str | None], Read]:
    said: dict[int, str | None] = {}
    read: Read = {}
    for measure in changed:
        try:
            refuse_recorded(measure)
            held = set(measure.inputs.values_list("input_id", flat=True))
            read[measure.pk] = (measure, judged_inputs(actor, measure, held=held))
            said[measure.pk] = None
        except FormulaRefused as refusal:
            said[measure.pk] = refusal.sentence
    return said, read
