"""Options: the ways to settle a strategic issue, scored by weighted criteria (METHOD §3a)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning.models.issues import StrategicIssue


class StrategicOption(models.Model):
    """One way to settle an issue. The issue's `row_version` counts the changes of its whole table of options."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CHOSEN = "chosen", _("Chosen")
        REJECTED = "rejected", _("Rejected")

    issue = models.ForeignKey(StrategicIssue, models.PROTECT, related_name="options")
    name = models.CharField(_("option"), max_length=120)
    description = models.TextField(_("what it means"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PROPOSED)
    reason = models.TextField(_("why it was chosen or rejected"), blank=True)

    class Meta:
        verbose_name = _("strategic option")
        verbose_name_plural = _("strategic options")
        ordering = ["issue", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "name"], name="option_name_once_per_issue"),
            models.UniqueConstraint(fields=["issue"], condition=Q(state="chosen"), name="one_option_chosen"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """What options of an issue are scored by; the weights of an issue's criteria sum to 100 %."""

    issue = models.ForeignKey(StrategicIssue, models.PROTECT, related_name="criteria")
    name = models.CharField(_("criterion"), max_length=120)
    weight = models.DecimalField(_("weight, %"), max_digits=5, decimal_places=2)
    ten_means = models.CharField(_("what a 10 means"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["issue", "pk"]
        constraints = [
            # names may pass from one criterion to another when all are set at once
            models.UniqueConstraint(
                fields=["issue", "name"], name="criterion_name_once_per_issue", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100), name="criterion_weight_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OptionScore(models.Model):
    """How far an option meets a criterion, 0 to 10, and why."""

    option = models.ForeignKey(StrategicOption, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2)
    words = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("score of an option")
        verbose_name_plural = _("scores of options")
        constraints = [
            models.UniqueConstraint(fields=["option", "criterion"], name="option_scored_once_per_criterion"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="option_score_is_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.option}, {self.criterion}: {self.score}"
