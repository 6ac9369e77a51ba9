"""Editing a map: a draft node by node, an adopted strategy by amendments, two editors at once, and what is refused."""

from __future__ import annotations

import pytest
import time_machine

from core.access import Forbidden
from core.actions import Conflict, Refusal
from organization.models import Person
from organization.roles import Role
from planning.actions import Additions, Changes, Edit, Place, Retirements, edit, move_card, shift
from planning.queries.editing import Cell, outline, standing
from strategy.actions import submit_strategy
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.queries.content import content_of
from strategy.structure import Change, LinkRow, ObjectiveRow, add_objectives
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


def enter(client, actor) -> None:
    client.force_login(Person.objects.get(pk=actor.person_id))


def draft(**options):
    return factories.strategy_map(adopted=False, **options)


def address(made, *parts) -> str:
    return "/".join(["/planning/maps", str(made.strategy.pk), *map(str, parts), ""])


def places(made) -> list[tuple[str, str, list[str]]]:
    found = outline(made.office, Strategy.objects.get(pk=made.strategy.pk))
    return [
        (one.code, one.perspective.name, sorted(theme.name for theme in one.themes.all())) for one in found.objectives
    ]


# ------------------------------------------------------------------------------------------------- drafts and amendments
def test_a_draft_is_changed_without_a_version_and_an_adopted_one_by_an_amendment():
    written, adopted = draft(), factories.strategy_map()
    for made in (written, adopted):
        row = made.objectives[0]
        edit(
            made.office, strategy=made.strategy, today=TODAY, reason="Clearer",
            what=Edit(change=Changes(objectives=[Change(row, {"name": "Reach all"}, row.row_version)])),
        )  # fmt: skip
        assert Objective.objects.get(pk=row.pk).name == "Reach all"
    assert [made.strategy.versions.count() for made in (written, adopted)] == [0, 2]


def test_an_amendment_without_a_reason_is_refused_and_changes_nothing():
    made = factories.strategy_map()
    before = content_of(made.strategy)
    with pytest.raises(Refusal, match="Say why"):
        edit(
            made.office, strategy=made.strategy, today=TODAY,
            what=Edit(retire=Retirements(objectives=[made.objectives[0]])),
        )  # fmt: skip
    assert content_of(made.strategy) == before
    assert made.strategy.versions.count() == 1


def test_another_owner_alone_makes_no_version():
    made = factories.strategy_map()
    heir, row = factories.person("Hanna Heir"), made.objectives[0]
    what = Edit(change=Changes(objectives=[Change(row, {"name": row.name}, row.row_version)]), owners=[(row, heir)])
    edit(made.office, strategy=made.strategy, what=what, today=TODAY, reason="She took over")
    assert Objective.objects.get(pk=row.pk).owner == heir
    assert made.strategy.versions.count() == 1


def test_what_is_in_review_is_not_changed():
    made = draft()
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    before = content_of(made.strategy)
    with pytest.raises(Refusal, match=r"is in review, so that everybody reads the same. Take it back"):
        edit(
            made.office, strategy=made.strategy, today=TODAY,
            what=Edit(add=Additions(links=[LinkRow("O3", "O1")])),
        )  # fmt: skip
    assert content_of(made.strategy) == before


def test_readers_and_executives_do_not_edit():
    made = factories.strategy_map()
    for role in (Role.EMPLOYEE, Role.EXECUTIVE):
        with pytest.raises(Forbidden, match="Strategy office"):
            edit(factories.member(role, made.strategy.unit), strategy=made.strategy, what=Edit(), today=TODAY)
    assert made.strategy.versions.count() == 1


def test_a_stale_node_is_a_conflict_and_neither_words_nor_owner_change():
    made = draft()
    row, heir = made.objectives[0], factories.person()
    what = Edit(change=Changes(objectives=[Change(row, {"name": "Mine"}, 7)]), owners=[(row, heir)])
    with pytest.raises(Conflict):
        edit(made.office, strategy=made.strategy, what=what, today=TODAY)
    assert Objective.objects.get(pk=row.pk).owner != heir


# ------------------------------------------------------------------------------------------------------------- places
def test_a_card_goes_to_another_band_and_lane_and_before_another_card():
    made = draft()
    one, two, three = made.objectives
    move_card(
        made.office, strategy=made.strategy, objective=three, today=TODAY, expected=1,
        place=Place(made.perspectives[0], made.themes[1], one),
    )  # fmt: skip
    assert places(made) == [("O3", "Results", ["Safer"]), ("O1", "Results", ["Sooner"]), ("O2", "Means", ["Sooner"])]
    move_card(made.office, strategy=made.strategy, objective=two, today=TODAY, place=Place(made.perspectives[1]))
    assert places(made)[-1] == ("O2", "Means", [])


