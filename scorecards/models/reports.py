"""A published scorecard: read once, frozen, and rendered from what was frozen (DATAMODEL A5, output)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.models import ProducedFile
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.tree import Scorecard


class Report(models.Model):
    """The scorecard as it stood: report JSON, the moment, the hash; its PDF is a produced file."""

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="reports")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    schema = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(_("content hash"), max_length=64)
    as_of = models.DateTimeField(_("as of"))
    reader_key = models.CharField(max_length=16)
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    file = models.OneToOneField(ProducedFile, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("scorecard report")
        verbose_name_plural = _("scorecard reports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.scorecard} {self.period_start}"
