"""The shared model, one module per group of nouns: structure, and what attaches to any Subject."""

from strategy.models.attached import ActionItem, Attachment, Comment, Update
from strategy.models.structure import Objective, ObjectiveLink, Perspective, Strategy, StrategyVersion, Theme

__all__ = [
    "ActionItem",
    "Attachment",
    "Comment",
    "Objective",
    "ObjectiveLink",
    "Perspective",
    "Strategy",
    "StrategyVersion",
    "Theme",
    "Update",
]
