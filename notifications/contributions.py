"""What the app adds to the portal: its voice for the rooms below it, and the daily mail as something to choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.announcements import announcement_kind, spoken_by
from notifications.actions import announce
from notifications.queries import DIGEST

spoken_by(announce)
announcement_kind(DIGEST, _("The daily mail: what I owe and what is new"), by_mail=True, in_digest=False)
