"""Every route says who may come in; every endpoint says which verb it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.access import Access, policy_of
from core.api.views import PolicyViewSet

# Sign-in comes from allauth, whose views decide for themselves; the schema is the API's own description.
THIRD_PARTY = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "api-schema",
}


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_every_page_declares_its_access():
    naked = [
        route
        for route, pattern in routes()
        if pattern.name not in THIRD_PARTY
        and not isinstance(getattr(pattern.callback, "access", None), Access)
        and not issubclass(getattr(pattern.callback, "cls", object), PolicyViewSet)
    ]
    assert naked == []


def test_every_guard_names_a_verb_that_somebody_holds():
    unknown = []
    for route, pattern in routes():
        access = getattr(pattern.callback, "access", None)
        if access is not None and access.model is not None and access.verb not in policy_of(access.model).grants:
            unknown.append(f"{route}: {access.verb} of {access.model.__name__}")
    assert unknown == []


def test_pages_open_to_all_and_to_everyone_signed_in_say_why():
    silent = [
        route
        for route, pattern in routes()
        if getattr(pattern.callback, "access", None)
        and pattern.callback.access.model is None
        and not pattern.callback.access.reason
    ]
    assert silent == []


def test_every_method_of_every_endpoint_names_its_verb():
    missing = []
    for route, pattern in routes():
        viewset = getattr(pattern.callback, "cls", None)
        if viewset is None or not issubclass(viewset, PolicyViewSet):
            continue
        for action in pattern.callback.actions.values():
            verb = viewset.verbs.get(action)
            table = policy_of(viewset.containers.get(action, viewset.queryset.model)).grants
            if verb is None or verb not in table:
                missing.append(f"{route} {action}: {verb}")
    assert missing == []


def test_no_route_is_named_twice():
    names = [f"{pattern.lookup_str}:{pattern.name}:{route}" for route, pattern in routes()]
    assert len(names) == len(set(names))
