"""Abstract models. core has no table of its own."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """A row that two people may edit: every save of an action raises `row_version`, and verbs take `expected` (TRUST D1)."""

    row_version = models.PositiveIntegerField(_("version of the row"), default=1, editable=False)

    class Meta:
        abstract = True

    def store(self, changed: list[str]) -> None:
        """Save the changed fields and raise the version. Called by actions under the row's lock."""
        self.row_version += 1
        self.save(update_fields=[*changed, "row_version"])


class Trashable(models.Model):
    """A row that can be deleted by mistake: kept for 30 days (TRUST D11). Only for comments, attachments, drafts, saved views."""

    trashed_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Fact(models.Model):
    """An append-only row: never changed but for `superseded_at`, which a trigger watches (DATAMODEL A5)."""

    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True, editable=False)
    event_id = models.BigIntegerField(_("audit event"), null=True, editable=False)

    class Meta:
        abstract = True
