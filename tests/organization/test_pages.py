"""Units and people on pages: what each role is offered, forms that work without scripts, conflicts that show both."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organization.actions.closing import close_unit
from organization.actions.managers import ManagerRow, set_managers
from organization.actions.units import rename_unit
from organization.models import ChainRow, Delegation, Membership, OrgUnit, Person, Placement, Position
from organization.queries import orphans
from organization.roles import Role
from tests import factories
from tests.organization.visiting import browser, errors, links, today, words

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"organization:{name}", args=args)


@pytest.fixture(autouse=True)
def plain_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def root():
    return factories.unit("Northmere", code="NMH", kind="corporate")


@pytest.fixture
def ward(root):
    return factories.unit("Ward", parent=root, code="W", kind="team")


@pytest.fixture
def admin(root):
    return factories.administrator(root)


@pytest.fixture
def office(admin):
    """The administrator's browser."""
    return browser(admin)


@pytest.fixture
def reader(root):
    """An employee's browser."""
    return browser(factories.member(Role.EMPLOYEE, root, "Reader"))


@pytest.fixture
def ann(ward):
    person = factories.person("Ann Lee", home=ward, email="ann@example.org")
    factories.position(person, ward, title="Nurse")
    return person


# ----------------------------------------------------------------------------------------------------- units
def test_the_tree_shows_kinds_heads_and_people(office, root, ward, ann):
    factories.member(Role.UNIT_HEAD, ward, "Hanna Head")
    page = office.get(at("units"))
    assert "Northmere NMH Corporate Nobody 1" in words(page)
    assert "Ward W Team Hanna Head 2" in words(page)
    assert at("unit_new") in links(page)


def test_readers_are_offered_nothing_they_may_not(reader, ward, ann):
    for page, offered in (
        (reader.get(at("units")), at("unit_new")),
        (reader.get(at("unit", ward.pk)), at("unit_edit", ward.pk)),
        (reader.get(at("people")), at("person_new")),
        (reader.get(at("person", ann.pk)), at("person_edit", ann.pk)),
        (reader.get(at("person", ann.pk)), at("role_new", ann.pk)),
    ):
        assert (page.status_code, offered in links(page)) == (200, False)


@pytest.mark.parametrize("name", ["unit_new", "person_new", "people_orphans", "settings", "settings_year", "field_new"])
def test_pages_of_others_say_who_can(reader, name):
    page = reader.get(at(name))
    assert page.status_code == 403
    assert "It can be done by: " in words(page)


@pytest.mark.parametrize("name", ["unit_edit", "unit_move", "unit_close"])
def test_forms_on_a_unit_are_forbidden_by_post_too(reader, ward, name):
    assert [reader.get(at(name, ward.pk)).status_code, reader.post(at(name, ward.pk), {}).status_code] == [403, 403]
    assert OrgUnit.objects.get(pk=ward.pk).row_version == 1


def test_a_unit_is_added_by_a_form(office, root):
    page = office.get(f"{at('unit_new')}?above={root.pk}")
    assert f'<option value="{root.pk}" selected>' in page.content.decode()
    values = {"parent": root.pk, "name": "Clinic", "code": "C", "kind": "business", "opened_on": "", "expected": ""}
    answer = office.post(at("unit_new"), values)
    made = OrgUnit.objects.get(code="C")
    assert (answer.status_code, answer.headers["Location"]) == (302, at("unit", made.pk))
    assert words(office.get(at("unit", made.pk))).startswith("C Clinic Business unit since ")


def test_a_mistake_stands_at_its_field_and_above_the_form(office, root):
    values = {"parent": root.pk, "name": "Clinic", "code": "NMH", "kind": "business", "opened_on": "soon"}
    answer = office.post(at("unit_new"), values)
    assert (answer.status_code, errors(answer)) == (422, {"opened_on": ["Enter a valid date."]})
    answer = office.post(at("unit_new"), {**values, "opened_on": ""})
    sentence = "The code NMH is taken. Codes are never used twice."
    assert (answer.status_code, errors(answer)) == (422, {"code": [sentence]})
    page = answer.content.decode()
    assert page.index("smo-errsum") < page.index('name="name"'), "the summary comes first"
    assert page.index("id_code_error") < page.index('name="code"'), "the sentence stands above the input"
    assert 'value="Clinic"' in page


