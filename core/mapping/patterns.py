"""Regular expressions that strangers write: only those that cannot run for ever (TRUST I12).

Python's engine tries every way to share a text among the parts of a pattern. A repeat or a choice within a repeat makes
that exponential and is refused. What remains can try about `ways · C(n, repeats + 1)` of them on a text of n
characters, so the more open repeats, choices and options a pattern has, the shorter the texts it may be tried on.
"""

import importlib
import math
import re
from typing import Any

from django.utils.translation import gettext as _

LONGEST_PATTERN = 300
LONGEST_TEXT = 32_767
SHORTEST_USEFUL = 30
MOST_STEPS = 50_000_000

_parser: Any = importlib.import_module("re._parser")
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_REFUSED = {"GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT"}


class PatternError(ValueError):
    """A pattern that is not one, or could run for ever; the message is a sentence."""


class SafePattern:
    """A compiled pattern. `longest`: the longest text it may be tried on; `groups`: the names of its groups."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_PATTERN:
            raise PatternError(_("the pattern is longer than %(most)s characters.") % {"most": LONGEST_PATTERN})
        try:
            self._compiled = re.compile(text)
            repeats, ways = _sequence(_parser.parse(text), is_repeated=False)
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError(_("the pattern cannot be read: %(error)s.") % {"error": error}) from None
        self.text = text
        self.longest = _longest_text(repeats, ways)
        self.groups = frozenset(self._compiled.groupindex)
        self.group_count = self._compiled.groups
        if self.longest < SHORTEST_USEFUL:
            raise PatternError(_("the pattern has too many repeats, choices and options to be tried safely."))

    def search(self, text: str) -> re.Match[str] | None:
        """The first match; `PatternError` for a text too long to try."""
        self._check_length(text)
        return self._compiled.search(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """A match of the whole text; `PatternError` for a text too long to try."""
        self._check_length(text)
        return self._compiled.fullmatch(text)

    def _check_length(self, text: str) -> None:
        if len(text) > self.longest:
            raise PatternError(
                _("the text is longer than the %(most)s characters that the pattern can be tried on.")
                % {"most": self.longest}
            )


def _longest_text(repeats: int, ways: int) -> int:
    """The n for which ways · C(n, repeats + 1) stays within the steps allowed."""
    parts = repeats + 1
    return min(LONGEST_TEXT, int((math.factorial(parts) * MOST_STEPS / ways) ** (1 / parts)))


def _sequence(parsed: Any, *, is_repeated: bool) -> tuple[int, int]:
    """(open repeats, ways to choose) of a parsed pattern; `PatternError` for what could run for ever."""
    repeats, ways = 0, 1
    for operation, argument in parsed:
        more_repeats, more_ways = _part(str(operation), argument, is_repeated=is_repeated)
        repeats += more_repeats
        ways *= more_ways
    return repeats, ways


def _part(name: str, argument: Any, *, is_repeated: bool) -> tuple[int, int]:
    if name in _REFUSED:
        raise PatternError(_("the pattern uses look-around or back-references, which are not allowed."))
    if name in _REPEATS:
        return _repeat(*argument, is_repeated=is_repeated)
    if name == "BRANCH":
        if is_repeated:
            raise PatternError(_("the pattern repeats a choice, such as (a|b)*, which could run for ever."))
        branches = [_sequence(branch, is_repeated=False) for branch in argument[1]]
        return sum(repeats for repeats, _ways in branches), sum(ways for _repeats, ways in branches)
    if name == "SUBPATTERN":
        return _sequence(argument[-1], is_repeated=is_repeated)
    if name == "ATOMIC_GROUP":
        return _sequence(argument, is_repeated=is_repeated)
    return 0, 1


def _repeat(least: Any, most: Any, body: Any, *, is_repeated: bool) -> tuple[int, int]:
    if is_repeated and least != most:
        raise PatternError(_("the pattern repeats a repeat, such as (a+)*, which could run for ever."))
    repeats, ways = _sequence(body, is_repeated=is_repeated or int(most) > 1)
    if int(most) <= 1:
        return repeats, ways + (least != most)
    return repeats + (least != most), ways
