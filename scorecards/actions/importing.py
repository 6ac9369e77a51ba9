"""Taking measures from a table: units, objectives and measures that are missing are made, values and targets recorded.

One transaction, by the same verbs as the pages. A dry run is the real run, rolled back: what it says is what would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import require
from core.actions import Outcome, Refusal, RowOutcome
from core.periods import Period
from organization.actors import Actor, refreshed
from organization.models import CustomField, OrgUnit
from organization.queries import clean_custom, custom_fields, root_unit
from scorecards.actions.formulating import set_formulas
from scorecards.actions.homes import Homes
from scorecards.actions.measures import MeasureRow, add_measures, change_measure
from scorecards.actions.observations import ObservationRow, record_observations
from scorecards.actions.targets import TargetRow, set_targets
from scorecards.models import Measure, Series
from scorecards.rules.scoring import Method, Polarity, met

VALUES = "actual"
TARGETS = ("target", "red_flag", "stretch", "low", "high")


@dataclass(frozen=True)
class ImportedMeasure:
    """A measure with its place, its own fields (names of MeasureRow) and its figures: period, series, name of a further
    line ("" for the values themselves), number. `numbers`: the rows of the table that speak of it; in a long one many.
    """

    numbers: tuple[int, ...]
    code: str
    unit: str
    unit_code: str
    group: str
    objective: str
    fields: dict[str, Any]
    figures: tuple[tuple[Period, str, str, Decimal | None], ...] = ()

    @property
    def number(self) -> int:
        """The first row that speaks of it."""
        return self.numbers[0]


@dataclass(frozen=True)
class Place:
    """Where units and objectives that are missing are put. `parent`: the code of a unit; none is the whole organisation."""

    parent: str = ""
    strategy: str = ""
    perspective: str = ""


@dataclass
class Taken:
    """What an import did: row outcomes by the numbers of the table, and totals."""

    outcome: Outcome = field(default_factory=Outcome)
    totals: dict[str, int] = field(default_factory=dict)


def from_first_value(row: ImportedMeasure) -> ImportedMeasure:
    """With its first value as baseline where progress is scored and none is given.

    A first value that is no worse than the target leaves no way to go: it is then only asked whether the target is met.
    A measure without a value of its own, or without a target, shows its values.
    """
    if row.fields.get("method") not in (Method.PROGRESS, Method.CAGR) or row.fields.get("baseline") is not None:
        return row
    values = [(period, value) for period, series, line, value in row.figures if series == VALUES and not line and value]
    targets = [value for _period, series, _line, value in row.figures if series == "target" and value is not None]
    if not values or not targets:
        return replace(row, fields={**row.fields, "method": Method.UNSCORED.value})
    period, first = min(values, key=lambda found: found[0].start)
    polarity = Polarity(row.fields.get("polarity", Polarity.UP))
    if any(met(float(first), float(target), polarity)[0] for target in targets):
        return replace(row, fields={**row.fields, "method": Method.MEETS.value})
    return replace(row, fields={**row.fields, "baseline": first, "baseline_on": period.end})


def take_measures(actor: Actor, *, rows: Sequence[ImportedMeasure], place: Place, today: date, commit: bool) -> Taken:
    """Take the rows, all or nothing. Raises Refusal for what concerns the table as a whole."""
    taken = Taken()
    if not rows:
        return taken
    parent = _parent(place, today)
    require(actor, "import", parent)
    with transaction.atomic(), recording(actor, "import_measures", details={"measures": len(rows)}):
        homes = Homes(actor, parent, place.strategy, place.perspective, _first_day(rows, today), today)
        homes.build([(row.unit, row.unit_code, row.group, row.objective) for row in rows])
        _take(refreshed(actor, today), rows, homes, today, taken)
        if not commit or taken.outcome.refused:
            transaction.set_rollback(True)
    taken.totals = {**homes.totals, **taken.totals, **_met(rows)}
    return taken


def _parent(place: Place, today: date) -> OrgUnit:
    found = OrgUnit.objects.filter(code=place.parent).first() if place.parent else root_unit(today)
    if found is None:
        raise Refusal(
            _("There is no unit with the code '%(code)s'. Name one that stands.") % {"code": place.parent}
            if place.parent
            else _("There is no organisation yet. Set it up first: manage.py add_administrator."),
            field="parent",
        )
    return found


def _first_day(rows: Sequence[ImportedMeasure], today: date) -> date:
    return min((period.start for row in rows for period, _series, _line, _value in row.figures), default=today)


def _take(actor: Actor, rows: Sequence[ImportedMeasure], homes: Homes, today: date, taken: Taken) -> None:
    standing = {measure.code: measure for measure in Measure.objects.filter(code__in=[row.code for row in rows])}
    states: dict[int, RowOutcome] = {}
    fresh = [row for row in rows if row.code not in standing]
    own = custom_fields("measure") if any("custom" in row.fields for row in rows) else []
    formulas = {row.number: row.fields["expression"] for row in rows if "expression" in row.fields}
    rows, fresh = [[_without_formula(row) for row in each] for each in (rows, fresh)]
    made = add_measures(actor, rows=[_measure_row(row, homes) for row in fresh], today=today)
    for row in rows:
        if row.code in standing:
            states[row.number] = _change(actor, row, standing[row.code], homes, own)
        else:
            states[row.number] = RowOutcome(row.number, "taken", row.code)
    standing |= {measure.code: measure for measure in made}
    taken.totals["measures"] = len(rows)
    _record(actor, rows, standing, today, states, taken)
    _aim(actor, rows, standing, today, states, taken)
    _calculate(actor, [(row, formulas[row.number]) for row in rows if row.number in formulas], standing, today, states)
    taken.outcome.rows = [replace(states[row.number], row=number) for row in rows for number in row.numbers]


def _measure_row(row: ImportedMeasure, homes: Homes) -> MeasureRow:
    unit, objective = homes.of(row.unit, row.unit_code, row.group, row.objective)
    starts = min((period.start for period, _series, _line, _value in row.figures), default=None)
    return MeasureRow(
        code=row.code, unit=unit, objective=objective, starts_on=starts, valid_from=homes.since, **row.fields
    )


def _change(
    actor: Actor, row: ImportedMeasure, measure: Measure, homes: Homes, own: Sequence[CustomField]
) -> RowOutcome:
    unit, objective = homes.of(row.unit, row.unit_code, row.group, row.objective)
    if measure.unit_id != unit.pk:
        words = {"code": row.code, "theirs": measure.unit, "unit": unit}
        return RowOutcome(
            row.number, "refused", row.code, _("Measure %(code)s belongs to %(theirs)s, not to %(unit)s.") % words
        )
    wanted = {**row.fields, "objective": objective} if objective else dict(row.fields)
    if "custom" in wanted:
        try:
            wanted["custom"] = clean_custom("measure", wanted["custom"], held=measure.custom, fields=own)
        except Refusal as refusal:
            return RowOutcome(row.number, "refused", row.code, refusal.sentence)
    changed = {name: value for name, value in wanted.items() if getattr(measure, name) != value}
    if not changed:
        return RowOutcome(row.number, "unchanged", row.code)
    change_measure(actor, measure=measure, values=changed, expected=None)
    return RowOutcome(row.number, "changed", row.code, _("Changed: %(names)s") % {"names": ", ".join(sorted(changed))})


def _record(
    actor: Actor, rows: Sequence[ImportedMeasure], standing: dict[str, Measure], today: date,
    states: dict[int, RowOutcome], taken: Taken,
) -> None:  # fmt: skip
    """Every actual of every row in one batch."""
    asked = [
        (row, ObservationRow(standing[row.code].pk, period, value, source=_("Import"), **_line(line)))
        for row in rows
        for period, series, line, value in row.figures
        if series == VALUES
    ]
    outcome = record_observations(actor, rows=[one for _row, one in asked], today=today)
    taken.totals["actuals"] = sum(1 for _row, one in asked if one.value is not None)
    _spread(outcome, [row for row, _one in asked], states)


def _line(name: str) -> dict[str, Any]:
    """A further line of the measure, such as a breakdown."""
    return {"series_kind": Series.Kind.OTHER, "series_name": name} if name else {}


def _aim(
    actor: Actor, rows: Sequence[ImportedMeasure], standing: dict[str, Measure], today: date,
    states: dict[int, RowOutcome], taken: Taken,
) -> None:  # fmt: skip
    """Every target of every row in one batch; what belongs to one period is one target."""
    asked: list[tuple[ImportedMeasure, TargetRow]] = []
    for row in rows:
        by_period: dict[Period, dict[str, Any]] = {}
        for period, series, _name, value in row.figures:
            if series in TARGETS:
                by_period.setdefault(period, {})["value" if series == "target" else series] = value
        asked += [(row, TargetRow(standing[row.code].pk, period, **parts)) for period, parts in by_period.items()]
    outcome = set_targets(actor, rows=[one for _row, one in asked], today=today, reason=_("Import"))
    taken.totals["targets"] = sum(1 for _row, one in asked if one.value is not None)
    _spread(outcome, [row for row, _one in asked], states)


def _without_formula(row: ImportedMeasure) -> ImportedMeasure:
    """Formulas come last: by then every measure of the table is there to be read."""
    return replace(row, fields={name: value for name, value in row.fields.items() if name != "expression"})


def _calculate(
    actor: Actor, asked: Sequence[tuple[ImportedMeasure, str]], standing: dict[str, Measure], today: date,
    states: dict[int, RowOutcome],
) -> None:  # fmt: skip
    """Every formula of every row in one batch."""
    said = set_formulas(actor, rows=[(standing[row.code], text) for row, text in asked], today=today)
    for row, _text in asked:
        pk, before = standing[row.code].pk, states[row.number]
        if said.get(pk) and before.result != "refused":
            states[row.number] = RowOutcome(row.number, "refused", row.code, said[pk] or "")
        elif pk in said and before.result == "unchanged":
            states[row.number] = RowOutcome(
                row.number, "changed", row.code, _("Changed: %(names)s") % {"names": "expression"}
            )


def _spread(outcome: Outcome, owners: Sequence[ImportedMeasure], states: dict[int, RowOutcome]) -> None:
    """What became of figures, told of their row: a refusal counts most, then a change."""
    for one in outcome.rows:
        row = owners[one.row]
        before = states[row.number]
        if one.result == "refused" and before.result != "refused":
            states[row.number] = RowOutcome(row.number, "refused", row.code, one.reason)
        elif one.result in {"taken", "changed"} and before.result == "unchanged":
            states[row.number] = RowOutcome(row.number, "changed", row.code, _("New figures"))


def _met(rows: Sequence[ImportedMeasure]) -> dict[str, int]:
    """How many targets are met by the value of their period, and how many are not (METHOD §3, "Met")."""
    counts = {"met": 0, "not met": 0}
    for row in rows:
        if row.fields.get("polarity") == Polarity.INSIDE:
            continue
        values = {
            period: value
            for period, series, line, value in row.figures
            if series == VALUES and not line and value is not None
        }
        for period, series, _name, target in row.figures:
            if series == "target" and target is not None and period in values:
                polarity = Polarity(row.fields.get("polarity", Polarity.UP))
                reached = bool(met(float(values[period]), float(target), polarity)[0])
                counts["met" if reached else "not met"] += 1
    return counts
