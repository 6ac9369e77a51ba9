"""What a mapping says is checked completely, and each mistake is a sentence that helps."""

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mapping import Field, Mapping, MappingError

WHOLE = """
version = 1
kind = "measures"
source = "Somewhere"
description = "All sections."

[file]
encoding = "windows-1252"
delimiter = "semicolon"
quote = "'"
sheet = "Data"
skip_rows = 1
header_row = 3
header_rows = 2
footer_rows = 1
comment = "#"
missing = ["NA", "-"]
short_rows = "fill"
duplicate_headers = "number"
error_cells = "missing"
transposed = false
escaped_formulas = true

[numbers]
decimal = ","
thousands = "."
currency = ["€"]
percent = "divide"
footnotes = ["*"]
parentheses = true
scale = 1000

[dates]
order = "day_first"
months = { janvier = 1 }

[fields]
code = "ID"
name = { columns = ["Group", 2], join = " > ", prefix = "X " }
since = { constant = 2024-01-31 }
level = { column = "Level", lookup = "levels", unmatched = "missing", default = "low" }
unit = { column = "Name", pattern = '\\((?P<in>[^)]+)\\)', group = "in", missing = ["?"], decimal = ".", thousands = "", order = "iso" }

[lookups.levels]
High = "high"
1 = "low"

[periods]
columns = ["Year", "Quarter"]
join = " "
format = ["quarter", "rolling"]
frequency = "quarter"
first_month = 4
named_by = "end"
footnotes = ["p"]
unmatched = "skip"
formats = { rolling = '\\d+ to (?P<year>\\d{4})' }

[[values]]
series = "actual"
column = "Value"
blank = "clear"

[[values]]
series = "actual"
columns = { "2016" = "FY2016", "2017 Q1" = "2017-Q1" }

[[values]]
pattern = '^(?P<series>Plan|Ist) (?P<period>\\d{4})$'
series_names = { Plan = "target", Ist = "actual" }

[[values]]
series = { column = "Kind", lookup = "levels" }
column = "T"
period = "FY2023"

[keys]
fields = ["code", "name"]
duplicates = "skip"

[rows]
include = { Geography = ["", "Canada"] }
exclude = { Year = 2015 }

[options]
strategy = "Corporate"
limit = 5
"""
SHORT = 'kind = "measures"\n[fields]\ncode = "ID"\n'


def sentences(text):
    with pytest.raises(MappingError) as caught:
        Mapping.parse(text)
    return list(caught.value.sentences)


def test_a_mapping_may_use_every_section():
    mapping = Mapping.parse(WHOLE)
    assert (mapping.kind, mapping.source, mapping.keys, mapping.duplicates) == (
        "measures", "Somewhere", ("code", "name"), "skip",
    )  # fmt: skip
    assert (mapping.layout.delimiter, mapping.layout.quote, mapping.layout.header_row) == (";", "'", 3)
    assert mapping.styles.missing == {"", "NA", "-"}
    assert mapping.options == {"strategy": "Corporate", "limit": 5}
    assert mapping.include == {"Geography": ("", "Canada")}
    assert mapping.exclude == {"Year": ("2015",)}
    assert mapping.lookups == {"levels": {"high": "high", "1": "low"}}


def test_a_mapping_survives_as_json():
    mapping = Mapping.parse(WHOLE)
    again = Mapping.parse(json.loads(json.dumps(mapping.to_document())))
    assert again == mapping
    assert again.to_document() == mapping.to_document()
    assert mapping != Mapping.parse(SHORT)


def test_the_document_is_a_copy():
    mapping = Mapping.parse(SHORT)
    mapping.to_document()["fields"]["code"] = "Other"
    assert mapping.to_document() == {"kind": "measures", "fields": {"code": "ID"}}


def test_a_file_is_read_and_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff" + SHORT, encoding="utf-8")
    assert Mapping.load(path) == Mapping.parse(SHORT)
    for content, said in (
        (b"kind = ", "mine.toml: is not TOML: Invalid value (at end of document)."),
        (b"\xff\xfe", "mine.toml: must be written in UTF-8."),
        (b"#" * (1024 * 1024 + 1), "mine.toml: is larger than 1 MB, so it is not a mapping."),
    ):
        path.write_bytes(content)
        with pytest.raises(MappingError) as caught:
            Mapping.load(path)
        assert str(caught.value) == said
    with pytest.raises(MappingError) as caught:
        Mapping.load(tmp_path / "gone.toml")
    assert str(caught.value) == "gone.toml: the file cannot be opened: No such file or directory."


