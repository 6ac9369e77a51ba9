"""The content of a strategy: through JSON and back unchanged, one hash per content, every difference named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategy.rules.content import (
    ContentError,
    Difference,
    LinkContent,
    ObjectiveContent,
    PerspectiveContent,
    StrategyContent,
    ThemeContent,
    compare,
    content_hash,
    from_json,
    to_json,
)

words = st.text(max_size=6)
keys = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@st.composite
def contents(draw):
    layers, slices = draw(keys), draw(keys)
    objectives = tuple(
        ObjectiveContent(
            key=key,
            code=f"{key}{draw(st.integers(1, 2))}",
            name=draw(words),
            perspective=draw(st.sampled_from(layers)),
            themes=tuple(draw(st.lists(st.sampled_from(slices), unique=True))),
            description=draw(words),
            starts_on=draw(st.none() | days),
        )
        for key in draw(keys)
    )
    ends = st.sampled_from([one.key for one in objectives])
    links = tuple(
        LinkContent(key, draw(ends), draw(ends), draw(st.sampled_from([1, -1])), rationale=draw(words))
        for key in draw(st.lists(st.sampled_from("xyz"), unique=True))
    )
    return StrategyContent(
        name=draw(words),
        starts_on=draw(days),
        ends_on=draw(days),
        vision_by=draw(st.none() | days),
        core_values=tuple(draw(st.lists(words, max_size=2))),
        perspectives=tuple(PerspectiveContent(key, draw(words)) for key in layers),
        themes=tuple(ThemeContent(key, draw(words)) for key in slices),
        objectives=objectives,
        links=links,
    )


@given(contents())
def test_json_keeps_everything(content):
    assert from_json(json.loads(json.dumps(to_json(content)))) == content


@given(contents(), contents())
@settings(max_examples=200)
def test_two_are_equal_when_nothing_differs_and_have_the_same_hash_then_only(a, b):
    assert (compare(a, b) == []) == (a == b)
    assert (content_hash(to_json(a)) == content_hash(to_json(b))) == (a == b)


@given(contents(), contents())
def test_what_is_added_one_way_is_removed_the_other(a, b):
    there = {(d.noun, d.key) for d in compare(a, b) if d.kind == "added"}
    back = {(d.noun, d.key) for d in compare(b, a) if d.kind == "removed"}
    assert there == back


@given(contents(), contents())
def test_changed_fields_are_the_same_both_ways_with_before_and_after_swapped(a, b):
    def changed(one, other):
        return {
            (d.kind, d.noun, d.key, d.field): (d.before, d.after)
            for d in compare(one, other)
            if d.field not in ("", "order")
        }

    assert changed(a, b) == {name: (after, before) for name, (before, after) in changed(b, a).items()}


@given(contents(), st.randoms())
def test_any_new_order_is_told_by_moves_alone(content, random):
    shuffled = list(content.objectives)
    random.shuffle(shuffled)
    found = compare(content, replace(content, objectives=tuple(shuffled)))
    assert {(d.kind, d.noun, d.field) for d in found} <= {("moved", "objective", "order")}


ONE = StrategyContent(
    name="Plan",
    starts_on=date(2026, 1, 1),
    ends_on=date(2028, 12, 31),
    perspectives=(PerspectiveContent("1", "Results"), PerspectiveContent("2", "Means")),
    themes=(ThemeContent("1", "Sooner"),),
    objectives=tuple(ObjectiveContent(key, f"O{key}", f"Name {key}", "1") for key in "123"),
    links=(LinkContent("1", "2", "1"),),
)


def changed(key: str, **values) -> StrategyContent:
    return replace(ONE, objectives=tuple(replace(one, **values) if one.key == key else one for one in ONE.objectives))


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (changed("1", name="New"), Difference("renamed", "objective", "1", "O1 New", "name", "Name 1", "New")),
        (changed("1", perspective="2"), Difference("moved", "objective", "1", "O1 Name 1", "perspective", "1", "2")),
        (changed("1", themes=("1",)), Difference("moved", "objective", "1", "O1 Name 1", "themes", (), ("1",))),
        (changed("1", description="x"), Difference("rewritten", "objective", "1", "O1 Name 1", "description", "", "x")),
        (replace(ONE, mission="Why"), Difference("rewritten", "strategy", "", "Plan", "mission", "", "Why")),
        (replace(ONE, links=()), Difference("removed", "link", "1", "O2 → O1", before="O2 → O1")),
        (
            replace(ONE, objectives=(ONE.objectives[2], *ONE.objectives[:2])),
            Difference("moved", "objective", "3", "O3 Name 3", "order", 3, 1),
        ),
        (
            replace(ONE, objectives=(*ONE.objectives, ObjectiveContent("9", "O9", "Nine", "2"))),
            Difference("added", "objective", "9", "O9 Nine", after="O9 Nine"),
        ),
    ],
    ids=lambda value: f"{value.kind} {value.field}" if isinstance(value, Difference) else "",
)
def test_one_change_is_one_difference(other, difference):
    assert compare(ONE, other) == [difference]


@pytest.mark.parametrize(
    "document",
    [{}, {"schema": 2}, {"schema": 1}, {**to_json(ONE), "motto": "x"}, {**to_json(ONE), "starts_on": "soon"}],
    ids=["empty", "later schema", "nothing in it", "unknown field", "no day"],
)
def test_what_is_not_ours_is_refused(document):
    with pytest.raises(ContentError):
        from_json(document)


@pytest.mark.parametrize(
    "parts",
    [
        {"perspectives": (PerspectiveContent("1", "A"), PerspectiveContent("1", "B"))},
        {"perspectives": (PerspectiveContent("2", "Means"),)},
        {"objectives": (ObjectiveContent("1", "O1", "x", "1", ("9",)),)},
        {"objectives": ONE.objectives[1:]},
    ],
    ids=["key twice", "perspective missing", "theme missing", "end of a link missing"],
)
def test_content_that_does_not_hold_together_is_refused(parts):
    with pytest.raises(ContentError):
        replace(ONE, **parts)
