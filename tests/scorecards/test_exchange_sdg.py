"""Two national sets of indicators, folders of tables and texts, give the figures counted from their raw files."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from audit.actions import recording
from core.importers import run
from core.mapping import Mapping
from organization.models import CustomField
from organization.roles import Role
from scorecards.models import Measure, Observation, Result, Target
from scorecards.rules.scoring import Polarity, met
from strategy.models import Objective, Theme
from tests import factories
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
MAPPINGS = ROOT / "scorecards" / "exchange" / "mappings"


@pytest.fixture
def told(real_data):
    return json.loads((real_data / "EXPECTED.json").read_text(encoding="utf-8"))


@pytest.fixture
def officer():
    officer = factories.member(Role.SMO_OFFICER, factories.unit("Nation", code="NATION", kind="corporate"))
    with recording(officer, "add_field"):
        CustomField.objects.create(kind="measure", key="name_fr", label="Name in French")
    return officer


def imported(name, folder, officer):
    report = run("measures", Mapping.load(MAPPINGS / name), folder, actor=officer, commit=True)
    assert report.problems == []
    return report


def test_every_number_of_the_british_set_becomes_a_value_with_its_period_and_breakdown(real_data, officer, told):
    uk = told["open-sdg-uk"]
    report = imported("open_sdg_uk.toml", real_data / "open-sdg-uk", officer)
    assert report.counts["skipped"] == uk["duplicate_keys"]
    assert report.totals["actuals"] + uk["duplicate_keys"] == uk["numeric_values"]
    assert Observation.objects.filter(value__isnull=False).count() == report.totals["actuals"]
    codes = set(Measure.objects.values_list("code", flat=True))
    indicators = {tuple(code.split("-")[1:4]) for code in codes}
    assert len(indicators) == uk["meta_files"]
    with_data = {tuple(code.split("-")[1:4]) for code in Measure.objects.filter(
        series__observations__isnull=False).values_list("code", flat=True)}  # fmt: skip
    placeholders = sum(count for text, count in uk["year_formats"].items() if text.startswith(("There", "This")))
    assert len(with_data) == uk["data_files"] - placeholders
    assert {theme.name for theme in Theme.objects.all()} == {f"Goal {goal}" for goal in (1, 5, 9, 13, 16)}
    assert Objective.objects.filter(measures__series__observations__isnull=False).distinct().count() <= uk["targets"]
    periods = Counter(Observation.objects.values_list("frequency", flat=True))
    assert (periods["quarter"], periods["month"]) == (
        uk["year_formats"]["9999 Q9"],
        uk["year_formats"]["99 May to 99 June 9999"],
    )
    kinds = Measure.objects.filter(code__startswith="UK-16-1-3-").values_list("code", flat=True)
    assert {code.removeprefix("UK-16-1-3-").split("-")[0] for code in kinds} == {"financial", "years"}


def test_a_text_that_cannot_be_read_is_told_and_the_rest_still_loads(real_data, officer, tmp_path):
    for folder in ("data", "meta"):
        (tmp_path / folder).mkdir()
    for name in ("data/indicator_1-1-1.csv", "meta/1-1-1.md", "data/indicator_1-2-1.csv"):
        content = (real_data / "open-sdg-uk" / name).read_bytes()
        (tmp_path / name).write_bytes(b"\n" + content if name.startswith("data") else content)
    (tmp_path / "meta/1-2-1.md").write_text("---\nindicator_number: 1.2.1\n bad: [\n---\n")
    report = imported("open_sdg_uk.toml", tmp_path, officer)
    assert report.notes == ["meta/1-2-1.md: is not YAML near row 2, so what it says is missing."]
    assert Measure.objects.filter(code__startswith="UK-1-2-1").exists()


def test_the_canadian_set_comes_with_targets_years_directions_and_two_languages(real_data, officer, told):
    canada = told["cif-canada"]
    report = imported("cif_canada.toml", real_data / "cif-canada", officer)
    assert report.totals["actuals"] == canada["numeric_values"] == Observation.objects.count()
    assert Measure.objects.count() == canada["indicators_with_data_file"]
    assert Measure.objects.exclude(custom__name_fr="").count() == canada["meta_with_french_twin"]
    poverty = Measure.objects.get(code="CIF-1-1-1")
    assert (poverty.name, poverty.custom["name_fr"]) == (
        "Poverty rate, as measured by Canada’s official poverty line",
        "Taux de pauvreté basé sur le seuil officiel de la pauvreté au Canada",
    )
    targets = {
        target.measure.code.removeprefix("CIF-"): (float(target.value), target.period_start.year)
        for target in Target.objects.select_related("measure")
    }
    assert targets == {
        key: (float(entry["targets"][0]["target"]), entry["targets"][0]["target_year"])
        for key, entry in canada["numeric_targets"].items()
    }
    assert len(targets) == canada["indicators_with_numeric_target"] == report.totals["targets"]
    for key, entry in canada["numeric_targets"].items():
        check_status(key, entry)


def check_status(key, entry):
    """Values, direction and status of one measure with a target."""
    count, *ends = entry["headline_points_first_last"]
    measure = Measure.objects.get(code=f"CIF-{key}")
    values = Observation.objects.filter(series=measure.series.get(kind="actual")).order_by("period_start")
    found = [(row.period_start.year, float(row.value)) for row in values]
    assert len(found) == count
    if not found:
        return
    assert [found[0], found[-1]] == [(int(year[:4]), float(value)) for year, value in ends]
    given = entry["targets"][0].get("direction")
    assert measure.polarity == ({"negative": "down", "positive": "up"}[given] if given else "down")
    target = float(entry["targets"][0]["target"])
    is_met = bool(met(found[-1][1], target, Polarity(measure.polarity))[0])
    if measure.method == "progress" and len(found) > 1:
        latest = Result.objects.get(node__measure=measure, frequency="year", period_start__year=found[-1][0])
        assert latest.status in {"on_track", "watch", "off_track"}
        assert latest.status == "on_track" or not is_met
