"""A frozen report read back: the same words and figures for the PDF, the page and the workbook, whatever its schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.charts import Annotation, MeasureSeries
from core.formats import NumberFormat, moment
from core.statuses import WORDS
from scorecards.models import Report
from scorecards.queries.cards import Count, Row, health

HASH_SHOWN = 12
ROWS_OF_A_TABLE = 400
"""A PDF takes tables of 500 rows; a longer perspective goes on in a second one."""


def canonical(content: Mapping[str, Any]) -> str:
    """The text that is hashed: keys in order, no blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True)
class PrintedTable:
    """The rows of one perspective: its objectives, each followed by its measures."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Pair:
    """An objective with its heaviest measure, one row of the scorecard on one page."""

    objective: Row
    measure: Row | None

    @property
    def figures(self) -> Row:
        """The row whose figures are shown."""
        return self.measure or self.objective


@dataclass(frozen=True)
class Layer:
    """The objectives of one perspective."""

    name: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Finding:
    """A measure off track with its chart and everything people said."""

    facts: Mapping[str, Any]
    series: MeasureSeries

    @property
    def chart_id(self) -> str:
        """An id no other chart of the document has."""
        return f"exception-{self.facts['key']}"

    @property
    def pins_id(self) -> str:
        """The same for the picture of differences."""
        return f"{self.chart_id}-gaps"

    @property
    def anchor(self) -> str:
        """Where the contents point to."""
        return f"measure-{self.facts['key']}"

    @property
    def has_gaps(self) -> bool:
        """Whether differences to a target can be drawn."""
        pairs = zip(self.series.actuals, self.series.targets, strict=True)
        return any(actual is not None and target is not None for actual, target in pairs)

    @property
    def corrected(self) -> list[Mapping[str, Any]]:
        """Periods whose value was first another one."""
        return [line for line in self.facts["lines"] if line["corrected_was"]]

    @property
    def lines(self) -> list[Mapping[str, Any]]:
        """The periods with a value or a reason, newest first."""
        return list(self.facts["lines"])


@dataclass(frozen=True)
class Printed:
    """A frozen report, ready to be drawn."""

    content: Mapping[str, Any]
    as_of: str
    short_hash: str
    rows: tuple[Row, ...]
    layers: tuple[Layer, ...]
    tables: tuple[PrintedTable, ...]
    findings: tuple[Finding, ...]
    watched: tuple[tuple[Row, str], ...]
    missing: tuple[tuple[Row, str], ...]
    restated: frozenset[int]
    health: tuple[Count, ...]

    @property
    def headline(self) -> str:
        """How many objectives are on track."""
        return headline(self.content["counts"])

    @property
    def top(self) -> Row | None:
        """The strategy's own row."""
        return next((row for row in self.rows if row.kind == "strategy"), None)

    @property
    def has_exceptions(self) -> bool:
        """Whether the report knows of exceptions: the first schema did not."""
        return self.content.get("schema", 1) > 1

    @property
    def further(self) -> int:
        """Measures off track without a page of their own."""
        return int(self.content.get("further", 0))

    @property
    def unlisted(self) -> int:
        """Measures on watch or without a status that have no room in their table."""
        return sum(max(0, len(found) - ROWS_OF_A_TABLE) for found in (self.watched, self.missing))

    @property
    def watched_shown(self) -> tuple[tuple[Row, str], ...]:
        """On watch, as many as one table takes."""
        return self.watched[:ROWS_OF_A_TABLE]

    @property
    def missing_shown(self) -> tuple[tuple[Row, str], ...]:
        """Without a status, as many as one table takes."""
        return self.missing[:ROWS_OF_A_TABLE]

    @property
    def exceptions_headline(self) -> str:
        """The finding over the exceptions, at most 70 characters."""
        count = len(self.findings) + self.further
        if not count:
            return _("No measure is off track")
        return ngettext("%(n)d measure is off track", "%(n)d measures are off track", count) % {"n": count}

    @property
    def standing(self) -> str:
        """Whether the figures may still move: a running period, a finished one, a closed one."""
        return standing(self.content)


def standing(content: Mapping[str, Any]) -> str:
    """Whether the figures may still move: a running period, a finished one, a closed one."""
    if "is_closed" not in content:
        return ""
    if content["is_closed"]:
        return _("The period is closed.")
    if content["is_running"]:
        return _("The period is still running: its figures are provisional.")
    return _("The period is not closed yet: its figures may still change.")


