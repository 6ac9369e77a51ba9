"""The API's routes: every app's viewsets under /api/v1/."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from rest_framework.routers import SimpleRouter

router = SimpleRouter()
for app in ("organization", "strategy", "scorecards", "planning"):
    if find_spec(f"{app}.api"):
        for prefix, viewset in getattr(import_module(f"{app}.api"), "API", ()):
            router.register(prefix, viewset, basename=f"api-{prefix}")
