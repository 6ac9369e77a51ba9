"""Input of canvases, notes and issues: parsed here, judged by the actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, PeopleField, PersonField, PlainForm, UnitField, VersionedForm, WholeField
from organization.queries import people_named
from planning.actions.canvases import CanvasRow
from planning.actions.notes import NewAssumption, NoteRow
from planning.models import AnalysisNote, Assumption, Canvas, StrategicIssue
from planning.models.notes import FIELDS
from planning.queries.notes import assumptions_offered, id_of, objectives_offered, targets
from strategy.models import Objective


class ByStrategy(ModelChoiceIterator):
    """The choices under the names of their strategies."""

    def __iter__(self) -> Iterator[Any]:
        for strategy, rows in groupby(self.queryset, key=lambda one: one.strategy.name):
            yield strategy, [self.choice(row) for row in rows]


class ObjectivesField(forms.ModelMultipleChoiceField):
    """Objectives to tick, by code and name under their strategies. Those offered come in the order of the strategies."""

    iterator = ByStrategy

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Objective.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}"


# ------------------------------------------------------------------------------------------------------ canvases
class CanvasForm(VersionedForm):
    """The words of a canvas, how long it takes notes, and how many votes each person has."""

    title = forms.CharField(label=_("Title"), max_length=120)
    question = forms.CharField(
        label=_("Question"), max_length=300, required=False, help_text=_("What contributors are asked.")
    )
    open_until = DayField(label=_("Open until"), help_text=_("The last day on which notes and votes are taken."))
    votes = WholeField(label=_("Votes of each person"), required=True, help_text=_("0: there is no voting."))

    def row(self) -> CanvasRow:
        """What the action takes."""
        names = ("title", "open_until", "question", "votes")
        return CanvasRow(**{name: self.cleaned_data[name] for name in names})


class NewCanvasForm(CanvasForm):
    """A canvas to open, with its kind and unit."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Canvas.Kind.choices)
    unit = UnitField(label=_("Unit"))
    field_order = ("kind", "unit", "title", "question", "open_until", "votes")


class ReopenCanvasForm(PlainForm):
    """Until when a canvas takes notes again."""

    open_until = DayField(label=_("Open until"))


