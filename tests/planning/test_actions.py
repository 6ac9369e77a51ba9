"""Adopting freezes the map and puts it in force; amending makes the next version; scores follow in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from audit.models import Event
from core.access import Forbidden
from core.actions import Conflict, Refusal
from notifications.models import Notification
from organization.models import Subject
from organization.roles import Role
from planning.actions import Additions, Changes, Retirements, adopt, amend, close
from scorecards.models import Edge, Node, Scorecard
from strategy.actions import reassign, submit_strategy
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, StrategyVersion, Theme
from strategy.queries.content import content_of, content_of_version, version_on
from strategy.rules.content import compare, content_hash
from strategy.structure import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow, retire_objectives
from tests import factories
from tests.factories.organization import TODAY
from tests.factories.strategy import STARTS

pytestmark = pytest.mark.django_db


def test_adopting_makes_everything_live_and_freezes_the_content():
    made = factories.strategy_map(adopted=False)
    factories.approved(made)
    version = adopt(made.office, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    made.strategy.refresh_from_db()
    assert (version.number, version.state, version.effective_from) == (1, "adopted", STARTS)
    assert made.strategy.state == "active"
    for model in (Perspective, Theme, Objective, ObjectiveLink):
        assert set(model.objects.filter(strategy=made.strategy).values_list("state", flat=True)) == {"live"}
    assert content_of_version(version) == content_of(made.strategy)
    assert version.content_hash == content_hash(version.content)


def test_what_is_adopted_is_seen_by_everyone_in_lists():
    made = factories.strategy_map(adopted=False)
    rows = Subject.objects.filter(kind__in=["strategy", "theme", "objective"], unit=made.strategy.unit)
    assert set(rows.values_list("private", flat=True)) == {True}
    factories.approved(made)
    adopt(made.office, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    assert set(rows.values_list("private", flat=True)) == {False}


def test_adopting_opens_the_scorecard_and_weights_the_objectives():
    made = factories.strategy_map()
    card = Scorecard.objects.get(strategy=made.strategy)
    nodes = set(Node.objects.filter(scorecard=card, kind="objective").values_list("objective", flat=True))
    assert nodes == {one.pk for one in made.objectives}
    first = Edge.objects.get(child__objective=made.objectives[0], parent__kind="perspective")
    assert (first.valid.lower, first.valid.upper) == (STARTS, None)


def test_an_adopted_version_cannot_be_changed_or_deleted_by_anyone():
    made = factories.strategy_map()
    version = StrategyVersion.objects.get(strategy=made.strategy)
    for write in (
        lambda: StrategyVersion.objects.filter(pk=version.pk).update(content={}),
        lambda: StrategyVersion.objects.filter(pk=version.pk).update(effective_from=TODAY),
        lambda: StrategyVersion.objects.filter(pk=version.pk).update(state="draft"),
        lambda: StrategyVersion.objects.filter(pk=version.pk).update(state="superseded"),
        lambda: StrategyVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="is adopted and is never changed"), transaction.atomic():
            write()
    assert StrategyVersion.objects.get(pk=version.pk).content == version.content


def test_the_next_version_supersedes_the_former_on_its_day():
    made = factories.strategy_map()
    amend(
        made.office,
        strategy=made.strategy,
        change=Changes(
            objectives=[Change(made.objectives[0], {"name": "Reach further"}, made.objectives[0].row_version)]
        ),
        reason="The board wants more",
        effective_from=date(2026, 7, 1),
        today=TODAY,
    )
    first, second = StrategyVersion.objects.filter(strategy=made.strategy).order_by("number")
    assert (first.state, first.effective_until, second.state, second.number) == (
        "superseded", date(2026, 7, 1), "adopted", 2,
    )  # fmt: skip
    assert version_on(made.strategy, date(2026, 6, 30)) == first
    assert version_on(made.strategy, date(2026, 7, 1)) == second
    assert [
        (d.kind, d.noun, d.before, d.after) for d in compare(content_of_version(first), content_of_version(second))
    ] == [("renamed", "objective", "Reach objective 1", "Reach further")]
    assert Event.objects.get(verb="amend").reason == "The board wants more"


def test_an_amendment_may_name_what_it_adds():
    made = factories.strategy_map()
    amend(
        made.office,
        strategy=made.strategy,
        add=Additions(
            perspectives=[PerspectiveRow("Learning")],
            themes=[ThemeRow("Closer")],
            objectives=[ObjectiveRow("L1", "Learn faster", "Learning", ("Closer",), factories.person())],
            links=[LinkRow("L1", "O3")],
        ),
        change=Changes(moves=[Move(made.objectives[1], perspective="Results")], words={"mission": "Another mission"}),
        retire=Retirements(objectives=[made.objectives[0]]),
        reason="A new year",
        effective_from=TODAY,
        today=TODAY,
    )
    objectives = Objective.objects.filter(strategy=made.strategy).order_by("code")
    assert list(objectives.values_list("code", "state", "perspective__name")) == [
        ("L1", "live", "Learning"), ("O1", "retired", "Results"), ("O2", "live", "Results"), ("O3", "live", "Means"),
    ]  # fmt: skip
    links = ObjectiveLink.objects.filter(strategy=made.strategy).order_by("pk")
    assert list(links.values_list("source__code", "target__code", "state")) == [
        ("O2", "O1", "retired"), ("O3", "O2", "live"), ("L1", "O3", "live"),
    ]  # fmt: skip
    assert Strategy.objects.get(pk=made.strategy.pk).mission == "Another mission"


def test_a_moved_objective_counts_in_its_new_perspective_from_that_day_on():
    made = factories.strategy_map()
    amend(
        made.office,
        strategy=made.strategy,
        change=Changes(moves=[Move(made.objectives[1], perspective="Results")]),
        reason="It is a result",
        effective_from=date(2026, 7, 1),
        today=TODAY,
    )
    edges = Edge.objects.filter(child__objective=made.objectives[1], parent__kind="perspective").order_by("valid")
    assert [(e.parent.perspective.name, e.valid.lower, e.valid.upper) for e in edges] == [
        ("Means", STARTS, date(2026, 7, 1)), ("Results", date(2026, 7, 1), None),
    ]  # fmt: skip


def test_an_amendment_that_fails_in_its_last_part_changes_nothing():
    made = factories.strategy_map()
    before = content_of(made.strategy)
    with pytest.raises(Refusal, match="linked already"):
        amend(
            made.office,
            strategy=made.strategy,
            add=Additions(objectives=[ObjectiveRow("X1", "Extra", "Means")], links=[LinkRow("O2", "O1")]),
            reason="Why",
            effective_from=TODAY,
            today=TODAY,
        )
    assert content_of(made.strategy) == before
    assert StrategyVersion.objects.filter(strategy=made.strategy).count() == 1


def test_a_stale_change_is_a_conflict_that_holds_both():
    made = factories.strategy_map()
    row = made.objectives[0]
    with pytest.raises(Conflict) as caught:
        amend(
            made.office,
            strategy=made.strategy,
            change=Changes(objectives=[Change(row, {"name": "Mine"}, row.row_version - 1)]),
            reason="Why",
            effective_from=TODAY,
            today=TODAY,
        )
    assert (str(caught.value.current), caught.value.yours) == ("Reach objective 1", {"name": "Mine"})
    assert Objective.objects.get(pk=row.pk).name == "Reach objective 1"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY + timedelta(days=1), "still to come"),
        (date(2025, 12, 31), "The strategy runs from"),
    ],
)
def test_days_a_version_cannot_begin_on(day, sentence):
    made = factories.strategy_map(adopted=False)
    factories.approved(made)
    with pytest.raises(Refusal, match=sentence):
        adopt(made.office, strategy=made.strategy, effective_from=day, today=TODAY)
    assert not StrategyVersion.objects.filter(strategy=made.strategy).exists()


def test_a_version_does_not_begin_before_the_one_in_force():
    made = factories.strategy_map(adopted=False)
    factories.approved(made)
    adopt(made.office, strategy=made.strategy, effective_from=TODAY, today=TODAY)
    with pytest.raises(Refusal, match="Version 1 is in force since"):
        amend(
            made.office, strategy=made.strategy, change=Changes(words={"mission": "New"}), reason="Why",
            effective_from=STARTS, today=TODAY,
        )  # fmt: skip
    assert StrategyVersion.objects.filter(strategy=made.strategy).count() == 1


def test_adopting_the_same_again_is_refused():
    made = factories.strategy_map()
    with pytest.raises(Refusal, match="Nothing has changed since version 1"):
        adopt(made.office, strategy=made.strategy, effective_from=TODAY, today=TODAY)
    assert StrategyVersion.objects.filter(strategy=made.strategy).count() == 1


def test_a_strategy_emptied_since_its_approval_is_not_adopted():
    made = factories.strategy_map(adopted=False, objectives=1)
    factories.approved(made)
    retire_objectives(made.office, strategy=made.strategy, objectives=made.objectives)
    with pytest.raises(Refusal, match="has no objective yet"):
        adopt(made.office, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    assert Strategy.objects.get(pk=made.strategy.pk).state == "approved"


@pytest.mark.parametrize("state", ["draft", "in review"])
def test_what_is_not_approved_is_not_adopted(state):
    made = factories.strategy_map(adopted=False)
    if state == "in review":
        submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    with pytest.raises(Refusal, match=f"is {state}. It is adopted once it is approved"):
        adopt(made.office, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    assert Strategy.objects.get(pk=made.strategy.pk).get_state_display().lower() == state
    assert not StrategyVersion.objects.exists()


def test_objectives_without_an_owner_are_named_and_nothing_is_adopted():
    made = factories.strategy_map(adopted=False, objectives=8)
    factories.approved(made)
    for row in made.objectives[:7]:
        reassign(made.office, record=row, owner=None)
    with pytest.raises(Refusal, match=r"Nobody answers for O1 Reach objective 1; .* and 2 more. Name an owner"):
        adopt(made.office, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    assert not StrategyVersion.objects.exists()
    assert Strategy.objects.get(pk=made.strategy.pk).state == "approved"


def test_a_unit_has_one_active_strategy_and_a_closed_one_makes_room():
    unit = factories.unit()
    first = factories.strategy_map(unit, name="First")
    second = factories.strategy_map(unit, adopted=False, office=first.office)
    factories.approved(second)
    with pytest.raises(Refusal, match=r"“First”\. Close it first"):
        adopt(first.office, strategy=second.strategy, effective_from=STARTS, today=TODAY)
    close(first.office, strategy=first.strategy, reason="Replaced", today=TODAY)
    adopt(first.office, strategy=second.strategy, effective_from=TODAY, today=TODAY)
    states = Strategy.objects.filter(unit=unit).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["closed", "active"]


def test_a_closed_strategy_is_not_amended():
    made = factories.strategy_map()
    close(made.office, strategy=made.strategy, reason="Over", today=TODAY)
    with pytest.raises(Refusal, match="is not adopted yet"):
        amend(
            made.office, strategy=made.strategy, change=Changes(words={"mission": "New"}), reason="Why",
            effective_from=TODAY, today=TODAY,
        )  # fmt: skip
    assert Strategy.objects.get(pk=made.strategy.pk).mission == "We keep people well."


def test_contributors_do_not_adopt():
    made = factories.strategy_map(adopted=False)
    other = factories.member(Role.CONTRIBUTOR, made.strategy.unit)
    with pytest.raises(Exception, match="There is nothing here"):
        adopt(other, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    executive = factories.member(Role.EXECUTIVE, made.strategy.unit)
    with pytest.raises(Forbidden, match="Strategy office"):
        adopt(executive, strategy=made.strategy, effective_from=STARTS, today=TODAY)
    assert Strategy.objects.get(pk=made.strategy.pk).state == "draft"


def test_an_amendment_says_why():
    made = factories.strategy_map()
    with pytest.raises(Refusal, match="Say why"):
        amend(made.office, strategy=made.strategy, reason=" ", effective_from=TODAY, today=TODAY)
    assert StrategyVersion.objects.filter(strategy=made.strategy).count() == 1


def test_heads_of_the_unit_and_of_those_below_are_told():
    top = factories.unit()
    middle = factories.unit(parent=top)
    below = factories.unit(parent=middle)
    between = factories.member(Role.UNIT_HEAD, middle)
    head, other = factories.member(Role.UNIT_HEAD, below), factories.member(Role.UNIT_HEAD, factories.unit())
    made = factories.strategy_map(top, name="Closer")
    amend(
        made.office, strategy=made.strategy, change=Changes(words={"mission": "New"}), reason="Why",
        effective_from=TODAY, today=TODAY,
    )  # fmt: skip
    lines = Notification.objects.filter(kind="strategy_adopted").order_by("pk").values_list("person_id", "text")
    assert sorted(lines) == [
        (who.person_id, words)
        for who in (between, head)
        for words in ("“Closer” is adopted from 1 January 2026", "“Closer” is amended: version 2")
    ]
    assert other.person_id != head.person_id
