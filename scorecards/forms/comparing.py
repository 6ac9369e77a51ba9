"""Choosing a measure by its code or name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Actor
from scorecards.models import Measure
from scorecards.queries.lists import named_measures


class CompareForm(forms.Form):
    """Another measure for a comparison."""

    add = forms.CharField(
        label=gettext_lazy("Another measure"),
        max_length=300,
        help_text=gettext_lazy("Its code, or a part of its name."),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_add(self) -> Measure:
        text = self.cleaned_data["add"]
        found = named_measures(self.viewer, text)
        if not found:
            raise forms.ValidationError(_("No measure has the code or name “%(text)s”.") % {"text": text})
        if len(found) > 1:
            names = ", ".join(f"{one.code} {one.name}" for one in found[:5])
            raise forms.ValidationError(
                _("Several measures are called so. Give the code of one: %(names)s.") % {"names": names}
            )
        return found[0]
