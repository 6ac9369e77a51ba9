"""Real tables of other organisations, read by mappings a stranger could write; figures from EXPECTED.json."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from core.mapping import Field, MappedRow, Mapping, Problem, Skipped, apply
from core.spreadsheets import Layout, open_table
from tests.conftest import REAL_DATA

pytestmark = pytest.mark.realdata
ROOT = Path(__file__).resolve().parents[2]
MEASURE_FIELDS = (
    Field("code", required=True),
    Field("name", required=True),
    Field("unit"),
    Field("unit_code"),
    Field("group"),
    Field("objective"),
    Field("polarity", "choice", choices=("up", "down", "inside")),
    Field("critical", "boolean"),
    Field("unit_of_measure"),
    Field("method", "choice", choices=("band", "meets", "progress")),
    Field("frequency", "choice", choices=("year", "quarter", "month")),
    Field("aggregation", "choice", choices=("sum", "mean", "last")),
)
SERIES = ("actual", "target")


@pytest.fixture(scope="module")
def expected():
    return json.loads((REAL_DATA / "EXPECTED.json").read_text(encoding="utf-8"))


def read(mapping, path, fields, series=()):
    with open_table(REAL_DATA / path, mapping.layout) as table:
        outcomes = list(apply(mapping, table, fields, series=series))
    assert [str(outcome) for outcome in outcomes if isinstance(outcome, Problem)] == []
    return outcomes


@pytest.fixture(scope="module")
def new_york():
    mapping = Mapping.load(ROOT / "scorecards/exchange/mappings/nyc_mmr.toml")
    return read(mapping, "nyc-mmr/mmr_indicators.csv", MEASURE_FIELDS, SERIES)


def test_new_york_rows_units_and_parents(new_york, expected):
    told = expected["nyc-mmr"]
    assert len(new_york) == told["indicator_rows"] == 326
    assert len({row.values["code"] for row in new_york}) == told["distinct_ids"]
    named = [row for row in new_york if not row.defaulted]
    assert len({row.values["unit"] for row in named}) == told["agencies"] == 12
    without = [row for row in new_york if "unit" in row.defaulted]
    assert len(without) == told["indicators_without_agency"] == 58
    assert {row.values["unit"] for row in without} == {"Unassigned"}
    services = {(row.values["unit"], row.values["group"]) for row in new_york}
    goals = {(row.values["unit"], row.values["group"], row.values["objective"]) for row in new_york}
    assert (len(services), len(goals)) == (told["services_agency_scoped"], told["goals_agency_service_scoped"])


def test_new_york_actuals_and_targets(new_york, expected):
    told = expected["nyc-mmr"]
    actuals = [value for row in new_york for value in row.periods if value.series == "actual"]
    targets = [value for row in new_york for value in row.periods if value.series == "target"]
    by_year = {
        year: sum(value.period.key == f"FY{year}" for value in actuals) for year in told["actuals_per_fiscal_year"]
    }
    assert by_year == told["actuals_per_fiscal_year"]
    assert len(actuals) == told["actuals_total"] == 2281
    assert len(targets) == told["with_numeric_target"] == 89
    assert {value.period.key for value in targets} == {"FY2023"}
    assert sum(value.value for value in actuals if value.period.key == "FY2023") == Decimal(told["sum_2023"])


def test_new_york_direction_criticality_and_who_met_the_target(new_york, expected):
    told = expected["nyc-mmr"]
    ways = [row.values["polarity"] for row in new_york]
    assert {"Down": ways.count("down"), "Up": ways.count("up")} == told["direction"]
    assert sum(row.values["critical"] for row in new_york) == told["critical_yes"]
    met = 0
    for row in new_york:
        latest = {value.series: value.value for value in row.periods if value.period.key == "FY2023"}
        if "target" in latest:
            better = latest["actual"] - latest["target"]
            met += (better if row.values["polarity"] == "up" else -better) >= 0
    assert (met, told["with_numeric_target"] - met) == tuple(told["fy2023_vs_target"].values()) == (52, 37)


UK_GOALS = Mapping.parse(
    """
