"""What hypothesis makes plans from: contents of strategies, and trees that keep to no schema."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import strategies as st

from planning.rules.plan_tree import Element
from planning.rules.stratml_content import one_line, several_lines
from planning.rules.stratml_schema import PART_1, PART_2
from strategy.rules.content import LinkContent, ObjectiveContent, PerspectiveContent, StrategyContent, ThemeContent

SIGNS = st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufffe\uffff")
LINES = st.text(SIGNS, min_size=1, max_size=20).map(one_line).filter(bool)
TEXTS = st.text(SIGNS, max_size=30).map(several_lines)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
TAGS = sorted({*PART_1.shapes, *PART_2.shapes, "Unheard", "{urn:else}Foreign"} - {PART_1.root, PART_2.root})


@st.composite
def contents(draw: st.DrawFn) -> StrategyContent:
    """A strategy of a few nodes, as it may stand in the portal."""
    days = sorted([draw(DAYS), draw(DAYS)])
    layers = draw(st.lists(LINES, min_size=1, max_size=3, unique=True))
    themes = draw(st.lists(LINES, max_size=3, unique=True))
    codes = draw(st.lists(st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True), max_size=5, unique=True))
    at = sorted(draw(st.lists(st.integers(0, len(layers) - 1), min_size=len(codes), max_size=len(codes))))
    boxes = tuple(
        ObjectiveContent(
            key=f"b{place}",
            code=code,
            name=draw(LINES),
            perspective=f"x{at[place]}",
            themes=tuple(f"y{i}" for i in range(len(themes)) if draw(st.booleans())),
            short_name=draw(st.just("") | LINES),
            description=draw(TEXTS),
            starts_on=draw(st.none() | DAYS),
        )
        for place, code in enumerate(codes)
    )
    pairs = draw(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4))
    links = tuple(
        LinkContent(
            f"l{a}{b}", f"b{a}", f"b{b}", draw(st.sampled_from([1, -1])), 1, draw(st.integers(1, 9)), draw(TEXTS)
        )
        for a, b in sorted(pairs)
        if a != b and max(a, b) < len(boxes)
    )
    return StrategyContent(
        name=draw(LINES),
        starts_on=days[0],
        ends_on=days[1],
        mission=draw(TEXTS),
        vision=draw(TEXTS),
        vision_by=draw(st.none() | DAYS),
        core_values=tuple(draw(st.lists(LINES, max_size=3))),
        perspectives=tuple(PerspectiveContent(f"x{i}", name, draw(TEXTS)) for i, name in enumerate(layers)),
        themes=tuple(ThemeContent(f"y{i}", name, draw(st.just("") | LINES)) for i, name in enumerate(themes)),
        objectives=boxes,
        links=links,
    )


WORDS = ("", "2026-01-31", "12", "1,200", "a b", "Performer", "9f", " é<&>?> ", "\u2028\t")
NAMES = ("Type", "IndicatorType", "ValueChainStage", "made-up")
PATH = ("StrategicPlanCore", "Goal", "Objective")


def trees(root: str) -> st.SearchStrategy[Element]:
    """Trees of known and unknown elements in any order, at any place, below the right root."""
    return st.randoms(use_true_random=False).map(lambda chance: _element(root, Random(chance.random()), 0))


def _element(tag: str, chance: Random, depth: int) -> Element:
    likely = (PATH[depth],) * 3 if depth < len(PATH) else ()
    below = [chance.choice((*likely, *TAGS)) for _one in range(chance.randrange(6 - depth))]
    attributes = {chance.choice(NAMES): chance.choice(("", "Output", "x")) for _one in range(chance.choice((0, 0, 1)))}
    return Element(tag, attributes, chance.choice(WORDS), tuple(_element(child, chance, depth + 1) for child in below))
