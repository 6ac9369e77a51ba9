"""Lists as files: every list, its filters, its reader's rows only, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.datasets import Column, Dataset
from core.downloads import download
from organization.models import Person
from organization.roles import Role
from tests import factories
from tests.factories.scorecards import scorecard
from tests.scorecards import showing
from tests.scorecards.showing import browser, grow

pytestmark = pytest.mark.django_db
LISTS = (
    "scorecards:scorecards_file",
    "scorecards:measures_file",
    "scorecards:definitions_file",
    "strategy:strategies_file",
    "organization:units_file",
    "organization:people_file",
    "jobs:jobs_file",
)


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=2)
    grow(made, 4)
    return made


def read(answer) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_cell_that_would_run_is_made_harmless_and_no_other_form_is_known():
    rows = Dataset([Column("name", "Name", lambda row: row)], ["=1+1", "plain"])
    answer = download(rows, "A list, all of it", "csv")
    assert read(answer).splitlines() == ["Name", "'=1+1", "plain"]
    assert answer["Content-Disposition"] == 'attachment; filename="a-list-all-of-it.csv"'


@pytest.mark.parametrize("route", LISTS)
def test_every_list_comes_as_csv_and_as_a_workbook_and_in_no_other_form(tree, route):
    client = browser(tree.officer)
    lines = list(csv.reader(io.StringIO(read(client.get(reverse(route, args=["csv"]))))))
    sheet = load_workbook(io.BytesIO(b"".join(client.get(reverse(route, args=["xlsx"])).streaming_content))).active
    assert [cell.value for cell in sheet[1]] == lines[0] and sheet.max_row == len(lines)
    assert client.get(reverse(route, args=["exe"])).status_code == 404


@pytest.mark.parametrize("listed", ["scorecards:scorecards", "scorecards:measures", "organization:units", "jobs:jobs"])
def test_the_pages_offer_their_files_with_the_filters_of_the_address(tree, listed):
    factories.scorecards.scorecard()  # the only one would be opened at once
    words = browser(tree.officer).get(reverse(listed), {"q": "Measure 1", "page": "1"}).content.decode()
    route = {"jobs:jobs": "jobs:jobs_file"}.get(listed, f"{listed}_file")
    assert f'href="{reverse(route, args=["csv"])}?q=Measure+1"' in words


def test_the_measures_of_the_file_are_those_of_the_list(tree):
    client = browser(tree.officer)
    url = reverse("scorecards:measures_file", args=["csv"])
    assert read(client.get(url)).count(",Measure ") == 4
    off = read(client.get(f"{url}?status=off_track")).splitlines()
    assert len(off) == 2 and ",Measure 2," in off[1] and ",60,100," in off[1]
    assert len(read(client.get(f"{url}?q=no such")).splitlines()) == 1


def test_objectives_of_a_strategy_come_with_their_status_and_only_to_whoever_sees_it(tree):
    url = reverse("strategy:objectives_file", args=[tree.strategy.pk, "csv"])
    lines = read(browser(tree.officer).get(url)).splitlines()
    assert len(lines) == 3 and "Objective 0" in lines[1]
    assert browser(tree.officer).get(reverse("strategy:objectives_file", args=[2**40, "csv"])).status_code == 404


def test_details_of_people_are_blank_in_the_file_for_whoever_may_not_see_them(tree):
    reader = factories.member(Role.CONTRIBUTOR, factories.unit())
    stranger = Person.objects.get(pk=tree.officer.person_id)
    url = reverse("organization:people_file", args=["csv"])
    assert str(stranger.email) not in read(browser(reader).get(url))


@pytest.mark.parametrize("route", ["scorecards:measures_file", "organization:units_file", "strategy:strategies_file"])
def test_a_file_takes_as_many_queries_for_many_rows_as_for_few(tree, route):
    client, url = browser(tree.officer), reverse(route, args=["json"])

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client.get(url))
        return len(captured)

    count()
    few = count()
    grow(tree, 6)
    scorecard()
    assert count() == few
