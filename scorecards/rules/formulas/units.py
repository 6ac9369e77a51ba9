"""Only like things are added (METHOD §4): the unit of every part of a formula, from the units of what it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.marking import gettext_noop
from scorecards.rules.formulas.refusals import FormulaRefusal
from scorecards.rules.formulas.trees import Call, Constant, Negative, Product, Reading, Sum, Tree, written

Dimensions: TypeAlias = tuple[tuple[str, int], ...]
"""Units with their powers, sorted: USD ÷ day is (("day", −1), ("usd", 1)); () is a pure number."""


@dataclass(frozen=True)
class InputUnit:
    """The unit of a measure as it is written, such as "USD" or "days"; a percentage is a pure number."""

    name: str
    is_percent: bool = False

    @property
    def dimensions(self) -> Dimensions:
        """Capitals and spaces make no difference."""
        name = self.shown.casefold()
        return () if self.is_percent or name in ("", "%") else ((name, 1),)

    @property
    def shown(self) -> str:
        """As it is written, with single spaces."""
        return " ".join(self.name.split())


def check_units(tree: Tree, units: Mapping[str, InputUnit]) -> None:
    """`FormulaRefusal` at the first term or part whose unit is another than the one before it.

    Plain numbers take the unit of what they stand beside. Percentages, shares and measures without a unit are pure
    numbers: they are added to each other and to nothing that has a unit. `units` by code, of every code that is read.
    """
    _Check(units).unit(tree)


class _Check:
    """Units by code, and how each is written."""

    def __init__(self, units: Mapping[str, InputUnit]) -> None:
        self.of = {code: unit.dimensions for code, unit in units.items()}
        self.names: dict[str, str] = {}
        for unit in units.values():
            for name, _ in unit.dimensions:
                self.names.setdefault(name, unit.shown)

    def unit(self, tree: Tree) -> Dimensions | None:
        """None where only plain numbers are joined: they fit everything."""
        match tree:
            case Constant():
                return None
            case Reading(code):
                return self.of[code]
            case Negative(of):
                return self.unit(of)
            case Sum(terms, at):
                return self.same([term for _, term in terms], at)
            case Call(_, parts, at):
                return self.same(parts, at)
            case Product(factors):
                return self.multiplied(factors)

    def same(self, parts: Sequence[Tree], at: Sequence[int]) -> Dimensions | None:
        first: tuple[Tree, Dimensions] | None = None
        for number, part in enumerate(parts):
            found = self.unit(part)
            if found is None:
                continue
            if first is None:
                first = (part, found)
            elif found != first[1]:
                raise FormulaRefusal(
                    at[number] if number < len(at) else 0,
                    gettext_noop("%(part)s is measured in %(unit)s, but %(first)s before it in %(other)s; unlike things are not added or"
                    " compared. Convert one of them, or correct the unit of the measure."),
                    part=written(part), unit=self.named(found), first=written(first[0]), other=self.named(first[1]),
                )  # fmt: skip
        return first[1] if first else None

    def multiplied(self, factors: Sequence[tuple[bool, Tree]]) -> Dimensions | None:
        powers: Counter[str] = Counter()
        is_plain = True
        for is_divisor, factor in factors:
            found = self.unit(factor)
            is_plain = is_plain and found is None
            for name, power in found or ():
                powers[name] += -power if is_divisor else power
        return None if is_plain else tuple(sorted((name, power) for name, power in powers.items() if power))

    def named(self, dimensions: Dimensions) -> str:
        """ "USD", "USD per day", "pure numbers"."""
        above = [self.powered(name, power) for name, power in dimensions if power > 0]
        below = [self.powered(name, -power) for name, power in dimensions if power < 0]
        if not dimensions:
            return "pure numbers"
        return " per ".join([" × ".join(above) or "1", *below])

    def powered(self, name: str, power: int) -> str:
        return self.names[name] if power == 1 else f"{self.names[name]}^{power}"
