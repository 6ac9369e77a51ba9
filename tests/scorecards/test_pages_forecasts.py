"""The forecast on the page of a measure, its form, and who sees how good an owner's forecasts were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.periods import Period
from organization.models import Person
from organization.queries import calendars
from organization.roles import Role
from scorecards.actions import forecast_year_end, refresh_forecasts
from scorecards.models import DeclaredStatus, OwnerForecast
from scorecards.queries.forecasts import owner_record
from tests.factories.organization import member
from tests.factories.scorecards import TODAY, Tree, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree() -> Tree:
    return scorecard()


@pytest.fixture
def owner(tree):
    return member(Role.CONTRIBUTOR, tree.unit)


def filled(tree: Tree, owner, name: str = "A", last: int = 6, **values):
    """Monthly values 100, 101 … since January 2025, and a target of 122 for this year."""
    measure = tree.measure(name, owner=Person.objects.get(pk=owner.person_id), **values)
    for place in range(12 + last):
        tree.record(measure, f"{2025 + place // 12}-{place % 12 + 1:02}", 100 + place)
    tree.target(measure, "FY2026", 122, red_flag=110)
    return measure


def url(measure, tail: str = "") -> str:
    return f"/scorecards/measures/{measure.pk}/{tail}"


def test_the_page_says_what_the_year_will_end_with_and_draws_it(tree, owner):
    measure = filled(tree, owner)
    page = text(browser(owner).get(url(measure)))
    assert "2026 is expected to end at 123.0; in 8 of 10 such cases it ends between 123.0 and 123.0." in page
    assert "The chance that the target is met at the year end is over 99%." in page
    assert "Forecast, 80% interval shaded" in page
    assert "Dec 2026" in page and "Give your forecast" in page
    assert "Give your forecast" not in text(browser(tree.officer).get(url(measure)))


def test_the_page_is_the_same_from_what_is_stored(tree, owner):
    measure = filled(tree, owner)
    client = browser(tree.officer)
    before = text(client.get(url(measure)))
    refresh_forecasts(TODAY)
    assert text(client.get(url(measure))).split("</nav>")[-1].count("123.0") == before.split("</nav>")[-1].count(
        "123.0"
    )


def test_a_newest_value_that_is_missing_is_forecast_on_the_chart(tree, owner):
    measure = filled(tree, owner, last=4)
    page = text(browser(owner).get(url(measure)))
    assert "Jun 2026: forecast 117" in page


def test_programs_get_the_forecast_of_the_night(tree, owner):
    measure = filled(tree, owner)
    client = browser(tree.officer)
    address = f"/api/v1/measures/{measure.pk}/"
    assert client.get(address).json()["forecast"] is None
    refresh_forecasts(TODAY)
    found = client.get(address).json()["forecast"]
    assert (found["year_start"], found["model"], found["n"], found["p_met"]) == ("2026-01-01", "drift", 18, 1.0)
    assert found["middle"] == pytest.approx(123)
    assert [point[0] for point in found["points"]] == [f"2026-{month:02}" for month in range(7, 13)]


def test_why_there_is_no_forecast(tree, owner):
    measure = tree.measure("New", owner=Person.objects.get(pk=owner.person_id))
    tree.record(measure, "2026-06", 5)
    assert "No forecast yet. 1 of the 8 values that a forecast needs are there." in text(
        browser(tree.officer).get(url(measure))
    )


def test_the_owner_gives_a_forecast_and_it_stands_beside(tree, owner):
    measure = filled(tree, owner)
    client = browser(owner)
    page = text(client.get(url(measure, "forecast/")))
    assert "Value at the year end" in page and "you see the figures first" in page
    answer = client.post(
        url(measure, "forecast/"), {"year": "FY2026", "value": "121.5", "probability": "40", "reason": "Strike"}
    )
    assert (answer.status_code, answer["Location"]) == (302, url(measure))
    page = text(client.get(url(measure)))
    assert "121.5" in page and "40%" in page and "of 122.0" in page and "Strike" in page
    assert "Change your forecast" in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"value": "lots"}, "is not a number. Write it with digits"),
        ({"probability": "55"}, "Select a valid choice"),
        ({"year": "FY2020"}, "Select a valid choice"),
        ({"value": "1e20"}, "cannot be computed with"),
        ({"value": "", "probability": ""}, "Give the value you expect"),
        ({"year": "FY2027"}, "There is no target for 2027"),
    ],
)
def test_a_wrong_forecast_is_said_at_its_field_and_changes_nothing(tree, owner, given, sentence):
    measure = filled(tree, owner)
    data = {"year": "FY2026", "value": "121.5", "probability": "40", "reason": "", **given}
    client = browser(owner)
    with nothing_changes():
        answer = client.post(url(measure, "forecast/"), data)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_who_may_not_forecast_is_refused(tree, owner):
    measure = filled(tree, owner)
    client = browser(tree.officer)
    with nothing_changes():
        assert client.get(url(measure, "forecast/")).status_code == 403
        assert client.post(url(measure, "forecast/"), {"value": "1"}).status_code == 403


def test_the_target_page_flags_a_target_that_is_beaten_already(tree, owner):
    measure = filled(tree, owner)
    assert "The forecast beat this target already when it was set" in text(
        browser(tree.officer).get(url(measure, "targets/?year=FY2026"))
    )
    tree.target(measure, "FY2026", 150, red_flag=110)
    assert "The forecast beat" not in text(browser(tree.officer).get(url(measure, "targets/?year=FY2026")))


# --------------------------------------------------------------------------------------------------- calibration
def closed(tree: Tree, owner, count: int, year: int = 2025) -> None:
    """So many forecasts of a year that is over: each hoped for 110, came to 100, wanted 105, began at 95."""
    for number in range(count):
        measure = tree.measure(
            f"Closed {number}", owner=Person.objects.get(pk=owner.person_id), frequency="year", baseline=Decimal(95),
            baseline_on=date(2023, 12, 31),
        )  # fmt: skip
        tree.target(measure, f"FY{year}", 105, red_flag=100)
        forecast_year_end(
            owner, measure=measure, year=Period.parse(f"FY{year}"), value=Decimal(110), probability=80,
            today=date(year, 6, 1),
        )  # fmt: skip
        tree.record(measure, f"FY{year}", 100)


def test_too_few_under_eight(tree, owner):
    closed(tree, owner, 7)
    page = text(browser(owner).get(url(tree.measures["Closed 0"])))
    assert "Your forecasts so far" in page
    assert "Too few" in page and "7 of the 8 closed forecasts" in page


def test_bias_brier_and_skill_of_eight(tree, owner):
    closed(tree, owner, 8)
    found = owner_record(Person.objects.get(pk=owner.person_id), TODAY, calendars(), is_own=True)
    assert found.calibration.bias == pytest.approx(1.0)
    assert found.calibration.brier == pytest.approx(0.64)
    assert (found.calibration.base_rate, found.calibration.skill) == (0.0, None)
    page = text(browser(owner).get(url(tree.measures["Closed 0"])))
    assert "+1.00" in page and "0.64" in page and "Not shown" in page


def test_a_target_restated_afterwards_never_enters(tree, owner):
    closed(tree, owner, 8)
    tree.target(tree.measures["Closed 0"], "FY2025", 90, red_flag=80)
    found = owner_record(Person.objects.get(pk=owner.person_id), TODAY, calendars(), is_own=True)
    assert found.calibration.base_rate == 0.0


def test_the_owner_sees_first_the_office_after_three_periods_and_nobody_else(tree, owner):
    closed(tree, owner, 8)
    page = url(tree.measures["Closed 0"])
    assert "Brier score" in text(browser(owner).get(page))
    assert "Brier score" not in text(browser(tree.officer).get(page))  # yearly: three more years
    head = member(Role.UNIT_HEAD, tree.unit)
    person = Person.objects.get(pk=owner.person_id)
    late = date(2029, 1, 1)
    assert owner_record(person, date(2028, 12, 31), calendars(), is_own=False).calibration.n == 0
    assert owner_record(person, late, calendars(), is_own=False).calibration.n == 8
    assert "Forecasts of" not in text(browser(head).get(page))


def test_green_declared_and_red_computed_is_a_watermelon(tree, owner):
    closed(tree, owner, 1)
    node = tree.node(tree.measures["Closed 0"])
    for year, computed in zip(
        range(2018, 2023), ["off_track", "off_track", "watch", "on_track", "off_track"], strict=True
    ):
        DeclaredStatus.objects.create(
            node=node, frequency="year", period_start=date(year, 1, 1), status="on_track", computed=computed,
            recorded_by_id=owner.person_id,
        )  # fmt: skip
    page = text(browser(owner).get(url(tree.measures["Closed 0"])))
    assert "Declared on track and computed off track the same day: 3 of 5." in page and "60%" in page


def test_the_page_takes_as_many_queries_with_many_forecasts(tree, owner):
    measure = filled(tree, owner)
    client = browser(owner)
    few = queries(client, url(measure))
    closed(tree, owner, 8)
    assert queries(client, url(measure)) == few <= 46
    assert OwnerForecast.objects.count() == 8
