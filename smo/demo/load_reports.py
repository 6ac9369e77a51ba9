"""Reports that were frozen and schedules that make more; their PDFs are made when somebody asks for them."""

from __future__ import annotations

from datetime import timedelta

from core.periods import At
from scorecards.actions.reports import freeze_report
from scorecards.actions.schedules import Plan, add_schedule
from scorecards.models import Scorecard
from smo.demo.load_organization import House

OFFICE = "ravi.menon"
FROZEN = (("NMH", OFFICE, 1), ("NMH", OFFICE, 0), ("NMH", "helena.marsh", 0), ("GEN", "catherine.bell", 0))
"""The unit, who ordered the report, and how many months before the newest one."""
BEFORE = timedelta(hours=19)
"""They were frozen the evening before the day of loading."""
SCHEDULES = (
    ("NMH", OFFICE, "month", 3, True, 7, ("helena.marsh", "mei.chow", "sofia.lindqvist")),
    ("GEN", "catherine.bell", "week", 1, False, 8, ("sofia.lindqvist", "thomas.grieve")),
)
"""The unit, the owner, how often, on which day, whether that is a working day, the hour, and who gets it."""


def load_reports(house: House) -> None:
    """Two schedules and a few frozen reports."""
    cards = {
        card.strategy.unit.code: card
        for card in Scorecard.objects.select_related("strategy__unit", "strategy__owner", "strategy__subject")
    }
    clock = house.clock
    for unit, key, back in FROZEN:
        at = At(period=clock.newest.shift(-back), as_of=None, today=clock.today)
        freeze_report(house.actor(key), scorecard=cards[unit], at=at, now=house.now - BEFORE)
    for unit, key, every, day, is_working, hour, people in SCHEDULES:
        plan = Plan(every, day, is_working, hour, [house.people[one] for one in people])
        add_schedule(house.actor(key), scorecard=cards[unit], plan=plan, today=clock.today)
