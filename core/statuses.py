"""The status words of METHOD §3, in code and on screen; the same in chips, charts, mail and PDF.

`complete` is a state of a record, not a score's status; it shares the chip because people read it in the same place.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXCEEDS, ON_TRACK, WATCH, OFF_TRACK, NO_DATA, COMPLETE = (
    "exceeds",
    "on_track",
    "watch",
    "off_track",
    "no_data",
    "complete",
)

WORDS: dict[str, str | Promise] = {
    EXCEEDS: _("Exceeds"),
    ON_TRACK: _("On track"),
    WATCH: _("Watch"),
    OFF_TRACK: _("Off track"),
    NO_DATA: _("No data"),
    COMPLETE: _("Complete"),
}
ORDER = (EXCEEDS, ON_TRACK, WATCH, OFF_TRACK, NO_DATA)
_RANK = {OFF_TRACK: 0, WATCH: 1, ON_TRACK: 2, EXCEEDS: 3}


def word(status: str) -> str:
    """The word on screen. Raises KeyError for a status that does not exist."""
    return str(WORDS[status])


def movement(before: str, now: str) -> str:
    """ "better", "worse" or "" when the status did not move or one of the two had no data."""
    if before not in _RANK or now not in _RANK or before == now:
        return ""
    return "better" if _RANK[now] > _RANK[before] else "worse"


REASONS: dict[str, str | Promise] = {
    "": "",
    "not_due_yet": _("Not due yet"),
    "not_reported": _("Not reported"),
    "stale": _("Stale: the newest value is too old"),
    "no_target": _("No target"),
    "unscored": _("Value only, not scored"),
    "no_weight": _("No weight"),
    "too_little_coverage": _("Too little coverage"),
    "input_missing": _("Input missing"),
    "calculation_failed": _("Calculation failed"),
}


def reason_words(code: str) -> str:
    """Why there is no status, in words (METHOD §3, Grey). Raises KeyError for an unknown code."""
    return str(REASONS[code])
