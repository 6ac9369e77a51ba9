"""The kind of import "measures": one row a measure, under unit, group and objective, with its figures by period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.actions import Refusal
from core.importers import ImportReport, importer
from core.importreports import Outcome
from core.mapping import Field, FieldType, MappedRow
from core.periods import Frequency
from organization.actors import Actor
from organization.queries import custom_fields
from organization.queries.customfields import LONGEST_TEXT
from scorecards.actions.importing import (
    TARGETS,
    VALUES,
    ImportedMeasure,
    Place,
    from_first_value,
    take_measures,
)
from scorecards.rules.scoring import Method, Polarity

OWN = {
    "name": "name", "short_name": "short_name", "description": "description", "formula": "formula", "source": "source",
    "kind": "kind", "critical": "is_critical", "frequency": "frequency", "aggregation": "aggregation", "method": "method",
    "polarity": "polarity", "unit_of_measure": "unit_of_measure", "percent": "is_percent", "decimals": "decimals",
    "tolerance": "tolerance", "baseline": "baseline", "baseline_on": "baseline_on", "grace_days": "grace_days",
    "expression": "expression",
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
    Field(
        "expression",
        label=_("Formula"),
        help=_(
            "calculates the measure from others by their codes, such as FIN-01 ÷ FIN-02, wherever they stand in the file"
        ),
        max_length=2000,
    ),
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
    Field(
        "line",
        label=_("Further line"),
        help=_("a breakdown the row's values belong to; empty for the measure's own values"),
        max_length=500,
    ),
)
OWN_FIELD = "custom."
TYPES: dict[str, FieldType] = {
    "text": "text",
    "number": "number",
    "date": "date",
    "choice": "choice",
    "boolean": "boolean",
}
"""How the cells of the organisation's own fields are read."""
OPTIONS = (
    Field("parent", label=_("Parent"), help=_("code of the unit under which missing units are made"), max_length=40),
    Field(
        "strategy", label=_("Strategy"), help=_("name of the strategy made for a unit that has none"), max_length=200
    ),
    Field("perspective", label=_("Perspective"), help=_("where missing objectives are put"), max_length=120),
    Field(
        "baseline",
        "choice",
        _("Baseline"),
        help=_(
            "`first`: progress is counted from the first value; a measure without one, or without a target, is unscored"
        ),
        choices=("first",),
    ),
)


def own_fields() -> tuple[Field, ...]:
    """The organisation's own fields of measures: `custom.<key>`."""
    return tuple(
        Field(f"{OWN_FIELD}{row.key}", TYPES[row.type], row.label, choices=tuple(row.choices), max_length=LONGEST_TEXT)
        for row in custom_fields("measure")
    )


@importer(
    "measures",
    title=_("Measures with values and targets"),
    fields=FIELDS,
    series=(VALUES, *TARGETS),
    options=OPTIONS,
    verb="import",
    own_fields=own_fields,
)
def measures(actor: Actor, rows: Iterable[MappedRow], *, commit: bool, options: dict[str, Any]) -> ImportReport:
    """Take the rows; the report says of each what became of it."""
    report = ImportReport()
    found = {row.number: row for row in rows}
    asked = _by_code(found.values(), report)
    if options.get("baseline") == "first":
        asked = [from_first_value(row) for row in asked]
    place = Place(**{name: options.get(name) or "" for name in ("parent", "strategy", "perspective")})
    try:
        taken = take_measures(actor, rows=asked, place=place, today=timezone.localdate(), commit=commit)
    except Refusal as refusal:
        report.note(refusal.sentence)
        return report
    said: set[str] = set()
    for one in sorted(taken.outcome.rows, key=lambda one: one.row):
        if one.result == "refused" and one.label not in said:
            report.refuse(found[one.row].problem(one.reason), what=one.label)
            said.add(one.label)
        else:
            report.add(one.row, Outcome(one.result), one.label, one.reason)
    report.totals = taken.totals
    return report


def _by_code(rows: Iterable[MappedRow], report: ImportReport) -> list[ImportedMeasure]:
    """Rows that name the same measure are one, in a long table; they must agree on what it is."""
    groups: dict[str, list[MappedRow]] = {}
    for row in rows:
        groups.setdefault(str(row.values["code"]), []).append(row)
    return [_joined(code, group, report) for code, group in groups.items()]


def _joined(code: str, rows: Sequence[MappedRow], report: ImportReport) -> ImportedMeasure:
    values: dict[str, Any] = {}
    figures: dict[tuple[Any, str, str], Any] = {}
    for row in rows:
        line = str(row.values.get("line") or "")
        for name, value in row.values.items():
            if value is not None and name != "line" and values.setdefault(name, value) != value:
                words = {"name": name, "value": value, "first": values[name], "row": rows[0].number}
                sentence = gettext("'%(value)s' is not what row %(row)s says of the same measure: '%(first)s'.") % words
                report.refuse(row.problem(sentence, name), what=code)
        for one in row.periods:
            key = (one.period, one.series, line if one.series == VALUES else "")
            if figures.setdefault(key, one.value) != one.value:
                words = {"period": one.period.label, "first": figures[key]}
                sentence = gettext("gives another value for %(period)s than a row before: %(first)s.") % words
                report.refuse(row.problem(sentence, column=one.column), what=code)
    return _typed(code, values, tuple(row.number for row in rows), figures)


def _typed(code: str, values: dict[str, Any], numbers: tuple[int, ...], figures: dict[Any, Any]) -> ImportedMeasure:
    own: dict[str, Any] = {field: values[name] for name, field in OWN.items() if values.get(name) is not None}
    own |= {name: int(own[name]) for name in WHOLE if name in own}
    if "unit_of_measure" in own:
        own.setdefault("is_percent", own["unit_of_measure"] == "%")
    custom = {name.removeprefix(OWN_FIELD): value for name, value in values.items() if name.startswith(OWN_FIELD)}
    if custom:
        own["custom"] = custom
    return ImportedMeasure(
        numbers=numbers,
        code=code,
        unit=str(values.get("unit") or ""),
        unit_code=str(values.get("unit_code") or ""),
        group=str(values.get("group") or ""),
        objective=str(values.get("objective") or ""),
        fields=own,
        figures=tuple((*key, value) for key, value in figures.items()),
    )
