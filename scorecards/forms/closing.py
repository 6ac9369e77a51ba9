"""Input of closing: the reason for excusing a measure, the reason for opening a period again, and the days of reminders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import PlainForm, VersionedForm


class ExcuseForm(PlainForm):
    """Why a measure need not report in a period."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everyone who would read “not reported” reads it, with your name and today's date."),
    )  # fmt: skip


class ReopenForm(PlainForm):
    """Why a closed period is opened again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What was wrong, and who asked for it. It is kept and shown beside the period."),
    )  # fmt: skip


class DaysField(forms.CharField):
    """Days as people list them: "1, 7". Cleans to numbers."""

    def clean(self, value: Any) -> list[int]:
        words = str(super().clean(value)).replace(";", ",").replace(" ", ",").split(",")
        found = [word for word in words if word]
        wrong = next((word for word in found if not (word.isascii() and word.isdigit() and len(word) <= 3)), None)
        if wrong is not None:
            raise forms.ValidationError(
                _("“%(word)s” is no number of days. Write them like 1, 7.") % {"word": wrong[:20]}
            )
        return [int(word) for word in found]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class RemindersForm(VersionedForm):
    """On which days the daily mail names a value that is owed."""

    before = DaysField(
        label=gettext_lazy("Days before the due day"), required=False, max_length=60,
        help_text=gettext_lazy("Like 3, or 7, 1. 0 is the due day itself. Blank: no reminder before."),
    )  # fmt: skip
    after = DaysField(
        label=gettext_lazy("Days after the due day"), required=False, max_length=60,
        help_text=gettext_lazy("Like 1, 7. Blank: no reminder after."),
    )  # fmt: skip
