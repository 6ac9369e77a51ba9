"""Work a person can watch, and what must leave the house exactly once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models import OrgUnit, Person, Subject


class Job(models.Model):
    """One piece of work in the background, with the actor it works for, its progress and its result.

    `key` makes an order unique while it is open: asking twice for the same thing gives the same job.
    `limits` are the verbs and units of the token it was ordered with. `is_accident` tells a fault of the portal from
    a refusal.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    task = models.CharField(_("task"), max_length=120)
    title = models.CharField(_("title"), max_length=200)
    queue = models.CharField(max_length=10, default="fast")
    arguments = models.JSONField(default=dict)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="jobs")
    on_behalf_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField(_("step"), max_length=200, blank=True)
    trail = models.JSONField(_("steps so far"), default=list)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.TextField(_("problem"), blank=True)
    is_accident = models.BooleanField(_("ended by an accident"), default=False)
    limits = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["queued", "running"]) & ~Q(key=""), name="one_open_job_per_key"
            )
        ]
        indexes = [models.Index(fields=["person", "-created_at"]), models.Index(fields=["state", "heartbeat_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in {Job.State.QUEUED, Job.State.RUNNING}

    @property
    def percent(self) -> int:
        if self.state == Job.State.DONE:
            return 100
        return min(99, round(100 * self.steps_done / self.steps_total)) if self.steps_total else 0


class Outbox(models.Model):
    """A message to Celery or SMTP, written in the transaction that caused it and swept by beat (TRUST §0.3)."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        MAIL = "mail", _("Mail")

    kind = models.CharField(max_length=4, choices=Kind.choices)
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="messages")
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="outbox_key_once")]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Schedule(models.Model):
    """What is to run again and again; acts as its owner.

    `on_day` is a day of the week, or of the month or quarter; with `on_working_day` that many days from Monday to
    Friday after the month or quarter before has ended.
    """

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")
        HOUR = "hour", _("Every hour")

    name = models.CharField(_("name"), max_length=200)
    task = models.CharField(max_length=120)
    queue = models.CharField(max_length=10, default="fast")
    arguments = models.JSONField(default=dict)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="schedules")
    every = models.CharField(_("how often"), max_length=7, choices=Every.choices, default=Every.DAY)
    on_day = models.PositiveSmallIntegerField(_("day of the week or month"), default=1)
    on_working_day = models.BooleanField(_("counts working days"), default=False)
    at_hour = models.PositiveSmallIntegerField(_("hour"), default=2)
    at_minute = models.PositiveSmallIntegerField(_("minute"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [
            models.CheckConstraint(condition=Q(at_hour__lte=23) & Q(at_minute__lte=59), name="schedule_time_of_day"),
            models.CheckConstraint(condition=Q(on_day__gte=1) & Q(on_day__lte=31), name="schedule_day"),
        ]

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """One due moment of a schedule; unique, so that two beats start one job and a late one is caught up once."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="slots")
    due_at = models.DateTimeField()
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="one_slot_per_schedule_and_time")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at:%Y-%m-%d %H:%M}"


class ProducedFile(models.Model):
    """A file a job made; downloaded through its policy, never by a path.

    `rights` are those its content was read with: whoever ordered it has to hold them still; None where they are not known.
    """

    job = models.ForeignKey(Job, models.PROTECT, related_name="files")
    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    reader_key = models.CharField(max_length=16, blank=True)
    rights = models.JSONField(default=dict, null=True)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    as_of = models.DateTimeField(_("as of"))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("produced file")
        verbose_name_plural = _("produced files")

    def __str__(self) -> str:
        return self.name


class ImportMapping(models.Model):
    """How the columns of one source become the fields of one kind, kept by name (DATAMODEL B2)."""

    kind = models.CharField(_("kind"), max_length=40)
    source = models.CharField(_("source"), max_length=120)
    document = models.JSONField(default=dict)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    row_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="one_mapping_per_source")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source}"

    @property
    def named_document(self) -> dict[str, Any]:
        """The document under the source it is kept by, which it need not name itself."""
        return {**self.document, "source": self.source}


class ImportRun(models.Model):
    """One committed import: which file, by which mapping, by whom, with the report of every row."""

    kind = models.CharField(_("kind"), max_length=40)
    mapping = models.ForeignKey(ImportMapping, models.PROTECT, related_name="runs")
    file_name = models.CharField(_("file"), max_length=255)
    file_sha256 = models.CharField(max_length=64)
    scope = models.CharField(max_length=80, blank=True)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=list)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="import_runs")
    event_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        indexes = [models.Index(fields=["kind", "file_sha256"])]

    def __str__(self) -> str:
        return self.file_name


class Upload(models.Model):
    """A file a person has given to be imported, with its mapping as text (TOML) and what the last reading of it said.

    It is read without writing first (`new` until that has ended); with nothing wrong it is `ready` to be imported. The
    file lies in media under `path`, which nobody can guess, and goes after 30 days; `report` is `ImportReport` as JSON.
    """

    class State(models.TextChoices):
        NEW = "new", _("Not checked yet")
        READY = "ready", _("Ready to import")
        REFUSED = "refused", _("Needs a change")
        IMPORTED = "imported", _("Imported")

    person = models.ForeignKey(Person, models.PROTECT, related_name="uploads")
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("file"), max_length=200)
    path = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    mapping = models.TextField(_("mapping"), blank=True)
    report = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes = [models.Index(fields=["person", "-created_at"])]

    def __str__(self) -> str:
        return self.name


class ImportFeed(models.Model):
    """Files of one source, loaded by the clock from the folder `IMPORT_DIR` in the name of the schedule's owner.

    `pattern` is a path below the folder with the wildcards of a shell. `said` is what the last run that went well came
    to; a run that failed says so as a job.
    """

    mapping = models.ForeignKey(ImportMapping, models.PROTECT, related_name="feeds", verbose_name=_("mapping"))
    pattern = models.CharField(_("file"), max_length=200)
    schedule = models.OneToOneField(Schedule, models.PROTECT, related_name="feed")
    said = models.CharField(max_length=300, blank=True)
    ran_at = models.DateTimeField(null=True)
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("import by the clock")
        verbose_name_plural = _("imports by the clock")

    def __str__(self) -> str:
        return self.schedule.name
