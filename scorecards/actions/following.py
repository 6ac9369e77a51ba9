"""What a measure takes from the standard definition it follows, and cannot say otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.actions import Refusal
from scorecards.models import Measure, MeasureDefinition

FOLLOWED = ("description", "formula", "source", "unit_of_measure", "is_percent", "decimals")
"""Fields of a measure that its definition writes."""


def followed(definition: MeasureDefinition) -> dict[str, Any]:
    """What a definition writes into the measures that follow it."""
    return {name: getattr(definition, name) for name in FOLLOWED}


def refuse_followed(measure: Measure, changed: Iterable[str]) -> None:
    """Refuse to change on the measure what comes from its definition."""
    taken = [name for name in FOLLOWED if name in set(changed)]
    if measure.definition is None or not taken:
        return
    names = ", ".join(str(Measure._meta.get_field(name).verbose_name) for name in taken)  # type: ignore[union-attr]
    raise Refusal(
        _(
            "This comes from the definition %(code)s %(name)s: %(fields)s. Change it there, or let the measure go its"
            " own way."
        )
        % {"code": measure.definition.code, "name": measure.definition.name, "fields": names},
        code="followed",
        field=taken[0],
    )
