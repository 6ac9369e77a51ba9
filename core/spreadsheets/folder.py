"""Many files of a folder as one table: a file's name and the texts written about it stand as columns beside its rows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from django.utils.translation import gettext as _

from core.spreadsheets.cells import Cell, SourceRow, cell_text
from core.spreadsheets.errors import SpreadsheetError
from core.spreadsheets.frontmatter import front_matter
from core.spreadsheets.layout import Layout, Limits
from core.spreadsheets.table import Table, open_table

MOST_FILES = 5_000
Groups = dict[str, str]
_NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Folder:
    """The `[folder]` section of a mapping.

    `match` gives the named parts of a file's path within the folder, None for a file that does not belong to the table.
    `about`: by name, where the texts about a file stand ("meta/{indicator}.md"); their keys are columns "name.key".
    `breakdown`: a column made of all columns of data but those `apart`: "Sex: Female; Age: 16 to 24", "" for the total.
    """

    match: Callable[[str], Groups | None]
    parts: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    apart: tuple[str, ...] = ()
    breakdown: str = ""


@dataclass(frozen=True)
class _Source:
    """One file (`path` is None where something is written about it, but it is not there) and what belongs to it."""

    path: Path | None
    label: str
    groups: Groups
    texts: dict[str, str]


class FolderTable:
    """The same face as a `Table`. `notes`: files that could not be read and were passed over, in sentences.

    Rows are numbered through; `where` tells file and row by such a number.
    """

    encoding = delimiter = sheet = ""
    is_guessed = False

    def __init__(self, path: Path, folder: Folder, layout: Layout, limits: Limits) -> None:
        self.name = path.name
        self.notes: list[str] = []
        self._folder, self._layout, self._limits = folder, layout, limits
        self._sources = self._found(path)
        if not self._sources:
            raise SpreadsheetError(_("no file in the folder has a name as the mapping says."), file=self.name)
        texts = list(dict.fromkeys(key for source in self._sources for key in source.texts))
        data = list(dict.fromkeys(name for source in self._sources for name in self._header(source)))
        made = [folder.breakdown] if folder.breakdown else []
        self.columns = [*folder.parts, *texts, *data, *made]
        self._starts: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open between two files."""

    def where(self, number: int) -> tuple[str, int]:
        """The file and the row in it."""
        at = bisect_right(self._starts, number) - 1
        return (self._sources[at].label, number - self._starts[at]) if at >= 0 else (self.name, number)

    def __iter__(self) -> Iterator[SourceRow]:
        number = 0
        for source in self._sources:
            self._starts.append(number)
            last = 1
            for row in self._rows(source):
                last = row.number
                yield SourceRow(number + last, row.line, row.cells)
            number += last

    def _rows(self, source: _Source) -> Iterator[SourceRow]:
        """The rows of one file under all columns; one row where there is no file, only something about it."""
        places = {name: at for at, name in enumerate(self.columns)}
        begun: list[Cell] = [None] * len(self.columns)
        for name, text in (*source.groups.items(), *source.texts.items()):
            begun[places[name]] = text
        if source.path is None:
            yield SourceRow(1, 1, begun)
            return
        with self._open(source) as table:
            kept = [(places[name], at) for at, name in enumerate(table.columns) if name]
            split = [(at, name) for at, name in enumerate(table.columns) if name and name not in self._folder.apart]
            for row in table:
                cells = list(begun)
                for place, at in kept:
                    cells[place] = row.cells[at]
                if self._folder.breakdown:
                    cells[-1] = _breakdown(row.cells, split)
                yield SourceRow(row.number, row.line, cells)

    def _open(self, source: _Source) -> Table:
        assert source.path is not None  # noqa: S101 - callers have asked
        try:
            return open_table(source.path, self._layout, self._limits)
        except SpreadsheetError as error:
            raise error.at(file=source.label) from None

    def _header(self, source: _Source) -> list[str]:
        if source.path is None:
            return []
        with self._open(source) as table:
            return [name for name in table.columns if name]

    def _found(self, folder: Path) -> list[_Source]:
        """The files that belong to the table, in order of name, then what is only written about."""
        inside = {self._label(path, folder): path for path in self._files(folder)}
        matched = {label: groups for label in sorted(inside) if (groups := self._folder.match(label)) is not None}
        alone = [groups for groups in self._written_about(inside) if groups not in matched.values()]
        about: dict[str, dict[str, str]] = {}
        found = [
            _Source(inside[label], label, groups, self._texts(groups, inside, about))
            for label, groups in matched.items()
        ]
        for groups in alone:
            label = self._folder.about[0][1].format_map(groups)
            found.append(_Source(None, label, groups, self._texts(groups, inside, about)))
        return found

    def _files(self, folder: Path) -> list[Path]:
        """Files that really lie in the folder: a link that leads out of it is none of them."""
        root = folder.resolve()
        found = [path for path in folder.rglob("*") if path.is_file() and path.resolve().is_relative_to(root)]
        if len(found) > MOST_FILES:
            words = {"count": f"{len(found):,}", "most": f"{MOST_FILES:,}"}
            raise SpreadsheetError(_("the folder holds %(count)s files; the most is %(most)s.") % words, file=self.name)
        return found

    @staticmethod
    def _label(path: Path, folder: Path) -> str:
        return PurePosixPath(path.relative_to(folder)).as_posix()

    def _written_about(self, inside: dict[str, Path]) -> list[Groups]:
        """What the first of the texts is written about, by the parts in the names of its files."""
        if not self._folder.about:
            return []
        pattern = re.compile(_pattern(self._folder.about[0][1]))
        return [found.groupdict() for label in sorted(inside) if (found := pattern.fullmatch(label))]

    def _texts(self, groups: Groups, inside: dict[str, Path], read: dict[str, dict[str, str]]) -> dict[str, str]:
        texts: dict[str, str] = {}
        for name, template in self._folder.about:
            label = template.format_map(groups)
            if label not in read:
                read[label] = self._front_matter(label, inside)
            texts |= {f"{name}.{key}": text for key, text in read[label].items()}
        return texts

    def _front_matter(self, label: str, inside: dict[str, Path]) -> dict[str, str]:
        """The texts of a file; one that is missing or broken is noted, and the rest still loads."""
        path = inside.get(label)
        if path is None:
            self.notes.append(_("%(file)s is not there; what it would say is missing.") % {"file": label})
            return {}
        try:
            return front_matter(path)
        except SpreadsheetError as error:
            self.notes.append(str(error.at(file=label)))
            return {}


def _pattern(template: str) -> str:
    """The template as a regular expression: a part in braces is what a file's name has there."""
    pieces = _NAMED.split(template)
    return "".join(re.escape(piece) if at % 2 == 0 else f"(?P<{piece}>[^/]+)" for at, piece in enumerate(pieces))


def _breakdown(cells: Sequence[Cell], split: Sequence[tuple[int, str]]) -> str:
    said = ((name, cell_text(cells[at]).strip()) for at, name in split)
    return "; ".join(f"{name}: {text}" for name, text in said if text)