def test_two_editors_see_both_versions(office, admin, ward):
    form = office.get(at("unit_edit", ward.pk))
    assert 'name="expected" value="1"' in form.content.decode()
    rename_unit(admin, unit=ward, name="Ward One", expected=1)
    mine = {"name": "First ward", "code": "W", "kind": "team", "expected": "1"}
    page = office.post(at("unit_edit", ward.pk), mine)
    assert page.status_code == 409
    assert "Ward One was changed by someone else while you were editing." in words(page)
    assert "Name Ward One First ward" in words(page)
    assert 'name="expected" value="2"' in page.content.decode()
    assert OrgUnit.objects.get(pk=ward.pk).name == "Ward One"
    office.post(at("unit_edit", ward.pk), {**mine, "expected": "2"})
    assert OrgUnit.objects.get(pk=ward.pk).name == "First ward"


def test_a_unit_is_moved_and_the_loop_is_explained(office, root, ward):
    south = factories.unit("South", parent=root)
    bed = factories.unit("Bed", parent=ward)
    values = {"parent": bed.pk, "on": today().isoformat(), "reason": "", "expected": 1}
    answer = office.post(at("unit_move", ward.pk), values)
    assert "Bed is Ward itself or hangs below it" in errors(answer)["parent"][0]
    answer = office.post(at("unit_move", ward.pk), {**values, "parent": south.pk, "reason": "merger"})
    assert answer.headers["Location"] == at("unit", ward.pk)
    assert Placement.objects.get(unit=ward, valid__contains=today()).parent == south


def test_closing_lists_what_it_does_before_it_is_done(office, root, ward, ann):
    factories.member(Role.UNIT_HEAD, ward)
    south = factories.unit("South", parent=root)
    page = office.get(at("unit_close", ward.pk))
    assert "Who takes over gets: 2 people, 1 position." in words(page)
    assert "1 role in it ends." in words(page)
    values = {"on": today().isoformat(), "reason": "", "expected": "1", "successor": ""}
    answer = office.post(at("unit_close", ward.pk), values)
    assert errors(answer)["successor"] == [
        "Ward still holds 2 people, 1 position. Choose the unit that takes them over, or move them first."
    ]
    office.post(at("unit_close", ward.pk), {**values, "successor": south.pk})
    page = office.get(at("units"))
    assert "Closed Unit Closed on Taken over by Ward W" in words(page)
    office.post(at("unit_reopen", ward.pk))
    assert OrgUnit.objects.get(pk=ward.pk).closed_on is None


def test_a_refusal_of_a_button_is_said_on_the_page_one_comes_back_to(office, ward):
    answer = office.post(at("unit_reopen", ward.pk), follow=True)
    assert "Ward is open." in words(answer)


# ---------------------------------------------------------------------------------------------------- people
def test_people_are_listed_filtered_and_paged(office, root, ward, ann):
    for number in range(51):
        factories.person(f"Person {number:02}", home=root)
    page = office.get(at("people"))
    assert "53 people" in words(page)
    assert "Page 1 of 2" in words(page)
    assert "Ann Lee" in words(page)
    for query, found in (
        ("q=ann", ["Ann Lee"]),
        ("q=ann@example.org", ["Ann Lee"]),
        (f"unit={ward.pk}", ["Ann Lee"]),
        ("role=unit_head", []),
        ("state=left", []),
        ("q=Person+07", ["Person 07"]),
        ("page=nonsense&q=ann", ["Ann Lee"]),
    ):
        listed = office.get(f"{at('people')}?{query}").context["page"].object_list
        assert (query, [person.name for person in listed]) == (query, found)


def test_addresses_are_for_those_who_may_see_them_also_by_search(reader, office, ann):
    texts = [words(client.get(at("people"))) for client in (reader, office)]
    assert ["ann@example.org" in text for text in texts] == [False, True]
    assert "Nobody fits" in words(reader.get(f"{at('people')}?q=ann@example.org"))
    assert ["ann@example.org" in words(client.get(at("person", ann.pk))) for client in (reader, office)] == [
        False,
        True,
    ]


def test_the_list_is_a_file_too(reader, office, ann):
    def table(client):
        answer = client.get(f"{at('people_file', 'csv')}?q=ann")
        return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    shown = [(row["Name"], row["Unit"], row["Title"], row["E-mail"]) for row in (*table(office), *table(reader))]
    assert shown == [("Ann Lee", "Ward", "Nurse", "ann@example.org"), ("Ann Lee", "Ward", "Nurse", "")]


