"""A real city's report becomes measures, values and targets with the figures its own publisher counted."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from core.importers import run
from core.mapping import Mapping
from organization.models import OrgUnit
from organization.roles import Role
from scorecards.models import Measure, Observation, Result, Target
from strategy.models import Objective, Theme
from tests import factories
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
MAPPING = ROOT / "scorecards" / "exchange" / "mappings" / "nyc_mmr.toml"
YEAR = date(2023, 1, 1)


@pytest.fixture
def file(real_data):
    return real_data / "nyc-mmr" / "mmr_indicators.csv"


@pytest.fixture
def expected(real_data):
    return json.loads((real_data / "EXPECTED.json").read_text())["nyc-mmr"]


@pytest.fixture
def officer():
    return factories.member(Role.SMO_OFFICER, factories.unit("City", code="CITY", kind="corporate"))


def imported(file, officer, *, commit=True):
    return run("measures", Mapping.load(MAPPING), file, actor=officer, commit=commit)


def test_the_run_gives_the_published_counts(file, officer, expected):
    report = imported(file, officer)
    assert report.problems == []
    assert report.counts == Counter(taken=expected["indicator_rows"])
    assert report.totals == {
        "measures": expected["distinct_ids"],
        "actuals": expected["actuals_total"],
        "targets": expected["with_numeric_target"],
        "met": expected["fy2023_vs_target"]["met"],
        "not met": expected["fy2023_vs_target"]["not_met"],
        "units": expected["agencies"] + 1,
        "new units": expected["agencies"] + 1,
        "new objectives": Objective.objects.count(),
    }
    assert report.defaulted["unit"] == expected["indicators_without_agency"]


def test_what_stands_in_the_database_is_what_was_published(file, officer, expected):
    imported(file, officer)
    assert Measure.objects.count() == expected["indicator_rows"]
    assert Observation.objects.count() == expected["actuals_total"]
    per_year = Counter(start.year for start in Observation.objects.values_list("period_start", flat=True))
    assert {str(year): count for year, count in per_year.items()} == expected["actuals_per_fiscal_year"]
    assert Target.objects.count() == expected["with_numeric_target"]
    assert Measure.objects.filter(is_critical=True).count() == expected["critical_yes"]
    assert Measure.objects.filter(unit__name="Unassigned").count() == expected["indicators_without_agency"]
    assert OrgUnit.objects.exclude(name__in=["City", "Unassigned"]).count() == expected["agencies"]
    assert Theme.objects.count() == expected["services_agency_scoped"]
    assert Objective.objects.count() == expected["goals_agency_service_scoped"]
    of_2023 = Observation.objects.filter(period_start=YEAR).values_list("value", flat=True)
    assert float(sum(of_2023)) == pytest.approx(float(expected["sum_2023"]), rel=1e-15)


def test_the_status_of_2023_is_the_published_one(file, officer, expected):
    imported(file, officer)
    scored = Result.objects.filter(node__kind="measure", frequency="year", period_start=YEAR)
    counted = Counter(scored.values_list("status", flat=True))
    assert counted["on_track"] == expected["fy2023_vs_target"]["met"]
    assert counted["off_track"] == expected["fy2023_vs_target"]["not_met"]
    assert counted["no_data"] == expected["indicator_rows"] - expected["with_numeric_target"]


def test_a_dry_run_says_the_same_and_writes_nothing(file, officer):
    dry = imported(file, officer, commit=False)
    assert dry.counts == Counter(taken=326)
    assert (Measure.objects.count(), OrgUnit.objects.count(), Observation.objects.count()) == (0, 1, 0)


def test_a_second_run_changes_nothing(file, officer):
    imported(file, officer)
    again = imported(file, officer)
    assert again.counts == Counter(unchanged=326)
    assert Observation.objects.count() == 2281
