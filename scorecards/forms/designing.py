"""Input that defines a measure: what it is, who keeps it, how it is measured and scored; with the fields its method needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import DayField, NumberField, PeopleField, PersonField, PlainForm, UnitField, VersionedForm, WholeField
from core.mapping.problems import CellProblem
from core.mapping.typed import Unit, convention, read_typed
from organization.models import CustomField, OrgUnit
from organization.queries import custom_fields, people_named
from scorecards.forms.definitions import REASON, long_text, part
from scorecards.forms.formulas import FormulaField
from scorecards.models import (
    Aggregation,
    FrequencyChoices,
    Measure,
    MeasureDefinition,
    Method,
    Polarity,
)
from strategy.models import Objective

FOLLOWED = ("description", "formula", "source", "unit_of_measure", "is_percent", "decimals")
"""Fields that a measure with a definition has from there."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    Method.BAND: ("tolerance", "limit", "interpolates"),
    Method.MEETS: ("interpolates",),
    Method.PROGRESS: ("baseline", "baseline_on", "limit"),
    Method.RANGE: ("tolerance", "interpolates"),
    Method.CAGR: ("baseline", "baseline_on"),
    Method.SCALE: ("scale",),
}
"""The fields each method asks for besides its direction."""
OF_METHODS = {name for names in NEEDS.values() for name in names}
_CUSTOM_TYPES: Mapping[str, type[forms.Field]] = {
    CustomField.Type.TEXT: forms.CharField,
    CustomField.Type.NUMBER: NumberField,
    CustomField.Type.DATE: DayField,
    CustomField.Type.CHOICE: forms.ChoiceField,
    CustomField.Type.BOOLEAN: forms.BooleanField,
}


class ScaleField(forms.CharField):
    """A scale of words: one a line, each with its score, "good = 80"; cleans to the scores by word."""

    default_error_messages = {
        "line": _("“%(line)s” is not a word with its score. Write one a line, for example: good = 80."),
        "twice": _("“%(line)s” stands there twice."),
    }

    def clean(self, value: Any) -> Any:
        found: dict[str, float] = {}
        lines = [line for line in (line.strip() for line in super().clean(value).splitlines()) if line]
        written = convention(line.rpartition("=")[2] for line in lines)
        for line in lines:
            word, _equals, score = (each.strip() for each in line.rpartition("="))
            try:
                number = read_typed(score, written=written)
            except CellProblem:
                number = None
            if not word or number is None:
                raise forms.ValidationError(self.error_messages["line"], code="line", params={"line": line[:60]})
            if word in found:
                raise forms.ValidationError(self.error_messages["twice"], code="twice", params={"line": word[:60]})
            found[word] = float(number)
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{word} = {score:g}" for word, score in sorted(value.items(), key=lambda each: each[1]))


class ObjectiveField(forms.ChoiceField):
    """An objective of those offered; cleans to it, or to None."""

    def offer(self, objectives: Sequence[Objective]) -> None:
        """The objectives one may choose from."""
        self.rows = {str(row.pk): row for row in objectives}
        named = [(key, f"{row.code} {row.short}") for key, row in self.rows.items()]
        self.choices = [("", _now("No objective: it counts in no scorecard")), *named]

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Objective) else value


