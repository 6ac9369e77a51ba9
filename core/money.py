"""Money: a decimal amount with a currency, never a float (METHOD §10).

Amounts keep all their decimals while they are added and multiplied; `rounded` takes them to the currency's smallest
unit, half to even, so that many roundings do not drift upwards. Nothing here reads rates: who converts gives one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import total_ordering
from typing import Self

LARGEST_AMOUNT = Decimal(10) ** 18
USUAL_DECIMALS = 2
DECIMALS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "JPY": "¥",
    "NZD": "NZ$",
    "USD": "$",
}
SCALES = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))
FEWEST_SHORTENED = 100
MINUS = "−"
NO_BREAK_SPACE = "\u00a0"

_three_figures = Context(prec=3, rounding=ROUND_HALF_EVEN)
_exact = Context(prec=60, rounding=ROUND_HALF_EVEN)


class MoneyError(ValueError):
    """Amounts that cannot be money, or cannot be put together; the message is a sentence for people."""


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in a currency (three capital letters of ISO 4217). Whole numbers are taken, floats are refused."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, int) and not isinstance(self.amount, bool):
            object.__setattr__(self, "amount", Decimal(self.amount))
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"An amount of money is a Decimal or a whole number, not {type(self.amount).__name__}.")
        if not self.amount.is_finite() or abs(self.amount) >= LARGEST_AMOUNT:
            raise MoneyError(f"{self.amount} is not an amount of money: give a number below 1,000,000,000,000,000,000.")
        if not (
            len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha() and self.currency.isupper()
        ):
            raise MoneyError(f"“{self.currency[:20]}” is not a currency: give its three letters, such as GBP or EUR.")

    @classmethod
    def total(cls, moneys: Iterable[Self], currency: str) -> Self:
        """The sum of amounts of one currency; 0 where there is none."""
        found = cls(Decimal(0), currency)
        for money in moneys:
            found = found + money
        return found

    @property
    def decimals(self) -> int:
        """Decimals of the currency's smallest unit."""
        return DECIMALS.get(self.currency, USUAL_DECIMALS)

    def __add__(self, other: Self) -> Self:
        self._require_same_currency(other)
        return type(self)(_exact.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Self) -> Self:
        self._require_same_currency(other)
        return type(self)(_exact.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Self:
        if isinstance(factor, float):
            raise TypeError("Money is multiplied by a Decimal or a whole number, not by a float.")
        return type(self)(_exact.multiply(self.amount, Decimal(factor)), self.currency)

    def __lt__(self, other: Self) -> bool:
        self._require_same_currency(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return self.full()

    def rounded(self) -> Self:
        """To the smallest unit of its currency, half to even."""
        unit = Decimal(1).scaleb(-self.decimals)
        return type(self)(self.amount.quantize(unit, context=_exact), self.currency)

    def converted(self, rate: Decimal, currency: str) -> Self:
        """In another currency, at a rate of so many of its units per one of ours, rounded to its smallest unit."""
        if not (rate.is_finite() and rate > 0):
            raise MoneyError(f"A rate of exchange is above 0, not {rate}.")
        if currency == self.currency and rate != 1:
            raise MoneyError(f"From {currency} to {currency} the rate is 1, not {rate}.")
        return type(self)(_exact.multiply(self.amount, rate), currency).rounded()

    def full(self) -> str:
        """Every unit: "−£1,234.50", "¥1,235"; the code before the amount where the currency has no sign of its own."""
        amount = self.rounded().amount
        return self._signed(amount, f"{abs(amount):,.{self.decimals}f}")

    def short(self) -> str:
        """In three figures: "£12.9m", "−£1.20bn", "£950"; below 100 as `full`, without decimals if there are none."""
        amount = self.rounded().amount
        if abs(amount) < FEWEST_SHORTENED:
            decimals = 0 if amount == amount.to_integral_value() else self.decimals
            return self._signed(amount, f"{abs(amount):.{decimals}f}")
        figure = abs(_three_figures.plus(amount))
        for scale, letters in SCALES:
            if figure >= scale:
                scaled = figure / scale
                return self._signed(amount, f"{scaled:,.{max(0, 2 - scaled.adjusted())}f}{letters}")
        return self._signed(amount, f"{figure:.0f}")

    def _signed(self, amount: Decimal, digits: str) -> str:
        sign = MINUS if amount < 0 else ""
        return f"{sign}{SYMBOLS.get(self.currency, self.currency + NO_BREAK_SPACE)}{digits}"

    def _require_same_currency(self, other: Self) -> None:
        if self.currency != other.currency:
            raise MoneyError(
                f"{self.currency} and {other.currency} cannot be put together; convert one with a dated rate first."
            )
