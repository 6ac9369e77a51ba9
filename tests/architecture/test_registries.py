"""What apps contribute to one another resolves: templates, pages, tasks."""

from __future__ import annotations

from django.apps import apps
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

from core import facets, panels, subjects
from core.access import policies
from tests.architecture.tree import APPS


def test_every_panel_has_its_template():
    missing = []
    for slot in panels.SLOTS:
        for panel in panels.panels(slot):
            if get_template(panel.template) is None:
                missing.append(panel.key)
    assert missing == []


def test_every_kind_of_subject_has_a_page():
    missing = []
    for kind in subjects.kinds().values():
        try:
            reverse(kind.url, args=[1])
        except NoReverseMatch:
            missing.append(f"{kind.kind}: {kind.url}")
    assert missing == []


def test_every_subject_kind_has_a_policy():
    assert [kind.kind for kind in subjects.kinds().values() if kind.model not in policies()] == []


def test_objectives_have_a_status_facet():
    assert facets.get("objective", "status") is not None


def test_paths_of_policies_exist():
    """`unit`, `owner` and conditions name real fields."""
    wrong = []
    for model, policy in policies().items():
        declared = {name for cls in type(policy).__mro__[:-2] for name in vars(cls)}
        for path in (policy.unit if "unit" in declared else "", policy.owner if "owner" in declared else ""):
            try:
                if path and path != "pk":
                    model._default_manager.filter(**{f"{path}__isnull": True})
            except Exception as problem:  # noqa: BLE001
                wrong.append(f"{model.__name__}.{path}: {problem}")
        for name, condition in policy.conditions.items():
            try:
                model._default_manager.filter(condition)
            except Exception as problem:  # noqa: BLE001
                wrong.append(f"{model.__name__} {name}: {problem}")
        for grants in policy.grants.values():
            unknown = {grant.where for grant in grants if grant.where} - set(policy.conditions)
            wrong.extend(f"{model.__name__}: no condition {name}" for name in unknown)
    assert wrong == []


def test_every_app_of_the_ladder_is_installed_and_says_what_it_is():
    installed = {config.name: config for config in apps.get_app_configs()}
    assert [app for app in APPS if app not in installed or not installed[app].module.__doc__] == []
