"""The building blocks of every screen. An unknown argument is an error, not a silence; the gallery shows each state.

Block tags: card, grid, column, pagehead, table, note. Single tags: status, change, stat, chart, spark, measure_legend,
progress, avatar, empty, icon, field, error_summary. Filters write numbers and dates (core.formats).
The only module that marks text as safe: what core.charts and core.icons give back is escaped where it is made.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import cycle
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language

from core import charts, formats, icons, statuses
from core.charts import CHARTS, MeasureSeries
from core.formwords import grouped, kind_of, sentences

register = template.Library()

AVATAR_TONES = ("", "g", "o", "p", "k")
NOTE_ICONS = {"info": "info-circle", "warn": "alert-triangle", "problem": "alert-triangle", "done": "check"}
ARROWS = {"up": "M6 10V2M2.5 5.5 6 2l3.5 3.5", "down": "M6 2v8M2.5 6.5 6 10l3.5-3.5", "same": "M2 6h8"}
DIRECTIONS = {**{name: name for name in ARROWS}, "better": "up", "worse": "down", "": "same"}
_LABELLED = {"checkbox", "radioselect", "checkboxselectmultiple"}


def _picture(svg: str) -> SafeString:
    """A drawing of core.charts: every text in it was escaped when it was drawn."""
    return mark_safe(svg)  # noqa: S308


def _known_status(tag: str, argument: str, given: str | None) -> str:
    """The status; none at all counts as no data, a word that is no status is an error."""
    if given is None:
        return statuses.NO_DATA
    if given not in statuses.WORDS:
        raise _wrong(tag, argument, given, statuses.WORDS)
    return given


def _wrong(tag: str, argument: str, given: object, known: Iterable[str]) -> template.TemplateSyntaxError:
    """What is wrong with an argument, and what it may be."""
    return template.TemplateSyntaxError(f"{tag}: {argument} is {given!r}, must be one of {', '.join(known)}")


# ------------------------------------------------------------------------------------------------------- icons
@register.simple_tag
def icon(name: str, *, small: bool = False, label: str = "") -> SafeString:
    """An icon; hidden from screen readers unless it stands alone and has a label."""
    return _picture(icons.drawing(name, small, label))


# ------------------------------------------------------------------------------------------------------ status
@register.simple_tag
def status_shape(value: str | None, size: int = 16) -> SafeString:
    """The shape alone, only where the word stands beside it or in a heading."""
    return _picture(charts.status_icon(_known_status("status_shape", "value", value), size))


@register.simple_tag
def status(
    value: str | None,
    *,
    pill: bool = False,
    word: str = "",
    reason: str = "",
    was: str | None = "",
    when: str = "",
    hide_word: bool = False,
    size: int = 16,
) -> SafeString:
    """Shape and word; `was` names the earlier status and `when` its period, `reason` says why there is none.

    `hide_word` hides the word from sight only; its column or legend must name the statuses.
    """
    before = _known_status("status", "was", was) if was else ""
    return _status_chip(
        _known_status("status", "value", value), before, word, reason, when, pill, hide_word, size, get_language()
    )


@functools.lru_cache(maxsize=2048, typed=True)
def _status_chip(
    value: str,
    before: str,
    word: str,
    reason: str,
    when: str,
    pill: bool,
    hide_word: bool,
    size: int,
    language: str | None,
) -> SafeString:
    """The chip drawn once for the same words: lists and scorecards show a few of them many times."""
    context = {
        "value": value, "pill": pill, "reason": reason, "when": when, "hide_word": hide_word,
        "shape": _picture(charts.status_icon(value, 14 if pill else size)),
        "word": word or statuses.WORDS[value],
        "was": statuses.WORDS[before] if before and before != value else "",
        "direction": statuses.movement(before, value),
    }  # fmt: skip
    return render_to_string("core/ui/status.html", context)


@register.inclusion_tag("core/ui/change.html")
def change(direction: str, words: str) -> dict[str, Any]:
    """An arrow and words; better points up and worse down, whatever the number did."""
    if direction not in DIRECTIONS:
        raise _wrong("change", "direction", direction, DIRECTIONS)
    return {"arrow": ARROWS[DIRECTIONS[direction]], "words": words}


# ------------------------------------------------------------------------------------------------------ charts
@functools.cache
def _signature(kind: str) -> inspect.Signature:
    return inspect.signature(CHARTS[kind])


def _draw(kind: str, arguments: Sequence[Any], options: dict[str, Any]) -> SafeString:
    """One picture; a misspelt option is an error."""
    if kind not in CHARTS:
        raise _wrong("chart", "kind", kind, CHARTS)
    try:
        _signature(kind).bind(*arguments, **options)
    except TypeError as problem:
        raise template.TemplateSyntaxError(f"chart {kind}: {problem}") from None
    return _picture(CHARTS[kind](*arguments, **options))


@register.simple_tag
def chart(kind: str, *arguments: Any, narrow: int = 0, narrow_height: int = 0, **options: Any) -> SafeString:
    """A chart of core.charts by its kind: `{% chart "measure" series chart_id="m-12" title=headline narrow=330 %}`.

    With `narrow` it is drawn a second time at that width and CSS shows the one that fits (a scaled picture cannot be
    read on a phone).
    """
    wide = _draw(kind, arguments, options)
    if not narrow:
        return wide
    smaller = {**options, "chart_id": f"{options.get('chart_id', '')}-narrow", "width": narrow}
    if narrow_height:
        smaller["height"] = narrow_height
    second = _draw(kind, arguments, smaller)
    return format_html('<div class="smo-wide">{}</div><div class="smo-narrow">{}</div>', wide, second)


@register.simple_tag
def spark(
    values: Sequence[float | None],
    *,
    chart_id: str,
    title: str,
    status: str = "no_data",
    target: float | None = None,
    width: int = 96,
    height: int = 26,
) -> SafeString:
    """A sparkline: the trend of one row, its last point in the status colour."""
    return _picture(
        charts.spark(values, chart_id=chart_id, title=title, status=status, target=target, width=width, height=height)
    )


@register.inclusion_tag("core/ui/measure_legend.html")
def measure_legend(series: MeasureSeries) -> dict[str, Any]:
    """The marks of a measure's chart in words, only those that are drawn."""
    return {
        "target": any(value is not None for value in series.targets),
        "red_flag": any(value is not None for value in series.red_flags) and series.polarity != "inside",
        "forecast": any(value is not None for value in series.forecast),
        "interval": any(value is not None for value in series.forecast_low),
        "previous": any(value is not None for value in series.previous_values),
        "previous_name": series.previous_name,
        "further": list(zip((name for name, _values in series.further_values), cycle(charts.DASHES))),  # noqa: B905
        "has_break": bool(series.breaks),
    }


