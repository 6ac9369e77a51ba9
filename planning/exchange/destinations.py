"""Where a plan from a file goes: unit, name, days and owner, as options of the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import require, scoped
from core.actions import Refusal
from core.mapping import Field
from organization.actors import Actor
from organization.models import OrgUnit, Person
from organization.queries.people import people_named
from planning.actions.starting import Owners

DESTINATION = (
    Field(
        "unit", label=gettext_lazy("Unit"), help=gettext_lazy("code of the unit whose strategy this is"), required=True
    ),
    Field(
        "name", label=gettext_lazy("Name"), help=gettext_lazy("of the strategy; the file's if left out"), max_length=200
    ),
    Field("starts_on", "date", gettext_lazy("Starts on"), help=gettext_lazy("first day; the file's if left out")),
    Field("ends_on", "date", gettext_lazy("Ends on"), help=gettext_lazy("last day; the file's if left out")),
    Field(
        "owner",
        label=gettext_lazy("Owner"),
        help=gettext_lazy("e-mail of who answers for the strategy"),
        max_length=254,
    ),
    Field("file", label=gettext_lazy("File"), help=gettext_lazy("name under which the plan is kept"), max_length=255),
)


@dataclass(frozen=True)
class Destination:
    """The unit and what the person has said of the strategy; `name` may be empty."""

    unit: OrgUnit
    name: str
    starts_on: date
    ends_on: date
    owners: Owners


def destination(
    actor: Actor,
    options: Mapping[str, Any],
    days: tuple[date | None, date | None] = (None, None),
    *,
    is_named: bool = False,
) -> Destination:
    """What the options say, with the file's days where they say none. Refusal in a sentence.

    `is_named`: the file has no name for the strategy, so the options must.
    """
    unit = scoped(actor, "view", OrgUnit.objects.filter(code=options["unit"])).first()
    if unit is None:
        raise Refusal(_("No unit has the code “%(code)s”.") % {"code": options["unit"]}, field="unit")
    require(actor, "add_strategy", unit)
    first, last = options.get("starts_on") or days[0], options.get("ends_on") or days[1]
    if first is None or last is None:
        missing = _("first day (starts_on)") if first is None else _("last day (ends_on)")
        raise Refusal(
            _("The file does not say the strategy's %(missing)s. Say it among the options.") % {"missing": missing}
        )
    if is_named and not options.get("name"):
        raise Refusal(_("Say the strategy's name among the options (name)."), field="name")
    owner = person_by(actor, options["owner"]) if options.get("owner") else None
    return Destination(unit, options.get("name") or "", first, last, Owners(owner))


def person_by(actor: Actor, text: str) -> Person:
    """The one person whom an e-mail or a name means."""
    found = people_named(actor, text)
    if len(found) != 1:
        sentence = _("Several people fit “%(text)s”.") if found else _("Nobody here fits “%(text)s”.")
        raise Refusal(sentence % {"text": text}, field="owner")
    return found[0]
