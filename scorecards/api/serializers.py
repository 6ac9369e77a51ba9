"""What the API of scorecards answers: scorecards, measures, values, targets and results as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.periods import Frequency, Period, PeriodError
from scorecards.models import (
    DefinitionVersion,
    Excuse,
    Measure,
    MeasureDefinition,
    MeasureForecast,
    Node,
    Observation,
    Result,
    Scorecard,
    Series,
    Target,
)
from scorecards.queries.cards import ScorecardReport


class Number(serializers.DecimalField):
    """A number as it is stored, written without needless zeros. How large it may be is for the verb to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, normalize_output=True, **options)


class PeriodField(serializers.CharField):
    """A period by its key: 2026-W05, 2026-06, 2026-Q2, 2026-H1 or FY2026."""

    def to_internal_value(self, data: Any) -> Period:  # type: ignore[override]
        try:
            return Period.parse(super().to_internal_value(data), self.context["calendar"])
        except PeriodError as error:
            raise serializers.ValidationError(str(error)) from None


class ResultSerializer(serializers.ModelSerializer[Result]):
    """What the portal knows of a node in a period."""

    class Meta:
        model = Result
        fields = (
            "score", "status", "reason", "coverage", "value", "target", "red_flag", "previous", "trend",
            "parts_present", "parts_total", "is_provisional", "is_carried",
        )  # fmt: skip


class ForecastSerializer(serializers.ModelSerializer[MeasureForecast]):
    """The forecast to the end of the fiscal year, with the 80 % interval and the chance (0 to 1) of meeting its target.

    Made anew every night where something changed. `points` are [period, middle, low, high].
    """

    points = serializers.ListField(child=serializers.ListField(), read_only=True)

    class Meta:
        model = MeasureForecast
        fields = ("year_start", "made_on", "model", "n", "middle", "low", "high", "p_met", "points")
        read_only_fields = fields


RESULT, FORECAST = ResultSerializer(), ForecastSerializer()
"""One for every row: making its fields anew costs more than telling them."""


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    """A measure, and its result in the period asked about."""

    tolerance = Number(read_only=True, allow_null=True)
    baseline = Number(read_only=True, allow_null=True)
    limit = Number(read_only=True, allow_null=True)
    scale = serializers.DictField(child=serializers.FloatField(), read_only=True)
    custom = serializers.DictField(read_only=True)
    result = serializers.SerializerMethodField()
    forecast = serializers.SerializerMethodField()

    class Meta:
        model = Measure
        fields = (
            "id", "code", "name", "short_name", "definition", "description", "formula", "expression", "source", "unit",
            "objective", "owner", "updaters", "approver", "needs_approval", "kind", "is_critical", "is_proxy", "frequency",
            "aggregation", "method", "polarity", "unit_of_measure", "is_percent", "decimals", "tolerance", "baseline",
            "baseline_on", "limit", "interpolates", "scale", "grace_days", "starts_on", "footnote", "state", "custom",
            "retired_at", "row_version", "result", "forecast",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ResultSerializer(allow_null=True))
    def get_result(self, measure: Measure) -> dict[str, Any] | None:
        """None where the measure has no place in that period."""
        found = measure.node.asked  # type: ignore[attr-defined]
        return RESULT.to_representation(found[0]) if found else None

    @extend_schema_field(ForecastSerializer(allow_null=True))
    def get_forecast(self, measure: Measure) -> dict[str, Any] | None:
        """None with fewer than 8 values, for words, and until the night after the first value."""
        found = getattr(measure, "forecast", None)
        return FORECAST.to_representation(found) if found and found.model else None


class FactSerializer(serializers.ModelSerializer[Any]):
    """What values and targets share: whose they are, for which period, and since when they are known."""

    measure = serializers.SerializerMethodField()
    period = serializers.SerializerMethodField()

    def get_measure(self, fact: Observation | Target | Excuse) -> str:
        """The measure's code."""
        return (fact.series.measure if isinstance(fact, Observation) else fact.measure).code

    def get_period(self, fact: Observation | Target | Excuse) -> str:
        """The key of the period."""
        return Period(Frequency(fact.frequency), fact.period_start, self.context["calendar"]).key


class ObservationSerializer(FactSerializer):
    """One value of one line of a measure for one period; without a value it withdraws the one before."""

    value, numerator, denominator = (Number(read_only=True, allow_null=True) for _ in range(3))
    series = serializers.ChoiceField(Series.Kind.choices, source="series.kind", read_only=True)
    series_name = serializers.CharField(source="series.name", read_only=True)

    class Meta:
        model = Observation
        fields = (
            "id", "measure", "series", "series_name", "period", "frequency", "period_start", "revision", "value",
            "numerator", "denominator", "comment", "source", "recorded_by", "approved_by", "recorded_at", "superseded_at",
        )  # fmt: skip


class TargetSerializer(FactSerializer):
    """What is wanted of a measure in one period; without a value it withdraws the one before."""

    value, red_flag, stretch, low, high = (Number(read_only=True, allow_null=True) for _ in range(5))

    class Meta:
        model = Target
        fields = (
            "id", "measure", "period", "frequency", "period_start", "revision", "value", "red_flag", "stretch", "low",
            "high", "reason", "recorded_by", "recorded_at", "superseded_at",
        )  # fmt: skip


class ExcuseSerializer(FactSerializer):
    """A measure need not report in one period; without a reason it takes the one before back. `holds` until a value comes."""

    holds = serializers.BooleanField(read_only=True)

    class Meta:
        model = Excuse
        fields = (
            "id", "measure", "period", "frequency", "period_start", "revision", "reason", "holds", "recorded_by",
            "recorded_at", "superseded_at",
        )  # fmt: skip


