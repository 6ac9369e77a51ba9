"""What a job made is kept once, whole, under a name nobody can guess."""

from __future__ import annotations

import hashlib
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from jobs.actions import keep_file
from jobs.models import ProducedFile
from organization.actors import system_actor
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def keep(job, content=b"content", **values):
    return keep_file(
        job, content, **{"name": "Scorecard.pdf", "media_type": "application/pdf", "as_of": AS_OF, **values}
    )


def test_a_file_is_stored_with_its_size_and_digest_readable_by_the_portal_alone():
    unit = factories.unit()
    owner = factories.member(Role.EXECUTIVE, unit)
    made = job(owner)
    kept = keep(
        made, b"content", subject=unit.subject, content_hash="c" * 64, key="report:1", reader_key=owner.reader_key
    )
    (path,) = files()
    assert path == Path(settings.MEDIA_ROOT) / kept.path
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), path.suffix) == (b"content", 0o600, ".pdf")
    assert "Scorecard" not in kept.path and kept.path.startswith("produced/2026/07/")
    stored = ProducedFile.objects.get()
    assert (stored.job, stored.person_id, stored.subject, stored.size, stored.sha256) == (
        made, owner.person_id, unit.subject, 7, hashlib.sha256(b"content").hexdigest(),
    )  # fmt: skip
    assert (stored.content_hash, stored.key, stored.reader_key, stored.as_of) == (
        "c" * 64,
        "report:1",
        owner.reader_key,
        AS_OF,
    )


def test_a_job_that_runs_twice_makes_one_file():
    made = job(system_actor())
    first, second = keep(made, b"one"), keep(made, b"two")
    assert first == second
    assert [path.read_bytes() for path in files()] == [b"one"]
    assert keep(job(system_actor()), b"three") != first


def test_a_stream_is_kept_as_it_comes():
    kept = keep(job(system_actor()), (b"x" * 1000 for _ in range(1000)))
    assert (kept.size, files()[0].stat().st_size) == (1_000_000, 1_000_000)


def test_a_stream_that_breaks_off_leaves_nothing():
    def breaking():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep(job(system_actor()), breaking())
    assert (files(), ProducedFile.objects.count()) == ([], 0)


@pytest.mark.parametrize(("name", "expected"), [
    ("../../etc/passwd", ".. .. etc passwd"), ("a\r\nX-Header: b", "a X-Header b"), ("  ", "file"), ('Q2 "Öl" ✓.pdf', "Q2 Öl ✓.pdf"),
    ("x" * 300, "x" * 200),
])  # fmt: skip
def test_a_name_cannot_lead_out_of_a_folder_or_break_a_header(name, expected):
    assert keep(job(system_actor()), name=name).name == expected


def test_of_two_workers_with_one_key_the_first_to_end_is_kept():
    """While one still writes, the other has stored its file; the slower one gives its own up."""
    made = job(system_actor())

    def slow():
        yield b"slow"
        assert keep(made, b"fast", key="k").size == 4
        yield b"er"

    kept = keep(made, slow(), key="k")
    assert ([path.read_bytes() for path in files()], kept, ProducedFile.objects.count()) == (
        [b"fast"],
        ProducedFile.objects.get(),
        1,
    )