def test_everything_that_is_wrong_is_said_at_once():
    text = 'kind = 5\n[file]\ndelimeter = ";"\nskip_rows = -1\n[fields]\ncode = "ID"\n[field]\n'
    assert sentences(text) == [
        "[file] skip_rows: must be a whole number from 0 to 100000, not -1.",
        (
            "[file]: 'delimeter' is not known here. Did you mean 'delimiter'? Known are 'encoding', 'delimiter', 'quote',"
            " 'sheet', 'skip_rows', 'header_row', 'header_rows', 'footer_rows', 'comment', 'short_rows',"
            " 'duplicate_headers', 'error_cells', 'transposed', 'escaped_formulas', 'missing'."
        ),
        "mapping kind: must be a text in quotation marks, not 5.",
        (
            "mapping: 'field' is not known here. Did you mean 'fields'? Known are 'version', 'file', 'dates', 'numbers',"
            " 'lookups', 'periods', 'rows', 'keys', 'kind', 'source', 'fields', 'values', 'options', 'description'."
        ),
    ]


ONE_MISTAKE = {
    "version = 2": "mapping: version 2 is not known; write version = 1.",
    '[file]\nencoding = "klingon"': (
        "[file] encoding: 'klingon' is not an encoding this program knows. Write utf-8, windows-1252, latin-1, utf-16"
        " or detect."
    ),
    '[file]\ndelimiter = "ab"': (
        "[file] delimiter: must be one sign, or one of 'detect', 'comma', 'semicolon', 'tab', 'pipe', not 'ab'."
    ),
    '[file]\nquote = "x"': "[file] quote: must be \", ' or nothing, not 'x'.",
    "[file]\nsheet = 1.5": "[file] sheet: must be the name of a sheet or its number, not 1.5.",
    '[file]\nshort_rows = "fil"': (
        "[file] short_rows: 'fil' is not one of 'refuse', 'fill'. Did you mean 'fill'?"
    ),
    "[file]\nmissing = [1]": "[file] missing: must be a list of texts, not [1].",
    "[file]\ntransposed = 1": "[file] transposed: must be true or false, not 1.",
    "file = 3": "[file]: must be a section with keys, not 3.",
    '[numbers]\ndecimal = ","\nthousands = ","': (
        "[numbers] thousands: the same sign cannot be decimal mark and thousands separator."
    ),
    "[numbers]\nscale = 0": "[numbers] scale: must be a number other than 0, such as 1000 or 0.01, not 0.",
    '[dates]\norder = "dmy"': "[dates] order: 'dmy' is not one of 'iso', 'day_first', 'month_first'.",
    "[dates]\nmonths = {x = 13}": "[dates] months: a month is a number from 1 to 12, not 13.",
    '[periods]\nformat = "yearly"': (
        "[periods] format: 'yearly' is not a way to write periods. Known are 'any', 'quarter', 'half_year', 'week',"
        " 'month', 'year', 'fiscal_year', 'date', 'key', and those of [periods.formats]."
    ),
    "[periods]\nformats = {a = '\\d+'}": "[periods.formats] a: the pattern needs a group (?P<year>…).",
    "[periods]\nformats = {a = '(?P<year>a)(?P<x>b)'}": (
        "[periods.formats] a: a group is called one of 'day', 'end', 'half', 'month', 'name', 'quarter', 'week',"
        " 'year'."
    ),
    "[periods]\nformats = {a = '((?P<year>a)*)*'}": (
        "[periods.formats] a: the pattern repeats a repeat, such as (a+)*, which could run for ever."
    ),
    '[periods]\ncolumns = {"2016" = "FY2016"}': (
        "[periods] columns: must be a list of columns that together hold the period. Columns that hold values stand in"
        " [[values]]."
    ),
    '[values]\nseries = "actual"': "[[values]]: write it in double brackets, one for each series.",
    '[[values]]\nseries = "actual"': (
        "[[values]] 1: say which cells are values: exactly one of column, columns and pattern."
    ),
    '[[values]]\ncolumn = "V"\nperiod = "FY2020"': (
        '[[values]] 1 series: must be the name of a series, such as "actual", or say where it comes from:'
        ' {column = "…"}.'
    ),
    '[[values]]\nseries = "actual"\ncolumn = "V"': (
        '[[values]] 1: say which period the column is for: period = "FY2026" here, or column = "…" in [periods] for'
        " each row."
    ),
    '[[values]]\nseries = "actual"\ncolumn = "V"\nperiod = "2016"': (
        "[[values]] 1 period: “2016” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."
    ),
    '[[values]]\nseries = "actual"\ncolumns = {"2016" = "16"}': (
        '[[values]] 1 columns "2016": “16” is not a period. Write 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026.'
    ),
    '[[values]]\nseries = "actual"\ncolumns = ["2016"]': (
        "[[values]] 1 columns: must say which period each column holds: {\"2016\" = \"FY2016\"}, not ['2016']."
    ),
    "[[values]]\nseries = \"actual\"\npattern = '(a)(b)'": (
        "[[values]] 1 pattern: name the group that holds the period: (?P<period>…)."
    ),
    '[keys]\nfields = ["cod"]': "[keys] fields: 'cod' is not one of the [fields]. Did you mean 'code'?",
    "[rows]\ninclude = {a = true}": "[rows.include] a: must be a text or a list of texts, not True.",
    "[options]\na = []": "[options] a: must be a text, a number, true or false, not [].",
    "[lookups.a]\nx = []": "[lookups.a] x: must be a text, a number, true or false, not [].",
    "[lookups.a]\nx = 1\nX = 2": "[lookups.a] X: stands twice, in upper and lower case, with two meanings.",
}  # fmt: skip


