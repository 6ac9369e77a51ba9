"""The kind of import "stratml": a published plan (ISO 17469, Part 1 or 2) becomes a draft; and a strategy as StratML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actions import Refusal
from core.importers import ImportReport, Outcome, importer
from organization.actors import Actor
from planning.actions.starting import Published, start_strategy, try_start
from planning.exchange.destinations import DESTINATION, destination
from planning.exchange.stratml_file import PlanFile, read_tree, written_tree
from planning.queries.sources import SourceFacts
from planning.rules.plan_tree import Element, counts
from planning.rules.stratml_content import Note, PlanRead, Words, days_of, read_plan
from planning.rules.stratml_export import Given, Source, plan_tree, with_facts
from planning.rules.stratml_indicators import Indicator
from planning.rules.stratml_schema import PART_2, PARTS
from planning.rules.stratml_shape import Fault, arranged
from strategy.models import Strategy
from strategy.rules.content import StrategyContent

SHOWN = 3
FAULTS: dict[str, str | Promise] = {
    "unknown": gettext_lazy("%(tag)s holds “%(detail)s”, which the schema does not know there; it is kept as it is."),
    "too_many": gettext_lazy("%(tag)s holds more “%(detail)s” than the schema allows; the further ones are kept."),
    "order": gettext_lazy("The parts of %(tag)s are not in the schema's order; an export puts them in order."),
    "missing": gettext_lazy("%(tag)s lacks “%(detail)s”, which the schema wants; an export adds an empty one."),
    "attribute": gettext_lazy("%(tag)s has “%(detail)s”, which the schema does not know there; it is kept."),
    "needed": gettext_lazy("%(tag)s lacks the attribute “%(detail)s”, which the schema wants; an export adds it."),
    "value": gettext_lazy(
        "“%(detail)s” is not what the schema allows in %(tag)s; it is kept, and fitted in an export."
    ),
    "twice": gettext_lazy("The identifier “%(detail)s” is used twice; an export tells them apart by “_”."),
    "mixed": gettext_lazy("%(tag)s holds text among its parts: “%(detail)s”; it is kept."),
}
EMPTY = gettext_lazy("%(tag)s is empty, which the schema does not allow; it is kept, and left out of an export.")
NO_FACTS = gettext_lazy("What the portal added to the file cannot be read: layers, links and days are left out.")
NOTES: dict[str, str | Promise] = {
    "cut": gettext_lazy("%(tag)s: a text is longer than the portal holds and is shortened here (“%(detail)s”)."),
    "unnamed": gettext_lazy("%(tag)s has no name; it is called “%(detail)s” here."),
    "renamed": gettext_lazy("%(tag)s has the name of another one; it is called “%(detail)s” here."),
    "numbered": gettext_lazy("%(tag)s has no sequence indicator that can be a code; its code is “%(detail)s” here."),
    "facts": gettext_lazy(
        "“%(detail)s” is not called so where the file tells of its layer, links and days; those are left out."
    ),
}
COUNTED = {
    "Goal": gettext_lazy("goals, as themes"), "Objective": gettext_lazy("objectives"), "Value": gettext_lazy("core values"),
    "Organization": gettext_lazy("organisations, kept"), "Stakeholder": gettext_lazy("stakeholders, kept"),
    "Role": gettext_lazy("roles, kept"), "PerformanceIndicator": gettext_lazy("performance indicators, kept"),
    "TargetResult": gettext_lazy("target results, kept"), "ActualResult": gettext_lazy("actual results, kept"),
    "Identifier": gettext_lazy("identifiers, kept"),
}  # fmt: skip


@importer(
    "stratml",
    title=gettext_lazy("A strategy from StratML (ISO 17469)"),
    fields=(),
    options=DESTINATION,
    verb="add_strategy",
    whole=read_tree,
)
def stratml(actor: Actor, file: PlanFile, *, commit: bool, options: dict[str, Any]) -> ImportReport:
    """Make a draft of the plan; what its schema does not allow is a warning."""
    report = ImportReport()
    try:
        place = destination(actor, options, days_of(file.tree))
        read = read_plan(file.tree, starts_on=place.starts_on, ends_on=place.ends_on, words=_words(), facts=file.facts)
        said = warnings(file, read)
        published = Published(file.tree, file.part.number, read.content, options.get("file") or _("plan.xml"), said)
        content = replace(read.content, name=place.name or read.content.name)
        start = start_strategy if commit else try_start
        made = start(actor, unit=place.unit, content=content, owners=place.owners, published=published)
    except Refusal as refusal:
        report.note(refusal.sentence)
        return report
    _say(report, file.tree, said)
    if made is not None:
        report.opens = reverse("strategy:strategy", args=[made.pk])
    return report


def _words() -> Words:
    return Words(_("Strategic plan"), _("Objectives"), _("Goal"), _("Objective"))


def _say(report: ImportReport, tree: Element, said: list[str]) -> None:
    found = counts(tree)
    core = tree.first("StrategicPlanCore") or Element("")
    for goal in core.all("Goal"):
        report.add(goal.line, Outcome.TAKEN, goal.words("Name"), _("a theme"))
        for one in goal.all("Objective"):
            report.add(one.line, Outcome.TAKEN, one.words("Name"), _("an objective"))
    report.totals = {str(words): found[tag] for tag, words in COUNTED.items() if found.get(tag)}
    report.notes = said


# -------------------------------------------------------------------------------------------------------- warnings
def warnings(file: PlanFile, read: PlanRead) -> list[str]:
    """What is not as the schema says and what we hold otherwise, alike ones together with their lines."""
    said = []
    if file.namespace != file.part.namespace:
        words = {"namespace": file.namespace or "—", "part": file.part.number}
        said.append(
            _("The namespace “%(namespace)s” is not that of ISO 17469; the file is read as Part %(part)d.") % words
        )
    return said + list(_grouped(arranged(file.tree, file.part)[1])) + list(_grouped(read.notes))


def _grouped(found: Iterable[Fault | Note]) -> Iterator[str]:
    groups: dict[tuple[str, str, bool], list[Fault | Note]] = {}
    for one in found:
        groups.setdefault((one.kind, one.tag, bool(one.detail.strip())), []).append(one)
    for (kind, tag, has_detail), alike in groups.items():
        sentence = FAULTS[kind] if kind in FAULTS else NOTES[kind]
        if kind == "value" and not has_detail:
            sentence = EMPTY
        if kind == "facts" and not has_detail:
            sentence = NO_FACTS
        details = list(Counter(one.detail[:80] for one in alike))
        detail = "”, “".join(details[:SHOWN]) + (" …" if len(details) > SHOWN else "")
        lines = [str(line) for line in Counter(one.line for one in alike if one.line)]
        place = _(" Lines %(lines)s%(more)s.") % {
            "lines": ", ".join(lines[:SHOWN]),
            "more": " …" if len(lines) > SHOWN else "",
        }
        times = f"{len(alike)} × " if len(alike) > 1 else ""
        yield times + str(sentence) % {"tag": tag, "detail": detail} + (place if lines else "")


# ------------------------------------------------------------------------------------------------------------- out
def stratml_of(strategy: Strategy, facts: SourceFacts, part: int, site: str) -> bytes:
    """The strategy as a schema-valid file of the part: what it was imported from word for word, but for what has changed."""
    content, source = _keyed(facts)

    def identifier(noun: str, key: str) -> str:
        return f"_{uuid5(NAMESPACE_URL, f'{site}/strategy/{strategy.pk}/{noun}/{key}')}"

    measures = (
        {key: _named(found, identifier) for key, found in facts.indicators.items()} if part == PART_2.number else {}
    )
    given = Given(str(strategy.unit), _("Without a theme"), identifier, measures)
    tree = plan_tree(content, PARTS[part], given, source)
    made, _faults = arranged(tree, PARTS[part])
    return written_tree(with_facts(made, tree, content, _words(), source), PARTS[part])


def _named(indicators: Sequence[Indicator], identifier: Callable[[str, str], str]) -> list[Indicator]:
    """The measures under identifiers that stay the same from one export to the next."""
    unit = _("number")
    return [replace(one, identifier=identifier("measure", one.identifier), unit=one.unit or unit) for one in indicators]


def _keyed(facts: SourceFacts) -> tuple[StrategyContent, Source | None]:
    if facts.source is None:
        return facts.content, None
    return facts.content, Source(facts.tree, facts.source)
