"""How much of an analysis leads on: what was traced to an issue or an objective, and what was parked (METHOD §15, row 1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    """Notes of an analysis, counted: linked to an issue or an objective, parked with a reason, and all of them."""

    linked: int = 0
    parked: int = 0
    notes: int = 0

    def __post_init__(self) -> None:
        if min(self.linked, self.parked) < 0 or self.linked + self.parked > self.notes:
            raise ValueError("linked and parked notes are parts of all notes, and no note is both")

    @property
    def unsettled(self) -> int:
        """Notes that lead nowhere yet."""
        return self.notes - self.linked - self.parked

    @property
    def parked_counted(self) -> int:
        """As many parked notes as count: no more than linked ones, so that they make at most half of the share."""
        return min(self.parked, self.linked)

    @property
    def share(self) -> float | None:
        """(linked + min(parked, linked)) ÷ all notes, 0 to 1; without notes there is none."""
        return (self.linked + self.parked_counted) / self.notes if self.notes else None

    @property
    def percent(self) -> float | None:
        """The share in per cent, as it is shown."""
        return None if self.share is None else 100 * self.share

    def __add__(self, other: Trace) -> Trace:
        return Trace(self.linked + other.linked, self.parked + other.parked, self.notes + other.notes)
