"""Who has reported, advice on a scorecard, measures side by side: what the pages say, to whom, at what cost."""

from __future__ import annotations

import pytest

from audit.actions import recording
from organization import subjects
from organization.models import Person
from organization.roles import Role
from scorecards.models import MeasureDefinition
from tests import factories
from tests.factories.scorecards import scorecard
from tests.scorecards import showing
from tests.scorecards.showing import PERIOD, browser, grow, queries, text

pytestmark = pytest.mark.django_db
REPORTING, COMPARE = "/scorecards/reporting/", "/scorecards/compare/"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard(objectives=2)


@pytest.fixture
def reader(tree):
    return browser(factories.member(Role.EMPLOYEE, tree.unit))


# --------------------------------------------------------------------------------------------------- reporting
def test_units_are_counted_and_what_is_missing_is_listed_with_days_late(tree, reader):
    grow(tree, 4)
    yearly = tree.measure("Yearly", frequency="year", owner=Person.objects.get(pk=tree.officer.person_id))
    page = reader.get(f"{REPORTING}?p={PERIOD}")
    assert "3 of 5 measures have their value at the end of Jun 2026" in text(page)
    lines = list(page.context["page"])
    assert [(line.measure.name, line.period.key, line.days_late) for line in lines] == [
        ("Yearly", "FY2025", 175), ("Measure 3", PERIOD, 0),
    ]  # fmt: skip
    (unit,) = page.context["report"].units
    assert (unit.expected, unit.reported, unit.missing, unit.share) == (5, 3, 2, "60%")
    csv = b"".join(reader.get(f"{REPORTING}file.csv?p={PERIOD}").streaming_content).decode("utf-8-sig")
    assert csv.splitlines()[1].split(",")[1] == yearly.code


def test_the_missing_ones_of_one_unit_are_shown_alone(tree, reader):
    grow(tree, 4)
    other = scorecard(objectives=1)
    grow(other, 4)
    assert reader.get(f"{REPORTING}?p={PERIOD}").context["page"].paginator.count == 2
    page = reader.get(f"{REPORTING}?p={PERIOD}&unit={other.unit.pk}")
    assert [line.measure.unit for line in page.context["page"]] == [other.unit]
    for unit in ("x", "-1", "9" * 30, "²"):
        assert reader.get(f"{REPORTING}?unit={unit}").status_code == 200


# ----------------------------------------------------------------------------------------------------- quality
def test_advice_names_what_to_mend_and_where(tree, reader):
    (made, *_) = grow(tree, 1, description="Counted")
    page = reader.get(f"/scorecards/{tree.card.pk}/quality/")
    advice = {one.title: [thing.name for thing in one.things] for one in page.context["report"].advice}
    first, second = tree.objectives
    assert advice == {
        "Objectives have a measure": [f"{second.code} {second.short}"],
        "Measures have an owner": [made.name],
        "Objectives have an owner": [f"{first.code} {first.short}", f"{second.code} {second.short}"],
        "Objectives have a leading measure": [f"{first.code} {first.short}"],
    }
    assert "of the checks of this scorecard pass" in text(page)
    assert f'href="/scorecards/measures/{made.pk}/"' in text(page)


# -------------------------------------------------------------------------------------------------- comparison
def test_measures_stand_side_by_side_over_the_same_periods(tree, reader):
    one, two, *_ = grow(tree, 2)
    page = reader.get(f"{COMPARE}?p={PERIOD}&m={one.code}&m={two.code}")
    report = page.context["report"]
    assert [side.latest.text for side in report.sides] == ["110.0", "95.0"]
    assert (len(report.periods), report.periods[-1].key, report.is_of_one_kind) == (13, PERIOD, True)
    assert {(side.series.floor, side.series.ceiling) for side in report.sides} == {(95, 110)}
    csv = b"".join(reader.get(f"{COMPARE}file.csv?p={PERIOD}&m={one.code}&m={two.code}").streaming_content)
    assert csv.decode("utf-8-sig").splitlines()[1].startswith("Jun 2026,110")


def test_another_measure_is_added_by_code_or_name(tree, reader):
    one, two = grow(tree, 2)
    assert reader.get(f"{COMPARE}?add={one.code.lower()}").context["chosen"] == [one]
    assert reader.get(f"{COMPARE}?m={one.code}&add=measure 1").context["chosen"] == [one, two]
    several = reader.get(f"{COMPARE}?add=measure")
    assert f"Several measures are called so. Give the code of one: {one.code} Measure 0, {two.code} Measure 1." in text(
        several
    )
    assert "No measure has the code or name “nothing”." in text(reader.get(f"{COMPARE}?add=nothing")).replace(
        "&quot;", '"'
    )


def test_measures_of_one_definition_are_compared_across_units(tree, reader):
    other = scorecard(objectives=1)
    with recording(tree.officer, "add_definitions"):
        (made,) = subjects.create(MeasureDefinition, [{"code": "LOS", "name": "Length of stay", "unit": tree.unit}])
    for home in (tree, other):
        (measure,) = grow(home, 1)
        with recording(tree.officer, "follow"):
            measure.definition = made
            measure.store(["definition"])
    page = reader.get(f"/scorecards/library/{made.pk}/compare/?p={PERIOD}")
    assert {side.measure.unit for side in page.context["report"].sides} == {tree.unit, other.unit}
    assert tree.unit.name in text(page)


@pytest.mark.parametrize("url", [REPORTING, "{card}quality/"])
def test_pages_take_as_many_queries_for_four_measures_as_for_thirty(tree, reader, url):
    url = url.format(card=f"/scorecards/{tree.card.pk}/")
    grow(tree, 4)
    few = queries(reader, url)
    grow(tree, 28)
    assert queries(reader, url) == few <= 16


def test_a_comparison_takes_as_many_queries_for_two_as_for_ten(tree, reader):
    codes = [one.code for one in grow(tree, 10)]
    few = queries(reader, f"{COMPARE}?m={codes[0]}&m={codes[1]}")
    assert queries(reader, COMPARE + "?" + "&".join(f"m={code}" for code in codes)) == few <= 14
