"""The owner's forecast of a measure's year."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.guards import PortalRequest, guarded
from core.submitting import FormPage, answer, posted
from scorecards.actions import forecast_year_end
from scorecards.forms.forecasts import ForecastForm
from scorecards.models import Measure
from scorecards.queries.forecasts import current_owner_forecasts
from scorecards.views.designing import crumbs, form_methods, measure_url


@guarded("forecast", Measure)
@form_methods
def measure_forecast(request: PortalRequest, found: Measure) -> HttpResponse:
    """What the year will end with, and the chance of meeting its target."""
    form = ForecastForm(posted(request), measure=found, at=request.at, said=list(current_owner_forecasts(found)))
    heading = _("Forecast the year end of %(name)s") % {"name": found.short}
    page = FormPage(heading, form, _("Save the forecast"), measure_url(found), crumbs(found))
    page.consequences = [
        _("It stands beside the portal's own forecast, with your name and the day; an earlier one is kept."),
        _("The target known now is kept with it. Once the year is over, your forecasts are held against what came:"
          " you see the figures first, the strategy office three periods later."),
    ]  # fmt: skip

    def act(data: dict[str, Any]) -> Any:
        return forecast_year_end(
            request.actor, measure=found, year=form.year_chosen(), value=data["value"],
            probability=data["probability"], reason=data["reason"], today=request.at.today,
        )  # fmt: skip

    return answer(request, page, act, said=_("The forecast was saved."))