# ------------------------------------------------------------------------------------------------------- boxes
@register.simple_block_tag
def card(
    content: SafeString,
    title: str,
    *,
    sub: str = "",
    link: str = "",
    link_text: str = "",
    end: str = "",
    footer: str = "",
    span: int = 0,
    card_id: str = "",
    pad: bool = True,
) -> SafeString:
    """A titled box. `span` columns of twelve inside a grid; `pad=False` for tables and lists that reach the edge."""
    context = {
        "body": content,
        "title": title,
        "sub": sub,
        "link": link,
        "link_text": link_text,
        "end": end,
        "footer": footer,
        "span": span,
        "heading_id": f"h-{card_id or slugify(title, allow_unicode=True)}",
        "pad": pad,
    }
    return render_to_string("core/ui/card.html", context)


@register.simple_block_tag
def grid(content: SafeString) -> SafeString:
    """Twelve columns; its cards and columns say how many they take, one below the other on small screens."""
    return format_html('<div class="smo-grid">{}</div>', content)


@register.simple_block_tag
def column(content: SafeString, *, span: int = 12) -> SafeString:
    """Boxes one below the other in one column of a grid."""
    return format_html('<div class="smo-c{} smo-col">{}</div>', span, content)


@register.simple_block_tag
def pagehead(content: SafeString, title: str, *, message: str = "", code: str = "") -> SafeString:
    """The page's heading, its message line if it has one (the heading is then heard, not seen), and facts under it."""
    context = {"title": title, "message": message, "code": code, "meta": content if content.strip() else ""}
    return render_to_string("core/ui/pagehead.html", context)


@register.simple_block_tag
def table(content: SafeString, label: str) -> SafeString:
    """A table that scrolls sideways inside its box and can be reached by keyboard; `label` names it."""
    return render_to_string("core/ui/table.html", {"body": content, "label": label})


@register.simple_block_tag
def note(content: SafeString, *, tone: str = "info") -> SafeString:
    """A few words that must not be missed: info, warn, problem or done."""
    if tone not in NOTE_ICONS:
        raise _wrong("note", "tone", tone, NOTE_ICONS)
    return render_to_string("core/ui/note.html", {"body": content, "tone": tone, "icon": NOTE_ICONS[tone]})


