"""PDFs: the same everywhere, tagged, closed to everything outside, and refused in a sentence when too large."""

from __future__ import annotations

import ast
import http.server
import io
import os
import struct
import sys
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from django.conf import settings

from core import documents
from core.actions import Refusal
from core.documents import render_pdf
from core.documents.typesetter import HOST, resolve

SECRET = "the-secret-of-the-house"


def page(body: str, head: str = "") -> str:
    return f'<!doctype html><html lang="en"><head><title>Page</title>{head}</head><body>{body}</body></html>'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PIXEL = b"\x89PNG\r\n\x1a\n" + b"".join([
    chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)), chunk(b"IDAT", zlib.compress(b"\0\xff\0\0\xff")), chunk(b"IEND", b""),
])  # fmt: skip


def text_of(pdf: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback; its address and the paths it was asked for. `/away` redirects to itself."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path.startswith("/away") else 200)
            self.send_header("Location", "/moved")
            self.end_headers()
            self.wfile.write(SECRET.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_one_page_has_title_language_tags_our_fonts_and_the_moment_it_speaks_of():
    pdf = render_pdf(
        page("<h1>Waiting time Δ</h1><p>Seen within 4 hours</p>"),
        title="Scorecard", identifier="abc", as_of=datetime(2026, 7, 1, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], reader.metadata.title) == ("en", True, "Page")
    assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()
    assert reader.metadata.creation_date == datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    names = [font["/BaseFont"].split("+")[1] for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert names and all(name.startswith(("/Inter", "Inter", "Source-Serif-4")) for name in names)
    assert text_of(pdf).split() == ["Waiting", "time", "Δ", "Seen", "within", "4", "hours"]


def test_a_page_without_title_and_language_gets_the_orders():
    pdf = render_pdf("<p>Guten Tag</p>", title="Bericht", identifier="abc", lang="de")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("Bericht", "de")


def test_the_same_page_gives_the_same_bytes_and_another_identifier_others():
    first, again, other = (render_pdf(page("<p>7</p>"), title="T", identifier=name) for name in ("one", "one", "two"))
    assert first == again
    assert first != other


def test_every_kind_of_reference_outside_static_is_left_out(listener, tmp_path):
    address, asked = listener
    hidden = tmp_path / "secret.txt"
    hidden.write_text(SECRET)
    head = "".join([
        f'<base href="{address}/">',
        '<link rel="stylesheet" href="relative.css">',
        f'<link rel="stylesheet" href="{address}/linked.css">',
        f"<style>@import url({address}/imported.css); @import url(file://{hidden});</style>",
        f"<style>@font-face {{ font-family: X; src: url({address}/font.woff2) }} p {{ font-family: X }}</style>",
        f"<style>body {{ background: url({address}/background.png) }} @page {{ background: url({address}/page.png) }}</style>",
        f"<style>p::before {{ content: url({address}/content.svg) }} ul {{ list-style-image: url({address}/bullet.png) }}</style>",
        f'<link rel="attachment" href="file://{hidden}"><link rel="attachment" href="{address}/attached">',
    ])  # fmt: skip
    body = "".join([
        f'<img src="{address}/picture.png"><img src="file://{hidden}"><img src="{address}/away"><img src="//127.0.0.1/x">',
        f'<object data="{address}/object.svg"></object><embed src="{address}/embed.svg"><iframe src="{address}/frame"></iframe>',
        f'<svg width="9" height="9"><image href="{address}/in.svg.png" width="9" height="9"/><use href="{address}/use.svg#a"/>',
        f"<style>@import url({address}/svg.css)</style></svg>",
        f'<a rel="attachment" href="file://{hidden}">file</a>',
        "<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E",
        f"%3Cimage href='{address}/nested.png'/%3E%3C/svg%3E\">",
        f'<img src="/static/../../{hidden}"><img src="/static/%2e%2e/pyproject.toml"><img src="ftp://127.0.0.1/x"><p>Done</p><ul><li>one</ul>',
    ])  # fmt: skip
    pdf = render_pdf(page(body, head), title="T", identifier="x")
    assert asked == []
    assert SECRET not in text_of(pdf)
    assert SECRET.encode() not in pdf
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {}
    assert "Done" in text_of(pdf)


def test_pictures_from_data_addresses_and_named_media_are_drawn(tmp_path):
    folder = Path(settings.MEDIA_ROOT) / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.png").write_bytes(PIXEL)
    body = '<img alt="one" src="/media/logo.png"><img alt="two" src="/media/other.png">'
    pdf = render_pdf(page(body), title="T", identifier="x", media={"logo.png": folder / "a.png"})
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images) == 1
    with pytest.raises(ValueError, match="not a file of the media folder"):
        render_pdf(page(body), title="T", identifier="x", media={"logo.png": tmp_path / "a.png"})
    (folder / "a.png").write_bytes(PIXEL[:-12] + struct.pack(">I", 999) + b"tEXtcut off")
    with pytest.raises(Refusal, match="a picture in it may be damaged"):
        render_pdf(page(body), title="T", identifier="x", media={"logo.png": folder / "a.png"})


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "http://127.0.0.1/static/smo.css", f"{HOST}:80/static/smo.css", f"{HOST}/static/../manage.css",
    f"{HOST}/static/%2e%2e%2fpyproject.css", f"{HOST}/static//etc/a.css", f"{HOST}/static/a.css?x", f"{HOST}/etc/a.css",
    f"{HOST}/static/\0.css", f"{HOST}/media/unknown.png", "http://x@portal.invalid/static/a.css", "//[", f"{HOST}/static/link.css",
    f"{HOST}/static/secret.txt",
])  # fmt: skip
def test_an_address_that_is_no_file_of_ours_resolves_to_nothing(url, tmp_path):
    outside = tmp_path / "outside.css"
    outside.write_text("x")
    static = tmp_path / "static"
    static.mkdir()
    (static / "a.css").write_text("x")
    (static / "secret.txt").write_text("x")
    (static / "link.css").symlink_to(outside)
    options = {"static_url": "/static/", "static": [str(static)], "media": {}}
    assert resolve(url, **options) is None
    assert resolve(f"{HOST}/static/a.css", **options) == static / "a.css"


