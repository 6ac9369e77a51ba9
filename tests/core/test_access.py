"""The table of rights: every scope, what may be combined, and that filter, check and column never disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from audit.actions import recording
from core import access
from core.access import (
    ALL,
    BRANCH,
    CHAIN,
    EVERYONE,
    UNIT,
    Forbidden,
    Grant,
    NotVisible,
    Policy,
    can,
    givers_sentence,
    may_field,
    permitted,
    policy_of,
    rel,
    require,
    require_all,
    scoped,
    through,
)
from core.actions import Refusal
from organization import subjects
from organization.actions.managers import ManagerRow, set_managers
from organization.actions.memberships import RoleRow, grant_roles
from organization.actions.people import change_person
from organization.actions.units import move_unit
from organization.actors import actor_of, deputy_actor, system_actor
from organization.models import Delegation, Membership, OrgUnit, Person, Position
from organization.roles import Role
from scorecards.models import Measure
from tests import factories
from tests.factories.organization import BEGINNING, TODAY

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
HEAD, HELPER = Role.UNIT_HEAD, Role.CONTRIBUTOR


@pytest.fixture
def table(monkeypatch):
    """`table(Model, verb=[grants], …)` puts another table in the place of a model's own for one test."""

    def put(model, *, unit="unit", owner="owner", conditions=None, fields=None, **grants):
        made = type("Table", (Policy,), {
            "model": model, "unit": unit, "owner": owner, "grants": grants,
            "conditions": conditions or {}, "fields": fields or {},
        })()  # fmt: skip
        monkeypatch.setitem(access._policies, model, made)
        return made

    return put


@pytest.fixture
def tree():
    """Root over North (over Ward) and South, one person in each."""
    root = factories.unit("Root")
    north, south = factories.unit("North", parent=root), factories.unit("South", parent=root)
    ward = factories.unit("Ward", parent=north)
    for unit in (root, north, south, ward):
        factories.person(f"of {unit.name}", home=unit)
    return {"root": root, "north": north, "south": south, "ward": ward}


def seen(actor, verb, rows=None):
    rows = Person.objects.filter(name__startswith="of ") if rows is None else rows
    return sorted(str(row) for row in scoped(actor, verb, rows))


def people_table(table, **more):
    more = {"change": [Grant(Role.ADMINISTRATOR, ALL)], **more}
    return table(Person, unit="home_unit", owner="pk", view=[Grant(EVERYONE, ALL)], **more)


# --------------------------------------------------------------------------------------------------- scopes
def test_a_unit_is_the_unit_alone_and_a_branch_all_below(table, tree):
    people_table(table, unit_only=[Grant(HEAD, UNIT)], branch=[Grant(HEAD, BRANCH)], all=[Grant(HEAD, ALL)])
    actor = factories.member(HEAD, tree["north"])
    assert [seen(actor, verb) for verb in ("unit_only", "branch", "all")] == [
        ["of North"],
        ["of North", "of Ward"],
        ["of North", "of Root", "of South", "of Ward"],
    ]


def test_who_does_not_hold_the_role_gets_nothing(table, tree):
    people_table(table, change=[Grant(HEAD, ALL)])
    assert seen(factories.member(HELPER, tree["root"]), "change") == []
    assert seen(system_actor(), "view") == [], "the portal itself is nobody"


def test_several_grants_are_ored_and_everything_ends_the_search(table, tree):
    people_table(table, change=[Grant(HEAD, UNIT), Grant(HELPER, BRANCH)], all=[Grant(HEAD, UNIT), Grant(HELPER, ALL)])
    actor = factories.member(HEAD, tree["south"])
    with recording(system_actor("tests"), "grant"):
        Membership.objects.create(person_id=actor.person_id, unit=tree["north"], role=HELPER, valid=(BEGINNING, None))
    actor = actor_of(Person.objects.get(pk=actor.person_id), TODAY)
    assert seen(actor, "change") == ["of North", "of South", "of Ward"]
    assert policy_of(Person).q(actor, "all") == Q()


def test_a_condition_narrows_a_grant(table, tree):
    people_table(
        table,
        conditions={"here": Q(is_active=True)},
        change=[Grant(HEAD, BRANCH, "here"), Grant(EVERYONE, rel("pk"))],
    )
    actor = factories.member(HEAD, tree["north"])
    with recording(system_actor("tests"), "leave"):
        Person.objects.filter(name="of Ward").update(is_active=False)
    assert seen(actor, "change") == ["of North"]


def test_a_relation_names_the_person(table, tree):
    table(Position, owner="person", view=[Grant(EVERYONE, ALL)], change=[Grant(EVERYONE, rel("person"))])
    actor = factories.member(HEAD, tree["north"])
    mine = factories.position(Person.objects.get(pk=actor.person_id), tree["north"], title="Mine")
    factories.position(Person.objects.get(name="of South"), tree["south"], title="Theirs")
    assert list(scoped(actor, "change", Position.objects.all())) == [mine]