class MeasureForm(VersionedForm):
    """What a measure says of itself; `method` decides which fields there are, `definition` takes those it writes."""

    name = forms.CharField(label=_("Name"), max_length=300)
    short_name = forms.CharField(
        label=_("Short name"), max_length=60, required=False, help_text=_("For charts and small cards.")
    )
    objective = ObjectiveField(label=_("Objective"), required=False)
    description = long_text(_("What it counts"), _("What is in and what is not."))
    formula = long_text(_("Formula in words"))
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    footnote = long_text(_("Footnote"), _("Stands below the chart and in reports."))
    is_proxy = forms.BooleanField(label=_("Stands in for what cannot be measured"), required=False)
    owner = PersonField(label=_("Owner"), required=False, help_text=_("Answers for it. Name, e-mail or staff number."))
    updaters = PeopleField(
        label=_("Updaters"), required=False, help_text=_("Who records values besides the owner; one a line.")
    )
    needs_approval = forms.BooleanField(label=_("A second person approves every value"), required=False)
    approver = PersonField(label=_("Approver"), required=False)
    expression = FormulaField()
    kind = forms.ChoiceField(label=_("Kind"), choices=Measure.Kind.choices)
    is_critical = forms.BooleanField(
        label=_("Critical"), required=False, help_text=_("While it is red, its objective is never better than amber.")
    )
    frequency = forms.ChoiceField(label=_("Frequency"), choices=FrequencyChoices.choices)
    aggregation = forms.ChoiceField(
        label=_("Over time"), choices=Aggregation.choices, help_text=_("How months make a quarter or a year.")
    )
    unit_of_measure = forms.CharField(label=_("Unit of measure"), max_length=40, required=False)
    is_percent = forms.BooleanField(label=_("A percentage"), required=False)
    decimals = WholeField(label=_("Decimals shown"), required=True, min_value=0, max_value=6)
    grace_days = WholeField(
        label=_("Days of grace"), required=True, help_text=_("So many days after a period its value is due.")
    )
    starts_on = DayField(label=_("Measured from"), required=False, help_text=_("Empty: from its first value."))
    method = forms.ChoiceField(
        label=_("Scored by"),
        choices=Method.choices,
        help_text=_("Each method has fields of its own: choose it, then show them."),
    )
    polarity = forms.ChoiceField(label=_("Direction"), choices=Polarity.choices)
    tolerance = NumberField(
        label=_("Tolerance"),
        help_text=_("Where no red flag is given: 0.1 is a tenth of the target; for percentages, points."),
    )
    limit = NumberField(label=_("Natural limit"), help_text=_("The best value there can be, for example 100%."))
    interpolates = forms.BooleanField(
        label=_("Targets between those given follow a straight line"), required=False,
        help_text=_("Without it, a period without a target has no score."),
    )  # fmt: skip
    baseline = NumberField(label=_("Baseline"), help_text=_("The value it starts from."))
    baseline_on = DayField(label=_("Baseline date"), required=False)
    scale = ScaleField(
        label=_("Words and their scores"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, from 0 to 100: good = 80."),
    )  # fmt: skip

    before: Sequence[str] = ()
    after: Sequence[str] = ()

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        objectives: Sequence[Objective],
        method: str,
        follows: MeasureDefinition | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "approver", "updaters"):
            self.fields[name].find = partial(people_named, actor)  # type: ignore[attr-defined]
        self.fields["objective"].offer(objectives)  # type: ignore[attr-defined]
        self._own = [*_custom(self.initial.get("custom") or {})]
        self.fields.update((name, field) for name, field, _value in self._own)
        self.initial.update((name, value) for name, _field, value in self._own)
        hidden = OF_METHODS - set(NEEDS.get(method, ())) | (set(FOLLOWED) if follows is not None else set())
        for name in hidden:
            del self.fields[name]
        counts = follows.unit_of_measure if follows else str(self["unit_of_measure"].value() or "")
        is_percent = follows.is_percent if follows else bool(self["is_percent"].value())
        for name in {"limit", "baseline"} & set(self.fields):
            self.fields[name].unit = Unit(counts, is_percent)  # type: ignore[attr-defined]
        self.helper.layout = Layout("expected", *self._parts())

    def _parts(self) -> Iterator[Any]:
        """The form under headings; a part without fields is left out."""
        parts = (
            (_("What it is"), (*self.before, "name", "short_name", "objective", "description", "formula", "source",
                               "footnote", "is_proxy")),
            (_("Who keeps it"), ("owner", "updaters", "needs_approval", "approver")),
            (_("How it is measured"), ("expression", "kind", "is_critical", "frequency", "aggregation", "unit_of_measure",
                                       "is_percent", "decimals", "grace_days", "starts_on")),
            (_("How it is scored"), ("method", "polarity", "tolerance", "limit", "interpolates", "baseline",
                                     "baseline_on", "scale")),
            (_("Own fields"), tuple(name for name, _field, _value in self._own)),
            (_("The change") if "reason" in self.after else _("Its weight"), self.after),
        )  # fmt: skip
        for legend, names in parts:
            shown = [name for name in names if name in self.fields]
            if shown:
                yield part(legend, *shown)

    def values(self) -> dict[str, Any]:
        """What was filled in, as the action takes it; asked after is_valid()."""
        given = {name: value for name, value in self.cleaned_data.items() if "." not in name and name != "expected"}
        own = {name.partition(".")[2]: self.cleaned_data[name] for name, _field, _value in self._own}
        return given | {"custom": own}


def _custom(values: Mapping[str, Any]) -> Iterator[tuple[str, forms.Field, Any]]:
    """The organisation's own fields of a measure: name, field, present value."""
    for row in custom_fields("measure"):
        options: dict[str, Any] = {"label": row.label, "required": False}
        if row.type == CustomField.Type.CHOICE:
            options["choices"] = [("", "—"), *((word, word) for word in row.choices)]
        yield f"custom.{row.key}", _CUSTOM_TYPES[row.type](**options), values.get(row.key)


class NewMeasureForm(MeasureForm):
    """A measure to add, with its code and its weight in its objective."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Unique, and never used again: files and links name it.")
    )
    weight = NumberField(
        label=_("Weight in its objective"),
        initial=1,
        help_text=_("Only proportions count: 2 weighs twice as much as 1."),
    )
    valid_from = DayField(label=_("Counts from"), required=False, help_text=_("Empty: from “measured from”, or today."))
    before = ("code",)
    after = ("weight", "valid_from")


class ChangeMeasureForm(MeasureForm):
    """A measure as it is, to be changed."""

    reason = forms.CharField(label=_("Why it changes"), max_length=500, required=False, help_text=REASON)
    after = ("reason",)


class WhereForm(PlainForm):
    """Which unit a new measure belongs to, and the definition it follows, if any."""

    unit = UnitField(label=_("Unit"))
    definition = forms.TypedChoiceField(
        label=_("Standard definition"), coerce=int, empty_value=None, required=False,
        help_text=_("Texts, unit of measure and number format come from it; the rest can be changed."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        lines: Sequence[tuple[OrgUnit, int]],
        offered: Sequence[MeasureDefinition],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(lines)  # type: ignore[attr-defined]
        self.offered = {row.pk: row for row in offered}
        named = [(row.pk, f"{row.code} {row.name}") for row in offered]
        self.fields["definition"].choices = [("", _now("No definition: it has its own text")), *named]  # type: ignore[attr-defined]

    def clean_definition(self) -> MeasureDefinition | None:
        """The row that is meant."""
        return self.offered.get(self.cleaned_data["definition"])
