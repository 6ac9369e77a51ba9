"""Kinds of import: what each takes, and one way to run any of them (ARCHITECTURE, Work outside the request).

An app declares a kind in its `exchange/`: `@importer("measures", MappedRow, title=…, fields=…, series=…)` on a function
`plan(actor, rows, *, commit, options) -> ImportReport`. `run` opens the file, applies the mapping, calls it, and keeps
the promise of all or nothing: one problem anywhere and nothing is written. `jobs` runs it and knows kinds only by name.
"""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Dictionary
from contextlib import nullcontext
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.access import Actor
from core.importreports import ImportReport, Outcome, ReportLine, ReportLines
from core.mapping import (
    BoundMapping,
    CellProblem,
    Field,
    MappedRow,
    Mapping,
    MappingError,
    Problem,
    Skipped,
    Value,
    apply,
)
from core.mapping.converters import converter
from core.mapping.dates import ISO_DATES
from core.mapping.numbers import PLAIN_NUMBERS
from core.mapping.section import did_you_mean, quoted
from core.mapping.sources import Scalar, Styles
from core.periods import CALENDAR_YEARS, Calendar
from core.spreadsheets import COMMAND, FolderTable, Limits, SpreadsheetError, Table, open_table

__all__ = ["ImportReport", "Importer", "Outcome", "ReportLine", "importer", "importer_named", "importers", "run"]


class RowType(Protocol):
    """What an importer reads: `MappedRow` itself, or a typed row made from one.

    `of` may raise `CellProblem`; the row is then refused with its sentence.
    """

    @classmethod
    def of(cls, row: MappedRow) -> Any:
        """The typed row."""


Plan = Callable[..., ImportReport]


@dataclass(frozen=True)
class Importer:
    """One kind of import.

    `plan(actor, rows, *, commit, options)` takes the rows as they stream by and answers a report; it checks the actor's
    rights itself, writes only if `commit` is true, and leaves the transaction to `run`. `series`: the names of the
    values by period it takes ("actual", "target"), if any. `options`: what else a mapping or a caller may say.
    `verb`: what the actor must be allowed to do, for screens that offer the import. `own_fields`: those that the
    organisation has added, asked when an import begins. `whole` reads a file that is no table: `plan` then gets what it
    gives instead of rows, and a mapping says options alone.
    """

    kind: str
    title: str | Promise
    fields: tuple[Field, ...]
    plan: Plan
    row_type: type[RowType] = MappedRow
    series: tuple[str, ...] = ()
    options: tuple[Field, ...] = ()
    verb: str = ""
    own_fields: Callable[[], tuple[Field, ...]] = tuple
    whole: Callable[[Path, Limits], Any] | None = None

    def all_fields(self) -> tuple[Field, ...]:
        """With those the organisation has added."""
        return (*self.fields, *self.own_fields())


ROWS_PER_PROGRESS = 1_000

_importers: dict[str, Importer] = {}
PLAIN_STYLES = Styles(PLAIN_NUMBERS, ISO_DATES, frozenset({""}))


def importer(
    kind: str,
    row_type: type[RowType] = MappedRow,
    *,
    title: str | Promise,
    fields: tuple[Field, ...],
    series: tuple[str, ...] = (),
    options: tuple[Field, ...] = (),
    verb: str = "",
    own_fields: Callable[[], tuple[Field, ...]] = tuple,
    whole: Callable[[Path, Limits], Any] | None = None,
) -> Callable[[Plan], Plan]:
    """Register the decorated function as the importer of a kind."""

    def register(plan: Plan) -> Plan:
        if kind in _importers:
            raise RuntimeError(f"importer {kind} is registered twice")
        _importers[kind] = Importer(kind, title, fields, plan, row_type, series, options, verb, own_fields, whole)
        return plan

    return register


def importers() -> list[Importer]:
    """All kinds of import, by name."""
    return sorted(_importers.values(), key=lambda known: known.kind)


def importer_named(kind: str) -> Importer:
    """One kind; `MappingError` with a sentence if there is none such."""
    if kind in _importers:
        return _importers[kind]
    raise MappingError(
        [
            _("there is no kind of import '%(kind)s'.%(hint)s Known are %(known)s.")
            % {"kind": kind, "hint": did_you_mean(kind, _importers), "known": quoted(sorted(_importers)) or _("none")}
        ]
    )