def test_a_card_put_at_its_place_changes_nothing():
    made = draft()
    place = Place(made.perspectives[1], made.themes[0], made.objectives[2])
    move_card(made.office, strategy=made.strategy, objective=made.objectives[1], place=place, today=TODAY, expected=1)
    assert set(Objective.objects.values_list("row_version", flat=True)) == {1}


@pytest.mark.parametrize(
    ("code", "way", "stands"),
    [
        ("O1", "down", ["O2", "O3", "O1"]),
        ("O1", "up", None),
        ("O1", "left", None),
        ("O3", "left", ["O1", "O3", "O2"]),
        ("O2", "right", ["O1", "O3", "O2"]),
        ("O3", "down", None),
    ],
)
def test_one_step_by_key(code, way, stands):
    made = draft()
    card = next(one for one in made.objectives if one.code == code)
    cell = outline(made.office, made.strategy).step(card, way)
    if stands is None:
        assert cell is None
        return
    place = Place(cell.perspective, cell.lane, cell.before)
    move_card(made.office, strategy=made.strategy, objective=card, place=place, today=TODAY)
    assert [found for found, _band, _themes in places(made)] == stands


def test_a_step_out_of_the_last_lane_leads_to_no_theme():
    made = draft()
    add_objectives(made.office, strategy=made.strategy, rows=[ObjectiveRow("N1", "New", "Means", ("Safer",))])
    card = Objective.objects.get(code="N1")
    cell = outline(made.office, made.strategy).step(card, "right")
    assert (cell.perspective.name, cell.lane) == ("Means", None)


def test_a_step_is_taken_from_where_the_mover_saw_the_card():
    made = draft()
    found, card = outline(made.office, made.strategy), made.objectives[0]
    means, safer = made.perspectives[1], made.themes[1]
    assert found.step(card, "up", Cell(means, safer)) == Cell(made.perspectives[0], safer)
    assert found.step(card, "left", Cell(means, safer)).lane == made.themes[0]


def test_perspectives_and_themes_are_put_elsewhere_and_stay_at_the_edge():
    made = draft()
    shift(made.office, strategy=made.strategy, row=made.perspectives[0], step=1, today=TODAY)
    shift(made.office, strategy=made.strategy, row=made.themes[0], step=-1, today=TODAY)
    found = outline(made.office, made.strategy)
    assert [one.name for one in found.perspectives] == ["Means", "Results"]
    assert [(one.name, one.row_version) for one in found.themes] == [("Sooner", 1), ("Safer", 1)]


# -------------------------------------------------------------------------------------------------------------- pages
WRONG = [
    ("perspective/{p1}/retire/", {}, "Means still holds"),
    ("objective/new/", {"code": "O1", "name": "Again", "perspective": "{p1}"}, "The code O1 is taken"),
    ("objective/{o1}/", {"code": "O1", "name": " ", "perspective": "{p1}", "expected": "1"}, "Fill this in"),
    ("link/new/", {"source": "{o1}", "target": "{o1}", "sign": "1", "lag_min": "0", "lag_max": "6"}, "joins two"),
    ("link/new/", {"source": "{o2}", "target": "{o1}", "sign": "1", "lag_min": "0", "lag_max": "6"}, "linked already"),
    ("link/new/", {"source": "{o1}", "target": "{x1}", "sign": "1", "lag_min": "0", "lag_max": "6"}, "Select a valid"),
    ("link/new/", {"source": "{o3}", "target": "{o1}", "sign": "1", "lag_min": "6", "lag_max": "1"}, "shorter than"),
    ("link/{l1}/", {"sign": "1", "lag_min": "9", "lag_max": "1", "expected": "1"}, "shorter than"),
    ("theme/new/", {"name": "Sooner"}, "is there already"),
]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("path", "data", "sentence"), WRONG)
def test_what_is_wrong_is_said_at_the_form_and_nothing_changes(client, path, data, sentence, htmx):
    made, other = draft(), draft()
    named = {
        "p1": made.perspectives[1].pk, "l1": made.links[0].pk, "x1": other.objectives[0].pk,
        **{f"o{n}": row.pk for n, row in enumerate(made.objectives, 1)},
    }  # fmt: skip
    before = content_of(made.strategy)
    enter(client, made.office)
    headers = {"HX-Request": "true"} if htmx else {}
    filled = {name: value.format(**named) for name, value in data.items()}
    answer = client.post(address(made) + path.format(**named), filled, headers=headers)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert ("<html" in answer.content.decode()) is not htmx
    assert content_of(made.strategy) == before


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("words/", {"name": "Closer", "core_values": "One\n\nTwo", "expected": "1"}),
        ("perspective/new/", {"name": "Learning"}),
        ("theme/new/", {"name": "Closer"}),
        ("objective/new/", {"code": "N1", "name": "New", "perspective": "{p0}"}),
        ("objective/{o1}/", {"code": "O1", "name": "Other", "perspective": "{p1}", "expected": "1"}),
        ("link/new/", {"source": "{o3}", "target": "{o1}", "sign": "-1", "lag_min": "0", "lag_max": "6"}),
        ("link/{l1}/", {"sign": "-1", "lag_min": "2", "lag_max": "3", "is_necessary": "on", "expected": "1"}),
        ("link/{l1}/retire/", {}),
        ("theme/{t1}/retire/", {}),
        ("objective/{o1}/retire/", {}),
        ("theme/{t1}/shift/", {"way": "up"}),
    ],
)
def test_each_form_changes_the_draft_and_leads_back_to_the_map(client, path, data):
    made = draft()
    named = {
        "o1": made.objectives[0].pk, "o3": made.objectives[2].pk, "l1": made.links[0].pk, "t1": made.themes[1].pk,
        **{f"p{n}": row.pk for n, row in enumerate(made.perspectives)},
    }  # fmt: skip
    before = content_of(made.strategy)
    enter(client, made.office)
    where = address(made) + path.format(**named)
    assert client.get(where).status_code == (405 if "shift" in path else 200)
    answer = client.post(where, {name: value.format(**named) for name, value in data.items()})
    assert answer.status_code == 302
    assert answer["Location"].startswith(address(made) + "?edit=1")
    assert content_of(Strategy.objects.get(pk=made.strategy.pk)) != before


