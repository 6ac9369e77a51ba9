"""The content of a strategy: from its live rows, and from its versions."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from strategy.models import Objective, Strategy, StrategyVersion
from strategy.models.structure import NodeState
from strategy.rules.content import (
    LinkContent,
    ObjectiveContent,
    PerspectiveContent,
    StrategyContent,
    ThemeContent,
    from_json,
)


def content_of(strategy: Strategy) -> StrategyContent:
    """Everything on the map that is not retired, proposed or live; five queries, whatever its size."""
    links = strategy.links.exclude(state=NodeState.RETIRED).order_by("source__order", "target__order", "pk")
    return StrategyContent(
        name=strategy.name,
        starts_on=strategy.starts_on,
        ends_on=strategy.ends_on,
        mission=strategy.mission,
        vision=strategy.vision,
        vision_by=strategy.vision_by,
        core_values=tuple(strategy.core_values),
        perspectives=tuple(
            PerspectiveContent(str(row.pk), row.name, row.question)
            for row in strategy.perspectives.exclude(state=NodeState.RETIRED).order_by("order", "pk")
        ),
        themes=tuple(
            ThemeContent(str(row.pk), row.name, row.description)
            for row in strategy.themes.exclude(state=NodeState.RETIRED).order_by("order", "pk")
        ),
        objectives=_objectives(strategy),
        links=tuple(
            LinkContent(
                key=str(row.pk),
                source=str(row.source_id),
                target=str(row.target_id),
                sign=row.sign,
                lag_min=row.lag_min,
                lag_max=row.lag_max,
                rationale=row.rationale,
                is_necessary=row.is_necessary,
            )
            for row in links
        ),
    )


def _objectives(strategy: Strategy) -> tuple[ObjectiveContent, ...]:
    rows = list(strategy.objectives.exclude(state=NodeState.RETIRED).order_by("perspective__order", "order", "pk"))
    themes: dict[int, list[str]] = {}
    under = Objective.themes.through._default_manager.filter(objective__in=rows).order_by("theme__order", "theme_id")
    for objective_id, theme_id in under.values_list("objective_id", "theme_id"):
        themes.setdefault(objective_id, []).append(str(theme_id))
    return tuple(
        ObjectiveContent(
            key=str(row.pk),
            code=row.code,
            name=row.name,
            perspective=str(row.perspective_id),
            themes=tuple(themes.get(row.pk, ())),
            short_name=row.short_name,
            description=row.description,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows
    )


def version_on(strategy: Strategy, day: date) -> StrategyVersion | None:
    """The version in force on the day."""
    in_force = Q(effective_from__lte=day) & (Q(effective_until__isnull=True) | Q(effective_until__gt=day))
    adopted = strategy.versions.filter(in_force, state__in=["adopted", "superseded"])
    return adopted.order_by("-number").first()


def content_of_version(version: StrategyVersion) -> StrategyContent:
    """What a version froze. `ContentError` if it is not one of ours."""
    return from_json(version.content["strategy"])
