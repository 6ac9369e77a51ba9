"""HTML to PDF, the same on every machine, with nothing fetched from anywhere.

The page is set by WeasyPrint in a process of its own (`core/documents/typesetter.py`): it has no address, no password
and no secret of the portal in its environment, a limit on time and memory, and reads only the folders named here. What
kills it does not kill the worker (TRUST I5, I6). WeasyPrint itself is imported only there.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.actions import Refusal
from core.documents import typesetter

MOST_NESTING = 50
MOST_ROWS = 500
CPU_SECONDS = 60
WALL_SECONDS = 180
MEMORY_MB = 1024

log = logging.getLogger(__name__)


def render_pdf(
    html: str,
    *,
    title: str,
    identifier: str,
    base: str = "/",
    lang: str = "",
    as_of: datetime | None = None,
    media: Mapping[str, Path] | None = None,
) -> bytes:
    """The tagged PDF (PDF/UA-1) of a page of HTML.

    `identifier` says what the document is (the content hash of its report); with the same page and identifier the
    bytes are the same. `as_of` becomes the date of the document. The page may refer to static files as on screen
    (`{% static %}`), to `data:` addresses, and to the files in `media` as `/media/<name>`; anything else is left out.
    `base` is the path that relative addresses start from. Raises Refusal with a sentence when it cannot be made.
    """
    order = _order(html, title, identifier, lang) | {
        "base": base,
        "as_of": as_of.isoformat(timespec="seconds") if as_of else "",
        "media": {name: str(_inside_media(path)) for name, path in (media or {}).items()},
    }
    try:
        answer = subprocess.run(  # noqa: S603 - our own program, nothing of the page in its arguments
            [sys.executable, "-I", str(typesetter.__file__)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal(_too_much(), code="too_large") from None
    if answer.returncode != 0 or not answer.stdout.startswith(b"%PDF"):
        raise _refusal(answer)
    return answer.stdout


def _order(html: str, title: str, identifier: str, lang: str) -> dict[str, Any]:
    return {
        "html": html,
        "title": title,
        "lang": lang or translation.get_language() or settings.LANGUAGE_CODE,
        "identifier": identifier,
        "static_url": settings.STATIC_URL,
        "static": [str(folder) for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS) if folder],
        "limits": {"nesting": MOST_NESTING, "rows": MOST_ROWS, "cpu": CPU_SECONDS, "memory_mb": MEMORY_MB},
    }


def _inside_media(path: Path) -> Path:
    real, root = path.resolve(), Path(settings.MEDIA_ROOT).resolve()
    if not real.is_relative_to(root):
        raise ValueError(f"{path} is not a file of the media folder")
    return real


def _environment() -> dict[str, str]:
    """Only what the typesetter needs: our fonts, a place for their index, libraries unpacked beside the portal."""
    ours = {
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(settings.BASE_DIR / "static" / "fonts" / "fonts.conf"),
        "XDG_CACHE_HOME": str(Path(settings.STATE_DIR) / "cache"),
    }
    return ours | {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}


def _refusal(answer: subprocess.CompletedProcess[bytes]) -> Refusal:
    """What the typesetter said last, as a sentence. It breaks off with 1; any other end was the limit of time or memory."""
    lines = answer.stderr.decode(errors="replace").strip().splitlines()
    said: dict[str, Any] = json.loads(lines[-1]) if answer.returncode == typesetter.REFUSED else {}
    if not said:
        log.error("the typesetter ended with %s: %s", answer.returncode, "\n".join(lines[-20:]))
    sentences = {
        "nesting": _("The page is nested %(found)s levels deep; a PDF takes at most %(most)s."),
        "rows": _(
            "A table on the page has %(found)s rows; a PDF takes at most %(most)s. "
            "Print a part of it, or export the table as a workbook."
        ),
        "libraries": _("PDFs cannot be made on this machine. %(words)s"),
    }
    code = str(said.get("code", ""))
    if code == "libraries":
        said["words"] = _what_is_missing() or said.get("words", "")
    if code in sentences:
        return Refusal(sentences[code] % said, code=code)
    if answer.returncode == 1:
        return Refusal(
            _("The document could not be set as a PDF: a picture in it may be damaged. The failure is recorded."),
            code="fault",
        )
    return Refusal(_too_much(), code="too_large")


def _too_much() -> str:
    return _("The document is too large or too complicated to be set as a PDF. Choose a part of it and try again.")


def _what_is_missing() -> str:
    """The library and the command that brings it, in the words of the program that looks after them."""
    program = settings.BASE_DIR / "smo" / "services" / "pdflibs.py"
    answer = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", str(program)],
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
        timeout=30,
    )
    return answer.stderr.strip()
