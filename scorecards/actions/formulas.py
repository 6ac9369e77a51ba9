"""Saving formulas of calculated measures: judged before anything is written, kept with the rows that say what reads what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.access import Actor, scoped
from core.actions import Refusal
from core.periods import Frequency
from scorecards.actions.writing import in_words
from scorecards.models import FormulaInput, Measure, Observation, Series
from scorecards.queries.formulas import read_below
from scorecards.rules.formulas import (
    FormulaRefusal,
    InputUnit,
    Reading,
    Tree,
    When,
    check_units,
    codes,
    find_loop,
    parse,
    quotient,
    readings,
)

FIELD = "expression"
UNIT = {"unit_of_measure", "is_percent"}
OF_FORMULAS = {"expression", "frequency", "aggregation"}
"""Fields of a measure that its own formula has to agree with."""


class FormulaRefused(Refusal):
    """A formula that may not be saved; `position` is the character, from 1, that the sentence speaks of; 0: the whole."""

    def __init__(self, sentence: str, position: int = 0) -> None:
        self.position = position
        super().__init__(sentence, code="formula", field=FIELD)

    @classmethod
    def at(cls, reading: Reading, sentence: str) -> FormulaRefused:
        """With the place where a code stands."""
        return cls(_("Character %(at)d: %(sentence)s") % {"at": reading.at, "sentence": sentence}, reading.at)


def judged_inputs(actor: Actor, measure: Measure, *, held: Collection[int] = ()) -> list[Measure]:
    """The measures its formula reads, by id; `FormulaRefused` for a formula that may not be saved.

    They are to be visible to the actor and not retired, but those it reads already (`held`, ids) may stay.
    """
    if not measure.expression:
        return []
    try:
        tree = parse(measure.expression)
        found = _inputs(actor, measure, tree, held)
        _check_frequencies(measure, tree, found)
        if measure.aggregation == Measure.Aggregation.RATIO:
            quotient(tree)
        check_units(tree, _units(found.values()))
    except FormulaRefusal as refusal:
        raise FormulaRefused(in_words(refusal), refusal.position) from refusal
    return sorted(found.values(), key=lambda row: row.pk)


def _units(rows: Iterable[Measure]) -> dict[str, InputUnit]:
    return {row.code: InputUnit(row.unit_of_measure, row.is_percent) for row in rows}


def _inputs(actor: Actor, measure: Measure, tree: Tree, held: Collection[int]) -> dict[str, Measure]:
    named = codes(tree)
    if not named:
        raise FormulaRefused(
            _("The formula names no measure. Name at least one by its code, for example FIN-01 ÷ FIN-02.")
        )
    known: QuerySet[Measure] = Measure.objects.filter(code__in=named).select_related("node")
    seen = set(scoped(actor, "view", known).order_by().values_list("pk", flat=True))
    found = {row.code: row for row in known if row.pk in seen or row.pk in held}
    for reading in readings(tree):
        if reading.code == measure.code:
            raise FormulaRefused.at(reading, _loop([measure.code, measure.code]))
        row = found.get(reading.code)
        if row is None:
            raise FormulaRefused.at(reading, _unknown(reading.code))
        if row.retired_at is not None and row.pk not in held:
            sentence = _("%(code)s is retired and gets no more values. Name the measure that took its place.")
            raise FormulaRefused.at(reading, sentence % {"code": row.code})
    return found


def _unknown(code: str) -> str:
    sentence = _("there is no measure “%(code)s” that you may see.") % {"code": code[:60]}
    ways = [code[:place] for place, sign in enumerate(code) if sign == "-"]
    if ways and Measure.objects.filter(code__in=ways).exists():
        sentence += " " + _("If a subtraction is meant, put spaces around the minus.")
    return sentence


def _loop(way: Sequence[str]) -> str:
    return _("the formula would read itself: %(loop)s. Take one of these out.") % {"loop": " → ".join(way)}


def _check_frequencies(measure: Measure, tree: Tree, found: Mapping[str, Measure]) -> None:
    """A value to date is made of parts: they may not be longer than the periods it is asked for."""
    for reading in readings(tree):
        row = found[reading.code]
        if reading.when is When.TO_DATE and Frequency(row.frequency).is_longer_than(Frequency(measure.frequency)):
            sentence = _("%(code)s has longer periods than this measure, so it has no value for the year to date.")
            raise FormulaRefused.at(reading, sentence % {"code": row.code})


def refuse_loops(rows: Sequence[tuple[Measure, Sequence[Measure]]]) -> None:
    """Refuse formulas that would read themselves. To be asked after the scorecards of all inputs are held."""
    for _measure, refusal in loops(rows):
        raise refusal


def loops(rows: Sequence[tuple[Measure, Sequence[Measure]]]) -> Iterator[tuple[Measure, FormulaRefused]]:
    """The formulas that would read themselves, by themselves or by one another, each with what is to be said of it."""
    graph = read_below([read.pk for _measure, inputs in rows for read in inputs])
    graph |= {measure.code: [read.code for read in inputs] for measure, inputs in rows}
    for measure, _inputs in rows:
        way = find_loop(measure.code, graph)
        if way:
            reading = next((each for each in readings(parse(measure.expression)) if each.code == way[1]), None)
            yield measure, FormulaRefused.at(reading, _loop(way)) if reading else FormulaRefused(_loop(way))


def keep_inputs(measure: Measure, inputs: Sequence[Measure]) -> None:
    """The rows that say what the measure reads, and no others."""
    rows = FormulaInput.objects.filter(measure=measure)
    wanted = {row.pk for row in inputs}
    held = set(rows.values_list("input_id", flat=True))
    if held - wanted:
        rows.exclude(input_id__in=wanted).delete()
    FormulaInput.objects.bulk_create(FormulaInput(measure=measure, input_id=pk) for pk in sorted(wanted - held))


def refuse_recorded(measure: Measure) -> None:
    """A measure with recorded values does not become a calculated one: they would be hidden, not gone."""
    rows = Observation.objects.filter(
        series__measure=measure,
        series__kind=Series.Kind.ACTUAL,
        series__name="",
        superseded_at=None,
        value__isnull=False,
    )
    if rows.exists():
        raise FormulaRefused(
            _(
                "%(name)s has recorded values. Add a new measure for what is calculated, and retire this one if it is not needed."
            )
            % {"name": measure.name}
        )


def recheck_dependants(changed: Collection[int]) -> None:
    """Refuse another unit, or a longer frequency, of measures (ids) whose readers would then no longer fit."""
    links = FormulaInput.objects.filter(input__in=changed).select_related("measure")
    readers = {link.measure_id: link.measure for link in links}
    reads: dict[int, dict[str, Measure]] = {}
    for link in FormulaInput.objects.filter(measure__in=readers).select_related("input"):
        reads.setdefault(link.measure_id, {})[link.input.code] = link.input
    for reader in readers.values():
        _recheck(reader, reads[reader.pk])


def _recheck(reader: Measure, inputs: Mapping[str, Measure]) -> None:
    tree = parse(reader.expression)
    try:
        _check_frequencies(reader, tree, inputs)
        check_units(tree, _units(inputs.values()))
    except (FormulaRefusal, FormulaRefused) as refusal:
        words = {"reader": f"{reader.code} {reader.name}", "why": in_words(refusal)}
        raise Refusal(
            _("It is read by the formula of %(reader)s, which would then not fit. %(why)s") % words, code="formula"
        ) from refusal


def refuse_retiring(measure: Measure) -> None:
    """A measure that live formulas read is not retired under them."""
    readers = Measure.objects.filter(inputs__input=measure, retired_at=None).order_by("code")
    named = [f"{row.code} {row.name}" for row in readers[:5]]
    if named:
        raise Refusal(
            _("It is read by the formulas of %(readers)s. Change these first, or retire them too.")
            % {"readers": ", ".join(named)},
            code="formula",
        )
