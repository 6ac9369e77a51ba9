"""What every process attaches to a Subject: updates, comments, attachments and action items."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Trashable, Versioned
from core.periods import Period
from core.subjects import subject_kind
from organization.models import Person, Subject


class Update(models.Model):
    """Dated text and a declared status by an owner, for a period; acknowledged by a reviewer."""

    class Declared(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        WATCH = "watch", _("Watch")
        OFF_TRACK = "off_track", _("Off track")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="updates")
    author = models.ForeignKey(Person, models.PROTECT, related_name="updates")
    period_key = models.CharField(_("period"), max_length=12, blank=True)
    text = models.TextField(_("text"))
    declared = models.CharField(_("declared status"), max_length=10, choices=Declared.choices, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        indexes = [models.Index(fields=["subject", "-created_at"])]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def period_label(self) -> str:
        """The month it is about, in words; empty without one."""
        return Period.parse(self.period_key).label if self.period_key else ""


class Comment(Trashable):
    """A remark or question in a thread on a subject."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="comments")
    author = models.ForeignKey(Person, models.PROTECT, related_name="comments")
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["subject", "created_at"])]

    def __str__(self) -> str:
        return self.text[:80]


class Attachment(Trashable):
    """A file on a subject, served through its policy."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="attachments")
    author = models.ForeignKey(Person, models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


@subject_kind(
    "action_item",
    unit="about__unit",
    owner="assignee",
    label=["title"],
    url="strategy:action_item",
    private="about__private",
)
class ActionItem(Versioned):
    """A small task with one assignee and one due date, about a subject."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    about = models.ForeignKey(Subject, models.PROTECT, related_name="action_items")
    title = models.CharField(_("title"), max_length=200)
    assignee = models.ForeignKey(Person, models.PROTECT, related_name="action_items")
    raised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["assignee", "due_on"], condition=Q(done_on__isnull=True), name="action_item_open")
        ]

    def __str__(self) -> str:
        return self.title
