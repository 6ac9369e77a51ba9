"""The Subject row: what anything can be linked to, found by and announced about (DATAMODEL A3)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.Model):
    """One linkable record of any kind, with the unit and owner that decide who may see it, and its words for search.

    Derived from its record by `organization.subjects.sync`; never edited by itself.
    """

    kind = models.CharField(_("kind"), max_length=40)
    key = models.BigIntegerField(_("row of its kind"))
    unit = models.ForeignKey("organization.OrgUnit", models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey("organization.Person", models.PROTECT, null=True, related_name="+")
    label = models.CharField(_("label"), max_length=300, blank=True)
    private = models.BooleanField(_("private"), default=False)
    words = SearchVectorField(null=True)
    trigrams = ArrayField(models.CharField(max_length=3), default=list)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="subject_once_per_record")]
        indexes = [GinIndex(fields=["words"]), GinIndex(fields=["trigrams"]), models.Index(fields=["unit", "kind"])]

    def __str__(self) -> str:
        return self.label
