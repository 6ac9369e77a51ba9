"""Who opens a report later: rights are always today's, also for whoever ordered it."""

from __future__ import annotations

from datetime import date

import pytest

from audit.actions import recording
from core.access import can
from organization.actors import actor_of, system_actor
from organization.models import Membership, OrgUnit, Person
from organization.roles import Role
from scorecards.models import Report
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.publishing import published, quick_pdf  # noqa: F401
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, grow, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    grow(made, 2)
    return made


def now(actor):
    """The same person with the roles of this moment."""
    return actor_of(Person.objects.get(pk=actor.person_id), TODAY)


def lose(actor, role: str) -> None:
    with recording(system_actor("tests"), "end_membership"):
        Membership.objects.filter(person=actor.person_id, role=role).delete()


def gain(actor, role: str, at: OrgUnit) -> None:
    with recording(system_actor("tests"), "add_membership"):
        Membership.objects.create(person_id=actor.person_id, unit=at, role=role, valid=(date(2020, 1, 1), None))


def answers(client, report) -> list[int]:
    """What page, workbook, JSON, CSV and PDF answer today."""
    pages = [f"/scorecards/reports/{report.pk}/{rest}" for rest in ("", "file.xlsx", "file.json", "file.csv")]
    return [client.get(url).status_code for url in (*pages, f"/jobs/files/{report.file_id}/")]


def test_whoever_ordered_a_report_and_lost_the_role_is_refused_everywhere(tree):
    report, client = published(tree), browser(tree.officer)
    assert answers(client, report) == [200] * 5
    lose(tree.officer, Role.SMO_OFFICER)
    with nothing_changes():
        assert answers(client, report) == [403, 403, 403, 403, 404]
        assert client.post(f"/scorecards/reports/{report.pk}/pdf/").status_code == 403
    assert not can(now(tree.officer), "open", report)
    page = text(client.get(f"/scorecards/{tree.card.pk}/reports/"))
    assert f"/scorecards/reports/{report.pk}/" not in page


def test_a_role_lost_in_one_unit_and_held_in_another_does_not_do(tree):
    report = published(tree)
    lose(tree.officer, Role.SMO_OFFICER)
    gain(tree.officer, Role.SMO_OFFICER, factories.unit())
    assert not can(now(tree.officer), "open", report)


def test_more_rights_than_then_and_units_added_since_keep_it_open(tree):
    report = published(tree)
    gain(tree.officer, Role.EXECUTIVE, factories.unit())
    factories.unit(parent=tree.unit)
    assert now(tree.officer).reader_key != report.reader_key
    assert answers(browser(tree.officer), report) == [200] * 5


def test_a_role_given_back_opens_it_again(tree):
    report = published(tree)
    lose(tree.officer, Role.SMO_OFFICER)
    gain(tree.officer, Role.SMO_OFFICER, tree.unit)
    assert can(now(tree.officer), "open", report)


def test_a_report_whose_rights_are_not_known_opens_for_exactly_the_same_rights_only(tree):
    report = published(tree)
    with recording(system_actor("tests"), "freeze_scorecard"):
        old = Report.objects.create(
            scorecard=tree.card, frequency="month", period_start=date(2026, 6, 1), content=report.content,
            content_hash=report.content_hash, as_of=report.as_of, reader_key=report.reader_key,
            ordered_by_id=tree.officer.person_id,
        )  # fmt: skip
    assert can(tree.officer, "open", old)
    gain(tree.officer, Role.EXECUTIVE, factories.unit())
    assert can(now(tree.officer), "open", report) and not can(now(tree.officer), "open", old)


def test_another_person_with_more_rights_is_not_let_in_by_having_more(tree):
    report = published(tree)
    other = factories.member(Role.SMO_OFFICER, tree.unit)
    assert can(other, "open", report), "the same rights"
    gain(other, Role.EXECUTIVE, factories.unit())
    assert not can(now(other), "open", report), "only whoever ordered it is asked for no less"
