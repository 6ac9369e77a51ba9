"""A strategy's way: sent to review, approved or taken back, adopted, closed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from planning.actions import adopt, close
from planning.forms.editing import AdoptForm, ReasonForm
from planning.queries.editing import standing
from planning.views.maps import map_url
from strategy.actions import approve_strategy, return_strategy, submit_strategy
from strategy.models import Strategy

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _url(row: Strategy) -> str:
    return reverse("strategy:strategy", args=[row.pk])


@guarded("submit", Strategy)
@require_POST
def strategy_submit(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Send a draft to review."""
    return refuse_quietly(
        request,
        lambda: submit_strategy(request.actor, strategy=row, today=request.at.today),
        said=_("It is in review. Those who approve were told."),
        back=_url(row),
    )


@guarded("approve", Strategy)
@require_POST
def strategy_approve(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Approve what was reviewed."""
    return refuse_quietly(
        request,
        lambda: approve_strategy(request.actor, strategy=row),
        said=_("It is approved. It comes into force when it is adopted."),
        back=_url(row),
    )


@guarded("return", Strategy)
@form_methods
def strategy_return(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Take it back to be written, with the reason."""
    page = _page(row, _("Take %(name)s back to draft") % {"name": row}, ReasonForm(posted(request)), _("Take it back"))
    page.consequences = [
        _("Its writers can change it again, and its owner is told why."),
        _("Only those who write it see it until it is approved."),
    ]
    return answer(
        request, page, lambda data: return_strategy(request.actor, strategy=row, **data), said=_("It is a draft again.")
    )


@guarded("adopt", Strategy)
@form_methods
def strategy_adopt(request: PortalRequest, row: Strategy) -> HttpResponse:
    """Put what is approved in force from a day on."""
    form = AdoptForm(posted(request), initial={"effective_from": max(row.starts_on, request.at.today)})
    page = _page(row, _("Adopt %(name)s") % {"name": row}, form, _("Adopt the strategy"))
    page.consequences = [
        _("The map is frozen as a version; from then on it is changed by amendments, each with its reason."),
        _("Its scorecard opens, and scores are computed from that day on."),
        _("Heads of the unit and of every unit below are told, who cascade it."),
        *(_("Nobody answers for %(code)s %(name)s yet.") % {"code": one.code, "name": one.name}
          for one in standing(request.actor, row).unowned),
    ]  # fmt: skip
    page.grave = True

    def act(data: dict[str, Any]) -> None:
        adopt(request.actor, strategy=row, today=request.at.today, **data)

    return answer(request, page, act, said=_("The strategy is in force."))


@guarded("close", Strategy)
@form_methods
def strategy_close(request: PortalRequest, row: Strategy) -> HttpResponse:
    """End a strategy, with the reason."""
    page = _page(row, _("Close %(name)s") % {"name": row}, ReasonForm(posted(request)), _("Close the strategy"))
    page.consequences = [
        _("Its map stays to be read and is never changed again."),
        _("The unit has no strategy in force until another is adopted."),
    ]
    page.grave = True
    return answer(
        request, page, lambda data: close(request.actor, strategy=row, today=request.at.today, **data),
        said=_("The strategy is closed."),
    )  # fmt: skip


def _page(row: Strategy, heading: str, form: Any, submit: str) -> FormPage:
    return FormPage(heading, form, submit, _url(row), [(row.name, _url(row)), (_("Map"), map_url(row))])
