"""Verbs of the shared model: strategies, and what people attach to any record."""

from strategy.actions.strategies import (
    close_strategy,
    create_strategy,
    describe_objective,
    describe_strategy,
    reassign,
)

__all__ = [
    "close_strategy",
    "create_strategy",
    "describe_objective",
    "describe_strategy",
    "reassign",
]
