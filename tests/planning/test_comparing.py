"""Two versions side by side, in six kinds, as a page and as the PDF a worker makes."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from core.actions import Refusal
from jobs.models import Job, ProducedFile
from organization.models import Person
from organization.roles import Role
from planning.actions import Additions, Changes, Retirements, amend
from planning.actions import comparing as comparing_actions
from planning.actions.comparing import order_comparison
from planning.queries.comparing import comparison, sides
from scorecards.actions import WeightRow, set_weights
from scorecards.models import Edge, Scorecard
from strategy.structure import Change, LinkRow, Move, ObjectiveRow
from tests import factories
from tests.factories.jobs import worked
from tests.factories.organization import TODAY
from tests.factories.scorecards import Tree

pytestmark = pytest.mark.django_db
LATER = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def amended():
    """A strategy whose second version adds, takes off, rewords and moves."""
    made = factories.strategy_map()
    one, two, _three = made.objectives
    amend(
        made.office,
        strategy=made.strategy,
        reason="A new year",
        effective_from=LATER,
        today=TODAY,
        add=Additions(
            objectives=[ObjectiveRow("N1", "New", "Means", owner=factories.person())], links=[LinkRow("N1", "O1")]
        ),
        change=Changes(
            words={"mission": "Another"},
            objectives=[Change(one, {"name": "Reach further"})],
            links=[Change(made.links[0], {"sign": -1, "is_necessary": True})],
            moves=[Move(two, perspective="Results", themes=("Safer",))],
        ),
        retire=Retirements(links=[made.links[1]]),
    )
    made.strategy.refresh_from_db()
    return made


def compared(made, viewer=None, left="1", right="2"):
    by_key = {side.key: side for side in sides(viewer or made.office, made.strategy, TODAY)}
    return comparison(viewer or made.office, made.strategy, by_key[left], by_key[right])


def said(found) -> dict[str, list[tuple[str, str, str, str]]]:
    return {
        group.kind: [(one.label, one.field, one.before, one.after) for one in group.rows]
        for group in found.groups
        if group.rows
    }


def test_what_was_added_removed_reworded_and_moved_is_said_by_kind_and_in_names(amended):
    found = said(compared(amended))
    assert found["added"] == [("N1 New", "", "", ""), ("N1 → O1", "", "", "")]
    assert found["removed"] == [("O3 → O2", "", "", "")]
    assert ("O1 Reach further", "name", "Reach objective 1", "Reach further") in found["reworded"]
    assert ("O2 → O1", "what it does", "raises", "lowers") in found["reworded"]
    assert ("O2 → O1", "necessary", "no", "yes") in found["reworded"]
    assert ("O2 Reach objective 2", "perspective", "Means", "Results") in found["moved"]
    assert ("O2 Reach objective 2", "themes", "Sooner", "Safer") in found["moved"]


def test_weights_and_targets_are_those_of_each_versions_day():
    made = factories.strategy_map()
    card = Scorecard.objects.get(strategy=made.strategy)
    tree = Tree(made.strategy.unit, made.office, made.strategy, card, made.objectives)
    measure = tree.measure("Seen in time")
    tree.target(measure, "2026-01", 70)
    tree.target(measure, "2026-07", 78)
    edge = Edge.objects.get(child__objective=tree.objectives[0], parent__kind="perspective")
    row = WeightRow(edge.parent_id, edge.child_id, edge.weight + 2)
    set_weights(tree.officer, rows=[row], from_on=LATER, today=TODAY, expected=None)
    amend(
        tree.officer, strategy=tree.strategy, change=Changes(words={"mission": "Another"}), reason="Why",
        effective_from=LATER, today=TODAY,
    )  # fmt: skip
    by_key = {side.key: side for side in sides(tree.officer, tree.strategy, TODAY)}
    found = said(comparison(tree.officer, tree.strategy, by_key["1"], by_key["2"]))
    assert [(field, before, after) for _label, field, before, after in found["retargeted"]] == [
        ("target", "70.0", "78.0")
    ]
    assert [(field, before, after) for _label, field, before, after in found["reweighted"]] == [("weight", "1", "3")]


def test_a_version_against_the_map_of_today_and_in_the_other_direction(amended):
    assert compared(amended, left="2", right="now").count == 0
    found = said(compared(amended, left="2", right="1"))
    assert found["removed"] == [("N1 New", "", "", ""), ("N1 → O1", "", "", "")]


def test_the_page_offers_all_versions_and_says_when_there_is_nothing_to_compare(client, amended):
    client.force_login(Person.objects.get(pk=amended.office.person_id))
    where = f"/planning/strategies/{amended.strategy.pk}/compare/"
    answer = client.get(where, {"a": "1", "b": "2"})
    text = answer.content.decode()
    assert "Reach further" in text and "Version 1, from 1 January 2026" in text
    assert "Choose two different versions" in client.get(where, {"a": "2", "b": "2"}).content.decode()
    assert client.get(where, {"a": "x", "b": "99"}).status_code == 200
    draft = factories.strategy_map(adopted=False)
    client.force_login(Person.objects.get(pk=draft.office.person_id))
    assert "once it is adopted" in client.get(f"/planning/strategies/{draft.strategy.pk}/compare/").content.decode()


def test_a_draft_is_not_compared_by_those_who_do_not_see_it(client):
    draft = factories.strategy_map(adopted=False)
    client.force_login(Person.objects.get(pk=factories.member(Role.EMPLOYEE, draft.strategy.unit).person_id))
    assert client.get(f"/planning/strategies/{draft.strategy.pk}/compare/").status_code == 404


def test_the_worker_makes_the_pdf_and_a_second_order_while_it_waits_is_the_same(
    client, amended, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    drawn: list[str] = []
    monkeypatch.setattr(comparing_actions, "render_pdf", lambda html, **_more: drawn.append(html) or b"%PDF")
    client.force_login(Person.objects.get(pk=amended.office.person_id))
    where = f"/planning/strategies/{amended.strategy.pk}/compare/pdf/"
    assert client.post(where, {"a": "1", "b": "2"}).status_code == 302
    client.post(where, {"a": "1", "b": "2"})
    job = worked(Job.objects.get(task="planning.print_comparison"))
    assert (job.state, ProducedFile.objects.get(pk=job.result["file"]).media_type) == ("done", "application/pdf")
    for words in ("Reach further", "Added", "Reweighted", "Version 2, from 1 July 2026"):
        assert words in drawn[0]


@pytest.mark.parametrize(("left", "right", "sentence"), [("1", "1", "two different"), ("1", "9", "from the list")])
def test_a_pdf_of_nothing_is_refused_and_no_job_is_made(amended, left, right, sentence):
    with pytest.raises(Refusal, match=sentence):
        order_comparison(amended.office, strategy=amended.strategy, left=left, right=right, today=TODAY)
    assert not Job.objects.filter(task="planning.print_comparison").exists()


def test_comparing_takes_as_many_queries_for_many_nodes_as_for_few(django_assert_max_num_queries):
    counts = []
    for made in [factories.strategy_map(objectives=objectives) for objectives in (2, 9)]:
        change = Changes(objectives=[Change(row, {"name": f"Other {row.pk}"}) for row in made.objectives])
        amend(made.office, strategy=made.strategy, change=change, reason="Why", effective_from=LATER, today=TODAY)
        with django_assert_max_num_queries(30) as asked:
            assert compared(made).count == len(made.objectives)
        counts.append(len(asked))
    assert counts[0] == counts[1]
