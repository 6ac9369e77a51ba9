"""Pages of answers, of reds without one, and of declared statuses, as a browser gets them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from openpyxl import load_workbook

from audit.actions import recording
from core.access import Actor
from core.obligations import obligations
from core.periods import At, Period
from organization.actors import actor_of, system_actor
from organization.roles import Role
from scorecards.models import CorrectiveAction, DeclaredStatus
from strategy.actions import add_action_item
from strategy.models import ActionItem
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, grow, queries, text

pytestmark = pytest.mark.django_db
LIST = "/scorecards/unanswered/"
SOON = (TODAY + timedelta(days=7)).isoformat()


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=2)
    grow(made, 4)
    return made


@pytest.fixture
def officer(tree):
    return browser(tree.officer)


@pytest.fixture
def red(tree):
    return tree.measures["Measure 2"]


@pytest.fixture
def owner(tree, red) -> Actor:
    person = factories.person("Olga Owner", home=tree.unit)
    red.owner = person
    with recording(system_actor("tests"), "change_measure"):
        red.save(update_fields=["owner"])
    return actor_of(person, TODAY)


def form_url(measure) -> str:
    return f"/scorecards/measures/{measure.pk}/answer/"


def filled(**values) -> dict[str, str]:
    given = {
        "fact": "60 of 100",
        "cause": "The ward closed",
        "cost": "1200.50",
        "currency": "GBP",
        "rows": "2",
        "item-0-title": "Open it",
        "item-0-assignee": "Ada Able",
        "item-0-due_on": SOON,
    }
    return {**given, **values}


@pytest.fixture
def ada(tree):
    return factories.person("Ada Able", home=tree.unit)


# -------------------------------------------------------------------------------------------------------- the form
def test_the_form_begins_with_the_fact(officer, red):
    page = text(officer.get(form_url(red)))
    assert "60.0 in Jun 2026 against a target of 100.0: 40.0 worse." in page
    assert page.count('name="item-') == 6


def test_an_answer_is_kept_with_its_tasks_and_shown_on_the_page_of_the_measure(officer, red, ada):
    answer = officer.post(form_url(red), filled())
    assert (answer.status_code, answer["Location"]) == (302, f"/scorecards/measures/{red.pk}/#answers")
    made = CorrectiveAction.objects.get()
    assert [(item.title, item.assignee) for item in made.items.all()] == [("Open it", ada)]
    page = text(officer.get(f"/scorecards/measures/{red.pk}/"))
    for words in ("The ward closed", "£1,200.50", "Open it", "Ada Able", "0 of 1 actions done", "7 days left"):
        assert words in page, words
    assert "nobody has answered yet" not in page


def test_an_action_of_an_answer_stands_on_the_page_once_and_any_other_in_the_discussion(tree, officer, red, ada):
    officer.post(form_url(red), filled())
    add_action_item(
        tree.officer, about=red, title="Ring the ward", assignee=ada, due_on=TODAY + timedelta(days=7), today=TODAY
    )
    page = text(officer.get(f"/scorecards/measures/{red.pk}/"))
    discussion = page.partition("Open the discussion")[2].partition("</section>")[0]
    assert (page.count("Open it"), page.count("Ring the ward")) == (1, 1)
    assert "Open it" not in discussion and "Ring the ward" in discussion
    assert "Open it" in text(officer.get(f"/strategy/subjects/{red.subject_id}/"))


def test_one_more_row_needs_no_script_and_loses_nothing(officer, red, ada):
    with nothing_changes():
        page = officer.post(form_url(red), filled(more="1"))
    assert page.status_code == 200
    body = text(page)
    assert body.count('name="item-') == 9 and 'value="Ada Able"' in body and "The ward closed" in body
    assert "There is a problem" not in body
    many = text(officer.post(form_url(red), filled(more="1", rows="999")))
    assert "One more action" not in many


@pytest.mark.parametrize(("values", "sentence"), [
    ({"item-0-title": "", "item-0-assignee": "", "item-0-due_on": ""}, "Add at least one action"),
    ({"item-0-assignee": "Nobody Here"}, "Nobody here fits &#x27;Nobody Here&#x27;"),
    ({"item-0-due_on": "2026-07-08"}, "8 July 2026 has passed."),
    ({"item-1-title": "Half"}, "Fill this in."),
    ({"cause": ""}, "Cause: Fill this in."),
    ({"cost": "-1"}, "The cost is below zero."),
    ({"cost": "NaN"}, "is not a number."),
    ({"currency": "E1"}, "is not a currency"),
    ({"rows": "x" * 50, "item-0-due_on": "soon"}, "Enter a valid date."),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(officer, red, ada, values, sentence):
    with nothing_changes():
        page = officer.post(form_url(red), filled(**values))
    assert page.status_code == 422 and sentence in text(page)
    assert not ActionItem.objects.exists()


def test_somebody_who_has_left_gets_no_task(officer, red, ada):
    ada.is_active = False
    with recording(system_actor("tests"), "leave"):
        ada.save(update_fields=["is_active"])
    with nothing_changes():
        page = officer.post(form_url(red), filled())
    assert page.status_code == 422 and "Nobody here fits" in text(page)


def test_a_measure_on_track_leads_back_with_a_word(officer, tree):
    good = tree.measures["Measure 0"]
    answer = officer.get(form_url(good), follow=True)
    assert "Measure 0 is neither off track nor watched in Jun 2026." in text(answer)


def test_who_may_not_answer_is_refused_and_what_is_not_there_not_found(tree, officer, red):
    reader = browser(factories.member(Role.EMPLOYEE, tree.unit))
    officer.post(form_url(red), filled(**{"item-0-assignee": tree.officer.label}))
    pk = CorrectiveAction.objects.get().pk
    with nothing_changes():
        urls = [form_url(red), *(f"/scorecards/answers/{pk}/{verb}/" for verb in ("change", "actions", "close"))]
        assert [reader.get(url).status_code for url in urls] == [403] * 4
        assert [reader.post(url, filled()).status_code for url in urls] == [403] * 4
    assert reader.get(f"/scorecards/answers/{pk}/").status_code == 200
    assert reader.get(f"/scorecards/answers/{2**40}/").status_code == 404
    assert Client().get(form_url(red)).status_code == 302


# ---------------------------------------------------------------------------------------------- what becomes of one
@pytest.fixture
def made(officer, red, ada):
    officer.post(form_url(red), filled())
    return CorrectiveAction.objects.get()


def test_an_answer_is_changed_and_who_was_slower_sees_both(officer, made):
    url = f"/scorecards/answers/{made.pk}/change/"
    given = {"fact": "New", "cause": "The ward closed", "cost": "", "currency": "GBP", "expected": "1"}
    assert officer.post(url, given).status_code == 302
    with nothing_changes():
        late = officer.post(url, {**given, "fact": "Mine"})
    assert late.status_code == 409
    assert "New" in text(late) and "Mine" in text(late) and 'value="2"' in text(late)
    assert officer.post(url, {**given, "cause": ""}).status_code == 422


def test_further_actions_are_added(officer, made, ada):
    url = f"/scorecards/answers/{made.pk}/actions/"
    given = {name: value for name, value in filled().items() if name.startswith("item") or name == "rows"}
    assert "Further actions" in text(officer.get(url))
    assert officer.post(url, {**given, "item-0-title": "More"}).status_code == 302
    assert {item.title for item in made.items.all()} == {"Open it", "More"}
    with nothing_changes():
        assert "Add at least one action" in text(officer.post(url, {"rows": "2"}))


def test_a_closed_answer_stays_readable(officer, made, red):
    url = f"/scorecards/answers/{made.pk}/close/"
    assert "1 action is still open; it stays with its assignee." in text(officer.get(url))
    assert officer.post(url, {"effect": "It opened", "expected": "1"}).status_code == 302
    for page in (f"/scorecards/answers/{made.pk}/", f"/scorecards/measures/{red.pk}/"):
        assert "It opened" in text(officer.get(page))
    assert officer.get(url).status_code == 403


# --------------------------------------------------------------------------------------------------- without answer
def test_the_list_shows_what_waits_and_counts_on_scorecard_and_home(tree, officer, red):
    page = text(officer.get(LIST))
    assert "Measure 2</a>" in page and "Measure 1</a>" not in page and "1 measure<" in page
    assert f'href="{form_url(red)}"' in page
    for url in (f"/scorecards/{tree.card.pk}/", "/"):
        shown = text(officer.get(url))
        assert "1 red without an answer" in shown and f'href="{form_url(red)}"' in shown, url
    reader = browser(factories.member(Role.EMPLOYEE, tree.unit))
    assert form_url(red) not in text(reader.get(LIST))
    assert "no answer yet" in text(reader.get(f"/scorecards/{tree.card.pk}/"))


def test_the_list_is_filtered_and_says_so_when_nothing_fits(officer, tree):
    assert "No red fits" in text(officer.get(f"{LIST}?q=nothing"))
    assert "Measure 2</a>" in text(officer.get(f"{LIST}?unit={tree.unit.pk}&order=longest&page=99"))
    assert officer.get(f"{LIST}?unit=x&order=y&mine=2").status_code == 200


def test_every_red_answered_says_so(officer, made):
    assert "Every red has an answer" in text(officer.get(LIST))


def test_the_list_comes_as_csv_and_workbook(officer, red):
    lines = b"".join(officer.get(f"{LIST}file.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Code,Measure,Unit,Owner,Objective,Period,Actual,Target,Score,Red since,Days red,Answer due"
    assert lines[1].startswith(f"{red.code},Measure 2,") and ",2026-06,60.0,100.0,0,2026-06,9," in lines[1]
    sheet = load_workbook(io.BytesIO(b"".join(officer.get(f"{LIST}file.xlsx").streaming_content))).active
    assert sheet.max_row == 2
    assert officer.get(f"{LIST}file.exe").status_code == 404


@pytest.mark.parametrize("url", [LIST, "/scorecards/{card}/", "/", "/work/"])
def test_pages_take_as_many_queries_for_many_reds_as_for_one(tree, officer, url):
    address = url.format(card=tree.card.pk)
    few = queries(officer, address)
    grow(tree, 12)
    assert queries(officer, address) == few <= 43


def test_the_page_of_a_measure_takes_as_many_queries_for_many_answers_as_for_one(officer, red, made, ada):
    few = queries(officer, f"/scorecards/measures/{red.pk}/")
    given = {name: value for name, value in filled().items() if name.startswith("item") or name == "rows"}
    for number in range(4):
        officer.post(f"/scorecards/answers/{made.pk}/actions/", {**given, "item-0-title": f"More {number}"})
    assert queries(officer, f"/scorecards/measures/{red.pk}/") == few <= 43


def test_the_owner_owes_the_answer_by_a_day(owner, red):
    at = At(Period.parse("2026-06"), None, TODAY)
    owed = [one for one in obligations(owner, at) if one.kind == "answer"]
    assert [(one.what, one.about, one.url) for one in owed] == [
        ("Answer the red of Jun 2026", "Measure 2", f"{form_url(red)}?p=2026-06")
    ]


# ------------------------------------------------------------------------------------------------------ declared
def test_a_status_is_declared_shown_and_taken_back(tree, owner, red):
    mine, url = browser(owner), f"/scorecards/nodes/{tree.node(red).pk}/declare/"
    assert "It stands beside the computed status (Off track)" in text(mine.get(url))
    given = {"status": "on_track", "reason": "Better since Monday", "expires_on": SOON}
    assert mine.post(url, given).status_code == 302
    page = text(mine.get(f"/scorecards/measures/{red.pk}/"))
    for words in ("by Olga Owner until 16 Jul 2026", "Better since Monday", "Computed on that day: Off track"):
        assert words in page, words
    assert "by Olga Owner until 16 Jul 2026" in text(mine.get(f"/scorecards/{tree.card.pk}/"))
    assert "Take it back" in text(mine.get(f"{url}take-back/"))
    assert mine.post(f"{url}take-back/").status_code == 302
    assert "Better since Monday" not in text(mine.get(f"/scorecards/measures/{red.pk}/"))
    with nothing_changes():
        assert mine.post(f"{url}take-back/").status_code == 422


@pytest.mark.parametrize(("values", "sentence"), [
    ({"expires_on": "2026-07-08"}, "8 July 2026 has passed."),
    ({"expires_on": "2028-01-01"}, "more than a year away"),
    ({"expires_on": ""}, "Give a day."),
    ({"reason": ""}, "Fill this in."),
    ({"status": "exceeds"}, "Select a valid choice."),
])  # fmt: skip
def test_a_bad_declaration_is_refused(tree, owner, red, values, sentence):
    given, mine = {"status": "on_track", "reason": "Better", "expires_on": SOON, **values}, browser(owner)
    with nothing_changes():
        page = mine.post(f"/scorecards/nodes/{tree.node(red).pk}/declare/", given)
    assert page.status_code == 422 and sentence in text(page)


def test_declaring_is_the_owners_and_only_on_measures_and_objectives(tree, officer, red):
    nodes = [tree.node(red), tree.node(tree.strategy)]
    assert [officer.get(f"/scorecards/nodes/{node.pk}/declare/").status_code for node in nodes] == [403, 404]
    with nothing_changes():
        assert officer.post(f"/scorecards/nodes/{nodes[0].pk}/declare/take-back/").status_code == 403


def test_a_grey_measure_shows_the_declared_word_hatched(tree, owner):
    grey = tree.measure("Grey", owner=tree.measures["Measure 2"].owner)
    mine, url = browser(owner), f"/scorecards/nodes/{tree.node(grey).pk}/declare/"
    mine.post(url, {"status": "watch", "reason": "We feel it", "expires_on": SOON})
    assert DeclaredStatus.objects.get().computed == "no_data"
    page = text(mine.get(f"/scorecards/measures/{grey.pk}/"))
    assert "smo-hatched" in page and "it counts as missing" in page


def test_the_page_of_an_objective_shows_both_in_a_panel(tree):
    head = factories.member(Role.UNIT_HEAD, tree.unit)
    objective = tree.objectives[0]
    url = f"/scorecards/nodes/{tree.node(objective).pk}/declare/"
    browser(head).post(url, {"status": "watch", "reason": "Slower", "expires_on": SOON})
    panel = text(browser(head).get(f"/strategy/objectives/{objective.pk}/panels/declared/"))
    assert "Slower" in panel and "Computed, Jun 2026" in panel
