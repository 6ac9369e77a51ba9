"""What is wrong with a mapping, with a cell, with a row: sentences with their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.spreadsheets import located


class MappingError(ValueError):
    """A mapping that cannot be used: `sentences` names everything that is wrong with it at once."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


class CellProblem(ValueError):
    """A cell that does not say what it should; the message is a sentence, whoever reads the row adds the place."""


@dataclass(frozen=True)
class Problem:
    """A row, or one cell of it, that cannot be taken. As text: "mmr.csv, row 12, column 'Target': …"."""

    sentence: str
    file: str = ""
    row: int | None = None
    line: int | None = None
    column: str = ""
    at: int | None = None
    """The row as its own file counts, where rows of many files are numbered through."""

    def __str__(self) -> str:
        row = self.row if self.at is None else self.at
        return located(self.sentence, file=self.file, row=row, line=self.line, column=self.column)


class Skipped(NamedTuple):
    """A row that the mapping leaves out on purpose, and why."""

    number: int
    line: int
    why: str
