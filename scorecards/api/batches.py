"""Facts that come in many at once: judged row by row, written all or not at all (or, where asked, what can be), answered for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as ApiValidationError

from core.access import Actor, permitted, require
from core.actions import Outcome
from core.api.views import StrictSerializer
from core.periods import Calendar, Period
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
    series_name = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    expected = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0,
        help_text="The revision you read (0: none). If another stands there by now, the row is a conflict.",
    )  # fmt: skip


class ObservationBatch(StrictSerializer):
    """Values to record."""

    rows = ObservationInput(many=True, allow_empty=False)  # type: ignore[call-arg]


class TargetInput(StrictSerializer):
    """One target with red flag and stretch, or a range. No number at all withdraws the target."""

    measure = serializers.CharField(help_text="The measure's code.")
    period = PeriodField()
    value, red_flag, stretch, low, high = (Number(required=False, allow_null=True, default=None) for _ in range(5))


class TargetBatch(StrictSerializer):
    """Targets to set, and why."""

    rows = TargetInput(many=True, allow_empty=False)  # type: ignore[call-arg]
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class RowAnswerSerializer(serializers.Serializer[Any]):
    """What became of one row, counted from 0. `field` names the input that `reason` speaks of, if one does."""

    row = serializers.IntegerField()
    result = serializers.ChoiceField(("taken", "changed", "unchanged", "submitted", "skipped", "refused", "conflict"))
    label = serializers.CharField()  # type: ignore[assignment]
    field = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.CharField()


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """How many rows ended how, and an answer for every row, in their order."""

    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RowAnswerSerializer(many=True)


# -------------------------------------------------------------------------------------------------------- judging
Answer = dict[str, Any]
"""A row of BatchAnswerSerializer."""


@dataclass
class Judged:
    """A batch on its way: what was given, what each row says, and the answers so far by the row's place."""

    given: Sequence[Any]
    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    reason: str = ""

    def refuse(self, number: int, name: str, sentence: str) -> None:
        """The row is not tried."""
        self.rows.pop(number, None)
        self.answers[number] = _answer(number, "refused", self.given[number], name, sentence)

    def skip_all(self) -> None:
        """Where one is refused, none is tried."""
        for number in self.rows:
            sentence = _("Nothing was written, because other rows were refused.")
            self.answers[number] = _answer(number, "skipped", self.given[number], "", sentence)
        self.rows.clear()

    def take(self, outcome: Outcome) -> None:
        """What the verb did with the rows that were tried, in their order."""
        for number, row in zip(self.rows, outcome.rows, strict=True):
            self.answers[number] = {
                "row": number, "result": row.result, "label": row.label, "field": "", "reason": row.reason,
            }  # fmt: skip

    def document(self) -> dict[str, Any]:
        """The answer, in the order of the rows."""
        rows = [self.answers[number] for number in sorted(self.answers)]
        return {"counts": dict(Counter(row["result"] for row in rows)), "rows": rows}


def judge(batch: StrictSerializer, data: Any) -> Judged:
    """Each row by itself; ValidationError where the batch around the rows is not one."""
    form, child = batch.fields, batch.fields["rows"].child  # type: ignore[attr-defined]
    if not isinstance(data, Mapping) or not isinstance(data.get("rows"), list):
        raise ApiValidationError({"rows": [_("Give a list of rows.")]})
    unknown = sorted(set(data) - set(form))
    if unknown:
        raise ApiValidationError({name: [_("This field is not known here.")] for name in unknown})
    given = data["rows"]
    if not 0 < len(given) <= MOST_ROWS:
        words = {"most": f"{MOST_ROWS:,}", "given": f"{len(given):,}"}
        raise ApiValidationError({"rows": [_("A batch has 1 to %(most)s rows; this has %(given)s. Split it.") % words]})
    reason = form["reason"].run_validation(data.get("reason", "")) if "reason" in form else ""
    judged, usual = Judged(given, reason=reason), UsualRows.of(child)
    for number, row in enumerate(given):
        try:
            judged.rows[number] = usual.read(row) or child.run_validation(row)
        except ApiValidationError as error:
            judged.refuse(number, *_first(error.detail))  # type: ignore[arg-type]
    return judged


