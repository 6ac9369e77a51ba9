"""What people are told, and how they want to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models import Person, Subject


class Notification(models.Model):
    """One line in a person's list, about a subject."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("text"), max_length=400)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return self.text


class Preference(models.Model):
    """How a person wants to hear of a kind; without a row the kind's own default holds."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="notification_preferences")
    kind = models.CharField(_("kind"), max_length=60)
    by_mail = models.BooleanField(_("by mail at once"), default=False)
    in_digest = models.BooleanField(_("in the daily mail"), default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once_per_kind")]


class Digest(models.Model):
    """The daily mail a person got: one a day at most, however often the job runs."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="digests")
    on = models.DateField(_("day"))
    lines = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="one_digest_a_day")]
