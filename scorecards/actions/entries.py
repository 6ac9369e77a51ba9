"""Saving what was typed, pasted or read from a workbook: one judgement for page, grid and file.

A blank says nothing and changes nothing. Either all is right and saved, or nothing is, unless the actor leaves the
wrong ones out on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.access import Actor, scoped
from core.mapping.problems import CellProblem
from core.mapping.typed import Convention, Unit, convention, read_typed
from core.spreadsheets import Cell, cell_text
from scorecards.actions.observations import ObservationRow, record_observations
from scorecards.actions.submissions import Standing
from scorecards.actions.writing import exact, in_words
from scorecards.models import Measure
from scorecards.queries.entry import KnownValue, Place, known_values, seen_value, submitted_values
from scorecards.queries.updates import digits
from scorecards.rules.refusals import Refusal as NumberRefusal

VALUE, NUMERATOR, DENOMINATOR = PARTS = ("value", "numerator", "denominator")
LONGEST_COMMENT = 2000
AT_ONCE = 2_000
"""Places that one call of the verb records; between the calls progress is told."""


@dataclass(frozen=True)
class Entry:
    """One cell: what was typed for one number of a measure in a period; `key` is what its page calls it."""

    key: str
    place: Place
    part: str
    cell: Cell


@dataclass(frozen=True)
class Seen:
    """What the author saw at a place: revision and waiting submission, 0 for none."""

    revision: int
    waiting: int = 0


@dataclass(frozen=True)
class Typed:
    """Everything that was given at once. `theirs` are places where somebody else's value stays.

    `as_of` is the moment a file was made: what it says is held against what was known then.
    """

    entries: Sequence[Entry]
    seen: Mapping[Place, Seen] = field(default_factory=dict)
    comments: Mapping[Place, str] = field(default_factory=dict)
    theirs: frozenset[Place] = frozenset()
    as_of: datetime | None = None
    written: Convention | None = None


@dataclass
class Saved:
    """What became of it: sentences by key of cell, conflicts and results by place. `right` places are or could be saved."""

    problems: dict[str, str] = field(default_factory=dict)
    conflicts: dict[Place, Standing] = field(default_factory=dict)
    results: dict[Place, str] = field(default_factory=dict)
    right: int = 0
    is_saved: bool = False

    def count(self, *results: str) -> int:
        """How many places ended so."""
        return sum(1 for result in self.results.values() if result in results)


Progress = Callable[[int, int], None]
"""Told how many places of how many are recorded."""


def save_entries(
    actor: Actor,
    *,
    typed: Typed,
    today: date,
    only_right: bool = False,
    dry: bool = False,
    progress: Progress | None = None,
) -> Saved:
    """Record what was typed, all or nothing; with `only_right` the cells that are wrong or in conflict are left out.

    `dry` says what would be and saves nothing.
    """
    found = Saved()
    rows = _rows(actor, typed, found)
    with transaction.atomic():
        places = list(rows)
        for begin in range(0, len(places), AT_ONCE):
            if progress:
                progress(begin, len(places))
            lot = {place: rows[place] for place in places[begin : begin + AT_ONCE]}
            _record(actor, typed, lot, found, today)
        found.is_saved = not dry and (only_right or not (found.problems or found.conflicts))
        if not found.is_saved:
            transaction.set_rollback(True)
    return found


def _record(actor: Actor, typed: Typed, rows: Mapping[Place, ObservationRow], found: Saved, today: date) -> None:
    """The verb on all rows that could be read; what it refuses stands at the cells of its place."""
    outcome = record_observations(actor, rows=list(rows.values()), today=today, partial=True)
    keys = _first_keys(typed)
    for place, answer in zip(rows, outcome.rows, strict=True):
        if answer.result == "refused":
            found.problems[keys[place]] = answer.reason
        elif answer.result == "conflict":
            found.conflicts[place] = answer.current
        else:
            found.results[place] = answer.result
            found.right += 1


def _first_keys(typed: Typed) -> dict[Place, str]:
    """The cell at which a place's sentence stands: the first one filled."""
    keys: dict[Place, str] = {}
    for entry in sorted(typed.entries, key=lambda entry: not cell_text(entry.cell).strip()):
        keys.setdefault(entry.place, entry.key)
    return keys


# -------------------------------------------------------------------------------------------------------- reading
def _rows(actor: Actor, typed: Typed, found: Saved) -> dict[Place, ObservationRow]:
    """What is new, by place; what cannot be read is a problem at its cell."""
    given = _given(typed)
    wanted = {place for place, parts in given.items() if parts} | {p for p, text in typed.comments.items() if text}
    wanted -= typed.theirs
    measures = scoped(actor, "record", Measure.objects.filter(pk__in={measure for measure, _period in wanted}))
    by_pk = {measure.pk: measure for measure in measures}
    bases = _bases(typed, wanted)
    touched = [entry for entry in typed.entries if entry.place in wanted]
    if typed.as_of is None:
        touched = [entry for entry in touched if not _is_untouched(entry, bases.get(entry.place))]
    numbers = _numbers(typed, touched, by_pk, found)
    wrong = {entry.place for entry in typed.entries if entry.key in found.problems}
    keys = _first_keys(typed)
    rows = {}
    for place in sorted(wanted - wrong):
        if len(typed.comments.get(place, "")) > LONGEST_COMMENT:
            found.problems[keys[place]] = _("A comment has at most 2,000 characters.")
            continue
        row = _row(typed, place, numbers.get(place, {}), bases.get(place))
        if row is None:
            continue
        if bases.get(place) is None and not numbers.get(place):
            found.problems[keys[place]] = _("A comment goes with a value. Give the value too.")
            continue
        rows[place] = row
    return rows


