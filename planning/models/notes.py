"""Notes of an analysis, the votes they got, and what they led to (METHOD, AnalysisNote)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import Person, Subject
from planning.models.canvases import Canvas


@subject_kind(
    "note",
    url="planning:note",
    label=["text"],
    text=["evidence"],
    unit="canvas__unit_id",
    owner="author_id",
    private="canvas__is_private",
)
class AnalysisNote(Versioned):
    """One note: what somebody concludes, and from what. In the end it is traced to something or parked with a reason."""

    class Field(models.TextChoices):
        STRENGTH = "strength", _("Strengths")
        WEAKNESS = "weakness", _("Weaknesses")
        OPPORTUNITY = "opportunity", _("Opportunities")
        THREAT = "threat", _("Threats")
        POLITICAL = "political", _("Political")
        ECONOMIC = "economic", _("Economic")
        SOCIAL = "social", _("Social")
        TECHNOLOGICAL = "technological", _("Technological")
        LEGAL = "legal", _("Legal")
        ENVIRONMENTAL = "environmental", _("Environmental")

    class State(models.TextChoices):
        OPEN = "open", _("Not traced yet")
        TRACED = "traced", _("Traced")
        PARKED = "parked", _("Parked")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    canvas = models.ForeignKey(Canvas, models.PROTECT, related_name="notes")
    field = models.CharField(_("field"), max_length=13, choices=Field.choices)
    text = models.CharField(_("conclusion"), max_length=300)
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_url = models.URLField(_("link to the evidence"), max_length=500, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("author"))
    group = models.CharField(_("group"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    parked_because = models.CharField(_("parked because"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["canvas", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="parked") & ~Q(parked_because="")) | (~Q(state="parked") & Q(parked_because="")),
                name="parked_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def has_evidence(self) -> bool:
        """Whether it says what it is concluded from."""
        return bool(self.evidence or self.evidence_url)


FIELDS: dict[str, tuple[AnalysisNote.Field, ...]] = {
    Canvas.Kind.SWOT: tuple(AnalysisNote.Field)[:4],
    Canvas.Kind.PESTLE: tuple(AnalysisNote.Field)[4:],
}
"""The fields of each kind of canvas, in their order."""


class NoteVote(models.Model):
    """One person finds one note important."""

    note = models.ForeignKey(AnalysisNote, models.PROTECT, related_name="votes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("vote for a note")
        verbose_name_plural = _("votes for notes")
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="one_vote_for_a_note")]

    def __str__(self) -> str:
        return f"{self.person}: {self.note}"


class NoteTrace(models.Model):
    """What a note led to: a strategic issue or an objective."""

    note = models.ForeignKey(AnalysisNote, models.PROTECT, related_name="traces")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="note_traces", verbose_name=_("what it led to"))

    class Meta:
        verbose_name = _("trace of a note")
        verbose_name_plural = _("traces of notes")
        constraints = [models.UniqueConstraint(fields=["note", "subject"], name="traced_once")]

    def __str__(self) -> str:
        return f"{self.note} → {self.subject}"
