"""What stands around every page: navigation, period, unit, person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    return {"theme": request.COOKIES.get("theme", "light")}
