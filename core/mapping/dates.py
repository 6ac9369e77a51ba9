"""Days as tables write them. Which of day and month comes first is said, never guessed."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _

from core.mapping.problems import CellProblem
from core.spreadsheets import Cell, cell_text

Order = Literal["iso", "day_first", "month_first"]
SHOWN = 40
LONGEST_TEXT = 60
LATEST_OF_SHORT_YEARS = 68  # "68" is 2068 and "69" is 1969, as POSIX has it

MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"),
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}  # fmt: skip

_CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMBERS = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_CLOCK}", re.ASCII)
_DAY_NAME = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]+([^\W\d_]+)\.?[-/., ]+(\d{{4}}|\d{{2}}){_CLOCK}")
_NAME_DAY = re.compile(rf"([^\W\d_]+)\.?[-/. ]+(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]+(\d{{4}}|\d{{2}}){_CLOCK}")


@dataclass(frozen=True)
class DateStyle:
    """How days are written: the `[dates]` section of a mapping, or the same keys on one field.

    2024-01-31 and 20240131 are always read; "31/01/2024" only where `order` says what comes first. A time of day is
    passed over. `months`: further names of months, in small letters.
    """

    order: Order = "iso"
    months: dict[str, int] = field(default_factory=dict)

    def parse(self, cell: Cell) -> date:
        """The day a cell holds; `CellProblem` says why it holds none."""
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = " ".join(cell_text(cell).split())
        parts = self._parts(text) if isinstance(cell, str) and len(text) <= LONGEST_TEXT else None
        if parts is None:
            raise CellProblem(_("'%(text)s' is not a date.") % {"text": text[:SHOWN]} + self._hint(text))
        try:
            return date(*parts)
        except ValueError:
            raise CellProblem(_("there is no day '%(text)s'.") % {"text": text[:SHOWN]}) from None

    def month(self, name: str) -> int | None:
        """The number of a month by its name in English or as the mapping says."""
        small = name.lower().rstrip(".")
        return self.months.get(small) or MONTHS.get(small)

    def _parts(self, text: str) -> tuple[int, int, int] | None:
        """(year, month, day) or None where the text has another shape."""
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return int(found[1]), int(found[2]), int(found[3])
        if self.order != "iso" and (found := _NUMBERS.fullmatch(text)):
            day, month = (found[1], found[2]) if self.order == "day_first" else (found[2], found[1])
            return full_year(found[3]), int(month), int(day)
        if found := _DAY_NAME.fullmatch(text):
            name, day, year = found[2], found[1], found[3]
        elif found := _NAME_DAY.fullmatch(text):
            name, day, year = found[1], found[2], found[3]
        else:
            return None
        number = self.month(name)
        return (full_year(year), number, int(day)) if number else None

    def _hint(self, text: str) -> str:
        if self.order == "iso" and _NUMBERS.fullmatch(text):
            return " " + _('Say order = "day_first" or "month_first" in [dates].')
        return ""


ISO_DATES = DateStyle()


def full_year(digits: str) -> int:
    """ "24" is 2024, "98" is 1998, "2024" is itself."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year <= LATEST_OF_SHORT_YEARS else 1900)
