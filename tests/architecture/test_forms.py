"""Every number of a form is read by the one shared field, so that a decimal comma works everywhere."""

from __future__ import annotations

import ast

from tests.architecture.tree import APPS, ROOT, own_python

PLAIN = {"DecimalField", "FloatField", "IntegerField"}
HIDDEN = {
    ("planning/forms/editing.py", "JoinForm"),
    ("planning/forms/editing.py", "MoveForm"),
    ("core/forms.py", "VersionedForm"),
    ("scorecards/forms/targets.py", "TargetsForm"),
    ("strategy/forms.py", "ReassignForm"),
}
"""Hidden inputs that hold a row or its version: written by the portal, read by the portal."""


def test_no_form_reads_numbers_by_itself():
    found = set()
    for path in own_python():
        name = path.relative_to(ROOT)
        if name.parts[0] not in APPS:
            continue
        tree = ast.parse(path.read_text())
        for top in tree.body:
            calls = {
                node.attr
                for node in ast.walk(top)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "forms"
            }
            if calls & PLAIN and name.as_posix() != "scorecards/api/filters.py":
                found.add((name.as_posix(), getattr(top, "name", "")))
    assert found == HIDDEN


def test_a_form_with_numbers_reads_them_together():
    """Only a `PlainForm` reads a number that could be two as the others beside it are written."""
    alone = [f"{form.__module__}.{form.__name__}" for form in _forms() if _has_numbers(form) and not _is_plain(form)]
    assert alone == ["scorecards.forms.answers._AnswerFields"], "which both its forms mix with a PlainForm"


def _forms() -> list[type]:
    from django import forms

    import smo.urls  # noqa: F401 - loads every form

    found, waiting = [], [forms.Form]
    while waiting:
        below = [one for one in waiting.pop().__subclasses__() if one.__module__.partition(".")[0] in (*APPS, "django")]
        found += below
        waiting += below
    return found


def _has_numbers(form: type) -> bool:
    from core.forms import NumberField

    return any(isinstance(field, NumberField) for field in form.base_fields.values())  # type: ignore[attr-defined]


def _is_plain(form: type) -> bool:
    from core.forms import PlainForm

    return issubclass(form, PlainForm)


def test_views_leave_refusals_to_the_shared_pieces():
    """`answer`, `take` and `refuse_quietly` of core.submitting say a refusal; three pages have no form for it to stand in."""
    catching = {
        path.relative_to(ROOT).as_posix()
        for path in own_python()
        if path.relative_to(ROOT).parts[0] in APPS and "views" in path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and node.type.id == "Refusal"
    }
    assert catching == {"planning/views/cards.py", "scorecards/views/answers.py", "scorecards/views/approvals.py"}
