"""The kind of import "plan": one row an objective under its perspective, with themes, owner and what it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actions import Refusal
from core.importers import ImportReport, Outcome, importer
from core.mapping import Field, MappedRow
from core.spreadsheets import Sheet, workbook_chunks
from organization.actions.texts import clean_code
from organization.actors import Actor
from organization.models import Person
from planning.actions.starting import Owners, start_strategy, try_start
from planning.exchange.destinations import DESTINATION, destination, person_by
from strategy.models import Objective
from strategy.rules.content import LinkContent, ObjectiveContent, PerspectiveContent, StrategyContent, ThemeContent

FIELDS = (
    Field("perspective", label=gettext_lazy("Perspective"), required=True, max_length=120),
    Field("question", label=gettext_lazy("Question the perspective answers"), max_length=200),
    Field("code", label=gettext_lazy("Code of the objective"), help=gettext_lazy("such as F1; once in the file"), max_length=20),
    Field("objective", label=gettext_lazy("Name of the objective"), help=gettext_lazy("a verb and a noun"), max_length=300),
    Field("short_name", label=gettext_lazy("Short name"), max_length=40),
    Field("description", label=gettext_lazy("Description"), max_length=5000),
    Field("theme", label=gettext_lazy("Themes"), help=gettext_lazy("several parted by ;"), max_length=1000),
    Field("owner", label=gettext_lazy("Owner's e-mail"), max_length=254),
    Field(
        "leads_to",
        label=gettext_lazy("Codes of objectives it leads to"),
        help=gettext_lazy("several parted by ;  with - before one that it lowers"),
        max_length=1000,
    ),
    Field("lag", label=gettext_lazy("Lag in months"), help=gettext_lazy("such as 3-6; one for all, or one for each"), max_length=500),
    Field("why", label=gettext_lazy("Why it leads there"), help=gettext_lazy("a line for each"), max_length=5000),
    Field("starts_on", "date", gettext_lazy("Starts on")),
    Field("ends_on", "date", gettext_lazy("Ends on")),
)  # fmt: skip
HEADINGS = {
    "perspective": "Perspective", "question": "Question", "code": "Code", "objective": "Objective",
    "short_name": "Short name", "description": "Description", "theme": "Theme", "owner": "Owner", "leads_to": "Leads to",
    "lag": "Lag", "why": "Why", "starts_on": "Starts on", "ends_on": "Ends on",
}  # fmt: skip
"""Headings stay in English, so that a file made in one language comes in in another."""
USUAL_LAG = (0, 6)
_LAG = re.compile(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3}))?")


@dataclass
class _Plan:
    """The content as the rows make it, with the owners and what is wrong."""

    actor: Actor
    report: ImportReport
    layers: dict[str, PerspectiveContent] = field(default_factory=dict)
    themes: dict[str, ThemeContent] = field(default_factory=dict)
    boxes: dict[str, ObjectiveContent] = field(default_factory=dict)
    links: dict[tuple[str, str], LinkContent] = field(default_factory=dict)
    owners: dict[str, Person] = field(default_factory=dict)
    rows: list[MappedRow] = field(default_factory=list)
    wrong: set[int] = field(default_factory=set)

    def refuse(self, row: MappedRow, sentence: str, name: str = "") -> None:
        """One refused row, whatever the number of its problems."""
        problem = row.problem(sentence, name)
        if row.number in self.wrong:
            self.report.note(str(problem))
        else:
            self.report.refuse(problem, what=_text(row, "code"))
        self.wrong.add(row.number)

    def take(self, row: MappedRow) -> None:
        """Its perspective, its themes, its objective and its owner; links wait until all codes are known."""
        layer = _text(row, "perspective")
        standing = self.layers.get(layer)
        if standing is None or not standing.question:
            self.layers[layer] = PerspectiveContent(layer, layer, _text(row, "question"))
        themes = tuple(dict.fromkeys(_parts(_text(row, "theme"))))
        self.themes |= {name: ThemeContent(name, name) for name in themes if name not in self.themes}
        if not _text(row, "code") and not _text(row, "objective"):
            return
        if self._is_right(row):
            self._add(row, layer, themes)

    def _is_right(self, row: MappedRow) -> bool:
        code = _text(row, "code")
        if not _text(row, "objective"):
            self.refuse(row, _("The objective has no name."), "objective")
        try:
            clean_code(code, label=_("The code"), most=20)
        except Refusal as refusal:
            self.refuse(row, refusal.sentence, "code")
        if code in self.boxes:
            self.refuse(row, _("The code %(code)s is used in another row already.") % {"code": code}, "code")
        first, last = row.values.get("starts_on"), row.values.get("ends_on")
        if first and last and last < first:  # type: ignore[operator]
            self.refuse(row, _("It ends before it starts."), "ends_on")
        return row.number not in self.wrong

    def _add(self, row: MappedRow, layer: str, themes: tuple[str, ...]) -> None:
        code = _text(row, "code")
        days: dict[str, Any] = {name: row.values.get(name) for name in ("starts_on", "ends_on")}
        words: dict[str, Any] = {name: _text(row, name) for name in ("short_name", "description")}
        self.boxes[code] = ObjectiveContent(code, code, _text(row, "objective"), layer, themes, **words, **days)
        self.rows.append(row)
        if _text(row, "owner"):
            try:
                self.owners[code] = person_by(self.actor, _text(row, "owner"))
            except Refusal as refusal:
                self.refuse(row, refusal.sentence, "owner")

    # --------------------------------------------------------------------------------------------------------- links
    def join(self) -> None:
        """The links of all rows."""
        for row in self.rows:
            targets = _parts(_text(row, "leads_to"))
            lags, reasons = _parts(_text(row, "lag")), _text(row, "why").splitlines()
            if len(lags) > 1 and len(lags) != len(targets):
                words = {"lags": len(lags), "links": len(targets)}
                self.refuse(
                    row,
                    _("There are %(lags)d lags for %(links)d links; write one for all or one for each.") % words,
                    "lag",
                )
                continue
            for place, target in enumerate(targets):
                lag = self._lag(row, lags[place if len(lags) > 1 else 0]) if lags else USUAL_LAG
                self._link(row, target, lag, reasons[place] if place < len(reasons) else "")

    def _lag(self, row: MappedRow, text: str) -> tuple[int, int]:
        found = _LAG.fullmatch(text)
        if found is None:
            self.refuse(row, _("“%(lag)s” is not a lag. Write months, such as 3-6.") % {"lag": text}, "lag")
            return USUAL_LAG
        least, most = int(found[1]), int(found[2] or found[1])
        if most < least:
            self.refuse(row, _("The longest lag is shorter than the shortest. Swap them or correct one."), "lag")
        return least, most

    def _link(self, row: MappedRow, named: str, lag: tuple[int, int], why: str) -> None:
        source, target = _text(row, "code"), named.removeprefix("-").strip()
        sign = -1 if named.startswith("-") else 1
        if target not in self.boxes:
            self.refuse(row, _("No objective in the file has the code “%(code)s”.") % {"code": target}, "leads_to")
        elif target == source:
            self.refuse(row, _("A link joins two objectives; both ends are %(code)s.") % {"code": target}, "leads_to")
        elif (source, target) in self.links:
            self.refuse(row, _("The link to %(code)s is there twice.") % {"code": target}, "leads_to")
        else:
            key = f"{source}-{target}"
            self.links[source, target] = LinkContent(key, source, target, sign, *lag, why.strip())


@importer(
    "plan", title=gettext_lazy("A strategy from a workbook"), fields=FIELDS, options=DESTINATION, verb="add_strategy"
)
def plan(actor: Actor, rows: Iterable[MappedRow], *, commit: bool, options: dict[str, Any]) -> ImportReport:
    """Make a draft of the rows; what is wrong is said with row and column."""
    report = ImportReport()
    read = _Plan(actor, report)
    listed = list(rows)
    for row in listed:
        read.take(row)
    read.join()
    try:
        place = destination(actor, options, is_named=True)
        content = StrategyContent(
            place.name,
            place.starts_on,
            place.ends_on,
            perspectives=tuple(read.layers.values()),
            themes=tuple(read.themes.values()),
            objectives=tuple(_by_layer(read)),
            links=tuple(read.links.values()),
        )
        if report.is_refused:
            return report
        owners = Owners(place.owners.strategy, read.owners)
        made = (start_strategy if commit else try_start)(actor, unit=place.unit, content=content, owners=owners)
    except Refusal as refusal:
        report.note(refusal.sentence)
        return report
    for row in listed:
        report.add(row.number, Outcome.TAKEN, _text(row, "code") or _text(row, "perspective"))
    report.totals = {
        _("perspectives"): len(read.layers),
        _("themes"): len(read.themes),
        _("objectives"): len(read.boxes),
        _("links"): len(read.links),
    }
    report.opens = reverse("strategy:strategy", args=[made.pk]) if made else ""
    return report


def _by_layer(read: _Plan) -> Iterator[ObjectiveContent]:
    return (one for layer in read.layers for one in read.boxes.values() if one.perspective == layer)


def _text(row: MappedRow, name: str) -> str:
    return " ".join(str(row.values.get(name) or "").split()) if name != "why" else str(row.values.get(name) or "")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


# ------------------------------------------------------------------------------------------------------------- out
EXAMPLE = (
    ("Results", "What must be better?", "R1", "Win back patients' trust", "Trust", "", "Safer care", "", "", "", "", "", ""),
    ("Means", "What must we be able to?", "M1", "Train teams together", "Training",
     "Teams that rehearse what must not go wrong.", "Safer care", "", "R1", "3-9", "Rehearsed teams make fewer mistakes", "", ""),
)  # fmt: skip


def template_workbook() -> Iterator[bytes]:
    """An empty plan with two rows that show how it is filled."""
    return workbook_chunks([Sheet("Plan", list(HEADINGS.values()), [list(row) for row in EXAMPLE])])


def plan_workbook(content: StrategyContent, owners: dict[str, str]) -> Iterator[bytes]:
    """A strategy in the same columns; `owners` are e-mails by the keys of objectives."""
    return workbook_chunks([Sheet("Plan", list(HEADINGS.values()), _lines(content, owners))])


def _lines(content: StrategyContent, owners: dict[str, str]) -> Iterator[list[Any]]:
    themes = {one.key: one.name for one in content.themes}
    codes = {one.key: one.code for one in content.objectives}
    for layer in content.perspectives:
        boxes = [one for one in content.objectives if one.perspective == layer.key]
        if not boxes:
            yield [layer.name, layer.question, *[None] * (len(HEADINGS) - 2)]
        for one in boxes:
            links = [link for link in content.links if link.source == one.key]
            yield [
                layer.name, layer.question, one.code, one.name, one.short_name, one.description,
                "; ".join(themes[key] for key in one.themes), owners.get(one.key, ""),
                "; ".join(f"{'-' if link.sign < 0 else ''}{codes[link.target]}" for link in links),
                "; ".join(f"{link.lag_min}-{link.lag_max}" for link in links),
                "\n".join(" ".join(link.rationale.split()) for link in links), one.starts_on, one.ends_on,
            ]  # fmt: skip


def owners_of(objectives: Iterable[Objective]) -> dict[str, str]:
    """E-mails by the keys of the content."""
    return {str(one.pk): one.owner.email or "" for one in objectives if one.owner}
