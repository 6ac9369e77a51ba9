"""The measure: a defined quantity that shows an objective is reached or driven."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject
from scorecards.models.choices import Aggregation, FrequencyChoices, Method, Polarity
from scorecards.models.definitions import MeasureDefinition
from strategy.models import Objective
from strategy.models.structure import NodeState


@subject_kind(
    "measure",
    unit="unit",
    owner="owner",
    label=["code", "name"],
    text=["description", "source"],
    url="scorecards:measure",
    retired="retired_at",
)
class Measure(Versioned):
    """What is measured, how it is scored, and who answers for it. Values, targets and weights are dated rows of their own."""

    Method = Method
    Polarity = Polarity
    Aggregation = Aggregation

    class Kind(models.TextChoices):
        LAGGING = "lagging", _("Lagging: shows the outcome")
        LEADING = "leading", _("Leading: shows the effort")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    definition = models.ForeignKey(MeasureDefinition, models.PROTECT, null=True, blank=True, related_name="measures")
    description = models.TextField(_("what it counts"), blank=True)
    formula = models.TextField(_("formula in words"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="measures")
    objective = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True, related_name="measures")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="owned_measures")
    updaters = models.ManyToManyField(Person, blank=True, related_name="measures_to_update")
    approver = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="measures_to_approve")
    needs_approval = models.BooleanField(_("values need approval by a second person"), default=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.LAGGING)
    is_critical = models.BooleanField(_("critical"), default=False)
    frequency = models.CharField(_("frequency"), max_length=10, choices=FrequencyChoices.choices, default="month")
    aggregation = models.CharField(
        _("aggregation over time"), max_length=5, choices=Aggregation.choices, default="last"
    )
    method = models.CharField(_("scoring method"), max_length=8, choices=Method.choices, default="band")
    polarity = models.CharField(_("direction"), max_length=6, choices=Polarity.choices, default="up")
    unit_of_measure = models.CharField(_("unit of measure"), max_length=40, blank=True)
    is_percent = models.BooleanField(_("a percentage"), default=False)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    tolerance = models.DecimalField(
        _("tolerance, where no red flag is given"), max_digits=12, decimal_places=6, null=True, blank=True
    )
    baseline = models.DecimalField(_("baseline"), max_digits=38, decimal_places=15, null=True, blank=True)
    baseline_on = models.DateField(_("baseline date"), null=True, blank=True)
    expression = models.TextField(_("calculated from"), blank=True)
    interpolates = models.BooleanField(_("targets between those given follow a straight line"), default=False)
    is_proxy = models.BooleanField(_("stands in for what cannot be measured"), default=False)
    footnote = models.TextField(_("footnote"), blank=True)
    limit = models.DecimalField(_("natural limit"), max_digits=38, decimal_places=15, null=True, blank=True)
    scale = models.JSONField(_("words and their scores"), default=dict, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=15)
    starts_on = models.DateField(_("measured from"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(grace_days__lte=366), name="grace_at_most_a_year"),
            models.CheckConstraint(
                condition=Q(tolerance__isnull=True) | Q(tolerance__gt=0), name="tolerance_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(method="range", polarity="inside")
                | Q(method__in=["scale", "unscored"])
                | (~Q(method="range") & ~Q(polarity="inside")),
                name="range_and_inside_go_together",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["objective", "state"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_calculated(self) -> bool:
        """Its values follow from other measures; none are recorded."""
        return bool(self.expression)

    @property
    def short(self) -> str:
        return self.short_name or self.name

    @property
    def goodness(self) -> int:
        """METHOD §3: +1 if higher is better, else −1."""
        return 1 if self.polarity == Measure.Polarity.UP else -1


class FormulaInput(models.Model):
    """A calculated measure reads another one: what has to follow when that one changes (DATAMODEL A6)."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="inputs")
    input = models.ForeignKey(Measure, models.PROTECT, related_name="dependants")

    class Meta:
        verbose_name = _("input of a formula")
        verbose_name_plural = _("inputs of formulas")
        constraints = [
            models.UniqueConstraint(fields=["measure", "input"], name="formula_input_once"),
            models.CheckConstraint(condition=~Q(measure=models.F("input")), name="formula_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} ← {self.input_id}"


class Annotation(Versioned):
    """A note at a day of a measure's chart; a break says that values before and after are not alike (METHOD §18)."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="annotations")
    on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=200)
    is_break = models.BooleanField(_("values before and after do not compare"), default=False)

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.text
