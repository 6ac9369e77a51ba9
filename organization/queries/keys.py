"""Links and tokens as their holders and owners may ask for them."""

from __future__ import annotations

from datetime import datetime

from organization.models import AccessLink, ApiToken

INVITATION = "invitation"


def invitation(digest: str, now: datetime) -> AccessLink | None:
    """The invitation behind a link, if it still opens something."""
    return (
        AccessLink.objects.select_related("person")
        .filter(
            purpose=INVITATION,
            digest=digest,
            revoked_at=None,
            expires_at__gt=now,
            uses_left__gt=0,
            person__is_active=True,
        )
        .first()
    )


def tokens_of(person_id: int, now: datetime) -> list[ApiToken]:
    """A person's tokens that still work, newest first."""
    rows = ApiToken.objects.filter(person_id=person_id, revoked_at=None, expires_at__gt=now)
    return list(rows.prefetch_related("units").order_by("-pk"))


def links_of(person_id: int, now: datetime) -> list[AccessLink]:
    """Links given to a person that still work, newest first."""
    rows = AccessLink.objects.filter(person_id=person_id, revoked_at=None, expires_at__gt=now).exclude(uses_left=0)
    return list(rows.select_related("subject").order_by("-pk"))
