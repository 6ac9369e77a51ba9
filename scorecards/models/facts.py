"""Append-only facts of a measure: values and targets, bitemporal (DATAMODEL A5), and the locks that close a period."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Fact, Versioned
from core.periods import Calendar, Frequency, Period
from organization.models import Person
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure


class Series(models.Model):
    """Which line of a measure a value belongs to; a breakdown ("Sex: Female; Age: 16 to 24") is a further line."""

    class Kind(models.TextChoices):
        ACTUAL = "actual", _("Actual")
        FORECAST = "forecast", _("Forecast")
        BENCHMARK = "benchmark", _("Benchmark")
        OTHER = "other", _("Further line")

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="series")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ACTUAL)
    name = models.CharField(_("name"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [models.UniqueConstraint(fields=["measure", "kind", "name"], name="series_once_per_measure")]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class Observation(Fact):
    """One value of one series for one period; no value is a withdrawal.

    Every row counts: what still waits for approval is a Submission.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="observations")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    value = models.DecimalField(_("value"), max_digits=38, decimal_places=15, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=38, decimal_places=15, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=38, decimal_places=15, null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "frequency", "period_start", "revision"], name="observation_revision_once"
            ),
            models.UniqueConstraint(
                fields=["series", "frequency", "period_start"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_observation",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="observation_superseded_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period_start} = {self.value}"


class Target(Fact):
    """Wanted value of a measure for one period, with red flag and stretch, or a range; no value is a withdrawal."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="targets")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    value = models.DecimalField(_("target"), max_digits=38, decimal_places=15, null=True)
    red_flag = models.DecimalField(_("red flag"), max_digits=38, decimal_places=15, null=True)
    stretch = models.DecimalField(_("stretch"), max_digits=38, decimal_places=15, null=True)
    low = models.DecimalField(_("from"), max_digits=38, decimal_places=15, null=True)
    high = models.DecimalField(_("to"), max_digits=38, decimal_places=15, null=True)
    reason = models.TextField(_("reason"), blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start", "revision"], name="target_revision_once"
            ),
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.period_start} → {self.value}"


class Baseline(Fact):
    """Where a measure starts from: a value and its day. The current one stands on the measure too."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="baselines")
    revision = models.PositiveIntegerField(_("revision"), default=1)
    on = models.DateField(_("baseline date"), null=True)
    value = models.DecimalField(_("baseline"), max_digits=38, decimal_places=15, null=True)
    reason = models.TextField(_("reason"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        constraints = [
            models.UniqueConstraint(fields=["measure", "revision"], name="baseline_revision_once"),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(superseded_at__isnull=True), name="one_current_baseline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} from {self.value}"


class Submission(Versioned):
    """A value that waits for a second person (four eyes). Approving records it; until then nothing reads it."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    series = models.ForeignKey(Series, models.PROTECT, related_name="submissions")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    value = models.DecimalField(_("value"), max_digits=38, decimal_places=15, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=38, decimal_places=15, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=38, decimal_places=15, null=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.SUBMITTED)
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="submissions")
    submitted_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("submitted value")
        verbose_name_plural = _("submitted values")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "frequency", "period_start"],
                condition=Q(state="submitted"),
                name="one_open_submission",
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period_start} = {self.value}"


class OwnerForecast(Fact):
    """What the owner expects of a fiscal year, and the chance of meeting its target (METHOD §6)."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="owner_forecasts")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices, default="year")
    period_start = models.DateField(_("year"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    value = models.DecimalField(_("expected value"), max_digits=38, decimal_places=15, null=True)
    probability = models.PositiveSmallIntegerField(_("chance of meeting the target, in percent"), null=True)
    target = models.DecimalField(_("target known then"), max_digits=38, decimal_places=15, null=True)
    reason = models.TextField(_("reason"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("owner's forecast")
        verbose_name_plural = _("owners' forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start", "revision"], name="owner_forecast_revision_once"
            ),
            models.UniqueConstraint(
                fields=["measure", "frequency", "period_start"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_owner_forecast",
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__in=range(0, 101, 10)),
                name="chance_in_steps_of_ten",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.period_start} → {self.value}"


class PeriodLock(models.Model):
    """A closed period of a scorecard: no fact of it is changed until it is opened again, with a reason."""

    scorecard = models.ForeignKey("scorecards.Scorecard", models.PROTECT, related_name="locks")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    locked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "frequency", "period_start"],
                condition=Q(opened_at__isnull=True),
                name="locked_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.period_start}"

    def period(self, calendar: Calendar) -> Period:
        """The closed period in the organisation's calendar."""
        return Period(Frequency(self.frequency), self.period_start, calendar)
