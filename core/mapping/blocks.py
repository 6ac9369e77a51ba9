"""Which cells are values of a period: blocks of columns (wide), a column beside a period's (long), or one target."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.mapping.dates import DateStyle
from core.mapping.patterns import SafePattern
from core.mapping.periodtexts import PeriodStyle
from core.mapping.section import Section, shown
from core.mapping.sources import (
    REFUSE,
    ColumnName,
    Source,
    Styles,
    column_from,
    source_from,
)
from core.mapping.styles import missing_from, number_style_from, pattern_from, period_style_from
from core.periods import Period, PeriodError

SKIP, CLEAR = "skip", "clear"


@dataclass(frozen=True)
class RowPeriod:
    """`[periods]`: how periods are written, and in a long table the columns that hold the period of the row."""

    style: PeriodStyle
    columns: tuple[ColumnName, ...] = ()
    join: str = " "
    unmatched: str = REFUSE


@dataclass(frozen=True)
class ValueBlock:
    """One `[[values]]`: values of one series (or of the series a column names).

    Exactly one of: `column` with the row's period, with the constant `period`, or with the period that stands in the
    column `period_column`; `columns`, from the name of a column
    to a period; `pattern`, which finds the columns and the period in their names. `blank`: a cell without a value is
    skipped, or clears what was recorded.
    """

    where: str
    series: str | Source
    styles: Styles
    column: ColumnName | None = None
    period: str = ""
    period_column: ColumnName | None = None
    columns: tuple[tuple[str, str], ...] = ()
    pattern: SafePattern | None = None
    series_names: tuple[tuple[str, str], ...] = ()
    blank: str = SKIP


def row_period_from(section: Section, dates: DateStyle) -> RowPeriod:
    """`[periods]` as the document has it."""
    column = column_from(section, "column")
    columns = section.raw("columns", [])
    if not isinstance(columns, list) or not all(isinstance(item, str | int) for item in columns):
        section.refuse(
            _("must be a list of columns that together hold the period. Columns that hold values stand in [[values]]."),
            "columns",
        )
        columns = []
    period = RowPeriod(
        style=period_style_from(section, dates),
        columns=tuple(columns) if column is None else (column,),
        join=section.text("join", " "),
        unmatched=section.text("unmatched", REFUSE, choices=(REFUSE, SKIP)),
    )
    section.finish()
    return period


def value_blocks_from(
    content: Any, styles: Styles, lookups: Dictionary[str, Any], row_period: RowPeriod, problems: list[str]
) -> tuple[ValueBlock, ...]:
    """All `[[values]]` of the document."""
    if not isinstance(content, list):
        problems.append(_("[[values]]: write it in double brackets, one for each series."))
        return ()
    return tuple(
        _block(Section(item, f"[[values]] {number}", problems), styles, lookups, row_period)
        for number, item in enumerate(content, start=1)
    )


def _block(section: Section, styles: Styles, lookups: Dictionary[str, Any], row_period: RowPeriod) -> ValueBlock:
    pattern = pattern_from(section, "pattern")
    block = ValueBlock(
        where=section.where,
        series=_series(section, styles, lookups, pattern),
        styles=Styles(
            number_style_from(section, styles.numbers),
            styles.dates,
            missing_from(section, styles.missing),
        ),
        column=column_from(section, "column"),
        period=section.text("period"),
        period_column=column_from(section, "period_column"),
        columns=_columns(section),
        pattern=pattern,
        series_names=tuple((name, str(key)) for name, key in section.section("series_names").items()),
        blank=section.text("blank", SKIP, choices=(SKIP, CLEAR)),
    )
    section.finish()
    _check(block, section, row_period)
    return block


def _series(
    section: Section, styles: Styles, lookups: Dictionary[str, Any], pattern: SafePattern | None
) -> str | Source:
    content = section.raw("series")
    if isinstance(content, dict):
        return source_from(content, f"{section.where} series", styles, lookups, section.problems)
    if isinstance(content, str) and content:
        return content
    if content is not None or pattern is None or "series" not in pattern.groups:
        section.refuse(
            _('must be the name of a series, such as "actual", or say where it comes from: {column = "…"}.'), "series"
        )
    return ""


def _columns(section: Section) -> tuple[tuple[str, str], ...]:
    table = section.raw("columns", {})
    if not isinstance(table, dict) or not all(isinstance(period, str) for period in table.values()):
        section.refuse(
            _('must say which period each column holds: {"2016" = "FY2016"}, not %(value)s.') % {"value": shown(table)},
            "columns",
        )
        return ()
    for name, period in table.items():
        _check_period(section, f'columns "{name}"', period)
    return tuple(table.items())


def _check(block: ValueBlock, section: Section, row_period: RowPeriod) -> None:
    ways = [block.column is not None, bool(block.columns), block.pattern is not None]
    if sum(ways) != 1:
        section.refuse(_("say which cells are values: exactly one of column, columns and pattern."))
    if block.period:
        _check_period(section, "period", block.period)
        if block.column is None:
            section.refuse(_("belongs to one column; with columns or a pattern each has its own."), "period")
    elif block.period_column is not None and block.column is None:
        section.refuse(_("belongs to one column; with columns or a pattern each has its own."), "period_column")
    elif block.column is not None and block.period_column is None and not row_period.columns:
        section.refuse(
            _('say which period the column is for: period = "FY2026" here, or column = "…" in [periods] for each row.')
        )
    if block.pattern is not None and not ({"period"} & block.pattern.groups or block.pattern.group_count <= 1):
        section.refuse(_("name the group that holds the period: (?P<period>…)."), "pattern")


def _check_period(section: Section, key: str, text: str) -> None:
    """Short years depend on the organisation's calendar and are checked when the mapping is used."""
    if text.lower().endswith("-short"):
        return
    try:
        Period.parse(text)
    except PeriodError as error:
        section.refuse(str(error), key)
