"""Questions about what people were told, and how they want to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from core.access import Actor, scoped
from core.announcements import kinds
from core.obligations import Obligation, obligations
from core.obligations import kinds as obligation_kinds
from core.periods import At
from notifications.models import Digest, Notification, Preference

DIGEST = "digest"
"""The kind under which a person's wish for the daily mail itself is kept."""
LONGEST_BACK = timedelta(days=7)


def unread_count(viewer: Actor) -> int:
    """How many lines of the viewer's own list are still unread."""
    return scoped(viewer, "view", Notification.objects.filter(read_at__isnull=True)).count()


def own_notifications(viewer: Actor) -> QuerySet[Notification]:
    """The viewer's list, newest first."""
    return scoped(viewer, "view", Notification.objects.all()).order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Wish:
    """How a person wants to hear of one kind."""

    by_mail: bool
    in_digest: bool


def wishes(person_ids: Iterable[int], kind: str) -> dict[int, Wish]:
    """Person id → wish for one kind: their own choice, else the kind's."""
    usual = kinds()[kind]
    chosen = {
        row.person_id: Wish(row.by_mail, row.in_digest)
        for row in Preference.objects.filter(person_id__in=list(person_ids), kind=kind)
    }
    return {pk: chosen.get(pk, Wish(usual.by_mail, usual.in_digest)) for pk in person_ids}


def own_wishes(viewer: Actor) -> dict[str, Wish]:
    """Kind → wish of the viewer, for every kind there is."""
    chosen = {row.kind: Wish(row.by_mail, row.in_digest) for row in scoped(viewer, "view", Preference.objects.all())}
    return {key: chosen.get(key, Wish(kind.by_mail, kind.in_digest)) for key, kind in kinds().items()}


@dataclass(frozen=True)
class DigestReport:
    """What stands in one person's daily mail."""

    owed: list[tuple[str, list[Obligation]]]
    news: list[Notification]

    @property
    def lines(self) -> int:
        return sum(len(items) for _title, items in self.owed) + len(self.news)


def digest_report(viewer: Actor, at: At, now: datetime) -> DigestReport:
    """What the viewer owes, by kind, and what is unread since the last daily mail, at most a week back."""
    owed = [item for item in obligations(viewer, at) if item.is_mailed]
    titles = obligation_kinds()
    groups = [(str(titles[kind]), [item for item in owed if item.kind == kind]) for kind in titles]
    wanted = [kind for kind, wish in own_wishes(viewer).items() if wish.in_digest]
    last = Digest.objects.filter(person_id=viewer.person_id or 0, on__lt=at.today, lines__gt=0).order_by("-on").first()
    since = max(last.sent_at, now - LONGEST_BACK) if last else now - LONGEST_BACK
    news = own_notifications(viewer).filter(read_at=None, kind__in=wanted, created_at__gt=since)
    return DigestReport([group for group in groups if group[1]], list(news))
