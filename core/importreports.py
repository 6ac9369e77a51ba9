"""What an import did: counts, totals, one line for every row, and every problem in a sentence."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.datasets import Column, Dataset

PROBLEMS_LISTED = 200
KEPT_IN_MEMORY = 1024 * 1024


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """As a person reads it."""
        return str(_OUTCOME_WORDS[self])


_OUTCOME_WORDS: dict[Outcome, str | Promise] = {
    Outcome.TAKEN: gettext_lazy("taken"),
    Outcome.CHANGED: gettext_lazy("changed"),
    Outcome.UNCHANGED: gettext_lazy("unchanged"),
    Outcome.SKIPPED: gettext_lazy("skipped"),
    Outcome.REFUSED: gettext_lazy("refused"),
}


class ReportLine(NamedTuple):
    """One row of the file: its number, what became of it, what it is, and why."""

    row: int
    outcome: Outcome
    what: str
    why: str


class ReportLines:
    """The lines of a report, kept in a file once they are many; iterating reads them from the first."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as the report
            KEPT_IN_MEMORY, mode="w+", encoding="utf-8", errors="replace", newline=""
        )
        self._writer = csv.writer(self._file)
        self._count = 0

    def add(self, line: ReportLine) -> None:
        """Keep one more line."""
        self._writer.writerow(line)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ReportLine]:
        self._file.seek(0)
        try:
            for row, outcome, what, why in csv.reader(self._file):
                yield ReportLine(int(row), Outcome(outcome), what, why)
        finally:
            self._file.seek(0, 2)


def line_dataset(lines: Iterable[ReportLine]) -> Dataset[ReportLine]:
    """Lines of a report as rows of a file."""
    return Dataset(
        [
            Column("row", gettext_lazy("Row"), lambda line: line.row, "number"),
            Column("outcome", gettext_lazy("Outcome"), lambda line: line.outcome.words),
            Column("what", gettext_lazy("What"), lambda line: line.what),
            Column("why", gettext_lazy("Why"), lambda line: line.why),
        ],
        lines,
    )


@dataclass
class ImportReport:
    """What an import did, or, of a dry run, would do.

    An importer counts rows with `add`, refuses them with `refuse`, and puts its own figures into `totals`, such as
    {"measures": 326, "actuals": 2281}. `run` adds the rest: the file, what was found out about it, skipped rows, the
    fields for which the mapping's default stands, and the problems that keep everything from being written. `opens` is
    the address of what an import made, where that is one page.
    """

    kind: str = ""
    source: str = ""
    file: str = ""
    found: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    totals: dict[str, int] = field(default_factory=dict)
    defaulted: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    is_committed: bool = False
    notes: list[str] = field(default_factory=list)
    opens: str = ""
    lines: ReportLines = field(default_factory=ReportLines, compare=False)

    @property
    def is_refused(self) -> bool:
        """True if anything is wrong, so that nothing is or would be written."""
        return self.problem_count > 0

    def add(self, row: int, outcome: Outcome, what: str = "", why: str = "") -> None:
        """Count a row and write its line."""
        self.counts[outcome.value] += 1
        self.lines.add(ReportLine(row, outcome, what, why))

    def refuse(self, problem: object, *, row: int = 0, what: str = "") -> None:
        """A row that cannot be taken: `problem` is a `Problem` of the row, or any sentence."""
        self.add(getattr(problem, "row", None) or row, Outcome.REFUSED, what, str(problem))
        self.note(str(problem))

    def note(self, sentence: str) -> None:
        """A problem of the file or the mapping as a whole."""
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_LISTED:
            self.problems.append(sentence)

    def dataset(self) -> Dataset[ReportLine]:
        """The lines, to be shown or downloaded."""
        return line_dataset(self.lines)

    def summary(self) -> list[str]:
        """The report in a few sentences, the problems last."""
        counted = ", ".join(f"{outcome.words} {self.counts[outcome.value]:,}" for outcome in Outcome)
        sentences = [_("Rows: %(counted)s.") % {"counted": counted}]
        sentences += [f"{name}: {total:,}." for name, total in self.totals.items()]
        sentences += self.notes
        for name, count in self.defaulted.items():
            words = {"field": name, "count": f"{count:,}"}
            sentences.append(_("Rows without '%(field)s', for which the default stands: %(count)s.") % words)
        if self.is_refused:
            sentences.append(_("Problems: %(count)s. Nothing was written.") % {"count": f"{self.problem_count:,}"})
            sentences += self.problems
            if self.problem_count > len(self.problems):
                more = self.problem_count - len(self.problems)
                sentences.append(_("… and %(more)s more.") % {"more": f"{more:,}"})
        elif not self.is_committed:
            sentences.append(_("This was a dry run. Nothing was written."))
        return sentences

    def to_document(self) -> dict[str, Any]:
        """The report without its lines, as JSON can keep it."""
        return {
            "kind": self.kind,
            "source": self.source,
            "file": self.file,
            "found": self.found,
            "counts": dict(self.counts),
            "totals": dict(self.totals),
            "defaulted": dict(self.defaulted),
            "notes": list(self.notes),
            "opens": self.opens,
            "problems": list(self.problems),
            "problem_count": self.problem_count,
            "is_committed": self.is_committed,
        }
