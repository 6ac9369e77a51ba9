"""Pages kept until something is written: whoever opens one again gets what was drawn, if nothing has changed since.

A page is kept for one person in one session, language, theme and period, in the memory of one process, and only while
`request.stamp()` (audit.queries.stamp) says that no marked table was written to. Rights are rows of marked tables and
are asked before (core.guards), so nobody gets a page that would be refused or would read differently (docs/adr/0015).
Reload without the browser's store (Cache-Control: no-cache) draws anew.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from threading import Lock
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from core.guards import PortalRequest, View

PAGES = 64
"""How many pages a process keeps, the ones opened last."""
LARGEST = 400_000
"""Bytes of the largest page that is kept."""
OLDEST = 300.0
"""Seconds after which a page is drawn anew although nothing changed: words such as "today" grow old."""
TOKEN = re.compile(rb'"X-CSRFToken": "(\w{64})"')


@dataclass(frozen=True)
class _Page:
    """A page as it was drawn, the stamp before it, the moment, and the token of its forms."""

    stamp: str
    at: float
    content: bytes
    token: bytes

    def is_good(self, stamp: str) -> bool:
        """Whether it would be drawn the same now."""
        return self.stamp == stamp and time.monotonic() - self.at < OLDEST


_pages: OrderedDict[str, _Page] = OrderedDict()
_lock = Lock()


def kept(view: View) -> View:
    """Keep what the view draws; stands below the guard, so that the guard is asked every time."""

    @wraps(view)
    def wrapper(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stamp = request.stamp() if _may_be_kept(request) else None
        if stamp is None:
            return view(request, *args, **kwargs)
        key = _key(request)
        page = _pages.get(key)
        if page is not None and page.is_good(stamp) and "no-cache" not in request.headers.get("Cache-Control", ""):
            return HttpResponse(page.content.replace(page.token, get_token(request).encode()))
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponse) and response.status_code == 200 and not response.cookies:
            _keep(key, stamp, response.content)
        return response

    wrapper.is_kept = True  # type: ignore[attr-defined]
    return wrapper


def _may_be_kept(request: PortalRequest) -> bool:
    """Whole pages without a message that is shown once."""
    return request.method == "GET" and not request.htmx and len(get_messages(request)) == 0


def _key(request: PortalRequest) -> str:
    """Who asks in which session, and all of the question. A digest: neither session nor token lies in memory longer."""
    actor = request.actor
    said = (
        request.get_full_path(),
        actor.person_id,
        actor.on_behalf_of_id,
        request.session.session_key,
        request.META.get("CSRF_COOKIE"),
        timezone.localdate(),
        get_language(),
        request.COOKIES.get("theme"),
    )
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _keep(key: str, stamp: str, content: bytes) -> None:
    token = TOKEN.search(content)
    if token is None or len(content) > LARGEST:
        return
    with _lock:
        _pages[key] = _Page(stamp, time.monotonic(), content, token[1])
        _pages.move_to_end(key)
        while len(_pages) > PAGES:
            _pages.popitem(last=False)
