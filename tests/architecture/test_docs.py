"""Every setting and command is named in the guide."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT, own_python

GUIDE = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_every_environment_variable_is_explained():
    read = re.compile(r"""(?:environ(?:\.get)?[\[(]|\bflag\(|\blisted\()\s*["']([A-Z][A-Z0-9_]+)["']""")
    code = [path for path in own_python() if "tests" not in path.relative_to(ROOT).parts]
    names = {name for path in code for name in read.findall(path.read_text(encoding="utf-8"))}
    own = {name for name in names if name.startswith("SMO_") or name in {"DATABASE_URL", "REDIS_URL", "SMTP_URL"}}
    assert sorted(name for name in own if f"`{name}`" not in GUIDE) == []


def test_every_command_is_explained():
    commands = [path.stem for path in ROOT.glob("*/management/commands/*.py") if not path.stem.startswith("_")]
    assert sorted(name for name in commands if f"manage.py {name}" not in GUIDE) == []
