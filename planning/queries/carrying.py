"""What an assumption could be said to carry: everything of the strategy that the viewer may see and that has no end yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When
from django.utils.functional import Promise

from core.access import Actor, scoped
from core.subjects import kinds
from organization.models import Subject
from planning.models import Assumption
from planning.queries.assumptions import KINDS, link_words
from strategy.models import ObjectiveLink
from strategy.models.structure import NodeState

OFFERED = 60
OBJECTIVES_FIRST = Case(When(kind="objective", then=0), default=1)
NOT_CARRIED = ("unit", "person", "action_item", "assumption", "measure_definition", "measure")
"""Kinds of subjects that do not rest on a belief."""


@dataclass(frozen=True)
class Offer:
    """One thing to choose: "subject-12" or "link-5", what it is called, and of which kind it is."""

    value: str
    label: str
    kind: str | Promise


@dataclass(frozen=True)
class Offers:
    """What fits the words looked for; `is_cut` where there is more."""

    rows: tuple[Offer, ...]
    is_cut: bool


def offers(viewer: Actor, assumption: Assumption, text: str) -> Offers:
    """Subjects and links whose name holds the text and that the assumption does not carry yet; two queries."""
    subjects = scoped(viewer, "view", Subject.objects.filter(kind__in=set(kinds()) - set(NOT_CARRIED)))
    subjects = subjects.exclude(carried_by__assumption=assumption).filter(label__icontains=text)
    links = scoped(viewer, "view", ObjectiveLink.objects.exclude(state=NodeState.RETIRED))
    named = Q()
    for end in ("source", "target"):
        for name in ("code", "name", "short_name"):
            named |= Q(**{f"{end}__{name}__icontains": text})
    links = links.exclude(carried_by__assumption=assumption).filter(named).select_related("source", "target")
    found = [
        Offer(f"subject-{one.pk}", one.label, KINDS.get(one.kind, ""))
        for one in subjects.defer("words", "trigrams").order_by(OBJECTIVES_FIRST, "kind", "label", "pk")[: OFFERED + 1]
    ]
    ends = ("source__code", "target__code", "pk")
    found += [Offer(f"link-{one.pk}", link_words(one), KINDS["link"]) for one in links.order_by(*ends)[: OFFERED + 1]]
    return Offers(tuple(found[:OFFERED]), len(found) > OFFERED)


def chosen(viewer: Actor, values: Sequence[str]) -> dict[str, Any]:
    """The rows behind what was chosen, as `carry` takes them; what the viewer may not see is not among them."""
    wanted: dict[str, list[int]] = {"subject": [], "link": []}
    for value in values:
        kind, _dash, key = value.partition("-")
        if kind in wanted and key.isdecimal():
            wanted[kind].append(int(key[:18]))
    return {
        "subjects": list(scoped(viewer, "view", Subject.objects.filter(pk__in=wanted["subject"])).order_by("pk")),
        "links": list(
            scoped(viewer, "view", ObjectiveLink.objects.filter(pk__in=wanted["link"]))
            .select_related("source", "target")
            .order_by("pk")
        ),
    }
