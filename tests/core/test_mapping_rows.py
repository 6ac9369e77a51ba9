"""A mapping applied to a table: what comes out of wide and long tables, and what is said of each cell that is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from core.mapping import Field, MappedRow, Mapping, MappingError, Problem, Skipped, apply
from core.periods import FiscalCalendar
from core.spreadsheets import Sheet, SpreadsheetError, open_table, workbook_chunks

FIELDS = (
    Field("code", required=True),
    Field("name", max_length=20),
    Field("weight", "number"),
    Field("since", "date"),
    Field("critical", "boolean"),
    Field("polarity", "choice", choices=("up", "down")),
)
SERIES = ("actual", "target")


@pytest.fixture
def mapped(tmp_path):
    """Apply a mapping (without its head) to a CSV; answers the outcomes."""

    def run(text, mapping, **kwargs):
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        whole = Mapping.parse(f'kind = "measures"\n{mapping}')
        with open_table(path, whole.layout) as table:
            return list(apply(whole, table, kwargs.pop("fields", FIELDS), series=SERIES, **kwargs))

    return run


def said(outcomes):
    return [str(outcome) for outcome in outcomes if isinstance(outcome, Problem)]


def values(outcomes):
    assert said(outcomes) == []
    return [outcome.values for outcome in outcomes if isinstance(outcome, MappedRow)]


def facts(outcomes):
    assert said(outcomes) == []
    return [
        (row.values["code"], value.period.key, value.series, value.value)
        for row in outcomes
        if isinstance(row, MappedRow)
        for value in row.periods
    ]


def test_every_type_of_field(mapped):
    text = "id,n,w,d,c,p\n 1 ,Müller,1.50,2024-01-31,Yes,UP\n2,,,,,\n"
    mapping = '[fields]\ncode = "id"\nname = "n"\nweight = "w"\nsince = "d"\ncritical = "c"\npolarity = "p"\n'
    assert values(mapped(text, mapping)) == [
        {
            "code": "1",
            "name": "Müller",
            "weight": Decimal("1.50"),
            "since": date(2024, 1, 31),
            "critical": True,
            "polarity": "up",
        },
        {"code": "2", "name": None, "weight": None, "since": None, "critical": None, "polarity": None},
    ]


def test_texts_are_composed_so_that_equal_words_are_equal(mapped):
    assert values(mapped("id\nA\u0308rzte\n", '[fields]\ncode = "id"\n')) == [{"code": "Ärzte"}]


def test_a_value_may_come_from_several_columns_a_constant_or_a_part_of_a_text(mapped):
    text = "id,a,b,n\n1,x,,Letters answered (%)\n2,x,y,No unit\n"
    mapping = """[fields]
code = { columns = ["a", "b", 1], join = " > ", prefix = "K-" }
name = { column = "n", pattern = '\\(([^()]+)\\)$', unmatched = "missing" }
weight = { constant = 2 }
since = { constant = 2024-01-31 }
"""
    assert values(mapped(text, mapping)) == [
        {"code": "K-x > 1", "name": "%", "weight": Decimal(2), "since": date(2024, 1, 31)},
        {"code": "K-x > y > 2", "name": None, "weight": Decimal(2), "since": date(2024, 1, 31)},
    ]


def test_lookups_translate_whatever_the_case(mapped):
    text = "id,p,c\n1,Desired UP,ja\n2,desired up,nein\n3,other,\n"
    mapping = """[fields]
code = "id"
polarity = { column = "p", lookup = "ways", unmatched = "missing" }
critical = { column = "c", lookup = "truth" }
[lookups.ways]
"Desired Up" = "up"
[lookups.truth]
ja = true
nein = false
"""
    assert values(mapped(text, mapping)) == [
        {"code": "1", "polarity": "up", "critical": True},
        {"code": "2", "polarity": "up", "critical": False},
        {"code": "3", "polarity": None, "critical": None},
    ]


def test_defaults_stand_where_a_row_says_nothing_and_are_counted(mapped):
    outcomes = mapped(
        "id,n\n1,NA\n2,b\n", '[file]\nmissing=["NA"]\n[fields]\ncode="id"\nname={column="n",default="None"}\n'
    )
    assert [(row.values["name"], row.defaulted) for row in outcomes] == [("None", ("name",)), ("b", ())]


def test_a_wide_table(mapped):
    text = "id,2017,2016,T\n1,2.5,NA,3\n2,,1,\n"
    mapping = """[file]
