"""Planning cycles on screen, as files and as a calendar."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.actors import actor_of
from organization.roles import Role
from planning.actions import close
from planning.actions.steps import finish_step, skip_step
from planning.exchange.icalendar import calendar_of
from planning.models import CycleStep, PlanningCycle
from planning.queries.cycles import cycle_lines, timeline_of
from tests import factories
from tests.factories.cycles import FIRST, LAST, cycle, step
from tests.factories.organization import TODAY, member
from tests.organization.visiting import browser, words
from tests.planning.test_cycles import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def url(name: str, row: object, **more: object) -> str:
    return reverse(f"planning:{name}", kwargs={"pk": row.pk, **more})


def test_without_a_cycle_the_page_says_what_to_do_first(home, office):
    assert "Open one with the usual steps" in words(browser(office).get(reverse("planning:cycles")))
    text = words(browser(member(Role.EMPLOYEE, home)).get(reverse("planning:cycles")))
    assert "Open a cycle" not in text


def test_a_cycle_is_opened_with_the_usual_steps_and_leads_to_its_page(home, office):
    client = browser(office)
    given = {
        "unit": home.pk,
        "name": "Strategy 2027",
        "starts_on": FIRST,
        "ends_on": LAST,
        "owner": "",
        "steps": "usual",
    }
    answer = client.post(reverse("planning:cycle_new"), given)
    made = PlanningCycle.objects.get()
    assert (answer.status_code, answer["Location"], made.steps.count()) == (302, url("cycle", made), 8)
    again = client.post(reverse("planning:cycle_new"), {**given, "steps": str(made.pk)})
    assert again.status_code == 422
    assert "has a cycle “Strategy 2027” already" in words(again)
    assert PlanningCycle.objects.count() == 1


def test_the_page_of_a_cycle_says_what_is_late_first_and_leads_to_each_step(home, office):
    made = cycle(home, office=office)
    holder = factories.person()
    late = step(made, office=office, name="Look around", owner=holder, outputs="A SWOT with evidence")
    text = words(browser(member(Role.EMPLOYEE, home)).get(url("cycle", made)))
    assert f"“Look around” is 100 days late; {holder} holds it." in text
    assert "A SWOT with evidence" in text
    assert "Plan a step" not in text
    assert "0 of 1 due steps were done in time; the middle one was 100 days late. 1 of 1 steps have somebody" in text
    page = words(browser(office).get(url("step", late)))
    assert "100 days late" in page
    assert "It is done" in page


def test_many_cycles_and_steps_take_as_many_queries_as_few(home, office):
    made = cycle(home, office=office)
    step(made, office=office, owner=factories.person())
    client = browser(office)

    def counted(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address, headers={"Cache-Control": "no-cache"}).status_code == 200
        return len(asked)

    addresses = [reverse("planning:cycles"), url("cycle", made)]
    few = [counted(address) for address in [*addresses, *addresses]][2:]
    for _n in range(3):
        step(made, office=office, owner=factories.person())
        step(cycle(home, office=office), office=office, owner=factories.person())
    assert [counted(address) for address in addresses] == few


def test_a_step_is_planned_changed_finished_and_skipped_by_forms(home, office):
    made = cycle(home, office=office)
    client = browser(office)
    given = {
        "kind": "decide", "name": "Weigh", "starts_on": "2026-05-01", "ends_on": "2026-06-01", "owner": "",
        "inputs": "Issues", "outputs": "",
    }  # fmt: skip
    assert client.post(url("step_new", made), given).status_code == 302
    row = CycleStep.objects.get()
    wrong = client.post(url("step_edit", row), {**given, "ends_on": "2026-04-01", "expected": row.row_version})
    assert (wrong.status_code, "ends before it starts" in words(wrong)) == (422, True)
    assert (
        client.post(url("step_edit", row), {**given, "name": "Choose", "expected": row.row_version}).status_code == 302
    )
    second = client.post(url("step_edit", row), {**given, "name": "Decide", "expected": row.row_version})
    assert (second.status_code, "Choose" in words(second)) == (409, True)
    assert client.post(url("step_begin", row)).status_code == 302
    row.refresh_from_db()
    done = client.post(url("step_finish", row), {"on": "2026-07-01", "note": "Agreed", "expected": row.row_version})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.state, row.done_on, row.note) == ("Choose", "done", date(2026, 7, 1), "Agreed")
    assert client.post(url("step_reopen", row)).status_code == 302
    row.refresh_from_db()
    assert client.post(url("step_skip", row), {"reason": "", "expected": row.row_version}).status_code == 422
    assert client.post(url("step_skip", row), {"reason": "No time", "expected": row.row_version}).status_code == 302
    assert client.post(url("cycle_close", made), {"expected": made.row_version}).status_code == 302
    made.refresh_from_db()
    assert made.closed_on == TODAY
    assert client.post(url("cycle_reopen", made), {"reason": "Too early"}).status_code == 302


@pytest.mark.parametrize("is_closed", [True, False])
def test_saving_a_cycle_keeps_it_tied_to_a_closed_strategy_and_to_one_its_editor_may_not_see(home, office, is_closed):
    strategy = factories.strategy_map(home, office=office, adopted=is_closed).strategy
    if is_closed:
        close(office, strategy=strategy, reason="Over", today=TODAY)
    runner = factories.person()
    made = cycle(home, office=office, strategy=strategy, owner=runner)
    client, address = browser(actor_of(runner, TODAY)), url("cycle_edit", made)
    form = client.get(address).context["form"]
    assert ("strategy" in form.fields) == is_closed
    given = {"name": "Renamed", "starts_on": FIRST, "ends_on": LAST, "owner": "", "expected": made.row_version}
    given |= {"strategy": form.initial["strategy"]} if is_closed else {}
    assert client.post(address, given).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.strategy, made.owner) == ("Renamed", strategy, None)


def test_the_steps_are_a_table_in_a_file(home, office):
    made = cycle(home, office=office)
    row = step(made, office=office, name="=Look", outputs="Notes")
    finish_step(office, step=row, on=date(2026, 4, 2), today=TODAY, note="Well")
    answer = browser(office).get(url("steps_file", made, form="csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(one["Step"].lstrip("'"), one["State"], one["Done on"], one["Days late"], one["Note"]) for one in rows] == [
        ("=Look", "Done", "2026-04-02", "2", "Well")
    ]


def test_the_steps_are_a_calendar_that_keeps_to_the_format(home, office):
    made = cycle(home, office=office, name="Plan; 2027, first")
    step(made, office=office, name="Look, around; twice\\ " + "ä" * 60, outputs="One\nTwo")
    skipped = step(made, office=office, name="Visit")
    skip_step(office, step=skipped, reason="No time")
    answer = browser(office).get(url("steps_calendar", made))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "X-WR-CALNAME:Plan\\; 2027\\, first" in whole
    assert f"SUMMARY:Look\\, around\\; twice\\\\ {'ä' * 60}\r\n" in whole
    assert "DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260401" in whole
    assert [line for line in whole.split("\r\n") if line.startswith("STATUS")] == [
        "STATUS:CONFIRMED",
        "STATUS:CANCELLED",
    ]
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 2
    assert whole == calendar_of(made, cycle_lines(office, [made], AT)[0].lines, "http://testserver").replace(
        "\r\n ", ""
    )


def test_the_timeline_names_its_months_by_the_length_of_the_cycle(home, office):
    def marks(first: date, last: date) -> list[str]:
        made = cycle(home, office=office, starts_on=first, ends_on=last)
        return [name for _day, name in timeline_of(cycle_lines(office, [made], AT)[0]).marks]

    assert marks(date(2026, 2, 15), date(2026, 5, 1)) == ["Mar", "Apr", "May"]
    assert marks(date(2025, 11, 1), date(2026, 12, 31))[:3] == ["Nov", "Dec", "Jan 2026"]
    assert marks(date(2025, 1, 1), date(2026, 12, 31)) == [
        f"{name} {year}" for year in (2025, 2026) for name in ("Jan", "Apr", "Jul", "Oct")
    ]
