"""Pages of data entry as a browser gets them: my updates, the grid, the workbook, the queue."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core.periods import Period
from jobs.models import Job
from jobs.worker import run
from organization.actors import actor_of
from organization.models import Person
from organization.roles import Role
from scorecards.actions import ObservationRow, close_period, record_observations, return_submissions
from scorecards.models import Observation, Submission
from scorecards.tasks import save_entry_file
from scorecards.views import sheets
from tests import factories
from tests.factories.scorecards import TODAY, number, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db
UPDATES, GRID, QUEUE = "/scorecards/updates/", "/scorecards/grid/", "/scorecards/approvals/"
JUNE = Period.parse("2026-06")


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard()


@pytest.fixture
def updater(tree):
    return factories.member(Role.CONTRIBUTOR, tree.unit, "Una Updater")


@pytest.fixture
def client(updater):
    return browser(updater)


def key(measure, period="2026-06") -> str:
    return f"{measure.pk}.{period}"


def value_of(measure, period=JUNE):
    row = Observation.objects.filter(series__measure=measure, period_start=period.start, superseded_at=None).first()
    return row.value if row else None


# ------------------------------------------------------------------------------------------------------ my updates
@pytest.mark.parametrize("url", [UPDATES, GRID, QUEUE, "/scorecards/{card}/closing/"])
def test_a_page_takes_as_many_queries_for_twelve_measures_as_for_three(tree, updater, url):
    url = url.format(card=tree.card.pk)
    who = browser(tree.officer) if url not in (UPDATES, GRID) else browser(updater)

    def add(count: int) -> None:
        for each in range(count):
            measure = tree.measure(
                f"M{each}", needs_approval=bool(each % 2), aggregation="ratio" if each % 3 == 0 else "last"
            )
            tree.record(measure, "2026-05", 5)
            tree.target(measure, "2026-06", 9, red_flag=4)
        for measure in list(tree.measures.values())[-count:]:
            if measure.needs_approval:
                showing_value(updater, measure)

    add(3)
    few = queries(who, url)
    add(9)
    assert queries(who, url) == few <= 32


def showing_value(actor, measure, value="5", period=JUNE):
    return record_observations(actor, rows=[ObservationRow(measure.pk, period, number(value))], today=TODAY)


def test_it_shows_what_one_updates_with_last_values_target_and_comment(tree, client):
    measure = tree.measure("Waits", unit_of_measure="days", polarity="down")
    for month, value in (("2026-03", 9), ("2026-04", 8), ("2026-05", 7)):
        tree.record(measure, month, value, comment=f"In {month}")
    tree.target(measure, "2026-06", 5, red_flag=8)
    page = text(client.get(UPDATES))
    for words in (
        "1 of 1 values of Jun 2026 is missing",
        "Waits",
        "May 2026",
        "9.0",
        "In 2026-05",
        "Value (days)",
        "5.0",
    ):
        assert words in page, words
    assert f'name="v.{key(measure)}" value=""' in page and f'name="s.{key(measure)}" value="0.0"' in page


def test_owners_updaters_and_contributors_see_theirs_and_the_office_chooses_a_unit(tree):
    person = factories.person("Olga Owner")
    tree.measure("Owned", owner=person)
    tree.measure("Other")
    assert "Owned" in text(browser_of(person).get(UPDATES)) and "Other" not in text(browser_of(person).get(UPDATES))
    office = browser(tree.officer)
    assert "Nothing to enter" in text(office.get(UPDATES))
    assert "Other" in text(office.get(f"{UPDATES}?unit={tree.unit.pk}"))


def browser_of(person: Person):
    return browser(actor_of(person, TODAY))


def test_all_are_saved_at_once_and_a_blank_changes_nothing(tree, client):
    one, two = tree.measure("A"), tree.measure("B", is_percent=True)
    tree.record(two, "2026-05", 3)
    data = {
        f"v.{key(one)}": "1.234,5",
        f"v.{key(two)}": "72,4 %",
        f"v.{key(two, '2026-05')}": "",
        f"c.{key(one)}": "Ward closed",
    }
    answer = client.post(f"{UPDATES}save/", {**data, "back": f"{UPDATES}?p=2026-06"}, follow=True)
    assert answer.redirect_chain == [(f"{UPDATES}?p=2026-06", 302)] and "2 values saved." in text(answer)
    assert (value_of(one), value_of(two), value_of(two, Period.parse("2026-05"))) == (1234.5, number("72.4"), 3)


def test_one_row_is_saved_in_place_and_says_when(tree, client):
    one, two = tree.measure("A"), tree.measure("B")
    data = {f"v.{key(one)}": "5", f"v.{key(two)}": "6", "only": key(one)}
    answer = client.post(f"{UPDATES}save/", data, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<h1" not in answer.content.decode()
    assert re.search("Saved [^<]* by Una Updater", text(answer))
    assert (value_of(one), value_of(two)) == (5, None)


def test_wrong_cells_are_marked_with_their_reason_and_nothing_is_saved(tree, client):
    one, two = tree.measure("A"), tree.measure("B")
    data = {f"v.{key(one)}": "5", f"v.{key(two)}": "lots"}
    with nothing_changes():
        answer = client.post(f"{UPDATES}save/", data)
    page = text(answer)
    assert answer.status_code == 422 and "Save the 1 right one" in page and 'value="5"' in page
    assert f'href="#id-v.{key(two)}"' in page and "&#x27;lots&#x27; is not a number." in page
    client.post(f"{UPDATES}save/", {**data, "right": "1"})
    assert (value_of(one), value_of(two)) == (5, None)


def test_the_second_of_two_people_sees_both_values_and_chooses(tree, client):
    measure = tree.measure("A")
    tree.record(measure, "2026-06", 5)
    data = {f"v.{key(measure)}": "7", f"s.{key(measure)}": "0.0"}
    with nothing_changes():
        answer = client.post(f"{UPDATES}save/", data)
    page = text(answer)
    assert answer.status_code == 409 and "saved another value meanwhile" in page and "<b>5.0</b>" in page
    assert 'value="1.0"' in page
    client.post(f"{UPDATES}save/", {**data, f"s.{key(measure)}": "1.0", f"k.{key(measure)}": "theirs"})
    assert value_of(measure) == 5
    client.post(f"{UPDATES}save/", {**data, f"s.{key(measure)}": "1.0", f"k.{key(measure)}": "mine"})
    assert value_of(measure) == 7


def test_a_closed_period_has_no_field_and_says_why(tree, client):
    measure = tree.measure("A")
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    page = text(client.get(UPDATES))
    assert f'name="v.{key(measure)}"' not in page and "Jun 2026 is closed." in page
    with nothing_changes():
        assert client.post(f"{UPDATES}save/", {f"v.{key(measure)}": "5"}).status_code == 422


@pytest.mark.parametrize(
    "names",
    [
        {"v.x.2026-06": "5"},
        {"v.1.june": "5"},
        {f"v.{2**70}.2026-06": "5"},
        {"only": "nothing"},
        {"s.1.2026-06": "a.b"},
        {"v..": "1"},
    ],
)
def test_names_that_are_not_ours_change_nothing(tree, client, names):
    with nothing_changes():
        assert client.post(f"{UPDATES}save/", names).status_code in (302, 422)


# ------------------------------------------------------------------------------------------------------ four eyes
def test_the_way_of_a_value_that_wants_four_eyes(tree, updater, client):
    measure = tree.measure("Careful", needs_approval=True)
    assert "1 value waits for approval." in text(
        client.post(f"{UPDATES}save/", {f"v.{key(measure)}": "5"}, follow=True)
    )
    assert value_of(measure) is None
    office = browser(tree.officer)
    page = text(office.get(QUEUE))
    assert "1 value waits for approval" in page and "Careful" in page and "Una Updater" in page
    assert "Approve 1 value" in text(office.get("/work/"))
    waiting = Submission.objects.get()
    with nothing_changes():
        answer = office.post(f"{QUEUE}decide/", {"chosen": waiting.pk, "return": "1", "reason": ""})
    assert answer.status_code == 422 and "Say why you return it" in text(answer)
    office.post(f"{QUEUE}decide/", {"chosen": waiting.pk, "return": "1", "reason": "Saltby is missing"})
    for url in (UPDATES, "/work/"):
        assert "Saltby is missing" in text(client.get(url)), url
    client.post(f"{UPDATES}save/", {f"v.{key(measure)}": "6"})
    assert "Saltby is missing" not in text(client.get("/work/"))
    office.post(f"{QUEUE}decide/", {"one": Submission.objects.get(state="submitted").pk})
    assert value_of(measure) == 6


def test_all_chosen_are_approved_and_ones_own_are_refused(tree, updater):
    measures = [tree.measure(name, needs_approval=True) for name in "ABC"]
    for measure in measures:
        showing_value(updater, measure)
    office = browser(tree.officer)
    assert "3 values approved and recorded." in text(
        office.post(
            f"{QUEUE}decide/", {"chosen": [row.pk for row in Submission.objects.all()], "approve": "1"}, follow=True
        )
    )
    showing_value(tree.officer, measures[0], "9")
    own = Submission.objects.get(state="submitted")
    assert "Yours: a second person decides" in text(office.get(QUEUE))
    with nothing_changes():
        answer = office.post(f"{QUEUE}decide/", {"one": own.pk})
    assert answer.status_code == 422 and "A second person has to decide on it." in text(answer)
    assert office.post(f"{QUEUE}{own.pk}/withdraw/").status_code == 302
    assert Submission.objects.get(pk=own.pk).state == "withdrawn"


def test_a_stranger_sees_no_submission(tree, updater):
    showing_value(updater, tree.measure("A", needs_approval=True))
    other = browser(factories.member(Role.CONTRIBUTOR, factories.unit()))
    waiting = Submission.objects.get()
    assert "Nothing waits for you" in text(other.get(QUEUE))
    with nothing_changes():
        assert other.post(f"{QUEUE}decide/", {"one": waiting.pk}).status_code == 422
        assert other.post(f"{QUEUE}{waiting.pk}/withdraw/").status_code == 404


def test_what_was_returned_stands_beside_the_field(tree, updater, client):
    measure = tree.measure("A", needs_approval=True)
    showing_value(updater, measure)
    return_submissions(tree.officer, submissions=list(Submission.objects.all()), reason="Look again")
    assert text(client.get(UPDATES)).count("Look again") == 2


# ------------------------------------------------------------------------------------------------------- the grid
def test_the_grid_shows_the_periods_of_one_frequency_and_saves_what_differs(tree, client):
    one, ratio = tree.measure("A"), tree.measure("R", aggregation="ratio", is_percent=True)
    tree.measure("Quarterly", frequency="quarter")
    tree.record(one, "2026-05", 3)
    page = text(client.get(GRID))
    assert "Jan 2026" in page and "Jun 2026" in page and "Quarterly" not in page.split("<tbody>")[1]
    data = {f"v.{key(one)}": "5", f"v.{key(one, '2026-05')}": "3", f"n.{key(ratio)}": "3", f"d.{key(ratio)}": "4"}
    answer = client.post(f"{GRID}save/?p=2026-06", data, follow=True)
    assert "2 values saved." in text(answer) and (value_of(one), value_of(ratio)) == (5, 75)
    quarter = text(client.get(f"{GRID}?frequency=quarter&p=2026-Q2"))
    assert "Q2 2026" in quarter and "Quarterly" in quarter


def test_a_wrong_cell_of_the_grid_keeps_all_that_was_typed(tree, client):
    one, two = tree.measure("A"), tree.measure("B")
    with nothing_changes():
        answer = client.post(f"{GRID}save/", {f"v.{key(one)}": "5", f"v.{key(two)}": "x"})
    page = text(answer)
    assert answer.status_code == 422 and 'aria-invalid="true"' in page and "Save the 1 right one" in page
    client.post(f"{GRID}save/", {f"v.{key(one)}": "5", f"v.{key(two)}": "x", "right": "1"})
    assert value_of(one) == 5


def test_a_conflict_in_the_grid_is_chosen_cell_by_cell(tree, client):
    one, two = tree.measure("A"), tree.measure("B")
    tree.record(one, "2026-06", 5)
    data = {f"v.{key(one)}": "7", f"s.{key(one)}": "0.0", f"v.{key(two)}": "8", f"s.{key(two)}": "0.0"}
    with nothing_changes():
        answer = client.post(f"{GRID}save/", data)
    assert answer.status_code == 409 and "was faster" in text(answer)
    client.post(f"{GRID}save/", {**data, f"s.{key(one)}": "1.0", f"k.{key(one)}": "mine"})
    assert (value_of(one), value_of(two)) == (7, 8)


def test_a_paste_is_laid_on_the_grid_and_saved_only_afterwards(tree, client):
    one, two = tree.measure("A"), tree.measure("B")
    paste = f"Code\tApr 2026\t2026-06\n{two.code}\t1.234,5\t72,4\n{one.code}\t\t9\nother\t1\t2\n"
    with nothing_changes():
        answer = client.post(f"{GRID}paste/", {"paste": paste, "line": f"v.{one.pk}", "column": "0", "decimal": ""})
    page = text(answer)
    assert "3 cells were laid on the grid" in page and "Row 4 names no measure of this grid." in page
    assert re.search(rf'name="v.{key(two)}" value="72,4"', page) and 'value="1.234,5"' in page
    by_place = client.post(f"{GRID}paste/", {"paste": "1\t2\n3\t4\t5", "line": f"v.{two.pk}", "column": "4"})
    page = text(by_place)
    assert f'name="v.{key(two, "2026-05")}" value="1"' in page and "3 cells lie beyond the grid" in page


@pytest.mark.parametrize(
    "data",
    [{}, {"paste": "1"}, {"paste": "1", "line": "v.0", "column": "99"}, {"paste": "\x00", "line": "x", "column": "x"}],
)
def test_a_paste_without_a_place_says_so(tree, client, data):
    tree.measure("A")
    with nothing_changes():
        assert client.post(f"{GRID}paste/", data).status_code == 422


# ---------------------------------------------------------------------------------------------------- the workbook
def template(client, query="") -> bytes:
    answer = client.get(f"{UPDATES}template.xlsx{query}")
    assert answer["Content-Disposition"] == 'attachment; filename="values-2026-06.xlsx"'
    return b"".join(answer.streaming_content)


def filled(content: bytes, **cells) -> SimpleUploadedFile:
    """The workbook with cells set by "row.heading"."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    headings = {cell.value: cell.column for cell in sheet[1]}
    for place, value in cells.items():
        row, _dot, heading = place.partition("_")
        sheet.cell(int(row[1:]), headings[heading.replace("_", "-")]).value = value
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("values.xlsx", out.getvalue())


