"""When a value that is owed is named in the daily mail, and who was reminded of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from scorecards.models import Reminder, ReminderPlan
from scorecards.models.reminders import one_and_seven_days, three_days
from scorecards.queries.entry import Place


@dataclass(frozen=True)
class ReminderDays:
    """So many days before and after the due day."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    def is_day(self, due_on: date, today: date) -> bool:
        """Whether the daily mail of today names what is due then."""
        days = (due_on - today).days
        return days in self.before if days >= 0 else -days in self.after


def stored_plan() -> ReminderPlan | None:
    """What was chosen, if anything was."""
    return ReminderPlan.objects.first()


def reminder_days() -> ReminderDays:
    """The organisation's days, or the usual ones: 3 before, 1 and 7 after."""
    plan = stored_plan()
    if plan is None:
        return ReminderDays(tuple(three_days()), tuple(one_and_seven_days()))
    return ReminderDays(tuple(plan.days_before), tuple(plan.days_after))


def last_reminders(places: Collection[Place]) -> dict[Place, Reminder]:
    """The last reminder of each place; one query."""
    named = {(measure, period.frequency.value, period.start): (measure, period) for measure, period in places}
    rows = Reminder.objects.filter(
        measure__in={measure for measure, _period in places},
        period_start__in={period.start for _measure, period in places},
    )
    found = {}
    for row in rows.select_related("person").order_by("sent_at", "pk"):
        place = named.get((row.measure_id, row.frequency, row.period_start))
        if place is not None:
            found[place] = row
    return found
