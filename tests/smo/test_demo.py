"""The figures of the demonstration organisation, before they are loaded."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from core.periods import Frequency, Period
from organization.roles import Role
from smo.demo.figures import MEASURES, aims, figures, restated_from
from smo.demo.organization import ACCOUNTS, DELEGATION, PEOPLE, UNITS
from smo.demo.shapes import Clock
from smo.demo.strategies import STRATEGIES
from smo.demo.words import ACTIONS, COMMENTS, NOTES, RESTATED, UPDATES

DAYS = [date(2026, 7, 9), date(2028, 2, 29), date(2027, 1, 1), date(2026, 12, 31), date(2026, 4, 3)]
OBJECTIVES = {objective.code: objective for strategy in STRATEGIES for objective in strategy.objectives}
BY_CODE = {spec.code: spec for spec in MEASURES}
KEYS = {person.key for person in PEOPLE}


def everything(day: date, seed: int):
    clock = Clock(day)
    return [figures(spec, clock, seed) for spec in MEASURES], [aims(spec, clock) for spec in MEASURES]


# ------------------------------------------------------------------------------------------------- size and determinism
def test_it_is_as_large_as_promised():
    assert len(UNITS) == 8
    assert len(PEOPLE) == 46
    assert [len(strategy.objectives) for strategy in STRATEGIES] == [15, 6, 5]
    assert [len(strategy.links) for strategy in STRATEGIES] == [17, 4, 3]
    assert len(MEASURES) == 64
    assert len(STRATEGIES[0].perspectives) == 4
    assert len(STRATEGIES[0].themes) == 3


@pytest.mark.parametrize("day", DAYS)
def test_the_same_seed_and_day_give_the_same_figures(day):
    assert everything(day, 7) == everything(day, 7)


def test_another_seed_gives_other_figures():
    assert everything(DAYS[0], 7) != everything(DAYS[0], 8)


@pytest.mark.parametrize("day", DAYS)
def test_monthly_measures_have_the_last_36_finished_months(day):
    clock = Clock(day)
    newest = Period.of(Frequency.MONTH, day).previous()
    months = [newest.shift(step) for step in range(-35, 1)]
    full = [spec for spec in MEASURES if spec.frequency == "month" and not spec.shape.silent]
    for spec in full:
        assert [figure.period for figure in figures(spec, clock, 1)] == months, spec.code
    assert clock.starts_on <= months[0].start
    assert newest.end < day <= clock.ends_on


@pytest.mark.parametrize("day", DAYS)
def test_no_figure_is_of_a_period_that_is_not_over(day):
    values, wanted = everything(day, 1)
    assert [figure for many in values for figure in many if figure.period.end >= day] == []
    assert max(aim.period.end for many in wanted for aim in many) == Clock(day).ends_on


@pytest.mark.parametrize("day", DAYS)
def test_each_period_has_at_most_one_value_and_one_target(day):
    for many in (rows for kind in everything(day, 1) for rows in kind):
        assert len({row.period for row in many}) == len(many)


@pytest.mark.parametrize("day", DAYS)
def test_each_scored_measure_that_needs_a_target_has_one_for_every_value(day):
    clock = Clock(day)
    by_itself = {"yes_no", "scale", "unscored", "progress", "cagr"}
    for spec in MEASURES:
        if spec.method not in by_itself:
            missing = {f.period for f in figures(spec, clock, 1)} - {a.period for a in aims(spec, clock)}
            assert missing == set(), spec.code


@pytest.mark.parametrize("day", DAYS)
def test_the_newest_figures_do_not_depend_on_the_day(day):
    def newest(on: date) -> list[float]:
        found = []
        for spec in MEASURES:
            if spec.shape.tail and spec.aggregation != "ratio":
                found.append(figures(spec, Clock(on), 1)[-1].value)
        return found

    assert newest(day) == newest(date(2030, 5, 20))


# ------------------------------------------------------------------------------------------------------------ believable
def test_ratios_have_both_numbers_and_percentages_stay_percentages():
    for spec in MEASURES:
        for figure in figures(spec, Clock(DAYS[0]), 1):
            if spec.aggregation == "ratio":
                assert figure.value is None
                assert figure.denominator > 0
                assert figure.numerator >= 0
                value = figure.numerator / figure.denominator * (100 if spec.is_percent else 1)
            else:
                assert (figure.numerator, figure.denominator) == (None, None)
                value = figure.value
            most = Decimal(110) if spec.is_percent else Decimal("Infinity")
            assert 0 <= value <= most, (spec.code, figure)


def test_targets_red_flags_and_stretches_agree_with_polarity():
    for spec in MEASURES:
        for aim in aims(spec, Clock(DAYS[0])):
            if aim.red_flag is not None:
                assert (aim.target - aim.red_flag) * spec.goodness > 0, (spec.code, aim)
            if aim.stretch is not None:
                assert (aim.stretch - aim.target) * spec.goodness > 0, (spec.code, aim)


def test_every_way_of_measuring_occurs():
    assert {spec.method for spec in MEASURES} == {
        *("band", "meets", "progress", "range", "cagr", "yes_no", "scale", "unscored"),
    }
    assert {spec.aggregation for spec in MEASURES} == {"sum", "mean", "last", "min", "max", "count", "ratio"}
    assert {spec.polarity for spec in MEASURES} == {"up", "down", "inside"}
    assert {spec.frequency for spec in MEASURES} == {"month", "quarter", "half_year", "year"}
    assert {spec.kind for spec in MEASURES} == {"leading", "lagging"}
    assert any(spec.aims.red is None for spec in MEASURES if spec.method == "band")


def test_codes_are_unique_and_every_measure_belongs_to_an_objective_of_its_units_strategy():
    assert [code for code, n in Counter(spec.code for spec in MEASURES).items() if n > 1] == []
    strategy_of = {o.code: strategy for strategy in STRATEGIES for o in strategy.objectives}
    for spec in MEASURES:
        unit = strategy_of[spec.objective].unit
        assert spec.unit == unit or (unit, spec.unit) == ("GEN", "EAC"), spec.code
    assert set(OBJECTIVES) == {spec.objective for spec in MEASURES}


def test_exactly_one_measure_has_no_owner():
    assert [spec.code for spec in MEASURES if not spec.owner] == ["L1-04"]


# ---------------------------------------------------------------------------------------------------- people and texts
def test_everybody_named_exists_and_works_in_a_unit_that_exists():
    units = {unit.code for unit in UNITS}
    named = {person.manager for person in PEOPLE} | {spec.owner for spec in MEASURES}
    named |= {key for spec in MEASURES for key in spec.updaters} | {o.owner for o in OBJECTIVES.values()}
    named |= {key for update in UPDATES for key in (update.author, update.acknowledged_by)}
    named |= {key for action in ACTIONS for key in (action.assignee, action.raised_by)}
    named |= {comment.author for comment in COMMENTS}
    named |= {author for comment in COMMENTS for author, _text in comment.replies}
    named |= {key for _role, key in ACCOUNTS} | set(DELEGATION[:2])
    assert named - KEYS == {""}
    assert {unit for person in PEOPLE for unit in [person.unit, *(unit for _role, unit in person.roles)]} == units


def test_every_role_has_somebody_and_a_sign_in():
    held = {role for person in PEOPLE for role, _unit in person.roles} | {"employee"}
    assert held == {role.value for role in Role}
    assert {role for role, _key in ACCOUNTS} == held
    roles = {person.key: {role for role, _unit in person.roles} or {"employee"} for person in PEOPLE}
    assert [key for role, key in ACCOUNTS if role not in roles[key]] == []


def test_managers_lead_to_the_chief_executive_without_a_loop():
    above = {person.key: person.manager for person in PEOPLE}
    for start in list(above):
        seen = [start]
        while above[seen[-1]]:
            seen.append(above[seen[-1]])
            assert len(set(seen)) == len(seen)
        assert seen[-1] == "helena.marsh"


def test_links_join_objectives_of_their_own_map():
    for strategy in STRATEGIES:
        codes = {objective.code for objective in strategy.objectives}
        assert {code for link in strategy.links for code in (link.source, link.target)} <= codes
        assert len({(link.source, link.target) for link in strategy.links}) == len(strategy.links)
        assert {o.perspective for o in strategy.objectives} == {p.name for p in strategy.perspectives}
        assert {o.theme for o in strategy.objectives} == {theme.name for theme in strategy.themes}


@pytest.mark.parametrize("day", DAYS)
def test_texts_are_about_something_and_name_months_that_are_known(day):
    words = Clock(day).words()
    about = [x.about for x in (*UPDATES, *COMMENTS, *ACTIONS)] + [*NOTES, *(r.measure for r in RESTATED)]
    assert set(about) <= {*BY_CODE, *OBJECTIVES}
    texts = [update.text for update in UPDATES] + [comment.text for comment in COMMENTS]
    texts += [text for notes in NOTES.values() for text in notes] + [r.comment for r in RESTATED]
    texts += [text for comment in COMMENTS for _author, text in comment.replies]
    assert [text for text in texts if "{" in text.format(**words)] == []


def test_updates_are_written_by_who_answers_and_read_by_somebody_else():
    answers = {code: objective.owner for code, objective in OBJECTIVES.items()} | {s.code: s.owner for s in MEASURES}
    assert [update.about for update in UPDATES if update.author != answers[update.about]] == []
    assert [update.about for update in UPDATES if update.author == update.acknowledged_by] == []


def test_the_restated_value_was_first_reported_higher():
    (spec,) = RESTATED
    measure = BY_CODE[spec.measure]
    right = figures(measure, Clock(DAYS[0]), 1)[-1 - spec.back]
    first = restated_from(measure, right, spec.first_level)
    assert (round(100 * first.numerator / first.denominator, 1), first.period) == (Decimal("74.9"), right.period)
    assert round(100 * right.numerator / right.denominator, 1) == Decimal("74.6")
