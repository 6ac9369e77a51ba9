"""What the forms of all apps share: a day, a row by its place in a tree, a person by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

INDENT = "\u2003"
NAMED = 5


class PlainForm(forms.Form):
    """A form of one column whose buttons stand in the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


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


class NumberField(forms.DecimalField):
    """A number of any size, as it is typed; what may be stored is judged by the action."""

    default_error_messages = {
        "invalid": gettext_lazy("This is not a number. Write it with digits, for example 12.5."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) and value.is_finite() else value
