"""People, their positions and the managers' chain."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models.subjects import Subject
from organization.models.units import IdRange, OrgUnit


class PeopleManager(BaseUserManager["Person"]):
    """Finds people by e-mail as sign-in wants it, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


@subject_kind("person", unit="home_unit", owner="pk", label=["name"], text=["email"], url="organization:person")
class Person(AbstractBaseUser, Versioned):
    """Someone who works here. Without an e-mail or with `is_active` off there is no sign-in."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("staff number"), max_length=40, unique=True, null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    home_unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="people")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()


class Position(models.Model):
    """A job a person holds in a unit for a time, with what cuts of people are made by."""

    class Level(models.TextChoices):
        EXECUTIVE = "executive", _("Executive")
        MANAGER = "manager", _("Manager")
        FRONT_LINE = "front_line", _("Front line")

    person = models.ForeignKey(Person, models.PROTECT, related_name="positions")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="positions")
    title = models.CharField(_("title"), max_length=200)
    job_family = models.CharField(_("job family"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.FRONT_LINE)
    location = models.CharField(_("location"), max_length=120, blank=True)
    fte = models.DecimalField(_("full-time equivalent"), max_digits=4, decimal_places=2, default=1)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            models.CheckConstraint(condition=Q(fte__gt=0) & Q(fte__lte=2), name="fte_between_0_and_2"),
            ExclusionConstraint(
                name="one_position_per_unit_at_a_time",
                expressions=[
                    (IdRange("person_id"), RangeOperators.OVERLAPS),
                    (IdRange("unit_id"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["person"]), models.Index(fields=["unit"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.title}"


class ManagerLine(models.Model):
    """Who reports to whom, and when."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="manager_lines")
    manager = models.ForeignKey(Person, models.PROTECT, related_name="report_lines")
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("manager")), name="nobody_manages_themselves"),
            ExclusionConstraint(
                name="one_manager_at_a_time",
                expressions=[(IdRange("person_id"), RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.manager}"


class ChainRow(models.Model):
    """The managers' chain of today as closure rows, kept by `organization.actions.set_manager`."""

    manager = models.ForeignKey(Person, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["manager", "person"], name="chain_once")]
        indexes = [models.Index(fields=["person"])]
