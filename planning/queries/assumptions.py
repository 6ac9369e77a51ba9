"""The register of assumptions as it stands today: confidence with its decay, what each carries, what stands on doubt.

Confidence is computed for the day that is asked about (`at.today`) and never stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import Actor, scoped
from core.periods import At
from core.subjects import url_of
from organization.queries import branch_ids
from planning.models import Assumption, AssumptionCheck, Carries
from planning.rules.assumptions import (
    DAYS_IN_A_MONTH,
    Belief,
    course,
    doubtful_on,
    flagged,
    months_between,
)
from strategy.models import Objective, ObjectiveLink, Strategy
from strategy.models.structure import NodeState

PAGE_SIZE = 50
MONTHS_SHOWN = 12
CARRIES_NAMED = 3
STATES: Mapping[str, str | Promise] = {
    "holds": _("Holds"),
    "doubtful": _("Doubtful"),
    "falsified": _("Found wrong"),
}
FILTERS: Mapping[str, str | Promise] = {**STATES, "due": _("To be looked at again")}
KINDS: Mapping[str, str | Promise] = {
    "objective": _("Objective"),
    "issue": _("Issue"),
    "note": _("Note"),
    "theme": _("Theme"),
    "strategy": _("Strategy"),
    "scenario": _("Scenario"),
    "link": _("Link"),
}
"""Words for what is carried; other kinds are shown by their label alone."""


@dataclass(frozen=True)
class Carried:
    """One thing that rests on an assumption, as the viewer may see it."""

    pk: int
    label: str
    kind: str | Promise
    url: str


@dataclass(frozen=True)
class Standing:
    """An assumption on a day: confidence now (0 to 1), its course over the last year, and what it carries."""

    assumption: Assumption
    now: float
    state: str
    doubtful_on: date
    course: tuple[float | None, ...]
    carries: tuple[Carried, ...] = ()
    checks: tuple[AssumptionCheck, ...] = field(default=())
    is_due: bool = False
    is_overdue: bool = False

    @property
    def word(self) -> str:
        """The state in words."""
        return str(STATES[self.state])

    @property
    def percent(self) -> float:
        """Confidence now, in per cent."""
        return 100 * self.now

    @property
    def key(self) -> str:
        """Its id, as ids of pictures need it."""
        return str(self.assumption.pk)

    @property
    def more(self) -> int:
        """How many of what it carries a list does not name."""
        return max(0, len(self.carries) - CARRIES_NAMED)

    @property
    def is_doubtful(self) -> bool:
        """Whether what it carries stands on doubtful ground."""
        return self.state != "holds"

    @property
    def status(self) -> str:
        """The colour of its last point: of a shape, never alone."""
        return {"holds": "on_track", "doubtful": "watch", "falsified": "off_track"}[self.state]


def _belief(row: Assumption, today: date) -> Belief:
    months = months_between(row.validated_on, today)
    return Belief(row.pk, float(row.confidence), months, (row.pk,), float(row.half_life), row.falsified_on is not None)


def doubtful_ids(rows: Iterable[Assumption], today: date) -> set[int]:
    """Which of these assumptions are under 0.4 or found to be wrong on the day."""
    return set(flagged([_belief(row, today) for row in rows]))


def months_back(today: date, count: int = MONTHS_SHOWN) -> list[date]:
    """A day a month, the oldest first, the last one today."""
    return [today - timedelta(days=round(DAYS_IN_A_MONTH * back)) for back in range(count, -1, -1)]


def findings(checks: Iterable[AssumptionCheck]) -> list[tuple[date, float | None]]:
    """Checks as the rules read them, in the order of the days they tell of."""
    ordered = sorted(checks, key=lambda one: (one.on, one.pk))
    return [(one.on, None if one.confidence is None else float(one.confidence)) for one in ordered]


def standings(viewer: Actor, rows: QuerySet[Assumption], at: At) -> list[Standing]:
    """Assumptions as they stand today; three queries for any number of them."""
    found = list(rows.select_related("unit", "owner"))
    checks: dict[int, list[AssumptionCheck]] = defaultdict(list)
    for check in AssumptionCheck.objects.filter(assumption__in=found).select_related("person").order_by("pk"):
        checks[check.assumption_id].append(check)
    carries = carried_by(viewer, found)
    doubtful = doubtful_ids(found, at.today)
    return [_standing(row, checks[row.pk], carries.get(row.pk, ()), row.pk in doubtful, at) for row in found]


def _standing(
    row: Assumption, checks: Sequence[AssumptionCheck], carries: Sequence[Carried], is_doubtful: bool, at: At
) -> Standing:
    first, half_life = float(row.confidence), float(row.half_life)
    state = "falsified" if row.falsified_on else "doubtful" if is_doubtful else "holds"
    now = course([(row.validated_on, first)], [max(at.today, row.validated_on)], half_life)[0] or 0.0
    doubt = doubtful_on(row.validated_on, first, half_life)
    return Standing(
        assumption=row,
        now=now,
        state=state,
        doubtful_on=doubt,
        course=course(findings(checks), months_back(at.today), half_life),
        carries=tuple(carries),
        checks=tuple(reversed(checks)),
        is_overdue=state != "falsified" and row.review_on < at.today,
        is_due=state != "falsified" and min(row.review_on, doubt) <= at.today,
    )


def carried_by(viewer: Actor, rows: Sequence[Assumption]) -> Mapping[int, Sequence[Carried]]:
    """Assumption → what it carries and the viewer may see; one query."""
    seen = scoped(viewer, "view", Carries.objects.filter(assumption__in=rows))
    found: dict[int, list[Carried]] = defaultdict(list)
    for one in seen.select_related("subject", "link__source", "link__target").order_by("pk"):
        found[one.assumption_id].append(_carried(one))
    return found


def _carried(one: Carries) -> Carried:
    if one.subject is not None:
        return Carried(one.pk, one.subject.label, KINDS.get(one.subject.kind, ""), url_of(one.subject))
    link: ObjectiveLink = one.link  # type: ignore[assignment]
    return Carried(one.pk, link_words(link), KINDS["link"], reverse("planning:trial", args=[link.strategy_id]))


def link_words(link: ObjectiveLink) -> str:
    """Waits raises Harm-free."""
    return f"{link.source.short} {link.get_sign_display()} {link.target.short}"


# ----------------------------------------------------------------------------------------------------- the register
def register(viewer: Actor, at: At, wanted: Mapping[str, Any]) -> list[Standing]:
    """The register by its filters: `q`, `unit` (with all below it), `mine`, `state` (see FILTERS); least sure first."""
    rows = scoped(viewer, "view", Assumption.objects.all())
    if text := str(wanted.get("q") or "").strip():
        rows = rows.filter(Q(statement__icontains=text) | Q(because__icontains=text))
    if (unit := wanted.get("unit")) is not None:
        rows = rows.filter(unit__in=branch_ids(unit.pk, at.today))
    if wanted.get("mine"):
        rows = rows.filter(owner=viewer.person_id or 0)
    found = standings(viewer, rows, at)
    state = wanted.get("state") or ""
    kept = [one for one in found if state in ("", one.state) or (state == "due" and one.is_due)]
    order = {"falsified": 0, "doubtful": 1, "holds": 2}
    return sorted(kept, key=lambda one: (order[one.state], one.now, one.assumption.pk))


def register_page(viewer: Actor, at: At, wanted: Mapping[str, Any], number: str) -> Page[Standing]:
    """The register, 50 a page."""
    return Paginator(register(viewer, at, wanted), PAGE_SIZE).get_page(number)


def standing_of(viewer: Actor, assumption: Assumption, at: At) -> Standing:
    """One assumption that was loaded through its policy."""
    return standings(viewer, Assumption.objects.filter(pk=assumption.pk), at)[0]


def to_look_at(viewer: Actor, at: At) -> list[tuple[Assumption, date]]:
    """What the viewer owns and should look at again, and since when: its review date, or when it became doubtful."""
    mine = scoped(viewer, "validate", Assumption.objects.filter(owner=viewer.person_id or 0, falsified_on=None))
    found = [
        (row, min(row.review_on, doubtful_on(row.validated_on, float(row.confidence), float(row.half_life))))
        for row in mine.order_by("pk")
    ]
    return [(row, day) for row, day in found if day <= at.today]


# ------------------------------------------------------------------------------------------- what stands on doubt
@dataclass(frozen=True)
class Doubt:
    """A doubtful assumption under something: what is believed, in which state, and the link it carries, if it is one."""

    assumption: Assumption
    state: str
    link: ObjectiveLink | None = None

    @property
    def word(self) -> str:
        """The state in words."""
        return str(STATES[self.state])

    @property
    def of_link(self) -> str:
        """The link in words."""
        return link_words(self.link) if self.link else ""


def _doubts(viewer: Actor, at: At, wanted: Q) -> list[tuple[Carries, Doubt]]:
    """What rests on doubtful assumptions among those carried; one query."""
    seen = scoped(viewer, "view", Carries.objects.filter(wanted))
    seen = seen.filter(assumption__in=scoped(viewer, "view", Assumption.objects.all()).order_by().values("pk"))
    rows = list(seen.select_related("assumption", "subject", "link__source", "link__target").order_by("pk"))
    doubtful = doubtful_ids((one.assumption for one in rows), at.today)
    return [
        (
            one,
            Doubt(one.assumption, "falsified" if one.assumption.falsified_on else "doubtful", one.link),
        )
        for one in rows
        if one.assumption_id in doubtful
    ]


def doubts_of_objectives(viewer: Actor, objectives: Sequence[Objective], at: At) -> Mapping[int, list[Doubt]]:
    """Objective → doubtful assumptions it rests on; one query for a whole list."""
    subjects = {one.subject_id: one.pk for one in objectives}
    found: dict[int, list[Doubt]] = defaultdict(list)
    for row, doubt in _doubts(viewer, at, Q(subject__in=subjects)):
        found[subjects[row.subject_id or 0]].append(doubt)
    return found


def doubts_of_links(viewer: Actor, links: Sequence[ObjectiveLink], at: At) -> Mapping[int, list[Doubt]]:
    """Link → doubtful assumptions it rests on; one query for a whole list."""
    found: dict[int, list[Doubt]] = defaultdict(list)
    for row, doubt in _doubts(viewer, at, Q(link__in=[one.pk for one in links])):
        found[row.link_id or 0].append(doubt)
    return found


def doubts_at(viewer: Actor, objective: Objective, at: At) -> list[Doubt]:
    """Doubtful assumptions under an objective and under the links that begin or end there."""
    ends = Q(link__source=objective) | Q(link__target=objective)
    wanted = Q(subject=objective.subject_id) | (ends & ~Q(link__state=NodeState.RETIRED))
    return [doubt for _row, doubt in _doubts(viewer, at, wanted)]


def ground_of(viewer: Actor, strategy: Strategy, at: At) -> list[Standing]:
    """Assumptions that carry the strategy, an objective, a theme or a link of it, the doubtful ones first."""
    subjects = Q(subject=strategy.subject_id)
    for nodes in (strategy.objectives, strategy.themes):
        subjects |= Q(subject__in=nodes.exclude(state=NodeState.RETIRED).order_by().values("subject_id"))
    carries = Carries.objects.filter(
        subjects | Q(link__in=strategy.links.exclude(state=NodeState.RETIRED).order_by().values("pk"))
    )
    rows = scoped(viewer, "view", Assumption.objects.filter(pk__in=carries.order_by().values("assumption")))
    found = standings(viewer, rows, at)
    return sorted(found, key=lambda one: (not one.is_doubtful, one.now, one.assumption.pk))
