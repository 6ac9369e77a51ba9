"""Starting a strategy: from nothing, a template, another strategy or a file; and adding single pieces from the library.

All of it goes into a draft, in one transaction. A draft has no scorecard, so nothing is to be rescored; adopting does that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.models import OrgUnit, Person
from planning.models import PlanSource
from planning.rules.plan_tree import Element, to_json
from planning.rules.ready_made import Piece
from strategy import structure
from strategy.actions import create_strategy
from strategy.models import Objective, Perspective, Strategy
from strategy.models.structure import NodeState
from strategy.queries.content import content_of
from strategy.rules.content import ObjectiveContent, StrategyContent
from strategy.rules.content import to_json as content_json
from strategy.structure import LinkRow, ObjectiveRow, PerspectiveRow, ThemeRow


@dataclass(frozen=True)
class Published:
    """The plan a strategy is made of: its document, its part, how it was read, what was not as its schema says."""

    tree: Element
    part: int
    content: StrategyContent
    file_name: str
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Owners:
    """Who answers for the strategy, and for its themes and objectives by their keys."""

    strategy: Person | None = None
    nodes: Mapping[str, Person] = field(default_factory=dict)


def start_strategy(
    actor: Actor,
    *,
    unit: OrgUnit,
    content: StrategyContent,
    owners: Owners | None = None,
    published: Published | None = None,
) -> Strategy:
    """A draft for a unit with everything the content holds, and the plan it came from. All or nothing."""
    require(actor, "add_strategy", unit)
    _check_open(unit)
    given = owners or Owners()
    with recording(actor, "start_strategy", details={"from": published.file_name if published else ""}):
        draft = create_strategy(
            actor,
            unit=unit,
            name=content.name,
            starts_on=content.starts_on,
            ends_on=content.ends_on,
            owner=given.strategy,
            mission=content.mission,
            vision=content.vision,
            vision_by=content.vision_by,
            core_values=content.core_values,
        )
        keys = _fill(actor, draft, content, given.nodes)
        if published is not None:
            _keep(actor, draft, published, keys)
    return draft


def copy_strategy(
    actor: Actor,
    *,
    source: Strategy,
    unit: OrgUnit,
    name: str,
    starts_on: date,
    ends_on: date,
    owner: Person | None = None,
) -> Strategy:
    """A draft with the words, the map and the links of another strategy; its days are left behind."""
    require(actor, "view", source)
    former = content_of(source)
    boxes = tuple(replace(one, starts_on=None, ends_on=None) for one in former.objectives)
    content = replace(former, name=name, starts_on=starts_on, ends_on=ends_on, vision_by=None, objectives=boxes)
    return start_strategy(actor, unit=unit, content=content, owners=Owners(owner))


def add_pieces(
    actor: Actor, *, strategy: Strategy, pieces: Sequence[Piece], perspective: Perspective | None = None
) -> list[Objective]:
    """Add perspectives and objectives of the library to a draft, each under a free code.

    An objective goes into `perspective`, or into the one it has in the library, which is added where it is missing.
    """
    require(actor, "change_structure", strategy)
    if strategy.state not in (Strategy.State.DRAFT, Strategy.State.IN_REVIEW, Strategy.State.APPROVED):
        raise Refusal(
            _("“%(strategy)s” is adopted. What is added to it now is an amendment.") % {"strategy": strategy},
            code="adopted",
        )
    if not pieces:
        raise Refusal(_("Choose at least one perspective or objective."), field="pieces")
    with recording(actor, "add_pieces", subject_id=strategy.subject_id, details={"count": len(pieces)}):
        _add_layers(actor, strategy, pieces, perspective)
        boxes = [piece for piece in pieces if piece.objective]
        codes = _free_codes(strategy, [piece.code for piece in boxes])
        rows = [
            ObjectiveRow(code, piece.objective, perspective or piece.perspective, description=piece.description)
            for code, piece in zip(codes, boxes, strict=True)
        ]
        return structure.add_objectives(actor, strategy=strategy, rows=rows) if rows else []


# ----------------------------------------------------------------------------------------------------------- filling
def _check_open(unit: OrgUnit) -> None:
    if unit.closed_on is not None:
        raise Refusal(_("%(unit)s is closed. Choose a unit that goes on.") % {"unit": unit}, field="unit")


def _fill(
    actor: Actor, draft: Strategy, content: StrategyContent, owners: Mapping[str, Person]
) -> dict[str, dict[str, int]]:
    """Add the nodes; which row each key became, by noun."""
    layers = {one.key: one.name for one in content.perspectives}
    slices = {one.key: one.name for one in content.themes}
    made: dict[str, Sequence[Any]] = {
        "perspectives": structure.add_perspectives(
            actor, strategy=draft, rows=[PerspectiveRow(one.name, one.question) for one in content.perspectives]
        ),
        "themes": structure.add_themes(
            actor,
            strategy=draft,
            rows=[ThemeRow(one.name, one.description, owners.get(one.key)) for one in content.themes],
        ),
    }
    rows = [_box(one, layers[one.perspective], slices, owners.get(one.key)) for one in content.objectives]
    made["objectives"] = structure.add_objectives(actor, strategy=draft, rows=rows)
    structure.add_links(actor, strategy=draft, rows=_links(content))
    return {
        noun: {one.key: row.pk for one, row in zip(getattr(content, noun), added, strict=True)}
        for noun, added in made.items()
    }


def _box(one: ObjectiveContent, layer: str, slices: Mapping[str, str], owner: Person | None) -> ObjectiveRow:
    return ObjectiveRow(
        code=one.code,
        name=one.name,
        perspective=layer,
        themes=tuple(slices[key] for key in one.themes),
        owner=owner,
        short_name=one.short_name,
        description=one.description,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    )


def _links(content: StrategyContent) -> list[LinkRow]:
    codes = {one.key: one.code for one in content.objectives}
    words = ("sign", "lag_min", "lag_max", "rationale", "is_necessary")
    return [
        LinkRow(codes[one.source], codes[one.target], **{name: getattr(one, name) for name in words})
        for one in content.links
    ]


def _keep(actor: Actor, draft: Strategy, published: Published, keys: dict[str, dict[str, int]]) -> None:
    PlanSource.objects.create(
        strategy=draft,
        part=published.part,
        file_name=published.file_name[:255],
        tree=to_json(published.tree),
        content=content_json(published.content),
        keys=keys,
        warnings=list(published.warnings),
        person_id=actor.person_id,
    )


def _add_layers(actor: Actor, strategy: Strategy, pieces: Sequence[Piece], given: Perspective | None) -> None:
    """The perspectives that are chosen themselves, and those that chosen objectives need."""
    standing = set(strategy.perspectives.exclude(state=NodeState.RETIRED).values_list("name", flat=True))
    wanted = {
        piece.perspective: PerspectiveRow(piece.perspective, piece.question)
        for piece in pieces
        if piece.perspective not in standing and not (piece.objective and given)
    }
    if wanted:
        structure.add_perspectives(actor, strategy=strategy, rows=list(wanted.values()))


def _free_codes(strategy: Strategy, wanted: Collection[str]) -> list[str]:
    """The codes, or where one is taken the next free number behind its letters; retired ones count as taken."""
    used = set(strategy.objectives.values_list("code", flat=True))
    codes = []
    for code in wanted:
        letters, number = code.rstrip("0123456789") or code, 0
        found = code
        while found in used:
            number += 1
            found = f"{letters}{number}"
        used.add(found)
        codes.append(found)
    return codes


@transaction.atomic
def try_start(actor: Actor, **given: Any) -> None:
    """Do all that `start_strategy` does, and undo it: what a dry run says is what the import will do."""
    start_strategy(actor, **given)
    transaction.set_rollback(True)
