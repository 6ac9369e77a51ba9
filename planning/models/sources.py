"""Where an imported strategy came from: the published plan, word for word."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organization.models import Person
from strategy.models import Strategy


class PlanSource(models.Model):
    """A published plan (StratML) as it was read, for the strategy made of it; never changed.

    `tree` is the whole document (planning.rules.plan_tree), `content` what we made of it, `keys` which row each of its
    keys became, `warnings` what was not as its schema says. An export gives back what we do not model from here.
    """

    class Part(models.IntegerChoices):
        PLAN = 1, _("StratML Part 1, strategic plan")
        PERFORMANCE = 2, _("StratML Part 2, performance plan or report")

    strategy = models.OneToOneField(Strategy, models.PROTECT, related_name="plan_source")
    part = models.PositiveSmallIntegerField(_("part"), choices=Part.choices)
    file_name = models.CharField(_("file"), max_length=255)
    tree = models.JSONField(default=dict)
    content = models.JSONField(default=dict)
    keys = models.JSONField(default=dict)
    warnings = models.JSONField(_("warnings"), default=list)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("source of a plan")
        verbose_name_plural = _("sources of plans")

    def __str__(self) -> str:
        return self.file_name
