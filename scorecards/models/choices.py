"""The words a measure is described with, shared by measures and the definitions they follow (METHOD §2, §3)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FrequencyChoices(models.TextChoices):
    """METHOD §2, for selects; the same values as core.periods.Frequency."""

    WEEK = "week", _("Weekly")
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    HALF_YEAR = "half_year", _("Half-yearly")
    YEAR = "year", _("Yearly")


class Method(models.TextChoices):
    """How a value becomes a score (METHOD §3)."""

    BAND = "band", _("Target and red flag")
    MEETS = "meets", _("Meets the target or not")
    PROGRESS = "progress", _("Progress from a baseline")
    RANGE = "range", _("Inside a range")
    CAGR = "cagr", _("Yearly growth")
    YES_NO = "yes_no", _("Yes or no")
    SCALE = "scale", _("Scale of words")
    UNSCORED = "unscored", _("Value only")


class Polarity(models.TextChoices):
    """Which way is better."""

    UP = "up", _("Higher is better")
    DOWN = "down", _("Lower is better")
    INSIDE = "inside", _("Inside a range is better")


class Aggregation(models.TextChoices):
    """How values of shorter periods make one of a longer (METHOD §2)."""

    SUM = "sum", _("Sum")
    MEAN = "mean", _("Mean")
    LAST = "last", _("Last value")
    MIN = "min", _("Lowest")
    MAX = "max", _("Highest")
    COUNT = "count", _("Count")
    RATIO = "ratio", _("Ratio of sums")
