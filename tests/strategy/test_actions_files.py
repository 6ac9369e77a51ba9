"""Files on records: known by what is in them, kept under a secret name, gone for good only after 30 days."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actions import recording
from core.access import Forbidden, NotVisible
from core.actions import Refusal
from organization.actors import system_actor
from organization.roles import Role
from strategy import actions
from strategy.actions import files
from strategy.models import Attachment, Comment
from strategy.queries.attached import attached, attachment_of
from strategy.rules.filetypes import FileTypeError, recognise
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nhello"


def archive(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as container:
        for name, content in parts.items():
            container.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return kept.getvalue()


DOCX = archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
ODT = archive(mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<o/>"})
KEPT = {
    "a.pdf": PDF,
    "a.PNG": b"\x89PNG\r\n\x1a\nrest",
    "a.jpeg": b"\xff\xd8\xff\xe0rest",
    "a.gif": b"GIF89arest",
    "a.webp": b"RIFF\x00\x00\x00\x00WEBPrest",
    "a.docx": DOCX,
    "a.odt": ODT,
    "a.csv": "Größe;5\r\n".encode(),
    "b.csv": "Größe;5\r\n".encode("cp1252"),
}
REFUSED = {
    "empty": ("a.pdf", b""),
    "unknown": ("a.exe", b"MZ\x90\x00\x03"),
    "unknown script": ("a.txt", b"#!/bin/sh\nrm -rf /"),
    "unknown archive": ("a.zip", archive(**{"a.txt": b"x"})),
    "unknown after a megabyte": ("a.txt", b"x" * (1 << 20) + b"\x00"),
    "page": ("a.txt", b"  <!DOCTYPE html><script>1</script>"),
    "page as a drawing": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "page behind a mark": ("a.txt", b"\xef\xbb\xbf<html>"),
    "page further down": ("a.md", b"# Title\n<script>alert(1)</script>"),
    "macros": ("a.docx", archive(**{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""})),
    "broken": ("a.docx", b"PK\x03\x04nonsense"),
    "name": ("a.pdf", b"just words"),
    "name of a program": ("a.bat", b"echo hello"),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept(name):
    kind, ending = recognise(name, io.BytesIO(KEPT[name]))
    assert name.lower().endswith(ending)
    assert "/" in kind


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_kept(why):
    name, content = REFUSED[why]
    with pytest.raises(FileTypeError) as caught:
        recognise(name, io.BytesIO(content))
    assert caught.value.reason == why.split()[0]


@pytest.fixture
def made():
    return factories.strategy_map()


def attach(actor, made, name="Report.pdf", content=PDF) -> Attachment:
    return actions.attach_file(actor, about=made.objectives[0], name=name, content=io.BytesIO(content))


def test_a_file_is_kept_under_a_name_nobody_can_guess(made):
    kept = attach(made.office, made, "../../etc/Bericht <ä>.pdf")
    assert (kept.name, kept.media_type, kept.size) == ("Bericht ä .pdf", "application/pdf", len(PDF))
    path = files.file_path(kept.path)
    assert path.read_bytes() == PDF
    assert "Bericht" not in kept.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_refusal_is_a_sentence_and_leaves_nothing(made):
    before = sorted(files.file_path(files.FOLDER).rglob("*.*"))
    for name, content in REFUSED.values():
        with pytest.raises(Refusal, match=r"“.*”.*\.$"):
            attach(made.office, made, name, content)
    with pytest.raises(Refusal, match=r"has 20\.0 MB; at most 20 fit"):
        attach(made.office, made, content=PDF + b"x" * files.MOST_BYTES)
    assert not Attachment.objects.exists()
    assert sorted(files.file_path(files.FOLDER).rglob("*.*")) == before


def test_who_may_attach_and_who_may_take_away(made):
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    with pytest.raises(Forbidden):
        attach(reader, made)
    kept = attach(made.office, made)
    with pytest.raises(Forbidden):
        actions.remove(reader, row=kept)
    assert attached(reader, made.objectives[0]).files == [kept]
    assert attachment_of(reader, kept.pk) == kept


def test_a_file_of_a_draft_is_there_for_its_writers_only():
    draft = factories.strategy_map(adopted=False)
    kept = attach(draft.office, draft)
    assert attachment_of(draft.office, kept.pk) == kept
    with pytest.raises(NotVisible):
        attachment_of(factories.member(Role.EMPLOYEE, draft.strategy.unit), kept.pk)


def test_what_lies_in_the_trash_is_not_served_and_goes_after_30_days(made):
    kept, other = attach(made.office, made), attach(made.office, made)
    said = actions.comment(made.office, about=made.objectives[0], text="Never mind")
    for row in (kept, other, said):
        actions.remove(made.office, row=row)
    with pytest.raises(NotVisible):
        attachment_of(made.office, kept.pk)
    assert actions.purge_trash(timezone.now()) == 0
    actions.restore(made.office, row=other)
    assert actions.purge_trash(timezone.now() + timedelta(days=31)) == 2
    assert list(Attachment.objects.all()) == [other]
    assert not Comment.objects.exists()
    assert (files.file_path(kept.path).exists(), files.file_path(other.path).exists()) == (False, True)


def test_an_answered_comment_keeps_its_place_emptied(made):
    said = actions.comment(made.office, about=made.objectives[0], text="Never mind")
    actions.reply(made.office, to=said, text="All right")
    actions.remove(made.office, row=said)
    assert actions.purge_trash(timezone.now() + timedelta(days=31)) == 1
    assert actions.purge_trash(timezone.now() + timedelta(days=31)) == 0
    assert list(Comment.objects.order_by("pk").values_list("text", flat=True)) == ["", "All right"]


def test_a_row_that_cannot_be_written_leaves_no_file(made, monkeypatch):
    before = sorted(files.file_path(files.FOLDER).rglob("*.pdf"))
    with pytest.raises(Refusal, match="Only a person"):
        attach_as_system(made)
    assert sorted(files.file_path(files.FOLDER).rglob("*.pdf")) == before


def attach_as_system(made) -> None:
    with recording(system_actor(), "nothing"):
        files.author_of(system_actor())
    attach(system_actor(), made)
