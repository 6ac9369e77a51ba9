"""A strategy starts from nothing, a template, another strategy or a workbook; pieces of the library are added to a draft."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.access import Forbidden
from core.actions import Refusal
from core.importers import run
from core.mapping import Mapping
from core.spreadsheets import COMMAND, Layout, open_table
from jobs.models import Upload
from organization.models import Person
from organization.roles import Role
from planning.actions.starting import add_pieces, copy_strategy, start_strategy
from planning.exchange.workbook import HEADINGS, plan_workbook, template_workbook
from planning.queries.starting import shelves
from planning.rules.ready_made import piece_named, pieces, template_named, templates
from planning.rules.stratml_export import in_order
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.queries.content import content_of
from strategy.rules.content import StrategyContent
from tests import factories
from tests.factories.jobs import worked
from tests.factories.strategy import ENDS, STARTS
from tests.planning.test_exchange_stratml import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return factories.unit("Clinic", code="CLI")


@pytest.fixture
def office(unit):
    return factories.member(Role.SMO_OFFICER, unit)


def browser(actor) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


# -------------------------------------------------------------------------------------------------------- templates
@pytest.mark.parametrize("template", templates(), ids=lambda one: one.key)
def test_every_template_becomes_a_draft_with_its_whole_map(office, unit, template):
    content = StrategyContent(**{**vars(template.content), "name": "Ours", "starts_on": STARTS, "ends_on": ENDS})
    made = start_strategy(office, unit=unit, content=content)
    assert in_order(content_of(made)) == in_order(content)
    assert (made.state, len(content.perspectives), len(content.objectives) >= 10) == ("draft", 4, True)


@pytest.mark.parametrize("template", templates(), ids=lambda one: one.key)
def test_a_template_is_a_sound_map(template):
    content = template.content
    linked = {key for link in content.links for key in (link.source, link.target)}
    assert {one.key for one in content.objectives} - linked == set()
    layer = {one.key: place for place, one in enumerate(content.perspectives)}
    height = {one.key: layer[one.perspective] for one in content.objectives}
    assert all(height[link.source] >= height[link.target] and link.rationale for link in content.links)
    assert all(one.themes and one.description for one in content.objectives)


def test_nobody_starts_a_strategy_for_a_unit_that_is_not_theirs(unit):
    other = factories.member(Role.SMO_OFFICER, factories.unit("Elsewhere"))
    with pytest.raises(Forbidden):
        start_strategy(other, unit=unit, content=StrategyContent("Ours", STARTS, ENDS))
    assert not Strategy.objects.exists()


def test_half_a_plan_is_never_saved(office, unit):
    found = template_named("company").content
    links = (*found.links, type(found.links[0])("x", "F1", "F1"))
    content = StrategyContent(**{**vars(found), "name": "Ours", "starts_on": STARTS, "ends_on": ENDS, "links": links})
    with pytest.raises(Refusal, match="both ends are F1"):
        start_strategy(office, unit=unit, content=content)
    assert not Strategy.objects.exists() and not Perspective.objects.exists() and not Theme.objects.exists()


def test_a_copy_has_the_map_without_days_and_leaves_the_other_alone(unit):
    made = factories.strategy_map(unit)
    before = content_of(made.strategy)
    copied = copy_strategy(
        made.office, source=made.strategy, unit=unit, name="Next", starts_on=ENDS, ends_on=date(2031, 12, 31)
    )
    after = content_of(copied)
    assert in_order(
        type(after)(**{**vars(after), "name": before.name, "starts_on": STARTS, "ends_on": ENDS})
    ) == in_order(before)
    assert content_of(made.strategy) == before


# ---------------------------------------------------------------------------------------------------------- library
def test_single_pieces_are_added_under_free_codes_and_layers_as_needed(office, unit):
    made = factories.strategy(unit, office=office)
    add_pieces(office, strategy=made.strategy, pieces=[piece_named("hospital:PA1"), piece_named("company:2")])
    (twice,) = add_pieces(office, strategy=made.strategy, pieces=[piece_named("hospital:PA1")])
    assert twice.code == "PA2"
    assert list(Perspective.objects.values_list("name", flat=True)) == ["Patients", "Internal process"]
    own = Perspective.objects.get(name="Internal process")
    (put,) = add_pieces(office, strategy=made.strategy, pieces=[piece_named("agency:V1")], perspective=own)
    assert (put.perspective, put.code, put.state) == (own, "V1", "proposed")


def test_an_adopted_strategy_takes_no_pieces():
    made = factories.strategy_map()
    with pytest.raises(Refusal, match="amendment"):
        add_pieces(made.office, strategy=made.strategy, pieces=[piece_named("hospital:PA1")])
    assert Objective.objects.count() == 3


def test_nothing_chosen_is_refused_and_others_may_not(office, unit):
    made = factories.strategy(unit, office=office)
    with pytest.raises(Refusal, match="at least one"):
        add_pieces(office, strategy=made.strategy, pieces=[])
    reader = factories.member(Role.EXECUTIVE, unit)
    with pytest.raises(Forbidden):
        add_pieces(reader, strategy=made.strategy, pieces=[piece_named("hospital:PA1")])
    assert not Objective.objects.exists()


@pytest.mark.parametrize("size", [1, 3])
def test_the_library_asks_as_often_for_a_small_draft_as_for_a_large_one(size):
    made = factories.strategy_map(adopted=False, objectives=size)
    with CaptureQueriesContext(connection) as asked:
        shelves(made.strategy, templates()[0])
    assert len(asked) == 2


def test_the_library_page_offers_and_adds(office, unit):
    made = factories.strategy(unit, office=office)
    address = reverse("planning:library", args=[made.strategy.pk])
    client = browser(office)
    assert "Save more lives" in text(client.get(address, {"of": "hospital"}))
    assert client.post(f"{address}?of=hospital", {}).status_code == 422
    assert client.post(f"{address}?of=hospital", {"pieces": ["company:F1"]}).status_code == 422
    answer = client.post(f"{address}?of=hospital", {"pieces": ["hospital:PA1"]})
    assert (answer.status_code, answer.url) == (302, reverse("strategy:strategy", args=[made.strategy.pk]))
    assert "in the draft" in text(client.get(address, {"of": "hospital"}))
    assert browser(factories.member(Role.EXECUTIVE, unit)).get(address).status_code == 403
    assert len(pieces("hospital")) == 16


# --------------------------------------------------------------------------------------------------------- workbook
HEAD = "Perspective,Code,Objective,Description,Theme,Owner,Leads to,Lag,Why\n"


def book(tmp_path: Path, content: str | bytes, name: str = "plan.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def taken(actor, path: Path, *, commit: bool = True, columns=HEADINGS, **options: str):
    given = {"unit": "CLI", "name": "Ours", "starts_on": "2026-01-01", "ends_on": "2028-12-31", **options}
    with open_table(path, Layout(), COMMAND) as table:
        present = {name: heading for name, heading in columns.items() if heading in table.columns}
    mapping = Mapping.parse({"kind": "plan", "fields": present, "options": given})
    return run("plan", mapping, path, actor=actor, commit=commit)


def test_a_workbook_becomes_a_draft(office, unit, tmp_path):
    owner = factories.person("Ann", email="ann@example.org")
    rows = "Results,R1,Heal,All,Sooner; Safer,ANN@example.org,,,\nMeans,M1,Train,,Safer,,R1; -M2,2-4; 6,They know\nMeans,M2,Cut,,,,,,\n"
    path = book(tmp_path, HEAD + rows)
    dry = taken(office, path, commit=False)
    assert dry.problems == [] and not Strategy.objects.exists()
    report = taken(office, path)
    assert (report.totals, report.opens != "") == ({"perspectives": 2, "themes": 2, "objectives": 3, "links": 2}, True)
    assert [(o.code, o.perspective.name, o.owner) for o in Objective.objects.order_by("order")] == [
        ("R1", "Results", owner), ("M1", "Means", None), ("M2", "Means", None),
    ]  # fmt: skip
    assert list(ObjectiveLink.objects.order_by("pk").values_list("target__code", "sign", "lag_min", "lag_max", "rationale")) == [
        ("R1", 1, 2, 4, "They know"), ("M2", -1, 6, 6, ""),
    ]  # fmt: skip


WRONG = {
    "no name": ("Results,R1,,,,,,,", "row 2, column 'Objective': The objective has no name."),
    "no perspective": (",R1,Heal,,,,,,", "row 2, column 'Perspective'"),
    "bad code": ("Results,R 1,Heal,,,,,,", "row 2, column 'Code'"),
    "code twice": ("Results,R1,Heal,,,,,,\nResults,R1,Cure,,,,,,", "row 3, column 'Code': The code R1 is used"),
    "unknown owner": ("Results,R1,Heal,,,nobody@example.org,,,", "row 2, column 'Owner': Nobody here fits"),
    "unknown target": ("Results,R1,Heal,,,,X9,,", "row 2, column 'Leads to': No objective in the file"),
    "self-link": ("Results,R1,Heal,,,,R1,,", "row 2, column 'Leads to': A link joins two"),
    "twice": ("Results,R1,Heal,,,,M1;M1,,\nMeans,M1,Train,,,,,,", "row 2, column 'Leads to': The link to M1 is there twice."),
    "no lag": ("Results,R1,Heal,,,,M1,soon,\nMeans,M1,Train,,,,,,", "row 2, column 'Lag': “soon” is not a lag."),
    "lag swapped": ("Results,R1,Heal,,,,M1,6-3,\nMeans,M1,Train,,,,,,", "row 2, column 'Lag': The longest lag"),
    "too few lags": ("Results,R1,Heal,,,,M1;M2,1;2;3,\nMeans,M1,Train,,,,,,\nMeans,M2,T,,,,,,", "row 2, column 'Lag': There are 3 lags"),
    "long name": (f"Results,R1,{'x' * 301},,,,,,", "row 2, column 'Objective'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_by_row_and_column_and_nothing_is_saved(office, unit, tmp_path, case):
    rows, sentence = WRONG[case]
    good = "\nMeans,G1,Grow,,,,,,\n"
    report = taken(office, book(tmp_path, HEAD + rows + good))
    assert len(report.problems) == 1 and sentence in report.problems[0]
    assert not Strategy.objects.exists() and not Objective.objects.exists()


@pytest.mark.parametrize("missing", ["name", "starts_on", "ends_on"])
def test_what_the_options_lack_is_said(office, unit, tmp_path, missing):
    report = taken(office, book(tmp_path, HEAD + "Results,R1,Heal,,,,,,\n"), **{missing: ""})
    assert len(report.problems) == 1 and not Strategy.objects.exists()


def test_a_strategy_goes_out_as_a_workbook_and_comes_back(office, unit, tmp_path):
    made = factories.strategy_map(unit, office=office)
    path = book(tmp_path, b"".join(plan_workbook(content_of(made.strategy), {})), "plan.xlsx")
    report = taken(office, path, name=made.strategy.name)
    assert report.problems == []
    again, before = content_of(Strategy.objects.order_by("-pk").first()), content_of(made.strategy)
    assert [(o.code, o.name, o.description) for o in again.objectives] == [
        (o.code, o.name, o.description) for o in before.objectives
    ]
    assert {t.name for t in again.themes} == {t.name for t in before.themes}
    assert [(p.name, p.question) for p in again.perspectives] == [(p.name, p.question) for p in before.perspectives]
    assert [(link.lag_min, link.lag_max, link.rationale) for link in in_order(again).links] == [
        (link.lag_min, link.lag_max, link.rationale) for link in in_order(before).links
    ]


def test_the_workbook_to_fill_in_can_be_imported_as_it_is(office, unit, tmp_path):
    report = taken(office, book(tmp_path, b"".join(template_workbook()), "plan.xlsx"))
    assert (report.problems, report.totals["objectives"], report.totals["links"]) == ([], 2, 1)


# ------------------------------------------------------------------------------------------------------------ pages
def form(unit, **more) -> dict:
    return {"unit": unit.pk, "name": "Ours", "starts_on": "2026-01-01", "ends_on": "2028-12-31", **more}


@pytest.mark.parametrize(("way", "more", "boxes"), [("empty", {}, 0), ("template", {"template": "hospital"}, 12)])
def test_the_page_starts_a_draft_and_leads_to_it(office, unit, way, more, boxes):
    client = browser(office)
    address = f"{reverse('planning:strategy_new')}?from={way}"
    assert "New strategy" in text(client.get(address))
    answer = client.post(address, form(unit, **more))
    made = Strategy.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("strategy:strategy", args=[made.pk]))
    assert made.objectives.count() == boxes
    assert "StratML Part 2" in text(client.get(answer.url)) and "Add from the library" in text(client.get(answer.url))


def test_the_page_copies_a_strategy_that_may_be_seen(office, unit):
    made = factories.strategy_map(unit, office=office)
    hidden = factories.strategy_map(factories.unit("Elsewhere"), adopted=False)
    client, address = browser(office), f"{reverse('planning:strategy_new')}?from=copy"
    assert client.post(address, form(unit, source=hidden.strategy.pk)).status_code == 422
    assert client.post(address, form(unit, source=made.strategy.pk)).status_code == 302
    assert Strategy.objects.get(name="Ours").objectives.count() == 3


@pytest.mark.parametrize("wrong", [{"unit": ""}, {"name": ""}, {"starts_on": "2029-01-01"}, {"owner": "nobody"}])
def test_a_wrong_form_starts_nothing(office, unit, wrong):
    answer = browser(office).post(reverse("planning:strategy_new"), {**form(unit), **wrong})
    assert answer.status_code == 422 and not Strategy.objects.exists()


def test_who_may_start_none_is_told_who_can(unit):
    assert browser(factories.member(Role.EMPLOYEE, unit)).get(reverse("planning:strategy_new")).status_code == 403


FILES = {
    "stratml": ("plan.xml", GOOD.encode()),
    "workbook": ("plan.csv", (HEAD + "Results,R1,Heal,,,,,,\n").encode()),
}


@pytest.mark.parametrize("way", FILES)
def test_a_file_is_checked_first_then_imported_and_leads_to_the_draft(office, unit, settings, tmp_path, way):
    settings.MEDIA_ROOT = tmp_path
    client, (name, content) = browser(office), FILES[way]
    data = form(unit, file=SimpleUploadedFile(name, content))
    answer = client.post(f"{reverse('planning:strategy_new')}?from={way}", data)
    upload = Upload.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("jobs:upload", args=[upload.pk]))
    worked(upload.job)
    upload.refresh_from_db()
    assert (upload.report["problems"], upload.state, Strategy.objects.count()) == ([], "ready", 0)
    client.post(reverse("jobs:upload_import", args=[upload.pk]))
    upload.refresh_from_db()
    worked(upload.job)
    made = Strategy.objects.get()
    link = reverse("strategy:strategy", args=[made.pk])
    assert made.name == "Ours" and f'href="{link}"' in text(client.get(answer.url))
    assert (client.get(reverse("planning:plan_source", args=[made.pk])).status_code == 200) == (way == "stratml")


def test_downloads_ask_the_policy_of_the_strategy(office, unit):
    made = factories.strategy_map(unit, adopted=False, office=office)
    outsider = browser(factories.member(Role.EMPLOYEE, factories.unit("Elsewhere")))
    for route, args in (("strategy_stratml", [1]), ("strategy_stratml", [2]), ("strategy_workbook", [])):
        address = reverse(f"planning:{route}", args=[made.strategy.pk, *args])
        assert (browser(office).get(address).status_code, outsider.get(address).status_code) == (200, 404)
    assert browser(office).get(reverse("planning:strategy_stratml", args=[made.strategy.pk, 3])).status_code == 404
    assert browser(office).get(reverse("planning:plan_template")).status_code == 200