@pytest.mark.parametrize("text", ONE_MISTAKE)
def test_each_mistake_has_its_sentence(text):
    whole = f"{text}\n{SHORT}" if "=" in text.split("\n")[0] and "[" not in text.split("\n")[0] else f"{SHORT}{text}\n"
    assert sentences(whole)[0] == ONE_MISTAKE[text]


IN_A_FIELD = {
    "{}": "[fields] code: say where the value comes from: exactly one of column, columns, parts and constant.",
    '{column = "A", constant = 1}': (
        "[fields] code: say where the value comes from: exactly one of column, columns, parts and constant."
    ),
    '{column = "A", columns = ["B"]}': "[fields] code: say column or columns, not both.",
    "true": "[fields] code: must be a section with keys, not True.",
    "{column = 0}": "[fields] code column: must be the name of a column or its number, not 0.",
    '{column = "A", lookup = "x"}': (
        "[fields] code lookup: there is no [lookups.x]. Known are none."
    ),
    '{column = "A", group = 1}': "[fields] code group: belongs to a pattern, and there is none.",
    '{column = "A", pattern = "(a)", group = 2}': "[fields] code group: the pattern has no group 2.",
    '{column = "A", pattern = "(a"}': (
        "[fields] code pattern: the pattern cannot be read: missing ), unterminated subpattern at position 0."
    ),
    '{column = "A", defualt = "x"}': (
        "[fields] code: 'defualt' is not known here. Did you mean 'default'? Known are 'constant', 'column', 'columns',"
        " 'parts', 'pattern', 'decimal', 'thousands', 'currency', 'percent', 'footnotes', 'parentheses', 'scale', 'order',"
        " 'months', 'missing', 'join', 'plain', 'slug', 'group', 'lookup', 'unmatched', 'prefix', 'default'."
    ),
}  # fmt: skip


@pytest.mark.parametrize("field", IN_A_FIELD)
def test_each_mistake_in_a_field_has_its_sentence(field):
    assert sentences(f'kind = "m"\nfields = {{code = {field}}}')[0] == IN_A_FIELD[field]


def test_a_mapping_without_fields_or_kind():
    assert sentences("") == ["mapping kind: is missing.", "[fields]: says no field, so nothing can be imported."]


def test_what_an_importer_cannot_take_is_named():
    mapping = Mapping.parse(WHOLE)
    fields = [Field("code"), Field("name"), Field("levels"), Field("owner", required=True, help="Who answers for it.")]
    assert mapping.check_against(fields, ["plan"], [Field("strategy")]) == [
        "[fields]: the importer takes no 'since'. It takes 'code', 'name', 'levels', 'owner'.",
        "[fields]: the importer takes no 'level'. Did you mean 'levels'? It takes 'code', 'name', 'levels', 'owner'.",
        "[fields]: the importer takes no 'unit'. It takes 'code', 'name', 'levels', 'owner'.",
        "[fields]: 'owner' is missing: Who answers for it.",
        "[[values]] 1 series: the importer takes no 'actual'. It takes 'plan'.",
        "[[values]] 2 series: the importer takes no 'actual'. It takes 'plan'.",
        "[options]: the importer takes no 'limit'. It takes 'strategy'.",
    ]


keys = st.sampled_from([*tomllib.loads(WHOLE), "column", "constant", "columns", "series", "pattern", "format", "x"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["FY2020", "(?P<year>a)"])
)
documents = st.dictionaries(
    keys,
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    ),
    max_size=6,
)


@given(documents)
def test_no_document_raises_anything_but_sentences(document):
    try:
        mapping = Mapping.parse({"kind": "m", "fields": {"a": "A"}, **document})
    except MappingError as error:
        assert error.sentences
        assert all(error.sentences)
    else:
        assert Mapping.parse(json.loads(json.dumps(mapping.to_document()))) == mapping


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_sentences(text):
    with pytest.raises(MappingError):
        Mapping.parse(text)
