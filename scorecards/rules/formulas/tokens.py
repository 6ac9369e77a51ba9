"""The words a formula is written with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from core.marking import gettext_noop
from scorecards.rules.formulas.refusals import FormulaRefusal

LONGEST = 2_000
"""Characters of a formula (METHOD §4)."""
SIGNS = {"+": "+", "-": "−", "−": "−", "–": "−", "*": "×", "×": "×", "·": "×", "/": "÷", "÷": "÷", "∕": "÷"}
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
WORD = re.compile(r"[^\W\d]\w*(?:[.\-]\w+)*")


class Kind(Enum):
    """What a token is. A FUNCTION is a word with a parenthesis behind it."""

    NUMBER = auto()
    CODE = auto()
    FUNCTION = auto()
    SIGN = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    END = auto()


MARKS = {"(": Kind.OPEN, ")": Kind.CLOSE, ",": Kind.COMMA, ";": Kind.COMMA}


@dataclass(frozen=True)
class Token:
    """A word and where it begins, counted from 1. Of a code in brackets `text` is the code alone."""

    kind: Kind
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """All words of a formula, the END last; `FormulaRefusal` at the first character that cannot be one."""
    if len(text) > LONGEST:
        raise FormulaRefusal(
            LONGEST + 1, gettext_noop("A formula has at most 2,000 characters; this one has %(n)s. Calculate a part of it in a measure"
            " of its own."), n=f"{len(text):,}",
        )  # fmt: skip
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token, place = _next(text, place)
        yield token
    yield Token(Kind.END, "", len(text) + 1)


def _next(text: str, place: int) -> tuple[Token, int]:
    """The word that begins at a place, and where the next one may begin."""
    mark = text[place]
    if mark in SIGNS:
        return Token(Kind.SIGN, SIGNS[mark], place + 1), place + 1
    if mark in MARKS:
        return Token(MARKS[mark], mark, place + 1), place + 1
    if mark == "[":
        return _bracketed(text, place)
    if number := NUMBER.match(text, place):
        return _number(text, place, number.group())
    if word := WORD.match(text, place):
        end = word.end()
        is_function = text[end:].lstrip().startswith("(")
        return Token(Kind.FUNCTION if is_function else Kind.CODE, word.group(), place + 1), end
    raise FormulaRefusal(
        place + 1, gettext_noop("“%(mark)s” means nothing in a formula. A code with such a character is written in brackets: [code]."),
        mark=mark,
    )  # fmt: skip


def _number(text: str, place: int, number: str) -> tuple[Token, int]:
    """A number; what follows it without a space may not be a letter or another point."""
    end = place + len(number)
    if end < len(text) and (text[end] in "._" or text[end].isalnum()):
        raise FormulaRefusal(
            place + 1, gettext_noop("“%(number)s” is neither a number nor a code. A code that begins with a digit is written in"
            " brackets: [%(number)s]."), number=text[place : end + 1],
        )  # fmt: skip
    return Token(Kind.NUMBER, number, place + 1), end


def _bracketed(text: str, place: int) -> tuple[Token, int]:
    """[any code], a closing bracket inside written twice."""
    code, end = [], place + 1
    while True:
        closing = text.find("]", end)
        if closing < 0:
            raise FormulaRefusal(place + 1, gettext_noop("The bracket is not closed. A code in brackets ends with ]."))
        code.append(text[end:closing])
        end = closing + 1
        if not text.startswith("]", end):
            break
        code.append("]")
        end += 1
    name = "".join(code)
    if not name.strip() or not name.isprintable():
        raise FormulaRefusal(
            place + 1, gettext_noop("The brackets hold no code. Write the code of a measure in them: [FIN-01].")
        )
    return Token(Kind.CODE, name, place + 1), end
