"""The trace share (METHOD §15, row 1): parked notes make at most half of it, and without notes there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.rules.tracing import Trace

COUNTS = st.integers(0, 500)
TRACES = st.builds(lambda linked, parked, rest: Trace(linked, parked, linked + parked + rest), COUNTS, COUNTS, COUNTS)


@pytest.mark.parametrize(
    ("linked", "parked", "notes", "share"),
    [
        (10, 4, 18, 14 / 18),
        (3, 3, 6, 1.0),
        (2, 8, 10, 0.4),
        (0, 5, 5, 0.0),
        (5, 0, 5, 1.0),
        (0, 0, 7, 0.0),
        (0, 0, 0, None),
    ],
)
def test_the_share_of_notes_that_lead_on(linked, parked, notes, share):
    assert Trace(linked, parked, notes).share == share


def test_what_is_shown_beside_the_share():
    trace = Trace(2, 5, 9)
    assert (trace.parked_counted, trace.unsettled, trace.percent) == (2, 2, pytest.approx(400 / 9))
    assert Trace().percent is None


@pytest.mark.parametrize(("linked", "parked", "notes"), [(-1, 0, 3), (0, -1, 3), (2, 2, 3)])
def test_parts_that_are_more_than_all_notes_are_no_trace(linked, parked, notes):
    with pytest.raises(ValueError, match="parts of all notes"):
        Trace(linked, parked, notes)


@given(TRACES)
def test_the_share_lies_between_none_and_all_and_parking_makes_at_most_half(trace):
    if trace.notes:
        assert 0 <= trace.share <= 1
        assert trace.share * trace.notes <= 2 * trace.linked + 1e-9


@given(TRACES)
def test_tracing_a_note_never_lowers_the_share(trace):
    if trace.unsettled:
        assert Trace(trace.linked + 1, trace.parked, trace.notes).share > trace.share


@given(TRACES, TRACES)
def test_analyses_are_counted_together_note_by_note(one, other):
    both = one + other
    assert (both.linked, both.parked, both.notes) == (
        one.linked + other.linked,
        one.parked + other.parked,
        one.notes + other.notes,
    )
