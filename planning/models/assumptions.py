"""Assumptions: what the strategy believes, how sure it is, and what rests on it (METHOD §3a)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject


@subject_kind(
    "assumption", url="planning:assumption", label=["statement"], text=["because"], unit="unit_id", owner="owner_id"
)
class Assumption(Versioned):
    """A belief: `confidence` (0 to 1) is what it was when last validated, and halves every `half_life` months since."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="assumptions")
    statement = models.CharField(_("what we believe"), max_length=200)
    because = models.TextField(_("why we believe it"), blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    confidence = models.DecimalField(_("confidence"), max_digits=4, decimal_places=3)
    validated_on = models.DateField(_("validated on"))
    half_life = models.DecimalField(_("half-life in months"), max_digits=5, decimal_places=1, default=Decimal(12))
    review_on = models.DateField(_("to be looked at again by"))
    falsified_on = models.DateField(_("found to be wrong on"), null=True, blank=True)

    class Meta:
        verbose_name = _("assumption")
        verbose_name_plural = _("assumptions")
        ordering = ["review_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(confidence__gte=0, confidence__lte=1), name="confidence_is_a_share"),
            models.CheckConstraint(condition=Q(half_life__gt=0), name="half_life_is_positive"),
        ]

    def __str__(self) -> str:
        return self.statement


class Carries(models.Model):
    """What rests on an assumption: an objective, a link, an issue, a note, anything that is a Subject."""

    assumption = models.ForeignKey(Assumption, models.CASCADE, related_name="carries")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="carried_by", verbose_name=_("what it carries"))

    class Meta:
        verbose_name = _("what an assumption carries")
        verbose_name_plural = _("what assumptions carry")
        constraints = [models.UniqueConstraint(fields=["assumption", "subject"], name="carried_once")]

    def __str__(self) -> str:
        return f"{self.assumption} → {self.subject}"
