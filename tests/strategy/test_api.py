"""The API reads what the pages show to the same person, filtered as the schema says."""

from __future__ import annotations

import pytest

from organization.models import Person
from organization.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return factories.strategy_map()


def read(client, actor, path: str) -> list[dict]:
    client.force_login(Person.objects.get(pk=actor.person_id))
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_everything_on_the_map_is_read(client, made):
    strategy = f"?strategy={made.strategy.pk}"
    assert [row["name"] for row in read(client, made.office, f"perspectives/{strategy}")] == ["Results", "Means"]
    assert [row["name"] for row in read(client, made.office, f"themes/{strategy}")] == ["Sooner", "Safer"]
    objectives = read(client, made.office, f"objectives/{strategy}")
    assert [(row["code"], row["state"]) for row in objectives] == [("O1", "live"), ("O2", "live"), ("O3", "live")]
    assert objectives[2]["themes"] == [theme.pk for theme in made.themes]
    links = read(client, made.office, f"links/{strategy}")
    assert [(row["source"], row["target"], row["sign"]) for row in links] == [
        (made.objectives[1].pk, made.objectives[0].pk, 1), (made.objectives[2].pk, made.objectives[1].pk, 1),
    ]  # fmt: skip
    assert read(client, made.office, f"strategies/?unit={made.strategy.unit_id}")[0]["core_values"] == [
        "Patients first"
    ]


def test_drafts_are_read_by_their_writers_only(client):
    draft = factories.strategy_map(adopted=False)
    reader = factories.member(Role.EMPLOYEE, draft.strategy.unit)
    for path in ("strategies/?state=draft", "perspectives/", "themes/", "objectives/?state=proposed", "links/"):
        assert (path, read(client, reader, path)) == (path, [])
    assert client.get(f"/api/v1/objectives/{draft.objectives[0].pk}/").status_code == 404
    assert len(read(client, draft.office, "objectives/?state=proposed")) == 3


def test_lists_take_as_many_queries_for_many_rows_as_for_few(client, django_assert_max_num_queries):
    counts = []
    for objectives in (2, 6):
        made = factories.strategy_map(objectives=objectives)
        read(client, made.office, "objectives/")
        with django_assert_max_num_queries(25) as asked:
            assert len(read(client, made.office, f"objectives/?strategy={made.strategy.pk}")) == objectives
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_structure_is_not_written_here(client, made):
    client.force_login(Person.objects.get(pk=made.office.person_id))
    for path in ("strategies", "perspectives", "themes", "objectives", "links"):
        answer = client.post(f"/api/v1/{path}/", {"name": "x"}, content_type="application/json")
        assert (path, answer.status_code) in {(path, 403), (path, 405)}


def test_without_a_sign_in_nothing_is_read(client, made):
    assert client.get("/api/v1/objectives/").status_code == 401
