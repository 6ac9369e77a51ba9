"""What the strategy office excuses a measure from: reporting in one of its periods."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Fact
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure


class Excuse(Fact):
    """A measure need not report in a period, with a reason; no reason takes it back. No score reads it.

    It holds until a value of the period is recorded, and is not revived when that value is withdrawn.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="excuses")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    reason = models.TextField(_("reason"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("excuse")
        verbose_name_plural = _("excuses")
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start", "revision"], name="excuse_revision_once"
            ),
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_excuse",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.period_start}: {self.reason[:40]}"
