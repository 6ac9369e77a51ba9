"""Where the project's own files are, and the order of its apps."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LADDER = (
    ("smo",),
    ("portal",),
    ("reviews",),
    ("communication",),
    ("budgeting", "workforce", "practices"),
    ("alignment",),
    ("initiatives",),
    ("planning",),
    ("scorecards",),
    ("strategy",),
    ("notifications",),
    ("jobs",),
    ("organization",),
    ("audit",),
    ("core",),
)
APPS = tuple(app for rung in LADDER for app in rung)


def rank(app: str) -> int:
    """0 at the top; raises StopIteration for an app that stands on no rung."""
    return next(index for index, rung in enumerate(LADDER) if app in rung)


def tracked(*suffixes: str) -> list[Path]:
    """The project's files with these endings, as git knows them or would add them."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(listed)) if name.endswith(suffixes) and (ROOT / name).is_file()]


def own_python() -> list[Path]:
    """Python files written by hand."""
    return [path for path in tracked(".py") if "migrations" not in path.parts and "static" not in path.parts]
