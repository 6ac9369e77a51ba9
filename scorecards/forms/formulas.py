"""Input of a formula: judged where it is typed, and the place that is wrong is pointed at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.actions import Refusal
from scorecards.actions.writing import in_words
from scorecards.rules.formulas import FormulaRefusal, parse

AROUND = 24
"""Characters shown on either side of the place."""


class FormulaInput(forms.Textarea):
    """A small area for text; below it, after a refusal, the place it speaks of. `position` counts from 1, 0 is none."""

    position = 0

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 2, "spellcheck": "false", "class": "smo-mono"})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        area = super().render(name, value, attrs, renderer)
        return area if not self.position else format_html("{}{}", area, self._place(str(value or "")))

    def _place(self, text: str) -> SafeString:
        at = min(self.position - 1, len(text))
        end = at + 1
        while (
            end < len(text) and (text[at].isalnum() or text[at] == "_") and (text[end].isalnum() or text[end] in "_-.")
        ):
            end += 1
        begin = max(at - AROUND, 0)
        return format_html(
            '<p class="smo-hint"><span class="smo-vh">{}</span> <code>{}{}<mark>{}</mark>{}{}</code></p>',
            _now("Here:"), "…" if begin else "", text[begin:at], text[at:end] or "␣", text[end : end + AROUND],
            "…" if end + AROUND < len(text) else "",
        )  # fmt: skip


class FormulaField(forms.CharField):
    """The formula of a calculated measure, or nothing. Which measures there are is for the action to say."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Formula"), required=False, widget=FormulaInput(),
            help_text=_(
                "Empty: values are recorded. Else it is calculated from other measures by their codes: FIN-01 ÷ FIN-02."
                " + − × ÷ and parentheses; min, max, mean, mean_of_present, abs; previous(code), ytd(code). A code with"
                " spaces or a leading digit stands in brackets: [2024 plan]."
            ),
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            if text:
                parse(text)
        except FormulaRefusal as refusal:
            self.widget.position = refusal.position
            raise forms.ValidationError(in_words(refusal), code="formula") from refusal
        return text

    def point_at(self, refusal: Refusal) -> None:
        """Show the place that a refusal of the action speaks of."""
        self.widget.position = getattr(refusal, "position", 0)
