"""Imports by the clock: the newest new file, in its owner's name, once, all or nothing, never from outside the folder."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.actions import recording
from core.access import Forbidden, NotVisible
from core.actions import Refusal
from jobs.actions.feeds import Plan, add_feed, newest_file, pause_feed, remove_feed, resume_feed, run_feed_now
from jobs.actions.schedules import open_slots
from jobs.models import ImportFeed, ImportMapping, ImportRun, Job, Schedule
from notifications.models import Notification
from organization.actors import Actor, system_actor
from organization.models import Membership, Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import worked
from tests.jobs import things as kinds

pytestmark = pytest.mark.django_db
things = kinds.things
DOCUMENT = {"kind": "things", "fields": {"code": "Code", "name": "Label"}}
DAILY = Plan(name="Things of the store", pattern="store/things-*.csv", every="day", at_hour=2)


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.IMPORT_DIR = tmp_path / "in"
    (settings.IMPORT_DIR / "store").mkdir(parents=True)
    return settings.IMPORT_DIR


@pytest.fixture
def unit():
    return factories.unit("Root")


@pytest.fixture
def office(unit) -> Actor:
    return factories.member(Role.SMO_OFFICER, unit)


@pytest.fixture
def mapping(folder) -> ImportMapping:
    with recording(system_actor(), "keep_mapping"):
        return ImportMapping.objects.create(kind="things", source="The store", document=DOCUMENT)


@pytest.fixture
def feed(office, mapping) -> ImportFeed:
    return add_feed(office, mapping=mapping, plan=DAILY)


def put(folder: Path, name: str, content: str = "Code,Label\nA,North\n", age: int = 0) -> Path:
    path = folder / "store" / name
    path.write_text(content)
    os.utime(path, (timezone.now().timestamp() - age,) * 2)
    return path


def ran(actor: Actor, feed: ImportFeed) -> Job:
    job = worked(run_feed_now(actor, feed))
    feed.refresh_from_db()
    return job


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


# ------------------------------------------------------------------------------------------------------------ a run
def test_the_newest_file_is_taken_once_and_then_there_is_nothing_new(office, feed, folder, things):
    put(folder, "things-1.csv", "Code,Label\nOLD,x\n", age=60)
    put(folder, "things-2.csv")
    put(folder, "other.csv", "Code,Label\nZ,x\n")
    assert ran(office, feed).state == "done"
    run = ImportRun.objects.get()
    assert (things, feed.run, run.file_name, run.mapping, run.person_id) == (
        ["A"],
        run,
        "things-2.csv",
        feed.mapping,
        office.person_id,
    )
    assert feed.said == "Imported things-2.csv: 1 rows new or changed."
    put(folder, "things-3.csv")  # the same content under another name
    again = ran(office, feed)
    assert (again.state, again.result["said"]) == ("done", feed.said)
    assert feed.said == "Nothing new: the newest file, things-3.csv, was imported before."
    assert (things, ImportRun.objects.count(), ImportMapping.objects.count()) == (["A"], 1, 1)


def test_without_a_file_it_says_so(office, feed):
    assert ran(office, feed).state == "done" and feed.said.startswith("No file fits store/things-*.csv.")


def test_two_clocks_start_one_run_as_the_owner(office, feed, folder, things):
    put(folder, "things-1.csv")
    later = timezone.now() + timedelta(days=2)
    (job,) = open_slots(later)
    assert open_slots(later) == []
    worked(job)
    assert (job.person_id, job.state, things, ImportRun.objects.count()) == (office.person_id, "done", ["A"], 1)
    worked(job)
    assert things == ["A"] and ImportRun.objects.count() == 1


def test_a_wrong_file_fails_with_its_sentences_and_the_owner_is_told(office, feed, folder, things):
    put(folder, "things-1.csv", "Code,Label\nA,fine\nB,bad\n")
    (job,) = open_slots(timezone.now() + timedelta(days=2))
    worked(job)
    assert job.state == "failed" and "Nothing was written of things-1.csv:" in job.problem
    assert "things-1.csv, row 3, column 'Label': nobody takes this." in job.problem
    assert not ImportRun.objects.exists() and ImportFeed.objects.get().said == ""
    assert Notification.objects.filter(person=office.person_id, text__contains="nobody takes this").exists()
    assert "nobody takes this" in browser(office).get(reverse("jobs:imports")).content.decode()


def test_it_acts_with_the_rights_of_the_moment(office, feed, folder, things):
    put(folder, "things-1.csv")
    with recording(system_actor(), "end_memberships"):
        Membership.objects.filter(person=office.person_id).delete()
    job = worked(run_feed_now(office, feed))
    assert (job.state, things, ImportRun.objects.exists()) == ("failed", [], False)


def test_a_removed_feed_loads_nothing_any_more(office, feed, folder, things):
    put(folder, "things-1.csv")
    job = run_feed_now(office, feed)
    remove_feed(office, feed)
    worked(job)
    assert (job.state, things) == ("failed", []) and "was removed" in job.problem
    assert not ImportFeed.objects.exists() and not Schedule.objects.exists()


# --------------------------------------------------------------------------------------------------------- the folder
def test_no_link_leads_out_of_the_folder(folder, tmp_path):
    secret = tmp_path / "things-secret.csv"
    secret.write_text("Code,Label\nS,secret\n")
    (folder / "store" / "things-link.csv").symlink_to(secret)
    (folder / "outside").symlink_to(tmp_path, target_is_directory=True)
    (folder / "store" / "things-gone.csv").symlink_to(tmp_path / "nowhere")
    assert newest_file("store/things-*.csv") is None and newest_file("outside/*.csv") is None
    inside = put(folder, "things-1.csv")
    (folder / "store" / "things-z.csv").symlink_to(inside)
    assert newest_file("store/things-*.csv") == inside.resolve()


@pytest.mark.parametrize("pattern", ["../x.csv", "a/../../x.csv", "/etc/passwd", "..", "a\\b", "**/x.csv", "a\0b"])
def test_a_pattern_that_leaves_the_folder_is_refused(office, mapping, pattern):
    with pytest.raises(Refusal, match="below the import folder"):
        add_feed(office, mapping=mapping, plan=Plan("x", pattern, "day"))
    assert not ImportFeed.objects.exists() and not Schedule.objects.exists()


@pytest.mark.parametrize("every", ["quarter", "minute"])
def test_a_rhythm_that_is_not_offered_is_refused(office, mapping, every):
    with pytest.raises(Refusal, match="how often"):
        add_feed(office, mapping=mapping, plan=Plan("x", "x.csv", every))
    assert not Schedule.objects.exists()


def test_without_a_folder_it_says_who_sets_it(office, feed, settings, things):
    settings.IMPORT_DIR = None
    assert "SMO_IMPORT_DIR" in ran(office, feed).problem
    settings.IMPORT_DIR = Path("/nowhere")
    assert "is not there" in ran(office, feed).problem and things == []


# ----------------------------------------------------------------------------------------------------------- the pages
def test_it_is_added_paused_taken_up_run_and_removed_on_its_page(office, mapping, folder, things):
    client = browser(office)
    data = {"name": "Store", "mapping": mapping.pk, "pattern": "../x", "every": "week", "on_day": 1}
    data |= {"at_hour": 5, "at_minute": 0}
    answer = client.post(reverse("jobs:feed_new"), data)
    assert answer.status_code == 422 and "below the import folder" in answer.content.decode()
    client.post(reverse("jobs:feed_new"), {**data, "pattern": "store/*.csv"})
    feed = ImportFeed.objects.get()
    assert (feed.schedule.every, feed.schedule.owner_id) == ("week", office.person_id)
    for name, active in (("feed_pause", False), ("feed_resume", True)):
        client.post(reverse(f"jobs:{name}", args=[feed.pk]))
        assert Schedule.objects.get().is_active is active
    put(folder, "a.csv")
    client.post(reverse("jobs:feed_run", args=[feed.pk]))
    worked(Job.objects.get())
    assert things == ["A"] and "Imported a.csv" in client.get(reverse("jobs:imports")).content.decode()
    client.post(reverse("jobs:feed_remove", args=[feed.pk]))
    assert not ImportFeed.objects.exists() and ImportRun.objects.exists()


def test_who_may_what(office, unit, feed):
    employee, colleague = factories.member(Role.EMPLOYEE, unit), factories.member(Role.SMO_OFFICER, unit)
    administrator = factories.administrator(unit)
    for act in (pause_feed, resume_feed, remove_feed, run_feed_now):
        with pytest.raises(NotVisible):
            act(employee, feed)
        with pytest.raises(Forbidden):
            act(colleague, feed)
    with pytest.raises(Forbidden):
        run_feed_now(administrator, feed)
    assert Schedule.objects.get().is_active and not Job.objects.exists()
    for name in ("feed_pause", "feed_run", "feed_remove"):
        assert browser(employee).post(reverse(f"jobs:{name}", args=[feed.pk])).status_code == 404
        assert browser(colleague).post(reverse(f"jobs:{name}", args=[feed.pk])).status_code == 403
    assert browser(employee).get(reverse("jobs:feed_new")).status_code == 403
    pause_feed(administrator, feed)
    assert not Schedule.objects.get().is_active
    with pytest.raises(NotVisible):
        add_feed(employee, mapping=feed.mapping, plan=DAILY)


def test_the_list_asks_the_same_number_of_questions_for_two_feeds_and_for_twelve(office, mapping):
    client = browser(office)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("jobs:imports")).status_code == 200
        return len(queries)

    for number in range(12):
        worked(run_feed_now(office, add_feed(office, mapping=mapping, plan=DAILY)))
        if number == 1:
            asked()
            few = asked()
    assert asked() == few
