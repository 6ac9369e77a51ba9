"""Adopting: the content in force becomes a numbered document that nothing changes any more (DATAMODEL A4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal
from core.formats import date_long
from organization import subjects
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, StrategyVersion, Theme
from strategy.models.structure import NodeState
from strategy.queries.content import content_of
from strategy.rules.content import StrategyContent, content_hash, to_json
from strategy.structure.rows import hold


def adopt_version(
    actor: Actor,
    *,
    strategy: Strategy,
    effective_from: date,
    today: date,
    sections: Mapping[str, Any] | None = None,
    reason: str = "",
) -> StrategyVersion:
    """Freeze the map as the next version and put it in force from the day on; what was proposed is live.

    `sections` are the parts of apps above ("scorecards": weights), kept and hashed with the strategy's own. The caller
    rescores in the same transaction.
    """
    with transaction.atomic():
        held = hold(actor, strategy, "adopt")
        former = held.versions.select_for_update(no_key=True).filter(state=StrategyVersion.State.ADOPTED).first()
        _check_day(held, former, effective_from, today)
        _check_alone(held)
        content = content_of(held)
        _check_complete(held, content)
        document = {**(sections or {}), "strategy": to_json(content)}
        digest = content_hash(document)
        if former is not None and former.content_hash == digest:
            words = {"number": former.number}
            raise Refusal(_("Nothing has changed since version %(number)d.") % words, code="unchanged")
        with recording(actor, "adopt_version", subject_id=held.subject_id, reason=reason):
            _supersede(former, effective_from)
            version = _write(held, document, digest, effective_from)
            _put_in_force(held)
        return version


def _check_day(strategy: Strategy, former: StrategyVersion | None, day: date, today: date) -> None:
    if day > today:
        raise Refusal(
            _("A version is adopted on the day it comes into force or later; %(day)s is still to come.")
            % {"day": date_long(day)},
            field="effective_from",
        )
    if not strategy.starts_on <= day <= strategy.ends_on:
        words = {"first": date_long(strategy.starts_on), "last": date_long(strategy.ends_on)}
        raise Refusal(
            _("The strategy runs from %(first)s to %(last)s. Choose a day between.") % words, field="effective_from"
        )
    if former is not None and former.effective_from is not None and day < former.effective_from:
        words = {"number": str(former.number), "day": date_long(former.effective_from)}
        raise Refusal(
            _("Version %(number)s is in force since %(day)s. Choose that day or a later one.") % words,
            field="effective_from",
        )


def _check_alone(strategy: Strategy) -> None:
    other = Strategy.objects.filter(unit=strategy.unit_id, state=Strategy.State.ACTIVE).exclude(pk=strategy.pk).first()
    if other is not None:
        words = {"unit": strategy.unit, "other": other}
        raise Refusal(_("%(unit)s has an active strategy already, “%(other)s”. Close it first.") % words, code="taken")


def _check_complete(strategy: Strategy, content: StrategyContent) -> None:
    if not content.objectives:
        raise Refusal(
            _("“%(strategy)s” has no objective yet. Add at least one before it is adopted.") % {"strategy": strategy},
            code="incomplete",
        )


def _supersede(former: StrategyVersion | None, until: date) -> None:
    if former is not None:
        former.state = StrategyVersion.State.SUPERSEDED
        former.effective_until = until
        former.store(["state", "effective_until"])


def _write(strategy: Strategy, document: dict[str, Any], digest: str, day: date) -> StrategyVersion:
    last = strategy.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return StrategyVersion.objects.create(
        strategy=strategy,
        number=last + 1,
        state=StrategyVersion.State.ADOPTED,
        content=document,
        content_hash=digest,
        effective_from=day,
    )


def _put_in_force(strategy: Strategy) -> None:
    """What was proposed is live; the strategy is active and seen by everyone, with all that stands on its map."""
    for model in (Perspective, Theme, Objective, ObjectiveLink):
        model._default_manager.filter(strategy=strategy, state=NodeState.PROPOSED).update(
            state=NodeState.LIVE, row_version=F("row_version") + 1
        )
    if strategy.state != Strategy.State.ACTIVE:
        strategy.state = Strategy.State.ACTIVE
        strategy.store(["state"])
        strategy.refresh_from_db(fields=["is_private"])
        subjects.sync(Strategy, [strategy.pk])
        subjects.sync(Theme, strategy.themes.values_list("pk", flat=True))
        subjects.sync(Objective, strategy.objectives.values_list("pk", flat=True))
