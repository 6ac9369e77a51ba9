"""The targets of a year as a grid: a line per period, a cell per number; what is wrong stands at its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.actions import Outcome
from core.forms import NumberField, PersonField, PlainForm
from organization.queries import people_named
from scorecards.actions import TargetRow
from scorecards.forms.definitions import REASON
from scorecards.forms.values import unit_of
from scorecards.queries.targets import TargetLine, TargetYear

WORDS: Mapping[str, Any] = {
    "value": _("Target"),
    "red_flag": _("Red flag"),
    "stretch": _("Stretch"),
    "low": _("From"),
    "high": _("To"),
}


@dataclass(frozen=True)
class DrawnLine:
    """A line of the grid with its inputs; none where its period is closed."""

    line: TargetLine
    cells: tuple[BoundField, ...]
    seen: BoundField | None
    problems: tuple[str, ...]


class TargetsForm(PlainForm):
    """What is wanted in the periods of a year, why it changes, and who agreed."""

    reason = forms.CharField(label=_("Why they change"), required=False, max_length=500, help_text=REASON)
    approved_by = PersonField(
        label=_("Agreed by"), required=False, help_text=_("Name, e-mail or staff number. Empty: you.")
    )

    def __init__(self, *args: Any, report: TargetYear, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        self.fields["approved_by"].find = partial(people_named, actor)  # type: ignore[attr-defined]
        self._asked: list[TargetLine] = []
        for line in report.lines:
            if not line.closed:
                self._add(line)

    def _add(self, line: TargetLine) -> None:
        for name in self.report.columns:
            label = f"{WORDS[name]}, {line.period.label}"
            field = NumberField(label=label, unit=unit_of(self.report.measure), initial=line.numbers[name])
            field.widget.attrs.update({"class": "form-control smo-numcell", "aria-label": label})
            self.fields[f"{line.key}.{name}"] = field
        seen = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=line.revision)
        self.fields[f"{line.key}.seen"] = seen

    def rows(self) -> list[TargetRow]:
        """The lines that say something else than what is stored; asked after is_valid()."""
        self._asked = [line for line in self.report.lines if not line.closed and self._is_changed(line)]
        return [
            TargetRow(
                self.report.measure.pk,
                line.period,
                seen=self.cleaned_data[f"{line.key}.seen"],
                **{name: self.cleaned_data[f"{line.key}.{name}"] for name in self.report.columns},
            )
            for line in self._asked
        ]

    def _is_changed(self, line: TargetLine) -> bool:
        return any(self.cleaned_data[f"{line.key}.{name}"] != line.numbers[name] for name in self.report.columns)

    def refuse(self, outcome: Outcome) -> None:
        """Put each row's sentence at the first cell of its line; what was changed meanwhile is then seen."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for each in outcome.refused:
            line = self._asked[each.row]
            self.add_error(f"{line.key}.{self.report.columns[0]}", each.reason)
            data[f"{line.key}.seen"] = str(line.revision)
        self.data = data

    def drawn(self, *, own: bool) -> Iterator[DrawnLine]:
        """The lines of the measure's own periods, or of the longer ones."""
        for line in self.report.own if own else self.report.longer:
            cells = () if line.closed else tuple(self[f"{line.key}.{name}"] for name in self.report.columns)
            for cell in cells:
                self._mark(cell)
            problems = tuple(str(error) for cell in cells for error in cell.errors)
            yield DrawnLine(line, cells, None if line.closed else self[f"{line.key}.seen"], problems)

    def _mark(self, cell: BoundField) -> None:
        """Let a screen reader find the sentence of a wrong cell."""
        if cell.errors:
            line = cell.name.rpartition(".")[0]
            described = {"aria-invalid": "true", "aria-describedby": f"problem-{line}"}
            cell.field.widget.attrs.update({**described, "class": "form-control smo-numcell is-invalid"})

    @property
    def own_lines(self) -> list[DrawnLine]:
        """For the template."""
        return list(self.drawn(own=True))

    @property
    def longer_lines(self) -> list[DrawnLine]:
        """For the template."""
        return list(self.drawn(own=False))

    @property
    def heads(self) -> list[str]:
        """Heads of the columns."""
        return [str(WORDS[name]) for name in self.report.columns]
