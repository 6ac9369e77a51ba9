"""The nouns an organisation may rename, and what it calls them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.models import Term

NOUNS: dict[str, tuple[Promise, Promise]] = {
    "strategy": (_("strategy"), _("strategies")),
    "perspective": (_("perspective"), _("perspectives")),
    "theme": (_("theme"), _("themes")),
    "objective": (_("objective"), _("objectives")),
    "measure": (_("measure"), _("measures")),
    "target": (_("target"), _("targets")),
    "initiative": (_("initiative"), _("initiatives")),
    "milestone": (_("milestone"), _("milestones")),
    "benefit": (_("benefit"), _("benefits")),
    "review": (_("strategy review"), _("strategy reviews")),
    "action": (_("action item"), _("action items")),
    "unit": (_("unit"), _("units")),
    "plan": (_("unit plan"), _("unit plans")),
    "goal": (_("goal"), _("goals")),
    "practice": (_("best practice"), _("best practices")),
}
"""Key → the portal's own words for one and many, as they stand in a sentence."""


@dataclass(frozen=True)
class Noun:
    """What a noun is called: one, and many."""

    one: str
    many: str


def nouns() -> dict[str, Noun]:
    """Every noun by key, in the organisation's words where it has its own. One query."""
    own = {key: Noun(one, many) for key, one, many in Term.objects.values_list("key", "singular", "plural")}
    return {key: own.get(key, Noun(str(one), str(many))) for key, (one, many) in NOUNS.items()}
