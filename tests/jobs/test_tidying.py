"""What is thrown away in time, and what is told to whoever looks after the portal."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from jobs.actions import keep_file
from jobs.actions.tidying import tidy
from jobs.models import Job, Outbox, ProducedFile
from jobs.queries import Delivery, delivery
from organization.actors import system_actor
from tests.factories.jobs import job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SMTP_URL = "smtp://mail.example.org"


def mail(**values) -> int:
    return Outbox.objects.create(kind="mail", payload={"to": ["a@x.org"], "message": ""}, **values).pk


def test_old_messages_go_and_what_is_young_or_waits_or_belongs_to_an_open_job_stays():
    now = timezone.now()
    old, young = now - timedelta(days=31), now - timedelta(days=29)
    ended, opened = job(system_actor()), job(system_actor())
    Job.objects.filter(pk=ended.pk).update(state="done")
    Outbox.objects.update(sent_at=old)
    mail(sent_at=old)
    mail(given_up_at=old)
    kept = {mail(sent_at=young), mail(given_up_at=young), mail(created_at=old), Outbox.objects.get(job=opened).pk}
    assert tidy(now) == {"messages": 3, "files": 0, "uploads": 0, "marks": 0}
    assert set(Outbox.objects.values_list("pk", flat=True)) == kept
    assert Job.objects.count() == 2


def test_files_without_a_row_go_after_a_day():
    kept = keep_file(job(system_actor()), b"x", name="a.pdf", media_type="application/pdf", as_of=timezone.now())
    folder = (Path(settings.MEDIA_ROOT) / kept.path).parent
    for name, age in (("old.pdf", 25), ("old.pdf.part", 25), ("young.pdf", 23)):
        (folder / name).write_text("x")
        os.utime(folder / name, (time.time() - age * 3600,) * 2)
    os.utime(Path(settings.MEDIA_ROOT) / kept.path, (0, 0))
    assert tidy(timezone.now()) == {"messages": 0, "files": 2, "uploads": 0, "marks": 0}
    assert sorted(path.name for path in folder.iterdir()) == sorted([Path(kept.path).name, "young.pdf"])
    assert ProducedFile.objects.count() == 1


def test_delivery_is_told_in_figures():
    now = timezone.now()
    assert delivery(now) == Delivery(0, 0, 0, 0, 0, writes_mail_to_folder=False)
    job(system_actor())
    Job.objects.update(created_at=now - timedelta(seconds=90))
    Outbox.objects.update(next_try_at=now - timedelta(seconds=80))
    mail(next_try_at=now + timedelta(seconds=10))
    mail(given_up_at=now)
    broken = job(system_actor())
    Job.objects.filter(pk=broken.pk).update(state="failed", is_accident=True)
    Outbox.objects.filter(job=broken).update(sent_at=now)
    assert delivery(now) == Delivery(80, 90, 1, 1, 1, writes_mail_to_folder=False)
