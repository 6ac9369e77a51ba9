"""Input of answers and declared statuses: parsed here, judged by the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from core.actions import Refusal
from core.forms import DayField, NumberField, PersonField, PlainForm, UnitField, VersionedForm
from core.submitting import add_refusal
from scorecards.actions import AnswerRow, ItemRow
from scorecards.models import DeclaredStatus

Find = Callable[[str], Sequence[Any]]
FIRST_ROWS, MOST_ROWS = 2, 20


def _text(label: Any, hint: Any, rows: int = 4) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


class _AnswerFields(forms.Form):
    """What an answer says besides its tasks."""

    fact = _text(_("Fact"), _("What the figures say. Filled in for you; put right what is not."))
    cause = _text(_("Cause"), _("Why it is so: what happened, not who."))
    cost = NumberField(label=_("Cost"), help_text=_("What the actions cost together."))
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Three letters, like EUR.")
    )


def answer_row(given: Mapping[str, Any]) -> AnswerRow:
    """What a valid form says besides its tasks."""
    return AnswerRow(given["fact"], given["cause"], given["cost"], given["currency"])


class AnswerForm(_AnswerFields, PlainForm):
    """The head of a new answer."""


class AnswerChangeForm(_AnswerFields, VersionedForm):
    """An open answer that is said anew."""


class ItemForm(forms.Form):
    """A task for one person by a day."""

    title = forms.CharField(label=_("What is done"), max_length=200)
    assignee = PersonField(label=_("By whom (name or e-mail)"), help_text="")
    due_on = DayField(label=_("By when"))

    def __init__(self, *args: Any, find: Find, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, PersonField)  # noqa: S101 - tells the type checker what stands above
        field.find = find


class AnswerEntry:
    """A form with rows of tasks, without scripts: one more row is one more submit. A row left empty counts for nothing.

    It answers like one form where problems are listed.
    """

    def __init__(
        self, main: type[PlainForm], data: Any, *, find: Find, initial: Mapping[str, Any] | None = None
    ) -> None:
        self.asks_for_more = data is not None and "more" in data
        self.is_bound = data is not None and not self.asks_for_more
        given = data if self.is_bound else None
        kept = data if self.asks_for_more else {}
        count = min(_count(data) + self.asks_for_more, MOST_ROWS)
        self.main = main(given, initial={**(initial or {}), **({name: kept[name] for name in kept})})
        self.items = [_item(given, kept, place, find) for place in range(count)]
        self.may_add = count < MOST_ROWS

    def is_valid(self) -> bool:
        """Whether all of it can be read."""
        found = [
            form.is_valid() for form in (self.main, *self.items)
        ]  # each is asked, so that each can say what is wrong
        return self.is_bound and all(found)

    def answer(self) -> AnswerRow:
        """What the head says; asked after is_valid() of a form that has one."""
        return answer_row(self.main.cleaned_data)

    @property
    def filled(self) -> list[ItemForm]:
        """The rows that hold something."""
        return [form for form in self.items if form.has_changed()]

    def rows(self) -> list[ItemRow]:
        """The tasks; asked after is_valid()."""
        return [ItemRow(**form.cleaned_data) for form in self.filled]

    def refuse(self, refusal: Refusal) -> None:
        """The refusal's sentence at the input it belongs to; "item-0-assignee" names the first filled row."""
        start, _dash, name = refusal.field.rpartition("-")
        place = start.removeprefix("item-")
        if start and place.isdecimal() and int(place) < len(self.filled):
            add_refusal(self.filled[int(place)], Refusal(refusal.sentence, field=name))
        else:
            add_refusal(self.main, refusal)

    def non_field_errors(self) -> list[str]:
        """Problems that belong to no input."""
        return [str(error) for form in (self.main, *self.items) for error in form.non_field_errors()]

    def __iter__(self) -> Iterator[BoundField]:
        for form in (self.main, *self.items):
            yield from form


def _count(data: Any) -> int:
    """How many rows the form had, as it says itself."""
    text = "" if data is None else str(data.get("rows", ""))
    return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < 4 else FIRST_ROWS


def _item(given: Any, kept: Mapping[str, Any], place: int, find: Find) -> ItemForm:
    names = ItemForm.base_fields
    initial = {name: kept.get(f"item-{place}-{name}", "") for name in names} if kept else None
    options = {"empty_permitted": True, "use_required_attribute": False}
    return ItemForm(given, prefix=f"item-{place}", initial=initial, find=find, **options)


class ItemsForm(PlainForm):
    """Further tasks of an answer: rows alone."""


class CloseForm(VersionedForm):
    """The end of an answer."""

    effect = _text(_("What came of it"), _("What the actions changed, and what you would do again."))


class DeclareForm(PlainForm):
    """A status beside the computed one."""

    status = forms.ChoiceField(label=_("Status"), choices=[("", _("Choose a status")), *DeclaredStatus.Status.choices])
    reason = _text(_("Reason"), _("Why it stands otherwise than the figures say."))
    expires_on = DayField(label=_("Holds until"), help_text=_("The last day it holds, at most a year from now."))


class RedFilter(forms.Form):
    """The filter bar of reds without an answer."""

    q = forms.CharField(label=_("Name or code"), required=False)
    unit = UnitField(label=_("Unit and all below"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Worst first")), ("longest", _("Longest red first")), ("unit", _("By unit"))],
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, UnitField)  # noqa: S101 - tells the type checker what stands above
        field.offer(lines, empty=str(_("Every unit")))