def test_somebody_is_added_and_invited(office, ward):
    values = {
        "name": "Bob",
        "email": "Bob@Example.org",
        "home_unit": ward.pk,
        "joined_on": "2026-01-05",
        "is_invited": "on",
    }
    answer = office.post(at("person_new"), values)
    bob = Person.objects.get(email="bob@example.org")
    assert answer.headers["Location"] == at("person", bob.pk)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


def test_a_person_who_cannot_be_invited_is_not_added_either(office, ward, settings):
    settings.EMAIL_BACKEND = "tests.organization.nowhere.Backend"
    people = Person.objects.count()
    values = {"name": "Bob", "email": "bob@example.org", "home_unit": ward.pk, "is_invited": "on"}
    with pytest.raises(ImportError):
        office.post(at("person_new"), values)
    assert Person.objects.count() == people


def test_hr_partners_change_people_but_not_what_they_sign_in_with(root, ann):
    partner = browser(factories.member(Role.HR_PARTNER, root))
    assert 'name="email"' not in partner.get(at("person_edit", ann.pk)).content.decode()
    values = {"name": "Anna", "home_unit": ann.home_unit_id, "email": "mine@example.org", "expected": "1"}
    partner.post(at("person_edit", ann.pk), values)
    assert list(Person.objects.filter(pk=ann.pk).values_list("name", "email")) == [("Anna", "ann@example.org")]


def test_a_changed_address_is_told_to_both(office, ann):
    values = {"name": "Ann", "home_unit": ann.home_unit_id, "email": "anna@example.org", "expected": "1"}
    office.post(at("person_edit", ann.pk), values)
    assert [(m.to, m.subject) for m in mail.outbox] == [
        (["ann@example.org"], "Your sign-in address was changed"),
        (["anna@example.org"], "Your sign-in address was changed"),
    ]


def test_leaving_lists_what_ends_and_ends_it(office, root, ann):
    report = factories.person("Report", home=root)
    line = ManagerRow(report, ann)
    set_managers(factories.administrator(root), rows=[line], on=today(), today=today())
    page = office.get(at("person_leave", ann.pk))
    text = words(page)
    assert [sentence in text for sentence in (
        "They are signed out everywhere at once, and their password is thrown away.",
        "1 position ends.",
        "1 person reports to them and needs another manager.",
    )] == [True] * 3  # fmt: skip
    office.post(at("person_leave", ann.pk), {"on": today().isoformat(), "reason": "moved", "expected": "1"})
    assert not Person.objects.get(pk=ann.pk).is_active
    assert "left on" in words(office.get(at("person", ann.pk)))
    assert "Report Northmere Ann Lee has left Name a manager for Report" in words(office.get(at("people_orphans")))
    office.post(at("person_return", ann.pk))
    assert Person.objects.get(pk=ann.pk).is_active


def test_the_top_of_a_chain_is_no_orphan(admin, root, ann):
    boss, alone = factories.person("Boss", home=root), factories.person("Alone", home=root)
    set_managers(admin, rows=[ManagerRow(ann, boss)], on=today(), today=today())
    found = {one.person.name for one in orphans(admin, today())}
    assert ("Boss" in found, "Ann Lee" in found, "Alone" in found, alone.is_active) == (False, False, True, True)


# -------------------------------------------------------------------------------------------- what people hold
def test_roles_and_positions_are_given_and_ended(office, root, ann):
    office.post(at("role_new", ann.pk), {"role": "auditor", "unit": root.pk, "first_day": "2026-01-01", "last_day": ""})
    office.post(
        at("position_new", ann.pk),
        {
            "title": "Driver",
            "unit": root.pk,
            "level": "manager",
            "fte": "0.5",
            "first_day": "2026-01-01",
            "last_day": "",
        },
    )
    page = office.get(at("person", ann.pk))
    assert "Auditor Northmere since 1 Jan 2026 End Auditor, Northmere" in words(page)
    assert "Driver Northmere Manager; 0.5 full-time equivalent; since 1 Jan 2026" in words(page)
    role, position = Membership.objects.get(person=ann), Position.objects.get(person=ann, title="Driver")
    office.post(at("role_end", role.pk), {"on": "2026-06-01", "reason": "done"})
    office.post(at("position_end", position.pk), {"on": "2026-06-01"})
    ended = (Membership.objects.get(pk=role.pk), Position.objects.get(pk=position.pk))
    days = [row.valid.upper.isoformat() for row in ended]
    assert days == ["2026-06-01", "2026-06-01"]


