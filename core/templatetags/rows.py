"""Rows that are drawn once for equal facts."""

from __future__ import annotations

import functools
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn(context: template.Context, name: str, **facts: Any) -> SafeString:
    """A template drawn from these facts alone, once for equal ones: `{% drawn "scorecards/parts/row.html" row=row %}`.

    The facts are frozen and hashable. The template knows nothing else but the period of the page's links.
    """
    period_query = getattr(context.get("shell"), "period_query", "")
    return _drawn(name, tuple(sorted(facts.items())), period_query, get_language())


@functools.lru_cache(maxsize=2048)
def _drawn(name: str, facts: tuple[tuple[str, Any], ...], period_query: str, language: str | None) -> SafeString:
    """Rows of scorecards are opened far more often than they change; 2,048 of them take some 5 MB."""
    return render_to_string(name, {**dict(facts), "shell": {"period_query": period_query}})
