"""Pages of scorecards with real rows, as a browser gets them."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.text import slugify
from openpyxl import load_workbook

from organization.models import Person
from organization.roles import Role
from scorecards.actions import open_scorecard
from scorecards.models import Observation
from tests import factories
from tests.factories.scorecards import TODAY, scorecard, theme
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import PERIOD, browser, grow, queries, text

pytestmark = pytest.mark.django_db
MEASURES = "/scorecards/measures/"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard(objectives=2)


@pytest.fixture
def officer(tree):
    return browser(tree.officer)


def card_url(tree) -> str:
    return f"/scorecards/{tree.card.pk}/"


def node_url(tree, thing) -> str:
    return f"/scorecards/nodes/{tree.node(thing).pk}/"


def measure_url(measure) -> str:
    return f"{MEASURES}{measure.pk}/"


# --------------------------------------------------------------------------------------------------------- all pages
@pytest.mark.parametrize("url", [
    "/scorecards/", "/scorecards/1/", "/scorecards/1/file.csv", "/scorecards/nodes/1/", MEASURES, f"{MEASURES}1/",
    f"{MEASURES}1/file.csv",
])  # fmt: skip
def test_a_stranger_is_led_to_the_sign_in_and_back(url):
    answer = Client().get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={url}")


@pytest.mark.parametrize("page", ["scorecard", "measures", "measure", "objective", "strategy", "file"])
def test_a_page_takes_as_many_queries_for_twelve_measures_as_for_three(tree, officer, page):
    first = grow(tree, 3)[0]
    url = {
        "scorecard": card_url(tree),
        "measures": MEASURES,
        "measure": measure_url(first),
        "objective": node_url(tree, tree.objectives[0]),
        "strategy": node_url(tree, tree.strategy),
        "file": f"{card_url(tree)}file.json",
    }[page]
    few = queries(officer, url)
    grow(tree, 9)
    assert queries(officer, url) == few <= (42 if page == "measure" else 27)


def test_the_list_of_scorecards_takes_as_many_queries_for_twelve_as_for_three(tree, officer):
    for _ in range(2):
        scorecard()
    few = queries(officer, "/scorecards/")
    for _ in range(9):
        scorecard()
    assert queries(officer, "/scorecards/") == few <= 25


def test_what_is_not_there_is_not_found(tree, officer):
    urls = [f"/scorecards/{2**40}/", f"/scorecards/nodes/{2**40}/", f"{MEASURES}{2**40}/", f"{card_url(tree)}file.exe"]
    assert [officer.get(url).status_code for url in urls] == [404] * 4


def test_the_period_travels_in_the_address(tree, officer):
    grow(tree, 1)
    page = text(officer.get(f"{card_url(tree)}?p=2026-05"))
    measure = measure_url(tree.measures["Measure 0"])
    assert f'href="{measure}?p=2026-05"' in page and "May 2026" in page
    usual = text(officer.get(card_url(tree)))
    assert f'href="{measure}"' in usual and "Jun 2026" in usual


@pytest.mark.parametrize("asked", ["june", "2026-13", "", "9999-W99", "%00"])
def test_a_period_that_is_none_shows_the_usual_one(tree, officer, asked):
    grow(tree, 1)
    assert "Scorecard, Jun 2026" in text(officer.get(f"{card_url(tree)}?p={asked}"))


# -------------------------------------------------------------------------------------------------------- scorecards
def test_the_list_shows_every_scorecard_with_its_status_and_coverage(tree, officer):
    grow(tree, 1)
    grow(tree, 1, objective=1)
    other = scorecard()
    page = text(officer.get("/scorecards/"))
    assert f'href="{card_url(tree)}"' in page and f'href="{card_url(other)}"' in page
    assert "100%" in page and "On track" in page


def test_the_only_scorecard_is_opened_at_once_in_the_same_period(tree, officer):
    assert officer.get("/scorecards/")["Location"] == card_url(tree)
    assert officer.get("/scorecards/?p=2026-05")["Location"] == f"{card_url(tree)}?p=2026-05"


def test_no_scorecard_yet_says_what_belongs_here():
    reader = factories.member(Role.EXECUTIVE, factories.unit())
    assert "No scorecard yet" in text(browser(reader).get("/scorecards/"))


def test_a_scorecard_shows_objectives_and_measures_with_values_targets_and_reasons(tree, officer):
    grow(tree, 4)
    page = text(officer.get(card_url(tree)))
    for words in (
        "Objective 0",
        "Measure 3",
        "110.0",
        "100.0",
        "+10.0",
        "−40.0",
        "Not due yet",
        "25%",
        "3 of 3 measures",
    ):
        assert words in page, words


def test_a_scorecard_without_measures_says_how_one_gets_there(tree, officer):
    bare = scorecard(objectives=0, perspectives=0)
    assert "Nothing is measured yet" in text(officer.get(card_url(bare)))


def test_the_scorecard_of_a_draft_is_seen_by_those_who_write_it_alone():
    draft = factories.strategy_map(adopted=False)
    card = open_scorecard(draft.office, strategy=draft.strategy, today=TODAY)
    stranger = browser(factories.member(Role.EMPLOYEE, factories.unit()))
    node = card.nodes.get(kind="strategy")
    urls = [f"/scorecards/{card.pk}/", f"/scorecards/nodes/{node.pk}/", f"/api/v1/scorecards/{card.pk}/"]
    assert [stranger.get(url).status_code for url in urls] == [404, 404, 404]
    assert [browser(draft.office).get(url).status_code for url in urls] == [200, 200, 200]


def test_a_scorecard_comes_as_csv_workbook_and_json(tree, officer):
    grow(tree, 2)
    url = f"{card_url(tree)}file"
    csv = officer.get(f"{url}.csv")
    lines = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()
    assert csv["Content-Disposition"] == f'attachment; filename="{slugify(tree.card.name)}-2026-06.csv"'
    assert lines[0] == (
        "Level,Code,Name,Owner,Actual,Target,Score,Status,Why there is none,Status before,Coverage,Share of weight,"
        "Declared status,Declared by,Declared until,Recorded after closing"
    )
    measure = tree.measures["Measure 1"]
    assert f"measure,{measure.code},Measure 1,,95.0,100.0,50,Watch,,No data,1,0.5,,,," in lines
    sheet = load_workbook(io.BytesIO(b"".join(officer.get(f"{url}.xlsx").streaming_content))).active
    assert [cell.value for cell in sheet[1]][:3] == ["Level", "Code", "Name"]
    rows = json.loads(b"".join(officer.get(f"{url}.json").streaming_content))
    assert len(rows) == len(lines) - 1 == sheet.max_row - 1
    assert rows[3]["value"] == "110.0"


# ---------------------------------------------------------------------------------------------------------- measures
def test_measures_are_listed_worst_first(tree, officer):
    grow(tree, 4)
    page = text(officer.get(MEASURES))
    found = [page.index(f">{name}</a>") for name in ("Measure 2", "Measure 1", "Measure 3", "Measure 0")]
    assert found == sorted(found) and "4 measures" in page


def test_measures_are_filtered_by_name_status_and_mine(tree, officer):
    grow(tree, 4)
    tree.measure("Own", owner=Person.objects.get(pk=tree.officer.person_id))

    def shown(query: str) -> list[str]:
        page = text(officer.get(f"{MEASURES}?{query}"))
        return [name for name in (*(f"Measure {n}" for n in range(4)), "Own") if f">{name}</a>" in page]

    assert shown("q=measure+1") == ["Measure 1"]
    assert shown("status=off_track") == ["Measure 2"]
    assert shown("mine=on") == ["Own"]
    assert shown("q=nothing") == []
    assert "Clear the filters" in text(officer.get(f"{MEASURES}?q=nothing"))


def test_a_status_that_is_none_filters_nothing_and_fails_nothing(tree, officer):
    grow(tree, 2)
    assert "2 measures" in text(officer.get(f"{MEASURES}?status=purple"))


def test_measures_come_fifty_to_a_page_and_the_filter_stays(tree, officer, monkeypatch):
    monkeypatch.setattr("scorecards.queries.lists.PAGE_SIZE", 2)
    grow(tree, 5)
    page = text(officer.get(f"{MEASURES}?q=measure&page=2"))
    assert page.count('<th scope="row">') == 2
    assert "page=3" in page and "q=measure" in page
    for number in ("99", "x", "-1"):
        assert officer.get(f"{MEASURES}?page={number}").status_code == 200


# ----------------------------------------------------------------------------------------------------------- measure
def test_a_measure_shows_value_target_status_and_definition(tree, officer):
    (made,) = grow(tree, 1, description="Patients seen.", unit_of_measure="days", kind="leading", is_critical=True)
    page = text(officer.get(measure_url(made)))
    for words in ("110.0 days in Jun 2026, 10.0 better than the target", "Patients seen.", "critical", "On track"):
        assert words in page, words
    assert f"{measure_url(made)}file.csv" in page and "<svg" in page


def test_a_measure_without_values_says_so(tree, officer):
    made = tree.measure("Bare")
    page = text(officer.get(measure_url(made)))
    assert "No values yet" in page and '<svg class="smo-chart' not in page


def test_a_corrected_value_shows_what_it_was(tree, officer):
    (made,) = grow(tree, 1)
    tree.record(made, PERIOD, 120, comment="Counted twice before")
    page = text(officer.get(measure_url(made)))
    assert "was 110.0" in page and "Counted twice before" in page


def test_the_periods_of_a_measure_come_as_a_file(tree, officer):
    (made,) = grow(tree, 1)
    lines = b"".join(officer.get(f"{measure_url(made)}file.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Period,Actual,Target,Red flag,") and lines[1].startswith("2026-06,110,100,90,")
    assert len(lines) == 14


def test_only_who_may_record_sees_the_form(tree, officer):
    (made,) = grow(tree, 1)
    action = f'action="{measure_url(made)}record/"'
    assert action in text(officer.get(measure_url(made)))
    assert action not in text(browser(factories.member(Role.EXECUTIVE, tree.unit)).get(measure_url(made)))


def test_a_value_is_recorded_from_its_page(tree, officer):
    made = tree.measure("One")
    answer = officer.post(f"{measure_url(made)}record/", {"period": PERIOD, "value": "72.4", "comment": "Better"})
    assert (answer.status_code, answer["Location"]) == (302, f"{measure_url(made)}?p={PERIOD}")
    assert "Saved for Jun 2026." in text(officer.get(answer["Location"]))
    stored = Observation.objects.get()
    assert (str(stored.value.normalize()), stored.comment, stored.recorded_by_id) == (
        "72.4",
        "Better",
        tree.officer.person_id,
    )


def test_a_value_recorded_twice_is_kept_once_and_said_so(tree, officer):
    made = tree.measure("One")
    given = {"period": PERIOD, "value": "72.4", "comment": ""}
    for _ in range(2):
        answer = officer.post(f"{measure_url(made)}record/", given)
    assert "Jun 2026 already had this value." in text(officer.get(answer["Location"]))
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(("given", "sentence"), [
    ({"value": "many"}, "is not a number."),
    ({"value": "1e400"}, "has more digits than can be stored"),
    ({"period": "2020-01", "value": "1"}, "Select a valid choice. 2020-01 is not one of the available choices."),
    ({"value": "2"}, "One is yes or no: give 1 for yes or 0 for no."),
    ({"value": "NaN"}, "is not a number."),
])  # fmt: skip
def test_a_refused_value_is_answered_beside_what_was_typed(tree, officer, given, sentence):
    made = tree.measure("One", method="yes_no")
    typed = {"period": PERIOD, "comment": "Do not lose <me>", **given}
    with nothing_changes():
        answer = officer.post(f"{measure_url(made)}record/", typed)
    page = text(answer)
    assert answer.status_code == 422
    assert sentence in page and "Do not lose &lt;me&gt;" in page
    assert f'value="{given["value"]}"' in page


@pytest.mark.parametrize(("settings", "typed", "value"), [
    ({}, "1.234,5", "1234.5"), ({"is_percent": True}, "72,4 %", "72.4"), ({"unit_of_measure": "£m"}, "£12.9m", "12.9"),
    ({"method": "yes_no"}, "Yes", "1"), ({"method": "scale", "scale": {"late": 10.0, "on time": 90.0}}, "on time", "2"),
])  # fmt: skip
def test_a_value_is_read_as_the_grid_reads_it(tree, officer, settings, typed, value):
    made = tree.measure("One", **settings)
    officer.post(f"{measure_url(made)}record/", {"period": PERIOD, "value": typed, "comment": ""})
    assert Observation.objects.get().value == Decimal(value)


def test_recording_by_who_may_not_is_forbidden(tree):
    made = tree.measure("One")
    reader = browser(factories.member(Role.EXECUTIVE, tree.unit))
    with nothing_changes():
        assert reader.post(f"{measure_url(made)}record/", {"period": PERIOD, "value": "1"}).status_code == 403


def test_a_ratio_is_recorded_by_what_was_counted(tree, officer):
    made = tree.measure("Share", aggregation="ratio", is_percent=True)
    answer = officer.post(f"{measure_url(made)}record/", {"period": PERIOD, "numerator": "3", "denominator": "4"})
    assert answer.status_code == 302
    assert tree.result(made, PERIOD).value == 75


# -------------------------------------------------------------------------------------------------------------- node
def test_a_node_shows_its_parts_and_what_each_brings(tree, officer):
    grow(tree, 4)
    page = text(officer.get(node_url(tree, tree.objectives[0])))
    assert "50.0 of 100 points in Jun 2026" in page
    assert "75% of the weight, down to the measures, has a score; a score needs 50%. " in page.replace("</p>", " ")
    assert "1 part has no score." in page
    assert '<tfoot><tr class="smo-b"><th scope="row">Together</th>' in page
    for measure in tree.measures.values():
        assert f'href="{node_url(tree, measure)}"' in page
    assert f'href="{node_url(tree, tree.objectives[0].perspective)}"' in page


def test_a_node_with_too_little_coverage_keeps_its_number(tree, officer):
    grow(tree, 1)
    for _ in range(2):
        tree.measure("Missing")
    page = text(officer.get(node_url(tree, tree.objectives[0])))
    assert "No score in Jun 2026: Too little coverage" in page
    assert "What is known comes to 100.0, which is too little to stand for the whole." in page


def test_a_cap_names_the_critical_measure_that_holds_the_score(tree, officer):
    grow(tree, 1, weight=9)
    red = tree.measure("Harm", is_critical=True)
    tree.target(red, PERIOD, 100, red_flag=90)
    tree.record(red, PERIOD, 10)
    page = text(officer.get(node_url(tree, tree.objectives[0])))
    assert "66.0 of 100 points in Jun 2026" in page and "90.0" in page
    assert "Harm is critical and off track, so the score is held at 66.0." in page


def test_a_measure_explains_its_score_in_words(tree, officer):
    made = tree.measure("Usual")
    tree.target(made, PERIOD, 100)
    tree.record(made, PERIOD, 95)
    page = text(officer.get(node_url(tree, made)))
    assert "The red flag is worth 33⅓ points and the target 66⅔" in page
    assert "90.0" in page and "default red flag" in page
    assert f'href="{measure_url(made)}"' in page


@pytest.mark.parametrize(("values", "words"), [
    ({"method": "meets"}, "66⅔ points at the target or better, otherwise 0."),
    ({"method": "unscored"}, "Only the value is shown; it has no score and counts nowhere."),
    ({"method": "yes_no"}, "66⅔ points for the wanted answer, otherwise 0."),
    ({"method": "scale", "scale": {"bad": 0, "good": 80}}, "Each word of the scale has its own score."),
    ({"method": "range", "polarity": "inside", "tolerance": 1}, "66⅔ points inside the range"),
    ({"method": "progress", "baseline": 10, "baseline_on": date(2026, 1, 1)}, "0 points at the baseline"),
])  # fmt: skip
def test_every_method_has_words(tree, officer, values, words):
    made = tree.measure("One", **values)
    assert words in text(officer.get(node_url(tree, made)))


def test_a_range_shows_its_two_ends(tree, officer):
    made = tree.measure("Level", method="range", polarity="inside", tolerance=1)
    tree.target(made, PERIOD, None, low=10, high=20)
    tree.record(made, PERIOD, 15)
    page = text(officer.get(node_url(tree, made)))
    assert ">10.0<" in page and ">20.0<" in page and ">15.0<" in page


def test_a_range_stands_where_a_target_would(tree, officer):
    made = tree.measure("Level", method="range", polarity="inside", tolerance=1)
    tree.target(made, PERIOD, None, low=10, high=20)
    tree.record(made, PERIOD, 15)
    for url in (measure_url(made), card_url(tree), "/scorecards/measures/"):
        assert "10 to 20" in text(officer.get(url)), url
    tree.target(made, PERIOD, None, low=10)
    assert "at least 10" in text(officer.get(measure_url(made)))


def test_an_address_that_only_takes_forms_says_so(tree, officer):
    answer = officer.get(f"/scorecards/measures/{tree.measure('One').pk}/record/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "send it again" in text(answer)


def test_a_value_carried_from_a_longer_period_says_so(tree, officer):
    made = tree.measure("Yearly", frequency="quarter")
    tree.target(made, "2026-Q1", 100)
    tree.record(made, "2026-Q1", 100)
    assert "the value is carried from its last own period" in text(officer.get(f"{node_url(tree, made)}?p=2026-05"))


def test_a_scorecard_is_cut_by_themes_too(tree, officer):
    grow(tree, 2)
    (first, second) = tree.objectives
    made = theme(tree.strategy, [first])
    tree.regrow()
    page = officer.get(card_url(tree), {"p": PERIOD, "by": "theme"})
    rows = page.context["rows"]
    assert [(row.kind, row.key) for row in rows][:2] == [("theme", made.pk), ("objective", first.pk)]
    assert (len(rows), second.pk in {row.key for row in rows if row.kind == "objective"}) == (4, False)
    assert rows[0].score == rows[1].score
    assert officer.get(card_url(tree), {"p": PERIOD}).context["rows"][1].kind == "perspective"


def test_a_row_explains_itself_below_where_a_script_asks(tree, officer):
    grow(tree, 2)
    node = tree.node(tree.objectives[0])
    headers = {"HX-Request": "true", "HX-Target": f"row-{node.pk}"}
    row = officer.get(f"/scorecards/nodes/{node.pk}/?p={PERIOD}", headers=headers)
    assert (row.content.strip().startswith(b'<tr class="smo-whyrow">'), b"<html" in row.content) == (True, False)
    assert "The parts and what each brings" in text(row)
    page = officer.get(f"/scorecards/nodes/{node.pk}/?p={PERIOD}", headers={**headers, "HX-Target": "main"})
    assert b"<html" in page.content
