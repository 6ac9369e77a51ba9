"""Imports in the browser: a file is kept, checked without writing, mended by its mapping, imported or removed."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.actions import recording
from audit.models import Event
from core.access import Forbidden, NotVisible
from core.actions import Refusal
from jobs.actions.tidying import tidy
from jobs.actions.uploads import check_again, order_import, remove_upload, take_upload
from jobs.models import ImportMapping, ImportRun, Job, Upload
from organization.actors import Actor, system_actor
from organization.models import Membership, OrgUnit, Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import worked
from tests.jobs import things as kinds
from tests.jobs.things import MAPPING

pytestmark = pytest.mark.django_db
things = kinds.things
GOOD = b"Code,Label\nA,North\nB,South\n"


@pytest.fixture
def unit() -> OrgUnit:
    return factories.unit("Root")


@pytest.fixture
def office(unit) -> Actor:
    return factories.member(Role.SMO_OFFICER, unit)


@pytest.fixture
def employee(unit) -> Actor:
    return factories.member(Role.EMPLOYEE, unit)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def given(actor: Actor, content: bytes = GOOD, mapping: str = MAPPING, name: str = "units.csv") -> Upload:
    return take_upload(actor, kind="things", name=name, chunks=[content], mapping=mapping)


def read(upload: Upload) -> Upload:
    """The file after a worker had its job."""
    upload.refresh_from_db()
    worked(upload.job)
    upload.refresh_from_db()
    return upload


def on_disk(root: Path) -> list[str]:
    return [path.name for path in (root / "uploads").rglob("*") if path.is_file()]


def nothing_imported() -> bool:
    return not ImportRun.objects.exists() and not ImportMapping.objects.exists()


# ------------------------------------------------------------------------------------------------- from file to run
def test_a_file_is_checked_and_then_imported(office, things, tmp_path):
    client = browser(office)
    data = {"kind": "things", "file": SimpleUploadedFile("a/../Öl.csv", GOOD), "mapping_file": ""}
    data["mapping_file"] = SimpleUploadedFile("m.toml", MAPPING.encode())
    answer = client.post(reverse("jobs:import_new"), data)
    upload = Upload.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("jobs:upload", args=[upload.pk]))
    assert "Waiting for its turn" in text(client.get(answer.url))
    assert (upload.name, upload.size, on_disk(tmp_path)) == ("Öl.csv", len(GOOD), ["Öl.csv"])
    read(upload)
    assert (upload.state, things, nothing_imported()) == ("ready", [], True)
    page = text(client.get(answer.url))
    assert "Import 2 rows" in page and "nothing has been written yet" in page
    client.post(reverse("jobs:upload_import", args=[upload.pk]))
    read(upload)
    run = ImportRun.objects.get()
    assert (upload.state, upload.run, things, run.person_id, run.file_name) == (
        "imported",
        run,
        ["A", "B"],
        office.person_id,
        "Öl.csv",
    )
    page = text(client.get(reverse("jobs:import_run", args=[run.pk])))
    assert "The store" in page and "taken" in page
    lines = b"".join(client.get(reverse("jobs:import_run_file", args=[run.pk, "csv"])).streaming_content).decode()
    assert lines.splitlines()[1] == "2,taken,A,"
    listed = b"".join(client.get(reverse("jobs:imports_file", args=["csv"])).streaming_content).decode()
    assert "The store" in listed
    assert client.get(reverse("jobs:import_run_file", args=[run.pk, "exe"])).status_code == 404


def test_a_kept_mapping_serves_the_next_file_and_the_same_file_is_noticed(office, things):
    first = read(given(office))
    order_import(office, first)
    read(first)
    client, kept = browser(office), ImportMapping.objects.get()
    page = text(client.get(reverse("jobs:imports")))
    assert f"mapping={kept.pk}" in page and "The store" in page
    data = {"kind": "things", "file": SimpleUploadedFile("again.csv", GOOD), "saved": kept.pk}
    client.post(reverse("jobs:import_new"), data)
    second = read(Upload.objects.latest("pk"))
    assert second.state == "ready"
    page = text(client.get(reverse("jobs:upload", args=[second.pk])))
    assert "The same file was imported before, as units.csv" in page


def test_without_a_mapping_one_is_begun_from_the_header(office):
    upload = read(given(office, b"code;Name;Extra\nA;North;x\n", ""))
    assert upload.state == "ready" and 'code = "code"\nname = "Name"' in upload.mapping and '"Extra"' in upload.mapping
    upload = read(given(office, b"Key,Label\nA,North\n", ""))
    assert upload.state == "refused" and "says no field" in upload.report["problems"][0]


def test_a_refusal_is_mended_in_the_mapping_without_uploading_again(office, things):
    upload = read(given(office, mapping=MAPPING.replace("Label", "Lable")))
    client = browser(office)
    page = text(client.get(reverse("jobs:upload", args=[upload.pk])))
    assert "Nothing was written. Change the mapping" in page and "Did you mean" in page and "Import 2 rows" not in page
    client.post(reverse("jobs:upload_check", args=[upload.pk]), {"mapping": MAPPING})
    read(upload)
    assert (upload.state, things, nothing_imported()) == ("ready", [], True)


@pytest.mark.parametrize(("content", "mapping", "sentence"), [
    (b"Code,Label\nA,bad\n", MAPPING, "units.csv, row 2, column 'Label': nobody takes this."),
    (b"%PDF-1.7 ...", MAPPING, "is a PDF"),
    (b"\0" * 4000, MAPPING, "units.csv"),
    (GOOD, "kind = ", "is not TOML"),
    (GOOD, MAPPING.replace("things", "closed"), "the mapping is for 'closed'"),
    (GOOD, "[fields]\n" * 3, "is not TOML"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(office, things, content, mapping, sentence):
    upload = read(given(office, content, mapping))
    assert upload.state == "refused" and any(sentence in one for one in upload.report["problems"]), upload.report
    with pytest.raises(Refusal, match="checked without a problem first"):
        order_import(office, upload)
    assert things == [] and nothing_imported()
    assert "Nothing was written" in text(browser(office).get(reverse("jobs:upload", args=[upload.pk])))


def test_many_problems_are_counted_and_the_first_are_shown(office):
    upload = read(given(office, b"Code,Label\n" + b"A,bad\n" * 300))
    page = text(browser(office).get(reverse("jobs:upload", args=[upload.pk])))
    assert "And 250 more" in page and "row 51," in page and "row 52," not in page
    assert "Every row (CSV)" in page


@pytest.mark.parametrize(("data", "sentence"), [
    ({"file": None}, "File"),
    ({"kind": "closed"}, "Select a valid choice"),
    ({"file": SimpleUploadedFile("x.csv", b"")}, "empty"),
    ({"mapping_file": SimpleUploadedFile("m.toml", b"\xff\xfe")}, "UTF-8"),
    ({"saved": "999"}, "Select a valid choice"),
])  # fmt: skip
def test_a_form_that_is_wrong_keeps_no_file(office, tmp_path, data, sentence):
    values = {"kind": "things", "file": SimpleUploadedFile("x.csv", GOOD), **data}
    answer = browser(office).post(
        reverse("jobs:import_new"), {key: value for key, value in values.items() if value is not None}
    )
    assert answer.status_code == 422 and sentence in text(answer)
    assert not Upload.objects.exists() and not Job.objects.exists() and on_disk(tmp_path) == []


# ------------------------------------------------------------------------------------------------------ who may what
def test_who_may_import_nothing_does_not_come_in(employee, office, tmp_path):
    upload = read(given(office))
    client = browser(employee)
    for name, arguments in (("imports", []), ("import_new", []), ("imports_file", ["csv"])):
        assert client.get(reverse(f"jobs:{name}", args=arguments)).status_code == 403
    assert client.post(reverse("jobs:import_new"), {"kind": "things"}).status_code == 403
    assert client.get(reverse("jobs:upload", args=[upload.pk])).status_code == 404
    assert reverse("jobs:imports") not in text(client.get(reverse("jobs:jobs")))
    assert reverse("jobs:imports") in text(browser(office).get(reverse("jobs:jobs")))
    with pytest.raises(Forbidden):
        given(employee)
    assert on_disk(tmp_path) == ["units.csv"]


def test_anothers_file_is_not_there_and_an_administrator_looks_and_removes_only(office, unit, things, tmp_path):
    upload = read(given(office))
    colleague, administrator = factories.member(Role.SMO_OFFICER, unit), factories.administrator(unit)
    for name in ("upload_check", "upload_import", "upload_remove"):
        assert browser(colleague).post(reverse(f"jobs:{name}", args=[upload.pk])).status_code == 404
    for name in ("upload_check", "upload_import"):
        assert browser(administrator).post(reverse(f"jobs:{name}", args=[upload.pk])).status_code == 403
    with pytest.raises(NotVisible):
        check_again(colleague, upload, mapping="")
    with pytest.raises(Forbidden):
        order_import(administrator, upload)
    upload.refresh_from_db()
    assert (upload.state, upload.mapping, things) == ("ready", MAPPING, [])
    assert "Import 2 rows" not in text(browser(administrator).get(reverse("jobs:upload", args=[upload.pk])))
    browser(administrator).post(reverse("jobs:upload_remove", args=[upload.pk]))
    assert not Upload.objects.exists() and on_disk(tmp_path) == []


def test_rights_that_ended_since_the_order_stop_the_import(office, things, unit):
    upload = read(given(office))
    order_import(office, upload)
    with recording(system_actor("tests"), "end_memberships"):
        Membership.objects.filter(person=office.person_id).delete()
    read(upload)
    assert (upload.job.state, upload.state, things, nothing_imported()) == ("failed", "ready", [], True)


# ----------------------------------------------------------------------------------------------------- in the meantime
def test_while_it_is_read_and_after_its_import_a_file_stays_as_it_is(office, things, tmp_path):
    upload = given(office)
    for act in (lambda: check_again(office, upload, mapping="x"), lambda: remove_upload(office, upload)):
        with pytest.raises(Refusal, match="is being read at this moment"):
            act()
    read(upload)
    order_import(office, upload)
    read(upload)
    for act in (lambda: check_again(office, upload, mapping="x"), lambda: order_import(office, upload)):
        with pytest.raises(Refusal, match="has been imported"):
            act()
    assert Upload.objects.get().mapping == MAPPING and things == ["A", "B"] and on_disk(tmp_path) == ["units.csv"]


def test_a_mapping_that_is_too_large_changes_nothing(office, tmp_path):
    with pytest.raises(Refusal, match="larger than 1 MB"):
        given(office, mapping="#" * (1024 * 1024 + 1))
    upload = read(given(office))
    events = Event.objects.count()
    with pytest.raises(Refusal, match="no text"):
        check_again(office, upload, mapping="a\0b")
    upload.refresh_from_db()
    assert (upload.state, upload.mapping, Event.objects.count()) == ("ready", MAPPING, events)


def test_a_file_that_left_the_disk_is_said(office, tmp_path):
    upload = given(office)
    (tmp_path / upload.path).unlink()
    read(upload)
    assert (upload.job.state, upload.state) == ("failed", "new") and "Upload it again" in upload.job.problem
    page = text(browser(office).get(reverse("jobs:upload", args=[upload.pk])))
    assert "Upload it again" in page and "Check again" in page


def test_files_go_after_thirty_days_and_those_without_a_row_after_one(office, tmp_path):
    _old, young = read(given(office, name="old.csv")), read(given(office, name="young.csv"))
    stray = tmp_path / "uploads" / "stray.csv"
    stray.write_text("x")
    os.utime(stray, (time.time() - 90_000,) * 2)
    assert tidy(timezone.now() + timedelta(days=29))["uploads"] == 0
    assert sorted(on_disk(tmp_path)) == ["old.csv", "young.csv"]
    assert tidy(timezone.now() + timedelta(days=31))["uploads"] == 2
    assert on_disk(tmp_path) == [] and not Upload.objects.exists() and young.job.files.exists()


def test_the_pages_ask_the_same_number_of_questions_for_few_and_many(office):
    client = browser(office)

    def asked(name: str, *arguments: object) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"jobs:{name}", args=arguments)).status_code == 200
        return len(queries)

    def more(rows: int) -> Upload:
        done = read(given(office, b"Code,Label\n" + b"A,North\n" * rows, MAPPING.replace("store", f"store {rows}")))
        order_import(office, done)
        read(done)
        return read(given(office, b"Code,Label\n" + b"A,bad\n" * rows))

    first = more(1)
    pages = [("imports",), ("import_new",), ("upload", first.pk), ("import_run", ImportRun.objects.get().pk)]
    for page in pages:
        asked(*page)  # what is asked once a process
    few = [asked(*page) for page in pages]
    for rows in range(2, 12):
        last = more(rows)
    pages[2:] = [("upload", last.pk), ("import_run", ImportRun.objects.latest("pk").pk)]
    assert [asked(*page) for page in pages] == few
