"""A kind of import for tests: what it takes stands in a list."""

from __future__ import annotations

import pytest

from core import importers as registry
from core.access import require
from core.importers import ImportReport, Outcome, importer
from core.mapping import Field
from organization.models import OrgUnit

MAPPING = 'kind = "things"\nsource = "The store"\n[fields]\ncode = "Code"\nname = "Label"\n'


@pytest.fixture(autouse=True)
def things(monkeypatch, settings, tmp_path) -> list[str]:
    """A kind of import that keeps names in a list; it refuses the name "bad"."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(registry, "_importers", {})
    kept: list[str] = []
    fields = (Field("code", required=True, label="Code"), Field("name", label="Name"))

    @importer("things", title="Things of the house", fields=fields, verb="import")
    def plan(actor, rows, *, commit, options):
        require(actor, "import", OrgUnit.objects.order_by("pk").first())
        report = ImportReport()
        for row in rows:
            if row.values.get("name") == "bad":
                report.refuse(row.problem("nobody takes this.", "name"), what=row.values["code"])
            else:
                report.add(row.number, Outcome.TAKEN, row.values["code"])
                if commit:
                    kept.append(row.values["code"])
        report.totals = {"things": report.counts["taken"]}
        return report

    @importer("closed", title="Nobody's", fields=fields)
    def closed(actor, rows, *, commit, options):
        return ImportReport()

    return kept
