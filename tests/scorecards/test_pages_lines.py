"""Further lines, notes and breaks, and measures used elsewhere, in the browser."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.periods import Period
from organization.roles import Role
from scorecards.actions import close_period, use_measure
from scorecards.actions.lines import add_series, rename_series
from scorecards.models import Annotation, Edge, Observation, Series
from tests import factories
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    tree = scorecard()
    measure = tree.measure("A")
    for period, value in (("2026-05", 80), ("2026-06", 100)):
        tree.target(measure, period, 90)
        tree.record(measure, period, value)
    return tree


def page_url(tree: Tree, page: str = "") -> str:
    return f"/scorecards/measures/{tree.measures['A'].pk}/{page}"


# --------------------------------------------------------------------------------------------------- lines
def test_a_benchmark_is_added_recorded_drawn_and_renamed(tree):
    client = browser(tree.officer)
    client.post(page_url(tree, "lines/new/"), {"kind": "benchmark", "name": " Best  in class "})
    series = Series.objects.get(kind="benchmark")
    assert series.name == "Best in class"
    address = f"/scorecards/lines/{series.pk}/?year=2026"
    assert client.post(address, {"2026-05": "95", "2026-06": "97.5", "source": "Survey"}).status_code == 302
    assert [row.value for row in Observation.objects.filter(series=series).order_by("period_start")] == [
        95,
        Decimal("97.5"),
    ]
    page = text(client.get(page_url(tree)))
    assert "97.5" in page
    assert page.count("Best in class") >= 3
    client.post(f"/scorecards/lines/{series.pk}/rename/", {"name": "Top tenth"})
    assert "Top tenth" in text(client.get(page_url(tree, "lines/")))
    assert tree.result(tree.measures["A"], "2026-06").value == 100


@pytest.mark.parametrize("value", ["NaN", "Infinity", "x", "1e400"])
def test_a_value_that_is_none_is_refused_at_its_cell(tree, value):
    series = add_series(tree.officer, measure=tree.measures["A"], kind="benchmark", name="Best")
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(
            f"/scorecards/lines/{series.pk}/?year=2026", {"2026-05": "5", "2026-06": value, "source": ""}
        )
    assert answer.status_code == 422
    assert 'value="5"' in text(answer)


def test_a_closed_period_of_a_line_has_no_input(tree):
    series = add_series(tree.officer, measure=tree.measures["A"], kind="other", name="Plan")
    close_period(tree.officer, scorecard=tree.card, period=Period.parse("2026-06"), today=TODAY)
    page = text(browser(tree.officer).get(f"/scorecards/lines/{series.pk}/?year=2026"))
    assert 'name="2026-06"' not in page
    assert 'name="2026-07"' in page


def test_what_no_line_can_be(tree):
    measure = tree.measures["A"]
    made = add_series(tree.officer, measure=measure, kind="other", name="Plan")
    for kind, name, sentence in [
        ("other", "plan".title(), "The measure has a line “Plan” already."),
        ("other", " ", "Give the line a name of 1 to 500 characters."),
        ("other", "x" * 501, "Give the line a name of 1 to 500 characters."),
        ("guess", "x", "There is no kind of line “guess”."),
    ]:
        with refused(sentence):
            add_series(tree.officer, measure=measure, kind=kind, name=name)
    main = Series.objects.get(measure=measure, kind="actual", name="")
    with refused("This is the line that is scored; it bears the measure's name."):
        rename_series(tree.officer, series=main, name="x")
    assert rename_series(tree.officer, series=made, name="Plan").name == "Plan"
    assert browser(tree.officer).get(f"/scorecards/lines/{main.pk}/").status_code == 404


# --------------------------------------------------------------------------------------------------- notes
def test_a_break_is_noted_drawn_changed_and_removed(tree):
    client = browser(tree.officer)
    client.post(page_url(tree, "notes/new/"), {"on": "2026-06-01", "text": "Counted anew", "is_break": "on"})
    note = Annotation.objects.get()
    page = text(client.get(page_url(tree)))
    assert "Counted anew" in page
    assert "Upright dashes" in page
    assert tree.result(tree.measures["A"], "2026-06").trend == ""
    data = {"on": "2026-06-01", "text": "New system", "expected": note.row_version}
    assert client.post(f"/scorecards/notes/{note.pk}/edit/", data).status_code == 302
    assert tree.result(tree.measures["A"], "2026-06").trend == "better"
    with nothing_changes():
        answer = client.post(f"/scorecards/notes/{note.pk}/edit/", {**data, "text": "Mine"})
    assert answer.status_code == 409
    assert "New system" in text(client.get(page_url(tree, "notes/")))
    client.post(f"/scorecards/notes/{note.pk}/remove/")
    assert not Annotation.objects.exists()
    with nothing_changes():
        assert client.post(page_url(tree, "notes/new/"), {"on": "2026-06-01", "text": " "}).status_code == 422


# ----------------------------------------------------------------------------------------------- elsewhere
def test_a_measure_is_used_and_let_go_in_the_browser(tree):
    other = scorecard(factories.unit())
    client = browser(other.officer)
    address = f"/scorecards/objectives/{other.objectives[0].pk}/use/"
    code = tree.measures["A"].code
    data = {"code": code.lower(), "weight": "2", "from_on": "2026-01-01"}
    assert client.post(address, data)["Location"] == f"/strategy/objectives/{other.objectives[0].pk}/"
    edge = Edge.objects.get(parent=other.node(other.objectives[0]))
    page = text(client.get(page_url(tree)))
    assert "Also used by" in page
    assert other.unit.name in page
    assert f"from {tree.unit.name}" in text(client.get(f"/strategy/objectives/{other.objectives[0].pk}/?p=2026-06"))
    assert client.post(f"/scorecards/uses/{edge.pk}/stop/", {"from_on": "2026-07-01"}).status_code == 302
    edge.refresh_from_db()
    assert edge.valid.upper == date(2026, 7, 1)


@pytest.mark.parametrize(("given", "sentence"), [
    ({"weight": "-1"}, "A weight is 0 or a number"), ({"weight": "NaN"}, "is not a number."),
    ({"weight": "1e20"}, "cannot be computed with"), ({"code": "nothing"}, "There is no measure with this code."),
])  # fmt: skip
def test_what_cannot_be_used_is_said(tree, given, sentence):
    other = scorecard(factories.unit())
    client = browser(other.officer)
    data = {"code": tree.measures["A"].code, "weight": "2", "from_on": "2026-01-01", **given}
    with nothing_changes():
        answer = client.post(f"/scorecards/objectives/{other.objectives[0].pk}/use/", data)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_who_may_not_reads_and_changes_nothing(tree):
    series = add_series(tree.officer, measure=tree.measures["A"], kind="other", name="Plan")
    other = scorecard(factories.unit())
    edge = use_measure(
        other.officer, measure=tree.measures["A"], objective=other.objectives[0], weight=Decimal(1), from_on=TODAY,
        today=TODAY,
    )  # fmt: skip
    client = browser(factories.member(Role.EMPLOYEE, tree.unit))
    assert "Add a line" not in text(client.get(page_url(tree, "lines/")))
    assert "Add a note" not in text(client.get(page_url(tree, "notes/")))
    with nothing_changes():
        assert client.post(page_url(tree, "lines/new/"), {"kind": "other", "name": "x"}).status_code == 403
        assert client.post(f"/scorecards/lines/{series.pk}/rename/", {"name": "x"}).status_code == 403
        assert client.post(f"/scorecards/lines/{series.pk}/?year=2026", {"2026-06": "5"}).status_code == 403
        assert client.post(page_url(tree, "notes/new/"), {"on": "2026-06-01", "text": "x"}).status_code == 403
        use = {"code": tree.measures["A"].code, "weight": "1", "from_on": "2026-01-01"}
        assert client.post(f"/scorecards/objectives/{other.objectives[0].pk}/use/", use).status_code == 403
        assert client.post(f"/scorecards/uses/{edge.pk}/stop/", {"from_on": "2026-07-10"}).status_code == 403


@pytest.mark.parametrize("page", ["", "lines/", "notes/"])
def test_pages_take_as_many_queries_for_nine_lines_and_notes_as_for_two(tree, page):
    client = browser(tree.officer)
    measure = tree.measures["A"]

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            add_series(tree.officer, measure=measure, kind="other", name=f"Line {number}")
            tree.record(measure, "2026-06", number, series_kind="other", series_name=f"Line {number}")
            client.post(page_url(tree, "notes/new/"), {"on": "2026-06-01", "text": f"Note {number}"})

    grow(0, 2)
    few = queries(client, page_url(tree, page))
    grow(2, 9)
    assert queries(client, page_url(tree, page)) == few <= 42
