"""The Celery app and the beat table.

Beat only says "look": what is due stands in PostgreSQL (jobs.Outbox, jobs.Schedule), so a second beat does no harm
and a dead one loses nothing.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smo.settings")

app = Celery("smo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-outbox": {"task": "jobs.sweep", "schedule": 2.0, "options": {"expires": 10, "queue": "fast"}},
    "open-slots": {"task": "jobs.open_slots", "schedule": 30.0, "options": {"expires": 60, "queue": "fast"}},
    # every quarter of an hour, because midnight comes at another hour in the organisation's time zone
    "results-by-the-clock": {
        "task": "scorecards.tick",
        "schedule": 900.0,
        "options": {"expires": 600, "queue": "heavy"},
    },
    "reds-without-an-answer": {
        "task": "scorecards.alert_reds",
        "schedule": 900.0,
        "options": {"expires": 600, "queue": "heavy"},
    },
    # after midnight in every part of the organisation; until then a page computes what it finds outdated
    "forecasts": {
        "task": "scorecards.refresh_forecasts",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 3600, "queue": "heavy"},
    },
    "strategies-on-trial": {
        "task": "planning.try_strategies",
        "schedule": crontab(hour="4", minute="10"),
        "options": {"expires": 3600, "queue": "heavy"},
    },
    "scenarios": {
        "task": "planning.watch_scenarios",
        "schedule": crontab(hour="4", minute="40"),
        "options": {"expires": 3600, "queue": "heavy"},
    },
    "daily-mail": {
        "task": "notifications.send_digests",
        "schedule": 900.0,
        "options": {"expires": 600, "queue": "heavy"},
    },
    "tidy": {"task": "jobs.tidy", "schedule": 3600.0, "options": {"expires": 1800, "queue": "heavy"}},
}
