"""What pages of data entry send: cells by the names their page gave them, parsed here, judged by `save_entries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.mapping.typed import COMMA, POINT, Convention
from core.periods import Calendar, Period, PeriodError
from scorecards.actions.entries import Entry, Saved, Seen, Typed
from scorecards.actions.submissions import Standing
from scorecards.queries.cards import number_format
from scorecards.queries.entry import Place
from scorecards.queries.updates import EntryPart, EntryRow, place_key

PARTS = {"v": "value", "n": "numerator", "d": "denominator"}
COMMENT, SEEN, CHOICE = "c", "s", "k"
THEIRS = "theirs"
LARGEST_ID = 2**63
MOST_DIGITS = 19


def place_of(text: str, calendar: Calendar) -> Place | None:
    """The place that a key names ("12.2026-06"); None for what is no key of ours."""
    number, _dot, key = text.partition(".")
    measure = whole(number)
    try:
        return None if measure is None else (measure, Period.parse(key, calendar))
    except PeriodError:
        return None


def whole(text: str) -> int | None:
    """A number a row can have; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    return int(text) if int(text) < LARGEST_ID else None


def typed_of(data: Mapping[str, Any], calendar: Calendar, *, only: str = "") -> Typed:
    """Everything a page sent, or one place of it by its key. Names that are not ours are passed over."""
    entries, seen, comments, theirs = [], {}, {}, set()
    for name in data:
        letter, _dot, key = name.partition(".")
        if (only and key != only) or (place := place_of(key, calendar)) is None:
            continue
        text = str(data[name])
        if letter in PARTS:
            entries.append(Entry(name, place, PARTS[letter], text))
        elif letter == COMMENT:
            comments[place] = text
        elif letter == CHOICE and text == THEIRS:
            theirs.add(place)
        elif letter == SEEN and (both := _seen(text)) is not None:
            seen[place] = both
    return Typed(entries, seen, comments, frozenset(theirs), written=written_of(data.get("decimal", "")))


def _seen(text: str) -> Seen | None:
    revision, _dot, waiting = text.partition(".")
    numbers = whole(revision), whole(waiting)
    return None if numbers[0] is None or numbers[1] is None else Seen(numbers[0], numbers[1])


def written_of(text: str) -> Convention | None:
    """The decimal sign that was chosen; None lets the numbers say it themselves."""
    return Convention(text) if text in (POINT, COMMA) else None


@dataclass(frozen=True)
class BoundCell:
    """An input as it is drawn: what stands in it, and what is wrong with it."""

    name: str
    label: str
    text: str
    problem: str = ""

    @property
    def html_id(self) -> str:
        """Its id in the page."""
        return f"id-{self.name}"


@dataclass(frozen=True)
class BoundRow:
    """A row as it is drawn, with what its reader typed and, after a conflict, what stands there now."""

    row: EntryRow
    cells: tuple[BoundCell, ...]
    comment: str
    seen: str
    conflict: Standing | None = None
    result: str = ""

    @property
    def theirs(self) -> str:
        """What somebody else wrote meanwhile, written out."""
        return number_format(self.row.measure).text(self.conflict.value) if self.conflict else ""


def bound_rows(rows: Iterable[EntryRow], typed: Typed | None = None, saved: Saved | None = None) -> list[BoundRow]:
    """Rows with what was typed into them; without anything typed, with what stands there."""
    texts = {entry.key: str(entry.cell) for entry in typed.entries} if typed else {}
    return [_bound(row, texts, typed or Typed(()), saved or Saved()) for row in rows]


def _bound(row: EntryRow, texts: Mapping[str, str], typed: Typed, saved: Saved) -> BoundRow:
    place = (row.measure.pk, row.period)
    conflict = saved.conflicts.get(place)
    seen = typed.seen.get(place)
    shown = f"{seen.revision}.{seen.waiting}" if seen else row.seen
    if conflict:
        shown = f"{conflict.revision}.{conflict.waiting}"
    return BoundRow(
        row=row,
        cells=bound_cells(row.parts, texts, saved.problems),
        comment=typed.comments.get(place, row.own_comment),
        seen=shown,
        conflict=conflict,
        result=saved.results.get(place, ""),
    )


def bound_cells(
    parts: Iterable[EntryPart], texts: Mapping[str, str], problems: Mapping[str, str]
) -> tuple[BoundCell, ...]:
    """The inputs of a place."""
    return tuple(
        BoundCell(part.name, part.label, texts.get(part.name, part.text), problems.get(part.name, "")) for part in parts
    )


def problem_list(rows: Sequence[BoundRow]) -> list[tuple[str, str]]:
    """What is wrong, each with the id of its input, for the summary at the top."""
    found = []
    for bound in rows:
        what = f"{bound.row.measure.short}, {bound.row.period.label}"
        found += [(cell.html_id, f"{what}: {cell.problem}") for cell in bound.cells if cell.problem]
        if bound.conflict:
            key = place_key((bound.row.measure.pk, bound.row.period))
            found.append(
                (f"row-{key}", f"{what}: {_('%(by)s saved another value meanwhile.') % {'by': bound.conflict.by}}")
            )
    return found


class UpdatesFilter(forms.Form):
    """The filter bar of My updates."""

    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    missing = forms.BooleanField(label=_("Only what is missing"), required=False)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [("", _("What I update")), *units]
