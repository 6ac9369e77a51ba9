"""Values of a formula: decimals of 34 digits, all periods at once, one or n alike (METHOD §4)."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from scorecards.rules.arrays import MISSING, Floats, Words, floats, words
from scorecards.rules.formulas.trees import Call, Constant, Function, Negative, Product, Reading, Sum, Tree, children
from scorecards.rules.refusals import LARGEST_NUMBER
from scorecards.rules.status import Reason

DIGITS = 34
CONTEXT = decimal.Context(
    prec=DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.InvalidOperation, decimal.Overflow],
)
LARGEST = Decimal(LARGEST_NUMBER)


class Failure(StrEnum):
    """Why a formula whose inputs are all there has no value."""

    DIVISION_BY_ZERO = "division_by_zero"
    TOO_LARGE = "too_large"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True)
class Evaluated:
    """Values of n periods, NaN for none; per period what is missing, in the order it is written, and the `Failure` or None.

    What is missing comes before what fails.
    """

    value: Floats
    missing: tuple[tuple[Reading, ...], ...]
    failed: Words

    @property
    def reason(self) -> Words:
        """Why there is no value; None where there is one."""
        found = words(len(self.value))
        found[[failure is not None for failure in self.failed]] = Reason.CALCULATION_FAILED
        found[[bool(gone) for gone in self.missing]] = Reason.INPUT_MISSING
        return found


@dataclass(frozen=True)
class _Gap:
    """No value: what is missing, else why it failed."""

    missing: tuple[Reading, ...] = ()
    failure: Failure | None = None


_Cell: TypeAlias = Decimal | _Gap
_Column: TypeAlias = list[_Cell]


def evaluate(tree: Tree, read: Mapping[Reading, Floats], periods: int) -> Evaluated:
    """The formula in n periods. `read` holds for every reading of it n numbers, NaN where there is no value.

    A number enters as the shortest decimal that stands for it: 0.1 is 0.1.
    """
    with decimal.localcontext(CONTEXT):
        cells = [_ended(cell) for cell in _column(tree, read, periods)]
    value, failed = np.full(periods, MISSING), words(periods)
    for row, cell in enumerate(cells):
        if isinstance(cell, _Gap):
            failed[row] = None if cell.missing else cell.failure
        else:
            value[row] = float(cell)
    return Evaluated(value, tuple(cell.missing if isinstance(cell, _Gap) else () for cell in cells), failed)


def _ended(cell: _Cell) -> _Cell:
    if isinstance(cell, Decimal) and abs(cell) > LARGEST:
        return _Gap(failure=Failure.TOO_LARGE)
    return cell


def _column(tree: Tree, read: Mapping[Reading, Floats], periods: int) -> _Column:
    match tree:
        case Constant(value):
            return [value] * periods
        case Reading():
            return [_entered(tree, number) for number in floats(read[tree]).tolist()]
        case _:
            columns = [_column(child, read, periods) for child in children(tree)]
            join = _join_of(tree)
            is_lenient = isinstance(tree, Call) and tree.function is Function.MEAN_OF_PRESENT
            return [_joined(cells, join, is_lenient=is_lenient) for cells in zip(*columns, strict=True)]


def _entered(reading: Reading, number: float) -> _Cell:
    if number != number:  # noqa: PLR0124 - NaN is not itself
        return _Gap((reading,))
    if number in (float("inf"), float("-inf")):
        return _Gap(failure=Failure.NOT_A_NUMBER)
    return Decimal(repr(number))


def _joined(cells: Sequence[_Cell], join: Callable[[list[Decimal]], Decimal], *, is_lenient: bool) -> _Cell:
    present = [cell for cell in cells if isinstance(cell, Decimal)]
    gaps = [cell for cell in cells if isinstance(cell, _Gap)]
    missing = tuple(dict.fromkeys(reading for gap in gaps for reading in gap.missing))
    failure = next((gap.failure for gap in gaps if gap.failure), None)
    if is_lenient and present:
        missing = ()
    if missing or failure:
        return _Gap(missing, failure)
    try:
        return join(present)
    except decimal.Overflow:
        return _Gap(failure=Failure.TOO_LARGE)
    except ZeroDivisionError:
        return _Gap(failure=Failure.DIVISION_BY_ZERO)
    except decimal.InvalidOperation:
        return _Gap(failure=Failure.NOT_A_NUMBER)


def _join_of(tree: Tree) -> Callable[[list[Decimal]], Decimal]:
    """What is done with the numbers of the parts, from left to right."""
    match tree:
        case Negative():
            return lambda numbers: -numbers[0]
        case Sum(terms):
            return lambda numbers: _summed([is_taken for is_taken, _ in terms], numbers)
        case Product(factors):
            return lambda numbers: _multiplied([is_divisor for is_divisor, _ in factors], numbers)
        case Call(function):
            return _FUNCTIONS[function]
        case _:
            raise TypeError(tree)


def _summed(taken: Sequence[bool], numbers: Sequence[Decimal]) -> Decimal:
    found = numbers[0]
    for is_taken, number in zip(taken[1:], numbers[1:], strict=True):
        found = found - number if is_taken else found + number
    return found


def _multiplied(divides: Sequence[bool], numbers: Sequence[Decimal]) -> Decimal:
    found = numbers[0]
    for is_divisor, number in zip(divides[1:], numbers[1:], strict=True):
        if is_divisor and not number:
            raise ZeroDivisionError
        found = found / number if is_divisor else found * number
    return found


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0)) / len(numbers)


_FUNCTIONS: dict[Function, Callable[[list[Decimal]], Decimal]] = {
    Function.MIN: min,
    Function.MAX: max,
    Function.MEAN: _mean,
    Function.MEAN_OF_PRESENT: _mean,
    Function.ABS: lambda numbers: abs(numbers[0]),
}


def begins(tree: Tree, first: Mapping[str, date | None]) -> date | None:
    """The first day on which it can have a value, from the first days of what it reads; None: never.

    All parts are needed, but of `mean_of_present` one.
    """
    if isinstance(tree, Constant):
        return date.min
    if isinstance(tree, Reading):
        return first.get(tree.code)
    found = [begins(child, first) for child in children(tree)]
    known = [day for day in found if day is not None]
    if isinstance(tree, Call) and tree.function is Function.MEAN_OF_PRESENT:
        return min(known, default=None)
    return max(known) if len(known) == len(found) else None
