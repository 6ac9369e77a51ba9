"""A dataset as a download: CSV, workbook or JSON, streamed; cells that a spreadsheet would run are made harmless."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify

from core.datasets import Dataset

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def streamed(chunks: Iterable[bytes], name: str, form: str) -> HttpResponseBase:
    """Pieces of a file as a download named `name`.`form`."""
    headers = {"Content-Disposition": f'attachment; filename="{slugify(name) or "file"}.{form}"'}
    return StreamingHttpResponse(chunks, content_type=MEDIA_TYPES[form], headers=headers)


def download(dataset: Dataset[Any], name: str, form: str) -> HttpResponseBase:
    """The dataset in the form asked for; not found if there is no such form."""
    if form not in MEDIA_TYPES:
        raise Http404
    return streamed(getattr(dataset, form)(), name, form)
