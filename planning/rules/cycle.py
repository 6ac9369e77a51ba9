"""A planning cycle as days: how late its steps are, what is latest, and the same steps laid into another year (METHOD §20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median


@dataclass(frozen=True)
class DatedFact:
    """A step: its key, the day it is due, the day it was done (None while it is not), and whether somebody holds it."""

    key: int
    due_on: date
    done_on: date | None = None
    has_owner: bool = True

    def days_late(self, today: date) -> int:
        """Days after the due day, up to the day it was done or up to today; 0 in time."""
        return max(0, ((self.done_on or today) - self.due_on).days)


@dataclass(frozen=True)
class Punctuality:
    """Of steps that are due: how many were done in time; of all: how many have an owner; median days late of what is due.

    `latest` is the key of the open step that is the latest, None where none is late.
    """

    due: int
    in_time: int
    owned: int
    steps: int
    median_late: float | None
    latest: int | None


def punctuality(facts: Sequence[DatedFact], today: date) -> Punctuality:
    """The facts of a cycle on a day. A step is due once its day has passed, also one that was done before."""
    due = [one for one in facts if one.due_on < today]
    open_late = [one for one in due if one.done_on is None]
    latest = max(open_late, key=lambda one: (one.days_late(today), -one.key), default=None)
    return Punctuality(
        due=len(due),
        in_time=sum(one.done_on is not None and one.days_late(today) == 0 for one in due),
        owned=sum(one.has_owner for one in facts),
        steps=len(facts),
        median_late=median(one.days_late(today) for one in due) if due else None,
        latest=latest.key if latest else None,
    )


@dataclass(frozen=True)
class Room:
    """The days of a cycle, first and last."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Days between both."""
        return (self.last - self.first).days

    def holds(self, begins: date, ends: date) -> bool:
        """Whether a step lies inside."""
        return self.first <= begins <= ends <= self.last

    def at(self, share: float) -> date:
        """The day at a share of the way, 0 the first and 1 the last."""
        return self.first + timedelta(days=round(share * self.days))


def laid_over(days: tuple[date, date], old: Room, new: Room) -> tuple[date, date]:
    """The days of a step at the same places of another cycle, longer or shorter; inside it always."""
    if not old.days:
        return new.first, new.last
    begins, ends = (new.at((day - old.first).days / old.days) for day in days)
    return max(begins, new.first), min(ends, new.last)
