"""Events and the row changes they caused. Without foreign keys by design: history outlives its objects (DATAMODEL A9)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One action: who did what, on whose behalf, in which request or job, and why."""

    verb = models.CharField(_("verb"), max_length=80)
    actor_id = models.BigIntegerField(_("person"), null=True)
    actor_label = models.CharField(_("name"), max_length=200)
    on_behalf_of_id = models.BigIntegerField(_("on behalf of"), null=True)
    on_behalf_of_label = models.CharField(_("on behalf of (name)"), max_length=200, blank=True)
    subject_id = models.BigIntegerField(_("subject"), null=True, db_index=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    job_id = models.BigIntegerField(_("job"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["-at"]), models.Index(fields=["actor_id", "-at"])]

    def __str__(self) -> str:
        return f"{self.verb} · {self.actor_label}"


class Change(models.Model):
    """One row before and after, written by the database's own trigger: an update holds only the columns that changed."""

    event_id = models.BigIntegerField(_("event"), db_index=True)
    table = models.CharField(_("table"), max_length=63)
    pk_value = models.CharField(_("row"), max_length=80)
    operation = models.CharField(_("operation"), max_length=6)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["table", "pk_value"])]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.pk_value}"
