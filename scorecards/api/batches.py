"""Facts that come in many at once: judged row by row, written all or not at all, answered for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from core.access import Actor, permitted, require
from core.actions import Outcome
from core.api.views import StrictSerializer
from scorecards.api.serializers import Number, PeriodField
from scorecards.models import Measure, Series

MOST_ROWS = 10_000


class ObservationInput(StrictSerializer):
    """One value. A ratio is given by numerator and denominator. No number at all withdraws the value."""

    measure = serializers.CharField(help_text="The measure's code.")
    period = PeriodField()
    value, numerator, denominator = (Number(required=False, allow_null=True, default=None) for _ in range(3))
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    source = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)  # type: ignore[assignment]
    series = serializers.ChoiceField(Series.Kind.choices, required=False, default=Series.Kind.ACTUAL)
    series_name = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)


class ObservationBatch(StrictSerializer):
    """Values to record, all or none."""

    rows = ObservationInput(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]


class TargetInput(StrictSerializer):
    """One target with red flag and stretch, or a range. No number at all withdraws the target."""

    measure = serializers.CharField(help_text="The measure's code.")
    period = PeriodField()
    value, red_flag, stretch, low, high = (Number(required=False, allow_null=True, default=None) for _ in range(5))


class TargetBatch(StrictSerializer):
    """Targets to set, all or none."""

    rows = TargetInput(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class RowAnswerSerializer(serializers.Serializer[Any]):
    """What became of one row, counted from 0. `field` names the input that `reason` speaks of, if one does."""

    row = serializers.IntegerField()
    result = serializers.ChoiceField(("taken", "changed", "unchanged", "skipped", "refused"))
    label = serializers.CharField()  # type: ignore[assignment]
    field = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.CharField()


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """An answer for every row, in their order."""

    rows = RowAnswerSerializer(many=True)


# -------------------------------------------------------------------------------------------------------- judging
Answer = dict[str, Any]
"""A row of BatchAnswerSerializer."""


def refused_by_form(errors: Mapping[str, Any], given: Any) -> list[Answer] | None:
    """The answer for rows that are not what they should be; None where the fault is not in a row."""
    found = errors.get("rows")
    if set(errors) != {"rows"} or not isinstance(found, dict) or not all(isinstance(key, int) for key in found):
        return None
    return [
        _refused(number, _label(row), *_first(found[number])) if number in found else _skipped(number, _label(row))
        for number, row in enumerate(given["rows"])
    ]


def refused_by_name(
    actor: Actor, verb: str, rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure]
) -> list[Answer] | None:
    """The answer where a row names a measure that is not there, or not to be written to; None where all may be tried.

    Forbidden where the actor may write to none of them.
    """
    named = {row["measure"] for row in rows}
    writable = {code for code in named if code in measures and getattr(measures[code], f"may_{verb}")}
    if measures and not writable:
        require(actor, verb, next(iter(measures.values())))
    if writable == named:
        return None
    sentences = {
        code: _("You may see %(code)s, but you may not enter this for it.") % {"code": code}
        if code in measures
        else _("There is no measure with the code “%(code)s”, or it is not for you.") % {"code": code}
        for code in named - writable
    }
    return [
        _refused(number, _label(row), "measure", sentences[row["measure"]])
        if row["measure"] in sentences
        else _skipped(number, _label(row))
        for number, row in enumerate(rows)
    ]


def measures_by_code(actor: Actor, verb: str, codes: set[str]) -> dict[str, Measure]:
    """Measures of these codes that the actor may see or write to, with `may_<verb>`; one query."""
    rows = permitted(actor, ["view", verb], Measure.objects.filter(code__in=codes))
    return {row.code: row for row in rows if row.may_view or getattr(row, f"may_{verb}")}  # type: ignore[attr-defined]


def answers(outcome: Outcome) -> list[Answer]:
    """What the verb did with each row."""
    return [
        {"row": row.row, "result": row.result, "label": row.label, "field": "", "reason": row.reason}
        for row in outcome.rows
    ]


def _first(errors: Mapping[str, Any] | Sequence[Any]) -> tuple[str, str]:
    """The first field at fault and its sentence; no field where the row itself is none."""
    if not isinstance(errors, Mapping):
        return "", str(errors[0])
    name, said = next(iter(errors.items()))
    return ("" if name == "non_field_errors" else name), str(said[0])


def _label(row: Any) -> str:
    """How a row is called in answers: the code of its measure and its period, as they were given."""
    given = row if isinstance(row, Mapping) else {}
    period = given.get("period", "")
    return f"{given.get('measure', '')} {getattr(period, 'key', period)}".strip()[:100]


def _refused(number: int, label: str, name: str, sentence: str) -> Answer:
    return {"row": number, "result": "refused", "label": label, "field": name, "reason": sentence}


def _skipped(number: int, label: str) -> Answer:
    reason = _("Nothing was written, because other rows were refused.")
    return {"row": number, "result": "skipped", "label": label, "field": "", "reason": reason}