def test_the_second_editor_sees_what_the_first_wrote_and_chooses(client):
    made = draft()
    row = made.objectives[0]
    where = address(made, "objective", row.pk)
    enter(client, made.office)
    form = {"code": "O1", "name": "First", "perspective": made.perspectives[0].pk, "themes": [made.themes[0].pk]}
    client.post(where, {**form, "expected": 1})
    enter(client, factories.member(Role.UNIT_HEAD, made.strategy.unit))
    answer = client.post(where, {**form, "name": "Second", "expected": 1})
    text = answer.content.decode()
    assert (answer.status_code, "Somebody else was faster" in text) == (409, True)
    assert "First" in text and "Second" in text and "Save mine" in text
    assert Objective.objects.get(pk=row.pk).name == "First"
    again = answer.context["form"].data["expected"]
    assert client.post(where, {**form, "name": "Second", "expected": again}).status_code == 302
    assert Objective.objects.get(pk=row.pk).name == "Second"


def test_the_second_mover_is_told_where_the_card_is_now_and_chooses(client):
    made = draft()
    row, up, down = made.objectives[1], *made.perspectives
    enter(client, made.office)
    move = {"objective": row.pk, "expected": 1, "perspective": up.pk, "theme": made.themes[1].pk}
    assert client.post(address(made, "move"), move).status_code == 302
    answer = client.post(
        address(made, "move"), {**move, "perspective": down.pk, "theme": ""}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert (answer.status_code, "<html" in text) == (409, False)
    assert [(one.label, one.theirs, one.yours) for one in answer.context["differences"]] == [
        ("Perspective", "Results", "Means"), ("Theme", "Safer", "no theme"),
    ]  # fmt: skip
    assert places(made)[1] == ("O2", "Results", ["Safer"])
    assert client.post(address(made, "move"), answer.context["again"]).status_code == 302
    assert ("O2", "Means", []) in places(made)


def test_moves_and_links_by_the_edit_layer_are_answered_by_a_new_map(client):
    made = draft()
    enter(client, made.office)
    ask = {"HX-Request": "true"}
    answer = client.post(address(made, "move"), {"objective": made.objectives[0].pk, "way": "down"}, headers=ask)
    assert (answer.status_code, answer.context["said"]) == (200, "Reach objective 1 stands in Means, Sooner now.")
    answer = client.post(address(made, "move"), {"objective": made.objectives[0].pk, "way": "down"}, headers=ask)
    assert answer.context["said"] == "Reach objective 1 stands at the edge of the map."
    ends = {"source": made.objectives[2].pk, "target": made.objectives[0].pk}
    answer = client.post(address(made, "link"), ends, headers=ask)
    assert (answer.status_code, answer.context["focus"]) == (200, str(made.objectives[2].pk))
    for wrong, sentence in ((ends, "linked already"), ({**ends, "target": ends["source"]}, "joins two objectives")):
        answer = client.post(address(made, "link"), wrong, headers=ask)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert ObjectiveLink.objects.filter(strategy=made.strategy).count() == 3


@pytest.mark.parametrize("data", [{}, {"objective": 10**30}, {"objective": "x"}, {"objective": "{o1}"}])
def test_a_move_that_names_nothing_is_not_found(client, data):
    made = draft()
    enter(client, made.office)
    filled = {name: str(value).format(o1=made.objectives[0].pk) for name, value in data.items()}
    assert client.post(address(made, "move"), filled).status_code == 404
    assert set(Objective.objects.values_list("row_version", flat=True)) == {1}


def test_cards_of_another_strategy_are_not_linked_or_moved(client):
    made, other = draft(), draft()
    enter(client, made.office)
    mine, theirs = made.objectives[0].pk, other.objectives[0].pk
    assert client.post(address(made, "link"), {"source": mine, "target": theirs}).status_code == 404
    assert client.post(address(made, "move"), {"objective": theirs, "way": "down"}).status_code == 404
    assert client.get(address(made, "objective", theirs)).status_code == 404
    assert ObjectiveLink.objects.filter(strategy__in=[made.strategy, other.strategy]).count() == 4


def test_an_amendment_on_the_map_asks_for_its_reason(client):
    made = factories.strategy_map()
    enter(client, made.office)
    ask = {"HX-Request": "true"}
    move = {"objective": made.objectives[0].pk, "way": "down"}
    answer = client.post(address(made, "move"), move, headers=ask)
    assert (answer.status_code, "Say why the strategy is amended" in answer.content.decode()) == (422, True)
    assert made.strategy.versions.count() == 1
    assert client.post(address(made, "move"), {**move, "reason": "It is a means"}, headers=ask).status_code == 200
    assert made.strategy.versions.count() == 2


def test_the_edit_layer_is_for_those_who_may_and_for_states_that_change(client):
    made = draft()
    enter(client, made.office)
    assert "data-map-editor" in client.get(address(made) + "?edit=1").content.decode()
    submit_strategy(made.office, strategy=made.strategy, today=TODAY)
    assert "data-map-editor" not in client.get(address(made) + "?edit=1").content.decode()
    adopted = factories.strategy_map()
    enter(client, factories.member(Role.EMPLOYEE, adopted.strategy.unit))
    assert "data-map-editor" not in client.get(address(adopted) + "?edit=1").content.decode()
    assert client.get(address(adopted, "words")).status_code == 403


def test_editing_takes_as_many_queries_for_many_nodes_as_for_few(client, django_assert_max_num_queries):
    counts = []
    for made in [draft(objectives=objectives) for objectives in (2, 9)]:
        enter(client, made.office)
        client.get(address(made) + "?edit=1")
        with django_assert_max_num_queries(45) as asked:
            assert client.get(address(made) + "?edit=1").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------------------------------------------------- states
def test_a_draft_comes_into_force_by_its_buttons(client):
    made = draft()
    where = f"/planning/strategies/{made.strategy.pk}/"
    enter(client, made.office)
    assert client.post(f"{where}submit/").status_code == 302
    chief = factories.member(Role.EXECUTIVE, made.strategy.unit)
    assert standing(chief, Strategy.objects.get(pk=made.strategy.pk)).steps == ("approve", "return")
    enter(client, chief)
    assert "Approve" in client.get(f"/strategy/{made.strategy.pk}/").content.decode()
    assert client.post(f"{where}approve/").status_code == 302
    enter(client, made.office)
    assert "Heads of the unit" in client.get(f"{where}adopt/").content.decode()
    assert client.post(f"{where}adopt/", {"effective_from": "2026-07-09"}).status_code == 302
    assert client.post(f"{where}close/", {"reason": "Over"}).status_code == 302
    made.strategy.refresh_from_db()
    assert made.strategy.state == "closed"


def test_a_step_that_is_refused_says_so_and_leaves_the_state(client):
    made = draft()
    where = f"/planning/strategies/{made.strategy.pk}/"
    enter(client, made.office)
    assert client.post(f"{where}approve/").status_code == 403
    answer = client.post(f"{where}adopt/", {"effective_from": "2026-07-09"})
    assert (answer.status_code, "is draft. It is adopted once it is approved" in answer.content.decode()) == (422, True)
    answer = client.post(f"{where}return/", {"reason": "Why"})
    assert (answer.status_code, "is draft, not in review" in answer.content.decode()) == (422, True)
    made.strategy.refresh_from_db()
    assert made.strategy.state == "draft"
