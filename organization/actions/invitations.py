"""Invitations: a mail with a link by which a person sets their first password, once and within a week."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal
from core.formats import date_long
from organization.actions.batches import clean_rows, locked, require_each
from organization.actions.mails import letter, post
from organization.actions.passwords import hashed
from organization.actions.tokens import digest_of
from organization.actors import actor_of, system_actor
from organization.models import AccessLink, Person
from organization.queries import INVITATION, invitation

LASTS = timedelta(days=7)


def invite_people(actor: Actor, *, people: Sequence[Person], now: datetime) -> list[AccessLink]:
    """Mail each person a link to set a password; links mailed before end. All or none."""
    clean_rows(people, _check_invited)
    require_each(actor, "invite", Person, [person.pk for person in people])
    single = people[0].subject_id if len(people) == 1 else None
    with recording(actor, "invite_people", subject_id=single, details={"count": len(people)}):
        links, secret_keys = _issue(people, now)
        until = date_long(timezone.localdate(now + LASTS))
        post(
            letter(
                "invitation",
                person.email or "",
                {
                    "name": person.name,
                    "email": person.email,
                    "inviter": actor.label,
                    "url": _address(key),
                    "until": until,
                },
            )
            for person, key in zip(people, secret_keys, strict=True)
        )
    return links


def invitation_link(*, person: Person, now: datetime) -> str:
    """The address by which a person sets a first password, for whoever runs the server; nothing is mailed."""
    _check_invited(person)
    with recording(system_actor(), "invite_people", subject_id=person.subject_id, details={"count": 1}):
        _links, (key,) = _issue([person], now)
    return _address(key)


def _check_invited(person: Person) -> None:
    if not person.is_active:
        raise Refusal(_("%(name)s has left. Bring them back first.") % {"name": person})
    if not person.email:
        raise Refusal(_("%(name)s has no e-mail, so there is nowhere to send a link.") % {"name": person})
    if person.has_usable_password():
        raise Refusal(
            _("%(name)s has a password already. They can ask for a new one on the sign-in page.") % {"name": person}
        )


def _issue(people: Sequence[Person], now: datetime) -> tuple[list[AccessLink], list[str]]:
    AccessLink.objects.filter(person__in=people, purpose=INVITATION, revoked_at=None).update(revoked_at=now)
    keys = [secrets.token_urlsafe(32) for _person in people]
    links = AccessLink.objects.bulk_create(
        AccessLink(
            purpose=INVITATION,
            person=person,
            subject_id=person.subject_id,
            expires_at=now + LASTS,
            uses_left=1,
            digest=digest_of(key),
        )
        for person, key in zip(people, keys, strict=True)
    )
    return links, keys


def _address(key: str) -> str:
    return settings.SITE_URL + reverse("organization:invitation", args=[key])


def accept_invitation(*, digest: str, password: str, now: datetime) -> Person:
    """Set the password of the person whom the link invites, and end the link. Whoever holds the link is that person."""
    with transaction.atomic():
        found = invitation(digest, now)
        if found is None or found.person_id is None:
            raise Refusal(_("This link no longer works. Ask for another one."), code="expired")
        link = locked(AccessLink, found.pk)
        person = locked(Person, found.person_id)
        if link.uses_left == 0 or person.has_usable_password():
            raise Refusal(_("This link has been used. Sign in with the password you chose."), code="used")
        if not password:
            raise Refusal(_("Choose a password."), field="password")
        password_hash = hashed(password, person)
        with recording(actor_of(person, timezone.localdate(now)), "accept_invitation", subject_id=person.subject_id):
            person.password = password_hash
            person.store(["password"])
            link.uses_left = 0
            link.save(update_fields=["uses_left"])
    return person
