"""Quality of a scorecard: each check by itself, and the share that passes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scorecards.rules.quality import Check, MeasureFacts, ObjectiveFacts, findings, share_passed

GOOD = MeasureFacts(
    key=1,
    objective=1,
    is_leading=True,
    has_owner=True,
    has_target=True,
    has_data=True,
    is_scored=True,
    is_explained=True,
)
LAGGING = replace(GOOD, key=2, is_leading=False)
OBJECTIVE = ObjectiveFacts(1, has_owner=True)


def failed(objectives, measures):
    return [(one.check, one.key) for one in findings(objectives, measures) if not one.passes]


def test_a_good_scorecard_passes_every_check():
    found = findings([OBJECTIVE], [GOOD, LAGGING])
    assert (failed([OBJECTIVE], [GOOD, LAGGING]), share_passed(found)) == ([], 1.0)


def test_each_fault_is_found_where_it_is():
    assert failed([OBJECTIVE], []) == [(Check.OBJECTIVE_MEASURED, 1)]
    assert failed([replace(OBJECTIVE, has_owner=False)], [GOOD, LAGGING]) == [(Check.OBJECTIVE_HAS_OWNER, 1)]
    assert failed([OBJECTIVE], [GOOD]) == [(Check.OBJECTIVE_HAS_LAGGING, 1)]
    assert failed([OBJECTIVE], [LAGGING]) == [(Check.OBJECTIVE_HAS_LEADING, 1)]
    for change, check in (
        ("has_owner", Check.MEASURE_HAS_OWNER),
        ("has_data", Check.MEASURE_HAS_DATA),
        ("has_target", Check.MEASURE_HAS_TARGET),
        ("is_explained", Check.MEASURE_EXPLAINED),
    ):
        assert failed([OBJECTIVE], [replace(GOOD, **{change: False}), LAGGING]) == [(check, 1)]


def test_what_is_only_shown_needs_no_target():
    assert failed([OBJECTIVE], [replace(GOOD, has_target=False, is_scored=False), LAGGING]) == []


def test_a_fifth_measure_and_a_twenty_sixth_objective_are_too_many():
    four = [replace(GOOD, key=key, is_leading=key % 2 == 0) for key in range(1, 5)]
    assert failed([OBJECTIVE], four) == []
    assert failed([OBJECTIVE], [*four, replace(GOOD, key=5)]) == [(Check.OBJECTIVE_HAS_FEW, 1)]
    many = [ObjectiveFacts(key, has_owner=True) for key in range(1, 27)]
    measures = [replace(one, key=2 * o.key + n, objective=o.key) for o in many for n, one in enumerate((GOOD, LAGGING))]
    assert failed(many[:25], measures[:50]) == []
    assert failed(many, measures) == [(Check.FEW_OBJECTIVES, 0)]


def test_nothing_to_check_has_no_quality():
    assert share_passed(findings([], [])) is None


@given(st.lists(st.builds(
    MeasureFacts, key=st.integers(1, 9), objective=st.just(1), is_leading=st.booleans(), has_owner=st.booleans(),
    has_target=st.booleans(), has_data=st.booleans(), is_scored=st.booleans(), is_explained=st.booleans(),
), max_size=6))  # fmt: skip
def test_mending_one_fault_never_lowers_the_quality(measures):
    before = share_passed(findings([OBJECTIVE], measures))
    mended = [replace(one, has_owner=True) for one in measures]
    assert 0 <= before <= share_passed(findings([OBJECTIVE], mended)) <= 1
