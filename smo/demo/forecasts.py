"""What owners expected of past years and expect of this one, and a target that is set too low."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PastForecast:
    """An owner's forecast of a year that is over, said in the middle of it.

    `hope` is what the forecast lay above the later value, on the better side, in parts of the distance to the target;
    `chance` in percent.
    """

    measure: str
    years_back: int
    hope: float
    chance: int


@dataclass(frozen=True)
class ThisForecast:
    """An owner's forecast of the running year."""

    measure: str
    value: float
    chance: int
    reason: str


PAST = (
    PastForecast("C1-01", 2, 0.4, 30), PastForecast("C1-01", 1, 0.6, 20),
    PastForecast("C1-04", 2, 0.2, 30), PastForecast("C1-04", 1, 0.5, 30),
    PastForecast("P1-04", 2, 0.8, 40), PastForecast("P1-04", 1, 0.3, 10),
    PastForecast("G1-01", 2, 0.5, 70), PastForecast("G1-01", 1, -0.2, 60),
    PastForecast("C1-02", 2, 0.0, 0), PastForecast("C1-02", 1, 0.0, 0),
    PastForecast("P1-01", 2, 0.3, 60), PastForecast("P1-01", 1, 0.4, 70),
    PastForecast("P1-02", 2, 0.1, 20), PastForecast("P1-02", 1, 0.2, 10),
    PastForecast("P1-03", 2, 0.1, 30), PastForecast("P1-03", 1, 0.0, 20),
)  # fmt: skip
"""Sofia Lindqvist has ten, so her figures show; James Adeyemi has six, too few."""

THIS = (
    ThisForecast("P1-01", 71.0, 10, "Without the twelve beds at Saltby the winter costs another point."),
    ThisForecast("P1-03", 185.0, 40, "Two extra lists on Saturdays until the year ends."),
    ThisForecast("C1-01", 9.8, 0, "The discharge hub works weekends; more than half a point it will not bring."),
    ThisForecast("P1-04", 86.0, 10, "The corridor is closed on most days now."),
    ThisForecast("C6-01", 89.0, 100, "Reached already; the new prompt on the ward tablets holds it."),
)

SANDBAGGED = ("L1-02", 10.0, 11.5, "First proposal for the next year")
"""Measure, target and red flag for the whole of next year, and the reason: the trend beats it without anybody's effort."""
