"""What an export of a strategy starts from: its content, and the plan it was imported from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.access import Actor, scoped
from planning.models import PlanSource
from planning.queries.indicators import indicators_of
from planning.rules.plan_tree import Element, from_json
from planning.rules.stratml_export import rekeyed
from planning.rules.stratml_indicators import Indicator
from strategy.models import Strategy
from strategy.queries.content import content_of
from strategy.rules.content import StrategyContent
from strategy.rules.content import from_json as content_from


@dataclass(frozen=True)
class SourceFacts:
    """The content of a strategy; if it was imported, under the keys of its plan, with the plan and how it was read."""

    content: StrategyContent
    tree: Element
    source: StrategyContent | None = None
    part: int = 0
    indicators: Mapping[str, Sequence[Indicator]] = field(default_factory=dict)


def source_of(viewer: Actor, strategy: Strategy) -> PlanSource | None:
    """The plan the strategy was imported from, if it was."""
    return scoped(viewer, "view", PlanSource.objects.filter(strategy=strategy)).first()


def export_facts(viewer: Actor, strategy: Strategy) -> SourceFacts:
    """Everything an export needs; the strategy was loaded through its policy."""
    content, kept = content_of(strategy), source_of(viewer, strategy)
    measures = {str(pk): found for pk, found in indicators_of(viewer, strategy).items()}
    if kept is None:
        return SourceFacts(content, Element(""), indicators=measures)
    known = {noun: {str(pk): key for key, pk in keys.items()} for noun, keys in kept.keys.items()}

    def keys(noun: str) -> dict[str, str]:
        return {one.key: known.get(noun, {}).get(one.key, f"new-{one.key}") for one in getattr(content, noun)}

    boxes = keys("objectives")
    shown = rekeyed(content, keys("perspectives"), keys("themes"), boxes)
    renamed = {boxes[key]: found for key, found in measures.items() if key in boxes}
    return SourceFacts(shown, from_json(kept.tree), content_from(kept.content), kept.part, renamed)
