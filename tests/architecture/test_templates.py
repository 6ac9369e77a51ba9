"""Templates compile, hold no inline script or style, and are all used."""

from __future__ import annotations

import re

import pytest
from django.template.loader import get_template

from tests.architecture.tree import ROOT, tracked

FOLDER = ROOT / "templates"
TEMPLATES = [path for path in tracked(".html", ".txt") if path.is_relative_to(FOLDER)]
PRINTED = re.compile(r"/print/|/mail/")
INLINE = (
    (re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE), "an inline script"),
    (re.compile(r"<style", re.IGNORECASE), "an inline style sheet"),
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "an event attribute"),
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
    (re.compile(r"\bhx-on|hx-vals=[\"']js:", re.IGNORECASE), "a script of htmx"),
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_compiles(path):
    assert get_template(str(path.relative_to(FOLDER))).template.nodelist is not None


def test_none_holds_inline_script_or_style():
    """The Content-Security-Policy would block it in the browser; print and mail have no browser to block it."""
    found = []
    for path in TEMPLATES:
        name = str(path.relative_to(FOLDER))
        text = path.read_text(encoding="utf-8")
        found += [
            f"{name}: {what}" for pattern, what in INLINE if not PRINTED.search(f"/{name}") and pattern.search(text)
        ]
    assert found == []


def test_no_template_marks_text_as_safe():
    found = [
        str(path.relative_to(FOLDER))
        for path in TEMPLATES
        if path.suffix == ".html" and re.search(r"\|\s*safe\b|autoescape off", path.read_text(encoding="utf-8"))
    ]
    assert found == []
