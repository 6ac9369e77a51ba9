"""Pages of the library, as a browser gets them."""

from __future__ import annotations

import pytest

from organization.roles import Role
from scorecards.actions import DefinitionRow, add_definitions, retire_definition
from scorecards.models import MeasureDefinition
from tests import factories
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import browser, queries, text

pytestmark = pytest.mark.django_db
LIBRARY = "/scorecards/library/"


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    return scorecard()


@pytest.fixture
def definition(tree) -> MeasureDefinition:
    row = DefinitionRow("D1", "Waiting time", tree.unit, formula="a ÷ b", source="Ledger")
    return add_definitions(tree.officer, rows=[row], today=TODAY)[0]


def url(definition: MeasureDefinition, page: str = "") -> str:
    return f"{LIBRARY}{definition.pk}/{page}"


def posted(definition: MeasureDefinition, **values: object) -> dict[str, object]:
    """What the form of a revision sends."""
    names = ("name", "description", "formula", "source", "unit_of_measure", "decimals", "frequency", "aggregation",
             "method", "polarity")  # fmt: skip
    stored = {name: getattr(definition, name) for name in names}
    return {**stored, "expected": definition.row_version, "effective_from": TODAY, "reason": "Board", **values}


def test_a_definition_is_added_revised_compared_and_retired_in_the_browser(tree):
    client = browser(tree.officer)
    assert "Add a definition" in text(client.get(LIBRARY))
    data = {"unit": tree.unit.pk, "code": "D7", "name": "Falls", "decimals": 1, "frequency": "month",
            "aggregation": "last", "method": "band", "polarity": "down"}  # fmt: skip
    answer = client.post(f"{LIBRARY}new/", data)
    made = MeasureDefinition.objects.get(code="D7")
    assert answer["Location"] == url(made)
    answer = client.post(url(made, "edit/"), posted(made, formula="falls ÷ bed days", name="Falls in hospital"))
    assert (answer.status_code, answer["Location"]) == (302, url(made))
    page = text(client.get(url(made)))
    assert "Name, Formula in words" in page
    compared = text(client.get(url(made, "versions/")))
    assert "What version 2 says otherwise than version 1" in compared
    assert "falls ÷ bed days" in compared
    assert "They say the same" in text(client.get(url(made, "versions/?older=1&newer=1")))
    assert "They say the same" not in text(client.get(url(made, "versions/?older=9&newer=1")))
    assert client.post(url(made, "retire/"), {"reason": "Gone"})["Location"] == url(made)
    assert "Retired on" in text(client.get(url(made)))


@pytest.mark.parametrize(("values", "sentence"), [
    ({"reason": "", "formula": "x"}, "Say why the text changes; the reason is kept with the version."),
    ({}, "This says the same as the version in force. Change something, or leave it."),
    ({"effective_from": "2027-01-01", "formula": "x"}, "A text is in force from today or an earlier day."),
    ({"name": ""}, "Fill this in."),
    ({"owner": "Nobody At All"}, "Nobody here fits"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_the_form_and_nothing_changes(tree, definition, values, sentence):
    client = browser(tree.officer)
    with nothing_changes():
        answer = client.post(url(definition, "edit/"), posted(definition, **values))
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_two_who_revise_see_both_texts(tree, definition):
    client = browser(tree.officer)
    client.post(url(definition, "edit/"), posted(definition, formula="theirs"))
    with nothing_changes():
        answer = client.post(url(definition, "edit/"), posted(definition, formula="mine"))
    assert answer.status_code == 409
    assert "theirs" in text(answer)
    assert 'value="2"' in text(answer)


def test_a_measure_follows_and_leaves(tree, definition):
    client = browser(tree.officer)
    measure = tree.measure("A")
    address = f"/scorecards/measures/{measure.pk}/"
    assert "D1 Waiting time" in text(client.get(f"{address}follow/"))
    answer = client.post(f"{address}follow/", {"definition": definition.pk, "expected": 1})
    assert answer["Location"] == address
    measure.refresh_from_db()
    assert measure.definition == definition
    client.post(f"{address}leave/")
    measure.refresh_from_db()
    assert measure.definition is None
    with nothing_changes():
        client.post(f"{address}leave/")


def test_who_may_not_gets_no_buttons_and_is_refused(tree, definition):
    client = browser(factories.member(Role.EMPLOYEE, tree.unit))
    assert "Add a definition" not in text(client.get(LIBRARY))
    assert "Revise" not in text(client.get(url(definition)))
    with nothing_changes():
        assert client.get(f"{LIBRARY}new/").status_code == 403
        assert client.post(url(definition, "edit/"), posted(definition, formula="x")).status_code == 403
        assert client.post(url(definition, "retire/"), {"reason": "x"}).status_code == 403


def test_a_retired_definition_is_not_in_the_list(tree, definition):
    retire_definition(tree.officer, definition=definition, today=TODAY, reason="Gone")
    assert "Waiting time" not in text(browser(tree.officer).get(LIBRARY))
    assert "No definition fits" in text(browser(tree.officer).get(f"{LIBRARY}?q=zz"))


@pytest.mark.parametrize("page", ["list", "one", "versions"])
def test_the_library_takes_as_many_queries_for_nine_as_for_two(tree, page):
    def grow(first: int, last: int) -> list[MeasureDefinition]:
        rows = [DefinitionRow(f"D{n}", f"Name {n}", tree.unit) for n in range(first, last)]
        return add_definitions(tree.officer, rows=rows, today=TODAY)

    client = browser(tree.officer)
    made = grow(0, 2)[0]
    for _ in range(2):
        tree.measure("A", definition=made)
    address = {"list": LIBRARY, "one": url(made), "versions": url(made, "versions/")}[page]
    few = queries(client, address)
    grow(2, 9)
    for number in range(5):
        tree.measure("A", definition=made)
        client.post(url(made, "edit/"), posted(MeasureDefinition.objects.get(pk=made.pk), formula=str(number)))
    assert queries(client, address) == few <= 20
