"""Adding, changing and retiring measures, with their place and weight in the scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require, require_all
from core.actions import Refusal, assign, check_version, sentences
from organization import subjects
from organization.models import CustomField, OrgUnit, Person
from organization.queries import calendars, clean_custom, custom_fields
from scorecards.actions.baselines import append_baselines
from scorecards.actions.edges import close_edges, open_edges
from scorecards.actions.following import followed, refuse_followed
from scorecards.actions.formulas import (
    OF_FORMULAS,
    UNIT,
    FormulaRefused,
    judged_inputs,
    keep_inputs,
    recheck_dependants,
    refuse_loops,
    refuse_recorded,
    refuse_retiring,
)
from scorecards.actions.recompute import Held, again, hold, recompute
from scorecards.actions.writing import in_words
from scorecards.models import Edge, Measure, MeasureDefinition, Node, Observation, Series
from scorecards.rules.refusals import Method, Polarity, check_polarity, check_scale, check_weight
from scorecards.rules.refusals import Refusal as NumberRefusal
from strategy.models import Objective


@dataclass(frozen=True)
class MeasureRow:
    """A measure to be added. Its weight in the objective counts from `valid_from`, else from `starts_on`, else today."""

    code: str
    name: str
    unit: OrgUnit
    objective: Objective | None = None
    short_name: str = ""
    description: str = ""
    formula: str = ""
    source: str = ""
    owner: Person | None = None
    updaters: Sequence[Person] = ()
    approver: Person | None = None
    needs_approval: bool = False
    definition: MeasureDefinition | None = None
    kind: str = Measure.Kind.LAGGING
    is_critical: bool = False
    frequency: str = "month"
    aggregation: str = Measure.Aggregation.LAST
    method: str = Measure.Method.BAND
    polarity: str = Measure.Polarity.UP
    unit_of_measure: str = ""
    is_percent: bool = False
    decimals: int = 1
    tolerance: Decimal | None = None
    baseline: Decimal | None = None
    baseline_on: date | None = None
    interpolates: bool = False
    is_proxy: bool = False
    footnote: str = ""
    limit: Decimal | None = None
    scale: dict[str, float] = field(default_factory=dict)
    grace_days: int = 15
    starts_on: date | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    expression: str = ""
    weight: Decimal = Decimal(1)
    valid_from: date | None = None


NOT_COLUMNS = {"updaters", "weight", "valid_from"}
CHANGEABLE = {each.name for each in fields(MeasureRow)} - NOT_COLUMNS - {"unit", "definition"}
OF_RESULTS = {
    "expression", "objective", "kind", "is_critical", "frequency", "aggregation", "method", "polarity", "is_percent", "tolerance",
    "baseline", "baseline_on", "interpolates", "scale", "grace_days", "starts_on",
}  # fmt: skip
"""Fields that results depend on."""
BASELINE = {"baseline", "baseline_on"}


def add_measures(actor: Actor, *, rows: Sequence[MeasureRow], today: date | None = None) -> list[Measure]:
    """Add measures with their actual series, nodes and weights, all or none."""
    if not rows:
        return []
    units = OrgUnit.objects.filter(pk__in={row.unit.pk for row in rows})
    require_all(actor, "add_measure", units)
    _check_codes(rows)
    rows = _with_own_fields(rows)
    for row in rows:
        _check(_columns(row), f"{row.code}: ")
        _clean(Measure(**_columns(row)), f"{row.code}: ")
        _check_weight(row)
    return again(lambda: _add(actor, rows, today or timezone.localdate()))


def _add(actor: Actor, rows: Sequence[MeasureRow], today: date) -> list[Measure]:
    with recording(actor, "add_measures", details={"codes": [row.code for row in rows[:100]], "rows": len(rows)}):
        made = subjects.create(Measure, [_columns(row) for row in rows])
        Measure.updaters.through.objects.bulk_create(
            Measure.updaters.through(measure_id=measure.pk, person_id=person.pk)
            for measure, row in zip(made, rows, strict=True)
            for person in row.updaters
        )
        Series.objects.bulk_create(Series(measure=measure) for measure in made)
        _place(made, rows, today)
        nodes = [measure.node.pk for measure in made]
        read = [(measure, _formula(actor, measure)) for measure in made if measure.expression]
        held = hold([*nodes, *(each.node.pk for _made, inputs in read for each in inputs)], calendars())
        _keep_formulas(read)
        append_baselines(actor, [measure for measure in made if measure.baseline is not None], held.state.moment)
        recompute(nodes, None, today, held)
    return made


def _formula(actor: Actor, measure: Measure) -> list[Measure]:
    try:
        return judged_inputs(actor, measure)
    except FormulaRefused as refusal:
        raise FormulaRefused(f"{measure.code}: {refusal.sentence}", refusal.position) from refusal


def _keep_formulas(read: Sequence[tuple[Measure, list[Measure]]]) -> None:
    """What calculated measures read, once nothing can change any more who reads whom."""
    if read:
        refuse_loops(read)
    for measure, inputs in read:
        keep_inputs(measure, inputs)


def _place(made: Sequence[Measure], rows: Sequence[MeasureRow], today: date) -> None:
    """A node for each measure, and its weight in its objective."""
    above = _nodes_of(row.objective for row in rows)
    nodes = []
    for measure in made:
        parent = above.get(measure.objective_id or 0)
        card = parent.scorecard_id if parent else None
        nodes.append(Node(kind="measure", measure=measure, scorecard_id=card))
    Node.objects.bulk_create(nodes)
    open_edges(
        (above[row.objective.pk].pk, node.pk, row.weight, row.valid_from or row.starts_on or today)
        for node, row in zip(nodes, rows, strict=True)
        if row.objective is not None and row.objective.pk in above
    )


def _nodes_of(objectives: Iterable[Objective | None]) -> dict[int, Node]:
    wanted = {objective.pk for objective in objectives if objective is not None}
    return {node.objective_id or 0: node for node in Node.objects.filter(objective__in=wanted)}


def _with_own_fields(rows: Sequence[MeasureRow]) -> list[MeasureRow]:
    """The organisation's own fields, judged where a row has any."""
    own = custom_fields("measure") if any(row.custom for row in rows) else []
    return [replace(row, custom=_own(row, own)) if row.custom else row for row in rows]


