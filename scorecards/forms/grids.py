"""The grid as it is drawn, and where the cells of a paste belong."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.mapping.typed import COMMA, POINT
from core.periods import Period
from scorecards.actions.entries import Saved, Typed
from scorecards.actions.submissions import Standing
from scorecards.forms.entries import BoundCell
from scorecards.queries.cards import number_format
from scorecards.queries.grids import GridCell, GridLine, line_key

MOST_CELLS = 20_000


# -------------------------------------------------------------------------------------------------------- drawing
@dataclass(frozen=True)
class DrawnCell:
    """One input; `conflict` asks which of two values stays, at the first input of a place."""

    cell: GridCell
    bound: BoundCell
    seen: str
    conflict: Standing | None = None
    theirs: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than what stands there."""
        return self.bound.text.strip() != self.cell.part.text


@dataclass(frozen=True)
class DrawnLine:
    """One line of the grid."""

    line: GridLine
    cells: tuple[DrawnCell, ...]


def drawn_lines(
    lines: Sequence[GridLine], texts: Mapping[str, str], typed: Typed | None = None, saved: Saved | None = None
) -> list[DrawnLine]:
    """The grid with what was typed or pasted in it."""
    return [
        DrawnLine(line, tuple(_drawn(cell, line, texts, typed or Typed(()), saved or Saved()) for cell in line.cells))
        for line in lines
    ]


def _drawn(cell: GridCell, line: GridLine, texts: Mapping[str, str], typed: Typed, saved: Saved) -> DrawnCell:
    part = cell.part
    label = ", ".join(word for word in (line.measure.short, line.label, cell.place[1].label) if word)
    bound = BoundCell(part.name, label, texts.get(part.name, part.text), saved.problems.get(part.name, ""))
    conflict = saved.conflicts.get(cell.place) if line.is_first else None
    given = typed.seen.get(cell.place)
    seen = f"{given.revision}.{given.waiting}" if given else cell.seen
    if conflict is None:
        return DrawnCell(cell, bound, seen)
    theirs = number_format(line.measure).text(conflict.value)
    return DrawnCell(cell, bound, f"{conflict.revision}.{conflict.waiting}", conflict, theirs)


def grid_problems(lines: Sequence[DrawnLine]) -> list[tuple[str, str]]:
    """What is wrong, each with the id of its input."""
    found = []
    for line in lines:
        for one in line.cells:
            if one.bound.problem:
                found.append((one.bound.html_id, f"{one.bound.label}: {one.bound.problem}"))
            if one.conflict:
                said = _("%(by)s saved %(value)s meanwhile.") % {"by": one.conflict.by, "value": one.theirs}
                found.append((one.bound.html_id, f"{one.bound.label}: {said}"))
    return found


# -------------------------------------------------------------------------------------------------------- pasting
@dataclass
class Placed:
    """Where the cells of a paste went, by the names of inputs; what found no place, in sentences."""

    texts: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def cells_of(text: str) -> list[list[str]]:
    """The rows of a paste: tabs between cells, quotes around those with line breaks, blank rows left out."""
    rows = csv.reader(io.StringIO(text.replace("\x00", "")), delimiter="\t")
    return [row for row in ([cell.strip() for cell in row] for row in rows) if any(row)]


def place_paste(table: Sequence[Sequence[str]], lines: Sequence[GridLine], start: tuple[int, int]) -> Placed:
    """Lay a pasted table on the grid: by its periods and codes if it names them, else from the line and column chosen."""
    placed = Placed()
    if not table:
        return placed
    periods = [cell.place[1] for cell in lines[0].cells] if lines else []
    named = _named_columns(table[0], periods)
    if named:
        _by_name(table[1:], lines, named, placed)
    else:
        _by_place(table, lines, start, placed)
    return placed


