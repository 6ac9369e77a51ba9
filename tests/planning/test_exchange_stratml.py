"""StratML as an import: refused in a sentence or a draft with warnings, nothing in between; and out again."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.access import Forbidden
from core.importers import run
from core.mapping import Mapping
from core.spreadsheets import COMMAND, SpreadsheetError
from organization.models import Person
from organization.roles import Role
from planning.exchange.stratml import stratml_of
from planning.exchange.stratml_file import LARGEST, read_tree
from planning.models import PlanSource
from planning.queries.sources import export_facts
from planning.queries.starting import kept
from planning.rules.plan_tree import counts
from planning.rules.stratml_export import in_order
from planning.rules.stratml_indicators import plain
from planning.rules.stratml_schema import fitted
from planning.rules.stratml_shape import arranged
from strategy.models import Objective, Strategy, Theme
from strategy.queries.content import content_of
from strategy.structure import Change, ObjectiveRow, add_objectives, change_objectives
from tests import factories
from tests.factories.scorecards import scorecard

pytestmark = pytest.mark.django_db
ONE = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
SITE = "https://portal.example"
GOOD = f"""<?xml version="1.0" encoding="UTF-8"?>
<StrategicPlan xmlns="{ONE}"><Name>Plan of the clinic</Name><StrategicPlanCore>
<Organization><Name>Clinic</Name><Stakeholder StakeholderTypeType="Person"><Name>Ann</Name></Stakeholder></Organization>
<Vision><Description>Nobody waits.</Description></Vision><Mission><Description>We heal.</Description></Mission>
<Value><Name>Care</Name><Description/></Value>
<Goal><Name>Sooner</Name><Description>In good time</Description><Identifier>7f</Identifier><SequenceIndicator>1</SequenceIndicator>
<Objective><Name>See  patients</Name><Description>All of them</Description><SequenceIndicator>1.1</SequenceIndicator>
<OtherInformation>Kept word for word</OtherInformation></Objective>
<Objective><Description>Call back within a day</Description></Objective></Goal></StrategicPlanCore>
<AdministrativeInformation><StartDate>2026-01-01</StartDate><EndDate>2028-12-31</EndDate></AdministrativeInformation>
</StrategicPlan>"""


@pytest.fixture
def office():
    return factories.member(Role.SMO_OFFICER, factories.unit("Clinic", code="CLI"))


def mapping(kind: str = "stratml", **options: str) -> Mapping:
    return Mapping.parse({"kind": kind, "source": "test", "options": {"unit": "CLI", **options}})


def file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "plan.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def taken(actor, path: Path, *, commit: bool = True, **options: str):
    return run("stratml", mapping(**options), path, actor=actor, commit=commit)


def nothing_saved() -> bool:
    return not Strategy.objects.exists() and not PlanSource.objects.exists() and not Objective.objects.exists()


# --------------------------------------------------------------------------------------------------------------- in
def test_a_dry_run_says_what_the_import_will_do_and_writes_nothing(office, tmp_path):
    path = file(tmp_path, GOOD)
    dry = taken(office, path, commit=False)
    assert (dry.problems, nothing_saved()) == ([], True)
    report = taken(office, path)
    assert (report.counts, report.totals, report.notes) == (dry.counts, dry.totals, dry.notes)
    made = Strategy.objects.get()
    assert (made.name, made.state, made.unit.code, made.mission, made.vision, made.core_values) == (
        "Plan of the clinic", "draft", "CLI", "We heal.", "Nobody waits.", ["Care"],
    )  # fmt: skip
    assert list(Theme.objects.values_list("name", "description")) == [("Sooner", "In good time")]
    assert list(Objective.objects.values_list("code", "name", "description", "perspective__name")) == [
        ("1.1", "See patients", "All of them", "Objectives"),
        ("1.2", "Call back within a day", "Call back within a day", "Objectives"),
    ]
    assert report.opens.endswith(f"/{made.pk}/") and len(report.lines) == 3
    assert report.counts == {"taken": 3}


def test_what_breaks_the_schema_is_a_warning_with_its_line(office, tmp_path):
    said = " ".join(taken(office, file(tmp_path, GOOD)).notes)
    assert "“7f” is not what the schema allows in Identifier" in said and "Lines 6" in said
    assert "Objective has no name; it is called “Call back within a day” here" in said
    assert PlanSource.objects.get().warnings


def test_name_and_days_of_the_options_win(office, tmp_path):
    taken(office, file(tmp_path, GOOD), name="Our way", starts_on="2027-01-01")
    made = Strategy.objects.get()
    assert (made.name, str(made.starts_on), str(made.ends_on)) == ("Our way", "2027-01-01", "2028-12-31")
    out = stratml_of(made, export_facts(office, made), 1, SITE).decode()
    assert "<Name>Our way</Name>" in out and "<StartDate>2027-01-01</StartDate>" in out


DTD = '<!DOCTYPE StrategicPlan [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE StrategicPlan [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
NETWORK = '<!DOCTYPE StrategicPlan SYSTEM "http://127.0.0.1:9/plan.dtd">'
BAD = {
    "billion laughs": (GOOD.replace("<StrategicPlan ", f"{DTD}<StrategicPlan ").replace("We heal.", "&b;"), "document type"),
    "external entity": (GOOD.replace("<StrategicPlan ", f"{OUTSIDE}<StrategicPlan ").replace("We heal.", "&x;"), "document type"),
    "external subset": (GOOD.replace("<StrategicPlan ", f"{NETWORK}<StrategicPlan "), "document type"),
    "undeclared entity": (GOOD.replace("We heal.", "&x;"), "line 4: The XML is not well formed here (undefined entity"),
    "not closed": (GOOD.replace("</Goal>", "", 1), "line 9: The XML is not well formed here (mismatched tag)"),
    "cut off": (GOOD[:400], "not well formed here"),
    "wrong root": ("<?xml version='1.0'?>\n<rss><channel/></rss>", "line 2: This is not a StratML plan: it begins with “rss”"),
    "not XML": ("code,name\n1,x\n", "line 1: The XML is not well formed"),
    "empty": ("", "not well formed here (no element found)"),
    "unknown encoding": (GOOD.replace("UTF-8", "klingon"), "encoding is not known"),
    "wrong encoding": (GOOD.replace("We heal.", "é").encode("latin-1"), "not well formed"),
    "too deep": (GOOD.replace("We heal.", "<a>" * 60 + "</a>" * 60), "deep in one another"),
    "no days": (re.sub("<AdministrativeInformation>.*</AdministrativeInformation>", "", GOOD), "first day (starts_on)"),
    "days swapped": (GOOD.replace("2028-12-31", "2020-12-31"), "ends before it starts"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_saved(office, tmp_path, case):
    content, sentence = BAD[case]
    report = taken(office, file(tmp_path, content))
    assert len(report.problems) == 1 and sentence in report.problems[0]
    assert (report.is_committed, nothing_saved()) == (False, True)


def test_a_file_of_more_than_fifty_megabytes_is_refused_while_it_is_read(office, tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as large:
        large.write(GOOD.replace("We heal.", "%").split("%")[0].encode())
        for _mb in range(LARGEST // (1 << 20) + 1):
            large.write(b"x" * (1 << 20))
    report = taken(office, path)
    assert report.problems == ["large.xml: The file is larger than 50 MB; no plan is so large."]
    assert nothing_saved()


def test_a_file_of_very_many_elements_is_refused(tmp_path):
    path = file(tmp_path, GOOD.replace("<Value>", "<Value/>" * 200_000 + "<Value>"))
    with pytest.raises(SpreadsheetError, match="more than 200,000 elements"):
        read_tree(path, COMMAND)


def test_an_unknown_unit_and_one_without_the_right_are_refused(office, tmp_path):
    report = run(
        "stratml", Mapping.parse({"kind": "stratml", "options": {"unit": "NO"}}), file(tmp_path, GOOD), actor=office
    )
    assert report.problems == ["No unit has the code “NO”."]
    other = factories.member(Role.SMO_OFFICER, factories.unit("Elsewhere"))
    with pytest.raises(Forbidden):
        taken(other, file(tmp_path, GOOD))
    assert nothing_saved()


# -------------------------------------------------------------------------------------------------------------- out
def test_an_imported_plan_comes_out_word_for_word_and_in_again_the_same(office, tmp_path):
    taken(office, file(tmp_path, GOOD))
    made = Strategy.objects.get()
    out = stratml_of(made, export_facts(office, made), 1, SITE)
    before, after = read_tree(tmp_path / "plan.xml", COMMAND), read_tree(file(tmp_path, out), COMMAND)
    assert (after.tree, after.facts) == (before.tree, "")
    assert "<Name>See  patients</Name>" in out.decode() and "<Identifier><?smo-kept" in out.decode()


def test_what_changed_since_is_written_and_what_is_ours_alone_comes_back(office, tmp_path):
    taken(office, file(tmp_path, GOOD))
    made = Strategy.objects.get()
    first = Objective.objects.get(code="1.1")
    change_objectives(office, strategy=made, changes=[Change(first, {"short_name": "See", "name": "See everybody"})])
    add_objectives(office, strategy=made, rows=[ObjectiveRow("N1", "Build beds", "Objectives")])
    out = stratml_of(made, export_facts(office, made), 1, SITE).decode()
    assert "<Name>See everybody</Name>" in out and "Kept word for word" in out and "Without a theme" in out
    report = taken(office, file(tmp_path, out), name="Again")
    again = Strategy.objects.get(name="Again")
    assert report.problems == []
    assert in_order(content_of(again)) == in_order(
        type(content_of(made))(**{**vars(content_of(made)), "name": "Again"})
    )


@pytest.mark.parametrize("part", [1, 2])
def test_a_strategy_of_the_portal_goes_out_and_comes_back(part, tmp_path):
    made = factories.strategy_map(factories.unit("Clinic", code="CLI"))
    out = stratml_of(made.strategy, export_facts(made.office, made.strategy), part, SITE)
    read = read_tree(file(tmp_path, out), COMMAND)
    assert (read.part.number, counts(read.tree)["Objective"], counts(read.tree)["Goal"]) == (part, 3, 2)
    report = taken(made.office, file(tmp_path, out), name="Again")
    assert (report.problems, report.notes) == ([], [])
    former = content_of(made.strategy)
    assert in_order(content_of(Strategy.objects.get(name="Again"))) == in_order(
        type(former)(**{**vars(former), "name": "Again"})
    )


def test_identifiers_made_here_stay_the_same_from_export_to_export(tmp_path):
    made = factories.strategy_map()
    first, second = (stratml_of(made.strategy, export_facts(made.office, made.strategy), 2, SITE) for _time in "12")
    assert first == second and len(set(re.findall(rb"<Identifier>(_[0-9a-f-]{36})<", first))) == 5


def test_measures_go_out_as_indicators_with_targets_and_values_and_come_back_as_kept(tmp_path):
    tree = scorecard(factories.unit("Clinic", code="CLI"))
    share = tree.measure("Seen in time", is_percent=True, kind="leading")
    tree.measure("Falls")
    tree.target(share, "2026-05", 80)
    tree.record(share, "2026-05", 0.000001)
    tree.record(share, "2026-06", 72.5)
    facts = export_facts(tree.officer, tree.strategy)
    assert b"PerformanceIndicator" not in stratml_of(tree.strategy, facts, 1, SITE)
    out = stratml_of(tree.strategy, facts, 2, SITE)
    read = read_tree(file(tmp_path, out), COMMAND)
    assert arranged(read.tree, read.part)[1] == []
    first, second = (one for one in read.tree.walk() if one.tag == "PerformanceIndicator")
    assert first.attributes == {"ValueChainStage": "Output", "PerformanceIndicatorType": "Quantitative"}
    told = [first.words(tag) for tag in ("SequenceIndicator", "MeasurementDimension", "UnitOfMeasurement")]
    assert told == [share.code, "Seen in time", "%"]
    results = [
        [
            (result.tag, *(result.words(tag) for tag in ("StartDate", "EndDate", "NumberOfUnits")))
            for result in one.children
        ]
        for one in first.all("MeasurementInstance")
    ]
    may = ("2026-05-01", "2026-05-31")
    assert results == [
        [("TargetResult", *may, "80"), ("ActualResult", *may, "0.000001")],
        [("ActualResult", "2026-06-01", "2026-06-30", "72.5")],
    ]
    assert (second.words("UnitOfMeasurement"), second.all("MeasurementInstance")) == ("number", ())
    report = taken(tree.officer, file(tmp_path, out), name="Again")
    assert (report.problems, report.totals["performance indicators, kept"]) == ([], 2)
    again = Strategy.objects.get(name="Again")
    once_more = read_tree(file(tmp_path, stratml_of(again, export_facts(tree.officer, again), 2, SITE)), COMMAND)
    assert counts(once_more.tree) == counts(read.tree)


@given(st.floats(-1e18, 1e18))
def test_a_number_of_an_indicator_has_no_exponent(number):
    assert fitted(plain(number), "number") == plain(number)
    assert abs(float(plain(number)) - number) <= max(1e-15, abs(number) * 1e-15)


def test_the_command_takes_a_plan_by_options_alone(office, tmp_path):
    path, options = file(tmp_path, GOOD), tmp_path / "plan.toml"
    options.write_text('kind = "stratml"\n[options]\nunit = "CLI"\n')
    person = Person.objects.get(pk=office.person_id)
    call_command("import_table", str(path), mapping=options, email=person.email, stdout=StringIO())
    assert nothing_saved()
    call_command("import_table", str(path), mapping=options, email=person.email, commit=True, stdout=StringIO())
    assert Strategy.objects.get().name == "Plan of the clinic"


def test_an_export_asks_as_often_for_few_objectives_as_for_many():
    counted = []
    for size in (1, 3):
        made = factories.strategy_map(objectives=size)
        with CaptureQueriesContext(connection) as asked:
            stratml_of(made.strategy, export_facts(made.office, made.strategy), 2, SITE)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 10


def test_what_came_with_a_plan_is_shown(office, tmp_path):
    taken(office, file(tmp_path, GOOD))
    shown = kept(PlanSource.objects.get())
    assert shown.stakeholders == [("", "Ann", "")]
    assert shown.notes == [("See  patients", "Kept word for word")]
    assert dict(shown.counts) == {"Organization": 1, "Stakeholder": 1, "Identifier": 1}


def test_the_plan_a_strategy_came_from_is_never_changed(office, tmp_path):
    taken(office, file(tmp_path, GOOD))
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanSource.objects.update(file_name="other.xml")
