"""What people answer to a figure: a declared status beside the computed one, and fact, cause, action for a red."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Fact, Versioned
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure
from scorecards.models.tree import Node
from strategy.models import ActionItem


class DeclaredStatus(Fact):
    """What the owner says of a node in a period, with a reason and the day it expires (METHOD §3). No status takes it back."""

    class Status(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        WATCH = "watch", _("Watch")
        OFF_TRACK = "off_track", _("Off track")

    node = models.ForeignKey(Node, models.PROTECT, related_name="declared")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    status = models.CharField(_("declared status"), max_length=10, choices=Status.choices, blank=True)
    computed = models.CharField(_("computed status that day"), max_length=10, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    expires_on = models.DateField(_("expires on"), null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("declared status")
        verbose_name_plural = _("declared statuses")
        constraints = [
            models.UniqueConstraint(
                fields=["node", "frequency", "period_start", "revision"], name="declared_revision_once"
            ),
            models.UniqueConstraint(
                fields=["node", "frequency", "period_start"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_declared_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node_id} {self.period_start}: {self.status}"


class CorrectiveAction(Versioned):
    """The answer to a red or amber measure in a period: fact, cause, and action items with what they cost."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="corrective_actions")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    fact = models.TextField(_("fact"))
    cause = models.TextField(_("cause"))
    cost = models.DecimalField(_("cost"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    items = models.ManyToManyField(ActionItem, related_name="corrective_actions", blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    effect = models.TextField(_("what came of it"), blank=True)

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        ordering = ["-period_start", "-pk"]
        indexes = [models.Index(fields=["measure", "period_start"])]
        constraints = [
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="corrective_cost_not_negative")
        ]

    def __str__(self) -> str:
        return self.cause[:80]


class RedAlert(models.Model):
    """Owner and strategy office were told that a measure is red without an answer: once for a measure and period."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="red_alerts")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("alert of a red")
        verbose_name_plural = _("alerts of reds")
        constraints = [
            models.UniqueConstraint(fields=["measure", "frequency", "period_start"], name="one_alert_of_a_red")
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.period_start}"
