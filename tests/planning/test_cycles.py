"""Planning cycles: opened, planned step by step, done, skipped, closed; what is owed; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.actions import recording
from core import dates, obligations
from core.access import Forbidden
from core.actions import Conflict, Refusal
from core.periods import At, Frequency, Period
from notifications.models import Notification
from organization.actors import actor_of, system_actor
from organization.models import Person
from organization.roles import Role
from planning.actions import adopt
from planning.actions import cycles as actions
from planning.actions import steps as step_actions
from planning.models import CycleStep, PlanningCycle
from planning.queries.cycles import cycle_lines
from planning.rules.usual_steps import USUAL_STEPS
from strategy.actions import approve_strategy, submit_strategy
from tests import factories
from tests.factories.cycles import FIRST, LAST, cycle, step
from tests.factories.organization import TODAY, member

pytestmark = pytest.mark.django_db
AT = At(Period.of(Frequency.MONTH, TODAY), None, TODAY)
State = CycleStep.State


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def stored() -> list[tuple]:
    steps = CycleStep.objects.order_by("pk").values_list(
        "name", "state", "starts_on", "ends_on", "done_on", "note", "owner"
    )
    return [*steps, *PlanningCycle.objects.order_by("pk").values_list("name", "starts_on", "ends_on", "closed_on")]


def refused(act) -> str:
    """The sentence of a refusal; nothing has changed."""
    before = stored()
    with pytest.raises(Refusal) as refusal:
        act()
    assert stored() == before
    return refusal.value.sentence


# -------------------------------------------------------------------------------------------------------- cycles
def test_a_cycle_begins_with_the_usual_steps_inside_its_days(home, office):
    made = cycle(home, office=office, usual=True)
    assert [(one.kind, one.name) for one in made.steps.all()] == [(one.kind, one.name) for one in USUAL_STEPS]
    assert all(FIRST <= one.starts_on <= one.ends_on <= LAST for one in made.steps.all())


def test_the_next_cycle_takes_the_steps_of_the_last_one_but_nothing_of_how_it_went(home, office):
    keeper, gone = factories.person(), factories.person()
    last = cycle(home, office=office, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    for name, owner in (("Look", keeper), ("Weigh", gone), ("Visit", keeper)):
        step(last, office=office, name=name, owner=owner, starts_on=date(2025, 2, 1), ends_on=date(2025, 3, 1))
    done, _weigh, skipped = last.steps.order_by("pk")
    step_actions.finish_step(office, step=done, on=date(2025, 3, 5), today=TODAY, note="Well")
    step_actions.skip_step(office, step=skipped, reason="No time")
    with recording(system_actor("tests"), "leave"):
        Person.objects.filter(pk=gone.pk).update(is_active=False)
    row = actions.CycleRow(home, "Next", FIRST, LAST)
    made = actions.add_cycle(office, row=row, like=last)
    found = made.steps.order_by("pk").values_list("name", "owner", "starts_on", "ends_on", "state", "note")
    days = (date(2026, 2, 1), date(2026, 3, 1))
    assert list(found) == [("Look", keeper.pk, *days, "planned", ""), ("Weigh", None, *days, "planned", "")]


def test_only_who_runs_planning_of_the_unit_opens_and_changes_a_cycle(home, office):
    made = cycle(home, office=office)
    for role in (Role.EMPLOYEE, Role.EXECUTIVE, Role.AUDITOR):
        who, before = member(role, home), stored()
        with pytest.raises(Forbidden):
            actions.add_cycle(who, row=actions.CycleRow(home, "Mine", FIRST, LAST))
        with pytest.raises(Forbidden):
            actions.change_cycle(who, cycle=made, values={"name": "Mine"})
        assert stored() == before
    owner = factories.person()
    made = actions.change_cycle(office, cycle=made, values={"owner": owner})
    assert actions.change_cycle(actor_of(owner, TODAY), cycle=made, values={"name": "Mine"}).name == "Mine"


def test_what_does_not_fit_a_cycle_is_refused(home, office):
    made = cycle(home, office=office, name="This year")
    step(made, office=office, name="Look")
    elsewhere = factories.strategy_map().strategy

    def change(**values):
        return refused(lambda: actions.change_cycle(office, cycle=made, values=values))

    new = actions.CycleRow(home, "This year", FIRST, LAST)
    assert refused(lambda: actions.add_cycle(office, row=new)) == (
        f"{home} has a cycle “This year” already. Give this one another name."
    )
    assert change(ends_on=FIRST - timedelta(days=1)) == "The last day lies before the first. Turn them round."
    assert change(name=" ") == "Name is empty. Write something there."
    assert change(ends_on=date(2026, 2, 1)) == (
        "“Look” runs 1 January 2026 to 31 March 2026, which is outside of these days. Move the step first."
    )
    assert change(strategy=elsewhere) == f"“{elsewhere}” is not a strategy of {home}."


def test_a_cycle_is_closed_once_every_step_is_done_or_skipped_and_opened_again_with_a_reason(home, office):
    made = cycle(home, office=office)
    rows = [step(made, office=office, name=name) for name in ("Look", "Weigh")]
    sentence = "Still open: Look; Weigh. Finish each, or skip it and say why; then close the cycle."
    assert refused(lambda: actions.close_cycle(office, cycle=made, today=TODAY)) == sentence
    step_actions.finish_step(office, step=rows[0], on=TODAY, today=TODAY)
    step_actions.skip_step(office, step=rows[1], reason="Done last year")
    made = actions.close_cycle(office, cycle=made, today=TODAY)
    assert made.closed_on == TODAY
    closed = "The cycle was closed on 9 July 2026. Open it again before you change it."
    assert refused(lambda: actions.change_cycle(office, cycle=made, values={"name": "Other"})) == closed
    assert refused(lambda: step(made, office=office)) == closed
    assert refused(lambda: step_actions.reopen_step(office, step=rows[0])) == closed
    assert (
        refused(lambda: actions.reopen_cycle(office, cycle=made, reason=""))
        == "The reason is empty. Write something there."
    )
    assert actions.reopen_cycle(office, cycle=made, reason="Too early").closed_on is None
    assert refused(lambda: actions.reopen_cycle(office, cycle=made, reason="x")) == "The cycle is running already."


# --------------------------------------------------------------------------------------------------------- steps
def test_a_step_is_begun_finished_and_taken_up_again_by_whoever_holds_it(home, office):
    holder = factories.person()
    row = step(cycle(home, office=office), office=office, owner=holder)
    who = actor_of(holder, TODAY)
    assert step_actions.begin_step(who, step=row).state == State.UNDER_WAY
    row = step_actions.finish_step(who, step=row, on=date(2026, 3, 20), today=TODAY, note="Twelve notes")
    assert (row.state, row.done_on, row.note) == (State.DONE, date(2026, 3, 20), "Twelve notes")
    row = step_actions.reopen_step(who, step=row)
    assert (row.state, row.done_on, row.note) == (State.UNDER_WAY, None, "")
    for act in (
        lambda: step_actions.change_step(who, step=row, values={"name": "Other"}),
        lambda: step_actions.skip_step(who, step=row, reason="x"),
        lambda: step_actions.finish_step(member(Role.EMPLOYEE, home), step=row, on=TODAY, today=TODAY),
    ):
        before = stored()
        with pytest.raises(Forbidden):
            act()
        assert stored() == before


def test_what_does_not_fit_a_step_is_refused(home, office):
    made = cycle(home, office=office)
    row = step(made, office=office, name="Look")
    gone = factories.person()
    with recording(system_actor("tests"), "leave"):
        Person.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()

    def change(**values):
        return refused(lambda: step_actions.change_step(office, step=row, values=values))

    assert change(ends_on=date(2025, 12, 31)) == "The step ends before it starts. Turn the days round."
    assert change(ends_on=date(2027, 1, 1)) == (
        "The cycle runs 1 January 2026 to 31 December 2026. Choose days inside, or move the cycle's days first."
    )
    assert change(owner=gone) == f"{gone} can no longer sign in. Name somebody else."
    assert change(kind="dance").startswith("A step is one of: Prepare, Analyse, Decide, ")
    assert change(name="x" * 121) == "Name has 121 characters; at most 120 fit."
    assert change(starts_on=None) == "A step has a first and a last day. Write both."
    tomorrow = TODAY + timedelta(days=1)
    assert refused(lambda: step_actions.finish_step(office, step=row, on=tomorrow, today=TODAY)) == (
        "Nothing is done on a day to come. Write today or an earlier day."
    )
    assert (
        refused(lambda: step_actions.skip_step(office, step=row, reason=" "))
        == "The reason is empty. Write something there."
    )
    assert refused(lambda: step_actions.reopen_step(office, step=row)) == "“Look” is open already."
    step_actions.finish_step(office, step=row, on=TODAY, today=TODAY)
    assert change(name="Other") == "“Look” is done. Take it up again before you change it."


def test_who_saves_second_is_shown_what_the_first_saved(home, office):
    row = step(cycle(home, office=office), office=office)
    seen = row.row_version
    step_actions.change_step(office, step=row, values={"name": "First"}, expected=seen)
    before = stored()
    with pytest.raises(Conflict) as conflict:
        step_actions.change_step(office, step=row, values={"name": "Second"}, expected=seen)
    assert (conflict.value.current.name, stored()) == ("First", before)


def test_whoever_gets_a_step_is_told_once(home, office):
    holder = factories.person()
    made = cycle(home, office=office, name="This year")
    row = step(made, office=office, name="Look", owner=holder)
    step_actions.change_step(office, step=row, values={"inputs": "Figures"})
    step_actions.change_step(office, step=row, values={"owner": Person.objects.get(pk=office.person_id)})
    texts = list(Notification.objects.values_list("person", "text"))
    assert texts == [(holder.pk, "You hold “Look” of This year, due on 31 March 2026.")]


def test_adopting_a_strategy_finishes_the_step_that_was_there_for_it():
    made = factories.strategy_map(adopted=False)
    head = member(Role.UNIT_HEAD, made.strategy.unit)
    of = cycle(made.strategy.unit, office=made.office, strategy=made.strategy)
    other = cycle(made.strategy.unit, office=made.office)
    rows = [step(one, office=made.office, kind="adopt", name="Adopt") for one in (of, other)]
    later = step(of, office=made.office, kind="adopt", name="Publish", ends_on=date(2026, 4, 30))
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    approve_strategy(head, strategy=made.strategy)
    adopt(made.office, strategy=made.strategy, effective_from=TODAY, today=TODAY)
    for row in (*rows, later):
        row.refresh_from_db()
    assert [(row.state, row.done_on) for row in (*rows, later)] == [
        ("done", TODAY),
        ("planned", None),
        ("planned", None),
    ]
    assert rows[0].note == f"“{made.strategy}” was adopted."


@pytest.mark.parametrize(
    "values", [{"ends_on": date(2025, 1, 1)}, {"state": "done"}, {"done_on": TODAY}, {"state": "skipped", "note": ""}]
)
def test_the_database_keeps_what_a_step_promises(home, office, values):
    row = step(cycle(home, office=office), office=office)
    with pytest.raises(IntegrityError), recording(system_actor("tests"), "spoil"), transaction.atomic():
        CycleStep.objects.filter(pk=row.pk).update(**values)


# ----------------------------------------------------------------------------------------------------- what is owed
def test_a_step_is_owed_by_its_holder_while_it_is_open_and_mailed_on_the_days_of_the_plan(home, office):
    holder = factories.person()
    made = cycle(home, office=office, name="This year")
    days = {"Late": TODAY - timedelta(days=7), "Soon": TODAY + timedelta(days=2), "Due": TODAY + timedelta(days=3)}
    for name, day in days.items():
        step(made, office=office, name=name, owner=holder, ends_on=day)
    far = TODAY + timedelta(days=60)
    step(made, office=office, name="Far", owner=holder, starts_on=far, ends_on=far)
    done = step(made, office=office, name="Done", owner=holder)
    step_actions.finish_step(office, step=done, on=TODAY, today=TODAY)

    def owed(who):
        return [one for one in obligations.obligations(who, AT) if one.kind == "cycle_step"]

    assert [(one.about, one.due_on, one.is_mailed) for one in owed(actor_of(holder, TODAY))] == [
        ("Late, This year", days["Late"], True),
        ("Soon, This year", days["Soon"], False),
        ("Due, This year", days["Due"], True),
    ]
    assert owed(office) == []


def test_steps_stand_in_the_calendar_of_the_year_while_their_cycle_runs(home, office):
    holder = factories.person()
    made = cycle(home, office=office, name="This year")
    rows = [step(made, office=office, name=name, owner=holder) for name in ("Look", "Visit", "Weigh")]
    step_actions.finish_step(office, step=rows[0], on=TODAY, today=TODAY)
    step_actions.skip_step(office, step=rows[1], reason="No time")

    def dated():
        return [
            (one.title, one.owner, one.is_done) for one in dates.steps(office, AT) if one.key.startswith("cycle-step")
        ]

    assert dated() == [("Look, This year", str(holder), True), ("Weigh, This year", str(holder), False)]
    step_actions.skip_step(office, step=rows[2], reason="No time")
    actions.close_cycle(office, cycle=made, today=TODAY)
    assert dated() == []


# --------------------------------------------------------------------------------------------------------- in words
def test_the_sentence_of_a_cycle_names_what_is_latest_and_who_holds_it(home, office):
    holder = factories.person()
    made = cycle(home, office=office)

    def sentence() -> str:
        return cycle_lines(office, [made], AT)[0].sentence

    assert sentence() == "No step is planned yet."
    coming = step(made, office=office, name="Adopt", ends_on=date(2026, 8, 1), owner=holder)
    assert sentence() == f"Nothing is late. Next: “Adopt”, due on 1 August 2026; {holder} holds it."
    look = step(made, office=office, name="Look", ends_on=TODAY - timedelta(days=1))
    assert sentence() == "“Look” is 1 day late; nobody holds it."
    weigh = step(made, office=office, name="Weigh", ends_on=TODAY - timedelta(days=9), owner=holder)
    assert sentence() == f"“Weigh” is 9 days late; {holder} holds it. 1 more step is late."
    for row in (coming, look, weigh):
        step_actions.finish_step(office, step=row, on=TODAY, today=TODAY)
    assert sentence() == "Every step is done. Close the cycle."
    words = {line.step.name: line.words for line in cycle_lines(office, [made], AT)[0].lines}
    assert words == {"Adopt": "done in time", "Look": "done, 1 day late", "Weigh": "done, 9 days late"}
