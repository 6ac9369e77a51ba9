"""What planning does to a strategy: adopt, amend, close. Each rescores its scorecard in the same transaction (DATAMODEL A2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.formats import date_long
from notifications.actions import announce
from organization.actions.batches import locked
from organization.queries import branch_ids, heads_of
from organization.roles import Role
from planning.actions.steps import finish_adopting
from scorecards.actions import open_scorecard, regrow
from strategy import structure
from strategy.actions import close_strategy
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, StrategyVersion, Theme
from strategy.models.structure import NodeState
from strategy.structure import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow

NAMED = 5
"""So many objectives without an owner are named in a refusal."""


@dataclass(frozen=True)
class Additions:
    """What an amendment adds. Rows may name, by name or code, what the same amendment adds."""

    perspectives: Sequence[PerspectiveRow] = ()
    themes: Sequence[ThemeRow] = ()
    objectives: Sequence[ObjectiveRow] = ()
    links: Sequence[LinkRow] = ()


@dataclass(frozen=True)
class Changes:
    """What an amendment changes: the strategy's own words, words of nodes, places of objectives."""

    words: Mapping[str, Any] = field(default_factory=dict)
    words_version: int | None = None
    perspectives: Sequence[Change] = ()
    themes: Sequence[Change] = ()
    objectives: Sequence[Change] = ()
    links: Sequence[Change] = ()
    moves: Sequence[Move] = ()


@dataclass(frozen=True)
class Retirements:
    """What an amendment takes off the map. Links at a retired objective go with it."""

    perspectives: Sequence[Perspective] = ()
    themes: Sequence[Theme] = ()
    objectives: Sequence[Objective] = ()
    links: Sequence[ObjectiveLink] = ()


def adopt(actor: Actor, *, strategy: Strategy, effective_from: date, today: date, reason: str = "") -> StrategyVersion:
    """Freeze the map as the strategy's next version and put it in force from the day on.

    What was proposed is live, the scorecard is opened if there is none yet, and scores are brought up to date from the
    day on.
    """
    require(actor, "adopt", strategy)
    with recording(actor, "adopt", subject_id=strategy.subject_id, reason=reason):
        _check_approved(strategy)
        _check_owned(strategy)
        version = structure.adopt_version(
            actor, strategy=strategy, effective_from=effective_from, today=today, reason=reason
        )
        _rescore(actor, version.strategy, effective_from, today)
        finish_adopting(actor, strategy=version.strategy, today=today)
        words = {"strategy": version.strategy, "day": date_long(effective_from)}
        _tell_heads(actor, version.strategy, _("“%(strategy)s” is adopted from %(day)s") % words, today)
    return version


def _check_owned(strategy: Strategy) -> None:
    unowned = strategy.objectives.exclude(state=NodeState.RETIRED).filter(owner=None)
    loose = list(unowned.order_by("perspective__order", "order", "pk").values_list("code", "name"))
    if loose:
        named = "; ".join(f"{code} {name}" for code, name in loose[:NAMED])
        more = _(" and %(count)d more") % {"count": len(loose) - NAMED} if len(loose) > NAMED else ""
        words = {"named": named, "more": more}
        raise Refusal(_("Nobody answers for %(named)s%(more)s. Name an owner for each first.") % words, code="unowned")


def amend(
    actor: Actor,
    *,
    strategy: Strategy,
    reason: str,
    effective_from: date,
    today: date,
    add: Additions | None = None,
    change: Changes | None = None,
    retire: Retirements | None = None,
) -> StrategyVersion:
    """Change an adopted strategy: all of it or nothing, as one new version with its reason.

    Retirements come first, so that a name or a place they free can be used.
    """
    require(actor, "adopt", strategy)
    if not reason.strip():
        raise Refusal(_("Say why the strategy is amended; the reason stands in its history."), field="reason")
    if not Strategy.objects.filter(pk=strategy.pk, state=Strategy.State.ACTIVE).exists():
        raise Refusal(_("“%(strategy)s” is not adopted yet. Change its draft.") % {"strategy": strategy}, code="draft")
    with recording(actor, "amend", subject_id=strategy.subject_id, reason=reason):
        take_off(actor, strategy, retire or Retirements(), reason)
        put_on(actor, strategy, add or Additions())
        rewrite(actor, strategy, change or Changes())
        version = structure.adopt_version(
            actor, strategy=strategy, effective_from=effective_from, today=today, reason=reason
        )
        _rescore(actor, version.strategy, effective_from, today)
        words = {"strategy": version.strategy, "number": version.number}
        _tell_heads(actor, version.strategy, _("“%(strategy)s” is amended: version %(number)d") % words, today)
    return version


