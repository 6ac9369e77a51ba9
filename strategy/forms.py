"""Input of what people attach to records: parsed here, judged by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.periods import At, Frequency, Period
from organization.models import Person
from strategy.models import ActionItem, Update

MONTHS_OFFERED = 4
NAMES_OFFERED = "people"
"""The id of the list of names that the page offers beside a PersonField."""


class PersonField(forms.CharField):
    """A person by name or e-mail, typed: a list of ten thousand is no help."""

    default_error_messages = {
        "nobody": _("Nobody is called “%(text)s”. Write the whole name, or the e-mail."),
        "several": _("Several people are called “%(text)s”. Write the e-mail."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("The whole name, or the e-mail."))
        super().__init__(max_length=254, **kwargs)
        self.widget.attrs.update({"list": NAMES_OFFERED, "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        """A person is shown by name."""
        return value.name if isinstance(value, Person) else value

    def clean(self, value: Any) -> Person | None:  # type: ignore[override]
        """The person who is meant, or why it is not clear who is."""
        text = super().clean(value)
        if not text:
            return None
        field = "email__iexact" if "@" in text else "name__iexact"
        found = list(Person.objects.filter(is_active=True, **{field: text})[:2])
        if len(found) != 1:
            code = "several" if found else "nobody"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"text": text})
        return found[0]


class CommentForm(forms.Form):
    """A comment, or a reply to one."""

    text = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}))


class UpdateForm(forms.Form):
    """How it stands, for one of the last months."""

    period = forms.ChoiceField(label=_("Period"))
    declared = forms.ChoiceField(
        label=_("How it stands, in your judgement"),
        required=False,
        choices=[("", _("No judgement")), *Update.Declared.choices],
        help_text=_("Stands beside the computed status; it does not replace it."),
    )
    text = forms.CharField(
        label=_("Update"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What happened, why, and what you do next."),
    )

    def __init__(self, *args: Any, at: At, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = Period.of(Frequency.MONTH, at.today, at.period.calendar)
        months = [newest.shift(-step) for step in range(MONTHS_OFFERED)]
        self.periods = {period.key: period for period in months}
        field = self.fields["period"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [(key, period.label) for key, period in self.periods.items()]
        asked = at.period.key if at.period.key in self.periods else newest.previous().key
        self.initial.setdefault("period", asked)


class AttachmentForm(forms.Form):
    """A file to keep."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, text or office document, up to 20 MB."),
    )


class ActionItemForm(forms.Form):
    """A task for one person by a day."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    assignee = PersonField(label=_("Who does it"))
    due_on = forms.DateField(label=_("By when"), widget=forms.DateInput(attrs={"type": "date"}))


class ReassignForm(forms.Form):
    """Another person or another day for a task; `expected` is the version that was read."""

    assignee = PersonField(label=_("Who does it"))
    due_on = forms.DateField(label=_("By when"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, item: ActionItem) -> ReassignForm:
        """The form as it stands for the task."""
        values = {"assignee": item.assignee, "due_on": item.due_on.isoformat(), "expected": item.row_version}
        return cls(initial=values)
