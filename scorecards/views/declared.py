"""Declaring a status beside the computed one, and taking it back."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import NotVisible, require
from core.forms import PlainForm
from core.guards import PortalRequest, guarded
from core.links import period_query
from core.statuses import word
from core.submitting import FormPage, answer, posted
from scorecards.actions import declare_status, take_back_status
from scorecards.forms.answers import DeclareForm
from scorecards.models import Measure, Node
from scorecards.queries.declared import record_of
from scorecards.queries.declaring import declared_panel, declared_period
from scorecards.views.answers import form_methods
from strategy.models import Objective


def _record(request: PortalRequest, node: Node) -> tuple[Measure | Objective, str]:
    """The measure or objective behind the node, if the actor may declare its status, and its page."""
    record = record_of(node)
    if record is None:
        raise NotVisible
    require(request.actor, "declare_status", record)
    view = "scorecards:measure" if isinstance(record, Measure) else "strategy:objective"
    return record, f"{reverse(view, args=[record.pk])}{period_query(request.at)}"


@guarded("view", Node)
@form_methods
def declare(request: PortalRequest, node: Node) -> HttpResponse:
    """Say how it stands, with a reason and for how long."""
    record, back = _record(request, node)
    period = declared_period(record, request.at)
    both = declared_panel(request.actor, record, request.at)
    form = DeclareForm(posted(request))
    page = FormPage(_("Declare a status"), form, _("Declare it"), back, [(record.short, back)])
    page.words = f"{record.name}, {period.label}"
    page.consequences = [
        _("It stands beside the computed status (%(status)s) with your name and its last day.")
        % {"status": word(both.computed if both else "no_data")},
        _("No score changes: every roll-up uses the computed status."),
        _("After its last day it is gone by itself."),
    ]

    def act(given: dict[str, Any]) -> None:
        declare_status(request.actor, node=node, period=period, today=request.at.today, **given)

    return answer(request, page, act, said=_("Declared."))


@guarded("view", Node)
@form_methods
def declare_take_back(request: PortalRequest, node: Node) -> HttpResponse:
    """It no longer holds."""
    record, back = _record(request, node)
    page = FormPage(_("Take the declared status back"), PlainForm(posted(request)), _("Take it back"), back)
    page.crumbs, page.words = [(record.short, back)], record.name
    page.consequences = [_("Only the computed status is shown from now on. What was declared stays in the history.")]
    today = request.at.today
    act = partial(take_back_status, request.actor, node=node, today=today)
    return answer(request, page, lambda _given: act(), said=_("The declared status is taken back."))