def test_the_workbook_goes_out_filled_and_comes_in_again(tree, client):
    one, ratio = tree.measure("A"), tree.measure("R", aggregation="ratio", is_percent=True)
    tree.record(one, "2026-05", "3.5")
    content = template(client)
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active]
    assert rows[0][:4] == ["Code", "Measure", "Number", "Unit of measure"] and rows[0][-2:] == ["2026-06", "As of"]
    assert [row[2] for row in rows[1:]] == ["Value", "Counted", "Out of"] and rows[1][-3] == 3.5
    given = filled(content, r2_2026_06="1.234,5", r3_2026_06=3, r4_2026_06=4)
    answer = client.post(f"{UPDATES}upload/", {"file": given}, follow=True)
    assert "2 values saved." in text(answer)
    assert (value_of(one), value_of(ratio), Observation.objects.count()) == (1234.5, 75, 3)


def test_wrong_cells_of_a_workbook_are_listed_and_left_out_on_purpose(tree, client):
    one = tree.measure("A")
    tree.measure("B")
    given = filled(template(client), r2_2026_06=5, r3_2026_06="lots", r3_Code="B-0")
    with nothing_changes():
        answer = client.post(f"{UPDATES}upload/", {"file": given})
    page = text(answer)
    assert answer.status_code == 422 and "There is no measure “B-0” that you may record values for." in page
    carried = re.search(r'name="entries" value="([^"]*)"', page)[1].replace("&quot;", '"')
    client.post(f"{UPDATES}carry/", {"entries": carried, "right": "1"})
    assert value_of(one) == 5


