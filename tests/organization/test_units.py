"""Units are added in batches, renamed, moved at a date and closed; the tree never loops."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from core.access import Forbidden
from core.actions import Conflict, Refusal
from organization.actions.closing import close_unit, reopen_unit
from organization.actions.units import UnitRow, add_units, move_unit, rename_unit
from organization.models import Membership, OrgUnit, Person, Placement, Position, Subject
from organization.queries import branch_ids, parents_on, tree
from organization.roles import Role
from tests import factories
from tests.factories.organization import BEGINNING, TODAY
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
NEXT_MONTH = date(2026, 8, 1)
LAST_MONTH = date(2026, 6, 1)


@pytest.fixture
def root():
    return factories.unit("Northmere", code="NMH")


@pytest.fixture
def admin(root):
    return factories.administrator(root)


def last_event():
    event = Event.objects.order_by("-pk").first()
    return (event.verb, event.actor_id, event.subject_id)


# ---------------------------------------------------------------------------------------------------- adding
def test_a_batch_may_hang_units_below_one_another_in_any_order(admin, root):
    made = add_units(
        admin,
        rows=[
            UnitRow("Wards", "W", "HOS", kind="team"),
            UnitRow(" Hospital ", "HOS", "NMH", opened_on=LAST_MONTH),
        ],
        today=TODAY,
    )
    wards, hospital = made
    assert [(u.name, u.code, u.kind, u.opened_on, u.row_version) for u in made] == [
        ("Wards", "W", "team", TODAY, 1),
        ("Hospital", "HOS", "business", LAST_MONTH, 1),
    ]
    assert parents_on(TODAY) == {root.pk: None, hospital.pk: root.pk, wards.pk: hospital.pk}
    assert parents_on(LAST_MONTH) == {root.pk: None, hospital.pk: root.pk}
    assert list(Subject.objects.filter(key=wards.pk, kind="unit").values_list("label", "unit_id")) == [
        ("Wards", wards.pk)
    ]
    assert last_event() == ("add_units", admin.person_id, None)


def test_one_unit_is_recorded_at_the_unit_above(admin, root):
    add_units(admin, rows=[UnitRow("Hospital", "HOS", "NMH")], today=TODAY)
    assert last_event() == ("add_units", admin.person_id, root.subject_id)


def test_a_batch_costs_the_same_whatever_its_size(admin, root):
    def rows(mark, count):
        return [UnitRow(f"Unit {mark}{n}", f"{mark}{n}", "NMH") for n in range(count)]

    counts = []
    for mark, count in (("A", 2), ("B", 30)):
        with CaptureQueriesContext(connection) as queries:
            add_units(admin, rows=rows(mark, count), today=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("row", "sentence", "field"),
    [
        (UnitRow("", "A", "NMH"), "The name is empty. Write something there.", "name"),
        (UnitRow("A" * 201, "A", "NMH"), "The name has 201 characters; at most 200 fit.", "name"),
        (UnitRow("A\0", "A", "NMH"), "The name holds a character that cannot be shown. Type it again.", "name"),
        (UnitRow("A", "a b", "NMH"), "The code 'a b' may hold letters, digits and . - _ / & + only, …", "code"),
        (UnitRow("A", "NMH", "NMH"), "The code NMH is taken. Codes are never used twice.", "code"),
        (UnitRow("A", "A", "XX"), "There is no unit with the code XX.", "parent"),
        (UnitRow("A", "A", ""), "Choose the unit above: only the organisation itself has none.", "parent"),
        (UnitRow("A", "A", "A"), "These units hang from one another: A → A.", "parent"),
        (UnitRow("A", "A", "NMH", kind="club"), "'club' is no kind of unit.", "kind"),
        (
            UnitRow("A", "A", "NMH", opened_on=date(2019, 1, 1)),
            "Northmere opened on 1 January 2020; a unit below it cannot open before.",
            "opened_on",
        ),
    ],
)
def test_a_unit_that_cannot_be_is_refused(admin, row, sentence, field):
    with refused(sentence, field=field):
        add_units(admin, rows=[row], today=TODAY)


def test_a_batch_names_the_rows_refused_and_saves_none(admin):
    rows = [UnitRow("A", "A", "NMH"), UnitRow("", "B", "NMH"), UnitRow("C", "C", "NMH"), UnitRow("D", "d d", "NMH")]
    with refused(
        "2 of 4 rows were refused, and nothing was saved. Row 2: The name is empty. Write something there. Row 4: …"
    ):
        add_units(admin, rows=rows, today=TODAY)


def test_units_of_a_batch_that_hang_from_one_another_are_refused(admin):
    rows = [UnitRow("A", "A", "B"), UnitRow("B", "B", "A")]
    with refused(
        "2 of 2 rows were refused, and nothing was saved. Row 1: These units hang from one another: A → B → A. …"
    ):
        add_units(admin, rows=rows, today=TODAY)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMINISTRATOR, Role.SMO_OFFICER}])
def test_only_administrators_change_the_tree(root, role):
    actor = factories.member(role, root)
    hospital = factories.unit("Hospital", parent=root)
    with refused("You may not do this for 1 of 1 rows: Northmere.", by=Forbidden):
        add_units(actor, rows=[UnitRow("A", "A", "NMH")], today=TODAY)
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        rename_unit(actor, unit=hospital, name="Other")
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        move_unit(actor, unit=hospital, parent=root, on=TODAY)
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        close_unit(actor, unit=hospital, on=TODAY, today=TODAY)


# -------------------------------------------------------------------------------------------------- renaming
def test_a_renamed_unit_is_found_by_its_new_name(admin, root):
    row = rename_unit(admin, unit=root, name="Northmere Health", code="NH", kind="corporate", expected=1)
    assert (row.name, row.code, row.kind, row.row_version) == ("Northmere Health", "NH", "corporate", 2)
    assert Subject.objects.get(pk=root.subject_id).label == "Northmere Health"
    assert last_event() == ("rename_unit", admin.person_id, root.subject_id)


def test_saving_what_stands_changes_and_records_nothing(admin, root):
    events = Event.objects.count()
    assert rename_unit(admin, unit=root, name=root.name, code=root.code).row_version == 1
    assert Event.objects.count() == events


def test_a_second_editor_is_told(admin, root):
    rename_unit(admin, unit=root, name="First", expected=1)
    with refused("First was changed by someone else while you were editing.", by=Conflict):
        rename_unit(admin, unit=root, name="Second", expected=1)


def test_a_code_is_never_given_twice(admin, root):
    other = factories.unit("Other", parent=root, code="O")
    with refused("The code NMH is taken. Codes are never used twice.", field="code"):
        rename_unit(admin, unit=other, name="Other", code="NMH")


# ---------------------------------------------------------------------------------------------------- moving
@pytest.fixture
def branches(root):
    """North with Ward below it, and South."""
    north, south = factories.unit("North", parent=root), factories.unit("South", parent=root)
    return north, south, factories.unit("Ward", parent=north)


def test_a_unit_hangs_elsewhere_from_the_day_on(admin, branches):
    north, south, ward = branches
    move_unit(admin, unit=ward, parent=south, on=NEXT_MONTH, reason="merger")
    assert [parents_on(day)[ward.pk] for day in (TODAY, NEXT_MONTH - timedelta(days=1), NEXT_MONTH)] == [
        north.pk, north.pk, south.pk,
    ]  # fmt: skip
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.reason, event.subject_id) == ("move_unit", "merger", ward.subject_id)


def test_a_move_on_the_day_of_the_last_move_corrects_it(admin, root, branches):
    north, south, ward = branches
    move_unit(admin, unit=ward, parent=south, on=TODAY)
    move_unit(admin, unit=ward, parent=root, on=TODAY)
    assert [
        (p.parent_id, p.valid.lower, p.valid.upper) for p in Placement.objects.filter(unit=ward).order_by("valid")
    ] == [
        (north.pk, BEGINNING, TODAY),
        (root.pk, TODAY, None),
    ]


def test_a_move_before_a_planned_one_holds_until_that(admin, root, branches):
    north, south, ward = branches
    move_unit(admin, unit=ward, parent=south, on=NEXT_MONTH)
    move_unit(admin, unit=ward, parent=root, on=TODAY)
    assert [parents_on(day)[ward.pk] for day in (LAST_MONTH, TODAY, NEXT_MONTH)] == [north.pk, root.pk, south.pk]


def test_moving_to_where_it_is_records_nothing(admin, branches):
    north, _south, ward = branches
    events = Event.objects.count()
    move_unit(admin, unit=ward, parent=north, on=TODAY)
    assert Event.objects.count() == events


def test_a_unit_cannot_hang_below_itself(admin, branches):
    north, _south, ward = branches
    with refused("Ward is North itself or hangs below it on 9 July 2026. Choose a unit outside of it.", field="parent"):
        move_unit(admin, unit=north, parent=ward, on=TODAY)
    with refused("North is North itself or hangs below it on 9 July 2026. …"):
        move_unit(admin, unit=north, parent=north, on=TODAY)


def test_a_loop_that_a_planned_move_would_close_is_refused_with_its_day(admin, branches):
    north, south, _ward = branches
    move_unit(admin, unit=north, parent=south, on=NEXT_MONTH)
    with refused("North is South itself or hangs below it on 1 August 2026. Choose a unit outside of it."):
        move_unit(admin, unit=south, parent=north, on=TODAY)


def test_the_top_does_not_move_and_closed_units_take_none(admin, root, branches):
    north, south, ward = branches
    with refused("Northmere is the top of the organisation and hangs nowhere."):
        move_unit(admin, unit=root, parent=north, on=TODAY)
    close_unit(admin, unit=south, on=TODAY, today=TODAY)
    south.refresh_from_db()
    with refused("South is not open on 9 July 2026.", field="parent"):
        move_unit(admin, unit=ward, parent=south, on=TODAY)
    with refused("South is not open on 9 July 2026.", field="on"):
        move_unit(admin, unit=south, parent=north, on=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_close_a_loop(admin, branches):
    """Each would be right alone; the second waits for the first and is refused."""
    north, south, _ward = branches
    answers: list[str] = []
    ready = threading.Barrier(2)

    def move(unit, parent):
        try:
            ready.wait()
            move_unit(admin, unit=unit, parent=parent, on=TODAY)
            answers.append("moved")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((north, south), (south, north))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == ["cycle", "moved"]


# --------------------------------------------------------------------------------------------------- closing
def test_an_empty_unit_closes_and_leaves_the_tree_of_the_day(admin, branches):
    _north, south, _ward = branches
    close_unit(admin, unit=south, on=NEXT_MONTH, today=TODAY, reason="sold", expected=1)
    assert [unit.name for unit, _depth in tree(admin, TODAY)] == ["Northmere", "North", "Ward", "South"]
    assert [unit.name for unit, _depth in tree(admin, NEXT_MONTH)] == ["Northmere", "North", "Ward"]
    assert last_event() == ("close_unit", admin.person_id, south.subject_id)


def test_a_unit_with_something_open_needs_a_successor(admin, branches):
    north, _south, _ward = branches
    factories.person("Ann", home=north)
    with refused(
        "North still holds 1 unit below, 1 person. Choose the unit that takes them over, or move them first.",
        field="successor",
    ):
        close_unit(admin, unit=north, on=TODAY, today=TODAY)


def test_the_successor_takes_over_and_roles_end(admin, root, branches):
    north, south, ward = branches
    head = factories.member(Role.UNIT_HEAD, north, "Ann")
    close_unit(admin, unit=north, successor=south, on=TODAY, today=TODAY)
    north.refresh_from_db()
    assert (north.closed_on, north.successor) == (TODAY, south)
    assert Person.objects.get(pk=head.person_id).home_unit == south
    assert Subject.objects.get(kind="person", key=head.person_id).unit_id == south.pk
    assert [m.valid.upper for m in Membership.objects.filter(unit=north)] == [TODAY]
    assert [unit.name for unit, _depth in tree(admin, TODAY)] == ["Northmere", "South", "Ward"]
    assert set(branch_ids(south.pk, TODAY)) == {south.pk, ward.pk, north.pk}, (
        "its records are reached from the successor"
    )
    assert set(branch_ids(north.pk, LAST_MONTH)) == {north.pk, ward.pk}, "history keeps its shape"


def test_positions_go_on_in_the_successor(admin, branches):
    north, south, _ward = branches
    ann, bob = factories.person("Ann", home=north), factories.person("Bob", home=north)
    factories.position(ann, north, title="Nurse")
    factories.position(bob, north, title="Porter")
    factories.position(bob, south, title="Driver")
    close_unit(admin, unit=north, successor=south, on=TODAY, today=TODAY)
    found = Position.objects.order_by("person__name", "valid", "title")
    assert [(p.person.name, p.title, p.unit.name, p.valid.lower, p.valid.upper) for p in found] == [
        ("Ann", "Nurse", "North", BEGINNING, TODAY),
        ("Ann", "Nurse", "South", TODAY, None),
        ("Bob", "Porter", "North", BEGINNING, TODAY),
        ("Bob", "Driver", "South", BEGINNING, None),
    ]


def test_what_cannot_close_is_refused(admin, root, branches):
    north, south, ward = branches
    with refused("Northmere is the top of the organisation and cannot be closed."):
        close_unit(admin, unit=root, on=TODAY, today=TODAY)
    with refused("Ward is North itself or hangs below it on 9 July 2026. Choose a unit outside of it.", field="parent"):
        close_unit(admin, unit=north, successor=ward, on=TODAY, today=TODAY)
    factories.person(home=south)
    with refused("People work in South until it closes. Close it on the day itself, or move them first.", field="on"):
        close_unit(admin, unit=south, successor=north, on=NEXT_MONTH, today=TODAY)
    move_unit(admin, unit=ward, parent=south, on=NEXT_MONTH)
    with refused("Ward is to be moved after 9 July 2026. Choose a later day.", field="on"):
        close_unit(admin, unit=ward, on=TODAY, today=TODAY)


def test_a_closing_is_taken_back(admin, branches):
    _north, south, _ward = branches
    with refused("South is open."):
        reopen_unit(admin, unit=south)
    close_unit(admin, unit=south, on=TODAY, today=TODAY)
    reopen_unit(admin, unit=south)
    assert (OrgUnit.objects.get(pk=south.pk).closed_on, last_event()[0]) == (None, "reopen_unit")