def _own(row: MeasureRow, own: Sequence[CustomField]) -> dict[str, Any]:
    try:
        return clean_custom("measure", row.custom, fields=own)
    except Refusal as refusal:
        raise Refusal(f"{row.code}: {refusal.sentence}", field=refusal.field) from refusal


def _columns(row: MeasureRow) -> dict[str, Any]:
    """What is stored of a row; what its definition says goes before what the row says."""
    given = {each.name: getattr(row, each.name) for each in fields(row) if each.name not in NOT_COLUMNS}
    return given | (followed(row.definition) if row.definition is not None else {})


def _check_codes(rows: Sequence[MeasureRow]) -> None:
    codes = [row.code for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1}) if len(set(codes)) < len(codes) else []
    taken = list(Measure.objects.filter(code__in=codes).order_by("code").values_list("code", flat=True)[:5])
    if twice or taken:
        raise Refusal(
            _("A measure's code is unique and never used again. Give another code than: %(codes)s.")
            % {"codes": ", ".join([*twice, *taken][:5])},
            code="taken",
            field="code",
        )


def _check(values: dict[str, Any], prefix: str = "") -> None:
    """Refuse a measure that could never be scored as it says."""
    try:
        method, polarity = _method(values["method"], values["polarity"])
        check_polarity(method, polarity)
        if polarity is Polarity.INSIDE and method not in (Method.RANGE, Method.SCALE, Method.UNSCORED):
            raise NumberRefusal(_("Inside a range is better only with the method “inside a range”."))
        if method is Method.SCALE:
            check_scale([float(score) for score in values["scale"].values()])
        if method in (Method.PROGRESS, Method.CAGR) and values["baseline"] is None:
            raise NumberRefusal(_("Progress and growth are measured from a baseline: give it, and its date."))
        if method is Method.RANGE and values["tolerance"] is None:
            raise NumberRefusal(_("A range needs a tolerance: how far outside it the red begins."))
        if values["tolerance"] is not None and not values["tolerance"] > 0:
            raise NumberRefusal(_("A tolerance must be above 0."))
        if not 0 <= values["grace_days"] <= 366:
            raise NumberRefusal(_("Days of grace are a number from 0 to 366."))
    except (ValueError, TypeError, AttributeError) as error:
        raise Refusal(prefix + in_words(error), field="method") from error


def _clean(measure: Measure, prefix: str = "") -> None:
    try:
        measure.clean_fields(exclude=["subject"])
    except ValidationError as error:
        raise Refusal(prefix + " ".join(sentences(error))) from error


def _method(method: str, polarity: str) -> tuple[Method, Polarity]:
    try:
        return Method(method), Polarity(polarity)
    except ValueError:
        words = {"method": method, "polarity": polarity}
        raise NumberRefusal(
            _("There is no scoring method “%(method)s” with the direction “%(polarity)s”.") % words
        ) from None


def _check_weight(row: MeasureRow) -> None:
    try:
        check_weight(float(row.weight))
    except NumberRefusal as error:
        raise Refusal(f"{row.code}: {in_words(error)}", field="weight") from error