def test_a_workbook_filled_for_days_overwrites_no_correction(tree, client):
    one = tree.measure("A")
    tree.record(one, "2026-06", 5)
    content = template(client)
    old = filled(content, r2_2026_06=7, **{"r2_As of": "2020-01-01T00:00:00+00:00"})
    with nothing_changes():
        answer = client.post(f"{UPDATES}upload/", {"file": old})
    assert answer.status_code == 409 and "What the file says" in text(answer)
    carried = re.search(r'name="entries" value="([^"]*)"', text(answer))[1].replace("&quot;", '"')
    choice = {f"s.{key(one)}": "1.0", f"k.{key(one)}": "mine"}
    client.post(f"{UPDATES}carry/", {"entries": carried, "right": "1", **choice})
    assert value_of(one) == 7


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("values.xlsx", b"%PDF-1.7", "is a PDF"),
        ("values.xlsx", b"PK\x03\x04 broken", "values.xlsx"),
        ("values.csv", b"Measure,2026-06\nA,5\n", "There is no column “Code”"),
        ("values.csv", b"Code,June\nA,5\n", "is not a period"),
        ("values.csv", b"", "empty"),
        ("values.txt", b"\x00\x01", "values.txt"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_a_sentence(tree, client, name, content, words):
    tree.measure("A")
    with nothing_changes():
        answer = client.post(f"{UPDATES}upload/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and words in text(answer)


def test_no_file_and_cells_that_did_not_come_back_are_said(tree, client):
    with nothing_changes():
        assert client.post(f"{UPDATES}upload/").status_code == 422
        for entries in ("", "[]", '{"as_of": 1, "cells": [[1]]}', '{"as_of": "", "cells": 5}'):
            assert client.post(f"{UPDATES}carry/", {"entries": entries}).status_code == 302


def worked(job: Job) -> None:
    """What a worker does with the job."""
    run(job.pk, job.task, save_entry_file)
    job.refresh_from_db()


def test_a_large_file_is_a_job(tree, client, monkeypatch):
    one = tree.measure("A")
    monkeypatch.setattr(sheets, "LARGE_BYTES", 10)
    answer = client.post(f"{UPDATES}upload/", {"file": filled(template(client), r2_2026_06=5)})
    job = Job.objects.get(task="scorecards.save_entry_file")
    assert answer["Location"] == f"/jobs/{job.pk}/" and value_of(one) is None
    worked(job)
    assert (job.state, job.result["saved"], value_of(one)) == ("done", 1, 5)


def test_a_large_file_with_a_wrong_cell_saves_nothing_and_says_which(tree, client, monkeypatch):
    one = tree.measure("A")
    monkeypatch.setattr(sheets, "LARGE_BYTES", 10)
    client.post(f"{UPDATES}upload/", {"file": filled(template(client), r2_2026_06="lots", r2_2026_05=5)})
    job = Job.objects.get(task="scorecards.save_entry_file")
    worked(job)
    assert (job.state, value_of(one)) == ("failed", None)
    assert job.problem.startswith("Nothing was saved.\nRow 2, 2026-06: 'lots' is not a number.")
