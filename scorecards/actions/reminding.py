"""Reminding people of values they owe: by hand, at most once a day for each measure; and the days of the daily mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import recording
from core.access import Actor, Forbidden, givers_sentence, policy_of, require
from core.actions import Refusal, assign, check_version
from core.periods import Period
from jobs.queries import is_here
from notifications.actions import announce
from organization.models import Person
from organization.queries import calendars
from scorecards.actions.recompute import hold
from scorecards.models import Reminder, ReminderPlan, Scorecard
from scorecards.queries.closing import MissingValue
from scorecards.queries.excuses import excused_places
from scorecards.queries.reminding import stored_plan

NAMED = 3
MOST_DAYS, LONGEST = 10, 60


@dataclass(frozen=True)
class Reminded:
    """How many people were told of how many values; those told today already; measures nobody answers for."""

    people: int
    values: int
    earlier: int
    nobody: tuple[str, ...]


def remind(actor: Actor, *, scorecard: Scorecard, missing: Sequence[MissingValue], today: date) -> Reminded:
    """Tell owners and updaters of values that are missing: one line for each person, each measure once a day."""
    require(actor, "remind", scorecard)
    excused = excused_places([(one.measure.pk, one.period) for one in missing])
    missing = [one for one in missing if (one.measure.pk, one.period) not in excused]
    if not missing:
        raise Refusal(_("Nobody is to be reminded: every value is there or excused."))
    asked = [(one, person) for one in missing for person in one.people if is_here(person)]
    nobody = tuple(one.measure.short for one in missing if not any(is_here(person) for person in one.people))
    with recording(actor, "remind", subject_id=scorecard.strategy.subject_id, details={"values": len(missing)}):
        hold([], calendars(), cards=[scorecard.pk])
        told = set(
            Reminder.objects.filter(on=today, measure__in={one.measure.pk for one in missing}).values_list(
                "measure_id", "person_id"
            )
        )
        fresh: dict[tuple[int, int], tuple[MissingValue, Person]] = {}
        for one, person in asked:
            if (one.measure.pk, person.pk) not in told:
                fresh.setdefault((one.measure.pk, person.pk), (one, person))
        if not fresh:
            raise Refusal(_nobody_left(asked, nobody))
        Reminder.objects.bulk_create(_row(one, person, actor, today) for one, person in fresh.values())
        by_person: dict[Person, list[MissingValue]] = {}
        for one, person in fresh.values():
            by_person.setdefault(person, []).append(one)
        for person, mine in by_person.items():
            _tell(actor, person, mine)
    values = {measure for measure, _person in fresh}
    return Reminded(len(by_person), len(values), len(missing) - len(values) - len(nobody), nobody)


def _nobody_left(asked: Sequence[tuple[MissingValue, Person]], nobody: Sequence[str]) -> str:
    if asked:
        return _("They were reminded today already. A person is reminded of a measure once a day.")
    words = {"names": ", ".join(nobody[:NAMED])}
    return _("Nobody answers for %(names)s: name an owner or someone who updates it first.") % words


def _row(one: MissingValue, person: Person, actor: Actor, today: date) -> Reminder:
    return Reminder(
        measure=one.measure,
        frequency=one.period.frequency,
        period_start=one.period.start,
        person=person,
        on=today,
        sent_by_id=actor.person_id,
    )


def _tell(actor: Actor, person: Person, mine: Sequence[MissingValue]) -> None:
    names = ", ".join(one.measure.short for one in mine[:NAMED])
    more = len(mine) - NAMED
    if more > 0:
        names += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    text = ngettext(
        "%(name)s asks for the value of %(what)s for %(period)s.",
        "%(name)s asks for %(n)d values for %(period)s: %(what)s.",
        len(mine),
    ) % {"name": actor.label, "what": names, "period": _period(mine).label, "n": len(mine)}
    subject = mine[0].measure.subject if len(mine) == 1 else None
    url = f"{reverse('scorecards:updates')}?p={_period(mine).key}"
    announce(actor, kind="value_reminder", subject=subject, to=[person], text=text, url=url)


def _period(mine: Sequence[MissingValue]) -> Period:
    """The longest of their periods, which holds the others."""
    return max((one.period for one in mine), key=lambda period: (period.frequency.months, period.end))


def require_reminder_plan(actor: Actor) -> None:
    """Raise Forbidden if the actor may not change the plan; it need not be stored yet."""
    if policy_of(ReminderPlan).q(actor, "change") is None:
        raise Forbidden("change", givers_sentence(ReminderPlan, "change"))


def set_reminder_plan(
    actor: Actor, *, before: Sequence[int], after: Sequence[int], expected: int | None
) -> ReminderPlan:
    """Choose the days before and after the due day on which the daily mail names a value that is owed."""
    require_reminder_plan(actor)
    values = {"days_before": _days(before, "before"), "days_after": _days(after, "after")}
    with recording(actor, "set_reminder_plan", details={"before": list(before), "after": list(after)}):
        plan = stored_plan() or ReminderPlan.objects.create(pk=1)
        row = ReminderPlan.objects.select_for_update().get(pk=plan.pk)
        check_version(row, expected, values)
        changed = assign(row, values)
        if changed:
            row.store(changed)
    return row


def _days(given: Sequence[int], name: str) -> list[int]:
    days = sorted(set(given))
    if len(days) > MOST_DAYS or any(not 0 <= day <= LONGEST for day in days):
        words = {"most": MOST_DAYS, "longest": LONGEST}
        raise Refusal(_("Give at most %(most)d days, each from 0 to %(longest)d.") % words, field=name)
    return days
