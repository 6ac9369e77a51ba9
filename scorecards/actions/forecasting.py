"""Saying what a year will end with: the owner's forecast as a fact, and the system's brought up to date (METHOD §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from core.periods import Calendar, Frequency, Period, PeriodError
from organization.queries import calendars
from scorecards.actions.recompute import again, hold
from scorecards.actions.writing import FactTable, NewFact, append, checked_period, current_of, exact, in_words
from scorecards.models import Measure, MeasureForecast, Node, OwnerForecast
from scorecards.queries.forecasts import Outlook, changed_measures, forecasts, year_targets
from scorecards.queries.trees import is_locked
from scorecards.rules.refusals import Refusal as NumberRefusal

FACTS = FactTable("scorecards_ownerforecast", "measure_id", ("value", "probability", "target"), ("reason",))
STEP = 10
LONGEST_REASON = 2_000
AT_ONCE = 1_000
"""Measures whose forecasts are made together; bounds the memory of a night."""


# ------------------------------------------------------------------------------------------------- the owner's
def forecast_year_end(
    actor: Actor,
    *,
    measure: Measure,
    year: Period,
    value: Decimal | None,
    probability: int | None,
    today: date,
    reason: str = "",
) -> OwnerForecast | None:
    """What the year will end with, and the chance in percent of meeting its target; neither takes the forecast back.

    The target known now is kept with it. Said again unchanged, nothing is written. The current forecast is returned.
    """
    require(actor, "forecast", measure)
    calendar = calendars()
    period = _year(measure, year, today, calendar)
    number, said = _number(value), reason.strip()
    _check_chance(probability)
    if len(said) > LONGEST_REASON:
        raise Refusal(_("A reason has at most %(most)d characters.") % {"most": LONGEST_REASON}, field="reason")
    again(lambda: _forecast(actor, measure, period, (number, probability), said, calendar))
    return OwnerForecast.objects.filter(
        measure=measure, frequency=Frequency.YEAR, period_start=period.start, superseded_at=None
    ).first()


def _forecast(
    actor: Actor,
    measure: Measure,
    year: Period,
    said: tuple[Decimal | None, int | None],
    reason: str,
    calendar: Calendar,
) -> None:
    node = Node.objects.only("pk", "scorecard_id").get(measure=measure)
    details = {"period": year.key}
    with recording(actor, "forecast_year_end", subject_id=measure.subject_id, reason=reason, details=details) as event:
        held = hold([node.pk], calendar)
        if is_locked(year, held.state.locked.get(node.scorecard_id or 0, ())) is not None:
            raise Refusal(_("%(year)s is closed; it can no longer be forecast.") % {"year": year.label}, field="year")
        target = _target_known(measure, year, said[1])
        key = (measure.pk, Frequency.YEAR.value, year.start)
        before = current_of(FACTS, [key]).get(key)
        values = (*said, target if any(one is not None for one in said) else None, reason)
        if before is None and said == (None, None):
            raise Refusal(_("Give the value you expect, the chance of meeting the target, or both."), field="value")
        if before is None or before.values != values:
            append(FACTS, [NewFact(key, values, before)], moment=held.state.moment, actor=actor, event_id=event.pk)


def _year(measure: Measure, year: Period, today: date, calendar: Calendar) -> Period:
    """The running fiscal year or the next one, as the calendar cuts it."""
    try:
        period = checked_period(measure, year, calendar)
    except PeriodError as error:
        raise Refusal(str(error), field="year") from None
    now = Period.of(Frequency.YEAR, today, calendar)
    if period.start not in (now.start, now.next().start) or period.frequency is not Frequency.YEAR:
        raise Refusal(
            _("%(period)s cannot be forecast; choose %(now)s or %(next)s.")
            % {"period": period.label, "now": now.label, "next": now.next().label},
            field="year",
        )
    return period


def _number(value: Decimal | None) -> Decimal | None:
    try:
        return exact(value)
    except NumberRefusal as error:
        raise Refusal(in_words(error), field="value") from None


def _check_chance(probability: int | None) -> None:
    if probability is not None and (isinstance(probability, bool) or probability not in range(0, 101, STEP)):
        raise Refusal(
            _("A chance is a percentage in steps of ten, from 0 to 100, not %(chance)s.") % {"chance": probability},
            field="probability",
        )


def _target_known(measure: Measure, year: Period, probability: int | None) -> Decimal | None:
    """The year's target as it is known now; without one there is no chance of meeting it."""
    found = year_targets({measure.pk: year}, [measure])[measure.pk]
    is_range = measure.polarity == Measure.Polarity.INSIDE
    if probability is not None and (found.value is None or is_range):
        sentence = (
            _("A range has no single target to meet. Give the value you expect alone.")
            if is_range
            else _(
                "There is no target for %(year)s, so there is no chance of meeting it. Give the value you expect alone."
            )
        )
        raise Refusal(sentence % {"year": year.label}, code="no_target", field="probability")
    return None if found.value is None else exact(found.value)


# ------------------------------------------------------------------------------------------------ the system's
def refresh_forecasts(today: date) -> int:
    """Make the forecasts of live measures anew whose values, targets, breaks or settings changed; how many."""
    MeasureForecast.objects.exclude(measure__retired_at=None).delete()
    ids = list(Measure.objects.filter(retired_at=None).order_by("pk").values_list("pk", flat=True))
    calendar = calendars()
    return sum(_refresh(ids[begin : begin + AT_ONCE], today, calendar) for begin in range(0, len(ids), AT_ONCE))


def _refresh(ids: Sequence[int], today: date, calendar: Calendar) -> int:
    changed = changed_measures(ids, today, calendar)
    made = forecasts([measure for measure, _print in changed], today, calendar)
    rows = [_row(measure, made[measure.pk], print_, today) for measure, print_ in changed]
    MeasureForecast.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["measure"],
        update_fields=[f.name for f in MeasureForecast._meta.concrete_fields if not f.primary_key],
    )
    return len(rows)


def _row(measure: Measure, made: Outlook, fingerprint: str, today: date) -> MeasureForecast:
    return MeasureForecast(
        measure=measure,
        made_on=today,
        model=made.model,
        n=made.n,
        year_start=made.year.start,
        points=[list(asdict(point).values()) for point in made.points],
        middle=made.middle,
        low=made.low,
        high=made.high,
        p_met=made.p_met,
        inputs_hash=fingerprint,
    )
