"""Two versions of a strategy side by side: what was added, removed, reworded, moved, reweighted, retargeted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor, scoped
from core.formats import date_long
from scorecards.models import Measure, Scorecard
from scorecards.queries.targets import targets_on
from scorecards.queries.weights import scorecard_weights
from strategy.models import ObjectiveLink, Strategy, StrategyVersion
from strategy.queries.content import content_of, content_of_version
from strategy.rules.content import Difference, StrategyContent, compare

NOW = "now"
"""The key of what stands on the map today, adopted or not."""
KINDS: dict[str, str | Promise] = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "reworded": gettext_lazy("Reworded"),
    "moved": gettext_lazy("Moved"),
    "reweighted": gettext_lazy("Reweighted"),
    "retargeted": gettext_lazy("Retargeted"),
}
_KIND_OF = {"renamed": "reworded", "rewritten": "reworded"}
_FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "code": gettext_lazy("code"),
    "short_name": gettext_lazy("short name"),
    "mission": gettext_lazy("mission"),
    "vision": gettext_lazy("vision"),
    "vision_by": gettext_lazy("vision by"),
    "core_values": gettext_lazy("core values"),
    "question": gettext_lazy("question"),
    "description": gettext_lazy("description"),
    "starts_on": gettext_lazy("starts on"),
    "ends_on": gettext_lazy("ends on"),
    "perspective": gettext_lazy("perspective"),
    "themes": gettext_lazy("themes"),
    "order": gettext_lazy("place"),
    "source": gettext_lazy("from"),
    "target": gettext_lazy("to"),
    "sign": gettext_lazy("what it does"),
    "lag_min": gettext_lazy("shortest lag, months"),
    "lag_max": gettext_lazy("longest lag, months"),
    "rationale": gettext_lazy("because"),
    "is_necessary": gettext_lazy("necessary"),
}
_NOUNS: dict[str, str | Promise] = {
    "strategy": gettext_lazy("Strategy"),
    "perspective": gettext_lazy("Perspective"),
    "theme": gettext_lazy("Theme"),
    "objective": gettext_lazy("Objective"),
    "link": gettext_lazy("Link"),
    "weight": gettext_lazy("Weight"),
    "measure": gettext_lazy("Measure"),
}


@dataclass(frozen=True)
class Side:
    """One of the two: a version with its first day, or what stands on the map today."""

    key: str
    label: str
    day: date
    version: StrategyVersion | None = None


@dataclass(frozen=True)
class Compared:
    """One thing that differs, in words; without `field` it was added or removed whole."""

    noun: str
    label: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Group:
    """All of one kind."""

    kind: str
    title: str
    rows: tuple[Compared, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of one strategy and what differs, by kind; `groups` has every kind, empty ones too."""

    strategy: Strategy
    left: Side
    right: Side
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many things differ."""
        return sum(len(group.rows) for group in self.groups)


def sides(viewer: Actor, strategy: Strategy, today: date) -> list[Side]:
    """What can be compared, the newest first: the map as it is today, then every version."""
    kept = strategy.versions.exclude(state__in=[StrategyVersion.State.DISCARDED, StrategyVersion.State.DRAFT])
    rows = scoped(viewer, "view", kept).defer("content").order_by("-number")
    versions = [
        Side(
            str(row.number),
            _("Version %(number)d, from %(day)s") % {"number": row.number, "day": date_long(row.effective_from)},
            row.effective_from,
            row,
        )
        for row in rows
        if row.effective_from is not None
    ]
    return [Side(NOW, _("The map as it is today"), today), *versions]


def comparison(viewer: Actor, strategy: Strategy, left: Side, right: Side) -> Comparison:
    """What changed from the left to the right; the queries do not grow with the map.

    Weights and targets are no part of a version: they are those in force on the first day of each.
    """
    one, other = _content(strategy, left), _content(strategy, right)
    found: dict[str, list[Compared]] = {kind: [] for kind in KINDS}
    for difference in compare(one, other):
        found[_KIND_OF.get(difference.kind, difference.kind)].append(_compared(difference, one, other))
    card = scoped(viewer, "view", Scorecard.objects.filter(strategy=strategy)).first()
    if card is not None and left.day != right.day:
        found["reweighted"] += _reweighted(viewer, card, left.day, right.day)
        found["retargeted"] += _retargeted(viewer, card, left.day, right.day)
    groups = (Group(kind, str(title), tuple(found[kind])) for kind, title in KINDS.items())
    return Comparison(strategy, left, right, tuple(groups))


def _content(strategy: Strategy, side: Side) -> StrategyContent:
    if side.version is None:
        return content_of(strategy)
    return content_of_version(StrategyVersion.objects.get(pk=side.version.pk))


# --------------------------------------------------------------------------------------------------------- words
def _compared(one: Difference, before: StrategyContent, after: StrategyContent) -> Compared:
    noun = str(_NOUNS[one.noun])
    if not one.field:
        return Compared(noun, one.label)
    words = _words(one.field, one.before, before), _words(one.field, one.after, after)
    return Compared(noun, one.label, str(_FIELDS.get(one.field, one.field)), *words)


def _words(field: str, value: Any, content: StrategyContent) -> str:
    """A value as people read it; keys of other nodes by their names."""
    if field in ("perspective", "themes", "source", "target"):
        keys = value if isinstance(value, tuple | list) else [value]
        names = _names(field, content)
        return ", ".join(names.get(str(key), str(key)) for key in keys) or _("none")
    if field == "sign":
        return str(ObjectiveLink.Sign(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_long(value)
    if isinstance(value, tuple | list):
        return "; ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _names(field: str, content: StrategyContent) -> dict[str, str]:
    """Key → name of the nodes that the field names."""
    nodes: dict[str, Sequence[Any]] = {"perspective": content.perspectives, "themes": content.themes}
    return {node.key: node.name for node in nodes.get(field, content.objectives)}


# ------------------------------------------------------------------------------------------------------- figures
def _reweighted(viewer: Actor, card: Scorecard, before: date, after: date) -> Iterator[Compared]:
    """Weights that were set anew; what came or went is told by the map itself."""
    was, now = (_weights(viewer, card, day) for day in (before, after))
    for key in now:
        if key in was and was[key][1] != now[key][1]:
            yield Compared(str(_NOUNS["weight"]), now[key][0], _("weight"), was[key][1], now[key][1])


def _weights(viewer: Actor, card: Scorecard, day: date) -> dict[tuple[int, int], tuple[str, str]]:
    """(parent, child) → name and weight with its share."""
    groups = scorecard_weights(viewer, card, day).groups
    return {
        (group.node.pk, line.node): (
            _("%(name)s in %(parent)s") % {"name": f"{line.code} {line.name}".strip(), "parent": group.name},
            line.weight_text,
        )
        for group in groups
        for line in group.lines
    }


def _retargeted(viewer: Actor, card: Scorecard, before: date, after: date) -> Iterator[Compared]:
    """Measures whose target in force differs between the two days."""
    rows = Measure.objects.filter(node__scorecard=card, retired_at=None).order_by("code")
    measures: Sequence[Measure] = list(scoped(viewer, "view", rows).select_related("definition"))
    was, now = targets_on(measures, before), targets_on(measures, after)
    for measure in measures:
        pair = was.get(measure.pk, ""), now.get(measure.pk, "")
        if pair[0] != pair[1]:
            none = _("none")
            yield Compared(
                str(_NOUNS["measure"]), f"{measure.code} {measure.name}", _("target"), pair[0] or none, pair[1] or none
            )
