"""What the pages show from which a strategy is started or added to, and what came with an imported one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.access import Actor, can, scoped
from organization.models import OrgUnit
from planning.models import PlanSource
from planning.queries.sources import source_of
from planning.rules.plan_tree import Element, counts, from_json
from planning.rules.ready_made import Piece, Template, pieces
from strategy.models import Strategy
from strategy.models.structure import NodeState

WRITTEN = (Strategy.State.DRAFT, Strategy.State.IN_REVIEW, Strategy.State.APPROVED)


def may_start(viewer: Actor) -> bool:
    """Whether the viewer may start a strategy for any unit."""
    return scoped(viewer, "add_strategy", OrgUnit.objects.all()).exists()


@dataclass(frozen=True)
class Shelf:
    """One perspective of the library with its objectives, and which of them the draft has by name."""

    layer: Piece
    has_layer: bool
    objectives: tuple[tuple[Piece, bool], ...]


def shelves(strategy: Strategy, template: Template) -> list[Shelf]:
    """The library of one template, held against the draft; two queries."""
    layers = set(strategy.perspectives.exclude(state=NodeState.RETIRED).values_list("name", flat=True))
    boxes = set(strategy.objectives.exclude(state=NodeState.RETIRED).values_list("name", flat=True))
    listed = pieces(template.key)
    return [
        Shelf(
            layer,
            layer.perspective in layers,
            tuple(
                (one, one.objective in boxes)
                for one in listed
                if one.objective and one.perspective == layer.perspective
            ),
        )
        for layer in listed
        if not layer.objective
    ]


@dataclass(frozen=True)
class Exchange:
    """What a strategy's page offers: its files, where it came from, and whether the library is open."""

    strategy: Strategy
    source: PlanSource | None
    may_add: bool

    @property
    def parts(self) -> list[int]:
        """Parts of StratML in which it goes out: that of its source, or both."""
        return [self.source.part] if self.source else [1, 2]


def exchange(viewer: Actor, strategy: Strategy) -> Exchange:
    """For a strategy that was loaded through its policy."""
    may = strategy.state in WRITTEN and can(viewer, "change_structure", strategy)
    return Exchange(strategy, source_of(viewer, strategy), may)


@dataclass(frozen=True)
class Indicator:
    """A performance indicator that came with a plan."""

    objective: str
    what: str
    unit: str
    target: str
    actual: str


@dataclass(frozen=True)
class Kept:
    """What came with a plan and is kept as it is."""

    source: PlanSource
    counts: list[tuple[str, int]]
    stakeholders: list[tuple[str, str, str]]
    indicators: list[Indicator]
    notes: list[tuple[str, str]]


COUNTED = ("Organization", "Stakeholder", "Role", "PerformanceIndicator", "TargetResult", "ActualResult", "Identifier")


def kept(source: PlanSource) -> Kept:
    """The parts of the published plan that the portal does not model."""
    tree = from_json(source.tree)
    found = counts(tree)
    core = tree.first("StrategicPlanCore") or Element("")
    boxes = [(one.words("Name"), one) for goal in core.all("Goal") for one in goal.all("Objective")]
    places = [("", one) for one in core.all("Organization")] + [(g.words("Name"), g) for g in core.all("Goal")] + boxes
    return Kept(
        source=source,
        counts=[(tag, found[tag]) for tag in COUNTED if found.get(tag)],
        stakeholders=[
            (where, one.words("Name"), _roles(one))
            for where, place in places
            for one in place.all("Stakeholder")
            if one.words("Name").strip()
        ],
        indicators=[one for name, box in boxes for one in _indicators(name, box)],
        notes=[
            (where, place.words("OtherInformation"))
            for where, place in [("", tree), *places]
            if place.words("OtherInformation").strip()
        ],
    )


def _roles(one: Element) -> str:
    return ", ".join(role.words("Name") for role in one.all("Role") if role.words("Name").strip())


def _indicators(name: str, box: Element) -> Iterator[Indicator]:
    for one in box.all("PerformanceIndicator"):
        instances = one.all("MeasurementInstance")
        yield Indicator(
            name,
            one.words("MeasurementDimension"),
            one.words("UnitOfMeasurement"),
            _results([result for instance in instances for result in instance.all("TargetResult")]),
            _results([result for instance in instances for result in instance.all("ActualResult")]),
        )


def _results(results: list[Element]) -> str:
    said = (" ".join((one.words("NumberOfUnits"), one.words("Description"))).strip() for one in results)
    return "; ".join(text for text in said if text)
