"""A published scorecard: read once, frozen, and rendered from what was frozen (DATAMODEL A5, output); and when by itself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from jobs.models import ProducedFile, Schedule
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure
from scorecards.models.tree import Scorecard


class ReportSchedule(Versioned):
    """Reports of a scorecard that are made by the clock, and for whom; it acts as the owner of its schedule (TRUST Q4)."""

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="report_schedules")
    schedule = models.OneToOneField(Schedule, models.PROTECT, related_name="+")
    recipients = models.ManyToManyField(Person, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("schedule of reports")
        verbose_name_plural = _("schedules of reports")

    def __str__(self) -> str:
        return self.schedule.name


class Report(models.Model):
    """The scorecard as it stood: report JSON, the moment, the hash; its PDF is a produced file.

    `reader_key` says with whose rights it was read, `rights` with which: whoever ordered it has to hold them still.
    `measure` is set where it is about one measure of the scorecard. A report of a schedule names it, its due moment and
    its readers; there is one for each schedule, moment and reader key, however often the work is begun.
    """

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="reports")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="reports")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    schema = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(_("content hash"), max_length=64)
    as_of = models.DateTimeField(_("as of"))
    reader_key = models.CharField(max_length=16)
    rights = models.JSONField(null=True)
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    file = models.OneToOneField(ProducedFile, models.PROTECT, null=True, related_name="+")
    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, null=True, related_name="reports")
    due_at = models.DateTimeField(_("due"), null=True)
    readers = models.ManyToManyField(Person, related_name="+", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("scorecard report")
        verbose_name_plural = _("scorecard reports")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "due_at", "reader_key"],
                condition=Q(schedule__isnull=False),
                name="one_report_per_slot_and_reader",
            ),
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, due_at__isnull=True)
                | Q(schedule__isnull=False, due_at__isnull=False),
                name="scheduled_report_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["scorecard", "-as_of"], name="reports_of_a_scorecard")]

    def __str__(self) -> str:
        return f"{self.scorecard} {self.period_start}"