missing = ["NA"]
[fields]
code = "id"
[[values]]
series = "actual"
columns = { "2016" = "FY2016", "2017" = "FY2017" }
[[values]]
series = "target"
column = "T"
period = "FY2017"
"""
    assert facts(mapped(text, mapping)) == [
        ("1", "FY2017", "actual", Decimal("2.5")),
        ("1", "FY2017", "target", Decimal(3)),
        ("2", "FY2016", "actual", Decimal(1)),
    ]


def test_columns_found_by_a_pattern(mapped):
    text = "id,Plan FY23,Ist FY23,Ist FY24,Plan note\n1,1,2,,x\n"
    mapping = """[fields]
code = "id"
[[values]]
pattern = '^(?P<series>Plan|Ist) (?P<period>FY[0-9]+)$'
series_names = { Plan = "target", Ist = "actual" }
"""
    assert facts(mapped(text, mapping)) == [("1", "FY2023", "target", 1), ("1", "FY2023", "actual", 2)]


def test_a_long_table(mapped):
    text = "id,Year,Kind,V\n1,2019-20,a,1.5\n1,2020-21,t,2\n1,2020-21,a,\n2,There is no data yet,a,\n"
    mapping = """[fields]
code = "id"
[periods]
column = "Year"
format = "fiscal_year"
[lookups.kinds]
a = "actual"
t = "target"
[[values]]
series = { column = "Kind", lookup = "kinds" }
column = "V"
[keys]
fields = ["code"]
"""
    assert facts(mapped(text, mapping, calendar=FiscalCalendar(4, "end"))) == [
        ("1", "FY2020", "actual", Decimal("1.5")),
        ("1", "FY2021", "target", 2),
    ]


def test_a_period_may_stand_in_two_columns(mapped):
    mapping = '[fields]\ncode="id"\n[periods]\ncolumns=["q","y"]\n[[values]]\nseries="actual"\ncolumn="v"\n'
    assert facts(mapped("id,q,y,v\n1,Q1,2024,5\n", mapping)) == [("1", "2024-Q1", "actual", 5)]


def test_a_blank_may_clear_a_value(mapped):
    mapping = '[fields]\ncode="id"\n[[values]]\nseries="actual"\ncolumn="v"\nperiod="FY2024"\nblank="clear"\n'
    assert facts(mapped("id,v\n1,\n2,7\n", mapping)) == [("1", "FY2024", "actual", None), ("2", "FY2024", "actual", 7)]


def test_rows_are_chosen_by_what_stands_in_a_column(mapped):
    text = "id,geo,year\n1,,2015\n2,Canada,2016\n3,Ontario,2016\n4,,2016\n"
    mapping = '[fields]\ncode="id"\n[rows]\ninclude={geo=["","Canada"]}\nexclude={year=2015}\n'
    outcomes = mapped(text, mapping)
    assert [row.values["code"] for row in outcomes if isinstance(row, MappedRow)] == ["2", "4"]
    assert [row for row in outcomes if isinstance(row, Skipped)] == [
        Skipped(2, 2, "'year' is '2015'."),
        Skipped(4, 4, "'geo' is 'Ontario'."),
    ]


def test_rows_whose_period_is_none_may_be_skipped(mapped):
    text = "id,Year,V\n1,2014 to 2016,5\n1,2016,6\n"
    mapping = (
        '[fields]\ncode="id"\n[periods]\ncolumn="Year"\nunmatched="skip"\n[[values]]\nseries="actual"\ncolumn="V"\n'
    )
    outcomes = mapped(text, mapping)
    assert outcomes[0] == Skipped(2, 2, "'2014 to 2016' is not a period (any).")
    assert facts(outcomes[1:]) == [("1", "FY2016", "actual", 6)]


def test_a_row_that_repeats_another_is_refused_skipped_or_allowed(mapped):
    text = "id,n\n1,a\n2,b\n1,c\n"
    mapping = '[fields]\ncode="id"\nname="n"\n[keys]\nfields=["code"]\n'
    assert said(mapped(text, mapping)) == ["data.csv, row 4, column 'id': repeats row 2: code '1'."]
    assert mapped(text, mapping + 'duplicates="skip"\n')[2] == Skipped(4, 4, "repeats row 2: code '1'.")
    assert len(values(mapped(text, mapping + 'duplicates="allow"\n'))) == 3
    assert len(values(mapped(text, '[fields]\ncode="id"\n'))) == 3


def test_in_a_long_table_a_row_repeats_another_by_key_period_and_series(mapped):
    mapping = (
        '[fields]\ncode="id"\n[periods]\ncolumn="y"\n[[values]]\nseries="actual"\ncolumn="v"\n[keys]\nfields=["code"]\n'
    )
    assert said(mapped("id,y,v\n1,2016,5\n1,2017,5\n1,FY2016,6\n", mapping)) == [
        "data.csv, row 4, column 'id': repeats row 2: code '1'."
    ]


def test_every_wrong_cell_is_named_with_file_row_and_column(mapped):
    text = (
        "id,n,w,d,c,p,2016\n"
        ",x,abc,31/01/2024,maybe,sideways,soon\n"
        '2,"two\nlines and far too long",1,2024-02-30,yes,up,1\n'
        "3,fine,1,2024-02-01,no,down,1\n"
    )
    mapping = """[fields]
