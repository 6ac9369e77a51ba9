"""The chain of inputs of a calculated measure, and the formulas that read a measure (METHOD §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor, scoped
from core.charts import ChainBox
from core.charts.chain import MOST
from core.formats import NumberFormat
from core.periods import At, Period
from core.statuses import reason_words
from scorecards.models import Measure, Result
from scorecards.queries.cards import number_format
from scorecards.queries.formulas import formula_of, read_below
from scorecards.queries.measures import own_period
from scorecards.rules.formulas import written


@dataclass(frozen=True)
class ChainLine:
    """One measure of a chain in its period. `layer` counts the steps to the measure the chain belongs to."""

    code: str
    name: str
    url: str
    layer: int
    numbers: NumberFormat
    formula: str
    frequency: str
    period: str
    value: str
    status: str
    reason: str

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)


@dataclass(frozen=True)
class Chain:
    """A measure and all that it is calculated from, nearest first; `links` name the places of part and whole."""

    lines: tuple[ChainLine, ...]
    links: tuple[tuple[int, int], ...]

    @property
    def boxes(self) -> list[ChainBox]:
        """The same as it is drawn."""
        return [ChainBox(line.name, line.value, line.status, line.layer, line.url) for line in self.lines]

    @property
    def is_drawn(self) -> bool:
        """A larger one is only listed."""
        return len(self.lines) <= MOST


@dataclass(frozen=True)
class Reader:
    """A calculated measure that reads another one."""

    code: str
    name: str
    unit: str
    url: str
    formula: str


def chain_of(viewer: Actor, measure: Measure, at: At) -> Chain:
    """The chain of a calculated measure in the period of `at`; three queries. What the viewer may not see has no name."""
    reads = read_below([measure.pk])
    layers = _layers(measure.code, reads)
    rows = scoped(viewer, "view", Measure.objects.filter(code__in=layers.keys())).select_related("node")
    seen = {row.code: row for row in rows}
    periods = {code: own_period(row, at) for code, row in seen.items()}
    results = _results(seen, periods)
    order = sorted(layers, key=lambda code: (layers[code], code))
    place = {code: number for number, code in enumerate(order)}
    lines = tuple(_line(code, seen.get(code), layers[code], periods, results) for code in order)
    links = tuple((place[read], place[code]) for code in order for read in reads.get(code, ()))
    return Chain(lines, links)


def _layers(code: str, reads: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The longest way down to each, so that a part always stands before what is made of it."""
    layers = {code: 0}
    waiting = [code]
    while waiting:
        whole = waiting.pop(0)
        for part in reads.get(whole, ()):
            if layers.get(part, -1) <= layers[whole]:
                layers[part] = layers[whole] + 1
                waiting.append(part)
    return layers


def _results(seen: Mapping[str, Measure], periods: Mapping[str, Period]) -> dict[tuple[int, date], Result]:
    wanted = Q(pk__in=[])
    for code, row in seen.items():
        wanted |= Q(node=row.node.pk, frequency=periods[code].frequency, period_start=periods[code].start)
    return {(row.node_id, row.period_start): row for row in Result.objects.filter(wanted)}


def _line(
    code: str,
    row: Measure | None,
    layer: int,
    periods: Mapping[str, Period],
    results: Mapping[tuple[int, date], Result],
) -> ChainLine:
    if row is None:
        return ChainLine("", _("Not for you to see"), "", layer, NumberFormat(), "", "", "", "", "no_data", "")
    period, numbers = periods[code], number_format(row)
    result = results.get((row.node.pk, period.start))
    value = result.value if result else None
    return ChainLine(
        code=code,
        name=row.short,
        url=f"{reverse('scorecards:measure', args=[row.pk])}?p={period.key}",
        layer=layer,
        numbers=numbers,
        formula=written(formula_of(row.expression)) if row.expression else "",
        frequency=str(row.get_frequency_display()),
        period=period.label,
        value="" if value is None else numbers.text(value),
        status=result.status if result else "no_data",
        reason=result.reason if result else "not_reported",
    )


def readers_of(viewer: Actor, measure: Measure) -> list[Reader]:
    """Live calculated measures that read this one, by code; one query."""
    rows = scoped(viewer, "view", Measure.objects.filter(inputs__input=measure, retired_at=None))
    return [
        Reader(
            row.code,
            row.short,
            row.unit.name,
            reverse("scorecards:measure", args=[row.pk]),
            written(formula_of(row.expression)),
        )
        for row in rows.select_related("unit").order_by("code")
    ]
