"""The curve of an assumption's confidence: the last year, the present, and the year to come if nobody looks at it again."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.charts import Decay
from core.formats import date_long, date_short, percent
from planning.queries.assumptions import MONTHS_SHOWN, Standing, findings
from planning.rules.assumptions import DAYS_IN_A_MONTH, DOUBTFUL_UNDER, course

STEPS = 4
"""Points a month, so that a finding is a step and no slope."""


def curve_of(one: Standing, today: date) -> Decay:
    """A year back and a year on; findings before that are not drawn."""
    checks, half_life = findings(one.checks), float(one.assumption.half_life)
    count = MONTHS_SHOWN * STEPS
    days = [today + timedelta(days=round(DAYS_IN_A_MONTH * place / STEPS)) for place in range(-count, count + 1)]
    first = days[0]
    marks = [((on - first).days / DAYS_IN_A_MONTH * STEPS, given) for on, given in checks if first <= on <= today]
    return Decay(
        values=course(checks, days, half_life),
        today=count,
        limit=DOUBTFUL_UNDER,
        limit_words=_("doubtful below %(limit)s") % {"limit": percent(100 * DOUBTFUL_UNDER, 0)},
        status=one.status,
        labels=[(0, date_short(days[0])), (count, _("today")), (2 * count, date_short(days[-1]))],
        marks=marks,
        desc=words_of(one, today),
    )


def words_of(one: Standing, today: date) -> str:
    """The curve in a sentence."""
    row = one.assumption
    if row.falsified_on is not None:
        return _("Found to be wrong on %(day)s.") % {"day": date_long(row.falsified_on)}
    words = {
        "given": percent(100 * row.confidence, 0),
        "on": date_long(row.validated_on),
        "now": percent(one.percent, 0),
        "doubt": date_long(one.doubtful_on),
    }
    if one.doubtful_on <= today:
        return _("Given %(given)s on %(on)s, %(now)s now; doubtful since %(doubt)s.") % words
    return _("Given %(given)s on %(on)s, %(now)s now; doubtful from %(doubt)s if nobody looks at it again.") % words
