"""Excusing a measure from reporting: who may, how it ends, where it is said, and what it does not change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.actions import recording
from core.access import Forbidden
from core.formats import date_short
from core.obligations import obligations
from core.periods import At, Period
from organization.actors import actor_of
from organization.roles import Role
from scorecards.actions import (
    ObservationRow,
    close_period,
    excuse_measure,
    record_observations,
    retire_measure,
    take_back_excuse,
)
from scorecards.actions.reminding import remind
from scorecards.models import Excuse, Measure, Reminder
from scorecards.queries.cards import scorecard_report
from scorecards.queries.closing import closing_report
from scorecards.queries.completeness import completeness
from scorecards.queries.excuses import excused_in, excused_places, excuses
from scorecards.queries.measures import measure_report
from scorecards.queries.updates import updates_report
from tests import factories
from tests.factories.scorecards import TODAY, number, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import browser, text

pytestmark = pytest.mark.django_db
JUNE, MAY = Period.parse("2026-06"), Period.parse("2026-05")
AT = At(JUNE, None, TODAY)
LATE = At(JUNE, None, TODAY + timedelta(days=30))
WHY = "The survey was not run"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    made.person = factories.person("Olga Owner", home=made.unit)
    made.owner = actor_of(made.person, TODAY)
    return made


@pytest.fixture
def late(tree):
    return tree.measure("Late", owner=tree.person)


def excuse(tree, measure, *, actor=None, period=JUNE, reason=WHY, today=TODAY):
    excuse_measure(actor or tree.officer, measure=measure, period=period, reason=reason, today=today)


def holds(measure, period=JUNE, as_of=None):
    row = excused_places([(measure.pk, period)], as_of).get((measure.pk, period))
    return row.reason if row else None


def recorded() -> str:
    """The day of the newest excuse by the database's clock."""
    return date_short(timezone.localdate(Excuse.objects.latest("pk").recorded_at))


# ------------------------------------------------------------------------------------------------------- the verb
def test_an_excused_measure_is_not_late_owed_or_reminded_of_and_no_score_moves(tree, late):
    before = tree.result(tree.strategy, "2026-06")
    assert [one.kind for one in obligations(tree.owner, AT)] == ["value"]
    (line,) = completeness(tree.officer, LATE).lines()
    assert line.days_late == 24
    excuse(tree, late)
    assert obligations(tree.owner, AT) == []
    report = completeness(tree.officer, LATE)
    (line,) = report.lines()
    assert (line.days_late, line.reason, report.units[0].missing, report.excused) == (0, "not_due_yet", 0, 1)
    assert line.excused == f"Excused by {tree.officer.label}, {recorded()}: {WHY}"
    closing = closing_report(tree.officer, tree.card, AT)
    assert (closing.missing, [one.measure for one in closing.excused], closing.reported) == ([], [late], 0)
    updates = updates_report(tree.owner, AT, {}, "1")
    assert (updates.missing, updates.total, updates.page[0].excused) == (0, 1, line.excused)
    after = tree.result(tree.strategy, "2026-06")
    assert (after.coverage, after.reason, after.score) == (before.coverage, before.reason, before.score)


def test_nobody_is_reminded_of_what_was_excused_meanwhile(tree, late):
    missing = closing_report(tree.officer, tree.card, AT).missing
    excuse(tree, late)
    with refused("Nobody is to be reminded: every value is there or excused."):
        remind(tree.officer, scorecard=tree.card, missing=missing, today=TODAY)
    other = tree.measure("Other", owner=tree.person)
    remind(tree.officer, scorecard=tree.card, missing=[*missing, *closing_report(tree.officer, tree.card, AT).missing],
        today=TODAY)  # fmt: skip
    assert list(Reminder.objects.values_list("measure", flat=True)) == [other.pk]


def test_another_reason_replaces_the_first_and_both_are_kept(tree, late):
    excuse(tree, late)
    excuse(tree, late, reason="The survey comes in autumn")
    assert (holds(late), list(Excuse.objects.values_list("revision", flat=True).order_by("pk"))) == (
        "The survey comes in autumn", [1, 2],
    )  # fmt: skip
    assert Excuse.objects.get(revision=1).superseded_at is not None