def measure(code, unit, *updaters):
    with recording(system_actor("tests"), "add_measure"):
        (made,) = subjects.create(Measure, [{"code": code, "name": code, "unit": unit}])
        made.updaters.set(updaters)
    return made


def test_many_to_many_paths_never_double_a_row(table, tree):
    table(Measure, view=[Grant(EVERYONE, rel("updaters")), Grant(EVERYONE, rel("unit__memberships__person"))])
    actor = factories.member(HEAD, tree["north"])
    me = Person.objects.get(pk=actor.person_id)
    grant_roles(factories.administrator(tree["root"]), rows=[RoleRow(me, tree["north"], HELPER, BEGINNING)])
    both = measure("both", tree["north"], me, factories.person())
    listed = measure("listed", tree["south"], me, factories.person())
    measure("neither", tree["south"], factories.person())
    rows = scoped(actor, "view", Measure.objects.order_by("code"))
    assert (list(rows), rows.count()) == ([both, listed], 2)


def test_a_chain_reaches_reports_at_any_depth_or_the_direct_ones(table, tree):
    people_table(table, all=[Grant(EVERYONE, CHAIN())], direct=[Grant(EVERYONE, CHAIN(1))])
    one, two, three = (Person.objects.get(name=f"of {name}") for name in ("Root", "North", "Ward"))
    rows = [ManagerRow(two, one), ManagerRow(three, two)]
    set_managers(factories.administrator(tree["root"]), rows=rows, on=TODAY, today=TODAY)
    assert [seen(actor_of(one, TODAY), verb) for verb in ("all", "direct")] == [["of North", "of Ward"], ["of North"]]
    assert seen(actor_of(three, TODAY), "all") == []


def test_through_asks_the_table_of_the_row_it_names(table, tree):
    people_table(table, change=[Grant(HEAD, BRANCH)])
    table(Position, owner="person", view=[Grant(EVERYONE, through("person", "change"))])
    actor = factories.member(HEAD, tree["north"])
    for name, unit in (("of Ward", "south"), ("of South", "north")):
        factories.position(Person.objects.get(name=name), tree[unit], title=name)
    assert [row.title for row in scoped(actor, "view", Position.objects.all())] == ["of Ward"], (
        "the person's unit counts"
    )


# -------------------------------------------------------------------------------------- tokens, deputies, time
def test_a_token_narrows_by_verb_and_unit_and_gives_nothing(table, tree):
    people_table(table, change=[Grant(HEAD, BRANCH)], list=[Grant(EVERYONE, ALL)])
    actor = factories.member(HEAD, tree["north"])
    south, ward = frozenset({tree["south"].pk}), frozenset({tree["ward"].pk})
    reading = replace(actor, token_verbs=frozenset({"list"}))
    assert (seen(reading, "change"), len(seen(reading, "list"))) == ([], 4)
    assert seen(replace(actor, token_units=ward), "change") == ["of Ward"]
    assert seen(replace(actor, token_units=south), "change") == [], "outside of the owner's own rights"
    assert seen(replace(actor, token_units=south), "list") == ["of South"]


def test_a_token_for_units_reaches_nothing_that_has_no_unit(table, tree):
    people_table(table, list=[Grant(EVERYONE, ALL)]).__class__.unit = ""
    actor = replace(factories.member(HEAD, tree["north"]), token_units=frozenset({tree["ward"].pk}))
    assert seen(actor, "list") == []


def test_a_deputy_has_the_roles_passed_on_and_their_own_relations(table, tree):
    people_table(table, change=[Grant(HEAD, BRANCH), Grant(HELPER, BRANCH), Grant(EVERYONE, rel("pk"))])
    head = factories.member(HEAD, tree["north"])
    deputy = Person.objects.get(name="of South")
    with recording(system_actor("tests"), "delegate"):
        delegation = Delegation.objects.create(
            person_id=head.person_id, deputy=deputy, roles=[HEAD], valid=(TODAY, TOMORROW)
        )
    acting = deputy_actor(deputy, delegation, TODAY)
    assert seen(acting, "change") == ["of North", "of South", "of Ward"]
    assert seen(actor_of(deputy, TODAY), "change") == ["of South"]


def test_roles_hold_on_their_days_only(table, tree):
    people_table(table, change=[Grant(HEAD, UNIT)])
    someone = factories.person()
    with recording(system_actor("tests"), "grant"):
        for role_days in ((BEGINNING, TODAY), (TOMORROW, None)):
            Membership.objects.create(person=someone, unit=tree["north"], role=HEAD, valid=role_days)
    held = [seen(actor_of(someone, day), "change") for day in (YESTERDAY, TODAY, TOMORROW)]
    assert held == [["of North"], [], ["of North"]]


