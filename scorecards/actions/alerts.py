"""Telling people that a measure is red and nobody has answered: by the clock, once for a measure and period."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor
from core.periods import At, Frequency, Period
from notifications.actions import announce
from organization.models import Person
from organization.queries import ancestor_ids, calendars, heads_of
from organization.roles import Role
from scorecards.models import Measure, RedAlert, Result
from scorecards.queries.reds import now, to_alert


def alert_reds(actor: Actor, today: date) -> int:
    """Tell owner and strategy office of every red without an answer they were not told of; how many there were.

    Safe to repeat and to run twice at once: the row of an alert and its announcements are stored together.
    """
    at = now(At(Period.of(Frequency.MONTH, today, calendars()), None, today))
    offices: dict[int, list[Person]] = {}
    told = 0
    for result in to_alert(at):
        measure: Measure = result.node.measure  # type: ignore[assignment]
        if measure.unit_id not in offices:
            units = [measure.unit_id, *ancestor_ids(measure.unit_id, today)]
            offices[measure.unit_id] = list(heads_of(units, Role.SMO_OFFICER, today))
        told += _alert(actor, result, offices[measure.unit_id], at)
    return told


def _alert(actor: Actor, result: Result, office: list[Person], at: At) -> bool:
    measure: Measure = result.node.measure  # type: ignore[assignment]
    period = Period(Frequency(result.frequency), result.period_start, at.period.calendar)
    words = {"measure": measure.short, "period": period.label}
    url = f"{reverse('scorecards:measure', args=[measure.pk])}?p={period.key}"
    with transaction.atomic():
        _row, is_new = RedAlert.objects.get_or_create(
            measure=measure, frequency=result.frequency, period_start=result.period_start
        )
        if is_new:
            text = _("%(measure)s is off track in %(period)s, and nobody has answered yet.") % words
            people = [*([measure.owner] if measure.owner else []), *office]
            announce(actor, kind="red_unanswered", subject=measure.subject, to=people, text=text, url=url)
    return is_new
