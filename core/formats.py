"""How numbers, money and dates are written, everywhere the same: screen, PDF, mail (UX §5, "Numbers and dates").

Differences carry a sign, and the minus is the true one (U+2212). A missing value is "No value", never 0 or a dash.
Halves round away from zero, as people expect (72.45 is 72.5). Formulas and comparisons never use these texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

Number = int | float | Decimal
Kind = Literal["number", "percent", "money", "yes_no"]

MINUS = "\u2212"
NO_VALUE = _("No value")
SYMBOLS = {"GBP": "£", "USD": "$", "EUR": "€"}
_STEPS = ((12, "tn"), (9, "bn"), (6, "m"), (3, "k"))


def to_decimal(value: Number | None) -> Decimal | None:
    """The value as a decimal as it would be typed; None for a missing, infinite or undefined one."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def _rounded(number: Decimal, decimals: int) -> Decimal:
    result = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) if number.adjusted() < 24 else number
    return abs(result) if result == 0 else result


def _written(number: Decimal, decimals: int, sign: bool = False) -> str:
    """1,234.5 with the true minus; with a plus too if a sign is asked for."""
    rounded = _rounded(number, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def _needed_decimals(number: Decimal, most: int) -> int:
    """The decimals needed to write the number, at most `most`."""
    exponent = _rounded(number, most).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def decimals_of(values: Iterable[Number | None], most: int = 2) -> int:
    """The decimals that write all the values alike: as many as the neediest wants, at most `most`."""
    numbers = [number for value in values if (number := to_decimal(value)) is not None]
    return max((_needed_decimals(number, most) for number in numbers), default=0)


def plain(value: Number | None, decimals: int | None = None) -> str:
    """9,412 or 72.4. Without `decimals`, as many as the value needs, at most two."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    return _written(number, _needed_decimals(number, 2) if decimals is None else decimals)


def signed(value: Number | None, decimals: int | None = None) -> str:
    """A difference: +0.6, −5.6; zero has no sign."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    return _written(number, _needed_decimals(number, 2) if decimals is None else decimals, sign=True)


def percent(value: Number | None, decimals: int = 1) -> str:
    """72.4%; the value is in per cent, not a fraction."""
    number = to_decimal(value)
    return str(NO_VALUE) if number is None else f"{_written(number, decimals)}%"


def points(value: Number | None, decimals: int = 1) -> str:
    """A difference of two percentages: −5.6 pts."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    count = 1 if decimals == 0 and abs(_rounded(number, 0)) == 1 else 2
    return ngettext("%(number)s pt", "%(number)s pts", count) % {"number": _written(number, decimals, sign=True)}


def _with_symbol(text: str, currency: str) -> str:
    """The currency before the digits and after the sign: −£5.7m, CHF 12.9m."""
    sign = text[0] if text[:1] in {MINUS, "+"} else ""
    return f"{sign}{SYMBOLS.get(currency, currency + chr(160))}{text[len(sign) :]}"


def _three_figures(number: Decimal) -> tuple[Decimal, int, str]:
    """The number scaled to three figures: mantissa, decimals, suffix. 999,600 becomes 1.00 m, not 1,000 k."""
    size = abs(number)
    for power, suffix in _STEPS:
        if size >= max(Decimal("0.9995").scaleb(power), Decimal("9999.5")):
            mantissa = number.scaleb(-power)
            decimals = 2 if abs(mantissa) < Decimal("9.995") else 1 if abs(mantissa) < Decimal("99.95") else 0
            return mantissa, decimals, suffix
    whole = number == number.to_integral_value() or size >= 100
    return number, 0 if whole else 2, ""


def money(value: Number | None, currency: str = "GBP", *, sign: bool = False) -> str:
    """£12.9m: three figures from £10,000 on. The full amount belongs on hover and in files (`money_full`)."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    mantissa, decimals, suffix = _three_figures(number)
    return _with_symbol(_written(mantissa, decimals, sign) + suffix, currency)


def money_full(value: Number | None, currency: str = "GBP") -> str:
    """£12,900,000 or £12.50."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    whole = number == number.to_integral_value()
    return _with_symbol(_written(number, 0 if whole else 2), currency)


def compact(value: Number | None) -> str:
    """12.4k: for the inside of charts only, where 12,412 has no room."""
    number = to_decimal(value)
    if number is None:
        return str(NO_VALUE)
    if abs(number) < 10_000:
        return plain(number)
    if abs(number) >= Decimal("1e15"):
        return f"{number:.2e}".replace("-", MINUS)
    mantissa, decimals, suffix = _three_figures(number)
    return _written(mantissa, min(decimals, _needed_decimals(mantissa, decimals)), sign=False) + suffix


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the values of one measure are written; `unit` is the word after the number ("days")."""

    kind: Kind = "number"
    decimals: int | None = None
    unit: str = ""
    currency: str = "GBP"

    def text(self, value: Number | None) -> str:
        """72.4%, £12.9m, 9,412, 3.2 days, Yes."""
        if to_decimal(value) is None:
            return str(NO_VALUE)
        if self.kind == "percent":
            return percent(value, 1 if self.decimals is None else self.decimals)
        if self.kind == "money":
            return money(value, self.currency)
        if self.kind == "yes_no":
            return gettext("Yes") if value else gettext("No")
        return self._with_unit(plain(value, self.decimals))

    def figure(self, value: Number | None) -> str:
        """The same without the word of the unit, for tables and charts that name it once; a currency stays."""
        is_plain = self.kind == "number" and not self._symbol
        return plain(value, self.decimals) if is_plain else self.text(value)

    def short(self, value: Number | None) -> str:
        """The figure without needless zeros, for the ends of lines in charts: 80%, 75.4%."""
        if self.kind not in {"percent", "number"} or self._symbol or (number := to_decimal(value)) is None:
            return self.figure(value)
        most = self.decimals if self.decimals is not None else 1 if self.kind == "percent" else 2
        text = _written(number, _needed_decimals(number, most))
        return f"{text}%" if self.kind == "percent" else text

    def full(self, value: Number | None) -> str:
        """Every digit, for hover."""
        return money_full(value, self.currency) if self.kind == "money" else self.text(value)

    def difference(self, value: Number | None) -> str:
        """−5.6 pts, −£1.4m, +41."""
        if self.kind == "percent":
            return points(value, 1 if self.decimals is None else self.decimals)
        if self.kind == "money":
            return money(value, self.currency, sign=True)
        text = signed(value, self.decimals)
        return self._with_unit(text) if self._symbol and to_decimal(value) is not None else text

    def gap(self, value: Number | None) -> str:
        """The difference without a unit, where a heading names it: −5.6, −£1.4m, +41."""
        if self.kind == "percent":
            return signed(value, 1 if self.decimals is None else self.decimals)
        return self.difference(value)

    def axis(self, value: Number | None) -> str:
        """A tick: no more decimals than needed, thousands as k and m."""
        if self.kind == "percent":
            return f"{plain(value)}%"
        if self.kind == "yes_no":
            return {0: gettext("No"), 1: gettext("Yes")}.get(float(value or 0), "")  # type: ignore[call-overload, no-any-return]
        text = compact(value)
        return _with_symbol(text, self.currency) if self.kind == "money" else text

    @property
    def _symbol(self) -> str:
        """The currency's sign that the unit begins with: £ of "£m" and "£ per user"."""
        return self.unit[:1] if self.unit[:1] in SYMBOLS.values() else ""

    def _with_unit(self, text: str) -> str:
        if self._symbol:
            sign = text[0] if text[:1] in {MINUS, "+"} else ""
            return f"{sign}{self._symbol}{text[len(sign) :]}{self.unit[1:]}"
        return f"{text} {self.unit}" if self.unit else text


# ------------------------------------------------------------------------------------------------------- dates
def date_long(day: date) -> str:
    """16 July 2026: in running text."""
    return date_format(day, "j F Y")


def date_short(day: date) -> str:
    """16 Jul 2026: in tables."""
    return date_format(day, "j M Y")


def date_brief(day: date, today: date) -> str:
    """16 Jul, or 16 Jul 2025 when the year is not today's."""
    return date_format(day, "j M") if day.year == today.year else date_short(day)


def moment(when: datetime) -> str:
    """16 Jul 2026, 09:24 in the reader's time zone; naive times are taken as they are."""
    local = timezone.localtime(when) if timezone.is_aware(when) else when
    return f"{date_short(local)}, {date_format(local, 'H:i')}"


def clock_time(when: datetime) -> str:
    """09:24 in the reader's time zone."""
    return date_format(timezone.localtime(when) if timezone.is_aware(when) else when, "H:i")


def due(day: date, today: date) -> str:
    """2 days overdue, due today, 5 days left; from 14 days on the date itself."""
    days = (day - today).days
    if days == 0:
        return gettext("due today")
    if -14 < days < 0:
        return ngettext("%(days)s day overdue", "%(days)s days overdue", -days) % {"days": -days}
    if 0 < days < 14:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return date_brief(day, today)