@pytest.mark.parametrize(("body", "code", "sentence"), [
    ("<div>" * 51, "nesting", "The page is nested 51 levels deep; a PDF takes at most 50."),
    ("<blockquote>" * 400, "nesting", "The page is nested 400 levels deep; a PDF takes at most 50."),
    ("<table>" + "<tr><td>1" * 501 + "</table>", "rows",
     "A table on the page has 501 rows; a PDF takes at most 500. Print a part of it, or export the table as a workbook."),
])  # fmt: skip
def test_what_is_too_deep_or_too_long_is_refused_in_a_sentence(body, code, sentence):
    with pytest.raises(Refusal) as refused:
        render_pdf(page(body), title="T", identifier="x")
    assert (refused.value.code, refused.value.sentence) == (code, sentence)


def test_what_takes_too_much_time_or_memory_ends_in_a_sentence_and_not_in_the_worker(monkeypatch):
    monkeypatch.setattr(documents, "CPU_SECONDS", 1)
    wide = "<table>" + "".join(f"<tr>{'<td>word ' * 40}" for _ in range(400)) + "</table>"
    with pytest.raises(Refusal, match="too large or too complicated") as refused:
        render_pdf(page(wide), title="T", identifier="x")
    assert refused.value.code == "too_large"
    monkeypatch.setattr(documents, "CPU_SECONDS", 60)
    monkeypatch.setattr(documents, "MEMORY_MB", 60)
    with pytest.raises(Refusal, match="too large or too complicated"):
        render_pdf(page("<p>small"), title="T", identifier="x")


def test_the_typesetter_sees_no_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    assert set(documents._environment()) <= {"LANG", "FONTCONFIG_FILE", "XDG_CACHE_HOME", "PATH", "LD_LIBRARY_PATH"}


def test_missing_libraries_are_named_with_the_command_that_brings_them(monkeypatch, tmp_path):
    """A Pango that cannot be loaded, as on a machine without it."""
    for name in ("libpango-1.0.so.0", "libgobject-2.0.so.0"):
        (tmp_path / name).write_text("not a library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with pytest.raises(
        Refusal, match=r"^PDFs cannot be made on this machine\. PDFs are off: .*libpango.*missing\."
    ) as refused:
        render_pdf(page("<p>x"), title="T", identifier="x")
    assert refused.value.code == "libraries"


def test_only_the_typesetter_imports_weasyprint():
    importers = []
    for path in Path(settings.BASE_DIR).rglob("*.py"):
        if {".venv", "var", "tests"} & set(path.relative_to(settings.BASE_DIR).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "weasyprint" for name in names):
                importers.append(os.fspath(path.relative_to(settings.BASE_DIR)))
    assert set(importers) == {"core/documents/typesetter.py"}
    assert "weasyprint" not in sys.modules
