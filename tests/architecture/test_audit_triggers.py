"""Every table of ours is recorded by the audit trigger, is append-only, or is named here with the reason."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from tests.architecture.tree import APPS

WITHOUT = {
    "organization_subject": "derived from its record, rebuilt by sync",
    "organization_chainrow": "derived from reporting lines",
    "scorecards_measureforecast": "derived from values, rebuilt at will",
    "scorecards_result": "derived from facts and weights, rebuilt at will",
    "jobs_job": "its own history: state, progress, result",
    "jobs_outbox": "a queue",
    "jobs_slot": "written once by beat",
    "jobs_producedfile": "written once by its job",
    "notifications_notification": "a line in one person's list",
    "notifications_digest": "written once a day",
}


@pytest.mark.django_db
def test_every_table_is_tracked_append_only_or_excused():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'audit%'")
        watched = {table.strip('"') for table, _name in cursor.fetchall()}
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.app_label in APPS}
    assert tables - watched == set(WITHOUT)
