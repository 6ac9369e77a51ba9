"""Examples for the gallery: every component in every state, so that a change in the looks is seen at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core import icons
from core.charts import (
    Annotation,
    Bubble,
    ChainBox,
    Decay,
    MapArrow,
    MapBand,
    MapLane,
    MapLayout,
    MapNode,
    MeasureSeries,
    Timeline,
    TimelineBar,
)
from core.charts.strategy_map import CARD_HEIGHT, Change
from core.formats import NumberFormat
from core.forms import NumberField, PlainForm
from core.mapping.typed import Unit
from core.statuses import WORDS

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PERCENT = NumberFormat("percent")


class ExampleForm(PlainForm):
    """One field of each kind, sent with mistakes in it."""

    actual = NumberField(
        label=_("Actual, %"),
        required=True,
        unit=Unit(is_percent=True),
        help_text=_("Percentage of patients, one decimal."),
        max_value=100,
    )
    method = forms.ChoiceField(label=_("Scoring"), choices=[("band", _("Bands")), ("meets", _("Meets the target"))])
    source = forms.CharField(label=_("Source"), required=False)
    why = forms.CharField(label=_("Why it changed after closing"), widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label=_("Tell the owner"), help_text=_("Sent with the daily digest."))
    better = forms.ChoiceField(
        label=_("Better is"), choices=[("up", _("higher")), ("down", _("lower"))], widget=forms.RadioSelect
    )


def example_form() -> ExampleForm:
    """The form as it comes back with errors."""
    form = ExampleForm({"actual": "724", "method": "band", "source": "", "why": ""})
    form.is_valid()
    return form


def waits() -> MeasureSeries:
    """All that a measure can show."""
    target = [70, 71, 73, 75, 76.5, 78, 79, 80, 80, 80, 80, 80]
    return MeasureSeries(
        labels=MONTHS,
        actual=[69.7, 71.5, 73.6, 74.9, 74.6, 72.4],
        target=target,
        red_flag=[value - 3 for value in target],
        previous=[66.8, 67.5, 69.0, 70.2, 71.1, 71.9, 72.6, 73.8, 73.1, 72.0, 70.4, 68.9],
        previous_name="2025",
        forecast=[72.8, 73.9, 75.0, 75.6, 75.1, 75.4],
        forecast_low=[71.4, 71.9, 72.5, 72.6, 71.7, 71.6],
        forecast_high=[74.2, 75.9, 77.5, 78.6, 78.5, 79.2],
        statuses=["watch", "on_track", "on_track", "watch", "watch", "off_track"],
        annotations=[Annotation(4, _("Saltby ward closed 22 May"))],
        numbers=PERCENT,
    )


def lower_is_better() -> MeasureSeries:
    """Lower is better, a value missing, no forecast, a target that ends."""
    return MeasureSeries(
        labels=MONTHS,
        actual=[9.1, 9.0, None, 10.2, 11.1, 8.2, 7.6],
        target=[9.0, 8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4],
        red_flag=[11.0, 10.8, 10.6, 10.4, 10.2, 10.0, 9.8, 9.6, 9.4],
        statuses=["watch", "watch", "no_data", "watch", "off_track", "watch", "on_track"],
        polarity="down",
        numbers=NumberFormat(unit=_("days")),
    )


def long_history() -> MeasureSeries:
    """Three years of months, no red flag, two events."""
    values = [4100 + 90 * i + (i * 37 % 11) * 120 for i in range(31)]
    return MeasureSeries(
        labels=MONTHS * 3,
        groups=[str(year) for year in (2024, 2025, 2026) for _month in MONTHS],
        actual=[None if i in {9, 10} else value for i, value in enumerate(values)],
        target=[5200] * 12 + [6200] * 12 + [7300] * 12,
        statuses=["on_track" if value >= 6200 else "off_track" for value in values],
        annotations=[Annotation(8, _("New counting rule")), Annotation(20, _("Second centre opens"))],
        numbers=NumberFormat("money"),
    )


def bare() -> MeasureSeries:
    """One value, no target."""
    return MeasureSeries(labels=MONTHS[:6], actual=[3], statuses=["no_data"])


def nothing() -> MeasureSeries:
    """No values yet."""
    return MeasureSeries(labels=MONTHS[:6], actual=[])


def _cards() -> tuple[MapNode, ...]:
    """A card per status, some with a change, one with too long a title, one with a word of warning."""
    long_title = _("Patients flow without delay through every ward and every site we run")
    rows: list[tuple[str, float, float, str, str, str, str, str, Change]] = [
        ("P1", 246, 67, _("Shorter waits, urgent and planned"), "off_track", "72.4%", "78%", "Adeyemi", "worse"),
        ("P2", 740, 67, _("More care at or near home"), "exceeds", "67%", "61%", "Kaya", ""),
        ("C1", 126, 213, long_title, "watch", "11.8%", "8%", "Lindqvist", ""),
        ("C2", 366, 213, _("One-stop diagnostics"), "on_track", "83%", "80%", "Ferreira", "better"),
        ("C3", 740, 213, _("Virtual wards at scale"), "watch", "71%", "80%", "Kaya", ""),
        ("L1", 246, 359, _("Right staff, right shift"), "complete", "91%", "95%", "Whitcombe", ""),
        ("L2", 740, 359, _("One connected patient record"), "no_data", _("No value"), "", "Osei", ""),
    ]
    return tuple(
        MapNode(
            key, x, y, 226, CARD_HEIGHT, title, status,
            value=value, beside=_("of %(target)s") % {"target": goal} if goal else "", owner=owner, change=change, url="#h-map",
            flag=_("doubt") if key == "C3" else "",
        )
        for key, x, y, title, status, value, goal, owner, change in rows
    )  # fmt: skip


def strategy() -> MapLayout:
    """A small map with each status and each strength of arrow."""
    lanes = (MapLane(112, 494, _("Sooner"), _("timely access")), MapLane(606, 494, _("Closer"), _("care near home")))
    bands = (
        MapBand(40, 146, _("Patients and community"), _("What people notice")),
        MapBand(186, 146, _("Care processes"), _("What we must do well")),
        MapBand(332, 146, _("People and digital"), _("What we must have")),
    )
    arrows = (
        MapArrow("C1", "P1", "supported", "+0.81"),
        MapArrow("C2", "P1", "weak", "+0.35"),
        MapArrow("C3", "P2", "against", "−0.04"),
        MapArrow("L1", "C1", "supported", "+0.72"),
        MapArrow("L1", "C2", "untested"),
        MapArrow("L2", "C3", "untested"),
        MapArrow("C3", "C1", "supported", "+0.52"),
    )
    return MapLayout(1100, 478, bands, lanes, _cards(), arrows)


def bubbles() -> list[Bubble]:
    """Initiatives by money spent and benefit arrived."""
    return [
        Bubble("I-05", 32, 33, 5.4, "off_track"),
        Bubble("I-03", 50, 54, 6.1, "watch"),
        Bubble("I-07", 80, 108, 7.2, "on_track"),
        Bubble("I-14", 59, 88, 9.5, "on_track"),
        Bubble("I-21", 100, 83, 0.7, "complete"),
        Bubble("I-15", 8, 0, 1.9, "no_data"),
    ]


def dated() -> Timeline:
    """Steps in each tone, one of them late."""
    bars = [
        TimelineBar(_("Look around and inside"), date(2026, 1, 12), date(2026, 2, 20), "done", _("done")),
        TimelineBar(
            _("Name the issues"), date(2026, 2, 16), date(2026, 3, 6), "late", _("12 days late"), "#h-timeline"
        ),
        TimelineBar(_("Weigh options"), date(2026, 3, 2), date(2026, 4, 17), "under_way", _("under way")),
        TimelineBar(_("Visit peers"), date(2026, 3, 9), date(2026, 3, 27), "skipped", _("skipped")),
        TimelineBar(_("Adopt"), date(2026, 4, 20), date(2026, 5, 1), "planned", _("from 20 April")),
    ]
    marks = [(date(2026, month, 1), name) for month, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May"), start=1)]
    return Timeline(date(2026, 1, 1), date(2026, 5, 31), bars, marks, date(2026, 3, 18), _("Today"))


def chained() -> list[ChainBox]:
    """A figure made of two, one of which is made of two again."""
    return [
        ChainBox(_("Cost per visit"), "£41", "watch", 0, "#chain"),
        ChainBox(_("Cost"), "£3.2m", "on_track", 1, "#chain"),
        ChainBox(_("Visits"), "78,000", "off_track", 1, "#chain"),
        ChainBox(_("Staff"), "£2.1m", "on_track", 2, "#chain"),
        ChainBox(_("Other cost"), "", "no_data", 2, "#chain"),
    ]


STATUS_TOKENS = [
    ("exceeds", "#1e3a8a", "10.4", "#7c8cff", "5.7"),
    ("on_track", "#07808a", "4.7", "#3ccfc0", "8.8"),
    ("watch", "#c48000", "3.3", "#ffc861", "11.1"),
    ("off_track", "#a61b1b", "7.5", "#f2637e", "5.5"),
    ("no_data", "#5b6980", "5.6", "#93a1b3", "6.5"),
]


def fading() -> Decay:
    """A confidence that was given twice, and fades again."""
    once, again = [0.8 * 0.5 ** (month / 12) for month in range(9)], [0.7 * 0.5 ** (month / 12) for month in range(15)]
    return Decay(
        values=[*once, *again],
        today=12,
        limit=0.4,
        limit_words=_("doubtful below"),
        status="on_track",
        labels=[(0, "Jan"), (12, _("today")), (22, "Nov")],
        marks=[(0, 0.8), (9, 0.7)],
        desc=_("Given 80% in January and 70% in October; doubtful from next July."),
    )


def examples() -> dict[str, Any]:
    """Context of the gallery page."""
    return {
        "statuses": list(WORDS),
        "status_tokens": STATUS_TOKENS,
        "icons": icons.names(),
        "form": example_form(),
        "waits": waits(),
        "lower": lower_is_better(),
        "long": long_history(),
        "bare": bare(),
        "nothing": nothing(),
        "map": strategy(),
        "bubbles": bubbles(),
        "dated": dated(),
        "chained": chained(),
        "fading": fading(),
        "chain_links": [(1, 0), (2, 0), (3, 1), (4, 1)],
        "rising": [52, 56, 60, 63, 65, 66, None, 69, 70, 71, 71],
        "falling": [9.0, 8.8, 9.4, 10.2, 11.1, 11.8],
        "months": MONTHS,
        "value_actual": [1.0, 2.1, 3.8, 6.0, 9.3, 12.9],
        "value_plan": [1.2, 2.7, 5.0, 8.1, 12.6, 18.6, 23.4, 28.4, 33.5, 38.9, 44.2, 50.0],
        "value_forecast": [17.6, 22.4, 27.3, 31.8, 35.6, 38.9],
        "counts": {"exceeds": 1, "on_track": 8, "watch": 4, "off_track": 2, "no_data": 1},
        "neutrals": ["ink", "ink-2", "ink-3", "field", "accent", "line", "canvas", "surface"],
    }
