"""Excusing a measure from reporting in a period, and taking that back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.forms import PlainForm
from core.guards import PortalRequest, guarded
from core.periods import Period
from core.submitting import FormPage, answer, posted
from scorecards.actions import excuse_measure, take_back_excuse
from scorecards.forms.closing import ExcuseForm
from scorecards.models import Measure
from scorecards.queries.measures import own_period

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _page(request: PortalRequest, measure: Measure, period: Period, heading: str, form: PlainForm) -> FormPage:
    """Back to the page of closing it came from, else to who has reported, in the period that page showed."""
    shown = request.GET.get("of", "") or period.key
    crumbs = [(_("Who has reported"), f"{reverse('scorecards:reporting')}?p={shown}")]
    card = measure.node.scorecard
    if request.GET.get("from") == "closing" and card is not None:
        home = f"{reverse('scorecards:closing', args=[card.pk])}?p={shown}"
        crumbs = [(card.name, reverse("scorecards:scorecard", args=[card.pk])), (_("Closing"), home)]
    words = {"measure": measure.name, "period": period.label}
    return FormPage(heading % words, form, heading % words, crumbs[-1][1], crumbs)


@guarded("excuse", Measure)
@form_methods
def measure_excuse(request: PortalRequest, measure: Measure) -> HttpResponse:
    """Say why it need not report."""
    period = own_period(measure, request.at)
    page = _page(request, measure, period, _("Excuse %(measure)s for %(period)s"), ExcuseForm(posted(request)))
    page.submit = _("Excuse it")
    page.consequences = [
        _("It is not late, nobody is reminded of it, and it stands on nobody's list of work."),
        _("No score changes: without a value the measure still counts as missing."),
        _("A value that comes ends the excuse. It can be taken back until then."),
    ]
    today = request.at.today
    return answer(
        request,
        page,
        lambda given: excuse_measure(
            request.actor, measure=measure, period=period, reason=given["reason"], today=today
        ),
        said=_("%(measure)s is excused for %(period)s.") % {"measure": measure.short, "period": period.label},
    )


@guarded("excuse", Measure)
@form_methods
def measure_excuse_take_back(request: PortalRequest, measure: Measure) -> HttpResponse:
    """It is to report after all."""
    period = own_period(measure, request.at)
    heading = _("Take back the excuse of %(measure)s for %(period)s")
    page = _page(request, measure, period, heading, PlainForm(posted(request)))
    page.submit = _("Take it back")
    page.consequences = [_("The value is wanted again, and late from its due day on. The log keeps the reason.")]
    return answer(
        request,
        page,
        lambda _given: take_back_excuse(request.actor, measure=measure, period=period),
        said=_("The excuse is taken back."),
    )
