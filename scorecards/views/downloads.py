"""A dataset as a download."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify

from core.datasets import Dataset

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def download(dataset: Dataset, name: str, form: str) -> HttpResponseBase:  # type: ignore[type-arg]
    """A dataset as a download, streamed."""
    if form not in MEDIA_TYPES:
        raise Http404
    chunks: Iterable[bytes] = getattr(dataset, form)()
    headers = {"Content-Disposition": f'attachment; filename="{slugify(name) or "file"}.{form}"'}
    return StreamingHttpResponse(chunks, content_type=MEDIA_TYPES[form], headers=headers)
