"""Foreign keys and link tables follow the ladder of imports: a lower app never names a higher one."""

from __future__ import annotations

from django.apps import apps

from tests.architecture.tree import APPS, rank

# Tables of others may be named by ours, and these of others name our person.
THIRD_PARTY = {"auth", "contenttypes", "sessions", "account"}


def test_keys_point_downwards():
    upward = []
    for model in apps.get_models(include_auto_created=True):
        app = model._meta.app_label
        if app not in APPS:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or not field.concrete or field.related_model is None:
                continue
            other = field.related_model._meta.app_label
            if other in APPS and rank(other) < rank(app):
                upward.append(f"{model._meta.label}.{field.name} → {other}")
            elif other not in APPS and other not in THIRD_PARTY:
                upward.append(f"{model._meta.label}.{field.name} → {other}, which no rung and no list names")
    assert upward == []


def test_history_is_never_swept_away_by_a_delete():
    """Keys to people, units and subjects protect them (DATAMODEL B14); only rows that are part of their owner go with it."""
    part_of_owner = {
        "organization.ChainRow.manager",
        "organization.ChainRow.person",
        "jobs.Outbox.job",
        "jobs.Slot.schedule",
        "scorecards.MeasureForecast.measure",
        "scorecards.Result.node",
    }
    loose = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.get_fields()
        if field.concrete and getattr(field, "remote_field", None) and getattr(field.remote_field, "on_delete", None)
        and field.remote_field.on_delete.__name__ != "PROTECT"
    }  # fmt: skip
    assert loose == part_of_owner
