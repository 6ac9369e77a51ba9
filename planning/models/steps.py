"""The dated steps of a planning cycle."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import Person, Subject
from planning.models.cycles import PlanningCycle


@subject_kind(
    "cycle_step",
    url="planning:step",
    label=["name"],
    text=["inputs", "outputs"],
    unit="cycle__unit_id",
    owner="owner_id",
)
class CycleStep(Versioned):
    """One step: who holds it, from when to when, what it takes and what it hands on, and how far it has come.

    `note` says what came of a step that is done, and why one is skipped.
    """

    class Kind(models.TextChoices):
        PREPARE = "prepare", _("Prepare")
        ANALYSE = "analyse", _("Analyse")
        DECIDE = "decide", _("Decide")
        ADOPT = "adopt", _("Adopt")
        CASCADE = "cascade", _("Cascade")
        TEST_AND_ADAPT = "test_and_adapt", _("Test and adapt")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(PlanningCycle, models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    inputs = models.TextField(_("what it needs"), blank=True)
    outputs = models.TextField(_("what it hands on"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step of a planning cycle")
        verbose_name_plural = _("steps of planning cycles")
        ordering = ["starts_on", "ends_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="step_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
                name="step_has_a_day_when_done",
            ),
            models.CheckConstraint(condition=~Q(state="skipped", note=""), name="step_skipped_with_a_reason"),
        ]
        indexes = [
            models.Index(fields=["owner", "ends_on"], condition=Q(state__in=["planned", "under_way"]), name="step_open")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Neither done nor skipped."""
        return self.state in (self.State.PLANNED, self.State.UNDER_WAY)
