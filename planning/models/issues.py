"""Strategic issues: the questions a planning cycle has to settle."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import Person, Subject
from planning.models.cycles import PlanningCycle
from strategy.models import Objective


@subject_kind(
    "issue",
    url="planning:issue",
    label=["question"],
    text=["why", "answer"],
    unit="cycle__unit_id",
    owner="owner_id",
)
class StrategicIssue(Versioned):
    """A question to settle in a cycle; settled by an answer on a day."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(PlanningCycle, models.PROTECT, related_name="issues", verbose_name=_("planning cycle"))
    question = models.CharField(_("question"), max_length=200)
    why = models.TextField(_("why it matters"), blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("to be settled by"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)

    class Meta:
        verbose_name = _("strategic issue")
        verbose_name_plural = _("strategic issues")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.question


class IssueObjective(models.Model):
    """An objective that answers an issue."""

    issue = models.ForeignKey(StrategicIssue, models.PROTECT, related_name="answered_by")
    objective = models.ForeignKey(Objective, models.PROTECT, related_name="answers_issues")

    class Meta:
        verbose_name = _("objective that answers an issue")
        verbose_name_plural = _("objectives that answer issues")
        constraints = [models.UniqueConstraint(fields=["issue", "objective"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.issue} → {self.objective}"
