"""The register of assumptions: what is stated, looked at again, found wrong; what it flags; what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from audit.actions import recording
from core import dates, facets, obligations, panels
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from core.periods import At, Frequency, Period
from notifications.models import Notification
from organization.actors import actor_of
from organization.roles import Role
from planning.actions import assumptions as actions
from planning.models import Assumption, AssumptionCheck, Carries
from planning.queries import assumptions as queries
from planning.queries.resting import rest_of
from strategy.models import Strategy
from tests import factories
from tests.factories.choices import assumption
from tests.factories.organization import TODAY
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db
AT = At(Period.of(Frequency.MONTH, TODAY), None, TODAY)
LATER = TODAY + timedelta(days=90)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def made():
    return factories.strategy_map()


def finding(confidence: str = "0.9", on: date = TODAY, words: str = "Looked") -> actions.Finding:
    return actions.Finding(Decimal(confidence), on, on + timedelta(days=60), words)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Assumption, AssumptionCheck, Carries, Notification))


def state(row: Assumption, at: At = AT) -> tuple[str, int]:
    office = actor_of(factories.person(), TODAY)
    found = queries.standing_of(office, row, at)
    return found.state, round(found.percent)


# ------------------------------------------------------------------------------------------------- what is believed
def test_confidence_fades_from_the_day_it_was_given_and_is_given_again(made):
    row = assumption(made.strategy.unit, office=made.office, stated_on=TODAY - timedelta(days=365))
    assert state(row) == ("holds", 40)
    assert state(row, At(AT.period, None, TODAY + timedelta(days=5))) == ("doubtful", 40)
    actions.validate_assumption(made.office, assumption=row, found=finding("0.6"), today=TODAY)
    assert state(row) == ("holds", 60)
    assert list(row.checks.values_list("confidence", "words")) == [(Decimal("0.800"), ""), (Decimal("0.600"), "Looked")]


def test_what_was_found_is_never_changed(made):
    row = assumption(made.strategy.unit)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        row.checks.update(confidence=1)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        row.checks.all().delete()


def test_found_wrong_it_flags_what_it_carries_and_tells_who_answers_for_it(made):
    owner = made.objectives[0].owner
    row = assumption(made.strategy.unit, office=made.office)
    actions.carry(made.office, assumption=row, subjects=[made.objectives[0].subject], links=[made.links[1]])
    assert queries.doubts_at(made.office, made.objectives[0], AT) == []
    actions.falsify_assumption(made.office, assumption=row, words="It is not so", on=TODAY, today=TODAY)
    text = f"“{row}” was found to be wrong. What you answer for rests on it."
    assert list(Notification.objects.values_list("person", "kind", "text")) == [
        (owner.pk, "assumption_falsified", text)
    ]
    assert state(row) == ("falsified", 80)
    (doubt,) = queries.doubts_at(made.office, made.objectives[0], AT)
    assert (doubt.assumption, doubt.state, doubt.link) == (row, "falsified", None)
    assert [one.link for one in queries.doubts_at(made.office, made.objectives[2], AT)] == [made.links[1]]


def test_believed_again_it_flags_nothing(made):
    row = assumption(made.strategy.unit, office=made.office)
    actions.carry(made.office, assumption=row, subjects=[made.objectives[0].subject])
    actions.falsify_assumption(made.office, assumption=row, words="No", on=TODAY, today=TODAY)
    actions.restore_assumption(made.office, assumption=row, found=finding("0.5"), today=TODAY)
    assert state(row) == ("holds", 50)
    assert queries.doubts_at(made.office, made.objectives[0], AT) == []


def test_other_words_are_found_by_search_and_do_not_touch_the_confidence(made):
    row = assumption(made.strategy.unit, office=made.office)
    actions.change_assumption(made.office, assumption=row, values={"statement": "Pay keeps up"}, expected=1)
    row.refresh_from_db()
    assert (row.statement, row.subject.label, row.confidence, row.row_version) == (
        "Pay keeps up", "Pay keeps up", Decimal("0.800"), 2,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"confidence": Decimal("1.01")}, "0 to 100 %"),
        ({"confidence": Decimal("-0.1")}, "0 to 100 %"),
        ({"statement": " "}, "What we believe is empty"),
        ({"statement": "x" * 201}, "at most 200 fit"),
        ({"half_life": Decimal(0)}, "1 to 240 months"),
        ({"half_life": Decimal(241)}, "1 to 240 months"),
        ({"review_on": TODAY}, "looked at again after 9 July 2026"),
    ],
)
def test_an_assumption_that_cannot_be_is_refused_and_nothing_is_kept(made, change, sentence):
    before = counts()
    given = {"statement": "So", "confidence": Decimal("0.8"), "review_on": LATER, **change}
    row = actions.AssumptionRow(unit=made.strategy.unit, **given)
    with pytest.raises(Refusal, match=sentence):
        actions.add_assumption(made.office, row=row, today=TODAY)
    assert counts() == before


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (finding("1.2"), "0 to 100 %"),
        (finding(on=TODAY + timedelta(days=1)), "a day to come"),
        (finding(on=TODAY - timedelta(days=31)), "It was looked at on 9 June 2026"),
        (actions.Finding(Decimal("0.5"), TODAY, TODAY), "Write a later day"),
    ],
)
def test_a_look_that_cannot_be_is_refused_and_nothing_is_kept(made, found, sentence):
    row = assumption(made.strategy.unit, stated_on=date(2026, 6, 9))
    before = counts()
    with pytest.raises(Refusal, match=sentence):
        actions.validate_assumption(made.office, assumption=row, found=found, today=TODAY)
    assert (counts(), Assumption.objects.get(pk=row.pk).confidence) == (before, Decimal("0.800"))


def test_wrong_without_words_or_twice_and_validated_while_wrong_are_refused(made):
    row = assumption(made.strategy.unit)
    with pytest.raises(Refusal, match="What was found is empty"):
        actions.falsify_assumption(made.office, assumption=row, words=" ", on=TODAY, today=TODAY)
    with pytest.raises(Refusal, match="It is believed already"):
        actions.restore_assumption(made.office, assumption=row, found=finding(), today=TODAY)
    assert Assumption.objects.get(pk=row.pk).falsified_on is None
    actions.falsify_assumption(made.office, assumption=row, words="No", on=TODAY, today=TODAY)
    before = counts()
    with pytest.raises(Refusal, match="on 9 July 2026 already"):
        actions.falsify_assumption(made.office, assumption=row, words="No", on=TODAY, today=TODAY)
    with pytest.raises(Refusal, match="Believe it again"):
        actions.validate_assumption(made.office, assumption=row, found=finding(), today=TODAY)
    with pytest.raises(Refusal, match="What was found is empty"):
        actions.restore_assumption(made.office, assumption=row, found=finding(words=""), today=TODAY)
    assert counts() == before


def test_the_second_editor_is_told(made):
    row = assumption(made.strategy.unit)
    actions.change_assumption(made.office, assumption=row, values={"because": "One"}, expected=1)
    with pytest.raises(Conflict):
        actions.change_assumption(made.office, assumption=row, values={"because": "Two"}, expected=1)
    with pytest.raises(Conflict):
        actions.validate_assumption(made.office, assumption=row, found=finding(), today=TODAY, expected=1)
    assert Assumption.objects.get(pk=row.pk).because == "One"


def test_who_reads_does_not_write(made):
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    row = assumption(made.strategy.unit)
    before = counts()
    for act in (
        lambda: assumption(made.strategy.unit, office=reader),
        lambda: actions.change_assumption(reader, assumption=row, values={"because": "x"}),
        lambda: actions.validate_assumption(reader, assumption=row, found=finding(), today=TODAY),
        lambda: actions.falsify_assumption(reader, assumption=row, words="No", on=TODAY, today=TODAY),
        lambda: actions.carry(reader, assumption=row, links=made.links),
    ):
        with pytest.raises(Forbidden):
            act()
    assert counts() == before


def test_what_it_carries_is_named_once_visible_and_not_itself(made):
    row = assumption(made.strategy.unit)
    draft = factories.strategy_map(adopted=False)
    subject = made.objectives[0].subject
    actions.carry(made.office, assumption=row, subjects=[subject])
    for given, error, sentence in (
        ({}, Refusal, "Choose what rests on it"),
        ({"subjects": [row.subject]}, Refusal, "does not rest on itself"),
        ({"subjects": [subject], "links": made.links}, Refusal, "It carries O1 Reach objective 1 already"),
        ({"subjects": [draft.objectives[0].subject]}, NotVisible, None),
        ({"links": draft.links}, NotVisible, None),
    ):
        with pytest.raises(error, match=sentence):
            actions.carry(made.office, assumption=row, **given)
    assert Carries.objects.count() == 1
    actions.stop_carrying(made.office, carries=Carries.objects.get())
    assert Carries.objects.count() == 0


def test_the_database_keeps_one_thing_a_row_and_shares(made):
    row = assumption(made.strategy.unit)
    for wrong in ({}, {"subject": made.strategy.subject, "link": made.links[0]}):
        with pytest.raises(IntegrityError, match="carries_one_thing"), recording(made.office, "test"):
            Carries.objects.create(assumption=row, **wrong)
    with pytest.raises(IntegrityError, match="checked_as_a_share"), transaction.atomic():
        AssumptionCheck.objects.create(assumption=row, on=TODAY, confidence=2)


# ------------------------------------------------------------------------------------------------- what others see
def test_what_may_not_be_seen_is_not_named(made):
    draft = factories.strategy_map(adopted=False)
    row = assumption(draft.strategy.unit, office=draft.office)
    actions.carry(
        draft.office, assumption=row, subjects=[draft.objectives[0].subject, made.objectives[0].subject],
        links=draft.links,
    )  # fmt: skip
    reader = factories.member(Role.EMPLOYEE, made.strategy.unit)
    assert [one.label for one in queries.standing_of(reader, row, AT).carries] == ["O1 Reach objective 1"]


@pytest.mark.parametrize("size", [1, 3])
def test_facets_and_register_ask_as_often_for_three_as_for_one(size):
    made = factories.strategy_map(objectives=size + 1)
    row = None
    for objective, link in zip(made.objectives[:size], made.links, strict=True):
        row = assumption(made.strategy.unit, office=made.office, confidence="0.3")
        actions.carry(made.office, assumption=row, subjects=[objective.subject], links=[link])
    found = {}
    for kind, rows in (("objective", made.objectives), ("link", made.links)):
        with CaptureQueriesContext(connection) as caught:
            found[kind] = facets.get(kind, "doubt").build(rows, made.office, AT)
        assert len(caught) == 1
    assert set(found["objective"]) == {one.pk for one in made.objectives[:size]}
    assert {fact.words for fact in found["link"].values()} == {"1 doubtful assumption"}
    with CaptureQueriesContext(connection) as caught:
        assert len(queries.register(made.office, AT, {})) == size
    assert len(caught) == 3
    with CaptureQueriesContext(connection) as caught:
        assert len(rest_of(made.office, made.strategy, AT).doubtful) == size
    assert len(caught) == 4


def test_the_panel_is_silent_on_firm_ground(made):
    panel = panels.get("objective", "doubts")
    row = assumption(made.strategy.unit, confidence="0.39")
    assert panel.render(made.objectives[0], made.office, AT) == ""
    assert "Nobody has said yet" in panels.get("strategy", "ground").render(made.strategy, made.office, AT)
    actions.carry(made.office, assumption=row, subjects=[made.objectives[0].subject])
    assert row.statement in panel.render(made.objectives[0], made.office, AT)
    assert row.statement in panel.render(made.objectives[0], made.office, AT, printed=True)
    assert row.statement in panels.get("strategy", "ground").render(made.strategy, made.office, AT)


def test_the_owner_owes_a_look_from_the_review_day_or_the_first_day_of_doubt(made):
    owner = factories.person("Olga Owner")
    first = assumption(made.strategy.unit, owner=owner, stated_on=date(2026, 1, 1), review_on=date(2026, 7, 9))
    assumption(made.strategy.unit, owner=owner, review_on=date(2026, 7, 10))
    faded = assumption(made.strategy.unit, owner=owner, stated_on=date(2025, 1, 1), review_on=date(2027, 1, 1))
    wrong = assumption(made.strategy.unit, owner=owner, stated_on=date(2025, 1, 1), review_on=date(2026, 7, 1))
    actions.falsify_assumption(made.office, assumption=wrong, words="No", on=TODAY, today=TODAY)
    owed = [one for one in obligations.obligations(actor_of(owner, TODAY), AT) if one.kind == "assumption"]
    assert [(one.about, one.due_on) for one in owed] == [
        (faded.statement, date(2026, 1, 2)), (first.statement, date(2026, 7, 9)),
    ]  # fmt: skip
    steps = [one for one in dates.steps(made.office, AT) if one.key == f"assumption-{first.pk}"]
    assert [(one.starts_on, one.owner) for one in steps] == [(date(2026, 7, 9), "Olga Owner")]


# ------------------------------------------------------------------------------------------------------------- pages
def test_the_register_is_filtered_and_taken_away_as_a_file(made):
    firm = assumption(made.strategy.unit, office=made.office, statement="Firm")
    assumption(made.strategy.unit, office=made.office, statement="Fading", confidence="0.2")
    client = browser(made.office)
    assert [name in words(client.get("/planning/assumptions/?state=holds")) for name in ("Firm", "Fading")] == [
        True, False,
    ]  # fmt: skip
    assert "No assumption fits" in words(client.get("/planning/assumptions/?q=nothing"))
    text = b"".join(client.get("/planning/assumptions/file.csv?state=holds").streaming_content).decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["Assumption", "Firm"]
    assert client.get("/planning/assumptions/file.pdf").status_code == 404
    assert client.get(f"/planning/assumptions/{firm.pk}/").status_code == 200


def test_an_assumption_is_stated_looked_at_and_found_wrong_in_forms(made):
    client = browser(made.office)
    given = {
        "unit": made.strategy.unit.pk, "statement": "So it is", "because": "", "confidence": "72,5", "owner": "",
        "half_life": "12", "review_on": "2026-12-01",
    }  # fmt: skip
    answer = client.post("/planning/assumptions/new/", {**given, "confidence": "120"})
    assert (answer.status_code, Assumption.objects.count()) == (422, 0)
    assert "So it is" in answer.content.decode()
    client.post("/planning/assumptions/new/", given)
    row = Assumption.objects.get()
    assert row.confidence == Decimal("0.725")
    at = f"/planning/assumptions/{row.pk}"
    assert client.post(f"{at}/carry/", {"chosen": []}).status_code == 422
    assert "Nothing fits" in words(client.get(f"{at}/carry/?q=zz%00z"))
    client.post(f"{at}/carry/?q=O1", {"chosen": [f"subject-{made.objectives[0].subject_id}"]})
    assert list(row.carries.values_list("subject", flat=True)) == [made.objectives[0].subject_id]
    client.post(f"{at}/carries/{row.carries.get().pk}/stop/")
    assert row.carries.count() == 0
    late = {"confidence": "50", "on": "2026-07-09", "review_on": "2026-12-01", "words": "", "expected": "9"}
    answer = client.post(f"{at}/validate/", late)
    assert (answer.status_code, "Somebody else was faster" in words(answer)) == (409, True)
    client.post(f"{at}/validate/", {**late, "expected": row.row_version})
    assert Assumption.objects.get().confidence == Decimal("0.5")
    assert client.post(f"{at}/falsify/", {"on": "2026-07-09", "words": ""}).status_code == 422
    client.post(f"{at}/falsify/", {"on": "2026-07-09", "words": "It is not"})
    assert "Found wrong" in words(client.get(f"{at}/"))
    client.post(f"{at}/restore/", {**late, "expected": "", "words": "It is after all"})
    assert Assumption.objects.get().falsified_on is None


def test_pages_of_others_are_read_but_not_written(made):
    row = assumption(made.strategy.unit)
    client = browser(factories.member(Role.EMPLOYEE, made.strategy.unit))
    assert client.get(f"/planning/assumptions/{row.pk}/").status_code == 200
    for page in ("edit", "validate", "falsify", "restore", "carry"):
        assert client.get(f"/planning/assumptions/{row.pk}/{page}/").status_code == 403
    assert client.get("/planning/assumptions/new/").status_code == 403
    assert client.get("/planning/assumptions/999999/").status_code == 404
    assert Strategy.objects.count() == 1
