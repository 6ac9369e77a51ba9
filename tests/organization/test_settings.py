"""What the organisation sets for itself: refused in sentences, dated where it must be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from core.access import Forbidden, NotVisible
from core.actions import Conflict, Refusal
from core.formats import date_long
from organization.actions.customfields import add_field, change_field, remove_field
from organization.actions.savedviews import rename_view, restore_view, save_view, trash_view
from organization.actions.settings import (
    RateRow,
    TermRow,
    drop_fiscal_calendar,
    set_fiscal_calendar,
    set_organization,
    set_rates,
    set_terms,
)
from organization.actions.setup import set_up
from organization.actors import actor_of
from organization.models import (
    CustomField,
    FiscalCalendar,
    Membership,
    Organization,
    OrgUnit,
    Person,
    Rate,
    SavedView,
    Term,
)
from organization.queries import calendars, clean_custom, kinds_with_own_fields, nouns, own_values
from organization.roles import Role
from tests import factories
from tests.factories.organization import BEGINNING, PASSWORD, TODAY
from tests.organization.refusing import refused

pytestmark = pytest.mark.django_db
NOW = date(2026, 7, 9)


@pytest.fixture
def house():
    return set_up(
        email="Ada@Example.org", name="Ada", organization="Northmere", today=TODAY, currency="gbp", opened_on=BEGINNING
    )


@pytest.fixture
def admin(house):
    return actor_of(house.administrator, TODAY)


@pytest.fixture
def officer(house):
    return factories.member(Role.SMO_OFFICER, house.root)


# ---------------------------------------------------------------------------------------------------- set-up
def test_the_first_hour_makes_the_house_its_top_and_an_administrator(house):
    assert (house.organization.name, house.organization.currency, house.root.name, house.root.kind) == (
        "Northmere", "GBP", "Northmere", "corporate",
    )  # fmt: skip
    ada = house.administrator
    assert (ada.email, ada.home_unit, ada.has_usable_password()) == ("ada@example.org", house.root, False)
    assert actor_of(ada, TODAY).has(Role.ADMINISTRATOR)
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.actor_label, event.actor_id) == ("set_up", "The portal", None)


def test_a_second_set_up_adds_an_administrator_only(house):
    again = set_up(email="bea@example.org", name="Bea", organization="Other", today=TODAY, password=PASSWORD)
    assert (again.organization, again.root) == (house.organization, house.root)
    assert (OrgUnit.objects.count(), Organization.objects.count(), Person.objects.count()) == (1, 1, 2)
    assert again.administrator.check_password(PASSWORD)


def test_a_set_up_of_somebody_who_is_there_gives_the_role_once(house):
    set_up(email="ADA@example.org", name="Other", organization="", today=TODAY)
    assert (Person.objects.get().name, Membership.objects.count()) == ("Ada", 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": ""}, "An administrator signs in by e-mail: give one."),
        ({"organization": " "}, "The organisation's name is empty. Write something there."),
        ({"currency": "pounds"}, "The currency has 6 characters; at most 3 fit."),
        ({"currency": "£££"}, "'£££' is not a currency. Write three letters, like EUR."),
    ],
)
def test_a_set_up_that_cannot_be_is_refused(changes, sentence):
    with refused(sentence):
        set_up(**{"email": "a@example.org", "name": "A", "organization": "O", "today": TODAY, **changes})


# ---------------------------------------------------------------------------------------------- organisation
def test_the_organisation_is_renamed_under_a_version(admin):
    row = set_organization(admin, name="Northmere Health", subtitle="Care", currency="EUR", expected=1)
    assert (row.name, row.subtitle, row.currency, row.row_version) == ("Northmere Health", "Care", "EUR", 2)
    with refused("Northmere Health was changed by someone else while you were editing.", by=Conflict):
        set_organization(admin, name="Other", currency="EUR", expected=1)


def test_only_administrators_set_the_organisation(officer):
    with refused("You may see this, but you may not do that. It can be done by: Administrator.", by=Forbidden):
        set_organization(officer, name="Other", currency="EUR")


# ------------------------------------------------------------------------------------------------- calendars
def test_the_first_calendar_holds_for_all_days_and_the_next_from_a_years_start(admin):
    set_fiscal_calendar(admin, valid_from=date(2020, 4, 1), first_month=4, named_by="start", today=TODAY)
    set_fiscal_calendar(admin, valid_from=date(2027, 7, 1), first_month=7, named_by="end", today=TODAY)
    found = calendars()
    assert [found.year_of(day).name for day in (date(2019, 5, 1), date(2027, 3, 1), date(2027, 7, 1))] == [
        2019,
        2026,
        2028,
    ]
    assert found.year_of(date(2027, 5, 1)).is_short


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_from": date(2027, 8, 1)}, "A fiscal calendar takes effect on the first day of one of its years: …"),
        ({"valid_from": date(2026, 7, 1)}, "Years that have begun stay as they are. Choose the first day of a year …"),
        ({"first_month": 13}, "The first month of a fiscal year is a number from 1 to 12, not 13."),
        ({"named_by": "king"}, "A fiscal year is named by its start or its end, not by “king”."),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(admin, changes, sentence):
    set_fiscal_calendar(admin, valid_from=date(2020, 4, 1), first_month=4, named_by="start", today=TODAY)
    values = {"valid_from": date(2027, 7, 1), "first_month": 7, "named_by": "end", "today": TODAY, **changes}
    with refused(sentence):
        set_fiscal_calendar(admin, **values)


def test_the_first_calendar_is_corrected_only_while_nothing_is_recorded(admin, house):
    values = {"valid_from": date(2020, 4, 1), "named_by": "start", "today": TODAY}
    set_fiscal_calendar(admin, first_month=4, **values)
    set_fiscal_calendar(admin, first_month=4, **{**values, "named_by": "end"})
    assert FiscalCalendar.objects.get().named_by == "end"
    factories.strategy(house.root)
    with refused("Years that have begun stay as they are. Choose the first day of a year after 9 July 2026."):
        set_fiscal_calendar(admin, first_month=4, **values)


def test_a_change_that_has_not_begun_is_taken_back(admin):
    first = set_fiscal_calendar(admin, valid_from=date(2020, 1, 1), first_month=1, named_by="start", today=TODAY)
    later = set_fiscal_calendar(admin, valid_from=date(2027, 7, 1), first_month=7, named_by="end", today=TODAY)
    drop_fiscal_calendar(admin, calendar=later, today=TODAY)
    assert list(FiscalCalendar.objects.all()) == [first]
    with refused("Years that have begun stay as they are."):
        drop_fiscal_calendar(admin, calendar=first, today=TODAY)


# ----------------------------------------------------------------------------------------------------- rates
def test_a_rate_holds_until_the_next(admin):
    for day, rate in ((BEGINNING, "0.8"), (TODAY, "0.9"), (date(2025, 1, 1), "0.85"), (TODAY, "0.95")):
        set_rates(admin, rows=[RateRow("eur", Decimal(rate), day)])
    rows = Rate.objects.order_by("valid").values_list("currency", "rate", "valid")
    assert [(currency, float(rate), days.lower, days.upper) for currency, rate, days in rows] == [
        ("EUR", 0.8, BEGINNING, date(2025, 1, 1)),
        ("EUR", 0.85, date(2025, 1, 1), TODAY),
        ("EUR", 0.95, TODAY, None),
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([RateRow("GBP", Decimal(1), TODAY)], "GBP is the reporting currency; its rate is 1."),
        ([RateRow("EUR", Decimal(0), TODAY)], "A rate is a number above 0 with at most eight decimals."),
        ([RateRow("EUR", Decimal("Infinity"), TODAY)], "A rate is a number above 0 with at most eight decimals."),
        ([RateRow("EUR", Decimal(1), TODAY)] * 2, "A currency is named twice. Name each once."),
    ],
)
def test_a_rate_that_cannot_be_is_refused(admin, rows, sentence):
    with refused(sentence):
        set_rates(admin, rows=rows)


def test_the_reporting_currency_has_no_rate(admin):
    set_rates(admin, rows=[RateRow("EUR", Decimal("0.8"), TODAY)])
    with refused("EUR has an exchange rate, so it cannot be the reporting currency.", field="currency"):
        set_organization(admin, name="Northmere", currency="EUR")


def test_settings_are_for_their_roles(officer, house):
    only = "You may see this, but you may not do that. It can be done by: "
    with refused(f"{only}Administrator, Finance partner.", by=Forbidden):
        set_rates(officer, rows=[RateRow("EUR", Decimal(1), TODAY)])
    with refused(f"{only}Administrator.", by=Forbidden):
        set_fiscal_calendar(officer, valid_from=TODAY, first_month=1, named_by="start", today=TODAY)
    reader = factories.member(Role.AUDITOR, house.root)
    with refused(f"{only}Administrator, Strategy office.", by=Forbidden):
        set_terms(reader, rows=[TermRow("theme", "Promise", "Promises")])
    with refused(f"{only}Administrator, Strategy office.", by=Forbidden):
        add_field(reader, kind="objective", key="risk", label="Risk", type="text")


# ----------------------------------------------------------------------------------------------------- words
def test_nouns_are_renamed_and_given_back(officer):
    set_terms(officer, rows=[TermRow("theme", "Promise", "Promises"), TermRow("goal", "aim", "aims")])
    assert (nouns()["theme"].many, nouns()["goal"].one, nouns()["measure"].many) == ("Promises", "aim", "measures")
    set_terms(officer, rows=[TermRow("theme", "", "")])
    assert (nouns()["theme"].one, list(Term.objects.values_list("key", flat=True))) == ("theme", ["goal"])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (TermRow("king", "a", "b"), "'king' is no noun that can be renamed."),
        (TermRow("theme", "Promise", ""), "Give both words for theme, one and many, or neither."),
        (TermRow("theme", "x" * 61, "y"), "The word for one has 61 characters; at most 60 fit."),
    ],
)
def test_a_word_that_cannot_be_is_refused(officer, row, sentence):
    with refused(sentence):
        set_terms(officer, rows=[row])


def test_a_page_asks_for_its_words_once(officer):
    set_terms(officer, rows=[TermRow("perspective", "lens", "lenses")])
    text = '{% load terms %}{% term "perspective" %} {% term "perspective" many=True upper=True %} {% term "theme" upper=True %}'
    request = RequestFactory().get("/")
    with CaptureQueriesContext(connection) as queries:
        assert Template(text).render(Context({"request": request})) == "lens Lenses Theme"
        Template(text).render(Context({"request": request}))
    assert len(queries) == 1
    assert Template(text).render(Context({})) == "lens Lenses Theme"
    with pytest.raises(TemplateSyntaxError, match="'king' is no noun"):
        Template('{% load terms %}{% term "king" %}').render(Context({}))


# ------------------------------------------------------------------------------------------------ own fields
@pytest.fixture
def fields(officer):
    """One of each type; the text is required."""
    for order, (key, kind) in enumerate([("note", "text"), ("size", "number"), ("due", "date"), ("ok", "boolean")]):
        add_field(
            officer, kind="objective", key=key, label=key.title(), type=kind, order=order, is_required=key == "note"
        )
    add_field(officer, kind="objective", key="tier", label="Tier", type="choice", choices=["A", " B ", ""])


def test_kinds_with_a_custom_column_take_own_fields():
    assert {"objective", "measure"} <= set(kinds_with_own_fields())
    assert not {"unit", "person"} & set(kinds_with_own_fields())


def test_own_values_are_stored_by_their_type(fields):
    assert clean_custom(
        "objective", {"note": " x ", "size": "12.50", "due": date(2026, 7, 1), "ok": "on", "tier": "B"}
    ) == {"note": "x", "size": 12.5, "due": "2026-07-01", "ok": True, "tier": "B"}
    assert clean_custom("objective", {"note": "x", "size": "", "ok": False, "tier": None}) == {"note": "x", "ok": False}


def test_what_is_not_named_stays_and_an_empty_value_takes_away(fields):
    held = {"note": "x", "tier": "A", "size": 3, "gone": "of a field taken away"}
    assert clean_custom("objective", {"size": "", "tier": "B"}, held=held) == {
        "note": "x", "tier": "B", "gone": "of a field taken away",
    }  # fmt: skip
    with refused("Note is needed.", field="custom.note"):
        clean_custom("objective", {"note": ""}, held=held)


def test_own_values_are_shown_with_their_labels_in_order(fields, django_assert_num_queries):
    held = {"tier": "A", "ok": False, "due": "2026-07-01", "size": 12.5, "note": "x", "gone": "y"}
    assert own_values("objective", held) == [
        ("Note", "x"), ("Size", "12.5"), ("Due", date_long(date(2026, 7, 1))), ("Ok", "No"), ("Tier", "A"),
    ]  # fmt: skip
    with django_assert_num_queries(0):
        assert own_values("objective", {}) == []


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({}, "Note is needed.", "custom.note"),
        ({"note": " "}, "Note is needed.", "custom.note"),
        ({"note": "x", "king": 1}, "There is no field 'king' here.", "custom.king"),
        ({"note": "x" * 2001}, "Note is too long, or holds a character that cannot be shown.", "custom.note"),
        ({"note": "x\0"}, "Note is too long, or holds a character that cannot be shown.", "custom.note"),
        ({"note": "x", "size": "many"}, "Size is a number; 'many' is none.", "custom.size"),
        ({"note": "x", "size": "nan"}, "Size is a number; 'nan' is none.", "custom.size"),
        ({"note": "x", "size": "1e999"}, "Size is a number; '1e999' is none.", "custom.size"),
        ({"note": "x", "size": True}, "Size is a number; 'True' is none.", "custom.size"),
        ({"note": "x", "due": "2026-02-30"}, "Due is a date, like 2026-07-16; '2026-02-30' is none.", "custom.due"),
        ({"note": "x", "tier": "C"}, "Tier is one of: A, B.", "custom.tier"),
        ({"note": "x", "ok": "perhaps"}, "Ok is yes or no.", "custom.ok"),
    ],
)
def test_own_values_that_cannot_be_are_refused(fields, values, sentence, field):
    with refused(sentence, field=field):
        clean_custom("objective", values)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "unit"}, "'unit' takes no fields of your own."),
        ({"key": "Big Key"}, "The key starts with a small letter and holds small letters, digits and _ only."),
        ({"key": "note"}, "There is a field 'note' already."),
        ({"type": "file"}, "'file' is no type of field."),
        ({"label": ""}, "The label is empty. Write something there."),
        ({"type": "choice", "choices": ["A", "A"]}, "Give 2 to 50 different choices, one on each line."),
    ],
)
def test_a_field_that_cannot_be_is_refused(officer, fields, changes, sentence):
    with refused(sentence):
        add_field(officer, **{"kind": "objective", "key": "new", "label": "New", "type": "text", **changes})


def test_a_field_is_changed_and_taken_away(officer, fields):
    tier = CustomField.objects.get(key="tier")
    changed = change_field(officer, field=tier, label="Rank", choices=["A", "B", "C"], order=0)
    assert (changed.label, changed.choices, changed.type) == ("Rank", ["A", "B", "C"], "choice")
    remove_field(officer, field=tier)
    assert not CustomField.objects.filter(key="tier").exists()


# ----------------------------------------------------------------------------------------------- saved views
def test_a_view_is_kept_replaced_renamed_and_brought_back(officer):
    save_view(officer, page="people", name="Mine", query="unit=1")
    view = save_view(officer, page="people", name=" Mine ", query="unit=2", is_shared=True)
    assert list(SavedView.objects.values_list("name", "query", "is_shared")) == [("Mine", "unit=2", True)]
    rename_view(officer, view=view, name="Ours")
    trash_view(officer, view=view, now="2026-07-09T00:00Z")
    other = save_view(officer, page="people", name="Ours", query="")
    with refused("You have made another view called Ours. Rename that first."):
        restore_view(officer, view=view)
    rename_view(officer, view=other, name="Others")
    restore_view(officer, view=view)
    assert sorted(SavedView.objects.filter(trashed_at=None).values_list("name", flat=True)) == ["Others", "Ours"]


def test_a_view_is_its_owners(officer, admin):
    view = save_view(officer, page="people", name="Mine", query="", is_shared=True)
    hidden = save_view(officer, page="people", name="Hidden", query="")
    with refused("You may see this, but you may not change it. Its owner can.", by=Forbidden):
        rename_view(admin, view=view, name="Yours")
    with refused("There is nothing here, or it is not for you.", by=NotVisible):
        trash_view(admin, view=hidden, now="2026-07-09T00:00Z")
    with pytest.raises(Refusal, match="You have another view called Mine here"):
        rename_view(officer, view=hidden, name="Mine")
