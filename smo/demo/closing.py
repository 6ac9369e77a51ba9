"""Four eyes and closed months at Northmere Health: whose values wait, what came back, what was wrong after closing.

Texts name months relative to the newest finished one, as in `words`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WaitingSpec:
    """A correction of the newest value that waits for a second person, or came back from `returned_by` with a reason.

    `change` is added to the value, or to the numerator of a ratio.
    """

    measure: str
    submitted_by: str
    change: str
    comment: str
    approver: str = ""
    returned_by: str = ""
    reason: str = ""


WAITING = (
    WaitingSpec(
        "C1-01", "thomas.grieve", "180", "180 bed-days more in {m0}: the bed state of Saltby came a day late.",
        approver="sofia.lindqvist",
    ),
    WaitingSpec("F1-01", "samuel.boateng", "-0.04", "£40,000 of {m0} come only once, so they do not count here."),
    WaitingSpec(
        "F2-01", "victor.lang", "120", "The shared-care contract of {m0} stands in the community's ledger now.",
        approver="priya.raman",
    ),
    WaitingSpec(
        "C1-03", "thomas.grieve", "45", "Counted again with the discharge lounge.", approver="sofia.lindqvist",
        returned_by="sofia.lindqvist",
        reason="The lounge is not home: who waits there past noon would count too. Please agree it with Aisha.",
    ),
)  # fmt: skip

REOPENED_BACK = 2
"""The month that was opened again, counted from the newest."""
REOPENED_WHY = "The waiting list of {m2} held patients of the closed clinic twice; the director of finance agreed."
CORRECTED_AFTER = ("P1-03", "-3", "Three patients of the closed clinic were counted twice in {m2}.")
"""The measure, what is added to its value, and the comment of the correction made after closing."""
EXCUSED = ("L3-01", "The survey was put off by a quarter: its new provider is not ready. Agreed with Grace Whitcombe.")
"""A measure without its newest value, and why it need not come."""
REMINDED = ("L1-04",)
"""Measures whose people the strategy office has reminded of the newest value."""
