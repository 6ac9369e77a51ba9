"""Canvases: where people write down what they see, by the fields of a SWOT or a PESTLE."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from planning.models.cycles import PlanningCycle

MOST_VOTES = 50


@subject_kind("canvas", url="planning:canvas", label=["title"], text=["question"], unit="unit_id", private="is_private")
class Canvas(Versioned):
    """One analysis of a unit in a planning cycle. While it is open it is for those who contribute (`is_private`)."""

    class Kind(models.TextChoices):
        SWOT = "swot", _("SWOT")
        PESTLE = "pestle", _("PESTLE")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(PlanningCycle, models.PROTECT, related_name="canvases", verbose_name=_("planning cycle"))
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="canvases", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    question = models.CharField(_("question"), max_length=300, blank=True)
    open_until = models.DateField(_("open until"))
    votes = models.PositiveSmallIntegerField(
        _("votes of each person"), default=5, validators=[MaxValueValidator(MOST_VOTES)]
    )
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by"))
    is_private = models.GeneratedField(
        expression=Case(When(state="open", then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("canvas")
        verbose_name_plural = _("canvases")
        ordering = ["cycle", "pk"]
        constraints = [models.UniqueConstraint(fields=["cycle", "title"], name="canvas_title_once_per_cycle")]

    def __str__(self) -> str:
        return self.title


class CanvasInvitation(models.Model):
    """A person asked to contribute to a canvas, and how they answered."""

    class Answer(models.TextChoices):
        NOTE = "note", _("Added a note")
        VOTE = "vote", _("Voted")
        NOTHING = "nothing", _("Has nothing to add")

    canvas = models.ForeignKey(Canvas, models.PROTECT, related_name="invitations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited at"), db_default=Now(), editable=False)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("invitation to a canvas")
        verbose_name_plural = _("invitations to canvases")
        ordering = ["canvas", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["canvas", "person"], name="invited_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="invitation_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.canvas}"
