"""What a formula is made of: the only nodes there are, what they read, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from core.marking import gettext_noop
from scorecards.rules.formulas.refusals import FormulaRefusal
from scorecards.rules.formulas.tokens import WORD

PARTS_OF_A_YEAR = 53
"""Steps a value to date is counted with: the weeks of the longest year."""


class When(StrEnum):
    """Which value of a measure is read: the period's, the one before, or the year's up to the period."""

    NOW = ""
    PREVIOUS = "previous"
    TO_DATE = "ytd"


class Function(StrEnum):
    """What is made of several parts, or of one."""

    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    MEAN_OF_PRESENT = "mean_of_present"
    ABS = "abs"


@dataclass(frozen=True)
class Constant:
    """A number as it is written, not negative."""

    value: Decimal


@dataclass(frozen=True)
class Reading:
    """A value of a measure; `at` is where its code stands."""

    code: str
    when: When = When.NOW
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.when}({written_code(self.code)})" if self.when else written_code(self.code)


@dataclass(frozen=True)
class Negative:
    """The opposite of a part."""

    of: Tree


@dataclass(frozen=True)
class Sum:
    """Two or more terms, each added or (True) taken away; the first is added."""

    terms: tuple[tuple[bool, Tree], ...]
    at: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Product:
    """Two or more factors, each multiplied or (True) divided by; the first is multiplied."""

    factors: tuple[tuple[bool, Tree], ...]


@dataclass(frozen=True)
class Call:
    """A function of its parts."""

    function: Function
    parts: tuple[Tree, ...]
    at: tuple[int, ...] = field(default=(), compare=False)


Tree: TypeAlias = Constant | Reading | Negative | Sum | Product | Call


def children(tree: Tree) -> tuple[Tree, ...]:
    """The parts of a node, in the order they are written."""
    match tree:
        case Constant() | Reading():
            return ()
        case Negative(of):
            return (of,)
        case Sum(terms):
            return tuple(term for _, term in terms)
        case Product(factors):
            return tuple(factor for _, factor in factors)
        case Call(_, parts):
            return parts


def readings(tree: Tree) -> list[Reading]:
    """Everything it reads, each once, in the order it is written."""
    return list(dict.fromkeys(node for node in _nodes(tree) if isinstance(node, Reading)))


def codes(tree: Tree) -> list[str]:
    """The codes of the measures it reads, each once, in the order they are written."""
    return list(dict.fromkeys(reading.code for reading in readings(tree)))


def looks_back(tree: Tree) -> bool:
    """Whether it reads periods before its own."""
    return any(reading.when for reading in readings(tree))


def steps(tree: Tree) -> int:
    """How many steps one period takes at most: one per node, and one per part of a value to date."""
    return sum(
        PARTS_OF_A_YEAR if isinstance(node, Reading) and node.when is When.TO_DATE else 1 for node in _nodes(tree)
    )


def _nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in children(tree):
        yield from _nodes(child)


def quotient(tree: Tree) -> tuple[Tree, Tree]:
    """Numerator and denominator of a formula that divides as its last operation; `FormulaRefusal` for any other."""
    factors = tree.factors if isinstance(tree, Product) else ()
    above = tuple((False, factor) for is_divisor, factor in factors if not is_divisor)
    below = tuple((False, factor) for is_divisor, factor in factors if is_divisor)
    if not below:
        raise FormulaRefusal(
            0, gettext_noop("A ratio of sums over time needs a formula that divides: what is counted ÷ out of what. Write it so, or"
            " choose another aggregation over time."),
        )  # fmt: skip
    return _product(above), _product(below)


def _product(factors: tuple[tuple[bool, Tree], ...]) -> Tree:
    return factors[0][1] if len(factors) == 1 else Product(factors)


def written(tree: Tree) -> str:
    """The formula with typographic signs and no needless parentheses; parsed again it is the same tree."""
    match tree:
        case Constant(value):
            return format(value, "f")
        case Reading():
            return str(tree)
        case Negative(of):
            return f"−{_inside(of, Negative, Sum, Product)}"
        case Sum(terms):
            return _joined(terms, " + ", " − ", Sum)
        case Product(factors):
            return _joined(factors, " × ", " ÷ ", Sum, Product)
        case Call(function, parts):
            return f"{function}({', '.join(written(part) for part in parts)})"


def _joined(parts: tuple[tuple[bool, Tree], ...], plain: str, inverse: str, *weaker: type) -> str:
    text = "".join((inverse if is_inverse else plain) + _inside(part, *weaker) for is_inverse, part in parts)
    return text[len(plain) :]


def _inside(tree: Tree, *weaker: type) -> str:
    text = written(tree)
    return f"({text})" if isinstance(tree, weaker) else text


def written_code(code: str) -> str:
    """A code as a formula names it: bare where that is clear, else in brackets."""
    return code if WORD.fullmatch(code) else f"[{code.replace(']', ']]')}]"