# ------------------------------------------------------------------------------------------------- change
def change_measure(
    actor: Actor,
    *,
    measure: Measure,
    values: dict[str, Any],
    expected: int | None,
    today: date | None = None,
    reason: str = "",
) -> Measure:
    """Change what a measure says of itself; `Conflict` if it is no longer at version `expected`.

    A new objective takes the weight along from today. Its frequency stays once it has values. What its definition says
    is changed there. Another baseline is a fact of its own; `reason` says why.
    """
    require(actor, "change", measure)
    unknown = sorted(values.keys() - CHANGEABLE - {"updaters"})
    if unknown:
        raise Refusal(_("These cannot be changed here: %(names)s.") % {"names": ", ".join(unknown)})
    return again(lambda: _change(actor, measure, dict(values), expected, today or timezone.localdate(), reason.strip()))


def _change(
    actor: Actor, measure: Measure, values: dict[str, Any], expected: int | None, today: date, reason: str
) -> Measure:
    updaters = values.pop("updaters", None)
    with recording(actor, "change_measure", subject_id=measure.subject_id, reason=reason):
        row = Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
        check_version(row, expected, values)
        home = row.objective_id
        if "custom" in values:
            values["custom"] = clean_custom("measure", values["custom"], held=row.custom)
        changed = assign(row, values)
        refuse_followed(row, changed)
        _check_change(row, changed)
        if updaters is not None:
            row.updaters.set(updaters)
        if changed:
            row.store(changed)
            subjects.sync(Measure, [row.pk])
        read = _changed_formula(actor, row, changed)
        if UNIT & set(changed) or "frequency" in changed:
            recheck_dependants([row.pk])
        if OF_RESULTS & set(changed):
            held = _held(row, "objective" in changed, read or [])
            if read is not None:
                _keep_formulas([(row, read)])
            if BASELINE & set(changed):
                append_baselines(actor, [row], held.state.moment, reason)
            left = _move(row, home, today) if "objective" in changed else set()
            recompute({row.node.pk, *left}, None, today, held)
    return row


def _changed_formula(actor: Actor, row: Measure, changed: Sequence[str]) -> list[Measure] | None:
    """What the changed measure reads; None where that is as it was."""
    if not OF_FORMULAS & set(changed) or not (row.expression or "expression" in changed):
        return None
    if row.expression and "expression" in changed:
        refuse_recorded(row)
    return judged_inputs(actor, row, held=set(row.inputs.values_list("input_id", flat=True)))


def _check_change(row: Measure, changed: Sequence[str]) -> None:
    if "code" in changed:
        raise Refusal(_("A measure's code is never changed: files and links name it."), field="code")
    _clean(row)
    _check({name: getattr(row, name) for name in CHANGEABLE})
    if "frequency" in changed and Observation.objects.filter(series__measure=row).exists():
        raise Refusal(
            _("%(name)s has values by its present frequency. Retire it and add a new measure.") % {"name": row.name},
            field="frequency",
        )


def _held(row: Measure, has_moved: bool, read: Sequence[Measure]) -> Held:
    """The scorecards of the measure, the one it moves to, and those of what its formula comes to read."""
    node = Node.objects.get(measure=row)
    above = _nodes_of([row.objective]).get(row.objective_id or 0) if has_moved else None
    reads = [each.node.pk for each in read]
    return hold([node.pk, *([above.pk] if above else []), *reads], calendars())


def _move(row: Measure, home: int | None, today: date) -> set[int]:
    """Take the measure's place and weight from the objective it left to its own; references to it stay. The nodes left."""
    node = row.node
    above = _nodes_of([row.objective]).get(row.objective_id or 0)
    left = set(Node.objects.filter(objective=home).values_list("pk", flat=True)) if home else set()
    weight = close_edges(child=node.pk, from_on=today, parents=left)
    node.scorecard_id = above.scorecard_id if above else None
    node.save(update_fields=["scorecard"])
    if above:
        close_edges(child=node.pk, from_on=today, parents=[above.pk])  # what was a reference becomes its own place
        open_edges([(above.pk, node.pk, weight or Decimal(1), today)])
    return left


def retire_measure(
    actor: Actor, *, measure: Measure, today: date, reason: str = "", expected: int | None = None
) -> Measure:
    """End a measure: it counts nowhere from today, keeps its history, and takes no more values."""
    require(actor, "retire", measure)
    if measure.retired_at is not None:
        raise Refusal(_("%(name)s is retired already.") % {"name": measure.name}, code="retired")
    return again(lambda: _retire(actor, measure, today, reason.strip(), expected))


def _retire(actor: Actor, measure: Measure, today: date, reason: str, expected: int | None) -> Measure:
    with recording(actor, "retire_measure", subject_id=measure.subject_id, reason=reason):
        row = Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
        check_version(row, expected, {})
        refuse_retiring(row)
        row.retired_at = datetime.combine(today, time.min, timezone.get_current_timezone())
        row.state = "retired"
        row.store(["retired_at", "state"])
        subjects.sync(Measure, [row.pk])
        node = Node.objects.get(measure=row)
        left = set(Edge.objects.filter(child=node).values_list("parent_id", flat=True))
        held = hold([node.pk, *left], calendars())
        close_edges(child=node.pk, from_on=today)
        recompute({node.pk, *left}, None, today, held)
    return row
