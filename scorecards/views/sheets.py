"""The workbook of data entry: given out, taken in, and what to do with cells that are wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.files import tame_name
from core.guards import PortalRequest, listing
from core.spreadsheets import SpreadsheetError
from scorecards.actions.entries import Saved, Typed, save_entries
from scorecards.actions.entryfiles import order_entry_file
from scorecards.exchange.entry_sheets import Read, entry_workbook, read_entry_file, typed_of_file
from scorecards.forms.entries import whole
from scorecards.forms.sheets import UploadForm, carried, typed_of_carried
from scorecards.models import Measure
from scorecards.queries.cards import number_format
from scorecards.queries.entry import entry_measures
from scorecards.queries.updates import place_key, recordable
from scorecards.views.entry import saved_words, status_of

LARGE_BYTES, LARGE_CELLS = 256 * 1024, 1_000
"""Beyond these a worker does it: reading and saving would take longer than a page may."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@listing("record", Measure)
@require_safe
def entry_template(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponseBase:
    """A workbook of one's measures, or of a unit's, with a column for each period."""
    measures = list(entry_measures(request.actor, whole(request.GET.get("unit", ""))))
    chunks = entry_workbook(measures, request.at, timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="values-{request.at.period.key}.xlsx"'}
    return StreamingHttpResponse(chunks, content_type=WORKBOOK, headers=headers)


@listing("record", Measure)
@require_POST
def entry_upload(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Take a filled-in workbook: a small one at once, a large one by a worker."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "scorecards/entry_file.html", {"form": form}, status=422)
    given, only_right = form.cleaned_data["file"], "right" in request.POST
    name = tame_name(given.name or "")
    if given.size > LARGE_BYTES:
        return _order(request, name, given.read(), only_right=only_right)
    content = given.read()
    try:
        read = _read(request, name, content)
    except SpreadsheetError as error:
        form.add_error("file", str(error))
        return render(request, "scorecards/entry_file.html", {"form": form}, status=422)
    if len(read.cells) > LARGE_CELLS:
        return _order(request, name, content, only_right=only_right)
    return _save(request, typed_of_file(read, recordable(request.actor)), read.problems)


def _read(request: PortalRequest, name: str, content: bytes) -> Read:
    """Read the file under the name its sender gave it."""
    with tempfile.TemporaryDirectory(prefix="smo-entry-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_entry_file(path, request.at.period.calendar)


def _order(request: PortalRequest, name: str, content: bytes, *, only_right: bool) -> HttpResponse:
    job = order_entry_file(request.actor, name=name, content=content, only_right=only_right, now=timezone.now())
    return redirect("jobs:job", pk=job.pk)


def _save(request: PortalRequest, typed: Typed, problems: dict[str, str]) -> HttpResponse:
    """Save the cells, or show which are wrong and ask what to do with the others."""
    only_right = "right" in request.POST
    wrong = bool(problems) and not only_right
    saved = save_entries(request.actor, typed=typed, today=request.at.today, only_right=only_right, dry=wrong)
    saved.problems = {**problems, **saved.problems}
    if saved.is_saved:
        messages.success(request, saved_words(saved))
        return redirect("scorecards:updates")
    context = {"form": UploadForm(), "saved": saved, "carried": carried(typed), "conflicts": _conflicts(request, saved)}
    return render(request, "scorecards/entry_file.html", context, status=status_of(saved))


def _conflicts(request: PortalRequest, saved: Saved) -> list[dict[str, object]]:
    """Each place somebody else wrote to since the workbook was made."""
    measures = recordable(request.actor).in_bulk([measure for measure, _period in saved.conflicts])
    return [
        {
            "key": place_key(place),
            "what": f"{measures[place[0]].short}, {place[1].label}",
            "standing": standing,
            "seen": f"{standing.revision}.{standing.waiting}",
            "theirs": number_format(measures[place[0]]).text(standing.value),
        }
        for place, standing in saved.conflicts.items()
    ]


@listing("record", Measure)
@require_POST
def entry_carry(request: PortalRequest, rows: QuerySet[Measure]) -> HttpResponse:
    """Save the right cells of the file shown before."""
    typed = typed_of_carried(request.POST, request.at.period.calendar)
    if typed is None:
        messages.error(request, _("The cells of the file did not come back whole. Upload it again."))
        return redirect("scorecards:updates")
    return _save(request, typed, {})