class InviteForm(PlainForm):
    """Who is asked to contribute."""

    people = PeopleField(
        label=_("People"), help_text=_("One a line, or parted by semicolons: name, e-mail or staff number.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]


# --------------------------------------------------------------------------------------------------------- notes
class NoteForm(VersionedForm):
    """A note, what it is concluded from, and what it rests on."""

    field = forms.ChoiceField(label=_("Field"))
    text = forms.CharField(label=_("Conclusion"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    evidence = forms.CharField(
        label=_("Evidence"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you conclude it from: a figure, a report, what you saw."),
    )  # fmt: skip
    evidence_url = forms.CharField(label=_("Link to the evidence"), max_length=500, required=False)
    assumptions = forms.ModelMultipleChoiceField(
        label=_("Assumptions it rests on"),
        queryset=Assumption.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    statement = forms.CharField(
        label=_("A new assumption"), max_length=200, required=False,
        help_text=_("What you take for true without knowing it. It gets a record of its own, and you answer for it."),
    )  # fmt: skip
    sure = WholeField(label=_("How sure you are of it, in per cent"), min_value=0, max_value=100)
    review_on = DayField(label=_("To be looked at again by"), required=False)

    def __init__(
        self, *args: Any, actor: Actor, canvas: Canvas, note: AnalysisNote | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [(one.value, one.label) for one in FIELDS[canvas.kind]]  # type: ignore[attr-defined]
        self.offered = assumptions_offered(actor, canvas, note)
        self.fields["assumptions"].queryset = self.offered  # type: ignore[attr-defined]
        if not self.offered.exists():
            del self.fields["assumptions"]

    def clean(self) -> dict[str, Any]:
        """Assumptions as a list, as they are compared and shown."""
        data = super().clean() or self.cleaned_data
        return {**data, "assumptions": list(data.get("assumptions", ()))}

    def row(self) -> NoteRow:
        """What the action takes."""
        data = self.cleaned_data
        new = NewAssumption(data["statement"], data["sure"], data["review_on"]) if data["statement"] else None
        names = ("field", "text", "evidence", "evidence_url", "assumptions")
        return NoteRow(**{name: data[name] for name in names}, offered=list(self.offered), new_assumption=new)


class NotesField(forms.Field):
    """Notes that were ticked, each as id and version read ("12:3"); cleans to id → version."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"unknown": _("The notes are not named rightly. Go back and tick them again.")}

    def clean(self, value: Any) -> dict[int, int]:
        """Empty where none was ticked: the action says so."""
        found: dict[int, int] = {}
        for text in value or ():
            key, _colon, version = str(text).partition(":")
            pk, read = id_of(key), id_of(version)
            if pk is None or read is None:
                raise ValidationError(self.error_messages["unknown"], code="unknown")
            found[pk] = read
        return found


class NotesForm(PlainForm):
    """Something done with the notes that were ticked."""

    notes = NotesField(required=False)


class GroupForm(NotesForm):
    """The heading that notes are put under."""

    group = forms.CharField(label=_("Group"), max_length=80, required=False)

    def __init__(self, *args: Any, groups: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _("Groups so far: %(groups)s.") % {"groups": "; ".join(groups)} if groups else ""
        self.fields["group"].help_text = f"{known} {_('Empty takes the notes out of their group.')}".strip()


class ParkForm(NotesForm):
    """Why notes are laid aside."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class TraceForm(NotesForm):
    """What notes led to."""

    issues = forms.ModelMultipleChoiceField(
        label=_("Strategic issues"),
        queryset=StrategicIssue.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    objectives = ObjectivesField(label=_("Objectives"))

    def __init__(self, *args: Any, actor: Actor, canvas: Canvas, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in targets(actor, canvas).items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Objective | StrategicIssue]:
        """Everything that was ticked."""
        return [*self.cleaned_data["issues"], *self.cleaned_data["objectives"]]


# -------------------------------------------------------------------------------------------------------- issues
class IssueForm(VersionedForm):
    """A question to settle."""

    question = forms.CharField(label=_("Question"), max_length=200, help_text=_("One question that can be answered."))
    why = forms.CharField(label=_("Why it matters"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    owner = PersonField(label=_("Owner"), required=False, help_text=_("Sees to it that it is settled."))
    due_on = DayField(label=_("To be settled by"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].find = lambda text: people_named(actor, text)  # type: ignore[attr-defined]


class NewIssueForm(IssueForm):
    """A question that notes of a canvas led to, or one by itself."""

    notes = NotesField(required=False)
    canvas = forms.ModelChoiceField(queryset=Canvas.objects.all(), required=False, widget=forms.HiddenInput)


class _AnsweredForm(forms.Form):
    """Objectives that answer an issue; those that answer it already are offered too."""

    objectives = ObjectivesField(label=_("Objectives that answer it"))

    def offer(self, actor: Actor, issue: StrategicIssue) -> None:
        """Fill the choices from the cycle."""
        self.fields["objectives"].queryset = objectives_offered(actor, issue.cycle.unit_id, issue.cycle, issue)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Objectives as a list, as they are compared and shown."""
        data = super().clean() or self.cleaned_data
        return {**data, "objectives": list(data.get("objectives", ()))}


class ChangeIssueForm(_AnsweredForm, IssueForm):
    """Other words, another owner, other objectives."""

    field_order = ("question", "why", "owner", "due_on", "objectives")

    def __init__(self, *args: Any, actor: Actor, issue: StrategicIssue, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.offer(actor, issue)


class SettleForm(_AnsweredForm, VersionedForm):
    """The answer, the day, and the objectives that answer it."""

    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea(attrs={"rows": 4}))
    on = DayField(label=_("Settled on"))
    field_order = ("answer", "on", "objectives")

    def __init__(self, *args: Any, actor: Actor, issue: StrategicIssue, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.offer(actor, issue)
