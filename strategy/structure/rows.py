"""Typed rows of the low verbs, how nodes are named in them, and how words and numbers are checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor, require
from core.actions import Refusal
from organization.actions.batches import locked
from organization.actions.texts import clean_code, clean_line
from organization.models import Person
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState

M = TypeVar("M", bound=Model)
LONGEST_LAG = 120
"""Months; a belief whose effect comes after ten years cannot be tested."""


@dataclass(frozen=True)
class PerspectiveRow:
    """A layer to add, below those that stand."""

    name: str
    question: str = ""


@dataclass(frozen=True)
class ThemeRow:
    """A theme to add, right of those that stand."""

    name: str
    description: str = ""
    owner: Person | None = None


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective to add. `perspective` and `themes` are rows of this strategy or their names."""

    code: str
    name: str
    perspective: Perspective | str
    themes: tuple[Theme | str, ...] = ()
    owner: Person | None = None
    short_name: str = ""
    description: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LinkRow:
    """A belief to add. `source` and `target` are objectives of this strategy or their codes; lags in months."""

    source: Objective | str
    target: Objective | str
    sign: int = 1
    lag_min: int = 0
    lag_max: int = 6
    rationale: str = ""
    is_necessary: bool = False


@dataclass(frozen=True)
class Change:
    """New values of some fields of a node; `expected` is the version that was read, None asks nothing."""

    row: Perspective | Theme | Objective | ObjectiveLink
    values: Mapping[str, Any]
    expected: int | None = None


@dataclass(frozen=True)
class Move:
    """Another place for an objective: perspective, themes, or its place in the perspective. None leaves as it is."""

    objective: Objective
    perspective: Perspective | str | None = None
    themes: tuple[Theme | str, ...] | None = None
    order: int | None = None
    expected: int | None = None


def hold(actor: Actor, strategy: Strategy, verb: str = "change_structure") -> Strategy:
    """The strategy as it is now, held until the transaction ends: one writer at a time. Closed ones are refused."""
    require(actor, verb, strategy)
    row = locked(Strategy, strategy.pk)
    if row.state == Strategy.State.CLOSED:
        raise Refusal(
            _("%(strategy)s is closed. Its map stays as it was; start a new strategy instead.") % {"strategy": row},
            code="closed",
        )
    return row


class Nodes:
    """The nodes of one strategy that are not retired, by id and by what people call them."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self._perspectives = _standing(Perspective, strategy)
        self._themes = _standing(Theme, strategy)
        self._objectives = _standing(Objective, strategy)

    def perspective(self, named: Perspective | str) -> Perspective:
        """The perspective of this strategy by row or name."""
        return _find(self._perspectives, named, "name", _("no perspective"), "perspective")

    def themes(self, named: Iterable[Theme | str]) -> list[Theme]:
        """The themes of this strategy by row or name, each once."""
        found = [_find(self._themes, one, "name", _("no theme"), "themes") for one in named]
        return list(dict.fromkeys(found))

    def objective(self, named: Objective | str, name: str) -> Objective:
        """The objective of this strategy by row or code; `name` is the field that names it."""
        return _find(self._objectives, named, "code", _("no objective"), name)


def _standing(model: type[M], strategy: Strategy) -> list[M]:
    return list(model._default_manager.filter(strategy=strategy).exclude(state=NodeState.RETIRED))


def _find(rows: list[M], named: M | str, name: str, missing: str, field: str) -> M:
    if isinstance(named, str):
        found = next((row for row in rows if getattr(row, name) == named), None)
    else:
        found = next((row for row in rows if row.pk == named.pk), None)
    if found is None:
        raise Refusal(
            _("This strategy has %(missing)s called “%(named)s”.") % {"missing": missing, "named": named}, field=field
        )
    return found


def clean_text(text: str, *, label: str | Promise, most: int, field: str = "", needed: bool = False) -> str:
    """Text of several lines: composed (NFC), trimmed, one kind of line end, no other control characters."""
    kept = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in kept):
        raise Refusal(
            _("%(label)s holds a character that cannot be shown. Type it again.") % {"label": label}, field=field
        )
    if needed and not kept:
        raise Refusal(_("%(label)s is empty. Write something there.") % {"label": label}, field=field)
    if len(kept) > most:
        words = {"label": label, "count": len(kept), "most": most}
        raise Refusal(_("%(label)s has %(count)d characters; at most %(most)d fit.") % words, field=field)
    return kept


def _clean_lag(value: Any, *, field: str) -> int:
    if not isinstance(value, int) or not 0 <= value <= LONGEST_LAG:
        raise Refusal(_("A lag is a whole number of months from 0 to %(most)d.") % {"most": LONGEST_LAG}, field=field)
    return value


def _clean_day(value: Any, *, field: str) -> date | None:
    if value is not None and not isinstance(value, date):
        raise Refusal(_("“%(value)s” is not a day.") % {"value": value}, field=field)
    return value


def _clean_sign(value: Any, *, field: str) -> int:
    if value not in ObjectiveLink.Sign.values:
        raise Refusal(_("A link raises (1) or lowers (-1) its target."), field=field)
    return int(value)


def _line(label: str | Promise, most: int, *, needed: bool) -> Any:
    return lambda value, *, field: clean_line(value, label=label, most=most, field=field, needed=needed)


def _text(label: str | Promise, most: int) -> Any:
    return lambda value, *, field: clean_text(value, label=label, most=most, field=field)


def _code(value: Any, *, field: str) -> str:
    return clean_code(value, label=_("The code"), field=field, most=20)


def _flag(value: Any, *, field: str) -> bool:
    return bool(value)


CLEANERS: dict[type[Model], dict[str, Any]] = {
    Perspective: {
        "name": _line(gettext_lazy("The name"), 120, needed=True),
        "question": _line(gettext_lazy("The question"), 200, needed=False),
        "order": _clean_lag,
    },
    Theme: {
        "name": _line(gettext_lazy("The name"), 200, needed=True),
        "description": _line(gettext_lazy("The description"), 200, needed=False),
        "order": _clean_lag,
    },
    Objective: {
        "code": _code,
        "name": _line(gettext_lazy("The name"), 300, needed=True),
        "short_name": _line(gettext_lazy("The short name"), 40, needed=False),
        "description": _text(gettext_lazy("The description"), 5000),
        "starts_on": _clean_day,
        "ends_on": _clean_day,
    },
    ObjectiveLink: {
        "sign": _clean_sign,
        "lag_min": _clean_lag,
        "lag_max": _clean_lag,
        "rationale": _text(gettext_lazy("The rationale"), 2000),
        "is_necessary": _flag,
    },
}
"""Fields of each noun that may be written, and how their values are checked."""


def clean_values(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. A Refusal names the first field that is unknown or wrong."""
    cleaners = CLEANERS[model]
    unknown = sorted(set(values) - set(cleaners))
    if unknown:
        raise Refusal(_("“%(field)s” cannot be changed here.") % {"field": unknown[0]}, field=unknown[0])
    return {name: cleaners[name](value, field=name) for name, value in values.items()}


def check_days(starts_on: date | None, ends_on: date | None) -> None:
    """Refuse days in the wrong order."""
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refusal(_("It ends before it starts. Swap the days or correct one."), field="ends_on")


def check_lags(lag_min: int, lag_max: int) -> None:
    """Refuse lags in the wrong order."""
    if lag_max < lag_min:
        raise Refusal(_("The longest lag is shorter than the shortest. Swap them or correct one."), field="lag_max")
