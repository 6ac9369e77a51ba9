"""Numbers as people type and paste them: decimal comma or point, thousands, percent, currency, the word of their unit.

What a text says by itself is read so: "72,4", "1.234,5" and "1,234.5" can be only one number. A text that can be two
("1,234") is read as the others beside it are written; where those disagree it is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.mapping.numbers import LONGEST_TEXT, SHOWN, NumberStyle
from core.mapping.problems import CellProblem
from core.spreadsheets import Cell, cell_text

POINT, COMMA = ".", ","
SIGNS = "$£€¥"
BLANKS = " \u00a0\u2007\u2009\u202f"
APOSTROPHES = "'’"
GROUP = 3
_DIGITS = re.compile(rf"[0-9][0-9.,{BLANKS}{APOSTROPHES}]*[0-9]|[.,]?[0-9]+")


@dataclass(frozen=True)
class Convention:
    """How the numbers of one paste or file are written: the decimal sign, or None where they disagree."""

    decimal: str | None = POINT


@dataclass(frozen=True)
class Unit:
    """What the numbers are of: its word ("patients", "£m"), and whether it is a percentage."""

    word: str = ""
    is_percent: bool = False


def convention(cells: Iterable[Cell]) -> Convention:
    """How numbers are written, by all that can be read in one way only; as the portal writes them where none can."""
    said = {sign for cell in cells if isinstance(cell, str) and (sign := _decimal_sign(cell))}
    return Convention(None if len(said) > 1 else next(iter(said), POINT))


def read_typed(cell: Cell, unit: Unit = Unit(), written: Convention = Convention()) -> Decimal | None:  # noqa: B008
    """The number, exactly as written; None for a blank. `CellProblem` says why it is none, or which two it could be."""
    text = cell_text(cell).strip(f"{BLANKS}\t\r\n")
    if not text:
        return None
    if not isinstance(cell, str):
        return NumberStyle().parse(cell)
    if len(text) > LONGEST_TEXT:
        raise CellProblem(_("“%(text)s…” is too long for a number.") % {"text": text[:SHOWN]})
    _check_marks(text, unit)
    decimal = _decimal_sign(text)
    if not decimal:
        decimal = POINT if not _is_ambiguous(text) else _agreed(text, written)
    return _style(text, decimal, unit).parse(text)


def _agreed(text: str, written: Convention) -> str:
    """The sign the others use."""
    if written.decimal is None:
        digits = _core(text)
        raise CellProblem(
            _("“%(text)s” could be %(whole)s or %(fraction)s: some numbers here have a decimal comma, some a point.")
            % {"text": text[:SHOWN], "whole": re.sub("[.,]", "", digits), "fraction": digits.replace(COMMA, POINT)}
        )
    return written.decimal


def _core(text: str) -> str:
    found = _DIGITS.search(text)
    return found.group() if found else ""


def _decimal_sign(text: str) -> str:
    """The decimal sign of a text that can be read in one way only; "" where there is none or it could be two."""
    core = _core(text[:LONGEST_TEXT])
    commas, points = core.count(COMMA), core.count(POINT)
    if commas and points:
        return max((COMMA, POINT), key=core.rfind)
    if max(commas, points) > 1:
        return POINT if commas else COMMA
    if commas + points == 0 or _is_ambiguous(text):
        return ""
    return COMMA if commas else POINT


def _is_ambiguous(text: str) -> bool:
    """One sign, one to three digits before it and exactly three after it: "1,234"."""
    return re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", _core(text)) is not None


def _check_marks(text: str, unit: Unit) -> None:
    if "%" in text and not unit.is_percent:
        raise CellProblem(_("“%(text)s” has a percent sign, but this is not a percentage.") % {"text": text[:SHOWN]})
    own = {sign for sign in SIGNS if sign in unit.word}
    other = next((sign for sign in text if sign in SIGNS and own and sign not in own), "")
    if other:
        words = {"text": text[:SHOWN], "unit": unit.word}
        raise CellProblem(_("“%(text)s” is in another currency than this, which is in %(unit)s.") % words)


def _style(text: str, decimal: str, unit: Unit) -> NumberStyle:
    """The style that takes away what may stand beside the digits, and no more."""
    core = _core(text)
    others = [sign for sign in (COMMA, POINT) if sign != decimal and sign in core]
    others += [sign for sign in (BLANKS + APOSTROPHES) if sign in core]
    word = unit.word.strip()
    marks = [*SIGNS, *{word, word.strip(SIGNS)} - {"", "%"}]
    return _Typed(
        decimal=decimal,
        thousands=others[0] if others else "",
        currency=tuple(marks),
        percent="keep" if unit.is_percent else "",
        parentheses=True,
    )


class _Typed(NumberStyle):
    """Refusals for people who type, not for those who write mappings."""

    def _hint(self, text: str) -> str:
        return " " + _("Write it with digits, for example 1234.5.") if text else ""