code = "id"
name = "n"
weight = "w"
since = "d"
critical = "c"
polarity = "p"
[[values]]
series = "actual"
columns = { 2016 = "FY2016" }
"""
    outcomes = mapped(text, mapping)
    assert said(outcomes) == [
        "data.csv, row 2, column 'id': the cell is empty, but the field 'code' is required.",
        "data.csv, row 2, column 'w': 'abc' is not a number.",
        "data.csv, row 2, column 'd': '31/01/2024' is not a date. Say order = \"day_first\" or \"month_first\" in [dates].",
        "data.csv, row 2, column 'c': 'maybe' is neither yes nor no. Translate it by a lookup to true or false.",
        "data.csv, row 2, column 'p': 'sideways' is not one of 'up', 'down'.",
        "data.csv, row 2, column '2016': 'soon' is not a number.",
        "data.csv, row 3, column 'n': the text has 26 characters; the most is 20.",
        "data.csv, row 3, column 'd': there is no day '2024-02-30'.",
    ]
    assert [row.values["code"] for row in outcomes if isinstance(row, MappedRow)] == ["3"]


def test_a_wrong_period_series_pattern_or_lookup_is_named(mapped):
    text = "id,y,k,v,n\n1,soon,actual,5,(a)\n2,,actual,5,(a)\n3,2016,plan,5,(a)\n4,2016,,5,(a)\n5,2016,actual,5,none\n6,soon,x,,(a)\n"
    mapping = """[fields]
code = "id"
name = { column = "n", pattern = '\\((.)\\)' }
polarity = { column = "k", lookup = "ways", default = "up" }
[lookups.ways]
actual = "up"
plan = "down"
x = "up"
[periods]
column = "y"
[[values]]
series = { column = "k" }
column = "v"
"""
    assert said(mapped(text, mapping)) == [
        "data.csv, row 2, column 'y': 'soon' is not a period (any).",
        "data.csv, row 3, column 'y': the cell is empty, so the values of the row have no period.",
        "data.csv, row 4, column 'k': 'plan' is not one of 'actual', 'target'.",
        "data.csv, row 5, column 'k': the cell is empty, so the value of the row belongs to no series.",
        "data.csv, row 6, column 'n': 'none' does not fit the pattern.",
    ]
    assert said(mapped("id,y,k,v,n\n1,2016,actul,5,(a)\n", mapping))[0] == (
        "data.csv, row 2, column 'k': 'actul' is not in the lookup 'ways'. Did you mean 'actual'?"
    )


def test_a_column_that_is_not_there_is_named_with_those_that_are(mapped):
    mapping = """[fields]
code = "ID"
name = { column = 9 }
[periods]
column = "Yaer"
[[values]]
series = "actual"
column = "Value"
[[values]]
series = "actual"
pattern = '^x$'
[[values]]
series = "target"
columns = { 2016 = "FY2016-short" }
[rows]
exclude = { geo = "x" }
"""
    with pytest.raises(MappingError) as caught:
        mapped("id,Year,2016\n", mapping)
    names = " Its columns are 'id', 'Year', '2016'."
    assert list(caught.value.sentences) == [
        "[fields] code: the file 'data.csv' has no column 'ID'. Did you mean 'id'?" + names,
        "[fields] name: the file 'data.csv' has 3 columns, so there is no column 9.",
        "[periods]: the file 'data.csv' has no column 'Yaer'. Did you mean 'Year'?" + names,
        "[[values]] 1: the file 'data.csv' has no column 'Value'." + names,
        "[[values]] 2 pattern: no column fits. The columns are 'id', 'Year', '2016'.",
        '[[values]] 3 columns "2016": There is no short fiscal year 2016: the calendar never changed.',
        "[rows.exclude]: the file 'data.csv' has no column 'geo'." + names,
    ]


def test_constants_and_columns_that_cannot_be_are_refused(mapped):
    mapping = """[fields]
