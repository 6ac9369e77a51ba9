"""A file given in the browser goes through a real worker: checked, then imported."""

from __future__ import annotations

import pytest

from jobs.actions.uploads import order_import, take_upload
from jobs.models import ImportRun, Upload
from jobs.tasks import sweep
from organization.roles import Role
from tests import factories
from tests.jobs import workers
from tests.jobs.workers import states, until

pytestmark = pytest.mark.django_db(transaction=True)
broker, start = workers.broker, workers.start
CONTENT = b"Code,Name,Unit\nX-1,Beds open,Ward\nX-2,Beds closed,Ward\n"


def test_a_file_is_checked_and_imported_by_a_worker(start):
    start()
    office = factories.member(Role.SMO_OFFICER, factories.unit("Root"))
    upload = take_upload(office, kind="measures", name="beds.csv", chunks=[CONTENT])
    sweep()
    until(lambda: states() == {"done"})
    upload.refresh_from_db()
    assert (upload.state, upload.report["counts"], ImportRun.objects.exists()) == ("ready", {"taken": 2}, False)
    order_import(office, upload)
    sweep()
    until(lambda: Upload.objects.get().state == "imported")
    run = ImportRun.objects.get()
    assert (Upload.objects.get().run, run.person_id) == (run, office.person_id)
    assert [line[:3] for line in run.report] == [[2, "taken", "X-1"], [3, "taken", "X-2"]]
