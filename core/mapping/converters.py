"""From a cell to a value of a field's type."""

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.mapping.fields import Field
from core.mapping.problems import CellProblem
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import Styles
from core.spreadsheets import Cell, cell_text

Value = str | Decimal | date | bool | None
Convert = Callable[[Cell], Value]
SHOWN = 40
WORDS_OF_TRUTH = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def converter(field: Field, styles: Styles) -> Convert:
    """The function that makes a value of a field from a cell that is not missing; it raises `CellProblem`."""
    if field.type == "number":
        return styles.numbers.parse
    if field.type == "date":
        return styles.dates.parse
    if field.type == "boolean":
        return _truth
    if field.type == "choice":
        return _choice(field)
    return _text(field.max_length)


def tidy(text: str) -> str:
    """Composed characters (NFC), so that equal words are equal texts, and no blanks around."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()


def _text(longest: int) -> Convert:
    def convert(cell: Cell) -> str:
        text = tidy(cell) if isinstance(cell, str) else cell_text(cell)
        if len(text) > longest:
            raise CellProblem(
                _("the text has %(count)s characters; the most is %(most)s.") % {"count": len(text), "most": longest}
            )
        if "\0" in text:
            raise CellProblem(_("the text holds a NUL character."))
        return text

    return convert


def _truth(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = cell_text(cell).strip()
    truth = WORDS_OF_TRUTH.get(text.casefold())
    if truth is None:
        raise CellProblem(
            _("'%(text)s' is neither yes nor no. Translate it by a lookup to true or false.") % {"text": text[:SHOWN]}
        )
    return truth


def _choice(field: Field) -> Convert:
    by_small = {choice.casefold(): choice for choice in field.choices}

    def convert(cell: Cell) -> str:
        text = tidy(cell_text(cell))
        choice = by_small.get(text.casefold())
        if choice is None:
            raise CellProblem(
                _("'%(text)s' is not one of %(choices)s.%(hint)s")
                % {
                    "text": text[:SHOWN],
                    "choices": quoted(field.choices),
                    "hint": did_you_mean(text[:SHOWN], field.choices),
                }
            )
        return choice

    return convert
