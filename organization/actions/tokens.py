"""Keys that are not passwords: API tokens and expiring links. Shown once, stored as a hash (TRUST Z13, Z14)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from organization.models import AccessLink, ApiToken, OrgUnit, Person, Subject

LONGEST_LIFE = timedelta(days=366)
TOKEN_MARK = "smo_"  # noqa: S105 - what a leak scanner finds a token by


def digest_of(secret: str) -> str:
    """What is stored of a secret of 256 random bits: a plain hash is enough, guessing is not possible."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue_token(
    actor: Actor, *, person: Person, name: str, expires_at: datetime, now: datetime,
    verbs: Iterable[str] = (), units: Iterable[OrgUnit] = (),
) -> tuple[ApiToken, str]:  # fmt: skip
    """A new token and its secret, which is never seen again."""
    require(actor, "add_token", person)
    if not name.strip():
        raise Refusal(_("Give the token a name, so that you know later what uses it."), field="name")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refusal(_("A token ends within a year: choose a date after today and within a year."), field="expires_at")
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    with recording(actor, "issue_token", subject_id=person.subject_id, details={"name": name}):
        token = ApiToken.objects.create(
            person=person,
            name=name.strip(),
            prefix=secret[:12],
            digest=digest_of(secret),
            verbs=sorted(verbs),
            expires_at=expires_at,
        )
        token.units.set(units)
    return token, secret


def revoke_token(actor: Actor, *, token: ApiToken, now: datetime) -> None:
    """End a token at once."""
    require(actor, "revoke", token)
    with recording(actor, "revoke_token", subject_id=token.person.subject_id, details={"name": token.name}):
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def issue_link(
    actor: Actor,
    *,
    purpose: str,
    person: Person | None,
    expires_at: datetime,
    subject: Subject | None = None,
    uses: int | None = None,
) -> tuple[AccessLink, str]:
    """A link that opens one thing by knowing it. The caller has asked whether the actor may give it away."""
    secret = secrets.token_urlsafe(32)
    with recording(actor, "issue_link", subject_id=subject.pk if subject else None, details={"purpose": purpose}):
        link = AccessLink.objects.create(
            purpose=purpose,
            person=person,
            subject=subject,
            expires_at=expires_at,
            uses_left=uses,
            digest=digest_of(secret),
        )
    return link, secret


def revoke_link(actor: Actor, *, link: AccessLink, now: datetime) -> None:
    """End a link at once."""
    require(actor, "revoke", link)
    with recording(actor, "revoke_link", subject_id=link.subject_id, details={"purpose": link.purpose}):
        AccessLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)
