"""What stands around every page: navigation, period, unit, person. A link that leads nowhere is not in the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.links import period_query
from core.periods import At, Frequency, Period
from notifications.queries import unread_count
from organization.actors import Actor
from organization.queries import organization
from organization.roles import Role

MONTHS_OFFERED = 13


@dataclass(frozen=True)
class Entry:
    """One link: the view it opens, its words, its icon, and who sees it (nobody named: everyone)."""

    key: str
    view: str
    label: Any
    icon: str
    roles: tuple[Role, ...] = ()

    def is_for(self, actor: Actor) -> bool:
        return not self.roles or actor.has_any(*self.roles)


@dataclass(frozen=True)
class Group:
    """Links under one heading; the tooltip says who runs these processes."""

    label: Any
    tooltip: Any
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "",
        "",
        (
            Entry("home", "portal:home", gettext_lazy("Home"), "home"),
            Entry("work", "portal:work", gettext_lazy("My work"), "inbox"),
            Entry("map", "planning:map", gettext_lazy("Strategy map"), "schema"),
        ),
    ),
    Group(
        gettext_lazy("Core"),
        gettext_lazy("Run by the strategy office"),
        (Entry("scorecard", "scorecards:scorecards", gettext_lazy("Scorecard"), "target-arrow"),),
    ),
    Group(
        gettext_lazy("Desirable"),
        gettext_lazy("Coordinated by the strategy office"),
        (Entry("planning", "planning:cycles", gettext_lazy("Planning"), "calendar-event"),),
    ),
    Group(
        gettext_lazy("Organisation"),
        gettext_lazy("Who we are"),
        (
            Entry("units", "organization:units", gettext_lazy("Units"), "hierarchy-2"),
            Entry("people", "organization:people", gettext_lazy("People"), "users-group"),
        ),
    ),
)
FOOT = (
    Entry("jobs", "jobs:jobs", gettext_lazy("Jobs and files"), "report"),
    Entry(
        "settings",
        "organization:settings",
        gettext_lazy("Settings"),
        "settings",
        (Role.ADMINISTRATOR, Role.SMO_OFFICER),
    ),
)
ACCOUNT = (
    Entry("me", "organization:me", gettext_lazy("My account"), "user-circle"),
    Entry("preferences", "notifications:preferences", gettext_lazy("What I am told"), "bell"),
)
ACTIVE = {
    "portal:home": "home",
    "portal:work": "work",
    "planning:cycle": "planning",
    "planning:step": "planning",
    "planning:canvas": "planning",
    "planning:note": "planning",
    "planning:analysis": "planning",
    "planning:issue": "planning",
    "planning:option": "planning",
    "planning:criteria": "planning",
    "planning:assumption": "planning",
    "planning:carries": "planning",
    "planning:scenario": "planning",
    "planning:": "map",
    "strategy:": "map",
    "scorecards:": "scorecard",
    "organization:unit": "units",
    "organization:people": "people",
    "organization:person": "people",
    "organization:role_": "people",
    "organization:position_": "people",
    "organization:manager_": "people",
    "organization:settings": "settings",
    "organization:year_": "settings",
    "organization:field_": "settings",
    "jobs:": "jobs",
}
"""How a view's name begins → the link it belongs to. My account belongs to none."""
TABS = ("home", "work", "map", "scorecard")


@dataclass(frozen=True)
class Shell:
    """Everything `core/page.html` draws around the content."""

    organization_name: str
    subtitle: str
    navigation: list[dict[str, Any]]
    foot: list[dict[str, Any]]
    tabs: list[dict[str, Any]]
    active: str
    period: dict[str, Any]
    unread: int
    person: dict[str, str]
    on_behalf_of: str
    period_query: str
    home_url: str
    notifications_url: str
    account: list[dict[str, Any]]


def offered_periods(at: At) -> Iterator[Period]:
    """Months newest first, then the quarters and years they lie in."""
    newest = Period.of(Frequency.MONTH, at.today, at.period.calendar)
    months = [newest.shift(-step) for step in range(MONTHS_OFFERED)]
    yield from months
    for frequency in (Frequency.QUARTER, Frequency.YEAR):
        yield from dict.fromkeys(month.parent(frequency) for month in months)


@lru_cache(maxsize=256)
def _choices(at: At, asked: str, language: str | None) -> dict[str, Any]:
    """The periods to pick from, each with the address of the same page in it; `asked` is the query of the address."""
    rest = QueryDict(asked, mutable=True)
    choices = []
    for period in offered_periods(at):
        rest["p"] = period.key
        choices.append(
            {"key": period.key, "label": period.label, "url": f"?{rest.urlencode()}", "current": period == at.period}
        )
    return {"label": at.period.label, "key": at.period.key, "choices": choices}


def _item(entry: Entry, query: str) -> dict[str, Any]:
    return {"key": entry.key, "label": entry.label, "icon": entry.icon, "url": reverse(entry.view) + query}


def _build(request: HttpRequest) -> Shell | None:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    at: At = request.at  # type: ignore[attr-defined]
    query = period_query(at)
    groups = [
        {
            "label": group.label,
            "tooltip": group.tooltip,
            "items": [_item(e, query) for e in group.entries if e.is_for(actor)],
        }
        for group in GROUPS
    ]
    shown = {item["key"]: item for group in groups for item in group["items"]}
    named = organization()
    return Shell(
        organization_name=named.name if named else _("SMO portal"),
        subtitle=(named.subtitle if named else "") or _("Strategy office"),
        navigation=[group for group in groups if group["items"]],
        foot=[_item(entry, query) for entry in FOOT if entry.is_for(actor)],
        tabs=[shown[key] for key in TABS if key in shown],
        active=_active(request),
        period=_choices(At(at.period, None, at.today), request.GET.urlencode(), get_language()),
        unread=unread_count(actor),
        person=_person(actor),
        on_behalf_of=actor.on_behalf_of_label,
        period_query=query,
        home_url=reverse("portal:home") + query,
        notifications_url=reverse("notifications:notifications"),
        account=[_item(entry, "") for entry in ACCOUNT],
    )


def _active(request: HttpRequest) -> str:
    """Which link of the navigation the page belongs to."""
    match = request.resolver_match
    if match is None:
        return ""
    return next((key for start, key in ACTIVE.items() if match.view_name.startswith(start)), "")


def _person(actor: Actor) -> dict[str, str]:
    words = actor.label.split()
    initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"
    roles = [role.label for role in Role if actor.has(role)]
    return {
        "name": actor.label,
        "initials": initials,
        "role": ", ".join(roles),
        "tone": "gopk"[(actor.person_id or 0) % 4],
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; built only where a template draws the shell."""
    theme = request.COOKIES.get("theme", "light")
    return {
        "theme": theme if theme in {"light", "dark"} else "light",
        "shell": SimpleLazyObject(lambda: _build(request)),
        "actor": getattr(request, "actor", None),
        "at": getattr(request, "at", None),
    }
