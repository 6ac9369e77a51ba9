"""The import contracts name every private module there is: a new views.py is protected from its first day."""

from __future__ import annotations

import tomllib

from tests.architecture.tree import APPS, ROOT

PRIVATE = ("views", "feeds", "forms", "tables", "api", "tasks", "urls", "contributions", "exchange", "policies")


def test_every_private_module_of_every_app_is_protected():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    named = {module for contract in settings["contracts"] for module in contract.get("protected_modules", ())}
    standing = {
        f"{app}.{name}"
        for app in APPS
        if app not in {"smo", "core"}
        for name in PRIVATE
        if (ROOT / app / f"{name}.py").exists() or (ROOT / app / name / "__init__.py").exists()
    }
    assert sorted(standing - named) == []
