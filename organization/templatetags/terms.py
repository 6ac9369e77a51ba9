"""What this organisation calls the portal's nouns.

`{% load terms %}` then `{% term "perspective" %}` writes "perspective", or "lens" where the organisation says so;
`{% term "perspective" many=True %}` the plural; `upper=True` begins with a capital, for headings and columns. All words
come from one query per request. A noun that is not in `organization.queries.NOUNS` is an error.

`{% own_fields "measure" measure.custom as own %}` gives label and words of each field the organisation added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from organization.queries import NOUNS, Noun, nouns, own_values

register = template.Library()
KEPT = "_organization_nouns"


def _words(context: template.Context) -> Mapping[str, Noun]:
    """The words, kept on the request; without one (mail, print) in the context of the rendering."""
    request = context.get("request")
    if request is None:
        words = context.render_context.get(KEPT)
        if words is None:
            words = context.render_context[KEPT] = nouns()
        return words
    if not hasattr(request, KEPT):
        setattr(request, KEPT, nouns())
    kept: Mapping[str, Noun] = getattr(request, KEPT)
    return kept


@register.simple_tag(takes_context=True)
def term(context: template.Context, key: str, *, many: bool = False, upper: bool = False) -> Any:
    """The organisation's word for a noun."""
    if key not in NOUNS:
        raise template.TemplateSyntaxError(f"term: {key!r} is no noun, must be one of {', '.join(NOUNS)}")
    noun = _words(context)[key]
    word = noun.many if many else noun.one
    return word[:1].upper() + word[1:] if upper else word


@register.simple_tag
def own_fields(kind: str, custom: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The organisation's own fields of a record that hold something."""
    return own_values(kind, custom)
