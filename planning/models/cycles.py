"""The planning cycle: the dated round in which a strategy is prepared, decided, handed down and adapted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from strategy.models import Strategy


@subject_kind("cycle", url="planning:cycle", label=["name"], unit="unit_id", owner="owner_id")
class PlanningCycle(Versioned):
    """One round of planning of a unit, and the strategy it prepares or adapts once there is one."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="planning_cycles")
    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    strategy = models.ForeignKey(
        Strategy, models.PROTECT, null=True, blank=True, related_name="planning_cycles", verbose_name=_("strategy")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("planning cycle")
        verbose_name_plural = _("planning cycles")
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_ends_after_it_starts"),
            models.UniqueConstraint(fields=["unit", "name"], name="cycle_name_once_per_unit"),
        ]

    def __str__(self) -> str:
        return self.name
