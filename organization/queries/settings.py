"""What the organisation has set for itself."""

from __future__ import annotations

from datetime import date

from core.periods import FiscalCalendar as CalendarRule
from core.periods import FiscalCalendars
from organization.models import FiscalCalendar, Organization


def organization() -> Organization | None:
    """The organisation, or none before it is set up."""
    return Organization.objects.first()


def calendars() -> FiscalCalendars:
    """The dated fiscal calendars; January years where nothing is set."""
    rows = FiscalCalendar.objects.order_by("valid_from").values_list("valid_from", "first_month", "named_by")
    rules = tuple((start, CalendarRule(month, named_by)) for start, month, named_by in rows)  # type: ignore[arg-type]
    return FiscalCalendars(rules or ((date.min, CalendarRule()),))
