"""What rules say to people is marked for translators, though rules know no Django."""

from __future__ import annotations

import ast

from tests.architecture.tree import ROOT, own_python

SAYING = {"Refusal", "FormulaRefusal", "Sentence"}


def test_every_sentence_of_the_rules_is_marked():
    """The template of a refusal or sentence is marked where it stands, or named and marked in a table."""
    bare, marked = [], 0
    for path in own_python():
        if path.relative_to(ROOT).parts[1:2] != ("rules",):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            marked += node.func.id == "gettext_noop"
            if node.func.id in SAYING and any(_is_text(each) for each in node.args):
                bare.append(f"{path.relative_to(ROOT)}, line {node.lineno}")
    assert bare == []
    assert marked > 50


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
