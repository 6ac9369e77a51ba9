"""The low verbs that move scores: only planning (adopt, amend) and scorecards call them, and rescore in the same transaction.

Each takes many rows of one strategy and is all or nothing. New nodes are proposed until a version is adopted.
"""

from strategy.structure.adding import add_links, add_objectives, add_perspectives, add_themes
from strategy.structure.changing import (
    change_links,
    change_objectives,
    change_perspectives,
    change_themes,
    describe_whole,
    move_objectives,
)
from strategy.structure.retiring import retire_links, retire_objectives, retire_perspectives, retire_themes
from strategy.structure.rows import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow
from strategy.structure.versions import adopt_version

__all__ = [
    "Change",
    "LinkRow",
    "Move",
    "ObjectiveRow",
    "PerspectiveRow",
    "ThemeRow",
    "add_links",
    "add_objectives",
    "add_perspectives",
    "add_themes",
    "adopt_version",
    "change_links",
    "change_objectives",
    "change_perspectives",
    "change_themes",
    "describe_whole",
    "move_objectives",
    "retire_links",
    "retire_objectives",
    "retire_perspectives",
    "retire_themes",
]