def run(
    kind: str,
    mapping: Mapping,
    path: Path | str,
    *,
    actor: Actor | None,
    commit: bool = False,
    calendar: Calendar = CALENDAR_YEARS,
    options: Dictionary[str, Scalar] | None = None,
    limits: Limits = COMMAND,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Import a file, or say what that would do. The report names every problem; with one, nothing is written.

    `calendar`: the organisation's, by which periods are read. `options` win over those of the mapping. `progress` is
    told the number of rows read, every thousand rows.
    """
    report = ImportReport()
    problems = ImportReport()
    try:
        chosen = importer_named(kind)
        _check_kind(chosen, mapping)
        settings = _settings(chosen, {**mapping.options, **(options or {})})
        if chosen.whole is not None:
            report = _run_whole(chosen, chosen.whole(Path(path), limits), actor, commit, settings)
            return _named(report, kind, mapping, path, commit)
        with _opened(Path(path), mapping, limits) as table:
            bound = apply(mapping, table, chosen.all_fields(), series=chosen.series, calendar=calendar)
            rows = _Rows(chosen, bound, problems, progress)
            with transaction.atomic() if commit else nullcontext():
                report = chosen.plan(actor, rows, commit=commit, options=settings)
                rows.finish()
                if commit and (report.is_refused or problems.is_refused):
                    transaction.set_rollback(True)
            _say_what_was_found(report, table, bound)
    except (MappingError, SpreadsheetError) as error:
        for sentence in getattr(error, "sentences", (str(error),)):
            problems.note(sentence)
    _merge(report, problems)
    return _named(report, kind, mapping, path, commit)


def _run_whole(chosen: Importer, document: Any, actor: Actor | None, commit: bool, settings: Any) -> ImportReport:
    """The same promise for a file that is no table: all of it or nothing."""
    with transaction.atomic() if commit else nullcontext():
        report = chosen.plan(actor, document, commit=commit, options=settings)
        if commit and report.is_refused:
            transaction.set_rollback(True)
    return report


def _named(report: ImportReport, kind: str, mapping: Mapping, path: Path | str, commit: bool) -> ImportReport:
    report.kind, report.source, report.file = kind, mapping.source, Path(path).name
    report.is_committed = commit and not report.is_refused
    return report


class _Rows:
    """The good rows, typed, for the importer; what is skipped or wrong goes into the report of problems."""

    def __init__(
        self,
        chosen: Importer,
        bound: BoundMapping,
        problems: ImportReport,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._progress = progress
        self._row_type = chosen.row_type
        self._problems = problems
        self._last_refused: int | None = None
        self._stream = self._good(bound)

    def __iter__(self) -> Iterator[Any]:
        return self._stream

    def finish(self) -> None:
        """Read what the importer left, so that every problem is known."""
        for _row in self._stream:
            pass

    def _good(self, bound: BoundMapping) -> Iterator[Any]:
        for count, row in enumerate(bound, start=1):
            if self._progress is not None and count % ROWS_PER_PROGRESS == 0:
                self._progress(count)
            if isinstance(row, Problem):
                self._refuse(row)
            elif isinstance(row, Skipped):
                self._problems.add(row.number, Outcome.SKIPPED, why=row.why)
            else:
                self._problems.defaulted.update(row.defaulted)
                try:
                    typed = self._row_type.of(row)
                except CellProblem as problem:
                    self._refuse(row.problem(str(problem)))
                else:
                    yield typed

    def _refuse(self, problem: Problem) -> None:
        """A row with several problems is one refused row."""
        if problem.row == self._last_refused:
            self._problems.note(str(problem))
            self._problems.lines.add(ReportLine(problem.row or 0, Outcome.REFUSED, "", str(problem)))
        else:
            self._problems.refuse(problem)
        self._last_refused = problem.row


def _check_kind(chosen: Importer, mapping: Mapping) -> None:
    if mapping.kind and mapping.kind != chosen.kind:
        raise MappingError(
            [_("the mapping is for '%(theirs)s', not for '%(kind)s'.") % {"theirs": mapping.kind, "kind": chosen.kind}]
        )
    sentences = mapping.check_against(chosen.all_fields(), chosen.series, chosen.options)
    if sentences:
        raise MappingError(sentences)


def _settings(chosen: Importer, given: Dictionary[str, Scalar]) -> dict[str, Value]:
    """The options by name, of their types; those nobody gave are None."""
    settings: dict[str, Value] = {}
    sentences = [
        _("option '%(name)s' is not known.%(hint)s")
        % {"name": name, "hint": did_you_mean(name, [option.name for option in chosen.options])}
        for name in given
        if name not in {option.name for option in chosen.options}
    ]
    for option in chosen.options:
        value = given.get(option.name)
        if value is None and option.required:
            words = {"name": option.name, "help": option.help or option.label}
            sentences.append(_("option '%(name)s' is missing: %(help)s") % words)
        try:
            settings[option.name] = None if value is None else converter(option, PLAIN_STYLES)(value)
        except CellProblem as problem:
            sentences.append(f"option '{option.name}': {problem}")
    if sentences:
        raise MappingError(sentences)
    return settings


def _opened(path: Path, mapping: Mapping, limits: Limits) -> Table | FolderTable:
    """The file, or the folder of files that the mapping speaks of."""
    if path.is_dir() != (mapping.folder is not None):
        raise MappingError(
            [
                _("%(name)s is a folder, but the mapping has no section [folder].") % {"name": path.name}
                if path.is_dir()
                else _("the mapping reads a folder of files; %(name)s is a file.") % {"name": path.name}
            ]
        )
    if mapping.folder is not None:
        return FolderTable(path, mapping.folder, mapping.layout, limits)
    return open_table(path, mapping.layout, limits)


def _say_what_was_found(report: ImportReport, table: Table | FolderTable, bound: BoundMapping) -> None:
    report.notes = list(table.notes)
    report.found = {
        "encoding": table.encoding,
        "encoding_is_guessed": table.is_guessed,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "columns": list(table.columns),
        "unused_columns": bound.unused_columns,
    }


def _merge(report: ImportReport, problems: ImportReport) -> None:
    """Put what stopped rows before the importer saw them into its report, the lines in the order of the rows."""
    report.counts.update(problems.counts)
    report.defaulted.update(problems.defaulted)
    for sentence in problems.problems:
        report.note(sentence)
    report.problem_count += problems.problem_count - len(problems.problems)
    if len(problems.lines):
        both = ReportLines()
        for line in merge(report.lines, problems.lines, key=lambda line: line.row):
            both.add(line)
        report.lines = both
