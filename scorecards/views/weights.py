"""The weights of a scorecard, how scores roll up, and where its statuses begin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.actions import Refusal
from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted, refuse_quietly
from scorecards.actions import WeightRow, set_rule, set_weights
from scorecards.actions.bands import BandsRow, set_bands
from scorecards.forms.weights import BandsForm, RuleForm, WeightsForm, weight_name
from scorecards.models import Node, Scorecard
from scorecards.queries.bands import bands_of
from scorecards.queries.kept import first_day_to_change
from scorecards.queries.weights import WeightGroup, scorecard_weights
from scorecards.queries.weights import node_weights as weights_below
from scorecards.views.designing import form_methods


def _card_crumbs(card: Scorecard) -> list[tuple[str, str]]:
    return [(card.name, reverse("scorecards:scorecard", args=[card.pk]))]


def _weights_url(card: Scorecard) -> str:
    return reverse("scorecards:weights", args=[card.pk])


@guarded("view", Scorecard)
@require_safe
def weights(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """What counts how much below every node today."""
    report = scorecard_weights(request.actor, card, request.at.today)
    return render(request, "scorecards/weights.html", {"scorecard": card, "report": report})


@guarded("set_weights", Node)
@form_methods
def node_weights(request: PortalRequest, node: Node) -> HttpResponse:
    """Other weights below one node, from a day on."""
    card = _card(node)
    group = weights_below(request.actor, node, request.at.today)
    form = WeightsForm(
        posted(request), group=group, initial={"expected": card.row_version, "from_on": request.at.today}
    )
    page = FormPage(_("Weights in %(name)s") % {"name": group.name}, form, _("Save the weights"), _weights_url(card))
    page.crumbs = [*_card_crumbs(card), (_("Weights"), _weights_url(card))]
    page.template, page.more = "scorecards/weights_form.html", {"group": group, "rule_form": _rule_form(node)}

    def act(data: dict[str, Any]) -> None:
        _save(request, form, node.pk)

    return answer(request, page, act, said=_("The weights were saved."), stored=lambda _card: _stored(request, node))


def _card(node: Node) -> Scorecard:
    assert node.scorecard is not None  # noqa: S101 - tells the type checker what the guard asked for
    return node.scorecard


def _rule_form(node: Node) -> RuleForm:
    day = first_day_to_change(_card(node))
    return RuleForm(initial={"rule": node.rule_on(day).rule, "from_on": day}, auto_id="roll_%s")


def _stored(request: PortalRequest, node: Node) -> dict[str, Decimal]:
    """The weights as they stand, by input."""
    group: WeightGroup = weights_below(request.actor, node, request.at.today)
    return {weight_name(line.node): line.weight for line in group.lines}


def _save(request: PortalRequest, form: WeightsForm, parent: int) -> None:
    """Set the weights; the first sentence of a refused row stands at its input."""
    rows = [WeightRow(parent, node, weight) for node, weight in form.weights().items()]
    data = form.cleaned_data
    outcome = set_weights(
        request.actor, rows=rows, from_on=data["from_on"], today=request.at.today, expected=data["expected"]
    )
    if outcome.refused:
        first = outcome.refused[0]
        raise Refusal(first.reason, field=weight_name(rows[first.row].child_node_id))


@guarded("set_weights", Node)
@require_POST
def node_rule(request: PortalRequest, node: Node) -> HttpResponse:
    """Another roll-up of a node, from a day on."""
    form = RuleForm(request.POST)

    def act() -> None:
        if not form.is_valid():
            raise Refusal(" ".join(str(sentence) for each in form.errors.values() for sentence in each))
        set_rule(request.actor, node=node, today=request.at.today, **form.cleaned_data)

    return refuse_quietly(
        request,
        act,
        said=_("The roll-up was changed."),
        back=reverse("scorecards:node_weights", args=[node.pk]),
    )


@guarded("set_weights", Scorecard)
@form_methods
def bands(request: PortalRequest, card: Scorecard) -> HttpResponse:
    """Where statuses begin on a scorecard, from a day on."""
    report = bands_of(card, request.at.today)
    form = BandsForm(posted(request), initial={**report.now, "from_on": request.at.today})
    back = reverse("scorecards:scorecard", args=[card.pk])
    page = FormPage(_("Bands of %(name)s") % {"name": card}, form, _("Save the bands"), back, _card_crumbs(card))
    page.template, page.more = "scorecards/bands.html", {"report": report}

    def act(data: dict[str, Any]) -> None:
        row = BandsRow(
            green=float(data["green"]),
            amber=float(data["amber"]),
            exceeds=None if data["exceeds"] is None else float(data["exceeds"]),
            minimum_coverage=float(data["minimum_coverage"]) / 100,
            tolerance=float(data["tolerance"]) / 100,
        )
        set_bands(request.actor, scorecard=card, bands=row, from_on=data["from_on"], today=request.at.today)

    return answer(request, page, act, said=_("The bands were saved."))
