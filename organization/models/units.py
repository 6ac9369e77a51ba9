"""Units and their dated places in the tree."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models.subjects import Subject


class IdRange(Func):
    """A number as a range of one: lets a GiST exclusion compare it without btree_gist (DATAMODEL A5)."""

    function = "int8range"
    template = "int8range(%(expressions)s, %(expressions)s, '[]')"
    output_field = models.Field()


class TextRange(IdRange):
    """The same for a short text, by its hash."""

    template = "int8range(hashtext(%(expressions)s)::bigint, hashtext(%(expressions)s)::bigint, '[]')"


@subject_kind("unit", unit="pk", label=["name"], text=["code"], url="organization:unit")
class OrgUnit(Versioned):
    """A node of the organisation's tree; where it hangs, and since when, is a Placement."""

    class Kind(models.TextChoices):
        CORPORATE = "corporate", _("Corporate")
        BUSINESS = "business", _("Business unit")
        SUPPORT = "support", _("Support unit")
        TEAM = "team", _("Team")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.BUSINESS)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="unit_closes_after_opening"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where a unit hangs in the tree, and when; no parent is the root."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="child_placements")
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")), name="unit_is_not_its_own_parent"
            ),
            ExclusionConstraint(
                name="one_place_at_a_time",
                expressions=[(IdRange("unit_id"), RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["parent", "unit"]), GistIndex(fields=["valid"])]

    def __str__(self) -> str:
        return f"{self.unit} in {self.parent or '—'}"
