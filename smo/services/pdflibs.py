"""The shared libraries WeasyPrint needs, and the fonts it may use.

Without Pango WeasyPrint cannot be imported; with Pango but without any font file it crashes the process. So the fonts
come with the portal (which also makes PDFs the same on every machine), and missing libraries are named before they are
missed. `bin/pango-noroot` unpacks Debian's packages into .venv/pango. Run as a program (by bin/_setup.sh, before any
package is there) it says what is missing and exits with 1.
"""

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
    "libharfbuzz-subset.so.0",
)
_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def missing() -> list[str]:
    """The names of the shared libraries that cannot be loaded."""
    return [name for name in _LIBRARIES if not _loads(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def sentence() -> str:
    """What is missing and the command that brings it; empty when PDFs can be made."""
    absent = missing()
    if not absent:
        return ""
    if sys.platform == "darwin":
        return f"PDFs are off: {', '.join(absent)} missing. Bring them with: brew install pango"
    return f"PDFs are off: {', '.join(absent)} missing. Debian and Ubuntu: sudo apt install {_PACKAGES}"


def environment(root: Path) -> Mapping[str, str]:
    """Variables for processes that make PDFs: our fonts only, and libraries unpacked below the checkout `root`."""
    chosen = {"FONTCONFIG_FILE": str(root / "static" / "fonts" / "fonts.conf")}
    unpacked = sorted((root / ".venv" / "pango" / "root").glob("usr/lib/*-linux-gnu*"))
    if unpacked:
        known = os.environ.get("LD_LIBRARY_PATH")
        chosen["LD_LIBRARY_PATH"] = os.pathsep.join([*map(str, unpacked), *([known] if known else [])])
    return chosen


if __name__ == "__main__":
    sys.exit(sentence() or 0)
