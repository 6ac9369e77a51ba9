"""How Northmere Health answers its reds, and where owners judge otherwise than the figures.

Texts name months as in `smo.demo.words`; days are counted from today, ago if negative.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TaskSpec:
    """A task of an answer, due so many days from today; done so many days from today, or not."""

    title: str
    assignee: str
    due: int
    done: int | None = None


@dataclass(frozen=True)
class AnswerSpec:
    """The answer to a measure, written so many days ago; the fact is the one that the figures give."""

    measure: str
    author: str
    written: int
    cause: str
    tasks: tuple[TaskSpec, ...]
    cost: int | None = None
    effect: str = ""


@dataclass(frozen=True)
class DeclaredSpec:
    """A status declared on a measure or objective so many days ago, up to a day."""

    about: str
    author: str
    status: str
    reason: str
    declared: int
    expires: int


ANSWERS = (
    AnswerSpec(
        "P1-01", "james.adeyemi", -16,
        "The Saltby ward closed on the 22nd of {m1} for fire works. Twelve fewer step-down beds put patients who are "
        "ready to leave back on acute wards, and breaches follow.",
        (
            TaskSpec("Extend the discharge hub to weekends", "thomas.grieve", -3),
            TaskSpec("Agree twelve beds elsewhere until Saltby opens again", "sofia.lindqvist", 9),
        ),
        cost=184_000,
    ),
    AnswerSpec(
        "L1-01", "grace.whitcombe", -12,
        "260 shifts were not offered to the bank, because the interface between roster and bank stood still.",
        (
            TaskSpec("Repair the interface between roster and bank", "daniel.osei", -2, -4),
            TaskSpec("Count hours filled by ward, by hand, until then", "elena.petrova", -1, -2),
        ),
        effect="Shifts are offered again within the hour. Next time the bank watches the feed itself.",
    ),
)  # fmt: skip

DECLARED = (
    DeclaredSpec(
        "P1-01", "james.adeyemi", "on_track",
        "The hub works at weekends now, and the daily figures of the last two weeks are above the target.",
        -6, 40,
    ),
    DeclaredSpec(
        "L3-01", "naomi.clarke", "watch",
        "The survey has not been sent, so nothing can be computed. Exit talks say that people are neither angrier nor "
        "happier than last year.",
        -10, 75,
    ),
    DeclaredSpec(
        "F1", "priya.raman", "on_track", "Theatres had promised to catch up within a month.", -70, -9,
    ),
)  # fmt: skip
