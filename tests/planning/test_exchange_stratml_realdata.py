"""Published plans: their counts are those of EXPECTED.json, what goes out is valid, and comes in again the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core.importers import run
from core.mapping import Mapping
from core.spreadsheets import COMMAND
from organization.roles import Role
from planning.exchange.stratml import stratml_of
from planning.exchange.stratml_file import read_tree, written_tree
from planning.models import PlanSource
from planning.queries.sources import export_facts
from planning.rules.plan_tree import counts
from planning.rules.stratml_export import plan_tree, with_facts
from planning.rules.stratml_schema import PARTS
from planning.rules.stratml_shape import arranged
from strategy.models import Objective, Strategy, Theme
from tests import factories
from tests.conftest import REAL_DATA
from tests.planning.strategies import contents, trees
from tests.planning.test_rules_stratml import GIVEN, WORDS
from tests.planning.xsd import Schema

pytestmark = [pytest.mark.realdata, pytest.mark.django_db]
FOLDER = REAL_DATA / "stratml"
FILES = ["PMOAI.xml", "SMLC2011.xml", "SMLC2011_pretty_bom.xml"]
SCHEMAS = {1: "StrategicPlanISOVersion20140401.xsd", 2: "PerformancePlanOrReport20160216.xsd"}
EQUAL = ("Goal", "Objective", "Stakeholder", "PerformanceIndicator", "TargetResult", "ActualResult")
SITE = "https://portal.example"


def expected(name: str) -> dict:
    return json.loads((REAL_DATA / "EXPECTED.json").read_text())["stratml"][name]


def faults(part: int, document: bytes) -> list[str]:
    return Schema(FOLDER / SCHEMAS[part]).faults(document)


def taken(actor, path: Path, name: str = "") -> tuple[Strategy, list[str]]:
    options = {"unit": "SMLC", "starts_on": "2011-01-01", "ends_on": "2019-12-31", **({"name": name} if name else {})}
    report = run("stratml", Mapping.parse({"kind": "stratml", "options": options}), path, actor=actor, commit=True)
    assert report.problems == []
    return Strategy.objects.order_by("-pk").first(), report.notes


@pytest.fixture
def office():
    return factories.member(Role.SMO_OFFICER, factories.unit("Committee", code="SMLC"))


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_valid_or_not_as_it_is_written_of_them(name):
    part = 1 if expected(name)["root"] == "StrategicPlan" else 2
    assert (not faults(part, (FOLDER / name).read_bytes())) == expected(name)["source_is_xsd_valid"]


@pytest.mark.parametrize("name", FILES)
def test_every_count_is_read(name):
    read = read_tree(FOLDER / name, COMMAND)
    wanted = expected(name)
    found = counts(read.tree)
    assert {tag: found.get(tag, 0) for tag in wanted["counts"]} == wanted["counts"]
    assert (read.part.root, read.namespace, read.tree.attributes.get("Type")) == (
        wanted["root"], wanted["namespace"], wanted["type_attr"],
    )  # fmt: skip
    goals = read.tree.first("StrategicPlanCore").all("Goal")
    assert [
        {"seq": g.words("SequenceIndicator"), "name": g.words("Name"), "objectives": len(g.all("Objective"))}
        for g in goals
    ] == wanted["goals"]
    ids = [one.text for one in read.tree.walk() if one.tag == "Identifier" and one.text]
    assert (len(ids), len(set(ids))) == (wanted["identifiers_nonempty"], wanted["identifiers_distinct"])


@pytest.mark.parametrize("name", FILES)
def test_a_published_plan_becomes_a_draft_and_goes_out_valid_with_equal_counts(office, tmp_path, name):
    made, notes = taken(office, FOLDER / name)
    wanted = expected(name)
    assert list(Theme.objects.values_list("name", flat=True)) == [goal["name"] for goal in wanted["goals"]]
    under = [Objective.objects.filter(themes__name=goal["name"]).count() for goal in wanted["goals"]]
    assert under == [goal["objectives"] for goal in wanted["goals"]]
    assert len(made.core_values) == wanted["counts"]["Value"]
    broken = [note for note in notes if "schema" in note or "identifier" in note]
    assert bool(broken) == (not wanted["source_is_xsd_valid"])
    source = PlanSource.objects.get(strategy=made)
    out = stratml_of(made, export_facts(office, made), source.part, SITE)
    assert faults(source.part, out) == []
    path = tmp_path / "again.xml"
    path.write_bytes(out)
    again, _notes = taken(office, path, "Again")
    kept = export_facts(office, again).tree
    assert {tag: counts(kept).get(tag, 0) for tag in wanted["counts"]} == wanted["counts"]
    once_more = stratml_of(again, export_facts(office, again), source.part, SITE)
    assert faults(source.part, once_more) == []
    before, after = counts(read_tree(path, COMMAND).tree), counts(kept)
    assert {tag: before[tag] for tag in EQUAL if tag in before} == {tag: after[tag] for tag in EQUAL if tag in after}


@pytest.mark.parametrize("name", FILES)
def test_identifiers_only_gain_underscores_before_them(office, name):
    made, _notes = taken(office, FOLDER / name)
    facts = export_facts(office, made)
    source = [one.text for one in facts.tree.walk() if one.tag == "Identifier" and one.text]
    written = [one.text for one in arranged(facts.tree, PARTS[facts.part])[0].walk() if one.tag == "Identifier"]
    assert sorted(text.lstrip("_") for text in written) == sorted(text.lstrip("_") for text in source)


@pytest.mark.parametrize("part", [1, 2])
def test_whatever_a_strategy_holds_its_file_is_valid(part):
    schema = Schema(FOLDER / SCHEMAS[part])

    @given(contents())
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def check(content):
        tree = plan_tree(content, PARTS[part], GIVEN)
        made = with_facts(arranged(tree, PARTS[part])[0], tree, content, WORDS)
        assert schema.faults(written_tree(made, PARTS[part])) == []

    check()


@pytest.mark.parametrize("part", [1, 2])
def test_whatever_a_plan_holds_it_goes_out_valid_and_reads_back(part, tmp_path):
    schema, path = Schema(FOLDER / SCHEMAS[part]), tmp_path / "plan.xml"

    @given(trees(PARTS[part].root))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def check(tree):
        document = written_tree(arranged(tree, PARTS[part])[0], PARTS[part])
        assert schema.faults(document) == []
        path.write_bytes(document)
        assert read_tree(path, COMMAND).tree == tree

    check()
