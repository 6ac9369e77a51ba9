"""The library: standard definitions that several units' measures share, each text kept by version (DATAMODEL A4)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from scorecards.models.choices import Aggregation, FrequencyChoices, Method, Polarity
from strategy.models.structure import NodeState


@subject_kind(
    "measure_definition",
    unit="unit",
    owner="owner",
    label=["code", "name"],
    text=["description", "formula", "source"],
    url="scorecards:definition",
    retired="retired_at",
)
class MeasureDefinition(Versioned):
    """What is counted and how it is written, once for all units. Its row holds the text in force.

    Measures that follow it take name-giving text, unit of measure and number format from it; frequency, aggregation,
    method and direction are what a new measure starts from.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    description = models.TextField(_("what it counts"), blank=True)
    formula = models.TextField(_("formula in words"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="measure_definitions")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="owned_definitions")
    unit_of_measure = models.CharField(_("unit of measure"), max_length=40, blank=True)
    is_percent = models.BooleanField(_("a percentage"), default=False)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    frequency = models.CharField(_("frequency"), max_length=10, choices=FrequencyChoices.choices, default="month")
    aggregation = models.CharField(
        _("aggregation over time"), max_length=5, choices=Aggregation.choices, default="last"
    )
    method = models.CharField(_("scoring method"), max_length=8, choices=Method.choices, default="band")
    polarity = models.CharField(_("direction"), max_length=6, choices=Polarity.choices, default="up")
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("standard definition")
        verbose_name_plural = _("standard definitions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DefinitionVersion(models.Model):
    """The text of a definition from a day on; frozen. It holds until the next number begins."""

    definition = models.ForeignKey(MeasureDefinition, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(default=dict)
    content_hash = models.CharField(_("content hash"), max_length=64)
    effective_from = models.DateField(_("in force from"))
    reason = models.TextField(_("reason"), blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    event_id = models.BigIntegerField(_("audit event"), null=True, editable=False)

    class Meta:
        verbose_name = _("version of a definition")
        verbose_name_plural = _("versions of definitions")
        ordering = ["definition", "-number"]
        constraints = [models.UniqueConstraint(fields=["definition", "number"], name="definition_version_once")]

    def __str__(self) -> str:
        return f"{self.definition_id} v{self.number}"
