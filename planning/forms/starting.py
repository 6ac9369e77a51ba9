"""What a new strategy starts from, and what is taken from the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, PersonField, PlainForm, UnitField
from planning.rules.ready_made import Piece, templates
from strategy.models import Perspective, Strategy

MOST_BYTES = 50 * 1024 * 1024
WAYS = {
    "empty": _("Empty"),
    "template": _("Template"),
    "copy": _("Copy"),
    "stratml": "StratML",
    "workbook": _("Workbook"),
}
FROM_FILE = ("stratml", "workbook")


class StartForm(PlainForm):
    """Unit, name, horizon and owner, and by `way` what it starts from. A StratML file may say name and days itself."""

    template = forms.ChoiceField(label=_("Template"))
    source = forms.ModelChoiceField(label=_("Strategy to copy"), queryset=Strategy.objects.none())
    file = forms.FileField(label=_("File"), max_length=200)
    unit = UnitField(label=_("Unit"))
    name = forms.CharField(label=_("Name"), max_length=200)
    starts_on = DayField(label=_("Starts on"))
    ends_on = DayField(label=_("Ends on"))
    owner = PersonField(label=_("Owner"), required=False)

    NEEDS = {"template": "template", "copy": "source", "stratml": "file", "workbook": "file"}

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        for name in {"template", "source", "file"} - {self.NEEDS.get(way, "")}:
            del self.fields[name]
        if way == "template":
            self.fields["template"].choices = [(one.key, one.name) for one in templates()]  # type: ignore[attr-defined]
        if way == "stratml":
            for name in ("name", "starts_on", "ends_on"):
                self.fields[name].required = False
                self.fields[name].help_text = _("Left empty, it is what the file says.")
        if way in FROM_FILE:
            forms_read = _("A StratML file (.xml), at most 50 MB.") if way == "stratml" else _("Excel (.xlsx) or CSV.")
            self.fields["file"].help_text = forms_read

    def clean_file(self) -> Any:
        """Not too large; what it is, its content says."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB; no plan is so large. Nothing was saved."))
        return given

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The strategy ends before it starts. Swap the days or correct one."))
        return data

    def options(self) -> dict[str, str]:
        """What was typed, as options of an import."""
        data = self.cleaned_data
        owner = data.get("owner")
        said = {
            "unit": data["unit"].code,
            "name": data.get("name") or "",
            "starts_on": data["starts_on"].isoformat() if data.get("starts_on") else "",
            "ends_on": data["ends_on"].isoformat() if data.get("ends_on") else "",
            "owner": (owner.email or owner.name) if owner else "",
            "file": data["file"].name,
        }
        return {name: text for name, text in said.items() if text}


class PiecesForm(PlainForm):
    """Pieces chosen from the library, and the perspective of the draft that objectives go to."""

    pieces = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one perspective or objective.")},
    )
    perspective = forms.ModelChoiceField(
        label=_("Put objectives into"),
        queryset=Perspective.objects.none(),
        required=False,
        empty_label=_("the perspective they have in the library"),
    )

    def __init__(self, *args: Any, offered: Sequence[Piece], strategy: Strategy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pieces"].choices = [(one.key, one.key) for one in offered]  # type: ignore[attr-defined]
        self.fields["perspective"].queryset = strategy.perspectives.exclude(state="retired")  # type: ignore[attr-defined]