def _check_approved(strategy: Strategy) -> None:
    """Only what was approved is put in force (METHOD, Strategy)."""
    row = locked(Strategy, strategy.pk)
    if row.state in (Strategy.State.DRAFT, Strategy.State.IN_REVIEW):
        words = {"strategy": row, "state": row.get_state_display().lower()}
        raise Refusal(_("“%(strategy)s” is %(state)s. It is adopted once it is approved.") % words, code="unapproved")


def close(actor: Actor, *, strategy: Strategy, reason: str, today: date, expected: int | None = None) -> Strategy:
    """End a strategy; its unit's node shows it no longer from today on."""
    with transaction.atomic():
        closed = close_strategy(actor, strategy=strategy, reason=reason, expected=expected)
        regrow(actor, closed, today, today)
    return closed


def _rescore(actor: Actor, strategy: Strategy, from_on: date, today: date) -> None:
    open_scorecard(actor, strategy=strategy, today=today)
    regrow(actor, strategy, from_on, today)


def _tell_heads(actor: Actor, strategy: Strategy, text: str, today: date) -> None:
    """Tell the heads of the unit and of all below it, who cascade what is adopted."""
    heads = heads_of(branch_ids(strategy.unit_id, today), Role.UNIT_HEAD, today).exclude(pk=actor.person_id or 0)
    announce(actor, kind="strategy_adopted", subject=strategy.subject, to=heads, text=text)


def _given(part: Any) -> list[tuple[str, Any]]:
    """The fields that hold anything, in their order."""
    return [(one.name, getattr(part, one.name)) for one in fields(part) if getattr(part, one.name)]


def take_off(actor: Actor, strategy: Strategy, part: Retirements, reason: str) -> None:
    """Retire what is named; links first, layers last."""
    retired = dict(_given(part))
    if "links" in retired:
        structure.retire_links(actor, strategy=strategy, links=retired["links"], reason=reason)
    if "objectives" in retired:
        structure.retire_objectives(actor, strategy=strategy, objectives=retired["objectives"], reason=reason)
    if "themes" in retired:
        structure.retire_themes(actor, strategy=strategy, themes=retired["themes"], reason=reason)
    if "perspectives" in retired:
        structure.retire_perspectives(actor, strategy=strategy, perspectives=retired["perspectives"], reason=reason)


def put_on(actor: Actor, strategy: Strategy, part: Additions) -> None:
    """Add what is named; what later rows name comes first."""
    verbs: dict[str, Any] = {
        "perspectives": structure.add_perspectives,
        "themes": structure.add_themes,
        "objectives": structure.add_objectives,
        "links": structure.add_links,
    }
    for name, rows in _given(part):
        verbs[name](actor, strategy=strategy, rows=rows)


def rewrite(actor: Actor, strategy: Strategy, part: Changes) -> None:
    """Change words, then places."""
    verbs: dict[str, Any] = {
        "perspectives": structure.change_perspectives,
        "themes": structure.change_themes,
        "objectives": structure.change_objectives,
        "links": structure.change_links,
    }
    for name, rows in _given(part):
        if name == "words_version":
            continue
        if name == "words":
            structure.describe_whole(
                actor, strategy=strategy, values=rows, expected=part.words_version, verb="change_structure"
            )
        elif name == "moves":
            structure.move_objectives(actor, strategy=strategy, moves=rows)
        else:
            verbs[name](actor, strategy=strategy, changes=rows)
