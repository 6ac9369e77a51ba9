"""My updates: every measure one updates in its periods, with what helps to enter the value; and the grid of them.

An `EntryRow` is one measure in one period. Everything is drawn from nine queries, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from core.access import Actor
from core.formats import clock_time, date_short
from core.periods import At, Period
from organization.models import OrgUnit
from scorecards.models import Excuse, Measure, Result, Submission, Target
from scorecards.queries.cards import number_format
from scorecards.queries.entry import (
    KnownValue,
    Place,
    as_value,
    closed_periods,
    entry_measures,
    entry_units,
    known_values,
    places_of,
    recordable,
    waiting_values,
)
from scorecards.queries.excuses import excuse_words, excused_places
from scorecards.queries.trees import is_locked

PAGE_SIZE = 20
PERIODS_BACK = 12
VALUES_SHOWN = 3
LETTERS = {"value": "v", "numerator": "n", "denominator": "d"}
"""How the parts of a value are called in the names of inputs."""


def digits(number: Decimal | None) -> str:
    """The number as one would type it, with every digit and no needless zeros; "" for none."""
    if number is None:
        return ""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def place_key(place: Place) -> str:
    """How a place is called in the names of inputs: "12.2026-06"."""
    return f"{place[0]}.{place[1].key}"


@dataclass(frozen=True)
class EntryPart:
    """One input: value, numerator or denominator, with what stands in it."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class EntryRow:
    """A measure in a period: what stands there, who wrote it, what waits or came back, and the values before."""

    measure: Measure
    period: Period
    parts: tuple[EntryPart, ...]
    stands: KnownValue | None
    waiting: Submission | None
    returned: Submission | None
    closed: Period | None
    today: date
    history: tuple[tuple[Period, KnownValue], ...] = ()
    spark: tuple[float | None, ...] = ()
    target: float | None = None
    status: str = "no_data"
    excuse: Excuse | None = None

    @property
    def key(self) -> str:
        """Its place in the names of inputs."""
        return place_key((self.measure.pk, self.period))

    @property
    def chart_id(self) -> str:
        """An id no other chart of the page has."""
        return f"entry-{self.measure.pk}-{self.period.key}"

    @property
    def seen(self) -> str:
        """What the reader sees, for the form to send back: revision and waiting submission."""
        return f"{self.stands.revision if self.stands else 0}.{self.waiting.pk if self.waiting else 0}"

    @property
    def due_on(self) -> date:
        """The last day before the value is late."""
        return self.period.end + timedelta(days=self.measure.grace_days)

    @property
    def is_missing(self) -> bool:
        """Whether a value is still to be given."""
        return self.waiting is None and (self.stands is None or self.stands.value is None)

    @property
    def excused(self) -> str:
        """Who excused the measure from reporting, when and why."""
        return excuse_words(self.excuse) if self.excuse else ""

    @property
    def target_text(self) -> str:
        """The target as the measure writes its values."""
        return "" if self.target is None else number_format(self.measure).figure(self.target)

    @property
    def last(self) -> list[tuple[str, str]]:
        """The last three values before this period, the newest first: label and figure."""
        numbers = number_format(self.measure)
        return [
            (period.label, numbers.figure(known.value))
            for period, known in reversed(self.history[-VALUES_SHOWN:])
            if known.value is not None
        ]

    @property
    def comment(self) -> KnownValue | None:
        """The previous comment: the newest value before this period that has one."""
        return next((known for _period, known in reversed(self.history) if known.comment), None)

    @property
    def own_comment(self) -> str:
        """What was said of this period."""
        return self.waiting.comment if self.waiting else self.stands.comment if self.stands else ""

    @property
    def saved(self) -> str:
        """Who saved what stands there, and when: by the clock if it was today."""
        known = as_value(self.waiting) if self.waiting else self.stands
        if known is None:
            return ""
        when = clock_time(known.at) if known.at.date() == self.today else date_short(known.at)
        words = {"when": when, "by": known.by}
        if self.waiting:
            return _("Submitted %(when)s by %(by)s, waits for approval") % words
        return (_("Saved %(when)s by %(by)s") if known.by else _("Saved %(when)s")) % words

    @property
    def value_text(self) -> str:
        """What stands there, written out."""
        known = as_value(self.waiting) if self.waiting else self.stands
        return "" if known is None or known.value is None else number_format(self.measure).text(known.value)

    @property
    def returned_text(self) -> str:
        """What came back, written out."""
        return number_format(self.measure).text(self.returned.value) if self.returned else ""


@dataclass(frozen=True)
class UpdatesReport:
    """A page of rows, the units to choose from, and how many values are missing of how many."""

    page: Page[EntryRow]
    units: list[OrgUnit]
    unit: int | None
    missing: int
    total: int
    measures: Mapping[int, Measure] = field(default_factory=dict)


