"""Further lines of a measure beside the one that is scored: a benchmark, last year's plan, a forecast, a breakdown."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actions import recording
from core.access import Actor, require
from core.actions import Refusal
from scorecards.models import Measure, Series

LONGEST_NAME = 500


def add_series(actor: Actor, *, measure: Measure, kind: str, name: str) -> Series:
    """Add a line to a measure; its values are recorded like those of the main one."""
    require(actor, "change", measure)
    if kind not in Series.Kind.values:
        raise Refusal(_("There is no kind of line “%(kind)s”.") % {"kind": kind}, field="kind")
    words = _checked(measure, kind, name)
    with recording(actor, "add_series", subject_id=measure.subject_id, details={"name": words}):
        return Series.objects.create(measure=measure, kind=kind, name=words)


def rename_series(actor: Actor, *, series: Series, name: str) -> Series:
    """Another name for a line; its values stay. The line that is scored has none."""
    require(actor, "change", series.measure)
    if series.kind == Series.Kind.ACTUAL and not series.name:
        raise Refusal(_("This is the line that is scored; it bears the measure's name."), field="name")
    words = _checked(series.measure, series.kind, name, but=series)
    with recording(actor, "rename_series", subject_id=series.measure.subject_id, details={"name": words}):
        row = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
        row.name = words
        row.save(update_fields=["name"])
    return row


def _checked(measure: Measure, kind: str, name: str, but: Series | None = None) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or "\x00" in words:
        raise Refusal(_("Give the line a name of 1 to %(most)d characters.") % {"most": LONGEST_NAME}, field="name")
    beside = Series.objects.filter(measure=measure, kind=kind, name=words)
    if (beside.exclude(pk=but.pk) if but else beside).exists():
        raise Refusal(_("The measure has a line “%(name)s” already.") % {"name": words}, field="name")
    return words
