"""What the pages of a strategy, a theme and an objective show, composed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.access import Actor, scoped
from core.facets import Facet, Fact, facets, get
from core.periods import At
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, StrategyVersion, Theme
from strategy.models.structure import NodeState
from strategy.queries.attached import Attached, attached
from strategy.queries.content import content_of_version
from strategy.queries.strategies import objectives
from strategy.rules.content import Difference, ObjectiveContent, StrategyContent, compare

BESIDE = ("status", "status_before")
"""Facets that are drawn in a column of their own; every other one has a column of words."""


@dataclass(frozen=True)
class Line:
    """One objective of a list: its status now and before, and one fact per further facet, None where it has none."""

    objective: Objective
    status: Fact | None
    before: Fact | None
    facts: tuple[Fact | None, ...]


@dataclass(frozen=True)
class Lines:
    """Objectives with the facets that are shown as columns."""

    columns: tuple[Facet, ...]
    rows: tuple[Line, ...]

    def of(self, perspective: Perspective) -> list[Line]:
        """The rows of one layer."""
        return [row for row in self.rows if row.objective.perspective_id == perspective.pk]

    @property
    def layers(self) -> list[tuple[Perspective, list[Line]]]:
        """The rows by layer, in their order."""
        return [(layer, list(rows)) for layer, rows in groupby(self.rows, key=lambda row: row.objective.perspective)]


def lines(viewer: Actor, at: At, rows: Iterable[Objective]) -> Lines:
    """One call of each facet for the whole list."""
    found = list(rows)
    columns = tuple(facet for facet in facets("objective") if facet.key not in BESIDE)
    facts = {facet.key: facet.build(found, viewer, at) for facet in facets("objective")}

    def fact(key: str, objective: Objective) -> Fact | None:
        return facts[key].get(objective.pk) if key in facts else None

    return Lines(
        columns,
        tuple(
            Line(one, fact("status", one), fact("status_before", one), tuple(fact(c.key, one) for c in columns))
            for one in found
        ),
    )


@dataclass(frozen=True)
class StrategyPage:
    """A strategy with what stands on its map, its versions and what is attached to it."""

    strategy: Strategy
    lines: Lines
    themes: list[Theme]
    versions: list[StrategyVersion]
    attached: Attached


def strategy_page(viewer: Actor, strategy: Strategy, at: At) -> StrategyPage:
    """Everything about one strategy that was loaded through its policy."""
    themes = scoped(viewer, "view", strategy.themes.exclude(state=NodeState.RETIRED)).select_related("owner")
    versions = strategy.versions.exclude(state=StrategyVersion.State.DISCARDED).defer("content")
    return StrategyPage(
        strategy=strategy,
        lines=lines(viewer, at, objectives(viewer, strategy)),
        themes=list(themes.order_by("order", "pk")),
        versions=list(scoped(viewer, "view", versions).order_by("-number")),
        attached=attached(viewer, strategy),
    )


@dataclass(frozen=True)
class Changed:
    """One difference in words; `before` and `after` only where they are words themselves."""

    label: str
    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Layer:
    """A layer of a frozen map."""

    name: str
    objectives: tuple[ObjectiveContent, ...]


@dataclass(frozen=True)
class VersionPage:
    """What a version froze, and what changed since the one before it."""

    version: StrategyVersion
    content: StrategyContent
    former: StrategyVersion | None
    differences: list[Changed]
    layers: list[Layer]


_VERBS: dict[str, str | Promise] = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("taken off"),
    "renamed": gettext_lazy("renamed"),
    "moved": gettext_lazy("moved"),
    "rewritten": gettext_lazy("rewritten"),
}
_WORDED = {"name", "code", "short_name", "mission", "vision", "description", "question", "rationale"}
"""Fields whose values are words to be shown."""


def _changed(one: Difference) -> Changed:
    shown = one.field in _WORDED
    return Changed(one.label, str(_VERBS[one.kind]), one.before if shown else "", one.after if shown else "")


def version_page(version: StrategyVersion) -> VersionPage:
    """One frozen version beside its predecessor."""
    content = content_of_version(version)
    earlier = version.strategy.versions.filter(number__lt=version.number, state=StrategyVersion.State.SUPERSEDED)
    former = earlier.order_by("-number").first()
    differences = compare(content_of_version(former), content) if former else []
    layers = [
        Layer(layer.name, tuple(one for one in content.objectives if one.perspective == layer.key))
        for layer in content.perspectives
    ]
    return VersionPage(version, content, former, [_changed(one) for one in differences], layers)


@dataclass(frozen=True)
class ThemePage:
    """A theme with its objectives and what is attached to it."""

    theme: Theme
    lines: Lines
    attached: Attached


def theme_page(viewer: Actor, theme: Theme, at: At) -> ThemePage:
    """Everything about one theme that was loaded through its policy."""
    rows = objectives(viewer, theme.strategy).filter(themes=theme)
    return ThemePage(theme, lines(viewer, at, rows), attached(viewer, theme))


@dataclass(frozen=True)
class ObjectivePage:
    """An objective: its status, its place among causes and effects, and what is attached to it."""

    objective: Objective
    themes: list[Theme]
    status: Fact | None
    before: Fact | None
    leads_to: list[ObjectiveLink]
    driven_by: list[ObjectiveLink]
    attached: Attached


def objective_page(viewer: Actor, objective: Objective, at: At) -> ObjectivePage:
    """Everything about one objective that was loaded through its policy; panels of other apps come beside it."""
    links = ObjectiveLink.objects.filter(Q(source=objective) | Q(target=objective)).exclude(state=NodeState.RETIRED)
    found = list(scoped(viewer, "view", links).select_related("source", "target").order_by("pk"))
    return ObjectivePage(
        objective=objective,
        themes=list(objective.themes.exclude(state=NodeState.RETIRED)),
        status=_fact("status", objective, viewer, at),
        before=_fact("status_before", objective, viewer, at),
        leads_to=[link for link in found if link.source_id == objective.pk],
        driven_by=[link for link in found if link.target_id == objective.pk],
        attached=attached(viewer, objective),
    )


def _fact(key: str, objective: Objective, viewer: Actor, at: At) -> Fact | None:
    facet = get("objective", key)
    found: Sequence[Objective] = [objective]
    return facet.build(found, viewer, at).get(objective.pk) if facet else None
