"""StratML as rules: what goes out comes in again, whatever a plan holds; and what the schema refuses is kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.rules.plan_tree import KEPT, Element, counts, from_json, to_json
from planning.rules.stratml_content import Words, read_plan
from planning.rules.stratml_export import Given, Source, in_order, plan_tree, rekeyed, with_facts
from planning.rules.stratml_schema import PART_1, PART_2, fitted
from planning.rules.stratml_shape import arranged, restored
from strategy.rules.content import LinkContent, ObjectiveContent, PerspectiveContent, StrategyContent, ThemeContent
from tests.planning.strategies import contents, trees

WORDS = Words("Plan", "Objectives", "Goal", "Objective")
GIVEN = Given("Hospital", "Without a theme", lambda noun, key: f"_{noun}-{key}")
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def filed(content: StrategyContent, part, source: Source | None = None) -> tuple[Element, str]:
    """The tree as it stands in a file, and the facts beside it."""
    tree = plan_tree(content, part, GIVEN, source)
    whole = with_facts(arranged(tree, part)[0], tree, content, WORDS, source)
    facts = [child.text for child in whole.children if child.tag == "?smo-strategy"]
    rest = tuple(child for child in whole.children if child.tag != "?smo-strategy")
    return Element(whole.tag, whole.attributes, whole.text, rest), "".join(facts)


def back(tree: Element, facts: str, content: StrategyContent) -> StrategyContent:
    return read_plan(
        restored(tree), starts_on=content.starts_on, ends_on=content.ends_on, words=WORDS, facts=facts
    ).content


@given(contents(), st.sampled_from([PART_1, PART_2]))
@settings(max_examples=80, deadline=None)
def test_a_strategy_comes_back_as_it_went(content, part):
    tree, facts = filed(content, part)
    assert in_order(back(tree, facts, content)) == in_order(content)
    assert arranged(tree, part)[0].all("Name")[0].text == content.name


@pytest.mark.parametrize("part", [PART_1, PART_2])
@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_tree_fits_its_schema_afterwards_and_is_restored(part, data):
    tree = data.draw(trees(part.root))
    made, faults = arranged(tree, part)
    assert restored(made) == tree
    again, left = arranged(restored(made), part)
    assert (again, left) == (made, faults)
    assert not arranged(bare(made), part)[1]


def bare(tree: Element) -> Element:
    """As another program sees it: without our instructions."""
    inner = tuple(bare(child) for child in tree.children if child.tag != KEPT)
    return Element(tree.tag, tree.attributes, tree.text, inner)


@given(trees(PART_2.root))
@settings(max_examples=60, deadline=None)
def test_an_imported_plan_goes_out_with_all_it_had_while_nothing_changed(tree):
    read = read_plan(tree, starts_on=FIRST, ends_on=LAST, words=WORDS).content
    out = plan_tree(read, PART_2, GIVEN, Source(tree, read))
    known, made = counts(tree), counts(out)
    days = ("StrategicPlanCore", "AdministrativeInformation", "StartDate", "EndDate")
    assert {tag: n for tag, n in made.items() if tag not in days} == {t: n for t, n in known.items() if t not in days}
    assert from_json(to_json(out)) == out


def test_a_changed_node_is_written_anew_and_its_neighbours_stay():
    tree = Element(
        PART_2.root,
        children=(
            Element("Name", text="Plan"),
            Element(
                "StrategicPlanCore",
                children=(
                    Element("Stakeholder", text="kept"),
                    Element(
                        "Goal",
                        children=(
                            Element("Name", text="Grow"),
                            Element(
                                "Objective", children=(Element("Name", text="  Sell   more "), Element("Stakeholder"))
                            ),
                            Element("Objective", children=(Element("Name", text="Sell  better"),)),
                        ),
                    ),
                ),
            ),
        ),
    )
    read = read_plan(tree, starts_on=FIRST, ends_on=LAST, words=WORDS).content
    one, other = read.objectives
    changed = rekeyed(read, {"p1": "p1"}, {"g1": "g1"}, {"o1": "o1", "o2": "o2"})
    changed = StrategyContent(
        **{**vars(changed), "objectives": (one, type(other)(**{**vars(other), "name": "Sell it"}))}
    )
    out = plan_tree(changed, PART_2, GIVEN, Source(tree, read))
    boxes = out.first("StrategicPlanCore").first("Goal").all("Objective")
    assert [box.words("Name") for box in boxes] == ["  Sell   more ", "Sell it"]
    assert boxes[0].all("Stakeholder") and out.first("StrategicPlanCore").words("Stakeholder") == "kept"


@pytest.mark.parametrize(
    ("kind", "text", "fit"),
    [
        ("id", "_a", "_a"),
        ("id", "78901c50", "_78901c50"),
        ("id", "{a b}", "_a_b_"),
        ("id", " ", None),
        ("day", "2012-02-30", None),
        ("day", "", None),
        ("day_or_nothing", "", ""),
        ("day", "2012-01-31Z", "2012-01-31Z"),
        ("number", "1,200", "1200"),
        ("number", "about 3", None),
        ("uri", "http://a b/%zz", "http://a%20b/%25zz"),
        ("role", "Sponsor", None),
    ],
)
def test_a_text_is_fitted_to_its_type_or_cannot_be(kind, text, fit):
    assert fitted(text, kind) == fit


def test_identifiers_used_twice_gain_one_more_underscore():
    vision = Element("Vision", children=(Element("Identifier", text="1"),))
    mission = Element("Mission", children=(Element("Identifier", text="1"),))
    made, faults = arranged(
        Element(PART_1.root, children=(Element("StrategicPlanCore", children=(vision, mission)),)), PART_1
    )
    core = made.first("StrategicPlanCore")
    assert (core.words("Vision", "Identifier"), core.words("Mission", "Identifier")) == ("_1", "__1")
    assert [fault.kind for fault in faults if fault.tag == "Identifier"] == ["value", "twice", "value"]


def test_our_own_facts_hold_only_for_what_still_has_its_name():
    content = StrategyContent(
        "Plan",
        FIRST,
        LAST,
        perspectives=(PerspectiveContent("a", "Results"), PerspectiveContent("b", "Means")),
        themes=(ThemeContent("t", "Sooner"),),
        objectives=(
            ObjectiveContent("1", "A1", "Heal", "a", ("t",)),
            ObjectiveContent("2", "B1", "Train", "b", ("t",), short_name="T"),
        ),
        links=(LinkContent("x", "2", "1"),),
    )
    tree, facts = filed(content, PART_1)
    goal = tree.first("StrategicPlanCore").first("Goal")
    renamed = goal.with_first(goal.all("Objective")[0].with_words("Cure", "Name"))
    edited = tree.with_first(tree.first("StrategicPlanCore").with_first(renamed))
    read = back(edited, facts, content)
    assert [(one.name, one.perspective, one.short_name) for one in read.objectives] == [
        ("Cure", "p1", ""),
        ("Train", "p2", "T"),
    ]
    assert read.links == ()


@pytest.mark.parametrize("facts", ["", "[", "[]", "{}", '{"schema": 1}', '{"schema": 1, "name": 5}', "[" * 5000])
def test_facts_that_are_not_ours_change_nothing(facts):
    content = StrategyContent("Plan", FIRST, LAST, themes=(ThemeContent("t", "Sooner"),))
    tree, _facts = filed(content, PART_1)
    assert back(tree, facts, content).themes == (ThemeContent("g1", "Sooner"),)


@pytest.mark.parametrize(
    "note",
    ["[", "[]", '{"order": "x"}', '{"children": [[0]]}', '{"children": [[0, {"tag": 1}]]}', '{"attributes": [{}, {"a": 1}]}',
     '{"text": "x"}', '{"attributes": 5}'],
)  # fmt: skip
def test_notes_that_are_not_ours_change_nothing(note):
    tree = Element("Goal", children=(Element(KEPT, text=note), Element("Name", text="Grow")))
    assert restored(tree) == Element("Goal", children=(Element("Name", text="Grow"),))
