"""Deputies: roles passed on for a time. Audit says for whom a deputy acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, Forbidden, require
from core.actions import Refusal
from core.formats import date_long
from organization.actions.batches import end, locked, since
from organization.models import Delegation, Person
from organization.queries import running_roles
from organization.roles import role_words

LONGEST = timedelta(days=366)


def delegate(
    actor: Actor,
    *,
    person: Person,
    deputy: Person,
    first_day: date,
    last_day: date,
    today: date,
    roles: Iterable[str] = (),
) -> Delegation:
    """Let a deputy act with a person's roles from one day to another, both included; no roles named is all of them.

    Nobody makes themselves somebody else's deputy, whatever their role: the person or another administrator does.
    """
    require(actor, "add_delegation", person)
    wanted = sorted(set(roles))
    _check_pair(actor, person, deputy)
    _check_days(first_day, last_day, today)
    held = set(running_roles(person.pk, max(first_day, today)).values_list("role", flat=True))
    _check_roles(person, wanted, held)
    with transaction.atomic():
        locked(Person, person.pk)
        days = since(first_day, last_day, closed=True)
        if Delegation.objects.filter(person=person, deputy=deputy, valid__overlap=days).exists():
            raise Refusal(
                _("%(deputy)s is %(person)s's deputy in that time already. End that first.")
                % {"deputy": deputy, "person": person},
                field="deputy",
            )
        with recording(actor, "delegate", subject_id=person.subject_id, details={"deputy": deputy.name}):
            return Delegation.objects.create(person=person, deputy=deputy, roles=wanted, valid=days)


def _check_pair(actor: Actor, person: Person, deputy: Person) -> None:
    names = {"person": person, "deputy": deputy}
    if deputy.pk == person.pk:
        raise Refusal(_("Nobody is their own deputy. Choose somebody else."), field="deputy")
    if deputy.pk == actor.person_id:
        raise Refusal(
            _("You cannot make yourself %(person)s's deputy. %(person)s or another administrator can.") % names,
            field="deputy",
        )
    for one, field in ((person, "person"), (deputy, "deputy")):
        if not one.is_active:
            raise Refusal(_("%(name)s has left.") % {"name": one}, field=field)


def _check_days(first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day:
        raise Refusal(_("The last day lies before the first."), field="last_day")
    if last_day < today:
        raise Refusal(_("The last day, %(day)s, has passed.") % {"day": date_long(last_day)}, field="last_day")
    if last_day - first_day > LONGEST:
        raise Refusal(_("A delegation lasts a year at most. Choose an earlier last day."), field="last_day")


def _check_roles(person: Person, wanted: list[str], held: set[str]) -> None:
    if not held:
        raise Refusal(_("%(name)s holds no role that could be passed on.") % {"name": person}, field="roles")
    missing = [role for role in wanted if role not in held]
    if missing:
        names = ", ".join(role_words(role) for role in missing)
        raise Refusal(_("%(name)s does not hold: %(roles)s.") % {"name": person, "roles": names}, field="roles")


def end_delegation(actor: Actor, *, delegation: Delegation, on: date) -> None:
    """End a delegation on a day; one that had not begun by then vanishes. A deputy at work stops with the next page."""
    require(actor, "change", delegation)
    with transaction.atomic():
        row = locked(Delegation, delegation.pk)
        with recording(actor, "end_delegation", subject_id=row.person.subject_id, details={"deputy": row.deputy.name}):
            end(row, on)


def start_acting(actor: Actor, *, delegation: Delegation, today: date) -> None:
    """Record that a deputy begins to act; the session carries it (organization.middleware)."""
    require(actor, "use", delegation)
    if actor.on_behalf_of_id is not None:
        raise Forbidden("use", _("You act for %(name)s now. Stop that first.") % {"name": actor.on_behalf_of_label})
    if not Delegation.objects.filter(pk=delegation.pk, valid__contains=today, person__is_active=True).exists():
        raise Refusal(_("This delegation is not valid today."))
    with recording(actor, "start_acting", subject_id=delegation.person.subject_id):
        pass


def stop_acting(actor: Actor) -> None:
    """Record that a deputy acts for themselves again."""
    principal = Person.objects.filter(pk=actor.on_behalf_of_id or 0).first()
    with recording(actor, "stop_acting", subject_id=principal.subject_id if principal else None):
        pass
