"""The targets of a measure, a fiscal year at a time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.guards import PortalRequest, guarded
from core.submitting import posted, take
from scorecards.actions import set_targets
from scorecards.forms.targets import TargetsForm
from scorecards.models import Measure
from scorecards.queries.forecasts import beaten_when_set
from scorecards.queries.targets import asked_year, year_of_targets
from scorecards.views.designing import form_methods


@guarded("view", Measure)
@form_methods
def measure_targets(request: PortalRequest, found: Measure) -> HttpResponse:
    """What is wanted of a measure in each period of a year; whoever may set it gets inputs."""
    year = asked_year(request.GET.get("year", ""), request.at)
    report = year_of_targets(request.actor, found, year)
    form = TargetsForm(posted(request), report=report, actor=request.actor)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        return redirect(f"{request.path}?year={year.key}")
    context = {"measure": found, "report": report, "form": form, "beaten": beaten_when_set(found, year)}
    return render(request, "scorecards/targets.html", context, status=422 if form.is_bound else 200)


def _saved(request: PortalRequest, form: TargetsForm) -> bool:
    """Whether the targets were set; if not, the form says at which cell and why."""
    rows = form.rows()
    given = {"reason": form.cleaned_data["reason"], "approved_by": form.cleaned_data["approved_by"]}
    outcome = take(form, lambda _data: set_targets(request.actor, rows=rows, today=request.at.today, **given))
    if outcome is None:
        return False
    if outcome.refused:
        form.refuse(outcome)
        return False
    count = outcome.count("taken", "changed")
    said = ngettext("%(n)d target was set.", "%(n)d targets were set.", count) % {"n": count}
    messages.success(request, said if count else _("Nothing was different, so nothing was changed."))
    return True
