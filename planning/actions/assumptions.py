"""Keeping the register of assumptions: stated, validated, found to be wrong, and what rests on each (METHOD §3a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, NotVisible, require
from core.actions import Refusal, assign, check_version
from core.formats import date_long
from notifications.actions import announce
from organization import subjects
from organization.actions.batches import locked
from organization.models import OrgUnit, Person, Subject
from planning.models import Assumption, AssumptionCheck, Carries
from strategy.models import ObjectiveLink
from strategy.queries.attached import record_of
from strategy.structure.rows import clean_text

LONGEST_HALF_LIFE = Decimal(240)
STATEMENT, WORDS = 200, 2000
CHANGEABLE = ("statement", "because", "owner", "half_life", "review_on")


@dataclass(frozen=True)
class AssumptionRow:
    """An assumption to be stated; `confidence` is a share, 0 to 1."""

    unit: OrgUnit
    statement: str
    confidence: Decimal
    review_on: date
    because: str = ""
    owner: Person | None = None
    half_life: Decimal = Decimal(12)


@dataclass(frozen=True)
class Finding:
    """What was found on a day: the confidence it deserves, when it is to be looked at again, and in words why."""

    confidence: Decimal
    on: date
    review_on: date
    words: str = ""


def add_assumption(actor: Actor, *, row: AssumptionRow, today: date) -> Assumption:
    """State what is believed; the first confidence is its first check."""
    require(actor, "add_assumption", row.unit)
    values: dict[str, Any] = {
        **_clean({name: getattr(row, name) for name in CHANGEABLE}),
        "unit": row.unit,
        "confidence": _share(row.confidence),
        "validated_on": today,
    }
    _check_review(row.review_on, today)
    with recording(actor, "add_assumption", details={"statement": values["statement"]}):
        (made,) = subjects.create(Assumption, [values])
        AssumptionCheck.objects.create(
            assumption=made, on=today, confidence=made.confidence, words=made.because, person_id=actor.person_id
        )
    return made


def change_assumption(
    actor: Actor, *, assumption: Assumption, values: Mapping[str, Any], expected: int | None = None
) -> Assumption:
    """Other words, another owner, another pace of decay, another review date. Confidence changes by a validation."""
    require(actor, "change", assumption)
    new = _clean(values)
    with recording(actor, "change_assumption", subject_id=assumption.subject_id):
        row = locked(Assumption, assumption.pk)
        check_version(row, expected, new)
        _check_review(new.get("review_on", row.review_on), row.validated_on)
        changed = assign(row, new)
        if changed:
            row.store(changed)
            subjects.sync(Assumption, [row.pk])
    return row


def validate_assumption(
    actor: Actor, *, assumption: Assumption, found: Finding, today: date, expected: int | None = None
) -> Assumption:
    """Somebody looked at it again and gives it a new confidence, from which it decays anew."""
    return _checked(actor, assumption, found, today, expected, verb="validate_assumption", was_wrong=False)


def restore_assumption(
    actor: Actor, *, assumption: Assumption, found: Finding, today: date, expected: int | None = None
) -> Assumption:
    """What was found to be wrong is believed again, with the reason."""
    return _checked(actor, assumption, found, today, expected, verb="restore_assumption", was_wrong=True)


def _checked(
    actor: Actor,
    assumption: Assumption,
    found: Finding,
    today: date,
    expected: int | None,
    *,
    verb: str,
    was_wrong: bool,
) -> Assumption:
    require(actor, "validate", assumption)
    share = _share(found.confidence)
    words = clean_text(found.words, label=_("What was found"), most=WORDS, field="words", needed=was_wrong)
    with recording(actor, verb, subject_id=assumption.subject_id):
        row = locked(Assumption, assumption.pk)
        check_version(row, expected, {"confidence": share})
        if was_wrong != (row.falsified_on is not None):
            raise Refusal(
                _("It is believed already. Validate it instead.")
                if was_wrong
                else _("It was found to be wrong. Say why it is believed again, with “Believe it again”."),
                code="state",
            )
        _check_day(found.on, row.falsified_on or row.validated_on, today)
        _check_review(found.review_on, found.on)
        row.confidence, row.validated_on, row.review_on, row.falsified_on = share, found.on, found.review_on, None
        row.store(["confidence", "validated_on", "review_on", "falsified_on"])
        _keep(actor, row, found.on, share, words)
    return row


def falsify_assumption(
    actor: Actor, *, assumption: Assumption, words: str, on: date, today: date, expected: int | None = None
) -> Assumption:
    """It was found to be wrong: the owners of all that it carries are told."""
    require(actor, "validate", assumption)
    why = clean_text(words, label=_("What was found"), most=WORDS, field="words", needed=True)
    with recording(actor, "falsify_assumption", subject_id=assumption.subject_id, reason=why):
        row = locked(Assumption, assumption.pk)
        check_version(row, expected, {"words": why})
        if row.falsified_on is not None:
            day = date_long(row.falsified_on)
            raise Refusal(_("It was found to be wrong on %(day)s already.") % {"day": day}, code="state")
        _check_day(on, row.validated_on, today)
        row.falsified_on = on
        row.store(["falsified_on"])
        _keep(actor, row, on, None, why)
        text = _("“%(assumption)s” was found to be wrong. What you answer for rests on it.") % {"assumption": row}
        announce(actor, kind="assumption_falsified", subject=row.subject, to=_bearers(actor, row), text=text)
    return row


def _keep(actor: Actor, row: Assumption, on: date, confidence: Decimal | None, words: str) -> None:
    AssumptionCheck.objects.create(assumption=row, on=on, confidence=confidence, words=words, person_id=actor.person_id)


def _bearers(actor: Actor, row: Assumption) -> list[Person]:
    """Who answers for what it carries; for a link, for the objective it should move and the one that moves it."""
    rests = row.carries.select_related("subject__owner", "link__source__owner", "link__target__owner")
    owners: dict[int, Person] = {}
    for one in rests:
        found = [one.subject.owner] if one.subject else []
        found += [one.link.source.owner, one.link.target.owner] if one.link else []
        owners |= {owner.pk: owner for owner in found if owner is not None}
    owners.pop(actor.person_id or 0, None)
    return list(owners.values())


# --------------------------------------------------------------------------------------------------- what it carries
def carry(
    actor: Actor, *, assumption: Assumption, subjects: Sequence[Subject] = (), links: Sequence[ObjectiveLink] = ()
) -> int:
    """Say what rests on it, all or nothing; how many rests are new. What is not for the actor is refused as absent."""
    require(actor, "change", assumption)
    for subject in subjects:
        record_of(actor, subject)
    for link in links:
        require(actor, "view", link)
    if not subjects and not links:
        raise Refusal(_("Choose what rests on it."), field="chosen")
    if assumption.subject_id in {subject.pk for subject in subjects}:
        raise Refusal(_("An assumption does not rest on itself."), field="chosen")
    with recording(actor, "carry", subject_id=assumption.subject_id):
        row = locked(Assumption, assumption.pk)
        _check_new(row, subjects, links)
        made = [Carries(assumption=row, subject=subject) for subject in subjects]
        made += [Carries(assumption=row, link=link) for link in links]
        return len(Carries.objects.bulk_create(made))


def _check_new(row: Assumption, subjects: Sequence[Subject], links: Sequence[ObjectiveLink]) -> None:
    rests = row.carries.select_related("subject", "link__source", "link__target")
    names = sorted(str(one.subject or one.link) for one in rests.filter(Q(subject__in=subjects) | Q(link__in=links)))
    if names:
        raise Refusal(_("It carries %(name)s already.") % {"name": names[0]}, code="twice", field="chosen")


def stop_carrying(actor: Actor, *, carries: Carries) -> None:
    """It rests on it no longer."""
    require(actor, "change", carries.assumption)
    require(actor, "view", carries)
    with recording(actor, "stop_carrying", subject_id=carries.assumption.subject_id):
        if not Carries.objects.filter(pk=carries.pk).delete()[0]:
            raise NotVisible


# -------------------------------------------------------------------------------------------------------- what fits
def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they may be stored; a name that cannot be changed is a mistake of the caller."""
    unknown = set(values) - set(CHANGEABLE)
    if unknown:
        raise ValueError(f"not of an assumption: {sorted(unknown)}")
    new = dict(values)
    if "statement" in new:
        text = clean_text(new["statement"], label=_("What we believe"), most=STATEMENT, field="statement", needed=True)
        new["statement"] = " ".join(text.split())
    if "because" in new:
        new["because"] = clean_text(new["because"], label=_("Why we believe it"), most=WORDS, field="because")
    if "half_life" in new and not (new["half_life"] is not None and 1 <= new["half_life"] <= LONGEST_HALF_LIFE):
        raise Refusal(
            _("A half-life is 1 to %(most)d months: after so long half of the confidence is left.")
            % {"most": LONGEST_HALF_LIFE},
            field="half_life",
        )
    return new


def _share(confidence: Decimal | None) -> Decimal:
    if confidence is None or not 0 <= confidence <= 1:
        raise Refusal(_("Confidence is 0 to 100 %. Write how sure you are."), field="confidence")
    return round(confidence, 3)


def _check_day(on: date, since: date, today: date) -> None:
    if on > today:
        raise Refusal(_("Nobody has looked at it on a day to come. Write today or an earlier day."), field="on")
    if on < since:
        words = {"day": date_long(since)}
        raise Refusal(_("It was looked at on %(day)s. Write that day or a later one.") % words, field="on")


def _check_review(review_on: date | None, since: date) -> None:
    if review_on is None or review_on <= since:
        words = {"day": date_long(since)}
        raise Refusal(_("It is looked at again after %(day)s. Write a later day.") % words, field="review_on")
