"""Numbers as tables write them: decimal comma, thousands, currency, percent, footnote marks; exact, never a float.

A number is refused rather than guessed: what the style does not name is not taken away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from core.mapping.problems import CellProblem
from core.spreadsheets import Cell, cell_text

MOST_DIGITS = 34
LARGEST_EXPONENT = 30
LONGEST_TEXT = 100
SHOWN = 40
EXACT = Context(prec=3 * MOST_DIGITS)

_PLAIN = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,17})?")
_ALL_PLAIN = re.compile(r"(?:-?[0-9]{1,17}(?:\.[0-9]{1,17})?\n)*")
_BLANKS = " \u00a0\u2007\u2009\u202f"
_APOSTROPHES = "'’"


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written: the `[numbers]` section of a mapping, or the same keys on one field.

    `percent`: "" refuses the sign, "keep" reads "12 %" as 12, "divide" as 0.12. `scale` multiplies what was read.
    """

    decimal: str = "."
    thousands: str = ""
    currency: tuple[str, ...] = ()
    percent: str = ""
    footnotes: tuple[str, ...] = ()
    parentheses: bool = False
    scale: Decimal = Decimal(1)

    def parse(self, cell: Cell) -> Decimal:
        """The number a cell holds, exactly as written. `CellProblem` says why it holds none."""
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise CellProblem(_("'%(text)s' is not a number.") % {"text": cell_text(cell)[:SHOWN]})
        text = cell_text(cell).strip()
        if self.is_plain and _PLAIN.fullmatch(text):
            return Decimal(text)
        number = self._parse_text(text) if isinstance(cell, str) else _checked(text, text)
        return number if self.scale == 1 else EXACT.multiply(number, self.scale)

    def are_plain(self, cells: Sequence[Cell]) -> bool:
        """True if every cell is a text that `Decimal` reads as this style would: one look at many cells."""
        try:
            return _ALL_PLAIN.fullmatch("\n".join(cells) + "\n" if cells else "") is not None  # type: ignore[arg-type]
        except TypeError:
            return False

    @cached_property
    def is_plain(self) -> bool:
        """True where "-1234.5" reads as it stands."""
        return self.decimal == "." and self.scale == 1

    @cached_property
    def _core(self) -> re.Pattern[str]:
        """Digits in their groups, the fraction, the exponent."""
        point = re.escape(self.decimal)
        signs = _alike(self.thousands)
        grouped = rf"|[0-9]{{1,3}}(?:[{re.escape(signs)}][0-9]{{3}})+" if signs else ""
        return re.compile(rf"[+-]?(?:(?:[0-9]+{grouped})(?:{point}[0-9]+)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?")

    def _parse_text(self, text: str) -> Decimal:
        core, is_percent = self._stripped(text.replace("−", "-")[: LONGEST_TEXT + 1])
        if len(text) > LONGEST_TEXT or not self._core.fullmatch(core):
            raise CellProblem(_("'%(text)s' is not a number.") % {"text": text[:SHOWN]} + self._hint(core))
        for sign in _alike(self.thousands):
            core = core.replace(sign, "")
        number = _checked(core.replace(self.decimal, "."), text)
        return EXACT.scaleb(number, -2) if is_percent and self.percent == "divide" else number

    def _stripped(self, text: str) -> tuple[str, bool]:
        """The number without marks, currency, percent and parentheses; and whether there was a percent sign."""
        text = _without(text, self.footnotes, at_start=False)
        is_negative = self.parentheses and text.startswith("(") and text.endswith(")")
        if is_negative:
            text = text[1:-1].strip()
        sign = text[:1] if text[:1] in ("+", "-") else ""
        if is_negative and sign:
            return f"({text})", False
        text = _without(text[len(sign) :].strip(), self.currency, at_start=True)
        is_percent = bool(self.percent) and text.endswith("%")
        if is_percent:
            text = text[:-1].rstrip()
        return f"{'-' if is_negative else sign}{text}", is_percent

    def _hint(self, text: str) -> str:
        """What to say in the mapping if the rest of the text is a number."""
        if not re.search(r"[0-9]", text):
            return ""
        other = "," if self.decimal == "." else "."
        hints = (
            (text.endswith("%"), 'percent = "keep"'),
            (other in text and not self.thousands, f'thousands = "{other}"'),
            (bool(re.search(r"[$£€¥]", text)), 'currency = ["' + "".join(re.findall(r"[$£€¥]", text)[:1]) + '"]'),
            (text.startswith("(") and not self.parentheses, "parentheses = true"),
            (bool(re.search(rf"[0-9][{_BLANKS}][0-9]", text)) and not self.thousands, 'thousands = " "'),
            (bool(re.fullmatch(r"[-0-9.,]*[0-9] ?[A-Za-z*†‡]{1,2}", text)), 'footnotes = ["' + text[-1:] + '"]'),
        )
        for applies, setting in hints:
            if applies:
                return " " + _("If it is one, say %(setting)s in [numbers].") % {"setting": setting}
        return ""


PLAIN_NUMBERS = NumberStyle()


def digits_of(number: float) -> str:
    """The shortest digits that mean this float, which are those its writer saw: 2016.0 is "2016"."""
    return repr(number).removesuffix(".0")


def _without(text: str, marks: tuple[str, ...], *, at_start: bool) -> str:
    """The text without the marks at its end, and at its start if asked."""
    is_changed = True
    while is_changed and text:
        is_changed = False
        for mark in marks:
            if text.endswith(mark):
                text, is_changed = text[: -len(mark)].rstrip(), True
            elif at_start and text.startswith(mark):
                text, is_changed = text[len(mark) :].lstrip(), True
    return text


def _alike(sign: str) -> str:
    """Signs that look the same: all kinds of blanks, both apostrophes."""
    for family in (_BLANKS, _APOSTROPHES):
        if sign and sign in family:
            return family
    return sign


def _checked(digits: str, text: str) -> Decimal:
    """A finite number of a size that can be stored and added up."""
    try:
        number = Decimal(digits)
    except ArithmeticError:
        raise CellProblem(_("'%(text)s' is not a number.") % {"text": text[:SHOWN]}) from None
    if not number.is_finite():
        raise CellProblem(_("'%(text)s' is not a number.") % {"text": text[:SHOWN]})
    if len(number.as_tuple().digits) > MOST_DIGITS or (number and abs(number.adjusted()) > LARGEST_EXPONENT):
        raise CellProblem(
            _("'%(text)s' has more digits than can be stored (%(most)s).") % {"text": text[:SHOWN], "most": MOST_DIGITS}
        )
    exponent = number.as_tuple().exponent
    return Decimal(0) if not number and isinstance(exponent, int) and abs(exponent) > LARGEST_EXPONENT else number