def test_actors_of_equal_reach_share_a_reader_key(tree):
    first, second, other = (factories.member(HEAD, tree[unit]) for unit in ("north", "north", "south"))
    assert first.reader_key == second.reader_key != other.reader_key


# ------------------------------------------------------------------------------------------------- questions
def test_absent_and_hidden_rows_answer_alike_and_visible_ones_name_who_can(table, tree):
    table(
        Person, unit="home_unit", owner="pk",
        view=[Grant(HEAD, BRANCH)], change=[Grant(Role.ADMINISTRATOR, ALL), Grant(Role.HR_PARTNER, BRANCH)],
    )  # fmt: skip
    actor = factories.member(HEAD, tree["north"])
    visible, hidden = (Person.objects.get(name=f"of {name}") for name in ("Ward", "South"))
    require(actor, "view", visible)
    with pytest.raises(Forbidden) as forbidden:
        require(actor, "change", visible)
    sentences = []
    for row in (hidden, Person(pk=10**9)):
        for verb in ("view", "change"):
            with pytest.raises(NotVisible) as absent:
                require(actor, verb, row)
            sentences.append(str(absent.value))
    assert str(forbidden.value) == (
        "You may see this, but you may not do that. It can be done by: Administrator, HR partner."
    )
    assert set(sentences) == {"There is nothing here, or it is not for you."}


def test_a_verb_on_a_hidden_row_is_refused_even_if_its_grant_would_reach_it(table, tree):
    people_table(table, change=[Grant(EVERYONE, ALL)]).__class__.grants = {"change": [Grant(EVERYONE, ALL)]}
    with pytest.raises(NotVisible):
        require(factories.member(HEAD, tree["north"]), "change", Person.objects.get(name="of North"))


def test_a_row_that_only_its_owner_changes_says_so(table, tree):
    people_table(table, change=[Grant(EVERYONE, rel("pk"))])
    assert givers_sentence(Person, "change") == "You may see this, but you may not change it. Its owner can."


def test_a_batch_is_asked_once_and_names_the_rows_refused(table, tree):
    people_table(table, change=[Grant(HEAD, BRANCH)])
    actor = factories.member(HEAD, tree["north"])
    everybody = Person.objects.filter(name__startswith="of ").order_by("name")
    with pytest.raises(Forbidden, match=r"You may not do this for 2 of 4 rows: of Root, of South\."):
        require_all(actor, "change", everybody)
    with CaptureQueriesContext(connection) as queries:
        allowed = require_all(actor, "change", everybody.filter(name__in=["of North", "of Ward"]))
    assert ([str(row) for row in allowed], len(queries)) == (["of North", "of Ward"], 2)


def test_a_field_may_ask_a_verb_of_its_own(table, tree):
    people_table(table, fields={"email": "details"}, details=[Grant(HEAD, UNIT)])
    actor = factories.member(HEAD, tree["north"])
    north, ward = (Person.objects.get(name=f"of {name}") for name in ("North", "Ward"))
    assert [may_field(actor, row, field) for row in (north, ward) for field in ("email", "name")] == [
        True, True, False, True,
    ]  # fmt: skip


def test_a_model_without_a_table_cannot_be_reached(tree):
    with pytest.raises(RuntimeError, match="Placement has no policy"):
        scoped(factories.member(HEAD, tree["north"]), "view", tree["north"].placements.all())


@pytest.mark.parametrize("model", [Person, OrgUnit, Membership, Position])
def test_filter_check_and_column_agree_on_every_row_of_the_real_tables(tree, model):
    """For every role, verb and row: scoped, can and permitted answer the same."""
    boss, report = Person.objects.get(name="of Root"), Person.objects.get(name="of Ward")
    set_managers(factories.administrator(tree["root"]), rows=[ManagerRow(report, boss)], on=TODAY, today=TODAY)
    factories.position(report, tree["ward"])
    actors = [factories.member(role, tree["north"]) for role in Role] + [actor_of(boss, TODAY)]
    verbs = list(policy_of(model).grants)
    for actor in actors:
        columns = {row.pk: row for row in permitted(actor, verbs, model.objects.all())}
        for verb in verbs:
            filtered = set(scoped(actor, verb, model.objects.all()).values_list("pk", flat=True))
            assert {pk for pk, row in columns.items() if getattr(row, f"may_{verb}")} == filtered
            assert {pk for pk, row in columns.items() if can(actor, verb, row)} == filtered