@dataclass(frozen=True)
class UsualRows:
    """Reads rows of the usual shape as their serializer does, ten times as fast; it leaves the others, and every sentence, to it."""

    calendar: Calendar
    others: Mapping[str, Any]
    numbers: frozenset[str]
    periods: dict[str, Period] = field(default_factory=dict)

    @classmethod
    def of(cls, form: serializers.Serializer[Any]) -> UsualRows:
        """From the fields of a row: everything besides measure, period and numbers stays as it is when not given."""
        fields = {name: one for name, one in form.fields.items() if name not in {"measure", "period"}}
        numbers = frozenset(name for name, one in fields.items() if isinstance(one, Number))
        return cls(form.context["calendar"], {name: one.get_default() for name, one in fields.items()}, numbers)

    def read(self, row: Any) -> dict[str, Any] | None:
        """The row as it is validated; None where that is for the serializer to say."""
        if type(row) is not dict or not _is_plain(row.get("measure")) or not _is_plain(row.get("period")):
            return None
        found: dict[str, Any] = dict(self.others)
        try:
            for name, given in row.items():
                if name in self.numbers:
                    found[name] = _number(given)
                elif name not in {"measure", "period"}:
                    return None
            found["measure"], found["period"] = row["measure"], self._period(row["period"])
        except (ValueError, ArithmeticError):
            return None
        return found

    def _period(self, text: str) -> Period:
        if text not in self.periods:
            self.periods[text] = Period.parse(text, self.calendar)
        return self.periods[text]


def _is_plain(text: Any) -> bool:
    return type(text) is str and 0 < len(text) <= 100 and text.isascii() and text.isprintable() and text == text.strip()


def _number(given: Any) -> Decimal | None:
    """ValueError or ArithmeticError for what is no number of the usual kind."""
    if given is None:
        return None
    if type(given) not in {int, float, str}:
        raise ValueError
    number = Decimal(str(given)[:100])
    if not number.is_finite() or len(str(given)) > 100:
        raise ValueError
    return number


def find_measures(actor: Actor, verb: str, judged: Judged) -> dict[str, Measure]:
    """The measures that the rows name, by code; rows are refused whose measure may not be written to. One query.

    Forbidden where the actor may see the measures but write to none of them.
    """
    named = {row["measure"] for row in judged.rows.values()}
    found = permitted(actor, ["view", verb], Measure.objects.filter(code__in=named)) if named else []
    measures = {row.code: row for row in found if row.may_view or getattr(row, f"may_{verb}")}  # type: ignore[attr-defined]
    writable = {code for code, row in measures.items() if getattr(row, f"may_{verb}")}
    if measures and not writable:
        require(actor, verb, next(iter(measures.values())))
    for number, row in list(judged.rows.items()):
        code = row["measure"]
        if code not in writable:
            sentence = (
                _("You may see %(code)s, but you may not enter this for it.")
                if code in measures
                else _("There is no measure with the code “%(code)s”, or it is not for you.")
            )
            judged.refuse(number, "measure", sentence % {"code": code})
    return measures


def _first(errors: Mapping[str, Any] | Sequence[Any]) -> tuple[str, str]:
    """The first field at fault and its sentence; no field where the row itself is none."""
    if not isinstance(errors, Mapping):
        return "", str(errors[0])
    name, said = next(iter(errors.items()))
    return ("" if name == "non_field_errors" else name), str(said[0])


def _answer(number: int, result: str, row: Any, name: str, sentence: str) -> Answer:
    """Labelled by the code of its measure and its period, as they were given."""
    given = row if isinstance(row, Mapping) else {}
    label = f"{given.get('measure', '')} {given.get('period', '')}".strip()[:100]
    return {"row": number, "result": result, "label": label, "field": name, "reason": sentence}
