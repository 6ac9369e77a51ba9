"""Mappings written as TOML for a person, and begun from a file's header."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.mapping import Field, Mapping
from core.mapping.writing import starter, to_toml

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
SCALARS = TEXTS | st.integers(-(10**9), 10**9) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw makes a table of all signs
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_reads_back_the_same(document):
    assert tomllib.loads(to_toml(document)) == document


@pytest.mark.parametrize(
    "path", sorted(Path("scorecards/exchange/mappings").glob("*.toml")), ids=lambda path: path.name
)
def test_the_mappings_that_come_with_the_portal_survive(path):
    kept = Mapping.load(path).to_document()
    assert Mapping.parse(to_toml(kept)).to_document() == kept


def test_a_key_without_a_value_is_left_out():
    assert to_toml({"a": None, "b": {"c": None, "d": 1}}) == "[b]\nd = 1\n"


def test_a_beginning_fills_what_is_obvious_and_leaves_the_rest_as_comments():
    fields = (
        Field("code", label="Code", required=True),
        Field("unit_code", label="Code of the unit"),
        Field("name", label="Name"),
    )
    text = starter("things", "My file", ["Name", "CODE", 'Odd "one"\n', "", "Name"], fields, ("actual",))
    assert tomllib.loads(text) == {"kind": "things", "source": "My file", "fields": {"code": "CODE", "name": "Name"}}
    assert '# unit_code = "…" # Code of the unit' in text and '#   "Odd' not in text and '"Odd \\"one\\"\\n"' in text
    assert '# series = "actual"' in text
    Mapping.parse(text)