# -------------------------------------------------------------------------------------- rights follow at once
UNITS, PEOPLE = 5, 4
DAYS = (YESTERDAY, TODAY, TOMORROW)
unit_numbers, person_numbers = st.integers(0, UNITS - 1), st.integers(0, PEOPLE - 1)


class Rights(RuleBasedStateMachine):
    """Units move, roles come and go, managers change; a naive model says who may do what on which day."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        top = factories.unit()
        self.admin = factories.administrator(top)
        self.units = [factories.unit(f"u{n}", parent=top) for n in range(UNITS)]
        self.people = [factories.person(f"p{n}", home=self.units[n]) for n in range(PEOPLE)]
        self.homes = list(range(PEOPLE))
        self.parents = [dict.fromkeys(range(UNITS)) for _day in DAYS]
        self.roles = []
        self.managers = dict.fromkeys(range(PEOPLE))

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(unit=unit_numbers, parent=unit_numbers, day=st.sampled_from(DAYS))
    def move(self, unit, parent, day):
        affected = [index for index, known in enumerate(DAYS) if known >= day]
        planned = [index for index in affected if self.parents[index][unit] != self.parents[affected[0]][unit]]
        until = planned[0] if planned else len(DAYS)
        loops = any(unit in self._up(parent, index) for index in affected if index < until)
        if self.parents[affected[0]][unit] == parent:
            return
        try:
            with transaction.atomic():
                move_unit(self.admin, unit=self.units[unit], parent=self.units[parent], on=day)
        except Refusal as refusal:
            assert loops, refusal
        else:
            assert not loops
            for index in affected:
                if index < until:
                    self.parents[index][unit] = parent

    @rule(
        person=person_numbers,
        unit=unit_numbers,
        role=st.sampled_from([HEAD, HELPER]),
        last=st.sampled_from([*DAYS, None]),
    )
    def grant(self, person, unit, role, last):
        row = RoleRow(self.people[person], self.units[unit], role, YESTERDAY, last)
        if any(held[:3] == (person, unit, role) for held in self.roles):
            return
        grant_roles(self.admin, rows=[row])
        self.roles.append((person, unit, role, last or date.max))

    @rule(person=person_numbers, unit=unit_numbers)
    def settle(self, person, unit):
        change_person(self.admin, person=self.people[person], values={"home_unit": self.units[unit]})
        self.homes[person] = unit

    @rule(person=person_numbers, manager=st.none() | person_numbers)
    def report_to(self, person, manager):
        row = ManagerRow(self.people[person], None if manager is None else self.people[manager])
        wanted = {**self.managers, person: manager}
        if person in _above(wanted, manager):
            with pytest.raises(Refusal), transaction.atomic():
                set_managers(self.admin, rows=[row], on=TODAY, today=TODAY)
        else:
            set_managers(self.admin, rows=[row], on=TODAY, today=TODAY)
            self.managers = wanted

    def _up(self, unit, day):
        return _above(self.parents[day], unit)

    @invariant()
    def rights_are_those_of_the_naive_model(self):
        rows = Person.objects.filter(pk__in=[person.pk for person in self.people])
        numbers = {person.pk: number for number, person in enumerate(self.people)}
        for index, day in enumerate(DAYS):
            for number, person in enumerate(self.people):
                actor = actor_of(person, day)
                marked = permitted(actor, ["unit_only", "branch", "mixed"], rows)
                for verb in ("unit_only", "branch", "mixed"):
                    found = {numbers[row.pk] for row in marked if getattr(row, f"may_{verb}")}
                    assert found == self._naive(verb, number, index), (verb, number, day)

    def _naive(self, verb, person, day):
        held = [(unit, role) for who, unit, role, last in self.roles if who == person and last >= DAYS[day]]
        answer = set()
        for other, home in enumerate(self.homes):
            at = [role for unit, role in held if unit == home]
            reach = [role for unit, role in held if unit in self._up(home, day)]
            leads = person in _above(self.managers, self.managers[other])
            answers = {
                "unit_only": HEAD in at,
                "branch": HEAD in reach,
                "mixed": HELPER in reach or leads or other == person,
            }
            if answers[verb]:
                answer.add(other)
        return answer


def _above(parents, start):
    """The start and everything above it."""
    path = []
    while start is not None and start not in path:
        path.append(start)
        start = parents[start]
    return path


def test_rights_follow_every_change_at_once(table):
    people_table(
        table,
        unit_only=[Grant(HEAD, UNIT)],
        branch=[Grant(HEAD, BRANCH)],
        mixed=[Grant(HELPER, BRANCH), Grant(EVERYONE, CHAIN()), Grant(EVERYONE, rel("pk"))],
    )
    few = settings(
        max_examples=8,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a failing history has twelve steps at most; making it shorter takes minutes
    )
    run_state_machine_as_test(Rights, settings=few)