class ScorecardSerializer(serializers.ModelSerializer[Scorecard]):
    """A scorecard: the tree of one strategy."""

    unit = serializers.IntegerField(source="strategy.unit_id", read_only=True)
    strategy_name = serializers.CharField(source="strategy.name", read_only=True)

    class Meta:
        model = Scorecard
        fields = ("id", "name", "strategy", "strategy_name", "unit")
        read_only_fields = fields


class RowSerializer(serializers.Serializer[Any]):
    """One row of a scorecard, parents before their parts. `key` is the id of its measure, objective and so on."""

    kind, name, code, short, owner, status, reason, was, moved, trend = (serializers.CharField() for _ in range(10))
    value, target, gap, unit_of_measure, frequency, parts, excused = (serializers.CharField() for _ in range(7))
    key, node, depth, red_inside = (serializers.IntegerField() for _ in range(4))
    score, share, spark_target = (serializers.FloatField(allow_null=True) for _ in range(3))
    coverage = serializers.FloatField()
    spark = serializers.ListField(child=serializers.FloatField(allow_null=True))
    is_critical, is_leading, is_carried = (serializers.BooleanField() for _ in range(3))
    perspective = serializers.IntegerField(allow_null=True)
    themes = serializers.ListField(child=serializers.IntegerField())


class ReportSerializer(serializers.Serializer[Any]):
    """A scorecard in one period, as its page shows it. `reported` of `expected` measures have a value."""

    scorecard, strategy, reported, expected = (serializers.IntegerField() for _ in range(4))
    name, strategy_name, vision, unit, owner = (serializers.CharField() for _ in range(5))
    period_key, period_label, previous_label = (serializers.CharField() for _ in range(3))
    counts = serializers.DictField(child=serializers.IntegerField())
    counts_before = serializers.DictField(child=serializers.IntegerField())
    themes = serializers.SerializerMethodField()
    rows = RowSerializer(many=True)

    def get_themes(self, report: ScorecardReport) -> dict[int, str]:
        """Names of themes by id."""
        return dict(report.themes)


THINGS = ("measure", "objective", "perspective", "theme", "strategy", "unit")


class ScoreSerializer(serializers.ModelSerializer[Node]):
    """A node of a scorecard, what it stands for (`key` is that row's id), and its result in the period asked about."""

    key = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Node
        fields = ("id", "scorecard", "kind", "key", "name", "rule", "result")
        read_only_fields = fields

    def get_key(self, node: Node) -> int:
        return int(next(found for thing in THINGS if (found := getattr(node, f"{thing}_id")) is not None))

    def get_name(self, node: Node) -> str:
        return str(next(found for thing in THINGS if (found := getattr(node, thing)) is not None).name)

    @extend_schema_field(serializers.ChoiceField(choices=Node.Rule.choices))
    def get_rule(self, node: Node) -> str:
        """The roll-up that holds on the period's last day."""
        return node.rule_on(self.context["day"]).rule

    @extend_schema_field(ResultSerializer(allow_null=True))
    def get_result(self, node: Node) -> dict[str, Any] | None:
        """None where the node has no place in that period."""
        found = node.asked  # type: ignore[attr-defined]
        return RESULT.to_representation(found[0]) if found else None


class PartSerializer(serializers.Serializer[Any]):
    """One part of a score. `share` is of the weight that made it, 0 to 1; `points` is what it brings."""

    name, code, kind, weight, status, reason = (serializers.CharField() for _ in range(6))
    share, points, coverage = (serializers.FloatField() for _ in range(3))
    score = serializers.FloatField(allow_null=True)
    is_missing, is_counted, is_critical = (serializers.BooleanField() for _ in range(3))


class FigureSerializer(serializers.Serializer[Any]):
    """One number a measure's score is made of, written out, and a remark on it."""

    label, text, remark = (serializers.CharField() for _ in range(3))  # type: ignore[assignment]


class ExplainedSerializer(serializers.Serializer[Any]):
    """A score and why it is so: the rule in words, each part with the points it brings, or the figures of a measure."""

    node = serializers.IntegerField(source="node.pk")
    kind = serializers.CharField(source="report.kind")
    key = serializers.SerializerMethodField()
    name = serializers.CharField(source="report.name")
    code = serializers.CharField(source="report.code")
    period = serializers.CharField()
    score = serializers.FloatField(source="report.score", allow_null=True)
    status = serializers.CharField(source="report.status")
    reason = serializers.CharField(source="report.reason")
    points = serializers.FloatField(source="report.points", allow_null=True)
    rule = serializers.CharField(source="report.rule")
    sentences = serializers.ListField(child=serializers.CharField(), source="report.sentences")
    parts = PartSerializer(many=True, source="report.lines")
    figures = FigureSerializer(many=True, source="report.figures")

    def get_key(self, explained: dict[str, Any]) -> int:
        """The id of what the node stands for."""
        return ScoreSerializer().get_key(explained["node"])


class VersionSerializer(serializers.ModelSerializer[DefinitionVersion]):
    """A text of a definition, in force from a day until the next number."""

    class Meta:
        model = DefinitionVersion
        fields = ("number", "effective_from", "content", "content_hash", "reason", "written_by", "recorded_at")
        read_only_fields = fields


class DefinitionSerializer(serializers.ModelSerializer[MeasureDefinition]):
    """A standard definition and the versions of its text, newest first."""

    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = MeasureDefinition
        fields = (
            "id", "code", "name", "description", "formula", "source", "unit", "owner", "unit_of_measure", "is_percent",
            "decimals", "frequency", "aggregation", "method", "polarity", "state", "retired_at", "row_version", "versions",
        )  # fmt: skip
        read_only_fields = fields
