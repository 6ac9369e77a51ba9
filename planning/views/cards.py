"""What keys, pointer and buttons of the edit layer post: a card moved, two cards joined."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import NotVisible
from core.actions import Conflict, Refusal
from core.guards import PortalRequest, guarded
from core.submitting import Difference
from planning.actions import Additions, Edit, Place, edit, move_card
from planning.forms.editing import JoinForm, MoveForm
from planning.queries.editing import Cell, Outline, outline
from planning.views.maps import editor, editor_url
from strategy.models import Objective, Strategy, Theme
from strategy.structure import LinkRow


@guarded("change_structure", Strategy)
@require_POST
def card_move(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Put a card elsewhere on the map; after a conflict the mover is told where it is now, and chooses."""
    if request.POST.get("move") == "":
        return editor(request, row)  # Enter in the field of the reason
    form = MoveForm(_typed(request.POST))
    if not form.is_valid():
        raise NotVisible
    found, data = outline(request.actor, row), form.cleaned_data
    card = _one(found.objectives, data["objective"])
    cell = _asked(found, card, data)
    if cell is None:
        return _said(request, row, card.pk, _("%(name)s stands at the edge of the map.") % {"name": card.short})
    place = Place(cell.perspective, cell.lane, cell.before)
    try:
        move_card(
            request.actor, strategy=row, objective=card, place=place, today=request.at.today,
            expected=data["expected"], reason=data["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, row, card.pk, refusal)
    except Conflict as conflict:
        return _conflict(request, row, conflict, cell)
    words = {"name": card.short, "band": cell.perspective, "lane": _lane(cell.lane)}
    return _said(request, row, card.pk, _("%(name)s stands in %(band)s, %(lane)s now.") % words)


@guarded("change_structure", Strategy)
@require_POST
def card_link(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Believe that one card moves another; the words and lags of the link are written in its form."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise NotVisible
    found = outline(request.actor, row)
    source, target = (_one(found.objectives, form.cleaned_data[end]) for end in ("source", "target"))
    what = Edit(add=Additions(links=[LinkRow(source, target)]))
    try:
        edit(request.actor, strategy=row, what=what, today=request.at.today, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _refused(request, row, source.pk, refusal)
    words = {"source": source.short, "target": target.short}
    return _said(request, row, source.pk, _("%(source)s leads to %(target)s now, after up to 6 months.") % words)


def _typed(sent: QueryDict) -> dict[str, Any]:
    """What a button of the lists says in one value, "objective:version:way", beside what keys and pointer send."""
    named = zip(("objective", "expected", "way"), sent.get("move", "").split(":"), strict=False)
    return {**sent.dict(), **({} if "move" not in sent else dict(named))}


def _one(rows: Any, pk: int | None) -> Any:
    """The row of the map by id."""
    found = next((row for row in rows if row.pk == pk), None)
    if found is None:
        raise NotVisible
    return found


def _asked(found: Outline, card: Objective, data: dict[str, Any]) -> Cell | None:
    """One step a way, from where the mover saw it, or the band and lane that were named."""
    if data["way"] and not data["perspective"]:
        return found.step(card, data["way"])
    band = _one(found.perspectives, data["perspective"])
    lane = _one(found.themes, data["theme"]) if data["theme"] else None
    before = _one(found.objectives, data["before"]) if data["before"] else None
    return found.step(card, data["way"], Cell(band, lane)) if data["way"] else Cell(band, lane, before)


def _lane(theme: Theme | None) -> str:
    return str(theme) if theme else _("no theme")


def _said(request: PortalRequest, row: Strategy, focus: int, words: str) -> HttpResponse:
    if request.htmx:
        return editor(request, row, said=words, focus=str(focus))
    messages.success(request, words)
    return redirect(editor_url(row, focus))


def _refused(request: PortalRequest, row: Strategy, focus: int, refusal: Refusal) -> HttpResponse:
    return editor(request, row, status=422, problem=refusal.sentence, focus=str(focus))


def _conflict(request: PortalRequest, row: Strategy, conflict: Conflict, cell: Cell) -> HttpResponse:
    """Where the card stands by the other's hand, and where it was to go; the same move again goes on from there."""
    found = outline(request.actor, row)
    now = _one(found.objectives, conflict.current.pk)
    pairs = [
        (_("Perspective"), str(now.perspective), str(cell.perspective)),
        (_("Theme"), _lane(found.lane_of(now)), _lane(cell.lane)),
    ]
    again = {
        "objective": now.pk,
        "expected": now.row_version,
        "perspective": cell.perspective.pk,
        "theme": cell.lane.pk if cell.lane else "",
        "before": cell.before.pk if cell.before else "",
        "reason": request.POST.get("reason", ""),
    }
    return editor(
        request, row, status=409, conflict=conflict, again=again, focus=str(now.pk),
        differences=[Difference(*pair) for pair in pairs], now=now,
    )  # fmt: skip
