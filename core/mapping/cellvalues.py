"""The values of a row by period: every `[[values]]` of a mapping, bound to the columns of a table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core.mapping.batches import Batch, Missing, Remembering, is_missing, numbers_of
from core.mapping.blocks import CLEAR, SKIP, ValueBlock
from core.mapping.document import Mapping
from core.mapping.fields import Field
from core.mapping.numbers import NumberStyle
from core.mapping.patterns import PatternError
from core.mapping.periodtexts import PeriodReader
from core.mapping.problems import CellProblem
from core.mapping.readers import Columns, FieldReader
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import Source, folded
from core.periods import Calendar, Period, PeriodError
from core.spreadsheets import cell_text


class PeriodValue(NamedTuple):
    """One value of a row: for which period, of which series, and the column it stands in. None clears the value."""

    period: Period
    series: str
    value: Decimal | None
    column: str


class _Spec(NamedTuple):
    """One column of values. No period: the row's. No series: what `series_reader` says."""

    place: int
    title: str
    period: Period | None
    series: str
    series_reader: FieldReader | None
    numbers: NumberStyle
    missing: Missing
    clears: bool
    period_place: int | None = None


class CellValues:
    """Reads the period values of rows. `is_long`: the period stands in the row, so rows with equal keys are usual."""

    def __init__(self, mapping: Mapping, columns: Columns, series: Sequence[str], calendar: Calendar) -> None:
        self._columns = columns
        self._lookups = mapping.lookups
        self._series = tuple(series)
        self._calendar = calendar
        self._periods = PeriodReader(mapping.row_period.style, calendar)
        self._period_places = [columns.place(column, "[periods]") for column in mapping.row_period.columns]
        self._period_title = " + ".join(columns.title(place) for place in self._period_places)
        self._join = mapping.row_period.join
        self._skips_unmatched = mapping.row_period.unmatched == SKIP
        self._remembered = Remembering(self._periods.parse)
        self.is_long = bool(self._period_places)
        self._specs = [spec for block in mapping.values for spec in self._specs_of(block)]
        self._check_apart()

    def read(self, batch: Batch) -> list[list[PeriodValue]]:
        """The values of each row. What is wrong, and what is to be skipped, is noted in the batch."""
        is_asked = any(spec.period is None and spec.period_place is None for spec in self._specs)
        own_periods = self._own_periods(batch) if is_asked else []
        columns = [self._column(spec, own_periods, batch) for spec in self._specs]
        if len(columns) == 1:
            return [[value] if value is not None else [] for value in columns[0]]
        if not columns:
            return [[] for _row in batch.rows]
        return [[value for value in row if value is not None] for row in zip(*columns, strict=True)]

    def _column(self, spec: _Spec, own_periods: list[Any], batch: Batch) -> list[PeriodValue | None]:
        """The value of each row in one column."""
        cells = batch.columns[spec.place]
        numbers = numbers_of(cells, spec.numbers, spec.missing)
        batch.settle(numbers, spec.title)
        title, series, period = spec.title, spec.series, spec.period
        if period is not None and series and not spec.clears:
            return [None if number is None else PeriodValue(period, series, number, title) for number in numbers]
        filled = [number is not None for number in numbers]
        if spec.clears:
            filled = [is_full or is_missing(cell, spec.missing) for is_full, cell in zip(filled, cells, strict=True)]
        if spec.period_place is not None:
            own_periods = self._remembered.all(batch.columns[spec.period_place])
        periods = [period] * len(filled) if period is not None else self._settled(own_periods, filled, batch)
        every = zip(filled, periods, self._series_of(spec, filled, batch), numbers, strict=True)
        return [
            PeriodValue(own, name, number, title) if is_filled and own is not None and name else None
            for is_filled, own, name, number in every
        ]

    def _own_periods(self, batch: Batch) -> list[Any]:
        """The period that stands in each row, or the `CellProblem` of it."""
        if len(self._period_places) == 1:
            return self._remembered.all(batch.columns[self._period_places[0]])
        columns = [batch.columns[place] for place in self._period_places]
        texts = (
            self._join.join(text for cell in cells if (text := cell_text(cell).strip()))
            for cells in zip(*columns, strict=True)
        )
        return self._remembered.all(list(texts))

    def _settled(self, periods: list[Any], filled: list[bool], batch: Batch) -> list[Period | None]:
        """The rows' periods. Only where the row has a value is a text wrong that is no period."""
        if not any(period.__class__ is CellProblem for period in periods):
            return periods
        for at, period in enumerate(periods):
            if period.__class__ is not CellProblem or not filled[at]:
                continue
            if self._skips_unmatched:
                batch.skipped[at] = str(period)
            elif (str(period), self._period_title) not in batch.problems.get(at, ()):
                batch.refuse(at, str(period), self._period_title)
        return [None if period.__class__ is CellProblem else period for period in periods]

    @staticmethod
    def _series_of(spec: _Spec, filled: list[bool], batch: Batch) -> list[str]:
        """The series of each row's value; "" where the row does not say, which is noted if it has a value."""
        if spec.series_reader is None:
            return [spec.series] * len(filled)
        apart = Batch(batch.rows)
        every = spec.series_reader.read(apart)
        for at, is_filled in enumerate(filled):
            if is_filled and at in apart.problems:
                batch.problems.setdefault(at, []).extend(apart.problems[at])
            elif is_filled and not every[at]:
                sentence = _("the cell is empty, so the value of the row belongs to no series.")
                batch.refuse(at, sentence, spec.series_reader.title)
        return [str(series or "") for series in every]

    def _specs_of(self, block: ValueBlock) -> list[_Spec]:
        if block.column is not None:
            period = self._constant_period(block.period, f"{block.where} period") if block.period else None
            found = self._spec(block, self._columns.place(block.column, block.where), period, block.series)
            if block.period_column is not None:
                place = self._columns.place(block.period_column, f"{block.where} period_column")
                found = found._replace(period_place=place)
            return [found]
        if block.columns:
            return [
                self._spec(block, self._columns.place(name, f"{block.where} columns"), period, block.series)
                for name, text in block.columns
                if (period := self._constant_period(text, f'{block.where} columns "{name}"')) is not None
            ]
        return self._specs_by_pattern(block)

    def _spec(self, block: ValueBlock, place: int, period: Period | None, series: str | Source) -> _Spec:
        reader = None
        if isinstance(series, Source):
            field = Field("series", "choice", choices=self._series)
            reader = FieldReader(field, series, self._lookups, self._columns, where=f"{block.where} series")
        return _Spec(
            place=place,
            title=self._columns.title(place),
            period=period,
            series="" if isinstance(series, Source) else series,
            series_reader=reader,
            numbers=block.styles.numbers,
            missing=block.styles.missing | {None},
            clears=block.blank == CLEAR,
        )

    def _specs_by_pattern(self, block: ValueBlock) -> list[_Spec]:
        specs = []
        for place, name in enumerate(self._columns.names):
            try:
                found = block.pattern.search(name) if block.pattern and name else None
                if found is None:
                    continue
                groups = found.groupdict()
                text = groups.get("period") or (found[1] if found.re.groups == 1 else found[0])
                self._columns.used.add(place)
                specs.append(self._spec(block, place, self._periods.parse(text), self._series_in(block, groups)))
            except (CellProblem, PatternError) as problem:
                self._columns.problems.append(f"{block.where} pattern, column '{name}': {problem}")
        if not specs:
            self._columns.problems.append(
                _("%(where)s pattern: no column fits. The columns are %(names)s.")
                % {"where": block.where, "names": quoted(name for name in self._columns.names if name)}
            )
        return specs

    def _series_in(self, block: ValueBlock, groups: dict[str, str | None]) -> str | Source:
        """The series a column's name speaks of, translated by `series_names`."""
        text = groups.get("series")
        if text is None:
            return block.series
        names = {folded(name): series for name, series in block.series_names}
        series = names.get(folded(text), text if text in self._series else "")
        if series not in self._series:
            raise CellProblem(
                _("'%(text)s' is no series.%(hint)s Translate it in series_names.")
                % {"text": text, "hint": did_you_mean(text, self._series)}
            )
        return series

    def _constant_period(self, text: str, where: str) -> Period | None:
        try:
            return Period.parse(text, self._calendar)
        except PeriodError as error:
            self._columns.problems.append(f"{where}: {error}")
            return None

    def _check_apart(self) -> None:
        """No two columns may hold the same series of the same period."""
        seen: dict[tuple[Period | None, str], str] = {}
        for spec in self._specs:
            if not spec.series:
                continue
            first = seen.setdefault((spec.period, spec.series), spec.title)
            if first != spec.title:
                self._columns.problems.append(
                    _("[[values]]: the columns '%(first)s' and '%(second)s' both hold '%(series)s' of %(period)s.")
                    % {
                        "first": first,
                        "second": spec.title,
                        "series": spec.series,
                        "period": spec.period or _("the row's period"),
                    }
                )
