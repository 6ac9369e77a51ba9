"""Options of an issue: scored, weighed, tried with other weights, chosen; and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from audit.actions import recording
from core import panels
from core.access import Forbidden
from core.actions import Conflict, Refusal
from core.periods import At, Frequency, Period
from organization.roles import Role
from planning.actions import options as actions
from planning.models import Criterion, OptionScore, StrategicIssue, StrategicOption
from planning.queries.options import weighing
from tests import factories
from tests.factories.choices import issue, weighed
from tests.factories.organization import TODAY
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db
AT = At(Period.of(Frequency.MONTH, TODAY), None, TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def unit():
    return factories.unit()


@pytest.fixture
def office(unit):
    return factories.member(Role.SMO_OFFICER, unit)


@pytest.fixture
def head(unit):
    return factories.member(Role.UNIT_HEAD, unit)


@pytest.fixture
def asked(unit, office) -> StrategicIssue:
    return weighed(unit, office)


def stands() -> list[object]:
    return [
        list(StrategicOption.objects.order_by("pk").values_list("name", "state", "reason")),
        list(Criterion.objects.order_by("pk").values_list("name", "weight")),
        list(OptionScore.objects.order_by("pk").values_list("score", "words")),
        list(StrategicIssue.objects.values_list("row_version")),
    ]


def row(name: str, weight: str, **more: object) -> actions.CriterionRow:
    return actions.CriterionRow(name, Decimal(weight), **more)


# ------------------------------------------------------------------------------------------------------- who wins
def test_the_winner_and_which_weight_turns_it(asked, office):
    table = weighing(office, asked)
    assert [(line.option.name, line.score, line.is_winner, line.is_tied) for line in table.lines] == [
        ("Option 1", pytest.approx(7.0), True, True), ("Option 2", pytest.approx(6.8), False, True),
    ]  # fmt: skip
    assert [one.words for one in table.sensitivities] == [
        "Holds unless the weight falls under 46.4%: then Option 2 wins.",
        "Holds unless the weight passes 34.4%: then Option 2 wins.",
        "Holds unless the weight passes 27.3%: then Option 2 wins.",
    ]
    assert table.weakest == (
        "The smallest change that turns it: Criterion 1 from 50.0% to 46.4%, then Option 2 wins."
    )  # fmt: skip
    assert [(round(one.low), round(one.high)) for one in table.sensitivities] == [(46, 100), (0, 34), (0, 27)]


def test_past_the_weight_that_turns_it_the_other_wins(asked, office):
    first, second, third = (one.pk for one in weighing(office, asked).criteria)
    tried = weighing(office, asked, {first: Decimal(46), second: Decimal("32.4"), third: Decimal("21.6")})
    assert (tried.is_what_if, tried.winner.option.name) == (True, "Option 2")
    assert list(Criterion.objects.order_by("pk").values_list("weight", flat=True)) == [50, 30, 20]


def test_an_option_that_is_not_scored_whole_is_not_compared(asked, office):
    actions.add_option(office, issue=asked, name="Option 3")
    table = weighing(office, asked)
    assert [line.score is None for line in table.lines] == [False, False, True]
    assert (table.missing, table.winner.option.name, len(table.sensitivities)) == (3, "Option 1", 3)


def test_without_criteria_nobody_wins(unit, office):
    made = issue(unit)
    actions.add_option(office, issue=made, name="Only")
    table = weighing(office, made)
    assert (table.winner, table.weakest, table.sensitivities, table.missing) == (None, "", (), 0)


@pytest.mark.parametrize("size", [2, 4])
def test_the_table_asks_as_often_for_four_options_as_for_two(unit, office, size):
    made = weighed(unit, office, scores=[(number, 5, 5) for number in range(size)])
    with CaptureQueriesContext(connection) as caught:
        assert len(weighing(office, made).lines) == size
    assert len(caught) == 4


# ------------------------------------------------------------------------------------------------------ what is kept
def test_criteria_are_set_at_once_names_may_change_places_and_one_that_is_not_named_goes(asked, office):
    first, second, third = Criterion.objects.order_by("pk")
    actions.set_criteria(
        office, issue=asked,
        rows=[row("Criterion 2", "60", pk=first.pk), row("Criterion 1", "30", pk=second.pk), row("New", "10")],
    )  # fmt: skip
    assert list(Criterion.objects.order_by("pk").values_list("name", "weight")) == [
        ("Criterion 2", 60), ("Criterion 1", 30), ("New", 10),
    ]  # fmt: skip
    assert not Criterion.objects.filter(pk=third.pk).exists()
    assert OptionScore.objects.count() == 4


def test_an_option_is_chosen_the_others_are_rejected_with_why_and_another_choice_replaces_it(asked, head):
    one, two = StrategicOption.objects.order_by("pk")
    actions.choose_option(head, option=one, reason="Nearest", rejected={two.pk: "Too dear"})
    assert stands()[0] == [("Option 1", "chosen", "Nearest"), ("Option 2", "rejected", "Too dear")]
    actions.choose_option(head, option=two, reason="Money came")
    assert stands()[0] == [("Option 1", "rejected", ""), ("Option 2", "chosen", "Money came")]


def test_an_option_gets_other_words_and_is_taken_away(asked, office):
    one, two = StrategicOption.objects.order_by("pk")
    actions.change_option(office, option=one, values={"name": "Hubs", "description": "Three"})
    actions.remove_option(office, option=two)
    assert list(StrategicOption.objects.values_list("name", "description")) == [("Hubs", "Three")]
    assert OptionScore.objects.count() == 3


# --------------------------------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("A", "60"), row("B", "30")], r"The weights sum to 90 %, not 100. Give 10 more."),
        ([row("A", "60"), row("B", "50.5")], r"The weights sum to 110.5 %, not 100. Take 10.5 away."),
        ([row("A", "101"), row("B", "-1")], r"The weight of “A” is not 0 to 100 %"),
        ([row("A", "50"), row("a", "50")], "stands there twice"),
        ([row(" ", "100")], "The criterion's name is empty"),
        ([row("A", "100", pk=0)], "taken away meanwhile"),
    ],
)
def test_criteria_that_do_not_fit_are_refused_and_all_stay(asked, office, rows, sentence):
    before = stands()
    with pytest.raises(Refusal, match=sentence):
        actions.set_criteria(office, issue=asked, rows=rows)
    assert stands() == before


@pytest.mark.parametrize(
    ("score", "text", "sentence"),
    [("10.1", "", "a score is 0 to 10"), ("-1", "", "a score is 0 to 10"), (None, "But", "words stand there, but no score")],
)  # fmt: skip
def test_a_score_that_cannot_be_is_refused_and_none_of_the_table_is_kept(asked, office, score, text, sentence):
    before = stands()
    option, criterion = StrategicOption.objects.first(), Criterion.objects.order_by("pk")
    good = actions.Cell(option.pk, criterion[0].pk, Decimal(1))
    wrong = actions.Cell(option.pk, criterion[1].pk, None if score is None else Decimal(score), text)
    with pytest.raises(Refusal, match=sentence):
        actions.score_options(office, issue=asked, cells=[good, wrong])
    with pytest.raises(Refusal, match="taken away meanwhile"):
        actions.score_options(office, issue=asked, cells=[good, actions.Cell(0, criterion[1].pk, Decimal(1))])
    assert stands() == before


def test_names_twice_none_or_too_long_are_refused(asked, office):
    option, before = StrategicOption.objects.order_by("pk").first(), stands()
    for name, sentence in (("option 2", "There is an option"), ("", "name is empty"), ("x" * 121, "at most 120 fit")):
        with pytest.raises(Refusal, match=sentence):
            actions.add_option(office, issue=asked, name=name)
        with pytest.raises(Refusal, match=sentence):
            actions.change_option(office, option=option, values={"name": name})
    assert stands() == before


def test_a_choice_needs_a_reason_and_what_was_decided_stays(asked, office, head):
    option, before = StrategicOption.objects.order_by("pk").first(), stands()
    with pytest.raises(Refusal, match="Why it is chosen is empty"):
        actions.choose_option(head, option=option, reason=" ")
    assert stands() == before
    actions.choose_option(head, option=option, reason="Nearest")
    before = stands()
    with pytest.raises(Refusal, match=r"was chosen\. It stays as the record"):
        actions.remove_option(office, option=option)
    assert stands() == before


def test_a_settled_issue_keeps_its_options_as_they_were(asked, office, head):
    with recording(office, "settle"):
        StrategicIssue.objects.update(settled_on=TODAY, answer="So")
    option, criterion, before = StrategicOption.objects.order_by("pk").first(), Criterion.objects.first(), stands()
    for act in (
        lambda: actions.add_option(office, issue=asked, name="Late"),
        lambda: actions.remove_option(office, option=option),
        lambda: actions.set_criteria(office, issue=asked, rows=[row("A", "100")]),
        lambda: actions.score_options(office, issue=asked, cells=[actions.Cell(option.pk, criterion.pk, Decimal(1))]),
        lambda: actions.choose_option(head, option=option, reason="Late"),
    ):
        with pytest.raises(Refusal, match="was settled on 9 July 2026"):
            act()
    assert stands() == before


def test_two_at_one_table_are_told_of_each_other(asked, office):
    seen = asked.row_version
    option, criterion = StrategicOption.objects.order_by("pk").first(), Criterion.objects.order_by("pk").first()
    cell = actions.Cell(option.pk, criterion.pk, Decimal(2))
    actions.score_options(office, issue=asked, cells=[cell], expected=seen)
    before = stands()
    for act in (
        lambda: actions.score_options(office, issue=asked, cells=[cell], expected=seen),
        lambda: actions.set_criteria(office, issue=asked, rows=[row("A", "100")], expected=seen),
        lambda: actions.change_option(office, option=option, values={"name": "Mine"}, expected=seen),
    ):
        with pytest.raises(Conflict):
            act()
    assert stands() == before


def test_readers_weigh_nothing_and_the_office_does_not_choose(asked, office, unit):
    reader, option, before = factories.member(Role.EMPLOYEE, unit), StrategicOption.objects.first(), stands()
    for act in (
        lambda: actions.add_option(reader, issue=asked, name="Mine"),
        lambda: actions.change_option(reader, option=option, values={"name": "Mine"}),
        lambda: actions.set_criteria(reader, issue=asked, rows=[row("A", "100")]),
        lambda: actions.score_options(reader, issue=asked, cells=[]),
        lambda: actions.choose_option(office, option=option, reason="Mine"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert stands() == before


def test_the_database_keeps_shares_scores_and_one_choice(asked, office):
    option, criterion = StrategicOption.objects.first(), Criterion.objects.first()
    for name, write in (
        ("criterion_weight_is_a_percentage", lambda: Criterion.objects.update(weight=101)),
        ("option_score_is_0_to_10", lambda: OptionScore.objects.update(score=11)),
        ("one_option_chosen", lambda: StrategicOption.objects.update(state="chosen")),
        (
            "option_scored_once_per_criterion",
            lambda: OptionScore.objects.create(option=option, criterion=criterion, score=1),
        ),
        ("option_name_once_per_issue", lambda: StrategicOption.objects.create(issue=asked, name=option.name)),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), recording(office, "test"):
            write()


# ------------------------------------------------------------------------------------------------------------ pages
def test_the_page_says_tie_and_tries_weights_without_saving(asked, office):
    client, before = browser(office), stands()
    page = words(client.get(f"/planning/issues/{asked.pk}/options/"))
    assert "A tie: Option 1, Option 2 lie within 5 % of each other." in page
    first, second, third = (one.pk for one in weighing(office, asked).criteria)
    page = words(client.get(f"/planning/issues/{asked.pk}/options/?w{first}=0&w{second}=1&w{third}=1"))
    assert "Option 2 wins with 7.5 of 10." in page
    for query in (f"w{first}=x", f"w{first}=0&w{second}=0&w{third}=0", f"w{first}=-5&w{second}=1&w{third}=1"):
        assert client.get(f"/planning/issues/{asked.pk}/options/?{query}").status_code == 422
    assert stands() == before


def test_the_whole_table_is_written_in_forms(unit, office, head):
    made, client = issue(unit), browser(office)
    at = f"/planning/issues/{made.pk}/options"
    for name in ("North", "South"):
        client.post(f"{at}/new/", {"name": name, "description": ""})
    typed = {"name_new1": "Near", "weight_new1": "60", "name_new2": "Cheap", "weight_new2": "30"}
    answer = client.post(f"{at}/criteria/", typed)
    assert (answer.status_code, Criterion.objects.count()) == (422, 0)
    assert "The weights sum to 90 %, not 100. Give 10 more." in words(answer)
    assert 'value="Cheap"' in answer.content.decode()
    client.post(f"{at}/criteria/", {**typed, "weight_new2": "40"})
    keys = [f"{o.pk}_{c.pk}" for o in made.options.order_by("pk") for c in made.criteria.order_by("pk")]
    scores = {f"score_{key}": value for key, value in zip(keys, ("9", "5,5", "6", "11"), strict=True)}
    answer = client.post(f"{at}/scores/", scores)
    assert (answer.status_code, OptionScore.objects.count()) == (422, 0)
    client.post(f"{at}/scores/", {**scores, f"score_{keys[3]}": "8", f"words_{keys[3]}": "Half the price"})
    assert list(OptionScore.objects.order_by("pk").values_list("score", flat=True)) == [9, Decimal("5.5"), 6, 8]
    late = client.post(f"{at}/scores/", {**scores, f"score_{keys[3]}": "7", "expected": "1"})
    assert (late.status_code, "Somebody else was faster" in words(late)) == (409, True)
    option = made.options.get(name="North")
    assert client.get(f"/planning/options/{option.pk}/choose/").status_code == 403
    client = browser(head)
    client.post(f"/planning/options/{option.pk}/choose/", {"reason": "Near"})
    assert sorted(made.options.values_list("name", "state")) == [("North", "chosen"), ("South", "rejected")]
    assert "Half the price" in words(client.get(f"{at}/"))


def test_an_option_is_edited_and_removed_in_its_form(asked, office):
    option, client = StrategicOption.objects.order_by("pk").first(), browser(office)
    assert client.post(f"/planning/options/{option.pk}/edit/", {"name": "Option 2"}).status_code == 422
    client.post(f"/planning/options/{option.pk}/edit/", {"name": "Hubs", "description": "", "expected": ""})
    assert StrategicOption.objects.get(pk=option.pk).name == "Hubs"
    assert "Its scores go with it." in words(client.get(f"/planning/options/{option.pk}/remove/"))
    client.post(f"/planning/options/{option.pk}/remove/")
    assert not StrategicOption.objects.filter(pk=option.pk).exists()


def test_the_panel_of_the_issue_holds_the_scores(asked, office):
    panel = panels.get("issue", "options")
    assert [text in panel.render(asked, office, AT) for text in ("Option 1", "6.8")] == [True, True]
    assert "Option 2: 6.8, Proposed" in panel.render(asked, office, AT, printed=True)
