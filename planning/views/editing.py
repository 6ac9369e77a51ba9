"""Editing a map in forms: a page for each node that is added, changed, retired or put elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.access import NotVisible, scoped
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from planning.actions import Additions, Changes, Edit, Retirements, edit, shift
from planning.forms import editing as forms
from planning.views.maps import editor_url
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Noun:
    """A kind of node: how it is called, its forms, its row to add, and the fields that are plain values."""

    model: type[Model]
    many: str
    add: str | Promise
    row: Callable[..., Any]
    form: type[forms.NodeForm]
    new_form: type[forms.NodeForm]
    fields: tuple[str, ...]
    gone: str | Promise


NOUNS = {
    "perspective": Noun(
        Perspective, "perspectives", gettext_lazy("Add a perspective"), PerspectiveRow,
        forms.PerspectiveForm, forms.PerspectiveForm, ("name", "question"),
        gettext_lazy("It leaves the map. A perspective that still holds objectives stays until they are moved."),
    ),
    "theme": Noun(
        Theme, "themes", gettext_lazy("Add a theme"), ThemeRow,
        forms.ThemeForm, forms.ThemeForm, ("name", "description"),
        gettext_lazy("It leaves the map. Its objectives stay, without this theme."),
    ),
    "objective": Noun(
        Objective, "objectives", gettext_lazy("Add an objective"), ObjectiveRow,
        forms.ObjectiveForm, forms.ObjectiveForm,
        ("code", "name", "short_name", "description", "starts_on", "ends_on"),
        gettext_lazy("It leaves the map with its links. Its history stays; its code is never used again."),
    ),
    "link": Noun(
        ObjectiveLink, "links", gettext_lazy("Add a link"), LinkRow,
        forms.LinkForm, forms.NewLinkForm, ("sign", "lag_min", "lag_max", "rationale", "is_necessary"),
        gettext_lazy("It leaves the map: this is believed no longer."),
    ),
}  # fmt: skip


def _noun(name: str) -> Noun:
    if name not in NOUNS:
        raise Http404
    return NOUNS[name]


def _node(request: PortalRequest, strategy: Strategy, noun: Noun, pk: int) -> Any:
    """A node of this strategy that still stands on its map."""
    rows = noun.model._default_manager.filter(strategy=strategy, pk=pk).exclude(state=NodeState.RETIRED)
    found = scoped(request.actor, "view", rows).first()
    if found is None:
        raise NotVisible
    return found


def _said(request: PortalRequest, strategy: Strategy) -> str:
    return _("The strategy was amended.") if strategy.state == Strategy.State.ACTIVE else _("Saved.")


def _page(request: PortalRequest, strategy: Strategy, heading: str, form: Any, submit: str) -> FormPage:
    """The form as a page, or alone where the map shows it in a dialog."""
    back = editor_url(strategy)
    page = FormPage(heading, form, submit, back, [(strategy.name, back)])
    page.template = "planning/parts/node_form.html" if request.htmx else "planning/node.html"
    page.more = {"action": request.path}
    return page


def _answer(request: PortalRequest, page: FormPage, act: Callable[[dict[str, Any]], Any], **more: Any) -> HttpResponse:
    """As every form; from a dialog the whole map is asked for anew."""
    response = answer(request, page, act, **more)
    if request.htmx and response.status_code == 302:
        away = HttpResponse(status=204)
        away["HX-Redirect"] = response["Location"]
        return away
    return response


# ------------------------------------------------------------------------------------------------- the strategy
@guarded("change_structure", Strategy)
@form_methods
def words_edit(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Mission, vision and values."""
    names = ("name", "mission", "vision", "vision_by", "core_values")
    initial = {**_words(row), "core_values": "\n".join(row.core_values), "expected": row.row_version}
    form = forms.WordsForm(posted(request), actor=request.actor, strategy=row, initial=initial)

    def act(data: dict[str, Any]) -> Strategy:
        words = {name: data[name] for name in names}
        what = Edit(change=Changes(words=words, words_version=data["expected"]))
        return edit(request.actor, strategy=row, what=what, today=request.at.today, reason=data.get("reason", ""))

    page = _page(request, row, _("Mission, vision and values"), form, _("Save"))
    return _answer(request, page, act, said=_said(request, row), stored=_words)


def _words(row: Strategy) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "mission", "vision", "vision_by", "core_values")}


