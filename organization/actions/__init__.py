"""Verbs on units, people, roles and the organisation's own settings."""
