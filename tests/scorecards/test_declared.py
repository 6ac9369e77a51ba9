"""Declared statuses: beside the computed one, with reason and expiry, as known at any moment (METHOD §3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.access import Forbidden
from core.periods import At, Period
from organization.actors import actor_of
from organization.roles import Role
from scorecards.actions import declare_status, take_back_status
from scorecards.models import DeclaredStatus
from scorecards.queries.cards import scorecard_report
from scorecards.queries.declared import declarations
from scorecards.queries.declaring import declared_panel
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import grow

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2026-06")
AT = At(JUNE, None, TODAY)
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    owner = factories.person("Olga Owner", home=made.unit)
    grow(made, 3, owner=owner)
    made.owner = actor_of(owner, TODAY)
    return made


def declare(tree, thing, status="on_track", *, actor=None, reason="We see it", expires=LATER, today=TODAY):
    declare_status(
        actor or tree.owner,
        node=tree.node(thing),
        period=JUNE,
        status=status,
        reason=reason,
        expires_on=expires,
        today=today,
    )


def holds(tree, thing, at=AT):
    return declarations([tree.node(thing).pk], at).get(tree.node(thing).pk)


def test_a_status_is_declared_with_what_was_computed_that_day_and_no_score_moves(tree):
    red = tree.measures["Measure 2"]
    before = tree.result(tree.strategy, "2026-06").score
    declare(tree, red)
    found = holds(tree, red)
    assert (found.status, found.computed, found.by, found.expires_on, found.reason) == (
        "on_track", "off_track", "Olga Owner", LATER, "We see it",
    )  # fmt: skip
    assert (tree.result(red, "2026-06").status, tree.result(tree.strategy, "2026-06").score) == ("off_track", before)


def test_a_unit_head_declares_on_an_objective_and_its_owner_may(tree):
    head, objective = factories.member(Role.UNIT_HEAD, tree.unit), tree.objectives[0]
    declare(tree, objective, "watch", actor=head)
    assert holds(tree, objective).computed == tree.result(objective, "2026-06").status
    row = next(row for row in scorecard_report(head, tree.card, AT).rows if row.kind == "objective")
    assert (row.declared, row.declared_by, row.declared_until) == ("watch", head.label, "8 Aug 2026")


@pytest.mark.parametrize(("given", "sentence"), [
    ({"status": "great"}, "Choose a status: on track, watch or off track."),
    ({"status": ""}, "Choose a status: on track, watch or off track."),
    ({"reason": "  "}, "The reason is empty. Write something there."),
    ({"expires": TODAY - timedelta(days=1)}, "8 July 2026 has passed. Choose today or a later day."),
    ({"expires": TODAY + timedelta(days=367)},
        "11 July 2027 is more than a year away. A declared status holds for a year at most."),
])  # fmt: skip
def test_a_bad_declaration_is_refused_in_a_sentence(tree, given, sentence):
    red = tree.measures["Measure 2"]
    with refused(sentence):
        declare(tree, red, **given)


def test_who_may_declare(tree):
    red, objective = tree.measures["Measure 2"], tree.objectives[0]
    reader = factories.member(Role.EMPLOYEE, tree.unit)
    for actor, thing in ((reader, red), (tree.officer, red), (tree.owner, objective)):
        with nothing_changes(), pytest.raises(Forbidden):
            declare(tree, thing, actor=actor)
    with refused("A status is declared on a measure or an objective; everything above them is computed."):
        declare(tree, tree.strategy)


def test_it_expires_by_the_clock_without_a_write(tree):
    red = tree.measures["Measure 2"]
    declare(tree, red)
    assert holds(tree, red, At(JUNE, None, LATER)) is not None
    with nothing_changes():
        assert holds(tree, red, At(JUNE, None, LATER + timedelta(days=1))) is None


def test_it_says_nothing_of_earlier_periods(tree):
    red = tree.measures["Measure 2"]
    declare(tree, red)
    assert holds(tree, red, At(Period.parse("2026-05"), None, TODAY)) is None
    assert holds(tree, red, At(Period.parse("2026-Q2"), None, TODAY)) is not None
    assert holds(tree, red, At(Period.parse("2026-07"), None, TODAY)) is not None


def test_it_is_taken_back_once_and_an_earlier_one_does_not_return(tree):
    red = tree.measures["Measure 2"]
    node = tree.node(red)
    declare_status(tree.owner, node=node, period=Period.parse("2026-05"), status="watch", reason="Then",
        expires_on=LATER, today=TODAY)  # fmt: skip
    declare(tree, red)
    take_back_status(tree.owner, node=node, today=TODAY)
    assert holds(tree, red) is None
    with refused("No declared status holds here any more."):
        take_back_status(tree.owner, node=node, today=TODAY)


def test_what_was_declared_can_be_read_as_it_was_known(tree):
    """Rows are kept, with the moments of the database's own clock; each moment knows what held then."""
    red, day = tree.measures["Measure 2"], timezone.localdate()
    given = {"today": day, "expires": day + timedelta(days=30)}
    before = timezone.now() - timedelta(hours=1)
    declare(tree, red, "watch", **given)
    declare(tree, red, "on_track", **given)
    take_back_status(tree.owner, node=tree.node(red), today=day)
    rows = list(DeclaredStatus.objects.order_by("revision"))
    assert [(row.revision, row.status) for row in rows] == [(1, "watch"), (2, "on_track"), (3, "")]
    moments = [before, *(row.recorded_at for row in rows), rows[0].recorded_at + timedelta(days=40)]
    known = [holds(tree, red, At(JUNE, moment, day)) for moment in moments]
    assert [found and found.status for found in known] == [None, "watch", "on_track", None, None]


def test_without_a_score_the_declared_word_is_shown_and_counts_as_missing(tree):
    grey = tree.measure("Grey", owner=tree.measures["Measure 2"].owner)
    coverage = tree.result(tree.objectives[0], "2026-06").coverage
    declare(tree, grey)
    panel = declared_panel(tree.owner, grey, AT)
    assert (panel.computed, panel.declared.status) == ("no_data", "on_track")
    assert tree.result(tree.objectives[0], "2026-06").coverage == coverage < 1


def test_the_panel_is_silent_where_there_is_nothing_to_see_or_do(tree):
    reader = factories.member(Role.EMPLOYEE, tree.unit)
    assert declared_panel(reader, tree.measures["Measure 0"], AT) is None
    assert declared_panel(tree.owner, tree.measures["Measure 0"], AT).take_back_url == ""


def test_statuses_of_many_nodes_take_one_query(tree, django_assert_num_queries):
    for measure in tree.measures.values():
        declare(tree, measure)
    nodes = [tree.node(measure).pk for measure in tree.measures.values()]
    with django_assert_num_queries(1):
        assert len(declarations(nodes, AT)) == 3
