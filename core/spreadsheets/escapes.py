"""Text that a spreadsheet program would run as a formula, written so that it stays text (TRUST I3)."""

import re
from functools import cache

# Full-width forms too: some programs fold them to the ASCII ones when they open the file.
_START = "[=+\\-@\t\r\n＝＋－＠]"
_SEPARATORS = ";\t|,"
_FORMULA = re.compile(rf"'*{_START}")


def escaped(text: str, delimiter: str = ",") -> str:
    """The text with ' before what could start a formula: at its start, and after signs that other programs cut at.

    Loss-free: a ' that already stands there is doubled, and `unescaped` takes exactly one away.
    """
    return _dangerous(delimiter).sub(r"'\1", text)


def unescaped(text: str, delimiter: str = ",") -> str:
    """What `escaped` was given."""
    return _marked(delimiter).sub(r"\1", text) if "'" in text else text


def is_formula_like(text: str) -> bool:
    """True for text that a spreadsheet program could take for a formula."""
    return _FORMULA.match(text) is not None


def _place(delimiter: str) -> str:
    others = re.escape("".join(sign for sign in _SEPARATORS if sign != delimiter))
    return rf"(?:\A|(?<=[{others}]))"


@cache
def _dangerous(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"{_place(delimiter)}('*{_START})")


@cache
def _marked(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"{_place(delimiter)}'('*{_START})")
