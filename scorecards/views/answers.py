"""Answering a red or amber measure, the list of reds without an answer, and what becomes of an answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.actions import Refusal
from core.downloads import download
from core.guards import PortalRequest, guarded, listing
from core.links import period_query
from core.periods import Frequency, Period
from core.submitting import FormPage, answer, posted
from organization.queries import organization, people_named, tree
from scorecards.actions import add_answer_items, answer_measure, change_answer, close_answer
from scorecards.forms.answers import (
    AnswerChangeForm,
    AnswerEntry,
    AnswerForm,
    CloseForm,
    ItemsForm,
    RedFilter,
    answer_row,
)
from scorecards.models import CorrectiveAction, Measure
from scorecards.queries import answers, reds
from scorecards.tables import red_dataset

form_methods = require_http_methods(["GET", "HEAD", "POST"])
STORED = ("fact", "cause", "cost", "currency")


def _measure_url(request: PortalRequest, measure: Measure) -> str:
    return f"{reverse('scorecards:measure', args=[measure.pk])}{period_query(request.at)}"


def _entry(request: PortalRequest, main: Any, initial: dict[str, Any] | None = None) -> AnswerEntry:
    data = posted(request)
    return AnswerEntry(main, data, find=lambda text: people_named(request.actor, text), initial=initial)


def _taken(entry: AnswerEntry, act: Any) -> bool:
    """Whether the action took what was written; what is wrong stands in the form otherwise."""
    if not entry.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        entry.refuse(refusal)
        return False
    return True


# --------------------------------------------------------------------------------------------------- a new answer
@guarded("answer", Measure)
@form_methods
def measure_answer(request: PortalRequest, found: Measure) -> HttpResponse:
    """Fact, cause and actions for the newest period in which the measure is red or amber."""
    result, back = answers.standing_result(found, request.at), _measure_url(request, found)
    if result is None:
        words = {"measure": found.short, "period": request.at.period.label}
        messages.info(request, _("%(measure)s is neither off track nor watched in %(period)s.") % words)
        return redirect(back)
    period = Period(Frequency(result.frequency), result.period_start, request.at.period.calendar)
    house = organization()
    fact = "" if request.method == "POST" else answers.fact_words(found, result, request.at)
    entry = _entry(request, AnswerForm, {"fact": fact, "currency": house.currency if house else ""})

    def act() -> None:
        answer_measure(
            request.actor,
            measure=found,
            period=period,
            answer=entry.answer(),
            items=entry.rows(),
            today=request.at.today,
        )

    if _taken(entry, act):
        messages.success(request, _("The answer is kept, and everybody who has something to do is told."))
        return redirect(f"{back}#answers")
    context = {"entry": entry, "measure": found, "period": period, "result": result, "back": back}
    return render(request, "scorecards/answer_new.html", context, status=422 if entry.is_bound else 200)


# ------------------------------------------------------------------------------------------------------ an answer
@guarded("view", CorrectiveAction)
@require_safe
def measure_answered(request: PortalRequest, row: CorrectiveAction) -> HttpResponse:
    """One answer, open or closed."""
    found = answers.answer_of(request.actor, row, request.at)
    context = {"one": found, "measure": row.measure, "back": _measure_url(request, row.measure)}
    return render(request, "scorecards/answer.html", context)


def _page(request: PortalRequest, row: CorrectiveAction, heading: str, form: Any, submit: str) -> FormPage:
    back = f"{_measure_url(request, row.measure)}#answers"
    crumbs = [(row.measure.short, _measure_url(request, row.measure))]
    period = Period(Frequency(row.frequency), row.period_start, request.at.period.calendar)
    return FormPage(heading, form, submit, back, crumbs, words=f"{row.measure.name}, {period.label}")


@guarded("change", CorrectiveAction)
@form_methods
def answer_change(request: PortalRequest, row: CorrectiveAction) -> HttpResponse:
    """Say fact, cause and cost anew; who was faster is shown, nothing is lost."""
    house = organization()
    initial = {name: getattr(row, name) for name in STORED} | {"expected": row.row_version}
    initial["currency"] = row.currency or (house.currency if house else "")
    form = AnswerChangeForm(posted(request), initial=initial)
    page = _page(request, row, _("Change the answer"), form, _("Save"))

    def act(given: dict[str, Any]) -> CorrectiveAction:
        return change_answer(request.actor, row=row, answer=answer_row(given), expected=given["expected"])

    return answer(
        request, page, act, said=_("Saved."), stored=lambda now: {name: getattr(now, name) for name in STORED}
    )


@guarded("change", CorrectiveAction)
@form_methods
def answer_items(request: PortalRequest, row: CorrectiveAction) -> HttpResponse:
    """Further actions for an open answer."""
    entry, back = _entry(request, ItemsForm), f"{_measure_url(request, row.measure)}#answers"
    today = request.at.today
    if _taken(entry, lambda: add_answer_items(request.actor, row=row, items=entry.rows(), today=today)):
        messages.success(request, _("Added, and everybody who has something to do is told."))
        return redirect(back)
    context = {"entry": entry, "measure": row.measure, "row": row, "back": back}
    return render(request, "scorecards/answer_items.html", context, status=422 if entry.is_bound else 200)


@guarded("change", CorrectiveAction)
@form_methods
def answer_close(request: PortalRequest, row: CorrectiveAction) -> HttpResponse:
    """Say what came of it."""
    form = CloseForm(posted(request), initial={"expected": row.row_version})
    page = _page(request, row, _("Close the answer"), form, _("Close the answer"))
    left = sum(1 for item in answers.answer_of(request.actor, row, request.at).items if not item.done_on)
    page.consequences = [_("The answer stays readable on the page of the measure.")]
    if left:
        said = ngettext(
            "%(n)d action is still open; it stays with its assignee.",
            "%(n)d actions are still open; they stay with their assignees.",
            left,
        )
        page.consequences.append(said % {"n": left})
    return answer(
        request, page, lambda given: close_answer(request.actor, row=row, **given), said=_("The answer is closed.")
    )


# ------------------------------------------------------------------------------------------------------- the list
def _filter(request: PortalRequest) -> tuple[RedFilter, dict[str, Any]]:
    form = RedFilter(request.GET, lines=tree(request.actor, request.at.today))
    return form, form.cleaned_data if form.is_valid() else {}


@listing("view", Measure)
@require_safe
def unanswered(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Measures that are off track and nobody has answered; filters in the address."""
    form, wanted = _filter(request)
    page = reds.red_page(request.actor, request.at, wanted, request.GET.get("page", "1"))
    filtered = any(wanted.get(name) for name in ("q", "unit", "mine"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {"form": form, "page": page, "filtered": filtered, "asked": asked.urlencode()}
    return render(request, "scorecards/unanswered.html", context)


@listing("view", Measure)
@require_safe
def unanswered_file(request: PortalRequest, rows: QuerySet[Measure], form: str) -> HttpResponseBase:
    """The same list as CSV, workbook or JSON, all pages."""
    _form, wanted = _filter(request)
    lines = reds.red_lines(request.actor, request.at, wanted)
    return download(red_dataset(lines), f"reds-without-an-answer-{request.at.period.key}", form)