def test_it_is_taken_back_and_the_value_is_wanted_again(tree, late):
    excuse(tree, late)
    take_back_excuse(tree.officer, measure=late, period=JUNE)
    assert holds(late) is None and [one.kind for one in obligations(tree.owner, AT)] == ["value"]
    with refused("No excuse holds for Jun 2026 any more."):
        take_back_excuse(tree.officer, measure=late, period=JUNE)


def test_a_value_that_comes_ends_it_and_a_withdrawn_value_does_not_revive_it(tree, late):
    excuse(tree, late)
    first = Excuse.objects.get()
    tree.record(late, "2026-06", 5)
    assert holds(late) is None and excused_in([late.pk], AT) == {}
    assert holds(late, as_of=first.recorded_at) == WHY, "as it was known then"
    tree.record(late, "2026-06", None)
    assert holds(late) is None
    excuse(tree, late)
    assert holds(late) == WHY


def test_an_excuse_counts_for_its_period_alone_and_is_said_in_a_longer_one(tree, late):
    excuse(tree, late, period=MAY)
    assert (holds(late, MAY), holds(late)) == (WHY, None)
    words = f"Excused for May 2026 by {tree.officer.label}, {recorded()}: {WHY}"
    assert excused_in([late.pk], At(Period.parse("2026-Q2"), None, TODAY)) == {late.pk: words}


@pytest.mark.parametrize(("given", "sentence"), [
    ({"reason": "  "}, "The reason is empty. Write something there."),
    ({"reason": "x" * 2001}, "The reason has 2001 characters; at most 2000 fit."),
    ({"period": Period.parse("2026-Q2")}, "The measure reports monthly: Q2 2026 is not one of its periods."),
    ({"period": Period.parse("2026-08")}, "Nothing is to be reported for Aug 2026 yet."),
])  # fmt: skip
def test_what_cannot_be_excused_is_refused(tree, late, given, sentence):
    with refused(sentence):
        excuse(tree, late, **given)


def test_a_value_that_is_there_or_waits_needs_no_excuse(tree, late):
    tree.record(late, "2026-06", 5)
    with refused("The value of Jun 2026 is there: nothing is to be excused."):
        excuse(tree, late)
    careful = tree.measure("Careful", needs_approval=True)
    row = ObservationRow(careful.pk, JUNE, number(5))
    record_observations(factories.member(Role.CONTRIBUTOR, tree.unit), rows=[row], today=TODAY)
    with refused("The value of Jun 2026 waits for approval: nothing is to be excused."):
        excuse(tree, careful)


def test_a_closed_period_is_neither_excused_nor_taken_back(tree, late):
    excuse(tree, late)
    other = tree.measure("Other")
    close_period(tree.officer, scorecard=tree.card, period=JUNE, today=TODAY)
    with refused("Jun 2026 is closed. Open it again first."):
        excuse(tree, other)
    with refused("Jun 2026 is closed. Open it again first."):
        take_back_excuse(tree.officer, measure=late, period=JUNE)
    assert holds(late) == WHY


def test_the_office_of_the_unit_or_of_the_scorecard_may_and_nobody_else(tree, late):
    for actor in (
        tree.owner,
        factories.member(Role.UNIT_HEAD, tree.unit),
        factories.member(Role.SMO_OFFICER, factories.unit()),
    ):
        with nothing_changes(), pytest.raises(Forbidden):
            excuse(tree, late, actor=actor)
        with nothing_changes(), pytest.raises(Forbidden):
            take_back_excuse(actor, measure=late, period=JUNE)
    elsewhere = scorecard()
    with recording(tree.officer, "move"):
        Measure.objects.filter(pk=late.pk).update(unit=elsewhere.unit)
    late.refresh_from_db()
    excuse(tree, late)
    excuse(tree, late, actor=elsewhere.officer, reason="Both may")
    assert holds(late) == "Both may"
    retire_measure(elsewhere.officer, measure=late, reason="over", today=TODAY)
    late.refresh_from_db()
    with nothing_changes(), pytest.raises(Forbidden):
        excuse(tree, late)


