"""Verbs of the shared model: strategies, and what people attach to any record."""

from strategy.actions.discussion import acknowledge_update, comment, post_update, reply
from strategy.actions.files import attach_file, purge_trash, remove, restore
from strategy.actions.items import (
    add_action_item,
    complete_action_item,
    reassign_action_item,
    reopen_action_item,
)
from strategy.actions.states import approve_strategy, return_strategy, submit_strategy
from strategy.actions.strategies import (
    close_strategy,
    create_strategy,
    describe_objective,
    describe_strategy,
    reassign,
)

__all__ = [
    "acknowledge_update",
    "add_action_item",
    "approve_strategy",
    "attach_file",
    "close_strategy",
    "comment",
    "complete_action_item",
    "create_strategy",
    "describe_objective",
    "describe_strategy",
    "post_update",
    "purge_trash",
    "reassign",
    "reassign_action_item",
    "remove",
    "reopen_action_item",
    "reply",
    "restore",
    "return_strategy",
    "submit_strategy",
]
