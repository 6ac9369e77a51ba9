"""Weighing the ways to settle an issue: options, criteria with their weights, scores, and the choice (METHOD §3a).

All of it is one table of one issue. Whoever changes it raises the issue's `row_version`, so two people at one table are
told of each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long, plain
from organization.actions.batches import locked
from planning.models import Criterion, OptionScore, StrategicIssue, StrategicOption
from planning.rules.options import HIGHEST
from strategy.structure.rows import clean_text

NAME, WORDS, NOTE = 120, 2000, 300
TEN_MEANS = 200
WHOLE = Decimal(100)


@dataclass(frozen=True)
class CriterionRow:
    """A criterion as it shall stand; without `pk` a new one."""

    name: str
    weight: Decimal
    ten_means: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Cell:
    """What one option gets on one criterion: None for a score takes it away."""

    option: int
    criterion: int
    score: Decimal | None
    words: str = ""


@contextmanager
def _table(actor: Actor, verb: str, issue: StrategicIssue, expected: int | None) -> Iterator[StrategicIssue]:
    """The issue under its lock, as the writer saw it and not settled yet; its version rises."""
    with recording(actor, verb, subject_id=issue.subject_id):
        row = locked(StrategicIssue, issue.pk)
        check_version(row, expected, {})
        if row.settled_on is not None:
            day = date_long(row.settled_on)
            raise Refusal(
                _("The issue was settled on %(day)s. Its options stay as they were then.") % {"day": day}, code="state"
            )
        yield row
        row.store([])


def _name(text: str, label: str, field: str = "name") -> str:
    return " ".join(clean_text(text, label=label, most=NAME, field=field, needed=True).split())


# ------------------------------------------------------------------------------------------------------------ options
def add_option(
    actor: Actor, *, issue: StrategicIssue, name: str, description: str = "", expected: int | None = None
) -> StrategicOption:
    """Another way to settle the issue."""
    require(actor, "add_option", issue)
    values = _option_values({"name": name, "description": description})
    with _table(actor, "add_option", issue, expected) as row:
        _check_option_name(row, values["name"])
        return StrategicOption.objects.create(issue=row, **values)


def change_option(
    actor: Actor, *, option: StrategicOption, values: Mapping[str, Any], expected: int | None = None
) -> StrategicOption:
    """Other words for an option."""
    require(actor, "change", option)
    new = _option_values(values)
    with _table(actor, "change_option", option.issue, expected) as row:
        found = row.options.select_for_update().get(pk=option.pk)
        _check_option_name(row, new.get("name", found.name), besides=found.pk)
        changed = assign(found, new)
        if changed:
            found.save(update_fields=changed)
    return found


def remove_option(actor: Actor, *, option: StrategicOption, expected: int | None = None) -> None:
    """Take an option away with its scores; one that was chosen or rejected stays, as the record of the choice."""
    require(actor, "change", option)
    with _table(actor, "remove_option", option.issue, expected) as row:
        found = row.options.select_for_update().filter(pk=option.pk).first()
        if found is None:
            return
        if found.state != StrategicOption.State.PROPOSED:
            words = {"option": found, "state": found.get_state_display().lower()}
            raise Refusal(_("“%(option)s” was %(state)s. It stays as the record of the choice.") % words, code="state")
        found.scores.all().delete()
        found.delete()


def _option_values(values: Mapping[str, Any]) -> dict[str, Any]:
    new: dict[str, Any] = {}
    if "name" in values:
        new["name"] = _name(values["name"], _("The option's name"))
    if "description" in values:
        new["description"] = clean_text(
            values["description"], label=_("What it means"), most=WORDS, field="description"
        )
    return new


def _check_option_name(issue: StrategicIssue, name: str, besides: int = 0) -> None:
    if issue.options.exclude(pk=besides).filter(name__iexact=name).exists():
        raise Refusal(_("There is an option “%(name)s” already. Give another name.") % {"name": name}, field="name")


# ----------------------------------------------------------------------------------------------------------- criteria
def set_criteria(
    actor: Actor, *, issue: StrategicIssue, rows: Sequence[CriterionRow], expected: int | None = None
) -> list[Criterion]:
    """All criteria of the issue with their weights, at once; one that is not named goes, with its scores."""
    require(actor, "score_options", issue)
    clean = [_criterion(row) for row in rows]
    _check_weights(clean)
    with _table(actor, "set_criteria", issue, expected) as row:
        standing = {one.pk: one for one in row.criteria.select_for_update()}
        if any(one.pk is not None and one.pk not in standing for one in clean):
            raise Refusal(_("A criterion was taken away meanwhile. Open the page again."), code="gone")
        kept = {one.pk for one in clean}
        gone = row.criteria.exclude(pk__in=[pk for pk in kept if pk is not None])
        OptionScore.objects.filter(criterion__in=gone).delete()
        gone.delete()
        return [_stored(row, one, standing) for one in clean]


def _criterion(row: CriterionRow) -> CriterionRow:
    name = _name(row.name, _("The criterion's name"))
    ten = clean_text(row.ten_means, label=_("What a 10 means"), most=TEN_MEANS, field="")
    if not 0 <= row.weight <= WHOLE:
        raise Refusal(_("The weight of “%(name)s” is not 0 to 100 %%.") % {"name": name}, code="weight")
    return CriterionRow(name, round(row.weight, 2), ten, row.pk)


def _check_weights(rows: Sequence[CriterionRow]) -> None:
    names = [row.name.casefold() for row in rows]
    twice = next((row.name for row in rows if names.count(row.name.casefold()) > 1), "")
    if twice:
        raise Refusal(_("“%(name)s” stands there twice. Give each criterion its own name.") % {"name": twice})
    total = sum(row.weight for row in rows)
    if rows and total != WHOLE:
        words = {"total": plain(total), "by": plain(abs(WHOLE - total))}
        raise Refusal(
            _("The weights sum to %(total)s %%, not 100. Take %(by)s away.") % words
            if total > WHOLE
            else _("The weights sum to %(total)s %%, not 100. Give %(by)s more.") % words,
            code="sum",
        )


def _stored(issue: StrategicIssue, row: CriterionRow, standing: Mapping[int, Criterion]) -> Criterion:
    found = standing[row.pk] if row.pk is not None else Criterion(issue=issue)
    found.name, found.weight, found.ten_means = row.name, row.weight, row.ten_means
    found.save()
    return found


# ------------------------------------------------------------------------------------------------------------- scores
def score_options(actor: Actor, *, issue: StrategicIssue, cells: Sequence[Cell], expected: int | None = None) -> int:
    """Score options on criteria, a whole table at once; how many scores stand differently now."""
    require(actor, "score_options", issue)
    with _table(actor, "score_options", issue, expected) as row:
        options = {one.pk: one for one in row.options.all()}
        criteria = {one.pk: one for one in row.criteria.all()}
        if any(cell.option not in options or cell.criterion not in criteria for cell in cells):
            raise Refusal(_("An option or a criterion was taken away meanwhile. Open the page again."), code="gone")
        clean = [_cell(cell, options[cell.option], criteria[cell.criterion]) for cell in cells]
        rows = OptionScore.objects.filter(option__issue=row).select_for_update()
        standing = {(one.option_id, one.criterion_id): one for one in rows}
        return sum(_scored(cell, standing.get((cell.option, cell.criterion))) for cell in clean)


def _cell(cell: Cell, option: StrategicOption, criterion: Criterion) -> Cell:
    names = {"option": option, "criterion": criterion}
    field = f"score_{option.pk}_{criterion.pk}"
    words = clean_text(cell.words, label=_("Why"), most=NOTE, field=f"words_{option.pk}_{criterion.pk}")
    if cell.score is not None and not 0 <= cell.score <= Decimal(HIGHEST):
        raise Refusal(_("%(option)s on %(criterion)s: a score is 0 to 10.") % names, field=field)
    if cell.score is None and words:
        raise Refusal(_("%(option)s on %(criterion)s: words stand there, but no score.") % names, field=field)
    return Cell(cell.option, cell.criterion, None if cell.score is None else round(cell.score, 2), words)


def _scored(cell: Cell, standing: OptionScore | None) -> bool:
    if cell.score is None:
        if standing is not None:
            standing.delete()
        return standing is not None
    found = standing or OptionScore(option_id=cell.option, criterion_id=cell.criterion)
    if standing is not None and (standing.score, standing.words) == (cell.score, cell.words):
        return False
    found.score, found.words = cell.score, cell.words
    found.save()
    return True


# ------------------------------------------------------------------------------------------------------------- choice
def choose_option(
    actor: Actor, *, option: StrategicOption, reason: str, rejected: Mapping[int, str] | None = None,
    expected: int | None = None,
) -> StrategicOption:  # fmt: skip
    """Choose one and reject the others, each with why; another choice later replaces this one.

    `rejected` gives the reason of single options by id; the others keep the one they have.
    """
    require(actor, "choose", option)
    why = clean_text(reason, label=_("Why it is chosen"), most=WORDS, field="reason", needed=True)
    against = {
        pk: clean_text(text, label=_("Why it is rejected"), most=WORDS, field=f"rejected_{pk}")
        for pk, text in (rejected or {}).items()
    }
    with _table(actor, "choose_option", option.issue, expected) as row:
        others = list(row.options.select_for_update().exclude(pk=option.pk))
        for one in others:
            was_chosen = one.state == StrategicOption.State.CHOSEN
            kept = "" if was_chosen else one.reason  # it says why it was chosen, which holds no longer
            one.state, one.reason = StrategicOption.State.REJECTED, against.get(one.pk, "") or kept
            one.save(update_fields=["state", "reason"])
        chosen = row.options.get(pk=option.pk)
        chosen.state, chosen.reason = StrategicOption.State.CHOSEN, why
        chosen.save(update_fields=["state", "reason"])
    return chosen
