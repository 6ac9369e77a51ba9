"""One import that has happened, with the mapping it left behind, and one by the clock that is paused."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from core.actions import Refusal
from core.mapping import Mapping
from jobs.actions.feeds import Plan, add_feed, pause_feed
from jobs.actions.imports import import_file
from jobs.models import ImportMapping
from scorecards.models import Measure
from smo.demo.load_organization import House

OFFICE = "ravi.menon"
SOURCE = "Register of data sources"
FILE = "data-sources.csv"
HEADER = ("Code", "Measure", "System")
ROWS = (
    ("F1-01", "General ledger, closed months"),
    ("F1-02", "General ledger, closed months"),
    ("L3-01", "Staff survey, answers of the quarter"),
)
"""Code of the measure, and where its values come from."""
MAPPING = {
    "version": 1,
    "kind": "measures",
    "source": SOURCE,
    "fields": {"code": "Code", "name": "Measure", "source": "System"},
    "keys": {"fields": ["code"]},
}


def load_imports(house: House) -> None:
    """The sources of three measures, brought in as a file."""
    office = house.actor(OFFICE)
    names = dict(Measure.objects.values_list("code", "name"))
    with tempfile.TemporaryDirectory(prefix="smo-demo-") as folder:
        path = Path(folder) / FILE
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *((code, names[code], system) for code, system in ROWS)])
        report = import_file(office, kind="measures", mapping=Mapping.parse(MAPPING), path=path, commit=True)
    if not report.is_committed:
        raise Refusal("\n".join(report.problems))
    feed = add_feed(
        office,
        mapping=ImportMapping.objects.get(kind="measures", source=SOURCE),
        plan=Plan(name="Data sources, monthly", pattern="registers/data-sources-*.csv", every="month", at_hour=5),
    )
    pause_feed(office, feed)
