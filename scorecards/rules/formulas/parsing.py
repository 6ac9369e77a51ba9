"""Text to tree by descent, with the limits of METHOD §4. Nothing is ever executed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from core.marking import gettext_noop
from scorecards.rules.formulas.refusals import FormulaRefusal
from scorecards.rules.formulas.tokens import Kind, Token, tokens
from scorecards.rules.formulas.trees import (
    Call,
    Constant,
    Function,
    Negative,
    Product,
    Reading,
    Sum,
    Tree,
    When,
    steps,
)
from scorecards.rules.refusals import LARGEST_NUMBER

DEEPEST = 32
MOST_STEPS = 10_000
LOOKS = {When.PREVIOUS.value: When.PREVIOUS, When.TO_DATE.value: When.TO_DATE}
FUNCTIONS = {each.value: each for each in Function}


def parse(text: str) -> Tree:
    """The tree of a formula; `FormulaRefusal` with the character for everything else. Names are not looked up here."""
    reader = _Reader(tokens(text))
    if reader.token.kind is Kind.END:
        raise FormulaRefusal(1, gettext_noop("The formula is empty. Write, for example, FIN-01 ÷ FIN-02."))
    tree = reader.sum()
    if reader.token.kind is not Kind.END:
        reader.refuse_rest()
    taken = steps(tree)
    if taken > MOST_STEPS:
        raise FormulaRefusal(
            0, gettext_noop("The formula takes %(n)s steps for one period, and 10,000 are the most. Calculate a part of it in a measure"
            " of its own."), n=f"{taken:,}",
        )  # fmt: skip
    return tree


class _Reader:
    """Goes through the words once; `depth` counts parentheses that are open, of functions too."""

    def __init__(self, words: Iterator[Token]) -> None:
        self.words, self.token, self.depth = words, next(words), 0

    def take(self) -> Token:
        """The word at hand, and on to the next; the END stays."""
        found = self.token
        self.token = next(self.words, found)
        return found

    def at_sign(self, *signs: str) -> bool:
        return self.token.kind is Kind.SIGN and self.token.text in signs

    def sum(self) -> Tree:
        places = [self.token.at]
        terms = [(False, self.product())]
        while self.at_sign("+", "−"):
            is_taken = self.take().text == "−"
            places.append(self.token.at)
            terms.append((is_taken, self.product()))
        return Sum(tuple(terms), tuple(places)) if len(terms) > 1 else terms[0][1]

    def product(self) -> Tree:
        factors = [(False, self.factor())]
        while self.at_sign("×", "÷"):
            is_divisor = self.take().text == "÷"
            factors.append((is_divisor, self.factor()))
        return Product(tuple(factors)) if len(factors) > 1 else factors[0][1]

    def factor(self) -> Tree:
        if not self.at_sign("+", "−"):
            return self.atom()
        is_negative = self.take().text == "−"
        if self.token.kind is Kind.SIGN:
            raise FormulaRefusal(
                self.token.at,
                gettext_noop("Two signs stand side by side. Put what the second belongs to in parentheses."),
            )
        return Negative(self.atom()) if is_negative else self.atom()

    def atom(self) -> Tree:
        token = self.take()
        if token.kind is Kind.NUMBER:
            return _constant(token)
        if token.kind is Kind.CODE:
            return Reading(token.text, at=token.at)
        if token.kind is Kind.FUNCTION:
            return self.called(token)
        if token.kind is Kind.OPEN:
            self.open(token)
            found = self.sum()
            self.close(token)
            return found
        raise _no_atom(token)

    def open(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaRefusal(
                token.at,
                gettext_noop(
                    "Parentheses lie more than 32 deep here. Calculate the inner part in a measure of its own."
                ),
            )

    def close(self, opened: Token) -> None:
        if self.token.kind is Kind.COMMA:
            raise FormulaRefusal(
                self.token.at,
                gettext_noop("A comma separates the parts of a function. A decimal is written with a point: 0.5."),
            )
        if self.token.kind is Kind.END:
            raise FormulaRefusal(opened.at, gettext_noop("The parenthesis that opens here is not closed."))
        if self.token.kind is not Kind.CLOSE:
            self.refuse_rest()
        self.take()
        self.depth -= 1

    def called(self, name: Token) -> Tree:
        word = name.text.lower()
        if word not in LOOKS and word not in FUNCTIONS:
            raise FormulaRefusal(
                name.at, gettext_noop("There is no function “%(name)s”. There are %(all)s. If it is a measure, a sign is missing behind"
                " it."), name=name.text, all=", ".join([*FUNCTIONS, *LOOKS]),
            )  # fmt: skip
        opened = self.take()
        self.open(opened)
        made = self.looked(name, LOOKS[word]) if word in LOOKS else self.parts(name, FUNCTIONS[word])
        self.close(opened)
        return made

    def looked(self, name: Token, when: When) -> Tree:
        token = self.take()
        if token.kind is not Kind.CODE or self.token.kind is not Kind.CLOSE:
            raise FormulaRefusal(
                token.at,
                gettext_noop("%(name)s takes the code of one measure and nothing else: %(name)s(FIN-01)."),
                name=when,
            )
        return Reading(token.text, when, at=token.at)

    def parts(self, name: Token, function: Function) -> Tree:
        if self.token.kind is Kind.CLOSE:
            raise FormulaRefusal(self.token.at, gettext_noop("%(name)s needs something to work on."), name=function)
        places, found = [self.token.at], [self.sum()]
        while self.token.kind is Kind.COMMA:
            comma = self.take()
            if function is Function.ABS:
                raise FormulaRefusal(comma.at, gettext_noop("abs takes one part."))
            places.append(self.token.at)
            found.append(self.sum())
        return Call(function, tuple(found), tuple(places))

    def refuse_rest(self) -> NoReturn:
        """Something stands where a sign or the end is awaited."""
        token = self.token
        if token.kind is Kind.CLOSE:
            raise FormulaRefusal(token.at, gettext_noop("This parenthesis closes none that is open."))
        if token.kind is Kind.COMMA:
            raise FormulaRefusal(
                token.at,
                gettext_noop("A comma separates the parts of a function. A decimal is written with a point: 0.5."),
            )
        raise FormulaRefusal(
            token.at, gettext_noop("A sign is missing before “%(text)s”: + − × or ÷."), text=token.text
        )


def _constant(token: Token) -> Tree:
    value = Decimal(token.text)
    if value > Decimal(LARGEST_NUMBER):
        raise FormulaRefusal(
            token.at, gettext_noop("This number is larger than 1e15, the largest that is computed with.")
        )
    return Constant(value)


def _no_atom(token: Token) -> FormulaRefusal:
    if token.kind is Kind.END:
        return FormulaRefusal(token.at, gettext_noop("The formula ends where a number or a measure is awaited."))
    return FormulaRefusal(
        token.at,
        gettext_noop("A number, a measure's code or a parenthesis is awaited here, not “%(text)s”."),
        text=token.text,
    )
