"""Where the value of a field comes from: a column, several, a constant, and what is done to it on the way."""

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.mapping.dates import DateStyle
from core.mapping.numbers import NumberStyle
from core.mapping.patterns import SafePattern
from core.mapping.section import Section, did_you_mean, quoted, shown
from core.mapping.styles import date_style_from, missing_from, number_style_from, pattern_from

ColumnName = str | int
Scalar = str | int | float | bool | date | None
REFUSE, MISSING, KEEP = "refuse", "missing", "keep"
LONGEST_JOIN = 20
LONGEST_SLUG = 40


@dataclass(frozen=True)
class Styles:
    """How numbers and days are written, and which words mean missing, unless a field says otherwise."""

    numbers: NumberStyle
    dates: DateStyle
    missing: frozenset[str]


@dataclass(frozen=True)
class Source:
    """One value of `[fields]`: exactly one of `columns`, `parts`, `constant`; the rest happens in the order written here.

    Columns, or parts that are sources themselves, are joined, tags are taken out of a `plain` text, words that mean
    missing are taken away, `pattern` cuts a part out, `lookup` translates, `slug` makes a code of at most so many
    letters, digits and hyphens, `prefix` goes before, and `default` stands where nothing is left. `unmatched` says what
    to do with a text that the pattern or the lookup does not know: "refuse" the row, take it as "missing", or "keep" it.
    """

    styles: Styles
    columns: tuple[ColumnName, ...] = ()
    parts: tuple["Source", ...] = ()
    constant: Scalar = None
    join: str = " "
    plain: bool = False
    slug: int = 0
    pattern: SafePattern | None = None
    group: str | int = 0
    lookup: str = ""
    unmatched: str = REFUSE
    prefix: str = ""
    default: Scalar = None


def source_from(content: Any, where: str, styles: Styles, lookups: Dictionary[str, Any], problems: list[str]) -> Source:
    """A source as the document has it: the name of a column, its number, or a table of the keys above."""
    if _is_column(content):
        return Source(styles, columns=(content,))
    section = Section(content, where, problems)
    constant = _scalar(section, "constant")
    columns = _columns(section)
    parts = _parts(section, styles, lookups)
    if isinstance(content, dict) and (constant is not None) + bool(columns) + bool(parts) != 1:
        section.refuse(_("say where the value comes from: exactly one of column, columns, parts and constant."))
    pattern = pattern_from(section, "pattern")
    source = Source(
        styles=Styles(
            number_style_from(section, styles.numbers),
            date_style_from(section, styles.dates),
            missing_from(section, styles.missing),
        ),
        columns=columns,
        parts=parts,
        constant=constant,
        join=section.text("join", " "),
        plain=section.flag("plain"),
        slug=section.whole("slug", 0, least=8, most=LONGEST_SLUG),
        pattern=pattern,
        group=_group(section, pattern),
        lookup=_lookup(section, lookups),
        unmatched=section.text("unmatched", REFUSE, choices=(REFUSE, MISSING, KEEP)),
        prefix=section.text("prefix"),
        default=_scalar(section, "default"),
    )
    section.finish()
    return source


def lookups_from(section: Section) -> dict[str, dict[str, Scalar]]:
    """`[lookups.name]`: tables of what stands in the file and what it means; upper and lower case are one."""
    lookups: dict[str, dict[str, Scalar]] = {}
    for name, content in section.items():
        inner = Section(content, f"[lookups.{name}]", section.problems)
        table: dict[str, Scalar] = {}
        for key, value in inner.items():
            small = folded(key)
            if not isinstance(value, str | int | float | bool | date):
                inner.refuse(
                    _("must be a text, a number, true or false, not %(value)s.") % {"value": shown(value)}, key
                )
            elif small in table and table[small] != value:
                inner.refuse(_("stands twice, in upper and lower case, with two meanings."), key)
            else:
                table[small] = value
        lookups[name] = table
    return lookups


def folded(text: str) -> str:
    """The text by which lookups compare: case and runs of blanks do not matter."""
    return " ".join(text.split()).casefold()


def column_from(section: Section, key: str) -> ColumnName | None:
    """The name of a column, or its number from 1."""
    value = section.raw(key)
    if value is None or _is_column(value):
        return value  # type: ignore[no-any-return]
    section.refuse(_("must be the name of a column or its number, not %(value)s.") % {"value": shown(value)}, key)
    return None


def _is_column(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and value > 0)


def _columns(section: Section) -> tuple[ColumnName, ...]:
    one = column_from(section, "column")
    several = section.raw("columns", [])
    if not isinstance(several, list) or len(several) > LONGEST_JOIN or not all(_is_column(item) for item in several):
        section.refuse(_("must be a list of columns, not %(value)s.") % {"value": shown(several)}, "columns")
        several = []
    if one is not None and several:
        section.refuse(_("say column or columns, not both."))
    return tuple(several) if one is None else (one,)


def _parts(section: Section, styles: Styles, lookups: Dictionary[str, Any]) -> tuple[Source, ...]:
    content = section.raw("parts", [])
    if not isinstance(content, list) or len(content) > LONGEST_JOIN:
        section.refuse(_("must be a list of columns and tables, not %(value)s.") % {"value": shown(content)}, "parts")
        return ()
    return tuple(
        source_from(part, f"{section.where} parts {number}", styles, lookups, section.problems)
        for number, part in enumerate(content, start=1)
    )


def _scalar(section: Section, key: str) -> Scalar:
    value = section.raw(key)
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    section.refuse(_("must be a text, a number, a date, true or false, not %(value)s.") % {"value": shown(value)}, key)
    return None


def _group(section: Section, pattern: SafePattern | None) -> str | int:
    """Which part of the match is the value: the group named or counted, else the only one, else the whole match."""
    group: Any = section.raw("group")
    if pattern is None:
        if group is not None:
            section.refuse(_("belongs to a pattern, and there is none."), "group")
        return 0
    if group is None:
        return 1 if pattern.group_count == 1 else 0
    is_number = isinstance(group, int) and not isinstance(group, bool)
    if (is_number and 0 <= group <= pattern.group_count) or (isinstance(group, str) and group in pattern.groups):
        return group  # type: ignore[no-any-return]
    section.refuse(_("the pattern has no group %(group)s.") % {"group": shown(group)}, "group")
    return 0


def _lookup(section: Section, lookups: Dictionary[str, Any]) -> str:
    name = section.text("lookup")
    if name and name not in lookups:
        section.refuse(
            _("there is no [lookups.%(name)s].%(hint)s Known are %(known)s.")
            % {"name": name, "hint": did_you_mean(name, lookups), "known": quoted(lookups) or _("none")},
            "lookup",
        )
        return ""
    return name
