"""The guide's examples work as written."""

import re
import tomllib
from pathlib import Path

import pytest

from core.importers import importers
from core.mapping import Field, MappedRow, Mapping, Problem, Skipped, apply
from core.mapping.dates import DateStyle
from core.mapping.numbers import PLAIN_NUMBERS
from core.mapping.section import Section
from core.mapping.styles import date_style_from, layout_from, missing_from, number_style_from
from core.spreadsheets import open_table

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guide/imports.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:<!-- (\w+): (\S+) -->\n)?```(\w*)\n(.*?)```", GUIDE, re.DOTALL)
FILES = {name: text for kind, name, _language, text in BLOCKS if kind == "file"}
MAPPINGS = {name: text for kind, name, _language, text in BLOCKS if kind == "mapping"}
PARTS = [text for kind, _name, language, text in BLOCKS if language == "toml" and kind != "mapping"]
FIELDS = (
    Field("code", required=True),
    Field("name"),
    Field("unit"),
    Field("polarity", "choice", choices=("up", "down")),
    Field("unit_of_measure"),
    Field("method"),
    Field("frequency"),
)


def outcomes(tmp_path, name):
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    mapping = Mapping.parse(MAPPINGS[name])
    with open_table(path, mapping.layout) as table:
        return list(apply(mapping, table, FIELDS, series=("actual", "target")))


def figures(rows):
    return [
        (row.values["code"], one.period.key, one.series, str(one.value))
        for row in rows
        if isinstance(row, MappedRow)
        for one in row.periods
    ]


def test_the_wide_example(tmp_path):
    rows = outcomes(tmp_path, "clinics.csv")
    assert [row.values for row in rows][1:] == [
        {
            "code": "A2", "name": "Zufriedene Patienten (%)", "unit": "Station 3", "polarity": "up",
            "unit_of_measure": "%", "method": "meets", "frequency": "year",
        },
        {
            "code": "B1", "name": "Kosten in Tsd. €", "unit": "Whole house", "polarity": "down",
            "unit_of_measure": None, "method": "meets", "frequency": "year",
        },
    ]  # fmt: skip
    assert [row.defaulted for row in rows] == [(), (), ("unit",)]
    assert figures(rows) == [
        ("A1", "FY2022", "actual", "45.5"),
        ("A1", "FY2023", "actual", "41.2"),
        ("A1", "FY2023", "target", "40"),
        ("A2", "FY2022", "actual", "81"),
        ("A2", "FY2023", "target", "85"),
        ("B1", "FY2022", "actual", "1204.5"),
        ("B1", "FY2023", "actual", "1180"),
        ("B1", "FY2023", "target", "1150"),
    ]


def test_the_long_example(tmp_path):
    rows = outcomes(tmp_path, "poverty.csv")
    assert [row for row in rows if isinstance(row, Skipped)] == [
        Skipped(4, 4, "'Sex' is 'Female'."),
        Skipped(6, 6, "'2018-19 to 2020-21' is not a period (fiscal_year)."),
    ]
    assert [str(row) for row in rows if isinstance(row, Problem)] == []
    assert figures(rows) == [
        ("POV-Poverty rate", "FY2019", "actual", "10.4"),
        ("POV-Poverty rate", "FY2020", "actual", "8.1"),
        ("POV-Child poverty rate", "FY2021", "actual", "1004.5"),
    ]
    assert rows[-1].values["name"] == "Deep poverty"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.split("\n")[0][:30])
def test_every_other_piece_of_toml_is_accepted(part):
    document = tomllib.loads(part)
    if any("column" in block and "period" not in block for block in document.get("values", ())):
        document["periods"] = {"column": "Year"}
    Mapping.parse({"kind": "measures", "fields": {"code": "ID"}, **document})


def test_every_key_of_a_section_is_explained():
    for read in (
        layout_from,
        lambda section: missing_from(section, frozenset()),
        lambda section: number_style_from(section, PLAIN_NUMBERS),
        lambda section: date_style_from(section, DateStyle()),
    ):
        section = Section({}, "[x]", [])
        read(section)
        assert [key for key in section._known if f"`{key}`" not in GUIDE and f"\n{key} = " not in GUIDE] == []


def test_every_field_series_and_option_of_every_kind_is_explained():
    kinds = importers()
    assert "measures" in [known.kind for known in kinds]
    for known in kinds:
        names = [*(field.name for field in (*known.fields, *known.options)), *known.series]
        choices = [choice for field in known.fields for choice in field.choices]
        assert [name for name in (*names, *choices) if f"`{name}`" not in GUIDE] == []
