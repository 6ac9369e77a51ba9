"""The values of a row by period: every `[[values]]` of a mapping, bound to the columns of a table."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.mapping.blocks import CLEAR, SKIP, ValueBlock
from core.mapping.document import Mapping
from core.mapping.fields import Field
from core.mapping.patterns import PatternError
from core.mapping.periodtexts import PeriodReader
from core.mapping.problems import CellProblem, RowSkipped
from core.mapping.readers import Cells, Columns, FieldReader
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import Source, folded
from core.periods import Calendar, Period, PeriodError
from core.spreadsheets import Cell, cell_text

Refuse = Callable[[str, str], None]  # (sentence, column)


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
    parse: Callable[[Cell], Decimal]
    missing: frozenset[str]
    clears: bool


class CellValues:
    """Reads the period values of a row. `is_long`: the period stands in the row, so rows with equal keys are usual."""

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
        self.is_long = bool(self._period_places)
        self._specs = [spec for block in mapping.values for spec in self._specs_of(block)]
        self._check_apart()

    def read(self, cells: Cells, refuse: Refuse) -> list[PeriodValue]:
        """The values of a row; `refuse` is told of each cell that does not fit. `RowSkipped` for no period at all."""
        filled: list[tuple[_Spec, Decimal | None]] = []
        needs_period = False
        for spec in self._specs:
            cell = cells[spec.place]
            if cell.__class__ is str:
                cell = cell.strip()  # type: ignore[union-attr]
                is_missing = cell in spec.missing
            else:
                is_missing = cell is None or cell_text(cell) in spec.missing
            if is_missing and not spec.clears:
                continue
            try:
                filled.append((spec, None if is_missing else spec.parse(cell)))
            except CellProblem as problem:
                refuse(str(problem), spec.title)
            needs_period = needs_period or spec.period is None
        period = self._period_of(cells, refuse) if needs_period else None
        return self._with_periods(filled, period, cells, refuse)

    def _with_periods(
        self, filled: list[tuple[_Spec, Decimal | None]], own: Period | None, cells: Cells, refuse: Refuse
    ) -> list[PeriodValue]:
        values = []
        for spec, number in filled:
            period = spec.period or own
            series = spec.series or self._series_of(spec, cells, refuse)
            if period is not None and series:
                values.append(PeriodValue(period, series, number, spec.title))
        return values

    def _period_of(self, cells: Cells, refuse: Refuse) -> Period | None:
        """The period that stands in the row."""
        cell: Cell
        if len(self._period_places) == 1:
            cell = cells[self._period_places[0]]
        else:
            texts = (cell_text(cells[place]).strip() for place in self._period_places)
            cell = self._join.join(text for text in texts if text)
        try:
            return self._periods.parse(cell)
        except CellProblem as problem:
            if self._skips_unmatched:
                raise RowSkipped(str(problem)) from None
            refuse(str(problem), self._period_title)
            return None

    @staticmethod
    def _series_of(spec: _Spec, cells: Cells, refuse: Refuse) -> str:
        reader = spec.series_reader
        if reader is None:
            return ""
        try:
            series = reader.read(cells) or reader.default or reader.constant
        except CellProblem as problem:
            refuse(str(problem), reader.title)
            return ""
        if not series:
            refuse(_("the cell is empty, so the value of the row belongs to no series."), reader.title)
        return str(series or "")

    def _specs_of(self, block: ValueBlock) -> list[_Spec]:
        if block.column is not None:
            period = self._constant_period(block.period, f"{block.where} period") if block.period else None
            return [self._spec(block, self._columns.place(block.column, block.where), period, block.series)]
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
            parse=block.styles.numbers.parse,
            missing=block.styles.missing,
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
