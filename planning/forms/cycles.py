"""Input of planning cycles and their steps: parsed here, judged by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, PersonField, PlainForm, UnitField, VersionedForm
from organization.models import OrgUnit
from organization.queries import people_named
from planning.models import CycleStep, PlanningCycle
from strategy.models import Strategy

USUAL, EMPTY = "usual", "empty"


def _text(label: Any, *, rows: int = 2, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, required=False, **options
    )


class CycleForm(VersionedForm):
    """The name, the days, who runs it and which strategy it prepares."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For example: Strategy 2028 to 2030."))
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    owner = PersonField(label=_("Who runs it"), required=False, help_text=_("Name, e-mail or staff number."))
    strategy = forms.ChoiceField(
        label=_("Strategy"), required=False, help_text=_("The one it prepares or adapts. Adopting it ends the step for it.")
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, strategies: Sequence[Strategy] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]
        self.strategies = {str(row.pk): row for row in strategies}
        names = [(key, row.name) for key, row in self.strategies.items()]
        self.fields["strategy"].choices = [("", _("Not tied to one yet")), *names]  # type: ignore[attr-defined]

    def clean_strategy(self) -> Strategy | None:
        """The strategy itself."""
        return self.strategies.get(self.cleaned_data["strategy"])


class NewCycleForm(CycleForm):
    """A cycle to open for a unit, and the steps it begins with."""

    unit = UnitField(label=_("Unit"))
    steps = forms.ChoiceField(label=_("Begin with"))
    field_order = ("unit", "name", "starts_on", "ends_on", "owner", "steps")

    def __init__(
        self, *args: Any, lines: Sequence[tuple[OrgUnit, int]], earlier: Sequence[PlanningCycle], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["strategy"]
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]
        self.earlier = {str(row.pk): row for row in earlier}
        copies = [(key, _("The steps of “%(cycle)s”") % {"cycle": row.name}) for key, row in self.earlier.items()]
        self.fields["steps"].choices = [(USUAL, _("The usual steps")), *copies, (EMPTY, _("No steps"))]  # type: ignore[attr-defined]


class StepForm(VersionedForm):
    """One step."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CycleStep.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    owner = PersonField(label=_("Who holds it"), required=False, help_text=_("Is told, and reminded while it is open."))
    inputs = _text(
        _("What it needs"), help_text=_("What has to be there first, for example what an earlier step hands on.")
    )
    outputs = _text(_("What it hands on"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]


class FinishForm(VersionedForm):
    """When it was done, and what came of it."""

    on = DayField(label=_("Done on"))
    note = _text(_("What came of it"), rows=3)


class SkipForm(VersionedForm):
    """Why it is left out."""

    reason = forms.CharField(label=_("Why it is left out"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class ReopenForm(PlainForm):
    """Why it goes on."""

    reason = forms.CharField(label=_("Why it goes on"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
