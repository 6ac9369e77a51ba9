"""Roles people hold, deputies, and keys to the portal that are not passwords."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models.people import Person
from organization.models.subjects import Subject
from organization.models.units import IdRange, OrgUnit, TextRange
from organization.roles import Role


def role_choices() -> list[tuple[str, str]]:
    """Roles for a select, by their plain names."""
    return [(role.value, role.label) for role in Role]


class Membership(models.Model):
    """A person's role in a unit, for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=role_choices)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_is_known"),
            ExclusionConstraint(
                name="one_role_once_at_a_time",
                expressions=[
                    (IdRange("person_id"), RangeOperators.OVERLAPS),
                    (IdRange("unit_id"), RangeOperators.OVERLAPS),
                    (TextRange("role"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["person", "unit"]), models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}, {self.unit}"


class Delegation(models.Model):
    """A deputy holds another's roles for a time; audit says for whom they act."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="deputy_for")
    roles = ArrayField(models.CharField(max_length=20), default=list)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [models.CheckConstraint(condition=~Q(person=F("deputy")), name="nobody_is_their_own_deputy")]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.person}"


class ApiToken(models.Model):
    """A program's key, with its owner's rights at most, limited by verbs and units. Stored as a hash, shown once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=120)
    prefix = models.CharField(_("prefix"), max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    verbs = ArrayField(models.CharField(max_length=40), default=list)
    units = models.ManyToManyField(OrgUnit, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class AccessLink(models.Model):
    """A link that opens one thing for a while, by knowing it: feeds, invitations, shared packs. Stored as a hash."""

    purpose = models.CharField(_("purpose"), max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    uses_left = models.PositiveIntegerField(_("uses left"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("expiring link")
        verbose_name_plural = _("expiring links")

    def __str__(self) -> str:
        return self.purpose
