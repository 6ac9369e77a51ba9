"""What an organisation sets for itself: its name, calendar, rates, words, own fields and people's saved views."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Trashable, Versioned
from organization.models.people import Person
from organization.models.units import TextRange


class Organization(Versioned):
    """The one organisation of this database (TRUST Z12)."""

    name = models.CharField(_("name"), max_length=120)
    subtitle = models.CharField(_("second line"), max_length=120, blank=True)
    currency = models.CharField(_("reporting currency"), max_length=3, default="EUR")

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="only_one_organization")]

    def __str__(self) -> str:
        return self.name


class FiscalCalendar(models.Model):
    """How years are cut from a date on; a change takes effect at a year's start (METHOD §2)."""

    class NamedBy(models.TextChoices):
        START = "start", _("the year it starts in")
        END = "end", _("the year it ends in")

    valid_from = models.DateField(_("valid from"), unique=True)
    first_month = models.PositiveSmallIntegerField(_("first month"), default=1)
    named_by = models.CharField(_("named by"), max_length=5, choices=NamedBy.choices, default=NamedBy.START)

    class Meta:
        verbose_name = _("fiscal calendar")
        verbose_name_plural = _("fiscal calendars")
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(first_month__gte=1) & Q(first_month__lte=12), name="month_1_to_12")
        ]

    def __str__(self) -> str:
        return str(self.valid_from)


class Rate(models.Model):
    """What one unit of a currency is worth in the reporting currency, for a time."""

    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
            ExclusionConstraint(
                name="one_rate_at_a_time",
                expressions=[(TextRange("currency"), RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


class Term(models.Model):
    """What this organisation calls a noun of the portal: 'perspective' may be 'lens'."""

    key = models.CharField(_("noun"), max_length=40, unique=True)
    singular = models.CharField(_("one"), max_length=60)
    plural = models.CharField(_("many"), max_length=60)

    class Meta:
        verbose_name = _("renamed noun")
        verbose_name_plural = _("renamed nouns")

    def __str__(self) -> str:
        return self.singular


class CustomField(models.Model):
    """A field an organisation adds to a noun; values live in the noun's `custom` column."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        BOOLEAN = "boolean", _("Yes or no")

    kind = models.CharField(_("noun"), max_length=40)
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=120)
    type = models.CharField(_("type"), max_length=8, choices=Type.choices, default=Type.TEXT)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["kind", "order", "key"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="custom_field_once_per_noun")]

    def __str__(self) -> str:
        return self.label


class SavedView(Trashable):
    """A person's filters of a list page, kept by name; a shared one is seen by everyone who can open the page."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="saved_views")
    page = models.CharField(_("page"), max_length=80)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    is_shared = models.BooleanField(_("shared"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "name"], condition=Q(trashed_at__isnull=True), name="view_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
