"""My jobs, a job while it runs and after, the download of what it made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.actions import keep_file
from jobs.models import Job, Outbox, ProducedFile
from jobs.queries import broken_jobs, own_jobs, progress_of
from jobs.rules.progress import pause_of_polling, seconds_left
from organization.actors import Actor, system_actor
from organization.models import Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def owner(unit) -> Actor:
    return factories.member(Role.EXECUTIVE, unit)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def kept(made: Job, **values) -> ProducedFile:
    return keep_file(made, b"%PDF-content", **{
        "name": "Scorecard Öl.pdf", "media_type": "application/pdf", "as_of": datetime(2026, 7, 9, tzinfo=UTC), **values,
    })  # fmt: skip


# ------------------------------------------------------------------------------------------------------- the list
def test_the_list_shows_my_jobs_of_thirty_days_newest_first(owner):
    titles = [job(owner, title=f"Job {number}").title for number in range(3)]
    job(system_actor(), title="Not mine")
    Job.objects.filter(title="Job 1").update(created_at=timezone.now() - timedelta(days=31))
    assert [row.title for row in own_jobs(owner, timezone.now())] == [titles[2], titles[0]]
    page = text(browser(owner).get(reverse("jobs:jobs")))
    assert page.index("Job 2") < page.index("Job 0")
    assert "Job 1" not in page and "Not mine" not in page


def test_the_list_asks_the_same_number_of_questions_for_one_job_and_for_twenty(owner, django_assert_num_queries):
    kept(job(owner))
    with django_assert_num_queries(2):
        list(own_jobs(owner, timezone.now()))
    for _number in range(20):
        kept(job(owner))
    with django_assert_num_queries(2):
        assert len(own_jobs(owner, timezone.now())) == 21


def test_an_empty_list_says_what_belongs_here(owner):
    assert "Nothing in the background yet" in text(browser(owner).get(reverse("jobs:jobs")))


def test_administrators_also_see_what_broke_and_mail_that_did_not_get_out(owner, unit):
    administrator = factories.administrator(unit)
    accident, refused, portals = (
        job(owner, title="Accident"),
        job(owner, title="Refused"),
        job(system_actor(), title="Sweeping"),
    )
    Job.objects.filter(pk=accident.pk).update(state="failed", is_accident=True, problem="Reference ab12.")
    Job.objects.filter(pk=refused.pk).update(state="failed", problem="Salary of Ann is secret.")
    Job.objects.filter(pk=portals.pk).update(state="failed", problem="Disk full.")
    mail = Outbox.objects.create(
        kind="mail", payload={"to": ["x@y.org"], "message": ""}, given_up_at=timezone.now(), problem="550 gone"
    )
    assert {row.title for row in broken_jobs(administrator, timezone.now())} == {"Accident", "Sweeping"}
    assert list(broken_jobs(owner, timezone.now())) == []
    page = text(browser(administrator).get(reverse("jobs:jobs")))
    assert "550 gone" in page and "x@y.org" in page and "Salary" not in page
    assert "550 gone" not in text(browser(owner).get(reverse("jobs:jobs")))
    assert browser(owner).post(reverse("jobs:resend", args=[mail.pk])).status_code == 404
    assert browser(administrator).post(reverse("jobs:resend", args=[mail.pk])).status_code == 302
    mail.refresh_from_db()
    assert (mail.given_up_at, mail.attempts, mail.problem) == (None, 0, "")


# -------------------------------------------------------------------------------------------------------- one job
def test_a_running_job_shows_steps_time_left_and_can_be_stopped(owner):
    made = job(owner, title="Scorecard")
    begun = timezone.now() - timedelta(seconds=20)
    Job.objects.update(
        state="running", started_at=begun, step="Drawing", trail=["Reading", "Drawing"], steps_done=2, steps_total=4
    )
    progress = progress_of(owner, made, timezone.now())
    assert progress.steps == [("Reading", "done"), ("Drawing", "now")]
    assert (progress.seconds_left, progress.may_cancel, progress.may_retry) == (20, True, False)
    page = text(browser(owner).get(reverse("jobs:job", args=[made.pk])))
    assert "about 20 s left" in page and 'value="50"' in page and "hx-trigger" in page
    assert f'action="{reverse("jobs:cancel", args=[made.pk])}"' in page
    assert "<noscript>" in page


def test_htmx_gets_the_middle_part_alone_and_nothing_while_nothing_changes(owner):
    made = job(owner)
    client, url = browser(owner), reverse("jobs:job", args=[made.pk])
    part = client.get(url, headers={"HX-Request": "true"})
    assert part.content.strip().startswith(b'<div id="job"') and b"<html" not in part.content
    mark = part["ETag"]
    assert f'"If-None-Match": "\\{mark[:-1]}\\""' in part.content.decode()
    unchanged = client.get(url, headers={"HX-Request": "true", "If-None-Match": mark})
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert client.get(url, headers={"If-None-Match": mark}).status_code == 304
    Job.objects.update(state="running", step="Reading")
    assert client.get(url, headers={"HX-Request": "true", "If-None-Match": mark}).status_code == 200


def test_asking_stops_when_the_job_has_ended_and_the_end_is_announced(owner):
    made = job(owner, title="Scorecard")
    file = kept(made)
    Job.objects.update(state="done", result={"file": file.pk}, started_at=timezone.now(), ended_at=timezone.now())
    part = text(browser(owner).get(reverse("jobs:job", args=[made.pk]), headers={"HX-Request": "true"}))
    assert "hx-trigger" not in part
    assert '<div id="announce" hx-swap-oob="innerHTML">Scorecard: Done</div>' in part
    assert reverse("jobs:file", args=[file.pk]) in part


def test_a_failed_job_says_why_and_offers_to_run_again(owner):
    made = job(owner)
    Job.objects.update(state="failed", problem="The period is closed. Choose another.")
    page = text(browser(owner).get(reverse("jobs:job", args=[made.pk])))
    assert "The period is closed. Choose another." in page and reverse("jobs:retry", args=[made.pk]) in page


def test_stopping_and_repeating_by_button(owner):
    made, client = job(owner), browser(owner)
    assert client.get(reverse("jobs:cancel", args=[made.pk])).status_code == 405
    client.post(reverse("jobs:cancel", args=[made.pk]))
    assert Job.objects.get().state == "cancelled"
    again = client.post(reverse("jobs:cancel", args=[made.pk]), follow=True)
    assert "has already ended, so there is nothing to stop" in text(again)
    client.post(reverse("jobs:retry", args=[made.pk]))
    assert Job.objects.get().state == "queued"


def test_a_job_of_someone_else_is_not_there(owner, unit):
    other, made = factories.member(Role.EXECUTIVE, unit), job(owner)
    for name in ("job", "cancel", "retry"):
        client = browser(other)
        url = reverse(f"jobs:{name}", args=[made.pk])
        assert (client.get(url) if name == "job" else client.post(url)).status_code == 404
    assert Job.objects.get().state == "queued"


def test_a_stranger_is_sent_to_the_sign_in(owner):
    assert Client().get(reverse("jobs:job", args=[job(owner).pk])).url.startswith("/sign-in/")


# ------------------------------------------------------------------------------------------------------ downloads
def test_a_file_is_downloaded_and_never_shown_or_kept_on_the_way(owner):
    file = kept(job(owner))
    response = browser(owner).get(reverse("jobs:file", args=[file.pk]))
    assert b"".join(response.streaming_content) == b"%PDF-content"
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Content-Security-Policy")} == {
        "Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store, private",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Scorecard%20%C3%96l.pdf"


def test_a_file_opens_for_readers_with_the_same_rights_on_the_same_public_subject_only(owner, unit):
    elsewhere = factories.unit()
    twin, stranger = factories.member(Role.EXECUTIVE, unit), factories.member(Role.EXECUTIVE, elsewhere)
    deputy_of_none = factories.member(Role.UNIT_HEAD, unit)
    rights = {"reader_key": owner.reader_key, "rights": owner.rights}
    shared = kept(job(owner), subject=unit.subject, **rights)
    own = kept(job(owner), subject=unit.subject)
    aimless = kept(job(owner), **rights)
    private = kept(job(owner), subject=elsewhere.subject, **rights)
    type(unit.subject).objects.filter(pk=elsewhere.subject_id).update(private=True)

    def opens(actor: Actor) -> list[int]:
        client = browser(actor)
        return [
            client.get(reverse("jobs:file", args=[file.pk])).status_code for file in (shared, own, aimless, private)
        ]

    assert opens(owner) == [200, 200, 200, 200]
    assert opens(twin) == [200, 404, 404, 404]
    assert opens(stranger) == opens(deputy_of_none) == [404, 404, 404, 404]


def test_a_file_that_is_gone_from_the_disk_is_said_to_be(owner):
    file = kept(job(owner))
    (Path(settings.MEDIA_ROOT) / file.path).unlink()
    response = browser(owner).get(reverse("jobs:file", args=[file.pk]))
    assert (response.status_code, "order it again to get a new one" in text(response)) == (410, True)


# ---------------------------------------------------------------------------------------------------------- rules
@pytest.mark.parametrize(("done", "total", "elapsed", "left"), [
    (0, 4, 60, None), (4, 4, 60, None), (1, 4, 4.9, None), (1, 4, 5, 15), (3, 4, 6, 5), (9, 14, 70, 40), (1, 10, 100, 900), (1, 0, 9, None),
])  # fmt: skip
def test_the_time_left_is_told_once_it_is_no_guess(done, total, elapsed, left):
    assert seconds_left(done, total, elapsed) == left


def test_looking_backs_off():
    assert [pause_of_polling(age) for age in (0, 29, 30, 119, 120, 9000)] == [2, 2, 5, 5, 10, 10]
