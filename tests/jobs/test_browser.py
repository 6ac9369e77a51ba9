"""A job's page follows the job by itself, says when it has ended, and then asks no more."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from organization.models import Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_follows_its_job_until_it_has_ended(page, live_server):
    owner = factories.member(Role.EXECUTIVE, factories.unit())
    made = job(owner, title="Scorecard, June")
    client = Client()
    client.force_login(Person.objects.get(pk=owner.person_id))
    cookies = [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in client.cookies.items()]
    page.context.add_cookies(cookies)
    answers: list[int] = []
    path = reverse("jobs:job", args=[made.pk])
    page.on("response", lambda answer: answers.append(answer.status) if answer.url.endswith(path) else None)
    page.goto(live_server.url + path)
    page.get_by_text("Waiting for its turn").wait_for()
    with page.expect_response(lambda answer: answer.status == 204):
        pass
    Job.objects.update(
        state="running", step="Drawing the pages", trail=["Drawing the pages"], steps_done=1, steps_total=2
    )
    page.get_by_role("listitem").filter(has_text="Drawing the pages").wait_for()
    Job.objects.update(state="done", ended_at=timezone.now())
    page.get_by_text("How it ended").wait_for()
    assert page.locator("#announce").inner_text() == "Scorecard, June: Done"
    assert answers == [200, *[204] * answers.count(204), 200, 200]
    before = len(answers)
    page.wait_for_timeout(2500)
    assert len(answers) == before
