"""Values that wait for a second person (four eyes): how they come to be, and what stands where two people wrote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor
from core.periods import Period
from notifications.actions import announce
from scorecards.actions.writing import Current, FactKey
from scorecards.models import Measure, Observation, Submission
from scorecards.queries.approving import approvers_of
from scorecards.queries.cards import number_format

NUMBERS = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class Submitted:
    """A value to submit: the line's key, its numbers, and the submission it takes the place of."""

    measure: Measure
    period: Period
    key: FactKey
    numbers: tuple[Decimal | None, ...]
    comment: str
    source: str
    replaces: Current | None = None


@dataclass(frozen=True)
class Standing:
    """What stands for a value now: numbers, author and moment. `revision` 0: none; `waiting` 0: nothing waits."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    comment: str
    by: str
    at: datetime | None
    revision: int = 0
    waiting: int = 0


_WAITING = """
SELECT f.series_id, f.frequency, f.period_start, f.id, f.row_version, f.value, f.numerator, f.denominator, f.comment
FROM scorecards_submission f
JOIN unnest(%s::bigint[], %s::text[], %s::date[]) AS k(series, frequency, start)
  ON f.series_id = k.series AND f.frequency = k.frequency AND f.period_start = k.start
WHERE f.state = 'submitted'
"""


def waiting_of(keys: Collection[FactKey]) -> dict[FactKey, Current]:
    """The open submissions of these keys; one statement, none where no key is given."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(column) for column in zip(*keys, strict=True)])
        return {row[:3]: Current(row[3], row[4], row[5:]) for row in cursor.fetchall()}


def standing_of(found: Mapping[int, tuple[Current | None, Current | None, bool]]) -> dict[int, Standing]:
    """Who wrote what stands there, by row: the submission where that one is newer, else the value."""
    values = [stands.id for stands, waits, is_overtaken in found.values() if stands and not (waits and is_overtaken)]
    submitted = [waits.id for _stands, waits, is_overtaken in found.values() if waits and is_overtaken]
    facts: dict[int, Any] = {}
    if values:
        facts = Observation.objects.select_related("recorded_by").in_bulk(values)
    waiting: dict[int, Any] = {}
    if submitted:
        waiting = Submission.objects.select_related("submitted_by").in_bulk(submitted)
    return {row: _standing(facts, waiting, *each) for row, each in found.items()}


def _standing(
    facts: Mapping[int, Observation],
    waiting: Mapping[int, Submission],
    stands: Current | None,
    waits: Current | None,
    is_overtaken: bool,
) -> Standing:
    seen = (stands.revision if stands else 0, waits.id if waits else 0)
    if waits and is_overtaken:
        row = waiting[waits.id]
        by = row.submitted_by.name
        return Standing(row.value, row.numerator, row.denominator, row.comment, by, row.submitted_at, *seen)
    if stands is None:
        return Standing(None, None, None, "", "", None, *seen)
    fact = facts[stands.id]
    by = fact.recorded_by.name if fact.recorded_by else fact.source
    return Standing(fact.value, fact.numerator, fact.denominator, fact.comment, by, fact.recorded_at, *seen)


def submit(actor: Actor, rows: Sequence[Submitted], *, moment: datetime, today: date) -> None:
    """Write the submissions, each in the place of the one that waits, and tell who may approve; in an event."""
    replaced = [row.replaces.id for row in rows if row.replaces is not None]
    if replaced:
        Submission.objects.filter(pk__in=replaced).update(
            state=Submission.State.WITHDRAWN,
            decided_by_id=actor.person_id,
            decided_at=moment,
            reason=_("Another value was given instead."),
            row_version=F("row_version") + 1,
        )
    Submission.objects.bulk_create(
        Submission(
            series_id=row.key[0],
            frequency=row.key[1],
            period_start=row.key[2],
            comment=row.comment,
            source=row.source,
            submitted_by_id=actor.person_id or 0,
            submitted_at=moment,
            **dict(zip(NUMBERS, row.numbers, strict=True)),
        )
        for row in rows
    )
    _tell(actor, rows, today)


def _tell(actor: Actor, rows: Sequence[Submitted], today: date) -> None:
    """One line for each person who may approve, however many values there are."""
    by_person: dict[Any, list[Submitted]] = {}
    approvers = approvers_of([row.measure for row in rows], today)
    for row in rows:
        for person in approvers[row.measure.pk]:
            if person.pk != actor.person_id:
                by_person.setdefault(person, []).append(row)
    for person, mine in by_person.items():
        one = mine[0]
        words = {"name": actor.label, "measure": one.measure.short, "period": one.period.label, "count": len(mine)}
        if len(mine) == 1:
            value = one.numbers[0]
            words["value"] = _("no value") if value is None else number_format(one.measure).text(value)
            text = _("%(name)s submitted %(value)s for %(measure)s, %(period)s. It waits for your approval.") % words
        else:
            text = _("%(name)s submitted %(count)d values that wait for your approval.") % words
        subject = one.measure.subject if len(mine) == 1 else None
        url = reverse("scorecards:approvals")
        announce(actor, kind="value_submitted", subject=subject, to=[person], text=text, url=url)
