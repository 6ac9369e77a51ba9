"""The year to date of a measure against the targets its periods were first given (METHOD §3, "Targets changed").

Computed when it is opened, by the code that computes results, with the first targets in place of the present ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from core.formats import NumberFormat
from core.periods import At, Frequency, Period
from scorecards.actions.figures import figures
from scorecards.actions.recompute import lines_of, sheets_of
from scorecards.actions.sheets import Life, Settings, Sheet, sheets
from scorecards.actions.timelines import Axis, Lines
from scorecards.models import Measure, Node, Result, Target
from scorecards.queries.cards import number_format
from scorecards.queries.explaining import Figure, NodeReport
from scorecards.queries.formulas import with_formulas
from scorecards.queries.kept import FactRow, facts_of
from scorecards.queries.trees import tree_above
from scorecards.rules.arrays import MISSING, floats
from scorecards.rules.originals import differ, first_given

NO_OTHERS = (None,) * 4
"""Red flag, stretch and the ends of a range: the target alone is asked for."""


@dataclass(frozen=True)
class OriginalTarget:
    """What the year to date was first held against, and what it is held against now."""

    value: float | None
    present: float | None
    original: float
    numbers: NumberFormat

    @property
    def text(self) -> str:
        """The original target."""
        return self.numbers.figure(self.original)

    @property
    def gap_text(self) -> str:
        """The value's difference to the original target."""
        return "" if self.value is None else self.numbers.gap(self.value - self.original)

    @property
    def present_gap_text(self) -> str:
        """The value's difference to the present target."""
        return "" if self.value is None or self.present is None else self.numbers.gap(self.value - self.present)


def original_target(measure: Measure, at: At, result: Result | None) -> OriginalTarget | None:
    """The original target of the year that `result` is of; None where it is the present one. One query if none changed."""
    if result is None:
        return None
    firsts = _first_targets(measure)
    if not firsts:
        return None
    year = Period(Frequency(result.frequency), result.period_start, at.period.calendar)
    found = _joined(measure, year, at.today, firsts)
    present = MISSING if result.target is None else result.target
    if found is None or not differ(floats([present]), floats([found]))[0]:
        return None
    return OriginalTarget(result.value, result.target, found, number_format(measure))


def _first_targets(measure: Measure) -> list[FactRow]:
    """The first target of every period of the measure; none where no target was ever changed."""
    rows = list(Target.objects.filter(measure=measure).order_by("pk"))
    keys = list(dict.fromkeys((row.frequency, row.period_start) for row in rows))
    if len(keys) == len(rows):
        return []
    place = np.array([keys.index((row.frequency, row.period_start)) for row in rows], dtype=np.int64)
    revision = np.array([row.revision for row in rows], dtype=np.int64)
    first = first_given(
        place, revision, floats([None if row.value is None else float(row.value) for row in rows]), len(keys)
    )
    return [
        FactRow(measure.node.pk, False, Frequency(frequency), start, (float(value), *NO_OTHERS))  # noqa: FBT003 - a target
        for (frequency, start), value in zip(keys, first, strict=True)
        if not np.isnan(value)
    ]


def _joined(measure: Measure, year: Period, today: date, firsts: list[FactRow]) -> float | None:
    """The first targets joined over the parts that have a value, by the rule of the results."""
    node = measure.node.pk
    above = tree_above([node])
    edges = [edge for edge in above.edges if edge.child == node]
    tree, formulas = with_formulas(replace(above, nodes={node: above.nodes[node]}, edges=edges))
    wanted = {year.frequency: {year.start}}
    lines = lines_of(tree, formulas, wanted, today, year.calendar)
    if lines is None:
        return None
    (sheet,), _besides, _past = sheets_of([tree.measures[node]], tree, formulas, lines, Settings([]), today)
    axis = Axis.of(lines)
    found = figures([_with_targets(sheet, firsts, lines)], axis, wanted, today)
    at = axis.begins[year.frequency] + lines[year.frequency].at[year.start]
    targets = [] if found is None else [t for t, column in zip(found.target, found.column, strict=True) if column == at]
    return None if not targets or np.isnan(targets[0]) else float(targets[0])


def _with_targets(sheet: Sheet, firsts: list[FactRow], lines: Lines) -> Sheet:
    """The sheet with other targets; its values stay."""
    life = Life(sheet.life.first, sheet.life.last)
    (other,) = sheets(sheet.infos, life, facts_of(firsts, sheet.infos), lines, Settings([]))
    return replace(sheet, numbers={**sheet.numbers, "target": other.numbers["target"]}, longer=other.longer)


def with_original(report: NodeReport, node: Node, at: At) -> NodeReport:
    """The explanation of a measure's year with its original target, where that is another."""
    if node.measure is None or at.period.frequency is not Frequency.YEAR:
        return report
    result = Result.objects.filter(node=node, frequency=Frequency.YEAR, period_start=at.period.start).first()
    found = original_target(node.measure, at, result)
    if found is None:
        return report
    gap = _("%(gap)s to it, %(present)s to the present target") % {
        "gap": found.gap_text or _("No value"),
        "present": found.present_gap_text or _("No value"),
    }
    figure = Figure(_("Original target"), found.numbers.text(found.original), gap)
    places = [place for place, one in enumerate(report.figures) if one.label == _("Target")]
    cut = places[0] + 1 if places else len(report.figures)
    return replace(report, figures=(*report.figures[:cut], figure, *report.figures[cut:]))


def add_originals(exceptions: Iterable[dict[str, Any]], at: At) -> None:
    """To the measures that a report freezes: the original target of the year to date, where that is another."""
    shown = {one["key"]: one for one in exceptions if one["year_to_date"]}
    measures = Measure.objects.select_related("node").in_bulk(shown)
    year = Period.of(Frequency.YEAR, at.period.start, at.period.calendar)
    results = Result.objects.filter(node__measure__in=shown, frequency=Frequency.YEAR, period_start=year.start)
    by_measure = {result.node.measure_id: result for result in results.select_related("node")}
    for key, document in shown.items():
        found = original_target(measures[key], at, by_measure.get(key))
        if found is not None:
            document["year_to_date"]["original"] = {
                "text": found.text,
                "gap": found.gap_text,
                "present_gap": found.present_gap_text,
            }
