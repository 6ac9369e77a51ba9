"""Assumptions: what the strategy believes, how sure it is, what was found of it, and what rests on it (METHOD §3a)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from strategy.models import ObjectiveLink


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


class AssumptionCheck(models.Model):
    """What somebody found of an assumption on a day: a confidence, or none where it was found to be wrong. Never changed."""

    assumption = models.ForeignKey(Assumption, models.PROTECT, related_name="checks")
    on = models.DateField(_("on"))
    confidence = models.DecimalField(_("confidence"), max_digits=4, decimal_places=3, null=True)
    words = models.TextField(_("what was found"), blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("check of an assumption")
        verbose_name_plural = _("checks of assumptions")
        ordering = ["assumption", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1), name="checked_as_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assumption}: {self.on}"

    @property
    def percent(self) -> Decimal | None:
        """The confidence given, in per cent."""
        return None if self.confidence is None else 100 * self.confidence


class Carries(models.Model):
    """What rests on an assumption: an objective, an issue, anything that is a Subject; or a link, which is none."""

    assumption = models.ForeignKey(Assumption, models.PROTECT, related_name="carries")
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="carried_by", verbose_name=_("what it carries")
    )
    link = models.ForeignKey(
        ObjectiveLink, models.PROTECT, null=True, related_name="carried_by", verbose_name=_("the link it carries")
    )

    class Meta:
        verbose_name = _("what an assumption carries")
        verbose_name_plural = _("what assumptions carry")
        constraints = [
            models.UniqueConstraint(fields=["assumption", "subject"], name="carried_once"),
            models.UniqueConstraint(fields=["assumption", "link"], name="link_carried_once"),
            models.CheckConstraint(
                condition=Q(subject=None, link__isnull=False) | Q(subject__isnull=False, link=None),
                name="carries_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assumption} → {self.subject or self.link}"
