"""Calculated measures (METHOD §4): text to a tree of allowed nodes, its units, its loops, its values per period.

How a formula is written:

- Signs: + − × ÷; the keyboard's - * / mean the same. Parentheses. Decimals with a point: 0.5.
- A measure is named by its code. Bare, if the code begins with a letter and holds letters, digits and _, with single
  . or - between them: FIN-01. Any other code stands in brackets: [2024 plan]; a bracket inside is doubled: [a]]b].
  A hyphen inside a bare code belongs to the code: FIN-01 is one measure, FIN - 01 and FIN − 01 are a subtraction.
- min(…), max(…), mean(…), mean_of_present(…) of one or more parts, separated by commas; abs(…) of one.
- previous(code): the value of the period before. ytd(code): from the fiscal year's start by the measure's aggregation.
"""

from scorecards.rules.formulas.evaluating import Evaluated, Failure, begins, evaluate
from scorecards.rules.formulas.loops import find_loop
from scorecards.rules.formulas.parsing import parse
from scorecards.rules.formulas.refusals import FormulaRefusal
from scorecards.rules.formulas.trees import (
    Reading,
    Tree,
    When,
    codes,
    looks_back,
    quotient,
    readings,
    steps,
    written,
    written_code,
)
from scorecards.rules.formulas.units import InputUnit, check_units

__all__ = [
    "Evaluated",
    "Failure",
    "FormulaRefusal",
    "InputUnit",
    "Reading",
    "Tree",
    "When",
    "begins",
    "check_units",
    "codes",
    "evaluate",
    "find_loop",
    "looks_back",
    "parse",
    "quotient",
    "readings",
    "steps",
    "written",
    "written_code",
]
