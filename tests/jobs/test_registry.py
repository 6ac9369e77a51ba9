"""Every name that is ordered, scheduled or beaten is a task that a worker knows."""

from __future__ import annotations

import ast
from pathlib import Path

from django.conf import settings

from smo.celery import app

LEFT_OUT = {".venv", "var", "tests", "node_modules"}


def ordered_names() -> dict[str, str]:
    """Task name → file, for each `enqueue(actor, "name", …)` in the portal's own code. A name must be written out."""
    found = {}
    for path in Path(settings.BASE_DIR).rglob("*.py"):
        place = path.relative_to(settings.BASE_DIR)
        if LEFT_OUT & set(place.parts) or place.parts[:2] == ("jobs", "actions"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "enqueue":
                name = node.args[1]
                assert isinstance(name, ast.Constant), f"{place}:{node.lineno}: write the name of the task out"
                found[name.value] = f"{place}:{node.lineno}"
    return found


def test_every_ordered_and_every_beaten_name_is_a_registered_task():
    app.loader.import_default_modules()
    beaten = {entry["task"]: f"beat: {name}" for name, entry in app.conf.beat_schedule.items()}
    wanted = {**ordered_names(), **beaten}
    assert {name: place for name, place in wanted.items() if name not in app.tasks} == {}
    assert {"jobs.sweep", "jobs.open_slots"} <= set(wanted)


def test_a_task_may_not_outlast_the_time_after_which_redis_hands_it_out_again():
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
