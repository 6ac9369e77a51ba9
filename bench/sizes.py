"""How large the organisation is (SPEED.md, Sizes)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Units with a strategy each, objectives in each, measures in each on average, months of values, and people."""

    units: int
    objectives: int
    measures: int
    months: int
    people: int
    repeats: int

    def measures_of(self, unit: int) -> int:
        """Every other unit has three times as many measures as the next: a scorecard of 60 beside one of 20."""
        return self.measures // 2 if unit % 2 else self.measures * 3 // 2

    @property
    def all_measures(self) -> int:
        """Measures of the organisation."""
        return sum(self.measures_of(unit) for unit in range(self.units))

    @property
    def observations(self) -> int:
        """Values of the organisation."""
        return self.all_measures * self.months


SIZES = {
    "smoke": Size(units=4, objectives=6, measures=24, months=24, people=8, repeats=10),
    "S": Size(units=50, objectives=6, measures=20, months=36, people=200, repeats=60),
    "M": Size(units=500, objectives=10, measures=40, months=60, people=10_000, repeats=100),
}