def printed(report: Report) -> Printed:
    """The report as it was frozen."""
    content = report.content
    rows = tuple(read_row(row) for row in content["rows"])
    comments = content.get("comments", {})
    return Printed(
        content=content,
        as_of=moment(report.as_of),
        short_hash=report.content_hash[:HASH_SHOWN],
        rows=rows,
        layers=tuple(_layers(rows)),
        tables=tuple(_cut(tables(rows))),
        findings=tuple(Finding(one, read_series(one["series"])) for one in content.get("exceptions", ())),
        watched=tuple(_told(rows, comments, "watch")),
        missing=tuple(_told(rows, comments, "no_data")),
        restated=frozenset(content.get("restated", ())),
        health=tuple(health(content["counts"], content["counts_before"])),
    )


@dataclass(frozen=True)
class PrintedMeasure:
    """A frozen report of one measure, ready to be drawn."""

    content: Mapping[str, Any]
    as_of: str
    short_hash: str
    finding: Finding

    @property
    def standing(self) -> str:
        """Whether the figures may still move."""
        return standing(self.content)


def printed_measure(report: Report) -> PrintedMeasure:
    """The report of a measure as it was frozen."""
    facts = report.content["measure"]
    finding = Finding(facts, read_series(facts["series"]))
    return PrintedMeasure(report.content, moment(report.as_of), report.content_hash[:HASH_SHOWN], finding)


def headline(counts: Mapping[str, int]) -> str:
    """The message over a printed scorecard, at most 70 characters: "8 of 15 objectives are on track, 2 are off track"."""
    good = counts.get("on_track", 0) + counts.get("exceeds", 0)
    words = {"good": good, "all": sum(counts.values()), "off": counts.get("off_track", 0)}
    if not words["all"]:
        return _("This scorecard has no objectives yet")
    if not words["off"]:
        return _("%(good)d of %(all)d objectives are on track, none is off track") % words
    return _("%(good)d of %(all)d objectives are on track, %(off)d off track") % words


def tables(rows: Iterable[Row]) -> list[PrintedTable]:
    """The rows of a report cut by perspective, for print."""
    found: list[tuple[str, list[Row]]] = []
    for row in rows:
        if row.kind == "perspective":
            found.append((row.name, []))
        elif row.kind in {"objective", "measure"} and found:
            found[-1][1].append(row)
    return [PrintedTable(name, tuple(mine)) for name, mine in found if mine]


def read_row(document: Mapping[str, Any]) -> Row:
    """A row as it was frozen in a report's JSON, by whichever version of the portal."""
    known = {one.name for one in fields(Row)}
    given = {name: value for name, value in document.items() if name in known}
    return Row(**{**given, "spark": tuple(document.get("spark", ())), "themes": tuple(document.get("themes", ()))})


def read_series(document: Mapping[str, Any]) -> MeasureSeries:
    """A chart's series as it was frozen; what an older chart did not know has its usual value."""
    known = {field.name for field in fields(MeasureSeries)}
    given = {name: value for name, value in document.items() if name in known}
    given["numbers"] = NumberFormat(**_known(NumberFormat, document["numbers"]))
    given["annotations"] = [Annotation(**_known(Annotation, one)) for one in document.get("annotations", ())]
    given["statuses"] = [status if status in WORDS else "no_data" for status in document.get("statuses", ())]
    return MeasureSeries(**given)


def _known(kind: type[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in document.items() if name in names}


def _layers(rows: Iterable[Row]) -> list[Layer]:
    """Objectives by perspective, each with the measure that weighs most."""
    found: list[tuple[str, list[tuple[Row, list[Row]]]]] = []
    for row in rows:
        if row.kind == "perspective":
            found.append((row.name, []))
        elif row.kind == "objective" and found:
            found[-1][1].append((row, []))
        elif row.kind == "measure" and found and found[-1][1]:
            found[-1][1][-1][1].append(row)
    return [
        Layer(name, tuple(Pair(one, max(measures, key=_weight, default=None)) for one, measures in pairs))
        for name, pairs in found
        if pairs
    ]


def _weight(row: Row) -> float:
    return row.share or 0.0


def _cut(whole: Iterable[PrintedTable]) -> list[PrintedTable]:
    parts = []
    for table in whole:
        for start in range(0, len(table.rows), ROWS_OF_A_TABLE):
            name = table.name if not start else _("%(name)s, continued") % {"name": table.name}
            parts.append(PrintedTable(name, table.rows[start : start + ROWS_OF_A_TABLE]))
    return parts


def _told(rows: Iterable[Row], comments: Mapping[str, str], status: str) -> list[tuple[Row, str]]:
    """Measures of a status, each once, with what was said about the value."""
    found = {row.key: row for row in rows if row.kind == "measure" and row.status == status}
    return [(row, comments.get(str(key), "")) for key, row in found.items()]
