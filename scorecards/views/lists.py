"""Lists of process 1 as files, with the filters of their pages."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from core.downloads import download
from core.guards import PortalRequest, listing
from core.statuses import WORDS
from scorecards.forms import MeasureFilter
from scorecards.models import Measure, Scorecard
from scorecards.queries.lists import measure_facts, scorecard_lines
from scorecards.tables.lists import measures_dataset, scorecards_dataset


@listing("view", Scorecard)
@require_safe
def scorecards_file(request: PortalRequest, rows: QuerySet[Scorecard], form: str) -> HttpResponseBase:
    """Every scorecard with its status in the period."""
    lines = scorecard_lines(request.actor, request.at)
    return download(scorecards_dataset(lines), f"scorecards {request.at.period.key}", form)


@listing("view", Measure)
@require_safe
def measures_file(request: PortalRequest, rows: QuerySet[Measure], form: str) -> HttpResponseBase:
    """The measures of the list, all pages, worst first."""
    asked = MeasureFilter(request.GET, statuses=dict(WORDS.items()))
    wanted = asked.cleaned_data if asked.is_valid() else {}
    facts = measure_facts(request.actor, request.at, wanted)
    return download(measures_dataset(facts), f"measures {request.at.period.key}", form)
