"""When people are reminded of values they owe, and whom the strategy office has reminded by hand."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure


def three_days() -> list[int]:
    """Before the due day, where nobody has chosen."""
    return [3]


def one_and_seven_days() -> list[int]:
    """After the due day, where nobody has chosen."""
    return [1, 7]


class ReminderPlan(Versioned):
    """On which days before and after the due day the daily mail names a value that is owed; one for the organisation."""

    days_before = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days before"), default=three_days)
    days_after = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days after"), default=one_and_seven_days
    )

    class Meta:
        verbose_name = _("reminder plan")
        verbose_name_plural = _("reminder plans")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="only_one_reminder_plan")]

    def __str__(self) -> str:
        return str(_("Reminders"))


class Reminder(models.Model):
    """A person was reminded of a value by the strategy office: at most once a day for each measure."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="reminders")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["measure", "person", "on"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.on}"