def test_a_manager_is_named_by_name_address_or_number(office, reader, root, ann):
    boss = factories.person("Boss One", home=root, email="boss@example.org")
    factories.person("Boss Two", home=root)
    url = at("manager_set", ann.pk)
    for text, sentence in (
        ("Boss", "2 people fit 'Boss': Boss One, Northmere; Boss Two, Northmere. Type the e-mail or the staff number."),
        ("Nobody", "Nobody here fits 'Nobody'. Type the name, the e-mail or the staff number."),
    ):
        assert errors(office.post(url, {"manager": text, "on": today().isoformat()})) == {"manager": [sentence]}
    office.post(url, {"manager": "BOSS@example.org", "on": today().isoformat()})
    assert list(ChainRow.objects.values_list("manager_id", "person_id")) == [(boss.pk, ann.pk)]
    assert "Boss One manager" in words(office.get(at("person", ann.pk)))
    assert reader.post(url, {}).status_code == 403


# ------------------------------------------------------------------------------------------------------ cost
def test_pages_cost_the_same_whatever_their_length(office, root, ward, ann):
    boss = factories.person("Boss", home=root)
    set_managers(factories.administrator(root), rows=[ManagerRow(ann, boss)], on=today(), today=today())
    paths = [at("units"), at("unit", root.pk), at("people"), at("person", boss.pk)]
    office.get(at("units"))  # the first page of a session writes when it began
    counts = []
    for number in (1, 5):
        for _ in range(number):
            unit = factories.unit(parent=root)
            one = Person.objects.get(pk=factories.member(Role.UNIT_HEAD, unit).person_id)
            factories.position(one, unit)
            set_managers(factories.administrator(root), rows=[ManagerRow(one, boss)], on=today(), today=today())
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert office.get(path).status_code == 200
            counts.append(len(queries))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 25


def test_ids_out_of_bounds_are_absent(office):
    assert [office.get(at(name, 10**17)).status_code for name in ("unit", "person", "unit_close")] == [404] * 3


def test_closed_units_are_offered_nowhere(office, admin, root, ward):
    close_unit(admin, unit=ward, on=today(), today=today())
    for path in (at("unit_new"), at("person_new")):
        assert "Ward" not in office.get(path).content.decode()


def test_forms_are_refused_without_their_token(admin, ward):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get(pk=admin.person_id))
    assert strict.post(at("unit_reopen", ward.pk)).status_code == 403


# ------------------------------------------------------------------------------------------------- invitations
def invited(office, ann):
    office.post(at("person_invite", ann.pk))
    (message,) = mail.outbox
    return next(line for line in message.body.splitlines() if "/invitation/" in line).split("/", 3)[3]


def test_an_invited_person_sets_a_password_once(office, ann):
    link = "/" + invited(office, ann)
    guest = Client()
    page = guest.get(link, follow=True)
    assert page.redirect_chain == [(at("first_password"), 302)]
    assert "Welcome, Ann Lee" in words(page)
    weak = guest.post(at("first_password"), {"password": "short", "again": "short"})
    assert errors(weak) == {"password": ["This password is too short. It must contain at least 12 characters."]}
    differ = guest.post(at("first_password"), {"password": "correct horse battery", "again": "other horse"})
    assert errors(differ) == {"again": ["The two passwords differ. Type the same twice."]}
    done = guest.post(at("first_password"), {"password": "correct horse battery", "again": "correct horse battery"})
    assert done.headers["Location"] == reverse("account_login")
    stored = Person.objects.get(pk=ann.pk)
    assert (stored.check_password("correct horse battery"), "_auth_user_id" in guest.session) == (True, False)
    assert "This link no longer works" in words(Client().get(link, follow=True))
    again = office.post(at("person_invite", ann.pk), follow=True)
    assert "Ann Lee has a password already." in words(again)


def test_an_invitation_ends_with_the_next_one_the_week_and_the_access(office, admin, ann, time_machine):
    first = "/" + invited(office, ann)
    mail.outbox.clear()
    second = "/" + invited(office, ann)
    assert "This link no longer works" in words(Client().get(first, follow=True))
    assert "Welcome" in words(Client().get(second, follow=True))
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert "This link no longer works" in words(Client().get(second, follow=True))


def test_a_link_used_by_nobody_lets_nobody_set_a_password(ann):
    guest = Client()
    answer = guest.post(at("first_password"), {"password": "correct horse battery", "again": "correct horse battery"})
    assert "This link no longer works" in words(answer)
    assert not Person.objects.get(pk=ann.pk).has_usable_password()
    assert Delegation.objects.count() == 0
