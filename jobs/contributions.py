"""What the app adds to the portal: the news that a job has ended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.announcements import announcement_kind

JOB_ENDED = announcement_kind("job_ended", _("Jobs of mine that ended while I was elsewhere"), in_digest=False)
