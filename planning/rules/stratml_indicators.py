"""Measures as performance indicators of StratML Part 2: what is measured, in which unit, targets and actuals by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from planning.rules.plan_tree import Element

STAGES = {True: "Output", False: "Outcome"}
"""A leading measure tells of what is done, a lagging one of what comes of it."""


@dataclass(frozen=True)
class Instance:
    """A period with its target and its actual value, either of which may be missing."""

    first: date
    last: date
    target: float | None = None
    actual: float | None = None


@dataclass(frozen=True)
class Indicator:
    """A measure: its identifier and code, its name and unit, whether it leads, and its periods in order of time."""

    identifier: str
    code: str
    name: str
    unit: str
    is_leading: bool = False
    instances: tuple[Instance, ...] = ()


def with_indicators(objective: Element, indicators: Sequence[Indicator]) -> Element:
    """The objective with these indicators after those that it has; one of the same identifier is written anew."""
    written = {one.identifier: indicator(one) for one in indicators}
    standing = [one for one in objective.all("PerformanceIndicator") if one.words("Identifier") not in written]
    others = tuple(child for child in objective.children if child.tag != "PerformanceIndicator")
    return replace(objective, children=(*others, *standing, *written.values()))


def indicator(one: Indicator) -> Element:
    """The element of one measure."""
    attributes = {"ValueChainStage": STAGES[one.is_leading], "PerformanceIndicatorType": "Quantitative"}
    return Element(
        "PerformanceIndicator",
        attributes,
        children=(
            Element("SequenceIndicator", text=one.code),
            Element("MeasurementDimension", text=one.name),
            Element("UnitOfMeasurement", text=one.unit),
            Element("Identifier", text=one.identifier),
            *(_instance(period) for period in one.instances),
        ),
    )


def _instance(period: Instance) -> Element:
    results = (("TargetResult", period.target), ("ActualResult", period.actual))
    return Element(
        "MeasurementInstance",
        children=tuple(_result(tag, period, value) for tag, value in results if value is not None),
    )


def _result(tag: str, period: Instance, value: float) -> Element:
    parts = (
        ("StartDate", period.first.isoformat()),
        ("EndDate", period.last.isoformat()),
        ("NumberOfUnits", plain(value)),
    )
    return Element(tag, children=tuple(Element(name, text=text) for name, text in parts))


def plain(value: float) -> str:
    """A number without an exponent, as xs:decimal wants it."""
    text = f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    return "0" if text in ("-0", "") else text
