"""The period in addresses: a link shows its reader what its sender saw (UX §4)."""

from __future__ import annotations

from core.periods import At, Frequency, Period


def default_period(at: At) -> Period:
    """The last finished month: what the portal shows when nobody picked a period."""
    return Period.of(Frequency.MONTH, at.today, at.period.calendar).previous()


def period_query(at: At) -> str:
    """What a link carries so that the next page shows the picked period; empty for the usual one."""
    return "" if at.period == default_period(at) else f"?p={at.period.key}"
