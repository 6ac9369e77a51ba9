"""Starting a strategy, and adding to a draft from the library."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Forbidden, givers_sentence
from core.downloads import streamed
from core.guards import PortalRequest, guarded, signed_in
from core.mapping.writing import to_toml
from core.submitting import FormPage, answer, posted
from jobs.actions.uploads import take_upload
from jobs.models import Upload
from organization.models import OrgUnit
from organization.queries.pages import units_for
from organization.queries.people import people_named
from planning.actions.starting import Owners, add_pieces, copy_strategy, start_strategy
from planning.exchange.workbook import template_workbook
from planning.forms.starting import FROM_FILE, WAYS, PiecesForm, StartForm
from planning.queries.starting import shelves
from planning.rules.ready_made import piece_named, pieces, template_named, templates
from strategy.models import Strategy
from strategy.queries.strategies import strategies
from strategy.rules.content import StrategyContent

KINDS = {"stratml": "stratml", "workbook": "plan"}


@signed_in("Offers the units for which the person may start a strategy; the action asks for the right again.")
@require_http_methods(["GET", "HEAD", "POST"])
def strategy_new(request: PortalRequest) -> HttpResponse:
    """Unit, name and horizon, and what it starts from; a file is checked first."""
    offered = units_for(request.actor, "add_strategy", request.at.today)
    if not offered:
        raise Forbidden("add_strategy", givers_sentence(OrgUnit, "add_strategy"))
    way = request.GET.get("from", "empty")
    form = _form(request, way if way in WAYS else "empty", offered)
    page = FormPage(
        heading=_("New strategy"),
        form=form,
        submit=_("Check the file") if form.way in FROM_FILE else _("Start the draft"),
        back=reverse("planning:map"),
        crumbs=[(_("Strategy map"), reverse("planning:map"))],
        template="planning/strategy_new.html",
        more={"way": form.way, "ways": WAYS, "templates": templates()},
    )
    return answer(request, page, lambda data: _start(request, form, data), done=_next)


def _form(request: PortalRequest, way: str, offered: Any) -> StartForm:
    given = (posted(request), request.FILES or None)
    start = {name: request.GET[name] for name in ("template", "source") if name in request.GET}
    if len(offered) == 1:
        start["unit"] = str(offered[0][0].pk)
    form = StartForm(*given, way=way, initial=start)
    form.fields["unit"].offer(offered)  # type: ignore[attr-defined]
    form.fields["owner"].find = lambda text: people_named(request.actor, text)  # type: ignore[attr-defined]
    if "source" in form.fields:
        form.fields["source"].queryset = strategies(request.actor)  # type: ignore[attr-defined]
    return form


def _start(request: PortalRequest, form: StartForm, data: dict[str, Any]) -> Strategy | Upload:
    """The one action of the way that was chosen."""
    if form.way in FROM_FILE:
        mapping = to_toml(
            {**({"kind": "stratml", "source": "StratML"} if form.way == "stratml" else {}), "options": form.options()}
        )
        file = data["file"]
        return take_upload(
            request.actor, kind=KINDS[form.way], name=file.name, chunks=file.chunks(), mapping=mapping
        )  # fmt: skip
    common = {name: data[name] for name in ("name", "starts_on", "ends_on")}
    if form.way == "copy":
        return copy_strategy(request.actor, source=data["source"], unit=data["unit"], owner=data["owner"], **common)
    found = template_named(data.get("template", ""))
    content = StrategyContent(**{**(vars(found.content) if found else {}), **common})
    return start_strategy(request.actor, unit=data["unit"], content=content, owners=Owners(data["owner"]))


def _next(made: Strategy | Upload) -> str:
    return reverse("jobs:upload" if isinstance(made, Upload) else "strategy:strategy", args=[made.pk])


@signed_in("An empty form; it says nothing of anybody.")
@require_safe
def plan_template(request: PortalRequest) -> HttpResponseBase:
    """The workbook to fill in, with two rows as an example."""
    return streamed(template_workbook(), _("plan to fill in"), "xlsx")


@guarded("change_structure", Strategy)
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Perspectives and objectives of a kind of organisation, to be added one by one."""
    template = template_named(request.GET.get("of", "")) or templates()[0]
    form = PiecesForm(posted(request), offered=pieces(template.key), strategy=row)
    page = FormPage(
        heading=_("Library"),
        form=form,
        submit=_("Add to the draft"),
        back=reverse("strategy:strategy", args=[row.pk]),
        crumbs=[(row.name, reverse("strategy:strategy", args=[row.pk]))],
        template="planning/library.html",
        more={"strategy": row, "template": template, "templates": templates(), "shelves": shelves(row, template)},
    )

    def act(data: dict[str, Any]) -> Any:
        chosen = [piece for key in data["pieces"] if (piece := piece_named(key)) is not None]
        return add_pieces(request.actor, strategy=row, pieces=chosen, perspective=data["perspective"])

    return answer(request, page, act, said=_("Added to the draft."))
