"""How a person wants to hear of each kind of news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from core.announcements import kinds
from notifications.queries import DIGEST, Wish


@dataclass(frozen=True)
class Line:
    """One kind on the page, with its two boxes."""

    title: str
    by_mail: BoundField
    in_digest: BoundField


class PreferencesForm(forms.Form):
    """Two boxes per kind; for the daily mail itself one."""

    def __init__(self, *args: Any, wishes: Mapping[str, Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [kind for kind in wishes if kind != DIGEST]
        for key in self.kinds:
            title = str(kinds()[key].title)
            self._box(f"{key}-mail", _("%(kind)s: by mail at once") % {"kind": title}, wishes[key].by_mail)
            self._box(f"{key}-digest", _("%(kind)s: in the daily mail") % {"kind": title}, wishes[key].in_digest)
        self._box(DIGEST, _("Send me the daily mail"), wishes[DIGEST].by_mail)

    def _box(self, name: str, label: str, value: bool) -> None:
        box = forms.CheckboxInput({"class": "form-check-input", "aria-label": label})
        self.fields[name] = forms.BooleanField(label=label, required=False, initial=value, widget=box)

    def lines(self) -> list[Line]:
        """The table of the page."""
        return [Line(str(kinds()[key].title), self[f"{key}-mail"], self[f"{key}-digest"]) for key in self.kinds]

    def choices(self) -> dict[str, Wish]:
        """What was chosen, kind by kind."""
        data = self.cleaned_data
        chosen = {key: Wish(data[f"{key}-mail"], data[f"{key}-digest"]) for key in self.kinds}
        return {**chosen, DIGEST: Wish(data[DIGEST], False)}
