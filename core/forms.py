"""What the forms of all apps share: a number, a day, a row by its place in a tree, a person by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxValueValidator, MinValueValidator
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.mapping.problems import CellProblem
from core.mapping.typed import Convention, Unit, convention, read_typed

INDENT = "\u2003"
NAMED = 5


class PlainForm(forms.Form):
    """A form of one column whose buttons stand in the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def full_clean(self) -> None:
        """A number that could be two is read as the others of the form are written."""
        if self.is_bound:
            self._agree_on_numbers()
        super().full_clean()

    def _agree_on_numbers(self) -> None:
        """What nobody touched stands as the portal wrote it, and says nothing about the writer's hand."""
        typed: dict[NumberField, str] = {}
        for name, field in self.fields.items():
            if not isinstance(field, NumberField):
                continue
            text = str(field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) or "")
            field.written = Convention()
            if text != str(field.prepare_value(self.get_initial_for_field(field, name))):
                typed[field] = text
        agreed = convention(typed.values())
        for field in typed:
            field.written = agreed


class VersionedForm(PlainForm):
    """A form that knows which version of the row it was filled from (TRUST D1)."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class UnitField(forms.ChoiceField):
    """A unit chosen from the tree; cleans to the unit, or None where none is needed. `offer` fills it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units: dict[str, Model] = {}

    def offer(self, lines: Sequence[tuple[Model, int]], *, empty: str = "") -> None:
        """Offer the units with their depths, indented as they hang."""
        self.units = {str(unit.pk): unit for unit, _depth in lines}
        none = [("", empty or _("Choose a unit"))]
        self.choices = none + [(str(unit.pk), f"{INDENT * depth}{unit}") for unit, depth in lines]

    def clean(self, value: Any) -> Any:
        return self.units.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Model) else value


class PersonField(forms.CharField):
    """A person typed as name, e-mail or staff number; cleans to the person. `find` gives those whom a text means."""

    default_error_messages = {
        "nobody": gettext_lazy("Nobody here fits '%(text)s'. Type the name, the e-mail or the staff number."),
        "several": gettext_lazy("%(count)d people fit '%(text)s': %(names)s. Type the e-mail or the staff number."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Name, e-mail or staff number."))
        super().__init__(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)
        self.find: Callable[[str], Sequence[Any]] | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.find is None:
            return None
        found = self.find(text)
        if not found:
            raise ValidationError(self.error_messages["nobody"], code="nobody", params={"text": text})
        if len(found) > 1:
            names = "; ".join(f"{one.name}, {one.home_unit or '—'}" for one in found[:NAMED])
            params = {"text": text, "count": len(found), "names": names}
            raise ValidationError(self.error_messages["several"], code="several", params=params)
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Model) else value


class PeopleField(PersonField):
    """Several people, one a line or parted by semicolons; cleans to the list of them, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = None
        self.validators = []
        self.widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        names = [name for line in str(value or "").splitlines() for name in line.split(";") if name.strip()]
        found = [super(PeopleField, self).clean(name) for name in names]
        return list({person.pk: person for person in found if person is not None}.values())

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(str(person) for person in value)


class NumberField(forms.Field):
    """A number as people type it: decimal comma or point, thousands, blanks, currency, the word of its `unit`.

    What may be stored is judged by the action. A text that could be two numbers is read as the others of its form.
    """

    def __init__(
        self,
        *,
        unit: Unit = Unit(),  # noqa: B008 - a value
        min_value: int | None = None,
        max_value: int | None = None,
        digits: tuple[int, int] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)
        self.unit = unit
        self.written = Convention()
        if min_value is not None:
            self.validators.append(MinValueValidator(min_value))
        if max_value is not None:
            self.validators.append(MaxValueValidator(max_value))
        if digits is not None:
            self.validators.append(DecimalValidator(*digits))

    def read(self, text: str) -> Decimal | None:
        """The number a text says; `CellProblem` in a sentence where it says none, or could be two."""
        return read_typed(text, self.unit, self.written)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.read(str(value))
        except CellProblem as problem:
            raise ValidationError(str(problem), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) and value.is_finite() else value


class WholeField(NumberField):
    """A whole number, as people type it."""

    default_error_messages = {
        "whole": gettext_lazy("“%(text)s” is not a whole number. Write it with digits, for example 12."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValidationError(self.error_messages["whole"], code="whole", params={"text": str(value)[:40]})
        return int(number)
