"""How a view says who may come in. Every route carries one of these; a test walks them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.access import Access, Actor, NotVisible, require, scoped
from core.periods import At

View = Callable[..., HttpResponseBase]


class PortalRequest(HttpRequest):
    """A request as views get it: middleware has set who asks and the moment asked about."""

    actor: Actor
    at: At
    request_id: str
    htmx: Any
    stamp: Callable[[], str | None]


def _enter(request: PortalRequest) -> HttpResponse | None:
    """The way to the sign-in page for one who has not signed in."""
    if getattr(request, "actor", None) is not None:
        return None
    target = request.get_full_path()
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
        return answer
    return redirect_to_login(target)


def guarded(verb: str, model: type[Model]) -> Callable[[View], View]:
    """Load the row named by `pk` through its policy: 404 if it may not be seen, 403 if only the verb fails."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: PortalRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            if (away := _enter(request)) is not None:
                return away
            seen = scoped(request.actor, "view", model._default_manager.filter(pk=pk))
            row = scoped(request.actor, verb, seen).first() if verb != "view" else seen.first()
            if row is None:
                row = seen.first() if verb != "view" else None
                if row is None:
                    raise NotVisible
                require(request.actor, verb, row)
            return view(request, row, **kwargs)

        wrapper.access = Access("guarded", verb, model, "")  # type: ignore[attr-defined]
        return wrapper

    return decorate


def listing(verb: str, model: type[Model]) -> Callable[[View], View]:
    """Hand the view the rows of the model that the actor may reach by the verb."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: PortalRequest, **kwargs: Any) -> HttpResponseBase:
            if (away := _enter(request)) is not None:
                return away
            rows = scoped(request.actor, verb, model._default_manager.all())
            return view(request, rows, **kwargs)

        wrapper.access = Access("listing", verb, model, "")  # type: ignore[attr-defined]
        return wrapper

    return decorate


def signed_in(reason: str) -> Callable[[View], View]:
    """Any signed-in person may come in; the reason says why no model guards it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: PortalRequest, **kwargs: Any) -> HttpResponseBase:
            if (away := _enter(request)) is not None:
                return away
            return view(request, **kwargs)

        wrapper.access = Access("signed_in", "", None, reason)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Anyone may come in, signed in or not; the reason says why."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: PortalRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, **kwargs)

        wrapper.access = Access("public", "", None, reason)  # type: ignore[attr-defined]
        return wrapper

    return decorate