# -------------------------------------------------------------------------------------------------- the nodes
@guarded("change_structure", Strategy)
@form_methods
def node_new(request: PortalRequest, row: Strategy, noun: str) -> HttpResponse:
    """Another perspective, theme, objective or link."""
    kind = _noun(noun)
    initial = {name: request.GET[name] for name in ("perspective", "themes", "source") if name in request.GET}
    form = kind.new_form(posted(request), actor=request.actor, strategy=row, initial=initial)

    def act(data: dict[str, Any]) -> Strategy:
        values = {name: value for name, value in data.items() if name not in ("expected", "reason")}
        if "themes" in values:
            values["themes"] = tuple(values["themes"])
        what = Edit(add=Additions(**{kind.many: [kind.row(**values)]}))
        return edit(request.actor, strategy=row, what=what, today=request.at.today, reason=data.get("reason", ""))

    page = _page(request, row, str(kind.add), form, _("Add it"))
    return _answer(request, page, act, said=_said(request, row))


@guarded("change_structure", Strategy)
@form_methods
def node_edit(request: PortalRequest, row: Strategy, noun: str, node: int) -> HttpResponse:
    """Other words, another owner, another place of a node."""
    kind = _noun(noun)
    found = _node(request, row, kind, node)
    initial = {**_stored(kind, found), "expected": found.row_version}
    form = kind.form(posted(request), actor=request.actor, strategy=row, initial=initial)

    def act(data: dict[str, Any]) -> Strategy:
        return edit(
            request.actor, strategy=row, what=_changed(kind, found, data), today=request.at.today,
            reason=data.get("reason", ""),
        )  # fmt: skip

    page = _page(request, row, _("Change %(name)s") % {"name": found}, form, _("Save"))
    page.more["retire_url"] = reverse("planning:node_retire", args=[row.pk, noun, node])
    back = editor_url(row, found.pk if noun == "objective" else None)
    return _answer(
        request, page, act, said=_said(request, row), done=lambda made: back, stored=lambda now: _stored(kind, now)
    )


def _stored(kind: Noun, node: Any) -> dict[str, Any]:
    """What the form shows of a node."""
    values = {name: getattr(node, name) for name in kind.fields}
    if kind.model in (Theme, Objective):
        values["owner"] = node.owner
    if kind.model is Objective:
        standing = node.themes.exclude(state=NodeState.RETIRED).order_by("order", "pk")
        values |= {"perspective": node.perspective, "themes": list(standing)}
    return values


def _changed(kind: Noun, node: Any, data: Mapping[str, Any]) -> Edit:
    """What was written in the form, as one edit."""
    parts: dict[str, Any] = {kind.many: [Change(node, {name: data[name] for name in kind.fields}, data["expected"])]}
    if kind.model is Objective:
        parts["moves"] = [Move(node, data["perspective"], tuple(data["themes"]))]
    owners = [(node, data["owner"])] if "owner" in data and data["owner"] != node.owner else []
    return Edit(change=Changes(**parts), owners=owners)


@guarded("change_structure", Strategy)
@form_methods
def node_retire(request: PortalRequest, row: Strategy, noun: str, node: int) -> HttpResponse:
    """Take a node off the map, after asking."""
    kind = _noun(noun)
    found = _node(request, row, kind, node)
    form = forms.RetireNodeForm(posted(request), actor=request.actor, strategy=row)

    def act(data: dict[str, Any]) -> Strategy:
        what = Edit(retire=Retirements(**{kind.many: [found]}))
        return edit(request.actor, strategy=row, what=what, today=request.at.today, reason=data.get("reason", ""))

    page = _page(request, row, _("Take %(name)s off the map") % {"name": found}, form, _("Take it off"))
    page.consequences, page.grave = [str(kind.gone)], True
    return _answer(request, page, act, said=_said(request, row))


@guarded("change_structure", Strategy)
@require_POST
def node_shift(request: PortalRequest, row: Strategy, noun: str, node: int) -> HttpResponse:
    """Put a perspective or a theme one place up or down."""
    if noun not in ("perspective", "theme"):
        raise Http404
    found = _node(request, row, NOUNS[noun], node)
    step = -1 if request.POST.get("way") == "up" else 1
    reason = request.POST.get("reason", "")
    return refuse_quietly(
        request,
        lambda: shift(request.actor, strategy=row, row=found, step=step, today=request.at.today, reason=reason),
        said=_said(request, row),
        back=editor_url(row),
    )