@register.inclusion_tag("core/ui/stat.html")
def stat(
    title: str,
    value: str,
    *,
    status: str,
    target: str = "",
    words: str = "",
    url: str = "",
    chart_id: str = "",
    trend: Sequence[float | None] = (),
    actual: float | None = None,
    goal: float | None = None,
    most: float | None = None,
) -> dict[str, Any]:
    """A tile: question, figure, trend and bullet (both need `chart_id`), status in words and what is counted."""
    line = bar = ""
    if trend:
        line = charts.spark(trend, chart_id=f"{chart_id}-trend", title=title, status=status, width=84, height=28)
    if actual is not None:
        bar = charts.bullet(actual, goal, chart_id=f"{chart_id}-bullet", title=title, width=196, height=14, high=most)
    return {
        "title": title,
        "value": value,
        "status": status,
        "target": target,
        "words": words,
        "url": url,
        "trend": _picture(line),
        "bullet": _picture(bar),
    }


@register.inclusion_tag("core/ui/progress.html")
def progress(label: str, *, value: float | None = None, head: str = "", left: str = "") -> dict[str, Any]:
    """How far long work has come, 0 to 100; without a value it runs without saying how far."""
    return {
        "label": label,
        "value": None if value is None else max(0, min(100, round(value))),
        "head": head,
        "left": left,
    }


@register.inclusion_tag("core/ui/avatar.html")
def avatar(
    name: str, *, initials: str = "", tone: str = "", small: bool = False, shown: bool = False, role: str = ""
) -> dict[str, Any]:
    """A person as initials; `shown` writes the name beside them, else it is heard and hovered."""
    if tone not in AVATAR_TONES:
        raise _wrong("avatar", "tone", tone, AVATAR_TONES)
    words = str(name).split()
    letters = initials or "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    return {"name": name, "initials": letters or "?", "tone": tone, "small": small, "shown": shown, "role": role}


@register.inclusion_tag("core/ui/empty.html")
def empty(
    title: str, text: str = "", *, url: str = "", action: str = "", icon: str = "", primary: bool = False
) -> dict[str, Any]:
    """What belongs here, why there is nothing, and one action."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon, "primary": primary}


# ------------------------------------------------------------------------------------------------------- forms
@register.inclusion_tag("core/ui/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """A field of a form: label, hint, error, input; "optional" in words instead of a star on the others."""
    kind = kind_of(field)
    base = "form-select" if "select" in kind and kind not in _LABELLED else "form-control"
    classes = "form-check-input" if kind in _LABELLED else base
    if field.errors:
        classes += " is-invalid"
    attributes = field.field.widget.attrs  # the form's own copy; choices read it when they are drawn one by one
    attributes["class"] = " ".join(dict.fromkeys([*classes.split(), *attributes.get("class", "").split()]))
    return {"field": field, "control": field.as_widget(), "kind": kind, "choices": kind in _LABELLED - {"checkbox"}}


@register.inclusion_tag("core/ui/error_summary.html")
def error_summary(*forms: BaseForm, focus: bool = True) -> dict[str, Any]:
    """All errors of the forms at the top, each leading to its input; nothing where there are none.

    It takes the focus when the page comes, so that it is read first.
    """
    problems: list[tuple[str, str]] = []
    for form in forms:
        if not form.is_bound:
            continue
        problems += [("", str(error)) for error in form.non_field_errors()]
        for bound in form:
            anchor = bound.auto_id if kind_of(bound) in _LABELLED - {"checkbox"} else bound.id_for_label
            problems += [(anchor, f"{bound.label}: {error}") for error in sentences(bound)]
    return {"problems": problems, "focus": focus}


# ----------------------------------------------------------------------------------------------------- filters
register.filter("sentences", sentences)
register.filter("grouped", grouped)
register.filter("number", formats.plain)
register.filter("signed", formats.signed)
register.filter("percent", formats.percent)
register.filter("points", formats.points)
register.filter("money", formats.money)
register.filter("money_full", formats.money_full)


@register.filter
def day(value: date | None) -> str:
    """16 Jul 2026; nothing for no date."""
    return formats.date_short(value) if value else ""


@register.filter
def month_name(number: int) -> str:
    """January for 1."""
    return date_format(date(2000, number, 1), "F")


@register.filter
def day_long(value: date | None) -> str:
    """16 July 2026."""
    return formats.date_long(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """16 Jul 2026, 09:24 in the reader's zone."""
    return formats.moment(value) if value else ""


@register.filter
def due(value: date | None, today: date) -> str:
    """2 days overdue, 5 days left, or the date."""
    return formats.due(value, today) if value else ""
