"""The floor F: a signed-in constant page of bare Django (sessions, authentication), served like the portal."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.floor_settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def constant(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in gets the same words."""
    return HttpResponse("signed in" if request.user.is_authenticated else "nobody", content_type="text/plain")


urlpatterns = [path("", constant)]
application = get_wsgi_application()
