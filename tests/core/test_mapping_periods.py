"""Periods as tables write them, in the calendar of the organisation."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mapping import CellProblem
from core.mapping.dates import DateStyle
from core.mapping.patterns import PatternError, SafePattern
from core.mapping.periodtexts import NAMED_FORMATS, PeriodReader, PeriodStyle
from core.periods import CALENDAR_YEARS, FiscalCalendar, Frequency, Period

APRIL = FiscalCalendar(4, "start")
JULY_BY_END = FiscalCalendar(7, "end")


def read(text, calendar=CALENDAR_YEARS, **style):
    return PeriodReader(PeriodStyle(**style), calendar).parse(text).key


def refusal(text, calendar=CALENDAR_YEARS, **style):
    with pytest.raises(CellProblem) as caught:
        read(text, calendar, **style)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2016", "FY2016"),
        ("FY2016", "FY2016"),
        ("FY 16", "FY2016"),
        ("FY98", "FY1998"),
        ("fiscal year 2016", "FY2016"),
        ("2019-20", "FY2019"),
        ("2019/20", "FY2019"),
        ("2019–20", "FY2019"),
        ("2015/2016", "FY2015"),
        ("FY2015-16", "FY2015"),
        ("23-24", "FY2023"),
        ("1999/00", "FY1999"),
        ("Q3 2024", "2024-Q3"),
        ("2024 Q3", "2024-Q3"),
        ("2024-Q3", "2024-Q3"),
        ("2024Q3", "2024-Q3"),
        ("q3/24", "2024-Q3"),
        ("3Q24", "2024-Q3"),
        ("3rd quarter 2024", "2024-Q3"),
        ("Quarter 1 2019-20", "2019-Q1"),
        ("2019/20 Q1", "2019-Q1"),
        ("H1 2024", "2024-H1"),
        ("2024-H2", "2024-H2"),
        ("1H24", "2024-H1"),
        ("2024-01", "2024-01"),
        ("2024M1", "2024-01"),
        ("01/2024", "2024-01"),
        ("202401", "2024-01"),
        ("Jan 2024", "2024-01"),
        ("January, 2024", "2024-01"),
        ("Jan-24", "2024-01"),
        ("Sept '24", "2024-09"),
        ("2024 Jan", "2024-01"),
        ("2024-W05", "2024-W05"),
        ("Week 5, 2024", "2024-W05"),
        ("  2016  ", "FY2016"),
        (2016.0, "FY2016"),
    ],
)
def test_the_usual_ways_are_recognised(text, key):
    assert read(text) == key


@pytest.mark.parametrize(
    ("text", "calendar", "key"),
    [
        ("2019-20", APRIL, "FY2019"),
        ("2019-20", JULY_BY_END, "FY2020"),
        ("FY2020", JULY_BY_END, "FY2020"),
        ("2020", APRIL, "FY2020"),
        ("2019-20 Q4", APRIL, "2019-Q4"),
        ("Q1 FY20", JULY_BY_END, "2020-Q1"),
        ("2024-01", APRIL, "2024-01"),
    ],
)
def test_years_and_quarters_are_those_of_the_organisation(text, calendar, key):
    assert read(text, calendar) == key


def test_two_years_are_the_fiscal_year_that_begins_in_the_first():
    period = PeriodReader(PeriodStyle(), JULY_BY_END).parse("2019-20")
    assert (period.start, period.end) == (date(2019, 7, 1), date(2020, 6, 30))


def test_a_file_may_name_its_years_otherwise_than_the_organisation():
    assert read("FY2019", JULY_BY_END, named_by="start") == "FY2020"
    assert read("Q1 2019", JULY_BY_END, named_by="start") == "2020-Q1"
    assert read("FY2020", APRIL, named_by="end", first_month=4) == "FY2019"


def test_a_file_that_cuts_its_years_otherwise_is_refused():
    assert refusal("FY2020", CALENDAR_YEARS, first_month=4) == (
        "'FY2020' begins on 2020-04-01, but the organisation's year begins on 2020-01-01."
    )
    assert read("Q2 2020", CALENDAR_YEARS, first_month=4) == "2020-Q3"


def test_what_can_be_a_month_or_two_years_must_be_said():
    sentence = '2010-11 can be a month or two years; say format = "month" or "fiscal_year" in [periods].'
    assert refusal("2010-11") == sentence
    assert read("2010-11", formats=("month",)) == "2010-11"
    assert read("2010-11", formats=("fiscal_year",)) == "FY2010"
    assert read("2012-13") == "FY2012"
    assert read("2010-12") == "2010-12"


@pytest.mark.parametrize(
    "text",
    ["2014 to 2016", "2013/14 to 2015/16", "16 May to 16 June 2021", "2019-23", "13/2024", "24", "Q5 2024", "soon",
     "There is no data for this indicator yet", "x" * 500, "٢٠٢٤", "0000", "2024-W", "H3 2024"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    assert refusal(text) == f"'{text[:40]}' is not a period (any)."


def test_what_does_not_exist_is_refused():
    assert refusal("2023-W53") == "there is no week '2023-W53'."
    assert refusal("9999") == "A period must lie between the years 1800 and 2999, not in 9999."
    assert refusal("") == "the cell is empty, so the values of the row have no period."


def test_only_the_ways_that_are_named_are_tried():
    assert read("2016", formats=("quarter", "year")) == "FY2016"
    assert refusal("Q1 2016", formats=("year", "month")) == "'Q1 2016' is not a period (year, month)."
    assert read("2026-H1", formats=("key",)) == "2026-H1"
    assert refusal("H1 2026", formats=("key",)) == "'H1 2026' is not a period (key)."


def test_a_date_stands_for_the_period_that_holds_it():
    assert read("31/01/2024", formats=("date",), frequency=Frequency.MONTH, dates=DateStyle("day_first")) == "2024-01"
    assert read(date(2024, 5, 1), frequency=Frequency.QUARTER) == "2024-Q2"
    assert refusal(date(2024, 5, 1)) == '2024-05-01 is a day; say frequency = "month" (or another) in [periods].'
    assert refusal("31.02.2024", formats=("date",), frequency=Frequency.MONTH) == "'31.02.2024' is not a period (date)."


def test_footnote_marks_are_taken_away():
    assert [read(text, footnotes=("a", "b", "*")) for text in ("2014a", "2014 b", "2014*")] == ["FY2014"] * 3


def test_patterns_of_the_writers_own():
    own = {
        "rolling": SafePattern(r"\d{4} to (?P<year>\d{4})"),
        "trimestre": SafePattern(r"T(?P<quarter>\d) (?P<year>\d{4})"),
        "mois": SafePattern(r"(?P<name>\w+) (?P<year>\d{4})"),
    }
    style = {"formats": ("rolling", "trimestre", "mois"), "custom": own, "dates": DateStyle(months={"février": 2})}
    assert [read(text, **style) for text in ("2014 to 2016", "T3 2024", "Février 2024")] == [
        "FY2016",
        "2024-Q3",
        "2024-02",
    ]
    assert refusal("T7 2024", **style) == "'T7 2024' is not a period (rolling, trimestre, mois)."
    assert refusal("Foo 2024", **style) == "'Foo 2024' is not a period (rolling, trimestre, mois)."


@given(
    st.sampled_from(list(Frequency)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.sampled_from([CALENDAR_YEARS, APRIL, JULY_BY_END]),
)
def test_every_key_of_the_portal_is_read_back(frequency, day, calendar):
    period = Period.of(frequency, day, calendar)
    assert PeriodReader(PeriodStyle(formats=("key",)), calendar).parse(period.key) == period
    if frequency is not Frequency.MONTH:
        assert PeriodReader(PeriodStyle(), calendar).parse(period.key) == period


@given(
    st.text(max_size=30) | st.from_regex(r"(FY|Q[0-9]|H[0-9]|W[0-9]{2})? ?[0-9]{2,4}[-/ ]?[0-9]{0,4}", fullmatch=True)
)
def test_no_text_raises_anything_but_a_sentence(text):
    for formats in [(name,) for name in NAMED_FORMATS]:
        for calendar in (CALENDAR_YEARS, JULY_BY_END):
            try:
                PeriodReader(PeriodStyle(formats=formats, frequency=Frequency.WEEK), calendar).parse(text)
            except CellProblem as problem:
                assert str(problem).endswith(".")


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(a+)*b", "the pattern repeats a repeat, such as (a+)*, which could run for ever."),
        ("(a?a?)*b", "the pattern repeats a repeat, such as (a+)*, which could run for ever."),
        ("(a|ab)*c", "the pattern repeats a choice, such as (a|b)*, which could run for ever."),
        ("(?=a)a", "the pattern uses look-around or back-references, which are not allowed."),
        (r"(a)\1", "the pattern uses look-around or back-references, which are not allowed."),
        (".*" * 9, "the pattern has too many repeats, choices and options to be tried safely."),
        ("a?" * 30 + "a" * 30, "the pattern has too many repeats, choices and options to be tried safely."),
        ("(ab|a)" * 30, "the pattern has too many repeats, choices and options to be tried safely."),
        ("a" * 301, "the pattern is longer than 300 characters."),
    ],
)
def test_patterns_that_could_run_for_ever_are_refused(pattern, sentence):
    with pytest.raises(PatternError) as caught:
        SafePattern(pattern)
    assert str(caught.value) == sentence


def test_a_broken_pattern_is_refused():
    with pytest.raises(PatternError, match=r"^the pattern cannot be read: "):
        SafePattern("(a")


@pytest.mark.parametrize("pattern", [r"\(([^()]+)\)$", "a.*b.*c$", r"^(\d+)-(\d+)?$", "x*y*$"])
def test_what_is_allowed_ends_soon_on_the_worst_text(pattern):
    safe = SafePattern(pattern)
    for worst in ("(" * safe.longest, "ab" * (safe.longest // 2), "1" * safe.longest, "x" * safe.longest):
        safe.search(worst[: safe.longest])
    with pytest.raises(PatternError, match="longer than"):
        safe.search("x" * (safe.longest + 1))
