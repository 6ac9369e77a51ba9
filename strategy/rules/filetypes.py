"""What a file is, by its content and not by its name (TRUST I9). Only kinds that nothing runs when they are opened."""

from __future__ import annotations

import zipfile
from typing import BinaryIO, Literal

Reason = Literal["empty", "unknown", "page", "macros", "broken", "name"]

KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "text/plain": (".txt", ".csv", ".tsv", ".md"),
}
"""Media types that are kept, and the endings their names may have."""

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_PAGE_MARKS = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<iframe")
_HEAD = 4096
_MOST_ENTRIES = 5000


class FileTypeError(ValueError):
    """The file is not kept; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


def recognise(name: str, content: BinaryIO) -> tuple[str, str]:
    """Media type and ending of a file. `FileTypeError` for what is not kept or is named as something else.

    Reads the head, the list of a container, or all of a text; leaves the position at the beginning.
    """
    content.seek(0)
    head = content.read(_HEAD)
    if not head:
        raise FileTypeError("empty")
    kind = _kind(head, content)
    content.seek(0)
    ending = next((ending for ending in KINDS[kind] if name.lower().endswith(ending)), None)
    if ending is None:
        raise FileTypeError("name")
    return kind, ending


def _kind(head: bytes, content: BinaryIO) -> str:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _container(content)
    return _text(head, content)


def _container(content: BinaryIO) -> str:
    """A document of an office program by the parts it is made of."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            if len(names) > _MOST_ENTRIES:
                raise FileTypeError("broken")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise FileTypeError("macros")
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in _OFFICE.items() if part in names), "") or _unknown()
            if "mimetype" in names and not any(name.startswith("Basic/") for name in names):
                with archive.open("mimetype") as part:
                    declared = part.read(200).decode("ascii", "replace").strip()
                return declared if declared in KINDS else _unknown()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileTypeError("broken") from error
    return _unknown()


def _unknown() -> str:
    raise FileTypeError("unknown")


def _text(head: bytes, content: BinaryIO) -> str:
    """Plain text: no control characters but blanks and line ends, and no page or program."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<") or any(mark in start for mark in _PAGE_MARKS):
        raise FileTypeError("page")
    if start.startswith(b"#!"):
        raise FileTypeError("unknown")
    content.seek(0)
    control = bytes(code for code in range(32) if code not in b"\t\n\r\f") + b"\x7f"
    while chunk := content.read(1 << 20):
        if chunk.translate(None, control) != chunk:
            raise FileTypeError("unknown")
    return "text/plain"
