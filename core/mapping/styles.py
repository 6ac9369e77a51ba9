"""The sections of a mapping that say how things are written: file, numbers, dates, periods."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.utils.translation import gettext as _

from core.mapping.dates import DateStyle
from core.mapping.numbers import NumberStyle
from core.mapping.patterns import PatternError, SafePattern
from core.mapping.periodtexts import GROUPS, NAMED_FORMATS, PeriodStyle
from core.mapping.section import Section, quoted, shown
from core.periods import Frequency
from core.spreadsheets import DETECT, Folder, Layout, SpreadsheetError
from core.spreadsheets.encodings import codec_named

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
MOST_HEADER_ROWS = 10
MOST_FOOTER_ROWS = 1_000
MONTHS_OF_A_YEAR = 12
_PARTS = re.compile(r"\{(\w+)\}")


def layout_from(section: Section) -> Layout:
    """`[file]`: how the table lies in its file."""
    plain = Layout()
    return Layout(
        encoding=_encoding(section),
        delimiter=_delimiter(section),
        quote=_quote(section),
        sheet=_sheet(section),
        skip_rows=section.whole("skip_rows", 0, most=100_000),
        header_row=section.whole("header_row", None, most=100_000),
        header_rows=section.whole("header_rows", 1, least=1, most=MOST_HEADER_ROWS),
        footer_rows=section.whole("footer_rows", 0, most=MOST_FOOTER_ROWS),
        comment=section.text("comment"),
        short_rows=section.text("short_rows", plain.short_rows, choices=("refuse", "fill")),
        duplicate_headers=section.text("duplicate_headers", plain.duplicate_headers, choices=("refuse", "number")),
        error_cells=section.text("error_cells", plain.error_cells, choices=("refuse", "missing")),
        transposed=section.flag("transposed"),
        escaped_formulas=section.flag("escaped_formulas"),
    )


def folder_from(section: Section) -> Folder | None:
    """`[folder]`: which files of a folder are the table, and what stands elsewhere about each."""
    pattern = pattern_from(section, "files")
    about = section.section("about")
    folder = Folder(
        match=lambda label: _parts_of(pattern, label),
        parts=tuple(sorted(pattern.groups)) if pattern else (),
        about=tuple((name, str(template)) for name, template in about.items()),
        apart=section.texts("apart"),
        breakdown=section.text("breakdown"),
    )
    section.finish()
    if pattern is None and not section.has("files"):
        section.refuse(_("say which files: files = 'data/(?P<code>\\w+)\\.csv'."), "files")
    for name, template in folder.about:
        unknown = sorted(set(_PARTS.findall(template)) - set(folder.parts))
        if unknown or "{" in _PARTS.sub("", template):
            about.refuse(
                _("in braces stand names of groups of files, such as %(known)s.") % {"known": quoted(folder.parts)},
                name,
            )
    return folder


def _parts_of(pattern: SafePattern | None, label: str) -> dict[str, str] | None:
    try:
        found = pattern.fullmatch(label) if pattern else None
    except PatternError:
        return None
    return {name: text or "" for name, text in found.groupdict().items()} if found else None


def number_style_from(section: Section, base: NumberStyle) -> NumberStyle:
    """`[numbers]`, or the same keys on one field, which then win over the section."""
    style = replace(
        base,
        decimal=section.text("decimal", base.decimal, choices=(".", ",")),
        thousands=section.text("thousands", base.thousands, choices=("", ",", ".", " ", "'", "_")),
        currency=section.texts("currency", base.currency),
        percent=section.text("percent", base.percent, choices=("", "keep", "divide")),
        footnotes=section.texts("footnotes", base.footnotes),
        parentheses=section.flag("parentheses", default=base.parentheses),
        scale=_scale(section, base.scale),
    )
    if style.thousands == style.decimal:
        section.refuse(_("the same sign cannot be decimal mark and thousands separator."), "thousands")
        return base
    return style


def date_style_from(section: Section, base: DateStyle) -> DateStyle:
    """`[dates]`, or `order` on one field."""
    order = section.text("order", base.order, choices=("iso", "day_first", "month_first"))
    months = dict(base.months)
    for name, number in section.section("months").items():
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MONTHS_OF_A_YEAR:
            section.refuse(_("a month is a number from 1 to 12, not %(value)s.") % {"value": shown(number)}, "months")
            continue
        months[name.lower().rstrip(".")] = number
    return DateStyle(cast("Any", order), months)


def period_style_from(section: Section, dates: DateStyle) -> PeriodStyle:
    """The part of `[periods]` that says how periods are written."""
    custom: dict[str, SafePattern] = {}
    own = section.section("formats")
    for name in own.names():
        safe = pattern_from(own, name)
        if safe is not None and "year" not in safe.groups:
            own.refuse(_("the pattern needs a group (?P<year>…)."), name)
        elif safe is not None and safe.groups - GROUPS:
            own.refuse(_("a group is called one of %(groups)s.") % {"groups": quoted(sorted(GROUPS))}, name)
        elif safe is not None:
            custom[name] = safe
    frequency = section.text("frequency", choices=[frequency.value for frequency in Frequency])
    return PeriodStyle(
        formats=_formats(section, own.names()),
        frequency=Frequency(frequency) if frequency else None,
        first_month=section.whole("first_month", None, least=1, most=MONTHS_OF_A_YEAR),
        named_by=cast("Any", section.text("named_by", choices=("start", "end"))),
        footnotes=section.texts("footnotes"),
        custom=custom,
        dates=dates,
    )


def missing_from(section: Section, base: frozenset[str]) -> frozenset[str]:
    """The words that mean missing, beside nothing at all."""
    words = section.texts("missing")
    return frozenset(words) | {""} if section.has("missing") else base


def pattern_from(section: Section, key: str) -> SafePattern | None:
    """A regular expression; None where there is none, or with a sentence where it is none."""
    pattern = section.raw(key)
    if pattern is None:
        return None
    if not isinstance(pattern, str):
        section.refuse(_("must be a text in quotation marks, not %(value)s.") % {"value": shown(pattern)}, key)
        return None
    try:
        return SafePattern(pattern)
    except PatternError as error:
        section.refuse(str(error), key)
        return None


def _formats(section: Section, own: list[str]) -> tuple[str, ...]:
    formats = section.texts("format", PeriodStyle().formats)
    unknown = [name for name in formats if name not in NAMED_FORMATS and name not in own]
    if not unknown and formats:
        return formats
    section.refuse(
        _("%(unknown)s is not a way to write periods. Known are %(known)s, and those of [periods.formats].")
        % {"unknown": quoted(unknown) or "[]", "known": quoted([*NAMED_FORMATS, *own])},
        "format",
    )
    return PeriodStyle().formats


def _encoding(section: Section) -> str:
    name = section.text("encoding", DETECT)
    if name.lower() == DETECT:
        return DETECT
    try:
        codec_named(name)
    except SpreadsheetError as error:
        section.refuse(str(error), "encoding")
        return DETECT
    return name


def _delimiter(section: Section) -> str:
    name = section.text("delimiter", DETECT)
    sign = DELIMITERS.get(name.lower(), name)
    if name.lower() == DETECT:
        return DETECT
    if len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign not in "\"'\r\n\\ .":
        return sign
    section.refuse(
        _("must be one sign, or one of %(names)s, not %(value)s.")
        % {"names": quoted([DETECT, *DELIMITERS]), "value": shown(name)},
        "delimiter",
    )
    return DETECT


def _quote(section: Section) -> str:
    quote = section.text("quote", '"')
    if quote in ("", '"', "'"):
        return quote
    section.refuse(_("must be \", ' or nothing, not %(value)s.") % {"value": shown(quote)}, "quote")
    return '"'


def _sheet(section: Section) -> str | int | None:
    sheet = section.raw("sheet")
    if sheet is None or (isinstance(sheet, str | int) and not isinstance(sheet, bool)):
        return sheet
    section.refuse(_("must be the name of a sheet or its number, not %(value)s.") % {"value": shown(sheet)}, "sheet")
    return None


def _scale(section: Section, base: Decimal) -> Decimal:
    value = section.raw("scale")
    if value is None:
        return base
    try:
        scale = Decimal(str(value)) if not isinstance(value, bool) else Decimal(0)
    except InvalidOperation:
        scale = Decimal(0)
    if scale.is_finite() and scale:
        return scale
    section.refuse(
        _("must be a number other than 0, such as 1000 or 0.01, not %(value)s.") % {"value": shown(value)}, "scale"
    )
    return base
