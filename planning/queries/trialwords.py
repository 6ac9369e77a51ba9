"""What a test of a link says, in sentences. The words cause and proved are not used (METHOD §14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.formats import plain
from core.periods import Frequency, Period
from organization.queries import calendars
from planning.models import LinkTrial
from planning.rules.trial import Reason
from scorecards.models import Measure

if TYPE_CHECKING:
    from planning.queries.trials import Line

EARLY: dict[str, Callable[[], str]] = {
    Reason.NO_DATA: lambda: _("One of the two measures has no values in this frequency, or none overlap."),
    Reason.NO_VARIATION: lambda: _("No variation: a measure that never moves cannot be followed by another."),
    Reason.FEW_PAIRS: lambda: _("Fewer than 18 pairs of periods; nothing can be said of so few."),
    Reason.UNCLEAR: lambda: _("Fewer than 36 pairs of periods, and nothing stands out among them."),
}


def said(line: Line) -> str:
    """The verdict as a sentence, with what it stands on."""
    trial = line.trial
    if trial is None:
        return _("Not tested yet. Links are tested each night when a new period has come.")
    if trial.source is None or trial.target is None:
        return _("An objective of this link has no measure yet, so there is nothing to compare.")
    if line.verdict == LinkTrial.Verdict.TOO_EARLY:
        if trial.verdict != LinkTrial.Verdict.TOO_EARLY:
            return _("The first test says “%(word)s”. It counts when a second one says the same.") % {
                "word": trial.get_verdict_display()
            }
        return EARLY[trial.reason]() if trial.reason in EARLY else _("Too early to say anything.")
    if line.verdict == LinkTrial.Verdict.NOT_SEEN:
        return _not_seen(trial)
    return _followed(line, trial.source, trial.target, trial)


def _not_seen(trial: LinkTrial) -> str:
    if trial.missed is None:
        return _("No sign of it at this noise, and how large an effect would be missed is not known.")
    return _("No sign of it at this noise: an effect under %(size)s would be missed.") % {
        "size": plain(trial.missed, 1)
    }


def _followed(line: Line, source: Measure, target: Measure, trial: LinkTrial) -> str:
    with_sign = (line.verdict == LinkTrial.Verdict.SUPPORTED) == (line.link.sign > 0)
    words = (
        _("Where %(source)s got better, %(target)s got better %(later)s.")
        if with_sign
        else _("Where %(source)s got better, %(target)s got worse %(later)s.")
    )
    return words % {"source": source.short, "target": target.short, "later": later(trial)}


def later(trial: LinkTrial) -> str:
    """After how long: "3 months later", "in the same month"."""
    steps = trial.lag or 0
    words: dict[str, Callable[[], str]] = {
        "week": lambda: ngettext("%d week later", "%d weeks later", steps) % steps,
        "month": lambda: ngettext("%d month later", "%d months later", steps) % steps,
        "quarter": lambda: ngettext("%d quarter later", "%d quarters later", steps) % steps,
        "half_year": lambda: ngettext("%d half-year later", "%d half-years later", steps) % steps,
        "year": lambda: ngettext("%d year later", "%d years later", steps) % steps,
    }
    return words[trial.frequency]() if steps else _("in the same period")


def lag_short(trial: LinkTrial) -> str:
    """The lag where there is little room: "2 mo"."""
    words: dict[str, Callable[[], str]] = {
        "week": lambda: _("%d wk"),
        "month": lambda: _("%d mo"),
        "quarter": lambda: _("%d qtr"),
        "half_year": lambda: _("%d half-yr"),
        "year": lambda: _("%d yr"),
    }
    return "" if trial.lag is None else words[trial.frequency]() % trial.lag


def ground(trial: LinkTrial) -> str:
    """What was used: pairs, units, from when to when, seasons."""
    if trial.first is None or trial.last is None:
        return ""
    frequency, calendar = Frequency(trial.frequency), calendars()
    parts = [
        ngettext("%d pair of periods", "%d pairs of periods", trial.pairs) % trial.pairs,
        _("%(first)s to %(last)s")
        % {
            "first": Period.of(frequency, trial.first, calendar).label,
            "last": Period.of(frequency, trial.last, calendar).label,
        },
    ]
    if trial.units > 1:
        parts.insert(1, ngettext("%d unit", "%d units", trial.units) % trial.units)
    if trial.is_deseasoned:
        parts.append(_("seasons taken out"))
    return ", ".join(parts)


def slope_words(trial: LinkTrial) -> str:
    """How far the target moved for one of the source, with its interval; "not stated" where it would not be honest."""
    if trial.slope is None or trial.slope_low is None or trial.slope_high is None:
        return _("not stated")
    return _("%(slope)s (%(low)s to %(high)s)") % {
        "slope": plain(trial.slope, 2),
        "low": plain(trial.slope_low, 2),
        "high": plain(trial.slope_high, 2),
    }
