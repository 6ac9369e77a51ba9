"""Adding nodes and links to the map of one strategy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal
from organization import subjects
from organization.actions.batches import clean_rows
from organization.models import CustomField
from organization.queries import clean_custom, custom_fields
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure.rows import (
    LinkRow,
    Nodes,
    ObjectiveRow,
    PerspectiveRow,
    ThemeRow,
    check_days,
    check_lags,
    clean_values,
    hold,
)


def _next_order(model: type[Any], strategy: Strategy) -> int:
    """The place after everything that stands."""
    last = model._default_manager.filter(strategy=strategy).aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def check_free(
    model: type[Any], strategy: Strategy, field: str, wanted: Sequence[str], besides: Iterable[int] = ()
) -> None:
    """Refuse names or codes that another node of the strategy has, or that come twice in the batch."""
    standing = model._default_manager.filter(strategy=strategy).exclude(pk__in=list(besides))
    if field == "name":
        standing = standing.exclude(state=NodeState.RETIRED)
    taken = set(standing.filter(**{f"{field}__in": wanted}).values_list(field, flat=True))
    counted = Counter(wanted)

    def check(text: str) -> None:
        if text in taken or counted[text] > 1:
            sentence = (
                _("The code %(text)s is taken in this strategy. Codes are never used twice.")
                if field == "code"
                else _("“%(text)s” is there already. Choose another name.")
            )
            raise Refusal(sentence % {"text": text}, field=field)

    clean_rows(wanted, check)


def add_perspectives(actor: Actor, *, strategy: Strategy, rows: Sequence[PerspectiveRow]) -> list[Perspective]:
    """Add layers below those that stand, in the order of the rows."""
    with transaction.atomic():
        held = hold(actor, strategy)
        cleaned = clean_rows(rows, lambda r: clean_values(Perspective, {"name": r.name, "question": r.question}))
        check_free(Perspective, held, "name", [values["name"] for values in cleaned])
        first = _next_order(Perspective, held)
        with recording(actor, "add_perspectives", subject_id=held.subject_id, details={"count": len(rows)}):
            return Perspective.objects.bulk_create(
                Perspective(strategy=held, order=first + place, state=NodeState.PROPOSED, **values)
                for place, values in enumerate(cleaned)
            )


def add_themes(actor: Actor, *, strategy: Strategy, rows: Sequence[ThemeRow]) -> list[Theme]:
    """Add themes right of those that stand, in the order of the rows."""

    def clean(row: ThemeRow) -> dict[str, Any]:
        return {**clean_values(Theme, {"name": row.name, "description": row.description}), "owner": row.owner}

    with transaction.atomic():
        held = hold(actor, strategy)
        cleaned = clean_rows(rows, clean)
        check_free(Theme, held, "name", [values["name"] for values in cleaned])
        first = _next_order(Theme, held)
        with recording(actor, "add_themes", subject_id=held.subject_id, details={"count": len(rows)}):
            shared = {"strategy": held, "state": NodeState.PROPOSED}
            return subjects.create(
                Theme, [{**values, **shared, "order": first + place} for place, values in enumerate(cleaned)]
            )


def add_objectives(actor: Actor, *, strategy: Strategy, rows: Sequence[ObjectiveRow]) -> list[Objective]:
    """Add objectives, proposed until a version is adopted; in the order of the rows, after those that stand."""
    with transaction.atomic():
        held = hold(actor, strategy)
        nodes = Nodes(held)
        own = custom_fields("objective") if any(row.custom for row in rows) else []
        cleaned = clean_rows(rows, lambda row: _clean_objective(row, nodes, own))
        check_free(Objective, held, "code", [values["code"] for values, _themes in cleaned])
        first = _next_order(Objective, held)
        with recording(actor, "add_objectives", subject_id=held.subject_id, details={"count": len(rows)}):
            shared = {"strategy": held, "state": NodeState.PROPOSED}
            made = subjects.create(
                Objective,
                [{**values, **shared, "order": first + place} for place, (values, _themes) in enumerate(cleaned)],
            )
            through = Objective.themes.through
            through._default_manager.bulk_create(
                through(objective_id=one.pk, theme_id=theme.pk)
                for one, (_values, themes) in zip(made, cleaned, strict=True)
                for theme in themes
            )
            return made


def _clean_objective(row: ObjectiveRow, nodes: Nodes, own: Sequence[CustomField]) -> tuple[dict[str, Any], list[Theme]]:
    check_days(row.starts_on, row.ends_on)
    names = ("code", "name", "short_name", "description", "starts_on", "ends_on")
    values = clean_values(Objective, {name: getattr(row, name) for name in names})
    values |= {"perspective": nodes.perspective(row.perspective), "owner": row.owner}
    values["custom"] = clean_custom("objective", row.custom, fields=own) if row.custom else {}
    return values, nodes.themes(row.themes)


def add_links(actor: Actor, *, strategy: Strategy, rows: Sequence[LinkRow]) -> list[ObjectiveLink]:
    """Add beliefs between objectives of the strategy; one per pair and direction."""
    with transaction.atomic():
        held = hold(actor, strategy)
        nodes = Nodes(held)
        cleaned = clean_rows(rows, lambda row: _clean_link(row, nodes))
        _check_pairs(held, cleaned)
        with recording(actor, "add_links", subject_id=held.subject_id, details={"count": len(rows)}):
            return ObjectiveLink.objects.bulk_create(
                ObjectiveLink(strategy=held, state=NodeState.PROPOSED, **values) for values in cleaned
            )


def _clean_link(row: LinkRow, nodes: Nodes) -> dict[str, Any]:
    source, target = nodes.objective(row.source, "source"), nodes.objective(row.target, "target")
    if source == target:
        raise Refusal(_("A link joins two objectives; both ends are %(code)s.") % {"code": source.code}, field="target")
    names = ("sign", "lag_min", "lag_max", "rationale", "is_necessary")
    values = clean_values(ObjectiveLink, {name: getattr(row, name) for name in names})
    check_lags(values["lag_min"], values["lag_max"])
    return {**values, "source": source, "target": target}


def _check_pairs(strategy: Strategy, rows: Sequence[dict[str, Any]]) -> None:
    standing = ObjectiveLink.objects.filter(strategy=strategy).exclude(state=NodeState.RETIRED)
    taken = set(standing.values_list("source_id", "target_id"))
    counted = Counter((row["source"].pk, row["target"].pk) for row in rows)

    def check(row: dict[str, Any]) -> None:
        pair = (row["source"].pk, row["target"].pk)
        if pair in taken or counted[pair] > 1:
            words = {"source": row["source"].code, "target": row["target"].code}
            raise Refusal(_("%(source)s and %(target)s are linked already. Change that link.") % words, field="target")

    clean_rows(rows, check)
