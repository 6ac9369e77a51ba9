"""How large the organisation is (SPEED.md, Sizes)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Units with a strategy each, objectives and measures in each, and months of values."""

    units: int
    objectives: int
    measures: int
    months: int
    repeats: int

    @property
    def all_measures(self) -> int:
        """Measures of the organisation."""
        return self.units * self.measures

    @property
    def observations(self) -> int:
        """Values of the organisation."""
        return self.all_measures * self.months


SIZES = {
    "smoke": Size(units=5, objectives=6, measures=24, months=24, repeats=10),
    "S": Size(units=50, objectives=6, measures=20, months=36, repeats=60),
    "M": Size(units=500, objectives=10, measures=40, months=60, repeats=100),
}
