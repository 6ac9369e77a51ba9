"""Taking nodes and links off the map. Nothing is deleted: history keeps pointing at them (DATAMODEL B14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor
from core.actions import Refusal
from organization import subjects
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState
from strategy.structure.changing import held_rows
from strategy.structure.rows import hold


def retire_objectives(
    actor: Actor, *, strategy: Strategy, objectives: Sequence[Objective], reason: str = ""
) -> list[Objective]:
    """Take objectives off the map, and the links at them with them. Their codes are never used again."""
    with transaction.atomic():
        held = hold(actor, strategy)
        rows = held_rows(Objective, held, [one.pk for one in objectives])
        details = {"count": len(rows)}
        with recording(actor, "retire_objectives", subject_id=held.subject_id, reason=reason, details=details):
            links = ObjectiveLink.objects.filter(Q(source__in=rows) | Q(target__in=rows), strategy=held)
            _retire_links(links.exclude(state=NodeState.RETIRED).values_list("pk", flat=True))
            Objective.objects.filter(pk__in=rows).update(
                state=NodeState.RETIRED, retired_at=Now(), row_version=F("row_version") + 1
            )
            subjects.sync(Objective, rows)
        return list(Objective.objects.filter(pk__in=rows))


def retire_links(
    actor: Actor, *, strategy: Strategy, links: Sequence[ObjectiveLink], reason: str = ""
) -> list[ObjectiveLink]:
    """Stop believing these links."""
    with transaction.atomic():
        held = hold(actor, strategy)
        rows = held_rows(ObjectiveLink, held, [one.pk for one in links])
        details = {"count": len(rows)}
        with recording(actor, "retire_links", subject_id=held.subject_id, reason=reason, details=details):
            _retire_links(rows)
        return list(ObjectiveLink.objects.filter(pk__in=rows))


def _retire_links(pks: Iterable[int]) -> None:
    ObjectiveLink.objects.filter(pk__in=pks).update(state=NodeState.RETIRED, row_version=F("row_version") + 1)


def retire_perspectives(
    actor: Actor, *, strategy: Strategy, perspectives: Sequence[Perspective], reason: str = ""
) -> list[Perspective]:
    """Take away layers that hold no objective any more."""
    with transaction.atomic():
        held = hold(actor, strategy)
        rows = held_rows(Perspective, held, [one.pk for one in perspectives])
        full = Objective.objects.filter(perspective__in=rows).exclude(state=NodeState.RETIRED).first()
        if full is not None:
            words = {"perspective": rows[full.perspective_id], "objective": full}
            raise Refusal(
                _("%(perspective)s still holds “%(objective)s”. Move or retire its objectives first.") % words
            )
        details = {"count": len(rows)}
        with recording(actor, "retire_perspectives", subject_id=held.subject_id, reason=reason, details=details):
            Perspective.objects.filter(pk__in=rows).update(state=NodeState.RETIRED, row_version=F("row_version") + 1)
        return list(Perspective.objects.filter(pk__in=rows))


def retire_themes(actor: Actor, *, strategy: Strategy, themes: Sequence[Theme], reason: str = "") -> list[Theme]:
    """Take away themes; objectives under them stay where they are, without that theme."""
    with transaction.atomic():
        held = hold(actor, strategy)
        rows = held_rows(Theme, held, [one.pk for one in themes])
        details = {"count": len(rows)}
        with recording(actor, "retire_themes", subject_id=held.subject_id, reason=reason, details=details):
            under = Objective.themes.through._default_manager.filter(theme_id__in=rows)
            Objective.objects.filter(pk__in=under.values("objective_id")).update(row_version=F("row_version") + 1)
            under.delete()
            Theme.objects.filter(pk__in=rows).update(state=NodeState.RETIRED, row_version=F("row_version") + 1)
        return list(Theme.objects.filter(pk__in=rows))
