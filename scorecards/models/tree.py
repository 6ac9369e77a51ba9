"""The scorecard as a tree of nodes with dated weights, and the results kept for each node and period (DATAMODEL A6)."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange

from core.models import Versioned
from core.statuses import reason_words
from organization.models import OrgUnit
from organization.models.units import IdRange
from scorecards.models.choices import FrequencyChoices
from scorecards.models.measures import Measure
from strategy.models import Objective, Perspective, Strategy, Theme


class Scorecard(Versioned):
    """The tree of one strategy. Its row is the lock under which results are brought up to date."""

    strategy = models.OneToOneField(Strategy, models.PROTECT, related_name="scorecard")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")

    def __str__(self) -> str:
        return self.name


class ScorecardBands(models.Model):
    """Where green, amber and blue begin, and how much coverage a score needs, for a time (METHOD §3, §5)."""

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="bands")
    green = models.FloatField(_("on track from"), default=200 / 3)
    amber = models.FloatField(_("watch from"), default=100 / 3)
    exceeds = models.FloatField(_("exceeds from"), null=True, blank=True)
    minimum_coverage = models.FloatField(_("smallest coverage"), default=0.5)
    tolerance = models.FloatField(_("default red flag, part of the target"), default=0.1)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("bands")
        verbose_name_plural = _("bands")
        constraints = [
            models.CheckConstraint(
                condition=Q(amber__gt=0, green__lte=100) & Q(green__gt=models.F("amber")), name="bands_in_order"
            ),
            models.CheckConstraint(
                condition=Q(exceeds__isnull=True) | Q(exceeds__gte=models.F("green"), exceeds__lte=100),
                name="exceeds_is_the_best_band",
            ),
            ExclusionConstraint(
                name="one_set_of_bands_at_a_time",
                expressions=[(IdRange("scorecard_id"), RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]


class Node(models.Model):
    """One box of a scorecard: exactly one measure, objective, perspective, theme, strategy or unit.

    The node of a measure without an objective belongs to no scorecard; its own row is then the lock of its results.
    """

    class Rule(models.TextChoices):
        WEIGHTED = "weighted", _("Weighted mean")
        WORST = "worst", _("Worst child")
        MOST_FREQUENT = "most_frequent", _("Most frequent status")

    scorecard = models.ForeignKey(Scorecard, models.PROTECT, null=True, related_name="nodes")
    kind = models.CharField(max_length=11)
    measure = models.OneToOneField(Measure, models.PROTECT, null=True, related_name="node")
    objective = models.OneToOneField(Objective, models.PROTECT, null=True, related_name="node")
    perspective = models.OneToOneField(Perspective, models.PROTECT, null=True, related_name="node")
    theme = models.OneToOneField(Theme, models.PROTECT, null=True, related_name="node")
    strategy = models.OneToOneField(Strategy, models.PROTECT, null=True, related_name="node")
    unit = models.OneToOneField(OrgUnit, models.PROTECT, null=True, related_name="node")

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        "measure", "objective", "perspective", "theme", "strategy", "unit",
                        function="num_nonnulls", output_field=models.IntegerField(),
                    ),
                    Value(1),
                ),
                name="node_is_exactly_one_thing",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def rule_on(self, day: date) -> NodeRule:
        """The roll-up that holds on a day, of its `rules`; where none does, the weighted mean until the next."""
        rows = [(row.valid.lower, row.valid.upper, row) for row in self.rules.all()]
        held = next((row for _lower, _upper, row in rows if row.holds_on(day)), None)
        lower = max((upper for _lower, upper, _row in rows if upper and upper <= day), default=None)
        upper = min((lower for lower, _upper, _row in rows if lower and lower > day), default=None)
        return held or NodeRule(node=self, rule=Node.Rule.WEIGHTED, valid=DateRange(lower, upper))


class NodeRule(models.Model):
    """How the scores below a node become its own, for a time; where no row holds, by the weighted mean (METHOD §5)."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="rules")
    rule = models.CharField(_("roll-up"), max_length=13, choices=Node.Rule.choices)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("roll-up")
        verbose_name_plural = _("roll-ups")
        constraints = [
            ExclusionConstraint(
                name="one_rule_at_a_time",
                expressions=[(IdRange("node_id"), RangeOperators.OVERLAPS), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.node_id} {self.rule}"

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on a day."""
        lower, upper = self.valid.lower, self.valid.upper
        return (lower is None or lower <= day) and (upper is None or day < upper)


class Edge(models.Model):
    """A child counts in its parent with a weight, for a time. All weights of the portal are these rows (DATAMODEL A2)."""

    parent = models.ForeignKey(Node, models.PROTECT, related_name="edges_down")
    child = models.ForeignKey(Node, models.PROTECT, related_name="edges_up")
    weight = models.DecimalField(_("weight"), max_digits=12, decimal_places=4, default=1)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("weight")
        verbose_name_plural = _("weights")
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=0), name="weight_not_negative"),
            models.CheckConstraint(condition=~Q(parent=models.F("child")), name="edge_joins_two_nodes"),
            ExclusionConstraint(
                name="one_weight_at_a_time",
                expressions=[
                    (IdRange("parent_id"), RangeOperators.OVERLAPS),
                    (IdRange("child_id"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["parent"]), models.Index(fields=["child"])]


class Result(models.Model):
    """Today's knowledge of one node in one period, kept up to date inside every write and by the clock; nothing else writes it."""

    pk = models.CompositePrimaryKey("node_id", "frequency", "period_start")
    node = models.ForeignKey(Node, models.CASCADE, related_name="results", db_index=False)
    frequency = models.CharField(max_length=10, choices=FrequencyChoices.choices)
    period_start = models.DateField()
    score = models.FloatField(null=True)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=24, blank=True)
    coverage = models.FloatField(default=0)
    leading = models.FloatField(null=True)
    lagging = models.FloatField(null=True)
    value = models.FloatField(null=True)
    target = models.FloatField(null=True)
    red_flag = models.FloatField(null=True)
    previous = models.FloatField(null=True)
    trend = models.CharField(max_length=6, blank=True)
    red_inside = models.PositiveIntegerField(default=0)
    parts_present = models.PositiveSmallIntegerField(null=True)
    parts_total = models.PositiveSmallIntegerField(null=True)
    is_provisional = models.BooleanField(default=False)
    is_carried = models.BooleanField(default=False)
    next_change_on = models.DateField(null=True)
    inputs_hash = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        indexes = [
            models.Index(fields=["next_change_on"], condition=Q(next_change_on__isnull=False), name="result_clock"),
            models.Index(fields=["frequency", "period_start"]),
        ]

    @property
    def reason_words(self) -> str:
        """Why there is no status, in words."""
        return reason_words(self.reason)


class MeasureForecast(models.Model):
    """The system's forecast of a measure to the end of its year (METHOD §6): derived from its values, rebuilt at will."""

    measure = models.OneToOneField(Measure, models.CASCADE, primary_key=True, related_name="forecast")
    made_on = models.DateField()
    model = models.CharField(max_length=20)
    n = models.PositiveIntegerField(default=0)
    year_start = models.DateField()
    points = models.JSONField(default=list)
    middle = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    p_met = models.FloatField(null=True)
    inputs_hash = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")

    def __str__(self) -> str:
        return f"{self.measure_id} {self.middle}"
