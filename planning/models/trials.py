"""What the figures said of a link each time it was tested (METHOD §14)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from scorecards.models import Measure
from scorecards.models.choices import FrequencyChoices
from strategy.models import ObjectiveLink


class LinkTrial(models.Model):
    """One test of one link: an output, never changed. The word on screen follows from the last ones (`rules.trial.shown`)."""

    class Verdict(models.TextChoices):
        SUPPORTED = "supported", _("Supported")
        NOT_SEEN = "not_seen", _("Not seen")
        CONTRADICTED = "contradicted", _("Contradicted")
        TOO_EARLY = "too_early", _("Too early")

    link = models.ForeignKey(ObjectiveLink, models.PROTECT, related_name="trials")
    recorded_at = models.DateTimeField(db_default=Now())
    tested_on = models.DateField(_("tested on"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=12, blank=True)
    source = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="+")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices, blank=True)
    newest = models.DateField(_("newest period"), null=True)
    first = models.DateField(_("first period used"), null=True)
    last = models.DateField(_("last period used"), null=True)
    pairs = models.PositiveIntegerField(_("pairs"), default=0)
    units = models.PositiveIntegerField(_("units"), default=0)
    is_deseasoned = models.BooleanField(default=False)
    p = models.FloatField(null=True)
    lag = models.PositiveSmallIntegerField(_("lag in periods"), null=True)
    slope = models.FloatField(null=True)
    slope_low = models.FloatField(null=True)
    slope_high = models.FloatField(null=True)
    missed = models.FloatField(null=True)
    data_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("test of a link")
        verbose_name_plural = _("tests of links")
        ordering = ["link", "pk"]

    def __str__(self) -> str:
        return f"{self.link}: {self.get_verdict_display()}"
