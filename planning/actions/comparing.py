"""The comparison of two versions as a PDF: ordered by a person, made by a worker with that person's rights."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.access import Actor, require
from core.actions import Refusal, one_snapshot
from core.documents import render_pdf
from jobs.actions import advance, enqueue, keep_file
from jobs.models import Job
from organization.queries import organization
from planning.queries.comparing import Comparison, Side, comparison, sides
from strategy.models import Strategy
from strategy.rules.content import content_hash

STEPS = 3


def order_comparison(actor: Actor, *, strategy: Strategy, left: str, right: str, today: date) -> Job:
    """Ask for the PDF. Asking again while it is being made gives the same job."""
    require(actor, "view", strategy)
    one, other = _pair(actor, strategy, left, right, today)
    return enqueue(
        actor,
        "planning.print_comparison",
        title=_("%(strategy)s: %(left)s and %(right)s compared")
        % {"strategy": strategy, "left": one.label, "right": other.label},
        arguments={"strategy": strategy.pk, "left": left, "right": right},
        subject=strategy.subject,
        unit=strategy.unit,
        key=f"comparison:{strategy.pk}:{left}:{right}:{actor.person_id}:{actor.on_behalf_of_id or ''}",
        queue="heavy",
    )


def print_comparison(actor: Actor, *, job: Job, now: datetime, today: date) -> dict[str, Any]:
    """Read both versions in one moment, set the pages, keep the file; the result names it."""
    strategy = Strategy.objects.select_related("unit", "subject").get(pk=job.arguments["strategy"])
    require(actor, "view", strategy)
    advance(job, 1, STEPS, _("Reading both versions"))
    with one_snapshot():
        pair = _pair(actor, strategy, job.arguments["left"], job.arguments["right"], today)
        found = comparison(actor, strategy, *pair)
    advance(job, 2, STEPS, _("Setting the pages"))
    html = draw(found, today)
    digest = content_hash({"html": html})
    title = _("%(strategy)s, versions compared") % {"strategy": strategy}
    pdf = render_pdf(html, title=title, identifier=digest, as_of=now)
    advance(job, 3, STEPS, _("Keeping the file"))
    file = keep_file(
        job,
        content=pdf,
        name=f"{title}.pdf",
        media_type="application/pdf",
        subject=strategy.subject,
        as_of=now,
        content_hash=digest,
        reader_key=actor.reader_key,
    )
    return {"file": file.pk, "content_hash": digest}


def draw(found: Comparison, today: date) -> str:
    """The pages as HTML; the same comparison gives the same text."""
    named = organization()
    context = {"comparison": found, "today": today, "organization_name": named.name if named else ""}
    return render_to_string("planning/print/comparison.html", context)


def _pair(actor: Actor, strategy: Strategy, left: str, right: str, today: date) -> tuple[Side, Side]:
    """The two sides by key."""
    by_key = {side.key: side for side in sides(actor, strategy, today)}
    if left not in by_key or right not in by_key:
        raise Refusal(_("Choose two versions of this strategy from the list."), code="version")
    if left == right:
        raise Refusal(_("Choose two different versions; one and the same does not differ."), code="version")
    return by_key[left], by_key[right]
