"""A file to be imported, with the mapping to read it by; and an import by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm, WholeField
from core.importers import Importer
from core.mapping.document import LARGEST_FILE
from core.mapping.writing import to_toml
from core.spreadsheets import WEB_UPLOAD
from jobs.models import ImportMapping, Schedule

MOST_BYTES = WEB_UPLOAD.file_bytes or 0


class ImportForm(PlainForm):
    """What is imported, the file, and one of three ways to say how it is read; or none, and a mapping is begun."""

    kind = forms.ChoiceField(label=_("What is imported"))
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("Excel (.xlsx) or delimited text such as CSV; at most 50 MB, 200,000 rows and 200 columns."),
    )
    saved = forms.ChoiceField(
        label=_("Kept mapping"),
        required=False,
        help_text=_("How the columns are read. Without one, a mapping is begun from the names of the columns."),
    )
    mapping_file = forms.FileField(label=_("Or a mapping as a file (TOML)"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[Importer], mappings: Sequence[ImportMapping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mappings = {str(row.pk): row for row in mappings}
        titles = {known.kind: str(known.title) for known in kinds}
        self.fields["kind"].choices = list(titles.items())  # type: ignore[attr-defined]
        listed = [(key, f"{row.source} ({titles[row.kind]})") for key, row in self.mappings.items()]
        self.fields["saved"].choices = [("", _("Begin a new one")), *listed]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Not too large; what it is, its content says."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Split it; nothing was imported."))
        return given

    def clean_mapping_file(self) -> str:
        """The text of the mapping."""
        given = self.cleaned_data["mapping_file"]
        if given is None:
            return ""
        if given.size > LARGEST_FILE:
            raise forms.ValidationError(_("The mapping is larger than 1 MB, so it is not a mapping."))
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The mapping must be written in UTF-8.")) from None

    def clean(self) -> dict[str, Any]:
        """One mapping at most, as text; it must be for the kind that is imported."""
        data = super().clean() or self.cleaned_data
        chosen = self.mappings.get(data.get("saved") or "")
        text = data.get("mapping_file") or ""
        if chosen and text:
            self.add_error("saved", _("Choose a kept mapping or upload one, not both."))
        elif chosen and data.get("kind") and chosen.kind != data["kind"]:
            self.add_error("saved", _("This mapping is for another kind of import. Choose one for this kind, or none."))
        data["mapping"] = text or (to_toml(chosen.named_document) if chosen else "")
        return data


class FeedForm(PlainForm):
    """Which files are loaded by the clock, by which mapping, and when."""

    name = forms.CharField(label=_("Name"), max_length=200)
    mapping = forms.ModelChoiceField(label=_("Mapping"), queryset=ImportMapping.objects.none())
    pattern = forms.CharField(
        label=_("File"),
        max_length=200,
        help_text=_("Its path in the import folder; * stands for any signs, such as erp/measures-*.csv."),
    )
    every = forms.ChoiceField(
        label=_("How often"), choices=[one for one in Schedule.Every.choices if one[0] != "quarter"]
    )
    on_day = WholeField(
        label=_("Day"),
        required=True,
        min_value=1,
        max_value=31,
        initial=1,
        help_text=_("Of the week (1 is Monday) or of the month; beyond its end is its last day."),
    )
    at_hour = WholeField(label=_("Hour"), required=True, min_value=0, max_value=23, initial=5)
    at_minute = WholeField(label=_("Minute"), required=True, min_value=0, max_value=59, initial=0)

    def __init__(self, *args: Any, mappings: QuerySet[ImportMapping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].queryset = mappings  # type: ignore[attr-defined]
