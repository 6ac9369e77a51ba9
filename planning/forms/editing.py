"""Input of the nodes of a map: parsed here, judged by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, PersonField, PlainForm, VersionedForm, WholeField
from organization.queries import people_named
from planning.queries.editing import WAYS
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.models.structure import NodeState


def _standing(rows: Any) -> Any:
    return rows.exclude(state=NodeState.RETIRED)


class NodeForm(VersionedForm):
    """A node of a map; an adopted strategy asks why it is changed."""

    def __init__(self, *args: Any, actor: Actor, strategy: Strategy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strategy = strategy
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.find = lambda text: people_named(actor, text)
        self.offer()
        if strategy.state == Strategy.State.ACTIVE:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the amendment"), max_length=500, help_text=_("It stands in the strategy's history.")
            )

    def offer(self) -> None:
        """Fill the choices from the strategy."""

    def clean(self) -> dict[str, Any]:
        """Rows of the strategy as a list, as they are compared and shown."""
        data = super().clean() or self.cleaned_data
        return {name: list(value) if isinstance(value, QuerySet) else value for name, value in data.items()}


class WordsForm(NodeForm):
    """The strategy's own words."""

    name = forms.CharField(label=_("Name"), max_length=200)
    mission = forms.CharField(
        label=_("Mission"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Why we exist.")
    )
    vision = forms.CharField(
        label=_("Vision"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Where we will be.")
    )
    vision_by = DayField(label=_("Vision by"), required=False)
    core_values = forms.CharField(
        label=_("Core values"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line.")
    )

    def clean_core_values(self) -> list[str]:
        """A value a line."""
        return [line.strip() for line in self.cleaned_data["core_values"].splitlines() if line.strip()]


class PerspectiveForm(NodeForm):
    """A layer of the map."""

    name = forms.CharField(label=_("Name"), max_length=200)
    question = forms.CharField(label=_("The question it answers"), max_length=300, required=False)


class ThemeForm(NodeForm):
    """A slice of the map."""

    name = forms.CharField(label=_("Name"), max_length=300)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    owner = PersonField(label=_("Owner"), required=False)


class ObjectiveForm(NodeForm):
    """An objective and where it stands."""

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short and never used twice, for example C3."))
    name = forms.CharField(label=_("Name"), max_length=400, help_text=_("A verb and a noun: what must be achieved."))
    short_name = forms.CharField(label=_("Short name"), max_length=60, required=False)
    perspective = forms.ModelChoiceField(label=_("Perspective"), queryset=Perspective.objects.none(), empty_label=None)
    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("On the map it stands under the first of them."),
    )
    owner = PersonField(label=_("Owner"), required=False, help_text=_("Answers for it. Name, e-mail or staff number."))
    description = forms.CharField(label=_("What it means"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    starts_on = DayField(label=_("Starts on"), required=False)
    ends_on = DayField(label=_("Ends on"), required=False)

    def offer(self) -> None:
        """Layers and themes of the strategy."""
        self.fields["perspective"].queryset = _standing(self.strategy.perspectives).order_by("order", "pk")  # type: ignore[attr-defined]
        self.fields["themes"].queryset = _standing(self.strategy.themes).order_by("order", "pk")  # type: ignore[attr-defined]


class ObjectiveChoice(forms.ModelChoiceField):
    """An objective of the strategy by code and name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}"


class LinkForm(NodeForm):
    """What is believed of two objectives."""

    sign = forms.TypedChoiceField(
        label=_("What it does"), choices=ObjectiveLink.Sign.choices, coerce=int, initial=ObjectiveLink.Sign.RAISES
    )
    lag_min = WholeField(label=_("Shortest lag, months"), initial=0)
    lag_max = WholeField(label=_("Longest lag, months"), initial=6)
    rationale = forms.CharField(
        label=_("Because"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why you believe it. It is tested against figures."),
    )  # fmt: skip
    is_necessary = forms.BooleanField(label=_("Necessary: without the one, the other is not reached"), required=False)


class NewLinkForm(LinkForm):
    """A link to add, with its two ends."""

    source = ObjectiveChoice(label=_("This objective"), queryset=Objective.objects.none())
    target = ObjectiveChoice(label=_("moves this one"), queryset=Objective.objects.none())
    field_order = ("source", "sign", "target", "lag_min", "lag_max", "rationale", "is_necessary")

    def offer(self) -> None:
        """Objectives of the strategy."""
        rows = _standing(self.strategy.objectives).order_by("perspective__order", "order", "pk")
        self.fields["source"].queryset = rows  # type: ignore[attr-defined]
        self.fields["target"].queryset = rows  # type: ignore[attr-defined]


class RetireNodeForm(NodeForm):
    """Taking a node off the map."""


class ReasonForm(PlainForm):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AdoptForm(PlainForm):
    """From when a strategy is in force."""

    effective_from = DayField(label=_("In force from"), help_text=_("Today or an earlier day of the strategy."))
    reason = forms.CharField(
        label=_("Decided by, or why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MoveForm(forms.Form):
    """Where a card goes: one step a way, or into a band and a lane. Sent by buttons, keys and the pointer alike."""

    objective = forms.IntegerField()
    expected = forms.IntegerField(required=False)
    way = forms.ChoiceField(choices=[(way, way) for way in WAYS], required=False)
    perspective = forms.IntegerField(required=False)
    theme = forms.IntegerField(required=False)
    before = forms.IntegerField(required=False)
    reason = forms.CharField(max_length=500, required=False)


class JoinForm(forms.Form):
    """Two cards to join by a link."""

    source = forms.IntegerField()
    target = forms.IntegerField()
    reason = forms.CharField(max_length=500, required=False)