def _named_columns(head: Sequence[str], periods: Sequence[Period]) -> dict[int, int]:
    """Columns of the paste → columns of the grid, where the first row names periods."""
    words = {word.casefold(): at for at, one in enumerate(periods) for word in (one.key, one.label)}
    return {column: words[cell.casefold()] for column, cell in enumerate(head) if cell.casefold() in words}


def _by_name(
    table: Sequence[Sequence[str]], lines: Sequence[GridLine], named: Mapping[int, int], placed: Placed
) -> None:
    known: dict[str, list[GridLine]] = {}
    for line in lines:
        for word in {line.measure.code.casefold(), line.measure.name.casefold()}:
            known.setdefault(word, []).append(line)
    for number, row in enumerate(table, start=2):
        words = {cell.casefold() for at, cell in enumerate(row) if at not in named}
        found = next((known[word] for word in words if word in known), [])
        if not found:
            placed.left_out.append(_("Row %(n)d names no measure of this grid.") % {"n": number})
            continue
        line = next((one for one in found if one.label.casefold() in words), found[0])
        for column, at in named.items():
            if column < len(row) and row[column]:
                placed.texts[line.cells[at].part.name] = row[column]


def _by_place(
    table: Sequence[Sequence[str]], lines: Sequence[GridLine], start: tuple[int, int], placed: Placed
) -> None:
    beyond = 0
    for down, row in enumerate(table):
        for across, text in enumerate(row):
            if not text:
                continue
            line, column = start[0] + down, start[1] + across
            if line < len(lines) and column < len(lines[line].cells):
                placed.texts[lines[line].cells[column].part.name] = text
            else:
                beyond += 1
    if beyond:
        words = ngettext(
            "%(n)d cell lies beyond the grid and was left out.",
            "%(n)d cells lie beyond the grid and were left out.",
            beyond,
        )
        placed.left_out.append(words % {"n": beyond})


class GridFilter(forms.Form):
    """The filter bar of the grid."""

    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), required=False, coerce=int, empty_value=None)
    frequency = forms.ChoiceField(label=gettext_lazy("Frequency"), required=False)

    def __init__(
        self, *args: Any, units: list[tuple[int, str]], frequencies: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("What I update")), *units]  # type: ignore[attr-defined]
        self.fields["frequency"].choices = frequencies  # type: ignore[attr-defined]


class PasteForm(forms.Form):
    """A table from a spreadsheet, and where it begins if it does not say so itself."""

    paste = forms.CharField(
        label=gettext_lazy("Cells from a spreadsheet"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Copy the cells there and paste them here. With the codes of measures and a first row of periods (2026-06)"
            " they find their places themselves."
        ),
    )
    line = forms.ChoiceField(label=gettext_lazy("Begins at the line"))
    column = forms.TypedChoiceField(label=gettext_lazy("and the period"), coerce=int)
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimals are written with"),
        required=False,
        choices=[
            ("", gettext_lazy("what the numbers themselves say")),
            (POINT, gettext_lazy("a point")),
            (COMMA, gettext_lazy("a comma")),
        ],
    )

    def __init__(self, *args: Any, lines: Sequence[GridLine], periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [line_key(line) for line in lines]
        words = [f"{line.measure.short}{', ' if line.label else ''}{line.label}" for line in lines]
        self.fields["line"].choices = list(zip(self.keys, words, strict=True))  # type: ignore[attr-defined]
        self.fields["column"].choices = [(at, one.label) for at, one in enumerate(periods)]  # type: ignore[attr-defined]

    def clean_paste(self) -> list[list[str]]:
        """The cells."""
        try:
            table = cells_of(self.cleaned_data["paste"])
        except csv.Error:
            raise forms.ValidationError(_("This is no table. Copy the cells in the spreadsheet again.")) from None
        if sum(len(row) for row in table) > MOST_CELLS:
            raise forms.ValidationError(_("More than 20,000 cells at once: use the workbook instead."))
        return table

    @property
    def start(self) -> tuple[int, int]:
        """The line and the column it begins at."""
        return self.keys.index(self.cleaned_data["line"]), self.cleaned_data["column"]
