"""Who may watch, stop and repeat a job, and who may download what it made."""

from __future__ import annotations

from django.db.models import Q

from core.access import ALL, EVERYONE, Grant, Policy, SameReaders, StillHolds, policy, rel
from jobs.models import ImportFeed, ImportMapping, ImportRun, Job, Outbox, ProducedFile, Schedule, Upload
from organization.roles import Role

OWN = Grant(EVERYONE, rel("person"))
ADMIN = Grant(Role.ADMINISTRATOR, ALL)


@policy(Job)
class JobPolicy(Policy):
    """One's own jobs; administrators also see the portal's own and those that ended by an accident."""

    owner = "person"
    conditions = {"of_the_portal": Q(person__isnull=True), "accident": Q(is_accident=True)}
    grants = {
        "view": [OWN, Grant(Role.ADMINISTRATOR, ALL, "of_the_portal"), Grant(Role.ADMINISTRATOR, ALL, "accident")],
        "cancel": [OWN, Grant(Role.ADMINISTRATOR, ALL, "of_the_portal")],
        "retry": [OWN, Grant(Role.ADMINISTRATOR, ALL, "of_the_portal"), Grant(Role.ADMINISTRATOR, ALL, "accident")],
    }


@policy(ProducedFile)
class ProducedFilePolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [Grant(EVERYONE, StillHolds("person")), Grant(EVERYONE, SameReaders("subject"))]}


@policy(Outbox)
class OutboxPolicy(Policy):
    """Messages that did not get out; what they say is not shown."""

    unit = ""
    owner = ""
    grants = {"view": [ADMIN], "send_again": [ADMIN]}


@policy(Schedule)
class SchedulePolicy(Policy):
    unit = ""
    grants = {"view": [Grant(EVERYONE, rel("owner")), ADMIN], "change": [ADMIN]}


@policy(ImportMapping)
class ImportMappingPolicy(Policy):
    unit = ""
    owner = ""
    grants = {
        "view": [ADMIN, Grant(Role.SMO_OFFICER, ALL), Grant(Role.HR_PARTNER, ALL), Grant(Role.FINANCE_PARTNER, ALL)],
        "change": [ADMIN, Grant(Role.SMO_OFFICER, ALL)],
    }


@policy(ImportRun)
class ImportRunPolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [OWN, ADMIN, Grant(Role.SMO_OFFICER, ALL)]}


@policy(Upload)
class UploadPolicy(Policy):
    """One's own files; whoever runs the portal may look at them and remove them, but not import in another's name."""

    unit = ""
    owner = "person"
    grants = {"view": [OWN, ADMIN], "change": [OWN], "remove": [OWN, ADMIN]}


@policy(ImportFeed)
class ImportFeedPolicy(Policy):
    """It acts as its owner; an administrator may stop it or remove it, not make it run."""

    unit = ""
    owner = "schedule__owner"
    grants = {
        "view": [Grant(EVERYONE, rel("schedule__owner")), ADMIN, Grant(Role.SMO_OFFICER, ALL)],
        "pause": [Grant(EVERYONE, rel("schedule__owner")), ADMIN],
        "run": [Grant(EVERYONE, rel("schedule__owner"))],
    }
