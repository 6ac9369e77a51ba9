"""Pages that belong to no process: health, theme, a form that expired."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core.gallery import examples
from core.guards import public, signed_in

THEMES = ("light", "dark")


@public("Load balancers and the launcher ask whether the portal answers; the answer holds nothing.")
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@public("The theme is a cookie of the browser, wanted before sign-in too.")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in this browser."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=365 * 86400, samesite="Lax", secure=request.is_secure())
    return response


@signed_in("The gallery shows examples only; whoever builds a screen looks here.")
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "core/gallery.html", examples())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere: say so and keep nothing."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A failure, with the reference that stands in the log. No context processor runs: it may be what failed."""
    context = {"reference": getattr(request, "request_id", ""), "theme": request.COOKIES.get("theme", "")}
    return HttpResponse(render_to_string("500.html", context), status=500)


class NothingToSee:
    """A page instead of nothing where an address that only takes forms is opened: by reload, or after a sign-in."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page
