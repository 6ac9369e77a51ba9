"""Scenarios: possible futures, the signs by which they announce themselves, and when a sign was seen (METHOD §3a)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from scorecards.models import Measure
from scorecards.models.choices import FrequencyChoices
from strategy.models import Strategy


@subject_kind(
    "scenario",
    url="planning:scenario",
    label=["name"],
    text=["story", "early_moves"],
    unit="unit_id",
    owner="owner_id",
)
class Scenario(Versioned):
    """A possible future of a unit or of one of its strategies, and what would be done early if it comes."""

    class State(models.TextChoices):
        WATCHED = "watched", _("Watched")
        COME = "come", _("Has come")
        CLOSED = "closed", _("No longer watched")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="scenarios")
    strategy = models.ForeignKey(
        Strategy, models.PROTECT, null=True, blank=True, related_name="scenarios", verbose_name=_("strategy")
    )
    name = models.CharField(_("name"), max_length=120)
    story = models.TextField(_("what happens"), blank=True)
    early_moves = models.TextField(_("what we would do"), blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WATCHED)

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="scenario_name_once_per_unit")]

    def __str__(self) -> str:
        return self.name


class ScenarioTrigger(models.Model):
    """A sign: a measure beyond a limit, so many of its periods in a row. One that is taken away stays with its firings."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="triggers")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+", verbose_name=_("measure"))
    is_above = models.BooleanField(_("above the limit"), default=True)
    limit = models.DecimalField(_("limit"), max_digits=38, decimal_places=15)
    periods = models.PositiveSmallIntegerField(_("periods in a row"), default=1)
    removed_on = models.DateField(_("taken away on"), null=True, blank=True)

    class Meta:
        verbose_name = _("trigger of a scenario")
        verbose_name_plural = _("triggers of scenarios")
        ordering = ["scenario", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(periods__gte=1), name="trigger_asks_for_a_period"),
            models.UniqueConstraint(
                fields=["scenario", "measure", "is_above", "limit"],
                condition=Q(removed_on=None),
                name="trigger_once_per_scenario",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario}: {self.measure}"


class TriggerFiring(models.Model):
    """A trigger's limit was passed often enough in a row, in this period: an output, never changed."""

    trigger = models.ForeignKey(ScenarioTrigger, models.PROTECT, related_name="firings")
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField(_("period"))
    value = models.FloatField(_("value"))
    fired_on = models.DateField(_("noticed on"))
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("firing of a trigger")
        verbose_name_plural = _("firings of triggers")
        ordering = ["trigger", "period_start"]
        constraints = [
            models.UniqueConstraint(fields=["trigger", "frequency", "period_start"], name="trigger_fires_once_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.trigger}: {self.period_start}"
