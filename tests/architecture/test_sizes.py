"""Files and functions stay short enough to be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.tree import ROOT, own_python, tracked

MODULE, FUNCTION, TEMPLATE, TEST = 400, 40, 150, 600


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_python_files_are_at_most_400_lines():
    modules = [path for path in own_python() if "tests" not in path.relative_to(ROOT).parts]
    assert [f"{path.relative_to(ROOT)}: {_lines(path)}" for path in modules if _lines(path) > MODULE] == []


def test_test_files_are_at_most_600_lines():
    tests = [path for path in own_python() if "tests" in path.relative_to(ROOT).parts]
    assert [f"{path.relative_to(ROOT)}: {_lines(path)}" for path in tests if _lines(path) > TEST] == []


def test_templates_are_at_most_150_lines():
    templates = [path for path in tracked(".html") if path.is_relative_to(ROOT / "templates")]
    assert [f"{path.relative_to(ROOT)}: {_lines(path)}" for path in templates if _lines(path) > TEMPLATE] == []


def test_functions_are_at_most_40_lines():
    long = []
    for path in own_python():
        if "tests" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert long == []
