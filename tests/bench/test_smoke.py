"""The bench runs at its smallest size and gives every figure; bars are not asserted on a machine that others use."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

FIGURES = (
    "rebuild all scores, from nothing",
    "memory of the rebuild, from nothing",
    "memory of the rebuild, nothing to change",
    "F, the floor: a signed-in constant page",
    "executive home",
    "scorecard of a unit, 36 measures with spark lines",
    "measure page with chart and table",
    "list of 50 measures, worst first",
    "API list of 100 measures with results",
    "executive home, p95 with 4 clients",
    "record one value, roll-up to the top included",
    "bulk upsert with roll-up, in COPY and one upsert",
    "the same, in COPY and one upsert of a bare table",
    "the same, for each result stored",
)


def _run(data: Path, figures: Path) -> tuple[str, dict[str, float]]:
    argv = [sys.executable, "-m", "bench", "--scale", "smoke", "--data", str(data), "--json", str(figures)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SMO_", "DJANGO_"))}
    answer = subprocess.run(argv, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=500, check=False)
    assert figures.exists(), answer.stderr
    return answer.stdout, {line["work"]: line["figure"] for line in json.loads(figures.read_text())}


def test_every_figure_is_given_and_a_kept_organisation_is_used_again(tmp_path: Path) -> None:
    said, found = _run(tmp_path / "kept", tmp_path / "first.json")
    assert said.startswith("loaded 4 units, 96 measures, 2,304 values")
    again, second = _run(tmp_path / "kept", tmp_path / "second.json")
    assert again.startswith("found 4 units, 96 measures, 2,304 values")
    assert found.keys() == second.keys()
    for name in FIGURES:
        assert found[name] > 0, name
        assert second[name] > 0, name