# -------------------------------------------------------------------------------------------------------- the pages
def test_the_office_excuses_from_the_page_of_who_has_reported_and_takes_it_back(tree, late):
    office = browser(tree.officer)
    page = text(office.get("/scorecards/reporting/?p=2026-06"))
    url = f"/scorecards/measures/{late.pk}/excuse/?p=2026-06&from=reporting&of=2026-06"
    assert url.replace("&", "&amp;") in page
    with nothing_changes():
        assert office.post(url, {"reason": ""}).status_code == 422
    done = office.post(url, {"reason": WHY}, follow=True)
    assert done.redirect_chain == [("/scorecards/reporting/?p=2026-06", 302)]
    page = text(done)
    assert "Late is excused for Jun 2026." in page and WHY in page and "1 is excused" in page
    back = url.replace("excuse/", "excuse/take-back/")
    assert back.replace("&", "&amp;") in page
    assert "The excuse is taken back." in text(office.post(back, follow=True)) and holds(late) is None


def test_closing_lists_what_is_excused_apart_and_leads_back_there(tree, late):
    office = browser(tree.officer)
    url = f"/scorecards/measures/{late.pk}/excuse/?p=2026-06&from=closing&of=2026-06"
    assert url.replace("&", "&amp;") in text(office.get(f"/scorecards/{tree.card.pk}/closing/?p=2026-06"))
    done = office.post(url, {"reason": WHY}, follow=True)
    assert done.redirect_chain == [(f"/scorecards/{tree.card.pk}/closing/?p=2026-06", 302)]
    assert "0 values are missing" in text(done) and WHY in text(done)
    asked = text(office.get(f"/scorecards/{tree.card.pk}/closing/close/?p=2026-06"))
    assert "1 value is excused; it counts as missing all the same." in asked


def test_readers_see_the_reason_and_have_no_button(tree, late):
    excuse(tree, late)
    reader = browser(factories.member(Role.EMPLOYEE, tree.unit))
    node = tree.node(tree.objectives[0]).pk
    for url in (
        f"/scorecards/measures/{late.pk}/",
        f"/scorecards/{tree.card.pk}/",
        f"/scorecards/nodes/{node}/",
        f"/scorecards/nodes/{tree.node(late).pk}/",
        "/scorecards/measures/",
        "/scorecards/measures/file.csv",
        "/scorecards/reporting/",
        "/scorecards/reporting/file.csv",
        f"/scorecards/{tree.card.pk}/closing/",
        f"/scorecards/{tree.card.pk}/file.csv",
    ):
        answer = reader.get(f"{url}?p=2026-06")
        words = b"".join(answer.streaming_content).decode() if answer.streaming else text(answer)
        assert WHY in words and "/excuse/" not in words, url
    with nothing_changes():
        assert reader.post(f"/scorecards/measures/{late.pk}/excuse/?p=2026-06", {"reason": "x"}).status_code == 403
        assert reader.post(f"/scorecards/measures/{late.pk}/excuse/take-back/?p=2026-06").status_code == 403


def test_the_excuse_goes_from_row_and_page_when_the_value_comes(tree, late):
    excuse(tree, late)
    row = next(row for row in scorecard_report(tree.owner, tree.card, AT).rows if row.kind == "measure")
    assert row.excused.endswith(WHY) and measure_report(tree.owner, late, AT).latest.excused == row.excused
    tree.record(late, "2026-06", 5)
    row = next(row for row in scorecard_report(tree.owner, tree.card, AT).rows if row.kind == "measure")
    assert (row.excused, measure_report(tree.owner, late, AT).latest.excused) == ("", "")


def test_lists_of_excuses_cost_the_same_however_many(tree, late, django_assert_num_queries):
    office = browser(tree.officer)
    excuse(tree, late)
    one = (
        showing.queries(office, "/scorecards/reporting/"),
        showing.queries(office, f"/scorecards/{tree.card.pk}/closing/"),
    )
    for name in "AB":
        excuse(tree, tree.measure(name))
    two = (
        showing.queries(office, "/scorecards/reporting/"),
        showing.queries(office, f"/scorecards/{tree.card.pk}/closing/"),
    )
    assert one == two
    with django_assert_num_queries(1):
        assert len(list(excuses())) == 3


def test_programs_read_excuses_and_whether_they_hold(tree, late):
    excuse(tree, late)
    client: Client = browser(tree.owner)
    (row,) = client.get("/api/v1/excuses/?period_from=2026-06").json()["results"]
    assert (row["measure"], row["period"], row["reason"], row["holds"]) == (late.code, "2026-06", WHY, True)
    tree.record(late, "2026-06", 5)
    assert client.get(f"/api/v1/excuses/{row['id']}/").json()["holds"] is False
