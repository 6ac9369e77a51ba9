"""The command that takes a table: dry by default, all or nothing, every problem a sentence."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.actions import recording
from audit.models import Event
from core import importers as registry
from core.access import require
from core.importers import ImportReport, Outcome, importer
from core.mapping import Field
from jobs.models import ImportMapping, ImportRun
from organization import subjects
from organization.models import OrgUnit, Person
from organization.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
MAPPING = """
kind = "units"
source = "The staff system"
[fields]
code = "Code"
name = "Name"
"""


@pytest.fixture(autouse=True)
def units(monkeypatch):
    """A kind of import that makes units; it refuses the name "bad"."""
    monkeypatch.setattr(registry, "_importers", {})
    fields = (Field("code", required=True), Field("name", required=True, max_length=20))

    @importer("units", title="Units", fields=fields, options=(Field("prefix"),))
    def plan(actor, rows, *, commit, options):
        require(actor, "change", OrgUnit.objects.order_by("pk").first())
        report, made = ImportReport(), []
        for row in rows:
            if row.values["name"] == "bad":
                report.refuse(row.problem("nobody takes this.", "name"), what=row.values["code"])
                continue
            report.add(row.number, Outcome.TAKEN, row.values["code"])
            made.append(
                {
                    "code": (options["prefix"] or "") + row.values["code"],
                    "name": row.values["name"],
                    "opened_on": "2026-01-01",
                }
            )
        report.totals = {"units": len(made)}
        if commit:
            with recording(actor, "add_units"):
                subjects.create(OrgUnit, made)
        return report


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "units.toml").write_text(MAPPING)
    (tmp_path / "units.csv").write_text("Code,Name,Extra\nA,North,x\nB,South,y\n")
    return tmp_path


@pytest.fixture
def administrator():
    return factories.administrator(factories.unit("Root"))


def take(folder: Path, *options: str, data: str = "units.csv", mapping: str = "units.toml") -> str:
    out = StringIO()
    try:
        call_command("import_table", str(folder / data), "--mapping", str(folder / mapping), *options, stdout=out)
    except CommandError as error:
        assert error.returncode == 1
        return f"{out.getvalue()}! {error}"
    return out.getvalue()


def nothing_written() -> bool:
    return (
        OrgUnit.objects.count() <= 1
        and not ImportRun.objects.exists()
        and not ImportMapping.objects.exists()
        and not Event.objects.filter(verb__in=["import_file", "add_units"]).exists()
    )


def test_without_commit_it_says_what_would_be_taken_and_writes_nothing(folder, administrator):
    assert take(folder, "--kind", "units").splitlines() == [
        "Read as utf-8.", "Columns not used: Extra.",
        "Rows: taken 2, changed 0, unchanged 0, skipped 0, refused 0.", "units: 2.", "This was a dry run. Nothing was written.",
    ]  # fmt: skip
    assert nothing_written()


def test_with_commit_it_writes_and_keeps_mapping_run_and_event(folder, administrator):
    said = take(folder, "--commit")
    assert said.splitlines()[-2:] == ["Rows: taken 2, changed 0, unchanged 0, skipped 0, refused 0.", "units: 2."]
    assert sorted(OrgUnit.objects.values_list("name", flat=True)) == ["North", "Root", "South"]
    run = ImportRun.objects.get()
    digest = hashlib.sha256((folder / "units.csv").read_bytes()).hexdigest()
    assert (run.kind, run.file_name, run.file_sha256, run.person_id) == (
        "units",
        "units.csv",
        digest,
        administrator.person_id,
    )
    assert (run.counts["totals"], run.report) == ({"units": 2}, [[2, "taken", "A", ""], [3, "taken", "B", ""]])
    assert (run.mapping.source, run.mapping.document["fields"]) == (
        "The staff system",
        {"code": "Code", "name": "Name"},
    )
    event = Event.objects.get(verb="import_file")
    assert (event.pk, event.actor_id, event.details["sha256"]) == (run.event_id, administrator.person_id, digest)


def test_the_same_file_is_noticed_and_a_changed_mapping_kept_anew(folder, administrator):
    take(folder, "--commit")
    assert "The same file was imported before, as units.csv on " in take(folder)
    (folder / "units.csv").write_text("Code,Label\nC,East\n")
    (folder / "units.toml").write_text(MAPPING.replace('"Name"', '"Label"'))
    assert "imported before" not in take(folder, "--commit")
    kept = ImportMapping.objects.get()
    assert (kept.row_version, kept.document["fields"]["name"], kept.runs.count()) == (2, "Label", 2)


def test_one_problem_and_nothing_is_written(folder, administrator):
    (folder / "units.csv").write_text("Code,Name\nA,North\nB,bad\nC,this name is far too long for it\n")
    for options in ((), ("--commit",)):
        said = take(folder, *options).splitlines()
        assert said[-4:] == [
            "Problems: 2. Nothing was written.",
            "units.csv, row 3, column 'Name': nobody takes this.",
            "units.csv, row 4, column 'Name': the text has 32 characters; the most is 20.",
            "! Nothing was written.",
        ]  # fmt: skip
        assert nothing_written()


def test_only_the_first_problems_are_printed_and_the_report_names_every_row(folder, administrator):
    rows = "".join(f"C{number},bad\n" for number in range(50))
    (folder / "units.csv").write_text(f"Code,Name\n{rows}D,Fine\n")
    said = take(folder, "--problems", "3", "--report", str(folder / "report.csv"))
    assert "… and 47 more." in said and "row 5" not in said
    lines = (folder / "report.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (len(lines), lines[0], lines[-1]) == (52, "Row,Outcome,What,Why", "52,taken,D,")
    assert nothing_written()


@pytest.mark.parametrize(("change", "sentence"), [
    ({"mapping": "none.toml"}, "none.toml: the file cannot be opened: No such file or directory."),
    ({"data": "none.csv"}, "none.csv cannot be read: No such file or directory."),
    ({"data": ""}, "is a folder, but the mapping has no section [folder]."),
    ({"options": ["--kind", "goals"]}, "there is no kind of import 'goals'. Known are 'units'."),
    ({"options": ["--as", "nobody@x.org"]}, "Nobody with the address nobody@x.org can sign in."),
    ({"options": ["--option", "prefix"]}, "--option prefix: write it as NAME=VALUE."),
    ({"options": ["--option", "size=3"]}, "option 'size' is not known."),
    ({"options": ["--report", "/nowhere/report.csv"]}, "The report cannot be written to /nowhere/report.csv: No such file or directory."),
    ({"toml": "kind ="}, "Invalid value"),
    ({"toml": MAPPING.replace('"Name"', '"Nome"')}, "Nome"),
    ({"csv": b"Code,Code,Name\nA,B,North\n"}, "'Code'"),
    ({"csv": b"\0" * 5000}, "units.csv"),
    ({"csv": b"Code,Name\nA,North\nB\nC,South,East,West,more,more\n"}, "units.csv, row 3"),
])  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence_and_nothing_is_written(folder, administrator, change, sentence):
    if "toml" in change:
        (folder / "units.toml").write_text(change["toml"])
    if "csv" in change:
        (folder / "units.csv").write_bytes(change["csv"])
    places = {name: change[name] for name in ("data", "mapping") if name in change}
    said = take(folder, "--commit", *change.get("options", []), **places)
    assert sentence in said and "! " in said
    assert nothing_written()


def test_options_of_the_command_win(folder, administrator):
    take(folder, "--commit", "--option", "prefix=Z-")
    assert sorted(OrgUnit.objects.exclude(name="Root").values_list("code", flat=True)) == ["Z-A", "Z-B"]


def test_it_acts_as_the_person_named_and_with_their_rights(folder, administrator):
    unit = OrgUnit.objects.get()
    executive = factories.member(Role.EXECUTIVE, unit)
    email = Person.objects.get(pk=executive.person_id).email
    assert "! You may see this, but you may not do that. It can be done by: Administrator." in take(
        folder, "--commit", "--as", email
    )
    assert nothing_written()
    second = factories.administrator(unit)
    assert "! Several people may import (" in take(folder, "--commit")
    assert nothing_written()
    take(folder, "--commit", "--as", Person.objects.get(pk=second.person_id).email.upper())
    assert ImportRun.objects.get().person_id == second.person_id


def test_without_an_administrator_it_says_what_to_do(folder):
    assert "! There is no administrator yet." in take(folder)
