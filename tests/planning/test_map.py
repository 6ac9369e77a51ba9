"""The strategy map: the nearest strategy, its picture with facts on the cards, the same as a table, a list and a print."""

from __future__ import annotations

import re

import pytest
import time_machine

from core.facets import Fact
from core.periods import At, Period
from organization.models import Person
from organization.roles import Role
from planning.queries.maps import default_strategy, strategy_map
from strategy.structure import LinkRow, ObjectiveRow, add_links, add_objectives
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db
AT = At(Period.parse("2026-06"), None, TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def enter(client, actor) -> None:
    client.force_login(Person.objects.get(pk=actor.person_id))


def test_the_nearest_strategy_is_shown():
    top = factories.unit()
    middle = factories.unit(parent=top)
    below = factories.unit(parent=middle)
    office = factories.member(Role.SMO_OFFICER, top)
    whole = factories.strategy_map(top, office=office)
    reader = factories.member(Role.EMPLOYEE, below)
    assert default_strategy(reader, AT) == whole.strategy
    nearer = factories.strategy_map(middle, office=office)
    assert default_strategy(reader, AT) == nearer.strategy
    assert default_strategy(office, AT) == whole.strategy


def test_without_a_strategy_the_page_says_what_comes_here(client):
    draft = factories.strategy_map(adopted=False)
    enter(client, factories.member(Role.EMPLOYEE, draft.strategy.unit))
    text = client.get("/planning/").content.decode()
    assert "No strategy is in force yet" in text
    assert draft.strategy.name not in text
    enter(client, draft.office)
    assert f"/planning/maps/{draft.strategy.pk}/" in client.get("/planning/").content.decode()
    assert client.get(f"/planning/maps/{draft.strategy.pk}/").status_code == 200
    enter(client, factories.member(Role.EMPLOYEE, draft.strategy.unit))
    assert client.get(f"/planning/maps/{draft.strategy.pk}/").status_code == 404


def test_every_objective_is_a_card_in_its_band_and_lane():
    made = factories.strategy_map()
    found = strategy_map(made.office, made.strategy, AT)
    assert found.layout is not None
    assert [(lane.title, lane.subtitle) for lane in found.layout.lanes] == [
        ("Sooner", "Timely"),
        ("Safer", "Every time"),
    ]
    assert [band.title for band in found.layout.bands] == ["Results", "Means"]
    assert [(node.title, node.status) for node in found.layout.nodes] == [
        (f"Reach objective {n}", "no_data") for n in (1, 2, 3)
    ]
    assert [(arrow.source, arrow.target, arrow.strength) for arrow in found.layout.arrows] == [
        (str(made.objectives[1].pk), str(made.objectives[0].pk), "untested"),
        (str(made.objectives[2].pk), str(made.objectives[1].pk), "untested"),
    ]
    assert found.counts == (("no_data", "No data", 3),)


def test_objectives_without_a_theme_stand_in_a_lane_of_their_own():
    made = factories.strategy_map(adopted=False)
    add_objectives(made.office, strategy=made.strategy, rows=[ObjectiveRow("N1", "Loose", "Means")])
    add_links(made.office, strategy=made.strategy, rows=[LinkRow("N1", "O1", sign=-1)])
    found = strategy_map(made.office, made.strategy, AT)
    assert found.layout is not None
    assert [lane.title for lane in found.layout.lanes] == ["Sooner", "Safer", "No theme"]
    assert [one.key for one in found.slices][-1] == "none"
    assert found.has_lowering
    assert [arrow.label for arrow in found.layout.arrows] == ["", "", "lowers"]


def test_an_objective_under_two_themes_stands_in_both_lists():
    made = factories.strategy_map()
    found = strategy_map(made.office, made.strategy, AT)
    codes = {one.name: [card.objective.code for _layer, cards in one.layers for card in cards] for one in found.slices}
    assert codes == {"Sooner": ["O1", "O2", "O3"], "Safer": ["O3"]}


@pytest.mark.parametrize(
    ("words", "figure"),
    [("72.4% of 78%", ("72.4%", "of 78%")), ("No value", ("No value", "")), ("£12.9m of £15m", ("£12.9m", "of £15m"))],
)
def test_the_figure_on_a_card_is_written_strong(words, figure):
    made = factories.strategy_map(objectives=1)
    found = strategy_map(made.office, made.strategy, AT)
    card = found.slices[0].layers[0][1][0]
    assert type(card)(card.line, Fact(words=words), ()).figure == figure


def test_the_map_takes_as_many_queries_for_many_objectives_as_for_few(client, django_assert_max_num_queries):
    counts = []
    for made in [factories.strategy_map(objectives=objectives) for objectives in (2, 9)]:
        enter(client, made.office)
        client.get(f"/planning/maps/{made.strategy.pk}/")
        with django_assert_max_num_queries(40) as asked:
            assert client.get(f"/planning/maps/{made.strategy.pk}/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_picture_list_table_and_print_say_the_same(client):
    made = factories.strategy_map(name="Closer")
    enter(client, made.office)
    address = f"/planning/maps/{made.strategy.pk}/"
    picture, table, printed = (
        client.get(f"{address}?view={view}").content.decode() for view in ("map", "table", "print")
    )
    for text in (picture, table, printed):
        for n in (1, 2, 3):
            assert f"Reach objective {n}" in text
        assert "Reason 1" in text
        assert "Not yet tested" in text
    assert "<svg" in picture
    assert "smo-viz-map" in picture
    assert "smo-viz-map" not in table
    assert "<a " not in re.sub(r"<head>.*</head>", "", printed, flags=re.DOTALL)


def test_the_list_shows_the_theme_that_is_picked(client):
    made = factories.strategy_map()
    enter(client, made.office)
    answer = client.get(f"/planning/maps/{made.strategy.pk}/?theme={made.themes[1].pk}")
    assert answer.context["slice"].name == "Safer"
    answer = client.get(f"/planning/maps/{made.strategy.pk}/?theme=nonsense&view=nonsense")
    assert (answer.status_code, answer.context["slice"].name) == (200, "Sooner")


def test_the_map_stands_on_the_strategys_page(client):
    made = factories.strategy_map()
    enter(client, made.office)
    text = client.get(f"/strategy/{made.strategy.pk}/").content.decode()
    assert f"/planning/maps/{made.strategy.pk}/" in text
    assert "smo-viz-map" in text
