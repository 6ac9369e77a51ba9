"""The kind of import "measures": one row a measure, under unit, group and objective, with its figures by period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actions import Refusal
from core.importers import ImportReport, importer
from core.importreports import Outcome
from core.mapping import Field, MappedRow
from core.periods import Frequency
from organization.actors import Actor
from scorecards.actions.importing import TARGETS, VALUES, ImportedMeasure, Place, take_measures
from scorecards.rules.scoring import Method, Polarity

OWN = {
    "name": "name", "short_name": "short_name", "description": "description", "formula": "formula", "source": "source",
    "kind": "kind", "critical": "is_critical", "frequency": "frequency", "aggregation": "aggregation", "method": "method",
    "polarity": "polarity", "unit_of_measure": "unit_of_measure", "percent": "is_percent", "decimals": "decimals",
    "tolerance": "tolerance", "baseline": "baseline", "baseline_on": "baseline_on", "grace_days": "grace_days",
}  # fmt: skip
"""Field of a mapping → field of a measure."""
WHOLE = {"decimals", "grace_days"}
FIELDS = (
    Field(
        "code", label=_("Code"), help=_("what the measure is known by; never used twice"), required=True, max_length=40
    ),
    Field("name", label=_("Name"), required=True, max_length=300),
    Field("short_name", label=_("Short name"), max_length=60),
    Field("description", label=_("What it counts"), max_length=5000),
    Field("formula", label=_("Formula in words"), max_length=5000),
    Field("source", label=_("Source"), max_length=200),
    Field("unit", label=_("Unit"), help=_("name of the unit; made below the parent if there is none"), max_length=200),
    Field("unit_code", label=_("Code of the unit"), max_length=40),
    Field(
        "group", label=_("Group"), help=_("what the objectives stand under: a theme of the strategy"), max_length=200
    ),
    Field("objective", label=_("Objective"), help=_("name of the objective the measure shows"), max_length=300),
    Field("kind", "choice", _("Kind"), choices=("leading", "lagging")),
    Field("critical", "boolean", _("Critical")),
    Field("frequency", "choice", _("Frequency"), choices=tuple(one.value for one in Frequency)),
    Field("aggregation", "choice", _("Over time"), choices=("sum", "mean", "last", "min", "max", "count", "ratio")),
    Field("method", "choice", _("Scoring"), choices=tuple(one.value for one in Method)),
    Field("polarity", "choice", _("Direction"), choices=tuple(one.value for one in Polarity)),
    Field("unit_of_measure", label=_("Unit of measure"), max_length=40),
    Field("percent", "boolean", _("A percentage")),
    Field("decimals", "number", _("Decimals shown")),
    Field("tolerance", "number", _("Tolerance"), help=_("where no red flag is given: part of the target, or points")),
    Field("baseline", "number", _("Baseline")),
    Field("baseline_on", "date", _("Baseline date")),
    Field("grace_days", "number", _("Days of grace")),
)
OPTIONS = (
    Field("parent", label=_("Parent"), help=_("code of the unit under which missing units are made"), max_length=40),
    Field(
        "strategy", label=_("Strategy"), help=_("name of the strategy made for a unit that has none"), max_length=200
    ),
    Field("perspective", label=_("Perspective"), help=_("where missing objectives are put"), max_length=120),
)


@importer(
    "measures",
    title=_("Measures with values and targets"),
    fields=FIELDS,
    series=(VALUES, *TARGETS),
    options=OPTIONS,
    verb="import",
)
def measures(actor: Actor, rows: Iterable[MappedRow], *, commit: bool, options: dict[str, Any]) -> ImportReport:
    """Take the rows; the report says of each what became of it."""
    report = ImportReport()
    found = {row.number: row for row in rows}
    asked = [_typed(row) for row in found.values()]
    place = Place(**{name: options.get(name) or "" for name in ("parent", "strategy", "perspective")})
    try:
        taken = take_measures(actor, rows=asked, place=place, today=timezone.localdate(), commit=commit)
    except Refusal as refusal:
        report.note(refusal.sentence)
        return report
    for one in taken.outcome.rows:
        if one.result == "refused":
            report.refuse(found[one.row].problem(one.reason), what=one.label)
        else:
            report.add(one.row, Outcome(one.result), one.label, one.reason)
    report.totals = taken.totals
    return report


def _typed(row: MappedRow) -> ImportedMeasure:
    values = row.values
    own: dict[str, Any] = {field: values[name] for name, field in OWN.items() if values.get(name) is not None}
    own |= {name: int(own[name]) for name in WHOLE if name in own}
    own.setdefault("is_percent", own.get("unit_of_measure") == "%")
    return ImportedMeasure(
        number=row.number,
        code=str(values["code"]),
        unit=str(values.get("unit") or ""),
        unit_code=str(values.get("unit_code") or ""),
        group=str(values.get("group") or ""),
        objective=str(values.get("objective") or ""),
        fields=own,
        figures=tuple((one.period, one.series, one.value) for one in row.periods),
    )