def updates_report(viewer: Actor, at: At, wanted: Mapping[str, Any], number: str) -> UpdatesReport:
    """What the viewer updates in the period. `wanted`: unit (an id), missing (only those without a value)."""
    unit = wanted.get("unit") or None
    measures = {measure.pk: measure for measure in entry_measures(viewer, unit)}
    places = places_of(measures.values(), at)
    given = {place for place, known in known_values(places, only_current=True).items() if known[-1].value is not None}
    waiting = {p for p, row in waiting_values(places).items() if row.state == Submission.State.SUBMITTED}
    excused = excused_places(places)
    missing = [place for place in places if place not in given | waiting | excused.keys()]
    shown = missing if wanted.get("missing") else places
    page: Page[Any] = Paginator(sorted(shown, key=lambda p: _order(measures[p[0]], p[1])), PAGE_SIZE).get_page(number)
    page.object_list = entry_rows(measures, list(page.object_list), at)
    return UpdatesReport(page, list(entry_units(viewer)), unit, len(missing), len(places), measures)


def _order(measure: Measure, period: Period) -> tuple[Any, ...]:
    """What is due first at the top."""
    return period.end + timedelta(days=measure.grace_days), measure.unit.name, measure.code


def rows_at(viewer: Actor, places: Sequence[Place], at: At) -> list[EntryRow]:
    """The rows of these places, as far as the viewer may record them."""
    ids = {measure for measure, _period in places}
    measures = {m.pk: m for m in entry_measures_of(viewer, ids)}
    return entry_rows(measures, [place for place in places if place[0] in measures], at)


def entry_measures_of(viewer: Actor, ids: set[int]) -> list[Measure]:
    """These measures, as far as the viewer may record them, whoever usually updates them."""
    rows = recordable(viewer).filter(pk__in=ids)
    return list(rows.select_related("unit", "owner", "objective", "node"))


def entry_rows(measures: Mapping[int, Measure], places: Sequence[Place], at: At) -> list[EntryRow]:
    """The rows of these places with the values before them."""
    back = {place: [place[1].shift(-step) for step in range(PERIODS_BACK, -1, -1)] for place in places}
    wanted = {(place[0], period) for place, periods in back.items() for period in periods}
    known = {place: history[-1] for place, history in known_values(wanted, only_current=True).items()}
    submissions = waiting_values(places)
    cards = {measures[pk].node.scorecard_id for pk, _period in places}
    closed = closed_periods([card for card in cards if card], at.period.calendar)
    results, targets, excuses = _results(measures, places), _targets(places), excused_places(places)
    found = []
    for place in places:
        measure, period = measures[place[0]], place[1]
        row = submissions.get(place)
        waits = row if row and row.state == Submission.State.SUBMITTED else None
        result = results.get((measure.node.pk, period.frequency.value, period.start))
        past = [(one, known[place[0], one]) for one in back[place][:-1] if (place[0], one) in known]
        spark = tuple(_float(known.get((place[0], one))) for one in back[place])
        stands = known.get(place)
        found.append(
            EntryRow(
                measure=measure,
                period=period,
                parts=entry_parts(measure, place, as_value(waits) if waits else stands),
                stands=stands,
                waiting=waits,
                returned=row if row and _is_back(row, stands) else None,
                closed=is_locked(period, closed.get(measure.node.scorecard_id or 0, ())),
                today=at.today,
                history=tuple(past),
                spark=spark,
                target=targets.get((place[0], period.frequency.value, period.start), result.target if result else None),
                status=result.status if result else "no_data",
                excuse=excuses.get(place),
            )
        )
    return found


def _is_back(row: Submission, stands: KnownValue | None) -> bool:
    """Returned, and no value was recorded since."""
    if row.state != Submission.State.RETURNED or row.decided_at is None:
        return False
    return stands is None or stands.at < row.decided_at


def _results(measures: Mapping[int, Measure], places: Sequence[Place]) -> dict[tuple[int, str, date], Result]:
    nodes = {measures[pk].node.pk for pk, _period in places}
    rows = Result.objects.filter(node__in=nodes, period_start__in={period.start for _pk, period in places})
    return {(row.node_id, row.frequency, row.period_start): row for row in rows}


def _targets(places: Sequence[Place]) -> dict[tuple[int, str, date], float]:
    """Targets given for these places; results hold them only where there is a value."""
    rows = Target.objects.filter(
        measure__in={pk for pk, _period in places},
        period_start__in={period.start for _pk, period in places},
        superseded_at=None,
        value__isnull=False,
    )
    return {(row.measure_id, row.frequency, row.period_start): float(row.value or 0) for row in rows}


def _float(known: KnownValue | None) -> float | None:
    return None if known is None or known.value is None else float(known.value)


def entry_parts(measure: Measure, place: Place, known: KnownValue | None) -> tuple[EntryPart, ...]:
    """One input, or two for a ratio, filled with what stands there."""
    key = place_key(place)
    labels = [("value", _("Value"))]
    if measure.aggregation == Measure.Aggregation.RATIO:
        labels = [("numerator", _("Counted")), ("denominator", _("Out of"))]
    return tuple(
        EntryPart(f"{LETTERS[part]}.{key}", str(label), digits(getattr(known, part)) if known else "")
        for part, label in labels
    )
