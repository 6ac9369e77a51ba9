"""Pages kept until something is written: equal while nothing changes, new at once after any write, nobody else's."""

from __future__ import annotations

import re
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from audit.queries import stamp
from core import keeping
from organization.models import OrgUnit, Person
from planning.models import PlanningCycle
from tests import factories
from tests.factories.cycles import cycle
from tests.factories.scorecards import Tree, scorecard
from tests.organization.visiting import browser, words

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-06"
TABLES = re.compile(r'(?:FROM|JOIN)\s+"?([a-z_]+_[a-z_]+)"?', re.IGNORECASE)
NEVER_SHOWN = {"django_session", "audit_mark"}


@pytest.fixture(autouse=True)
def nothing_kept():
    keeping._pages.clear()


@pytest.fixture
def tree() -> Tree:
    made = scorecard()
    measure = made.measure("Waiting time")
    made.target(measure, MONTH, 100)
    made.record(measure, MONTH, 90)
    return made


def _cycle(tree: Tree) -> PlanningCycle:
    return PlanningCycle.objects.first() or cycle(tree.unit, office=tree.officer, usual=True)


def pages(tree: Tree) -> dict[str, str]:
    """An address of every page that is kept, by the name of its route."""
    measure = tree.measures["Waiting time"]
    return {
        "portal:home": reverse("portal:home"),
        "planning:map": reverse("planning:map"),
        "planning:strategy_map": reverse("planning:strategy_map", args=[tree.strategy.pk]),
        "planning:cycle": reverse("planning:cycle", args=[_cycle(tree).pk]),
        "scorecards:scorecard": reverse("scorecards:scorecard", args=[tree.card.pk]),
        "scorecards:measures": reverse("scorecards:measures"),
        "scorecards:measure": reverse("scorecards:measure", args=[measure.pk]),
        "scorecards:reporting": reverse("scorecards:reporting"),
        "strategy:objective": reverse("strategy:objective", args=[measure.objective_id]),
    }


def opened(client: Client, path: str, **headers: str) -> tuple[str, int]:
    """The page in the month of the value, without the tokens of its forms; how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, {"p": MONTH}, follow=True, headers=headers)
    assert response.status_code == 200
    return re.sub(r"\w{64}", "", response.content.decode()), len(queries)


def test_every_kept_page_is_the_same_again_and_asks_only_who_is_there(tree):
    client = browser(tree.officer)
    for name, path in pages(tree).items():
        opened(client, path)  # the first opening may store forecasts that were outdated
        first, _asked = opened(client, path)
        again, asked = opened(client, path)
        assert again == first, name
        assert asked <= 6, name


def test_the_list_of_kept_pages_above_is_whole(tree):
    kept = {
        f"{resolver.namespace}:{route.name}"
        for resolver in get_resolver().url_patterns if getattr(resolver, "namespace", None)
        for route in resolver.url_patterns if getattr(route.callback, "is_kept", False)
    }  # fmt: skip
    assert kept == set(pages(tree))


def test_kept_pages_read_marked_tables_only(tree):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_mark'")
        marked = {name.strip('"') for (name,) in cursor.fetchall()}
    client = browser(tree.officer)
    for name, path in pages(tree).items():
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"p": MONTH}, headers={"Cache-Control": "no-cache"}, follow=True)
        read = {table for query in queries for table in TABLES.findall(query["sql"])}
        ours = {table for table in read if table.split("_")[0] in {"organization", "strategy", "scorecards", "jobs",
                                                                  "notifications", "planning", "django", "audit"}}  # fmt: skip
        assert ours - marked - NEVER_SHOWN == set(), name


def test_a_value_stands_on_the_page_with_the_next_request(tree):
    client, path = browser(tree.officer), pages(tree)["scorecards:scorecard"]
    assert "90.0" in words(client.get(path, {"p": MONTH}))
    tree.record(tree.measures["Waiting time"], MONTH, 104)
    said = words(client.get(path, {"p": MONTH}))
    assert "104.0" in said
    assert "90.0" not in said


def test_who_committed_late_is_seen(tree):
    """A transaction that began before others and ends after them still makes pages new."""
    begun, committed, before = threading.Event(), threading.Event(), []

    def writes_slowly() -> None:
        with transaction.atomic():
            OrgUnit.objects.filter(pk=0).update(name="Nobody")
            begun.set()
            committed.wait(10)
        connection.close()

    slow = threading.Thread(target=writes_slowly)
    slow.start()
    assert begun.wait(10)
    tree.record(tree.measures["Waiting time"], MONTH, 95)
    before.append(stamp())
    committed.set()
    slow.join(10)
    assert stamp() not in {None, *before}


def test_who_has_written_sees_what_is_not_committed_and_nothing_is_kept(tree):
    with transaction.atomic():
        OrgUnit.objects.filter(pk=0).update(name="Nobody")
        assert stamp() is None


def test_a_page_is_nobody_elses(tree):
    path = pages(tree)["portal:home"]
    mine, _asked = opened(browser(tree.officer), path)
    theirs, asked = opened(browser(factories.member("unit_head", tree.unit)), path)
    assert Person.objects.get(pk=tree.officer.person_id).name in mine
    assert Person.objects.get(pk=tree.officer.person_id).name not in theirs
    assert asked > 6


def test_without_the_browsers_store_it_is_drawn_anew(tree):
    client, path = browser(tree.officer), pages(tree)["scorecards:scorecard"]
    first, full = opened(client, path)
    again, asked = opened(client, path, **{"Cache-Control": "no-cache"})
    assert again == first
    assert asked > full / 2


def test_a_message_is_said_once(tree):
    client, path = browser(tree.officer), pages(tree)["scorecards:measure"]
    record = reverse("scorecards:measure_record", args=[tree.measures["Waiting time"].pk])
    client.get(path, {"p": MONTH})
    said = client.post(record, {"period": MONTH, "value": "97", "comment": ""}, follow=True)
    assert "toast" in said.content.decode()
    assert '<div class="smo-toast">' not in client.get(path, {"p": MONTH}).content.decode()


def test_forms_of_a_kept_page_are_taken(tree):
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(pk=tree.officer.person_id))
    path = pages(tree)["scorecards:measure"]
    client.get(path, {"p": MONTH})
    page = client.get(path, {"p": MONTH}).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)
    assert token is not None
    assert settings.CSRF_COOKIE_NAME in client.cookies
    record = reverse("scorecards:measure_record", args=[tree.measures["Waiting time"].pk])
    fields = {"period": MONTH, "value": "96", "comment": "", "csrfmiddlewaretoken": token[1]}
    assert client.post(record, fields).status_code == 302
    assert "96" in words(client.get(path, {"p": MONTH}))
