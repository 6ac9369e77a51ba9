"""Changing what stands on the map of one strategy: words, places, links. A stale version is a Conflict (DATAMODEL B14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal, assign, check_version
from core.models import Versioned
from organization import subjects
from organization.actions.batches import clean_rows
from organization.actions.texts import clean_line
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure.adding import check_free
from strategy.structure.rows import (
    Change,
    Move,
    Nodes,
    check_days,
    check_lags,
    clean_text,
    clean_values,
    hold,
)

V = TypeVar("V", bound=Versioned)


def held_rows(model: type[V], strategy: Strategy, pks: Sequence[int]) -> dict[int, V]:
    """The rows of this strategy as they are now, held in order of id. A row that is not its own or retired is refused."""
    rows = model._default_manager.filter(strategy=strategy, pk__in=pks).exclude(state=NodeState.RETIRED)
    found = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    if set(pks) - set(found):
        raise Refusal(_("Part of this is not on the map of %(strategy)s any more.") % {"strategy": strategy})
    return found


def store_many(model: type[V], rows: Sequence[V], fields: set[str]) -> None:
    """Save the fields of the rows and raise their versions, in one statement for any number of rows."""
    for row in rows:
        row.row_version += 1
    try:
        with transaction.atomic():
            model._default_manager.bulk_update(rows, [*sorted(fields), "row_version"], batch_size=1000)
    except IntegrityError as error:
        raise Refusal(_("Two of these would have the same name. Rename one of them first.")) from error


def _change(actor: Actor, model: type[V], strategy: Strategy, changes: Sequence[Change], verb: str) -> list[V]:
    """One path for the four nouns: clean, hold, compare versions, check, write what really changed."""
    with transaction.atomic():
        held = hold(actor, strategy)
        cleaned = clean_rows(changes, lambda change: clean_values(model, change.values))
        rows = held_rows(model, held, [change.row.pk for change in changes])
        changed: dict[int, list[str]] = {}
        for change, values in zip(changes, cleaned, strict=True):
            row = rows[change.row.pk]
            check_version(row, change.expected, values)
            changed[row.pk] = [*changed.get(row.pk, []), *assign(row, values)]
        written = [row for row in rows.values() if changed[row.pk]]
        _check_nodes(model, held, written, changed)
        if written:
            with recording(actor, verb, subject_id=held.subject_id, details={"count": len(written)}):
                store_many(model, written, {name for row in written for name in changed[row.pk]})
                if model in (Theme, Objective):
                    subjects.sync(model, [row.pk for row in written])
        return list(rows.values())


def _check_nodes(model: type[Model], strategy: Strategy, rows: Sequence[Any], changed: Mapping[int, list[str]]) -> None:
    """What a single field cannot tell: names taken, days and lags in order."""
    for field in ("name", "code"):
        renamed = [row for row in rows if field in changed[row.pk]]
        if renamed and (field == "code" or model is not Objective):
            check_free(model, strategy, field, [getattr(row, field) for row in renamed], [row.pk for row in renamed])
    for row in rows:
        if isinstance(row, Objective):
            check_days(row.starts_on, row.ends_on)
        if isinstance(row, ObjectiveLink):
            check_lags(row.lag_min, row.lag_max)


def change_perspectives(actor: Actor, *, strategy: Strategy, changes: Sequence[Change]) -> list[Perspective]:
    """Rename layers, change their questions and their order."""
    return _change(actor, Perspective, strategy, changes, "change_perspectives")


def change_themes(actor: Actor, *, strategy: Strategy, changes: Sequence[Change]) -> list[Theme]:
    """Rename themes, describe them, change their order."""
    return _change(actor, Theme, strategy, changes, "change_themes")


def change_objectives(actor: Actor, *, strategy: Strategy, changes: Sequence[Change]) -> list[Objective]:
    """Rename objectives, describe them, change their codes and days."""
    return _change(actor, Objective, strategy, changes, "change_objectives")


def change_links(actor: Actor, *, strategy: Strategy, changes: Sequence[Change]) -> list[ObjectiveLink]:
    """Change what is believed: sign, lags, rationale, necessary or helpful."""
    return _change(actor, ObjectiveLink, strategy, changes, "change_links")


def move_objectives(actor: Actor, *, strategy: Strategy, moves: Sequence[Move]) -> list[Objective]:
    """Put objectives into another perspective, under other themes, or at another place among their fellows."""
    with transaction.atomic():
        held = hold(actor, strategy)
        nodes = Nodes(held)
        places = clean_rows(moves, lambda move: _places(move, nodes))
        rows = held_rows(Objective, held, [move.objective.pk for move in moves])
        themes: dict[int, list[Theme]] = {}
        changed: set[int] = set()
        for move, (values, wanted) in zip(moves, places, strict=True):
            row = rows[move.objective.pk]
            check_version(row, move.expected, {name: str(value) for name, value in values.items()})
            if assign(row, values):
                changed.add(row.pk)
            if wanted is not None:
                themes[row.pk] = wanted
        changed |= _changed_themes(themes)
        if changed:
            with recording(actor, "move_objectives", subject_id=held.subject_id, details={"count": len(changed)}):
                store_many(Objective, [rows[pk] for pk in sorted(changed)], {"perspective", "order"})
                _write_themes({pk: wanted for pk, wanted in themes.items() if pk in changed})
        return list(rows.values())


def _places(move: Move, nodes: Nodes) -> tuple[dict[str, Any], list[Theme] | None]:
    values: dict[str, Any] = {}
    if move.perspective is not None:
        values["perspective"] = nodes.perspective(move.perspective)
    if move.order is not None:
        if move.order < 0:
            raise Refusal(_("A place is counted from 0."), field="order")
        values["order"] = move.order
    return values, None if move.themes is None else nodes.themes(move.themes)


def _changed_themes(wanted: Mapping[int, list[Theme]]) -> set[int]:
    through = Objective.themes.through._default_manager
    standing: dict[int, set[int]] = {pk: set() for pk in wanted}
    for objective, theme in through.filter(objective_id__in=wanted).values_list("objective_id", "theme_id"):
        standing[objective].add(theme)
    return {pk for pk, themes in wanted.items() if standing[pk] != {theme.pk for theme in themes}}


def _write_themes(wanted: Mapping[int, list[Theme]]) -> None:
    through = Objective.themes.through
    through._default_manager.filter(objective_id__in=wanted).delete()
    through._default_manager.bulk_create(
        through(objective_id=pk, theme_id=theme.pk) for pk, themes in wanted.items() for theme in themes
    )


def describe_whole(
    actor: Actor, *, strategy: Strategy, values: Mapping[str, Any], expected: int | None = None, verb: str
) -> Strategy:
    """Change the strategy's own words: name, mission, vision, vision_by, core_values. `verb` is the right it needs."""
    cleaned = clean_whole(values)
    with transaction.atomic():
        held = hold(actor, strategy, verb)
        check_version(held, expected, cleaned)
        changed = assign(held, cleaned)
        if changed:
            with recording(actor, "describe_strategy", subject_id=held.subject_id):
                held.store(changed)
                subjects.sync(Strategy, [held.pk])
        return held


def clean_whole(values: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a strategy as they are stored."""
    cleaners: dict[str, Any] = {
        "name": lambda text: clean_line(text, label=_("The name"), most=200, field="name"),
        "mission": lambda text: clean_text(text, label=_("The mission"), most=2000, field="mission"),
        "vision": lambda text: clean_text(text, label=_("The vision"), most=2000, field="vision"),
        "vision_by": lambda day: day,
        "core_values": _clean_core_values,
    }
    unknown = sorted(set(values) - set(cleaners))
    if unknown:
        raise Refusal(_("“%(field)s” cannot be changed here.") % {"field": unknown[0]}, field=unknown[0])
    return {name: cleaners[name](value) for name, value in values.items()}


def _clean_core_values(lines: Sequence[str]) -> list[str]:
    cleaned = [clean_line(line, label=_("A core value"), most=200, field="core_values", needed=False) for line in lines]
    return [line for line in cleaned if line]
