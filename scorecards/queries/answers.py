"""Answers to a red or amber measure: those there are, and the fact that a new one begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Actor, permitted, scoped
from core.formats import NumberFormat, money_full
from core.periods import At, Frequency, Period
from core.statuses import word
from scorecards.models import Annotation, CorrectiveAction, Measure, Result, Target
from scorecards.queries.cards import number_format
from scorecards.queries.reds import AMBER, RED, answering, seen, standing
from scorecards.rules.answers import MOST_VALUES, Sentence, Situation, fact, natural_range
from strategy.models import ActionItem

ANSWERS_SHOWN = 10


@dataclass(frozen=True)
class Answer:
    """One answer as a page shows it, with its action items in the order of their days."""

    row: CorrectiveAction
    period: Period
    items: tuple[ActionItem, ...]
    may_change: bool

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.row.state == CorrectiveAction.State.OPEN

    @property
    def done(self) -> int:
        """How many of its items are done."""
        return sum(1 for item in self.items if item.done_on)

    @property
    def cost_words(self) -> str:
        """The cost with its currency; empty where none is given."""
        return "" if self.row.cost is None else money_full(self.row.cost, self.row.currency)


@dataclass(frozen=True)
class AnswersPanel:
    """The answers of a measure, the newest first, and whether it waits for one in a period."""

    answers: list[Answer]
    status: str
    period: Period | None
    is_unanswered: bool
    answer_url: str


def answers(viewer: Actor, rows: QuerySet[CorrectiveAction], at: At) -> list[Answer]:
    """Answers with their items, as far as the viewer may see both; two queries."""
    items = scoped(viewer, "view", ActionItem.objects.select_related("assignee"))
    seen = permitted(viewer, ["change"], scoped(viewer, "view", rows)).select_related("written_by", "closed_by")
    found = seen.prefetch_related(Prefetch("items", items.order_by("due_on", "pk")))
    return [
        Answer(
            row,
            Period(Frequency(row.frequency), row.period_start, at.period.calendar),
            tuple(row.items.all()),
            row.may_change,  # type: ignore[attr-defined]
        )
        for row in found
    ]


def answer_of(viewer: Actor, row: CorrectiveAction, at: At) -> Answer:
    """One answer that was loaded through its policy."""
    (found,) = answers(viewer, CorrectiveAction.objects.filter(pk=row.pk), at)
    return found


def answers_panel(viewer: Actor, measure: Measure, at: At) -> AnswersPanel | None:
    """The answers of a measure; None where there is none and none is wanted."""
    found = answers(viewer, measure.corrective_actions.order_by("state", "-period_start", "-pk"), at)
    found.sort(key=lambda one: not one.is_open)
    stands = seen(viewer, standing(at, (RED, AMBER)).filter(node__measure=measure))
    result = stands.annotate(is_answered=answering()).first()
    if result is None:
        return AnswersPanel(found[:ANSWERS_SHOWN], "", None, False, "") if found else None
    period = Period(Frequency(result.frequency), result.period_start, at.period.calendar)
    is_open = any(one.is_open and one.period == period for one in found)
    may = result.may_answer and not is_open
    return AnswersPanel(
        answers=found[:ANSWERS_SHOWN],
        status=result.status,
        period=period,
        is_unanswered=result.status == RED and not result.is_answered,
        answer_url=reverse("scorecards:measure_answer", args=[measure.pk]) if may else "",
    )


def standing_result(measure: Measure, at: At) -> Result | None:
    """The newest own result of a measure that is red or amber; None where it stands better or is grey."""
    return standing(at, (RED, AMBER)).filter(node__measure=measure).first()


def situation(measure: Measure, result: Result, at: At) -> tuple[Situation, Mapping[str, str]]:
    """How the measure stands in the period of a result, and the words that belong into sentences about it."""
    frequency = Frequency(result.frequency)
    rows = Result.objects.filter(node=result.node_id, frequency=frequency, period_start__lte=result.period_start)
    past = list(rows.order_by("-period_start")[: MOST_VALUES + 1])
    run = list(takewhile(lambda row: row.status == result.status, past))
    before = past[1] if len(past) > 1 else None
    target = Target.objects.filter(
        measure=measure, frequency=frequency, period_start=result.period_start, superseded_at=None
    ).first()
    low, high = (target.low, target.high) if target and result.target is None else (None, None)
    periods = [Period(frequency, row.period_start, at.period.calendar) for row in past]
    found = Situation(
        value=result.value or 0.0,
        goodness=measure.goodness,
        target=result.target,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        run=len(run),
        was=word(before.status) if before and before.status != "no_data" else "",
        before=before.value if before else None,
        trend=result.trend,
        natural=natural_range(_earlier(measure, past, periods)),
    )
    words = {
        "period": periods[0].label,
        "period_before": periods[1].label if before else "",
        "status": word(result.status),
        "since": periods[len(run) - 1].label,
        "was": found.was,
    }
    return found, words


def _earlier(measure: Measure, past: Sequence[Result], periods: Sequence[Period]) -> list[float]:
    """The values before this one since the last marked break, oldest first."""
    broken = Annotation.objects.filter(measure=measure, is_break=True, on__lte=periods[0].end).order_by("-on").first()
    since = broken.on if broken else None
    pairs = list(zip(past, periods, strict=True))[1:]
    kept = [row.value for row, period in pairs if row.value is not None and (since is None or period.start >= since)]
    return kept[::-1]


def fact_words(measure: Measure, result: Result, at: At) -> str:
    """The fact in plain words, a sentence after the other: what the form of an answer begins with."""
    found, words = situation(measure, result, at)
    numbers = number_format(measure)
    return " ".join(_written(sentence, words, numbers) for sentence in fact(found))


def _written(sentence: Sentence, words: Mapping[str, str], numbers: NumberFormat) -> str:
    figures = {
        name: figure if isinstance(figure, str) else _figure(name, figure, numbers)
        for name, figure in sentence.figures.items()
    }
    return _(sentence.template) % {**words, **figures}


def _figure(name: str, figure: float, numbers: NumberFormat) -> str:
    """A value as the measure writes it; a difference without its sign, which the words say."""
    return numbers.difference(figure).lstrip("+−") if name == "gap" else numbers.text(figure)
