"""What process 1 adds to other screens: status on objectives, their measures, and the values people owe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import Actor, can
from core.announcements import announcement_kind
from core.facets import Fact, facet
from core.obligations import Obligation, obligation
from core.panels import panel
from core.periods import At
from core.statuses import reason_words, word
from scorecards.actions.tracing import FormulaReport, formula_report
from scorecards.models import Measure, Node
from scorecards.queries.answers import AnswersPanel, answers_panel
from scorecards.queries.approving import queue_summary, returned_to
from scorecards.queries.cards import statuses
from scorecards.queries.chains import Reader, readers_of
from scorecards.queries.declaring import DeclaredPanel, declared_panel
from scorecards.queries.designing import User, users_of
from scorecards.queries.facts import owed_values
from scorecards.queries.lists import MeasureLine, measure_lines
from scorecards.queries.reds import reds_owed
from scorecards.queries.reminding import reminder_days
from strategy.models import Objective
from strategy.queries.attached import Attached, attached

announcement_kind("report_ready", gettext_lazy("Reports that are made for me by a schedule"), by_mail=True)
announcement_kind("red_unanswered", gettext_lazy("Measures that are off track without an answer"))
announcement_kind("value_submitted", gettext_lazy("Values that wait for my approval"))
announcement_kind("value_returned", gettext_lazy("Values of mine that were returned"), by_mail=True)
announcement_kind("value_approved", gettext_lazy("Values of mine that were approved"))
announcement_kind("value_reminder", gettext_lazy("Values the strategy office asks me for"), by_mail=True)


@facet("objective", "status", gettext_lazy("Status"), order=10)
def objective_status(objectives: Sequence[Objective], viewer: Actor, at: At) -> Mapping[int, Fact]:
    """The status of each objective in the period; two queries."""
    nodes = dict(Node.objects.filter(objective__in=objectives).values_list("objective_id", "pk"))
    results = statuses(nodes.values(), at.period)
    facts = {}
    for objective_id, node_id in nodes.items():
        result = results.get(node_id)
        status = result.status if result else "no_data"
        words = (
            word(status) if result is None or not result.reason else f"{word(status)}: {reason_words(result.reason)}"
        )
        facts[objective_id] = Fact(
            result.score if result else None, status, words, reverse("scorecards:node", args=[node_id])
        )
    return facts


@facet("objective", "status_before", gettext_lazy("Status before"), order=11)
def objective_status_before(objectives: Sequence[Objective], viewer: Actor, at: At) -> Mapping[int, Fact]:
    """The status of each objective in the period before; two queries."""
    nodes = dict(Node.objects.filter(objective__in=objectives).values_list("objective_id", "pk"))
    results = statuses(nodes.values(), at.period.previous())
    found = {objective: results[node] for objective, node in nodes.items() if node in results}
    return {objective: Fact(result.score, result.status, word(result.status)) for objective, result in found.items()}


@facet("objective", "measure", gettext_lazy("Leading figure"), order=20)
def objective_measure(objectives: Sequence[Objective], viewer: Actor, at: At) -> Mapping[int, Fact]:
    """The heaviest measure of each objective with its value and target: "72.4% of 78%"."""
    facts: dict[int, Fact] = {}
    for line in measure_lines(viewer, at, objectives):
        url = reverse("scorecards:measure", args=[line.measure.pk])
        facts.setdefault(
            line.objective_id or 0, Fact(line.measure.short, line.status, line.figure or _("No value"), url)
        )
    return facts


@dataclass(frozen=True)
class ObjectiveMeasures:
    """The measures of one objective in a period."""

    lines: list[MeasureLine]
    node: int | None
    add_url: str = ""
    use_url: str = ""


@panel("objective", "measures", gettext_lazy("Measures"), "scorecards/panels/measures.html", order=10)
def measures_of_objective(objective: Objective, viewer: Actor, at: At) -> ObjectiveMeasures:
    """The measures that show the objective is reached or driven."""
    node = Node.objects.filter(objective=objective).values_list("pk", flat=True).first()
    unit = objective.strategy.unit
    add_url = f"{reverse('scorecards:measure_add', args=[unit.pk])}?objective={objective.pk}"
    may_add = can(viewer, "add_measure", unit)
    use_url = reverse("scorecards:measure_use", args=[objective.pk])
    found = ObjectiveMeasures(measure_lines(viewer, at, [objective]), node)
    return replace(found, add_url=add_url, use_url=use_url) if may_add else found


@panel("measure", "users", gettext_lazy("Also used by"), "scorecards/panels/users.html", order=30)
def users_of_measure(measure: Measure, viewer: Actor, at: At) -> list[User] | None:
    """Objectives of other units under which the measure counts; nothing where there are none."""
    return users_of(viewer, measure, at.period.end) or None


@panel("measure", "formula", gettext_lazy("How it is calculated"), "scorecards/panels/formula.html", order=5)
def formula_of_measure(measure: Measure, viewer: Actor, at: At) -> FormulaReport | None:
    """The formula, what it found in the period, and the chain of inputs; nothing for a measure that is recorded."""
    return formula_report(viewer, measure, at) if measure.is_calculated else None


@panel("measure", "readers", gettext_lazy("Read by formulas"), "scorecards/panels/readers.html", order=40, width=4)
def readers_of_measure(measure: Measure, viewer: Actor, at: At) -> list[Reader] | None:
    """The calculated measures that read this one."""
    return readers_of(viewer, measure) or None


@obligation("value", gettext_lazy("Values to record"))
def values_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """The latest finished period of each measure the viewer keeps, while it has no value.

    The daily mail names it on the days of the organisation's reminder plan.
    """
    days = reminder_days()
    for owed in owed_values(viewer, at):
        yield Obligation(
            kind="value",
            what=_("Record %(period)s") % {"period": owed.period.label},
            about=owed.measure.name,
            due_on=owed.due_on,
            url=f"{reverse('scorecards:updates')}?p={owed.period.key}",
            person_id=viewer.person_id,
            is_mailed=days.is_day(owed.due_on, at.today),
        )


@panel("measure", "answers", gettext_lazy("Answers"), "scorecards/panels/answers.html", order=20, width=4)
def answers_of_measure(measure: Measure, viewer: Actor, at: At) -> AnswersPanel | None:
    """What was answered when the measure was red or watched; silent where it never was."""
    return answers_panel(viewer, measure, at)


@panel("measure", "discussion", gettext_lazy("Discussion"), "strategy/panels/discussion.html", order=200)
def discussion_of_measure(measure: Measure, viewer: Actor, at: At) -> Attached | None:
    """Updates, comments, files and the actions that belong to no answer; silent where there is nothing to see or do."""
    report = attached(viewer, measure, shown_elsewhere=Q(corrective_actions__isnull=False))
    return None if report.is_empty else report


@panel("measure", "declared", gettext_lazy("Declared status"), "scorecards/panels/declared.html", order=30, width=4)
def declared_on_measure(measure: Measure, viewer: Actor, at: At) -> DeclaredPanel | None:
    """What the owner says beside what is computed."""
    return declared_panel(viewer, measure, at)


@panel("objective", "declared", gettext_lazy("Declared status"), "scorecards/panels/declared.html", order=30)
def declared_on_objective(objective: Objective, viewer: Actor, at: At) -> DeclaredPanel | None:
    """What the owner says beside what is computed."""
    return declared_panel(viewer, objective, at)


@obligation("answer", gettext_lazy("Reds to answer"))
def answers_owed(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Measures of the viewer that are off track and have no answer."""
    for red in reds_owed(viewer, at):
        yield Obligation(
            kind="answer",
            what=_("Answer the red of %(period)s") % {"period": red.period.label},
            about=red.measure.name,
            due_on=red.due_on,
            url=f"{reverse('scorecards:measure_answer', args=[red.measure.pk])}?p={red.period.key}",
            person_id=viewer.person_id,
        )


@obligation("returned_value", gettext_lazy("Values that came back"))
def values_returned(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Values the viewer submitted that were returned with a reason."""
    for one in returned_to(viewer, at):
        yield Obligation(
            kind="returned_value",
            what=_("Give %(period)s again") % {"period": one.period.label},
            about=f"{one.measure.name}: {one.submission.reason}",
            due_on=at.today if one.submission.decided_at is None else one.submission.decided_at.date(),
            url=f"{reverse('scorecards:updates')}?p={one.period.key}",
            person_id=viewer.person_id,
        )


@obligation("approval", gettext_lazy("Values to approve"))
def values_to_approve(viewer: Actor, at: At) -> Iterator[Obligation]:
    """Submitted values that wait for the viewer: one line, however many they are."""
    queue = queue_summary(viewer)
    if queue is not None:
        words = ngettext("Approve %(n)d value", "Approve %(n)d values", queue.count) % {"n": queue.count}
        url = reverse("scorecards:approvals")
        yield Obligation("approval", words, queue.about, queue.due_on, url, viewer.person_id)