kind = "measures"
[fields]
code = { constant = "any" }
[periods]
column = "Year"
format = ["year", "quarter", "fiscal_year"]
footnotes = ["a", "b"]
unmatched = "skip"
[[values]]
series = "actual"
column = "Value"
"""
)


def test_uk_indicators_in_many_layouts(expected):
    """Years, fiscal years and quarters are read; periods of several years have no place in a calendar and are named."""
    told = expected["open-sdg-uk"]
    read_in, skipped, rows = 0, 0, 0
    for path in sorted((REAL_DATA / "open-sdg-uk/data").glob("*.csv")):
        for outcome in read(UK_GOALS, path, (Field("code"),), SERIES):
            rows += 1
            skipped += isinstance(outcome, Skipped)
            read_in += len(outcome.periods) if isinstance(outcome, MappedRow) else 0
    odd = ("9999 to 9999", "9999/99 to 9999/99", "99 May to 99 June 9999")
    assert rows == told["rows"]
    assert read_in + skipped == told["numeric_values"]
    assert 0 < skipped <= sum(told["year_formats"][shape] for shape in odd)


def test_canadian_indicators_all_read(expected):
    told = expected["cif-canada"]
    mapping = Mapping.parse({**UK_GOALS.to_document(), "periods": {"column": "Year"}})
    outcomes = [
        outcome
        for path in sorted((REAL_DATA / "cif-canada/data").glob("*.csv"))
        for outcome in read(mapping, path, (Field("code"),), SERIES)
    ]
    assert len(outcomes) == told["rows"]
    assert sum(len(row.periods) for row in outcomes) == told["numeric_values"]


def test_oakland_lines_that_are_alike_all_count(expected):
    mapping = Mapping.parse(
        'kind = "budget"\n[fields]\namount = "amount"\nkind = "account_type"\n[file]\ndelimiter = ","\n'
    )
    fields = (Field("amount", "number", required=True), Field("kind", "choice", choices=("Expense", "Revenue")))
    for name in ("FY14-15__adjusted.csv", "FY14-15__adopted.csv"):
        rows = read(mapping, f"oakland-budget/{name}", fields)
        told = expected["oakland-budget"][name]
        totals = {
            kind: str(sum(row.values["amount"] for row in rows if row.values["kind"] == kind))
            for kind in told["totals"]
        }
        assert (len(rows), totals) == (told["rows"], told["totals"])


def test_melbourne_dates_in_three_layouts_and_exact_costs(expected):
    milestones = ("BNI", "PBC", "BCA", "Tender Closed", "Stage1", "Stage2", "Stage3")
    mapping = Mapping.parse(
        {
            "kind": "initiatives",
            "dates": {"order": "day_first"},
            "fields": {"cost": "FFC", **{f"m{at}": name for at, name in enumerate(milestones)}},
        }
    )
    fields = (Field("cost", "number"), *(Field(f"m{at}", "date") for at in range(len(milestones))))
    rows = read(mapping, "melbourne-capital-projects/projects.csv", fields)
    told = expected["melbourne-capital-projects"]
    filled = {name: sum(row.values[f"m{at}"] is not None for row in rows) for at, name in enumerate(milestones)}
    assert filled == told["milestones_filled"]
    assert sum(row.values["cost"] for row in rows) == Decimal(told["cost_sum"])


def test_uk_projects_turned_semicolons_and_old_encodings(expected):
    told = expected["uk-gmpp"]
    for name, transposed in (("gmpp_2015.csv", True), ("gmpp_2019.csv", False), ("gmpp_2021.csv", False)):
        with open_table(REAL_DATA / "uk-gmpp" / name, Layout(transposed=transposed)) as table:
            rows = list(table)
            assert (len(rows), table.encoding) == (told[name]["projects"], told[name]["file"]["encoding"])
            assert table.delimiter == told[name]["file"]["delimiter"]
    mapping = Mapping.parse(
        'kind="initiatives"\n[numbers]\nthousands=","\ncurrency=["£"]\n[fields]\n'
        'rating={column="colour_rating",lookup="ratings",unmatched="missing"}\nbudget="total_baseline"\n'
        '[lookups.ratings]\nAmber="Amber"\n"Amber/Red"="Amber/Red"\n"Amber/Green"="Amber/Green"\nGreen="Green"\nRed="Red"\n'
    )
    fields = (Field("rating"), Field("budget", "number"))
    with open_table(REAL_DATA / "uk-gmpp/gmpp_2021.csv") as table:
        outcomes = list(apply(mapping, table, fields))
    rows = [row for row in outcomes if isinstance(row, MappedRow)]
    refused = [str(problem) for problem in outcomes if isinstance(problem, Problem)]
    assert sum(row.values["budget"] or 0 for row in rows) == Decimal(told["gmpp_2021.csv"]["year_budget_sum_GBPm"])
    assert len(rows) + len(refused) == told["gmpp_2021.csv"]["projects"]
    assert all(
        "column 'total_baseline': 'Exempt under" in sentence or "is not a number." in sentence for sentence in refused
    )


def test_new_york_organisations_with_a_byte_order_mark(expected):
    name = "nyc_governance_organizations_v1.8.43.csv"
    mapping = Mapping.parse('kind="units"\n[fields]\ncode="record_id"\nparent="reports_to"\n[keys]\nfields=["code"]\n')
    rows = read(mapping, f"nyc-orgs/{name}", (Field("code", required=True), Field("parent")))
    told = expected["nyc-orgs"][name]
    assert (len(rows), sum(row.values["parent"] is not None for row in rows)) == (
        told["rows"],
        told["reports_to_filled"],
    )
