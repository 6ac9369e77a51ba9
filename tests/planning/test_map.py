"""The strategy map: the nearest strategy, its picture with facts on the cards, the same as a table, a list and a print."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import time_machine
from pypdf import PdfReader

from core import facets as facets_module
from core.documents import render_pdf
from core.facets import Facet, Fact
from core.periods import At, Period
from organization.models import Person
from organization.roles import Role
from planning.queries.mapmonths import stops
from planning.queries.maps import OTHERS_NAMED, default_strategy, strategy_map
from strategy.actions import reassign
from strategy.structure import LinkRow, ObjectiveRow, add_links, add_objectives
from tests import factories
from tests.factories.organization import TODAY
from tests.factories.scorecards import scorecard, strategy

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


def test_the_menu_offers_twenty_other_strategies_and_leads_to_all(client):
    top = factories.unit()
    office = factories.member(Role.SMO_OFFICER, top)
    made = factories.strategy_map(top, office=office, objectives=1)
    for _n in range(OTHERS_NAMED + 2):
        strategy(factories.unit(parent=top))
    assert len(strategy_map(office, made.strategy, AT).others) == OTHERS_NAMED
    enter(client, office)
    assert "All strategies" in client.get(f"/planning/maps/{made.strategy.pk}/").content.decode()


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


# ------------------------------------------------------------------------------------------------- filters, verdicts, print
def test_filters_let_others_stand_back_and_leave_them_out_of_lists(client):
    made = factories.strategy_map()
    enter(client, made.office)
    heir = factories.person("Hanna Heir")
    reassign(made.office, record=made.objectives[0], owner=heir)
    address = f"/planning/maps/{made.strategy.pk}/"
    answer = client.get(address, {"owner": heir.pk})
    found = answer.context["map"]
    assert [node.faded for node in found.layout.nodes] == [False, True, True]
    assert [arrow.faded for arrow in found.layout.arrows] == [True, True]
    assert "1 of 3 objectives fit" in answer.content.decode()
    table = client.get(address, {"owner": heir.pk, "view": "table"})
    assert [line.objective.code for line in table.context["map"].fitting.rows] == ["O1"]
    assert "O2</span>" not in table.content.decode()
    for asked, fits in (
        ({"theme": made.themes[1].pk}, 1), ({"status": "no_data"}, 3), ({"status": "watch"}, 0), ({"theme": "x"}, 0),
        ({"owner": "none"}, 0), ({}, 3),
    ):  # fmt: skip
        assert client.get(address, asked).context["map"].shown == fits


def test_the_period_is_stepped_back_and_on_but_not_into_what_has_not_begun(client):
    made = factories.strategy_map()
    enter(client, made.office)
    address = f"/planning/maps/{made.strategy.pk}/"
    text = client.get(address, {"p": "2026-06", "status": "no_data"}).content.decode()
    assert "p=2026-05" in text and "p=2026-07" in text
    assert "p=2026-08" not in client.get(address, {"p": "2026-07"}).content.decode()


def test_the_slider_counts_how_the_objectives_stood_in_each_month_of_a_year():
    tree = scorecard(objectives=2)
    measures = [tree.measure("A"), tree.measure("B", objective=1)]
    for measure, month, value in (
        (measures[0], "2026-05", 120),
        (measures[1], "2026-05", 60),
        (measures[0], "2026-06", 60),
    ):
        tree.target(measure, month, 100)
        tree.record(measure, month, value)
    found = stops(list(tree.objectives), AT)
    assert [stop.period.key for stop in found] == [f"2025-{m:02}" for m in range(7, 13)] + [
        f"2026-{m:02}" for m in range(1, 8)
    ]
    assert [stop.period.key for stop in found if stop.is_current] == ["2026-06"]
    assert [stop.words for stop in found[-4:]] == [
        "2 no data",
        "1 on track, 1 off track",
        "1 off track, 1 no data",
        "2 no data",
    ]
    long_ago = stops([], At(Period.parse("2024-02"), None, TODAY))
    assert [(stop.period.key, stop.is_current) for stop in long_ago[:2]] == [("2024-02", True), ("2025-08", False)]


def test_arrows_and_words_show_a_verdict_once_there_is_one(monkeypatch, client):
    made = factories.strategy_map()
    first, second = made.links

    def build(links, viewer, at):
        facts = {first.pk: Fact("supported", words="+0.81", url="/x/"), second.pk: Fact("against", words="−0.04")}
        return {link.pk: facts[link.pk] for link in links}

    monkeypatch.setitem(facets_module._facets, ("link", "verdict"), Facet("link", "verdict", "Verdict", build))
    found = strategy_map(made.office, made.strategy, AT)
    assert [(arrow.strength, arrow.label) for arrow in found.layout.arrows] == [
        ("supported", "+0.81"), ("against", "−0.04"),
    ]  # fmt: skip
    assert (found.strengths, found.untested) == ([("supported", "Supported"), ("against", "Not borne out")], 0)
    enter(client, made.office)
    for view in ("map", "print"):
        text = client.get(f"/planning/maps/{made.strategy.pk}/", {"view": view}).content.decode()
        assert "Supported" in text and "Not borne out" in text and "+0.81" in text


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize("count", [3, 60])
def test_the_map_is_printed_on_one_page(client, paper, count):
    made = factories.strategy_map(objectives=count)
    enter(client, made.office)
    html = client.get(f"/planning/maps/{made.strategy.pk}/", {"view": "print", "paper": paper}).content.decode()
    assert "Reason 1" not in html
    pages = PdfReader(BytesIO(render_pdf(html, title="Map", identifier="x"))).pages
    assert len(pages) == 1
    width = float(pages[0].mediabox.width) / 72 * 25.4
    assert round(width) == (420 if paper == "a3" else 297)
