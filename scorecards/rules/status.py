"""Status of a score, and why there is none, with the day on which that changes (METHOD §3, DATAMODEL A6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from scorecards.rules.arrays import MISSING, TOLERANCE, Bools, Days, FloatsLike, Ints, Words, floats, words

RED_BEGINS = 100 / 3
TARGET_REACHED = 200 / 3
DEFAULT_GRACE_DAYS = 15
NO_DAY = np.datetime64("NaT", "D")
ONE_DAY = np.timedelta64(1, "D")


class Status(StrEnum):
    """On screen: Exceeds (blue), On track (green), Watch (amber), Off track (red), No data (grey). Best first."""

    EXCEEDS = "exceeds"
    ON_TRACK = "on_track"
    WATCH = "watch"
    OFF_TRACK = "off_track"
    NO_DATA = "no_data"


WORST_FIRST = (Status.OFF_TRACK, Status.WATCH, Status.ON_TRACK, Status.EXCEEDS)


class Reason(StrEnum):
    """Why there is no score: grey always says so, in distinct words."""

    NOT_DUE_YET = "not_due_yet"
    NOT_REPORTED = "not_reported"
    STALE = "stale"
    NO_TARGET = "no_target"
    UNSCORED = "unscored"
    NO_WEIGHT = "no_weight"
    TOO_LITTLE_COVERAGE = "too_little_coverage"
    INPUT_MISSING = "input_missing"
    CALCULATION_FAILED = "calculation_failed"


@dataclass(frozen=True)
class Bands:
    """Where green and amber begin, and blue where it is switched on (then usually 95). A dated setting."""

    green: float = TARGET_REACHED
    amber: float = RED_BEGINS
    exceeds: float | None = None

    def __post_init__(self) -> None:
        blue = 100.0 if self.exceeds is None else self.exceeds
        if not 0 < self.amber < self.green <= blue <= 100:
            raise ValueError(
                "Bands must rise from amber to green to exceeds and lie between 0 and 100:"
                f" amber {self.amber:g}, green {self.green:g}, exceeds {blue:g}."
            )


DEFAULT_BANDS = Bands()


def status(score: FloatsLike, bands: Bands = DEFAULT_BANDS) -> Words:
    """Status of each score, n → n; NaN is no data. Exactly the bound is the better side, with a tolerance of 1e-9."""
    scores = floats(score)
    found = words(len(scores), Status.NO_DATA)
    found[scores <= 100 + TOLERANCE] = Status.OFF_TRACK
    found[scores >= bands.amber - TOLERANCE] = Status.WATCH
    found[scores >= bands.green - TOLERANCE] = Status.ON_TRACK
    if bands.exceeds is not None:
        found[scores >= bands.exceeds - TOLERANCE] = Status.EXCEEDS
    return found


def status_of(score: float | None, bands: Bands = DEFAULT_BANDS) -> Status:
    """Status of one score; None is no data."""
    found: Status = status(MISSING if score is None else score, bands)[0]
    return found


@dataclass(frozen=True)
class Absence:
    """Why a period has no value, per row: None where it has one; and the first day on which the answer changes by
    the clock alone (NaT: never)."""

    reason: Words
    next_change_on: Days


def absence(period_end: Days, has_value: Bools, today: date, grace_days: int | Ints = DEFAULT_GRACE_DAYS) -> Absence:
    """Not due yet up to the period's last day plus grace, not reported after it; n → n.

    `period_end` holds last days, `grace_days` whole days, one number or one per row. Who has a value is not absent.
    """
    last_day = period_end + np.asarray(grace_days, dtype="timedelta64[D]")
    is_due = np.datetime64(today, "D") > last_day
    reason = words(len(period_end), Reason.NOT_DUE_YET)
    reason[is_due] = Reason.NOT_REPORTED
    reason[has_value] = None
    return Absence(reason, np.where(is_due | has_value, NO_DAY, last_day + ONE_DAY))
