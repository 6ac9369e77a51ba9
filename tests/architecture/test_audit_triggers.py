"""Every table of ours is recorded by the audit trigger, is append-only, or is named here with the reason; and is marked."""

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

UNMARKED = {
    "organization_apitoken": "no kept page shows tokens; written with every use",
    "organization_apitoken_units": "as its token",
    "organization_accesslink": "no kept page shows links",
    "jobs_": "no kept page shows jobs, files and imports; written every few seconds",
    "audit_": "what it tells of is marked itself",
    "notifications_digest": "no kept page shows mail",
    "scorecards_reminder": "no kept page shows mail",
}


def _tables() -> set[str]:
    return {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.app_label in APPS}


def _with_trigger(*names: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = ANY(%s)", [list(names)])
        return {table.strip('"') for (table,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_is_tracked_append_only_or_excused():
    assert _tables() - _with_trigger("audit_track", "audit_append_only") == set(WITHOUT)


@pytest.mark.django_db
def test_writing_to_any_table_leaves_a_mark_or_is_excused():
    unmarked = _tables() - _with_trigger("audit_mark")
    excused = {
        table
        for table in unmarked
        for start in UNMARKED
        if table == start or (table.startswith(start) and start.endswith("_"))
    }
    assert unmarked == excused
    assert all(any(table.startswith(start) for table in unmarked) for start in UNMARKED)
