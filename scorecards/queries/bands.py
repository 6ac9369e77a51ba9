"""The bands of a scorecard now and at other times, as a page writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.formats import percent, plain
from scorecards.models import Scorecard, ScorecardBands


@dataclass(frozen=True)
class BandsLine:
    """One set of bands and its time, in words."""

    from_on: date | None
    until_on: date | None
    green: str
    amber: str
    exceeds: str
    minimum_coverage: str
    tolerance: str


@dataclass(frozen=True)
class BandsReport:
    """The bands that hold on a day, as numbers for a form, and all there ever were, newest first."""

    now: dict[str, Any]
    lines: tuple[BandsLine, ...]


def bands_of(scorecard: Scorecard, day: date) -> BandsReport:
    """The bands of a scorecard; one query."""
    rows = list(ScorecardBands.objects.filter(scorecard=scorecard).order_by("-valid"))
    holding = [row for row in rows if _holds(row, day)] or rows
    now = {
        "green": _plain(holding[0].green),
        "amber": _plain(holding[0].amber),
        "exceeds": None if holding[0].exceeds is None else _plain(holding[0].exceeds),
        "minimum_coverage": _plain(100 * holding[0].minimum_coverage),
        "tolerance": _plain(100 * holding[0].tolerance),
    }
    return BandsReport(now, tuple(_line(row) for row in rows))


def _plain(number: float) -> str:
    """With so many digits that typing it back gives the same number."""
    return f"{number:.15g}"


def _holds(row: ScorecardBands, day: date) -> bool:
    lower, upper = row.valid.lower, row.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _line(row: ScorecardBands) -> BandsLine:
    return BandsLine(
        from_on=row.valid.lower,
        until_on=row.valid.upper,
        green=plain(row.green, 1),
        amber=plain(row.amber, 1),
        exceeds="" if row.exceeds is None else plain(row.exceeds, 1),
        minimum_coverage=percent(100 * row.minimum_coverage, 0),
        tolerance=percent(100 * row.tolerance, 0),
    )
