"""How a calculated value came about: what each part of its formula found in a period, and why there is no value.

Computed when it is opened, by the code that computes results, from the same facts; never stored (DATAMODEL A6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor
from core.periods import At, Period
from scorecards.actions.calculating import found_by
from scorecards.actions.recompute import lines_of, sheets_of
from scorecards.actions.sheets import Settings
from scorecards.models import Measure
from scorecards.queries.chains import Chain, ChainLine, chain_of
from scorecards.queries.formulas import formula_of, with_formulas
from scorecards.queries.measures import own_period
from scorecards.queries.trees import tree_above
from scorecards.rules.formulas import Failure, Reading, When, evaluate, readings, written

FAILURES = {
    Failure.DIVISION_BY_ZERO: gettext_lazy("it divides by 0"),
    Failure.TOO_LARGE: gettext_lazy("the result is beyond 1e15"),
    Failure.NOT_A_NUMBER: gettext_lazy("the result is not a number"),
}


@dataclass(frozen=True)
class Trace:
    """One period of a calculated measure: what was read (None: nothing there), the value, else what is missing or failed."""

    read: Mapping[Reading, float | None]
    value: float | None
    missing: tuple[Reading, ...]
    failure: Failure | None

    @property
    def why(self) -> str:
        """Why there is no value, in words; empty where there is one."""
        if self.missing:
            return _("Input missing: %(names)s") % {"names": ", ".join(str(each) for each in self.missing)}
        if self.failure is not None:
            return _("Calculation failed: %(why)s") % {"why": FAILURES[self.failure]}
        return ""


def trace(measure: Measure, period: Period, today: date) -> Trace:
    """What the measure's formula found in one of its own periods, or had found when that was closed; four statements.

    Two more where something was recorded since.
    """
    node = measure.node.pk
    above = tree_above([node])
    alone = replace(above, nodes={node: above.nodes[node]}, edges=[edge for edge in above.edges if edge.child == node])
    tree, formulas = with_formulas(alone)
    formula = formula_of(measure.expression)
    nothing = Trace(dict.fromkeys(readings(formula)), None, tuple(readings(formula)), None)
    wanted = {period.frequency: {period.start}}
    lines = lines_of(tree, formulas, wanted, today, period.calendar) if period.start <= today else None
    if formulas is None or lines is None:
        return nothing
    made, besides, past = sheets_of([tree.measures[node]], tree, formulas, lines, Settings([]), today)
    at = lines[period.frequency].at[period.start]
    known = past.sheets_for(measure.code, made[0], at) if past else None
    found = found_by(formulas, measure.code, known or [*made, *besides], lines, today)
    numbers = {reading: each.value[at : at + 1] for reading, each in found.items()}
    value = evaluate(formula, numbers, 1)
    return Trace(
        read={reading: None if np.isnan(number[0]) else float(number[0]) for reading, number in numbers.items()},
        value=None if np.isnan(value.value[0]) else float(value.value[0]),
        missing=value.missing[0],
        failure=value.failed[0],
    )


@dataclass(frozen=True)
class ReadLine:
    """One reading of a formula as it is shown: how it is written, whose value it is, the value in words."""

    written: str
    name: str
    url: str
    value: str


@dataclass(frozen=True)
class FormulaReport:
    """Everything the page of a calculated measure says about its formula in one of its periods."""

    formula: str
    period: str
    why: str
    read: tuple[ReadLine, ...]
    chain: Chain


def formula_report(viewer: Actor, measure: Measure, at: At) -> FormulaReport:
    """The formula of a calculated measure, what it found in the measure's own period, and its chain; six queries."""
    period = own_period(measure, at)
    found, chain = trace(measure, period, at.today), chain_of(viewer, measure, at)
    named = {line.code: line for line in chain.lines}
    return FormulaReport(
        formula=written(formula_of(measure.expression)),
        period=period.label,
        why=found.why,
        read=tuple(
            _read_line(reading, value, named.get(reading.code), period) for reading, value in found.read.items()
        ),
        chain=chain,
    )


def _read_line(reading: Reading, value: float | None, line: ChainLine | None, period: Period) -> ReadLine:
    if line is None:
        return ReadLine(str(reading), _("Not for you to see"), "", "")
    url = line.url
    if reading.when is When.PREVIOUS:
        url = f"{url.partition('?')[0]}?p={period.previous().key}"
    return ReadLine(str(reading), line.name, url, "" if value is None else line.numbers.text(value))
