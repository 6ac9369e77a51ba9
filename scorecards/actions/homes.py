"""Homes of imported measures: the unit, the strategy, the theme and the objective a row names, made where missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.periods import Frequency, Period
from organization.actions.units import UnitRow, add_units
from organization.actors import Actor, refreshed
from organization.models import OrgUnit
from organization.queries import calendars
from scorecards.actions.trees import open_scorecard, regrow
from strategy.actions import create_strategy
from strategy.models import Objective, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure import (
    ObjectiveRow,
    PerspectiveRow,
    ThemeRow,
    add_objectives,
    add_perspectives,
    add_themes,
    adopt_version,
)

LONGEST_CODE = 40


class Goal(NamedTuple):
    """What a row calls its objective, and the group it stands under."""

    group: str
    name: str


class Homes:
    """Finds or makes homes for all rows at once; statements grow with the units, not with the rows."""

    def __init__(
        self, actor: Actor, parent: OrgUnit, strategy: str, perspective: str, first: date, today: date
    ) -> None:
        self._actor = actor
        self._parent = parent
        self._strategy_name = strategy or _("Imported measures")
        self._perspective_name = perspective or _("Services")
        self.since = first
        self._today = today
        self._units: dict[str, OrgUnit] = {}
        self._objectives: dict[tuple[int, Goal], Objective] = {}
        self.totals = {"units": 0, "new units": 0, "new objectives": 0}

    def of(self, unit: str, unit_code: str, group: str, objective: str) -> tuple[OrgUnit, Objective | None]:
        """The unit and the objective of a row; no objective where the row names none."""
        home = self._units[_key(unit, unit_code)]
        return home, self._objectives.get((home.pk, Goal(group, objective)))

    def build(self, wanted: Iterable[tuple[str, str, str, str]]) -> None:
        """Make what is missing of (unit, unit code, group, objective)."""
        goals: dict[str, dict[Goal, None]] = {}
        names: dict[str, tuple[str, str]] = {}
        for unit, code, group, objective in wanted:
            key = _key(unit, code)
            names.setdefault(key, (unit, code))
            goals.setdefault(key, {})
            if objective:
                goals[key].setdefault(Goal(group, objective))
        self._build_units(names)
        self._actor = refreshed(self._actor, self._today)
        for key, named in goals.items():
            if named:
                self._build_objectives(self._units[key], list(named))

    def _build_units(self, names: dict[str, tuple[str, str]]) -> None:
        codes = {key: _unit_code(unit, code) for key, (unit, code) in names.items()}
        standing = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=codes.values())}
        by_name = {
            unit.name: unit for unit in OrgUnit.objects.filter(name__in=[unit for unit, _code in names.values()])
        }
        missing = []
        for key, (unit, code) in names.items():
            found = standing.get(codes[key]) or (None if code else by_name.get(unit))
            if not unit and not code:
                found = self._parent
            if found is not None:
                self._units[key] = found
            else:
                missing.append((key, UnitRow(unit or code, codes[key], self._parent.code, opened_on=self._opening())))
        made = add_units(self._actor, rows=[row for _key, row in missing], today=self._today) if missing else []
        self._units |= {key: unit for (key, _row), unit in zip(missing, made, strict=True)}
        self.totals["units"], self.totals["new units"] = len(names), len(made)

    def _opening(self) -> date:
        return max(self._parent.opened_on, min(self.since, self._today))

    def _build_objectives(self, unit: OrgUnit, goals: list[Goal]) -> None:
        strategy = self._strategy(unit)
        standing = self._standing(strategy)
        missing = [goal for goal in goals if goal not in standing]
        if missing:
            self._grow(strategy, missing)
            standing = self._standing(strategy)
            self.totals["new objectives"] += len(missing)
        self._objectives |= {(unit.pk, goal): standing[goal] for goal in goals}

    def _strategy(self, unit: OrgUnit) -> Strategy:
        found = Strategy.objects.filter(unit=unit, state=Strategy.State.ACTIVE).first()
        if found is not None:
            return found
        last = Period.of(Frequency.YEAR, self._today, calendars()).end
        return create_strategy(self._actor, unit=unit, name=self._strategy_name, starts_on=self.since, ends_on=last)

    def _standing(self, strategy: Strategy) -> dict[Goal, Objective]:
        found: dict[Goal, Objective] = {}
        for objective in strategy.objectives.exclude(state=NodeState.RETIRED).prefetch_related("themes"):
            for group in [theme.name for theme in objective.themes.all()] or [""]:
                found.setdefault(Goal(group, objective.name), objective)
        return found

    def _grow(self, strategy: Strategy, goals: list[Goal]) -> None:
        """Add themes and objectives, and put them in force."""
        perspective = self._perspective(strategy)
        known = {
            theme.name: theme for theme in Theme.objects.filter(strategy=strategy).exclude(state=NodeState.RETIRED)
        }
        new = [name for name in dict.fromkeys(goal.group for goal in goals) if name and name not in known]
        made = add_themes(self._actor, strategy=strategy, rows=[ThemeRow(name) for name in new]) if new else []
        known |= {theme.name: theme for theme in made}
        first = strategy.objectives.count() + 1
        rows = [
            ObjectiveRow(f"O{first + place}", goal.name, perspective, (known[goal.group],) if goal.group else ())
            for place, goal in enumerate(goals)
        ]
        add_objectives(self._actor, strategy=strategy, rows=rows)
        since = max(strategy.starts_on, min(self.since, self._today))
        adopted = strategy.versions.filter(state="adopted").first()
        day = self._today if adopted else since
        adopt_version(self._actor, strategy=strategy, effective_from=day, today=self._today, reason=_("Import"))
        strategy.refresh_from_db()
        open_scorecard(self._actor, strategy=strategy, today=self._today)
        if adopted:
            regrow(self._actor, strategy, since, self._today)

    def _perspective(self, strategy: Strategy) -> Perspective:
        found = strategy.perspectives.filter(name=self._perspective_name).exclude(state=NodeState.RETIRED).first()
        if found is not None:
            return found
        (made,) = add_perspectives(self._actor, strategy=strategy, rows=[PerspectiveRow(self._perspective_name)])
        return made


def _key(unit: str, code: str) -> str:
    return code or unit


def _unit_code(unit: str, code: str) -> str:
    """The code of the file, else one made of the name."""
    return (code or slugify(unit).upper())[:LONGEST_CODE] or "UNIT"
