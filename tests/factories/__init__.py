"""Rows for tests, made as the portal makes them: inside an audit event, with their Subjects."""

from tests.factories.organization import administrator, member, person, position, unit
from tests.factories.strategy import approved, strategy, strategy_map

__all__ = ["administrator", "approved", "member", "person", "position", "strategy", "strategy_map", "unit"]
