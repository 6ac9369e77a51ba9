"""Canvases, notes and issues for programs: what the pages show to the same person, and notes to add."""

from __future__ import annotations

import json

import pytest
import time_machine

from organization.models import Person
from organization.roles import Role
from planning.actions.canvases import close_canvas
from planning.models import AnalysisNote
from tests import factories
from tests.planning.canvases import analysis

pytestmark = pytest.mark.django_db
CANVASES, NOTES, ISSUES = "/api/v1/canvases/", "/api/v1/notes/", "/api/v1/issues/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def enter(client, actor):
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def results(client, path: str) -> list[dict]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def send(client, body: dict):
    return client.post(NOTES, json.dumps(body), content_type="application/json")


def test_programs_read_what_their_person_may_see(client):
    made = analysis()
    note, issue = made.note(), made.issue()
    enter(client, factories.member(Role.EMPLOYEE, factories.unit()))
    assert (results(client, CANVASES), results(client, NOTES)) == ([], [])
    assert [row["question"] for row in results(client, ISSUES)] == [issue.question]
    assert client.get(f"{NOTES}{note.pk}/").status_code == 404
    close_canvas(made.office, canvas=made.canvas)
    assert [(row["title"], row["state"]) for row in results(client, CANVASES)] == [("What we see", "closed")]
    assert [(row["text"], row["field"], row["state"]) for row in results(client, NOTES)] == [
        ("Wards are full", "weakness", "open")
    ]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (f"{CANVASES}?kind=swot", 1),
        (f"{CANVASES}?state=closed", 0),
        (f"{NOTES}?field=threat", 1),
        (f"{NOTES}?state=open", 2),
        (f"{ISSUES}?settled=false", 1),
        (f"{ISSUES}?settled=true", 0),
    ],
)
def test_lists_are_narrowed_as_the_schema_says(client, path, count):
    made = analysis()
    made.note()
    made.note("Rivals open", "threat")
    made.issue()
    assert len(results(enter(client, made.member), path)) == count


def test_a_note_is_added_and_what_is_wrong_is_refused_in_a_sentence(client):
    made = analysis()
    enter(client, made.member)
    body = {"canvas": made.canvas.pk, "field": "threat", "text": "Rivals open", "evidence": "Plans"}
    added = send(client, body)
    assert (added.status_code, added.json()["text"], added.json()["author"]) == (
        201,
        "Rivals open",
        made.member.person_id,
    )
    for wrong, field, sentence in (
        ({"field": "legal"}, "field", "A SWOT has the fields"),
        ({"evidence_url": "nowhere"}, "evidence_url", "is no address of a page"),
        ({"votes": 9}, "votes", "This field is not known here"),
        ({"canvas": 0}, "canvas", "object does not exist"),
    ):
        refused = send(client, {**body, **wrong})
        assert (refused.status_code, sentence in refused.json()[field][0]) == (400, True), refused.json()
    close_canvas(made.office, canvas=made.canvas)
    assert "is closed" in send(client, body).json()["non_field_errors"][0]
    enter(client, factories.member(Role.AUDITOR, made.unit))
    assert send(client, body).status_code == 403
    assert AnalysisNote.objects.count() == 1
