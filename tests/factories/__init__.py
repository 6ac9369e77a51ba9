"""Rows for tests, made as the portal makes them: inside an audit event, with their Subjects."""

from tests.factories.organization import administrator, member, person, position, unit

__all__ = ["administrator", "member", "person", "position", "unit"]