def _given(typed: Typed) -> dict[Place, list[Entry]]:
    """The cells that are not blank, by place; places with blanks only have an empty list."""
    found: dict[Place, list[Entry]] = {}
    for entry in typed.entries:
        filled = found.setdefault(entry.place, [])
        if cell_text(entry.cell).strip():
            filled.append(entry)
    return found


def _is_untouched(entry: Entry, base: KnownValue | None) -> bool:
    """Whether a cell of a page still says what the portal wrote there: a decimal comma beside it does not change that."""
    stands = dict(zip(PARTS, base.numbers, strict=True))[entry.part] if base else None
    return stands is not None and entry.cell == digits(stands)


def _numbers(
    typed: Typed, entries: Sequence[Entry], measures: Mapping[int, Measure], found: Saved
) -> dict[Place, dict[str, Decimal]]:
    """The numbers of the cells that are not blank."""
    written = typed.written or convention(entry.cell for entry in entries)
    numbers: dict[Place, dict[str, Decimal]] = {}
    for entry in entries:
        measure = measures.get(entry.place[0])
        if measure is None:
            found.problems[entry.key] = _("There is no such measure that you may record values for.")
            continue
        try:
            number = read_cell(measure, entry.part, entry.cell, written)
        except (CellProblem, NumberRefusal) as problem:
            found.problems[entry.key] = in_words(problem)
            continue
        if number is not None:
            numbers.setdefault(entry.place, {})[entry.part] = number
    return numbers


def read_cell(measure: Measure, part: str, cell: Cell, written: Convention) -> Decimal | None:
    """A cell as the measure's number; None for a blank. Words of yes or no and of a scale count as their numbers."""
    if isinstance(cell, str | bool) and (word := cell_text(cell).strip().casefold()):
        if measure.method == Measure.Method.YES_NO and word in _YES_NO():
            return _YES_NO()[word]
        if measure.method == Measure.Method.SCALE and word in (places := scale_places(measure)):
            return Decimal(places[word])
    if part != VALUE:
        return exact(read_typed(cell, Unit(), written))
    return exact(read_typed(cell, Unit(measure.unit_of_measure, measure.is_percent), written))


def _YES_NO() -> dict[str, Decimal]:  # noqa: N802 - words of the reader's language
    yes, no = Decimal(1), Decimal(0)
    return {"yes": yes, "true": yes, "no": no, "false": no, _("Yes").casefold(): yes, _("No").casefold(): no}


def scale_places(measure: Measure) -> dict[str, int]:
    """The words of a scale in small letters → their place from the worst, from 1."""
    ordered = sorted(measure.scale.items(), key=lambda item: float(item[1]))
    return {word.strip().casefold(): place for place, (word, _score) in enumerate(ordered, start=1)}


# ------------------------------------------------------------------------------------------------------ comparing
def _bases(typed: Typed, places: Iterable[Place]) -> dict[Place, KnownValue | None]:
    """What the author saw at each place."""
    wanted = set(places)
    histories = known_values(wanted)
    waiting = submitted_values({seen.waiting for place, seen in typed.seen.items() if place in wanted and seen.waiting})
    found: dict[Place, KnownValue | None] = {}
    for place in wanted:
        seen = typed.seen.get(place)
        if seen is not None and seen.waiting in waiting:
            found[place] = waiting[seen.waiting]
        else:
            found[place] = seen_value(histories.get(place, []), seen.revision if seen else None, typed.as_of)
    return found


def _row(typed: Typed, place: Place, numbers: Mapping[str, Decimal], base: KnownValue | None) -> ObservationRow | None:
    """The row to record; None where it says nothing else than what its author saw."""
    comment = typed.comments.get(place, "").strip()
    stands = dict(zip(PARTS, base.numbers, strict=True)) if base else dict.fromkeys(PARTS)
    changed = {part: number for part, number in numbers.items() if number != stands[part]}
    is_said = bool(comment) and (base is None or comment != base.comment)
    if not changed and not is_said:
        return None
    seen = typed.seen.get(place)
    expected = seen.revision if seen else None
    if seen is None and typed.as_of is not None:
        expected = base.revision if base else 0
    row = ObservationRow(
        *place,
        comment=comment or (base.comment if base else ""),
        source=base.source if base and not changed else "",
        expected=expected,
        waiting=seen.waiting if seen else None,
    )
    return replace(row, **_parts({**stands, **numbers}, numbers))


def _parts(whole: Mapping[str, Decimal | None], numbers: Mapping[str, Decimal]) -> dict[str, Any]:
    """Value or ratio: a value typed for a ratio stands alone; otherwise the value follows from its parts."""
    if VALUE in numbers or whole[NUMERATOR] is whole[DENOMINATOR] is None:
        return {VALUE: whole[VALUE]}
    return {NUMERATOR: whole[NUMERATOR], DENOMINATOR: whole[DENOMINATOR]}