code = "id"
weight = { constant = "much" }
polarity = { column = "p", default = "sideways" }
[[values]]
series = "actual"
columns = { a = "FY2016", b = "FY2016" }
[[values]]
pattern = '^(?P<series>[cd]) (?P<period>.*)$'
"""
    with pytest.raises(MappingError) as caught:
        mapped("id,p,a,b,c 2016\n", mapping)
    assert list(caught.value.sentences) == [
        "[fields] weight constant: 'much' is not a number.",
        "[fields] polarity default: 'sideways' is not one of 'up', 'down'.",
        "[[values]] 2 pattern, column 'c 2016': 'c' is no series. Translate it in series_names.",
        "[[values]] 2 pattern: no column fits. The columns are 'id', 'p', 'a', 'b', 'c 2016'.",
        "[[values]]: the columns 'a' and 'b' both hold 'actual' of 2016.",
    ]


def test_what_the_importer_does_not_take_is_refused_before_a_row_is_read(mapped):
    with pytest.raises(MappingError) as caught:
        mapped("id\n1\n", '[fields]\nnam = "id"\n')
    assert caught.value.sentences[0].startswith("[fields]: the importer takes no 'nam'. Did you mean 'name'?")


def test_rows_before_one_that_cannot_be_read_come_first(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("id\n1\n2\n3,4\n")
    mapping = Mapping.parse('kind="m"\n[fields]\ncode="id"\n')
    taken = []
    with open_table(path) as table, pytest.raises(SpreadsheetError, match=r"^data.csv, row 4, column '2'"):
        taken.extend(row.values["code"] for row in apply(mapping, table, FIELDS))
    assert taken == ["1", "2"]


def test_a_row_knows_what_stood_in_the_file(mapped):
    [row] = mapped("id,n\n1,x\n", '[fields]\ncode="id"\n')
    assert row.raw == {"id": "1", "n": "x"}
    assert row.bound.unused_columns == ["n"]
    assert str(row.problem("no.", "code")) == "data.csv, row 2, column 'id': no."
    assert str(row.problem("no.", column="n")) == "data.csv, row 2, column 'n': no."
    assert str(row.problem("no.")) == "data.csv, row 2: no."


def test_columns_without_names_are_known_by_number(mapped):
    mapping = "[file]\nheader_row = 0\n[fields]\ncode = 1\nname = { column = 2 }\n"
    assert values(mapped("1,a\n2,b\n", mapping)) == [{"code": "1", "name": "a"}, {"code": "2", "name": "b"}]


def test_a_workbook_gives_the_same_rows_as_a_text(tmp_path):
    path = tmp_path / "data.xlsx"
    rows = [["7", "x", 1.5, date(2024, 1, 31), True, 12, None], [8, "y", -99, None, False, 0.1, "NA"]]
    headings = ["id", "n", "w", "d", "c", "2016", "2017"]
    path.write_bytes(b"".join(workbook_chunks([Sheet("Data", headings, rows)])))
    mapping = Mapping.parse(
        'kind="m"\n[file]\nmissing=["NA","-99"]\n[fields]\ncode="id"\nname="n"\nweight="w"\nsince="d"\ncritical="c"\n'
        "[[values]]\nseries=\"actual\"\npattern='^20..$'\n"
    )
    with open_table(path) as table:
        outcomes = list(apply(mapping, table, FIELDS, series=SERIES))
    assert values(outcomes) == [
        {"code": "7", "name": "x", "weight": Decimal("1.5"), "since": date(2024, 1, 31), "critical": True},
        {"code": "8", "name": "y", "weight": None, "since": None, "critical": False},
    ]
    assert facts(outcomes) == [("7", "FY2016", "actual", 12), ("8", "FY2016", "actual", Decimal("0.1"))]


def test_numbers_of_a_row_may_be_written_otherwise_than_the_rest(mapped):
    mapping = """[numbers]
decimal = ","
thousands = "."
[fields]
code = "id"
weight = { column = "w", decimal = ".", thousands = "", scale = 0.01 }
[[values]]
series = "actual"
column = "v"
period = "FY2024"
percent = "divide"
"""
    outcomes = mapped("id;w;v\n1;12.5;1.234,5 %\n", mapping)
    assert values(outcomes) == [{"code": "1", "weight": Decimal("0.125")}]
    assert facts(outcomes) == [("1", "FY2024", "actual", Decimal("12.345"))]


def test_batches_change_nothing(mapped, monkeypatch):
    text = "id,n\n" + "".join(f"{number},{'x' * (number % 25)}\n" for number in range(50))
    mapping = '[fields]\ncode="id"\nname={column="n",default="-"}\n'
    whole = mapped(text, mapping)
    monkeypatch.setattr("core.mapping.batches.ROWS", 7)
    again = mapped(text, mapping)
    assert [row[:5] for row in whole if isinstance(row, MappedRow)] == [
        row[:5] for row in again if isinstance(row, MappedRow)
    ]
    assert said(whole) == said(again)
    assert len(said(whole)) == 8
