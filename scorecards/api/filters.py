"""How lists of the API are narrowed; an unusable word in the address is refused in a sentence."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from core.periods import Period, PeriodError
from organization.queries import calendars
from scorecards.models import Measure, MeasureDefinition, Node, Result, Series

LARGEST_ID = 2**63 - 1


class PeriodInput(forms.CharField):
    """A period in an address."""

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        try:
            return Period.parse(text, calendars()) if text else None
        except PeriodError as error:
            raise forms.ValidationError(str(error)) from None


class PeriodFilter(django_filters.CharFilter):
    """Facts of periods from, or up to, a period."""

    field_class = PeriodInput


class IdFilter(django_filters.NumberFilter):
    """Rows that name another by its id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **options)


class MeasureFilters(django_filters.FilterSet):
    """Measures by where they belong."""

    unit, objective = IdFilter("unit_id"), IdFilter("objective_id")
    code = django_filters.CharFilter("code")

    class Meta:
        model = Measure
        fields = ("unit", "objective", "state", "frequency", "code")


class FactFilters(django_filters.FilterSet):
    """Facts by measure and period; only those that hold now, unless `current=false` asks for every revision."""

    period_from = PeriodFilter(method="since", label=gettext_lazy("First period, for example 2026-01"))
    period_to = PeriodFilter(method="until", label=gettext_lazy("Last period, for example 2026-06"))
    current = django_filters.BooleanFilter(method="known_now", label=gettext_lazy("Only what holds now (the default)"))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a word about it, what was superseded is left out."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        return rows.filter(superseded_at=None) if self.form.cleaned_data["current"] is None else rows

    def since(self, rows: QuerySet[Any], name: str, period: Period) -> QuerySet[Any]:
        """From the first day of a period on."""
        return rows.filter(period_start__gte=period.start)

    def until(self, rows: QuerySet[Any], name: str, period: Period) -> QuerySet[Any]:
        """Up to the last day of a period."""
        return rows.filter(period_start__lte=period.end)

    def known_now(self, rows: QuerySet[Any], name: str, is_current: bool) -> QuerySet[Any]:
        """What holds now, or every revision."""
        return rows.filter(superseded_at=None) if is_current else rows


class ObservationFilters(FactFilters):
    """Values by measure, line and period."""

    measure = django_filters.CharFilter("series__measure__code", label=gettext_lazy("The measure's code"))
    series = django_filters.ChoiceFilter(field_name="series__kind", choices=Series.Kind.choices)


class TargetFilters(FactFilters):
    """Targets by measure and period."""

    measure = django_filters.CharFilter("measure__code", label=gettext_lazy("The measure's code"))


class ExcuseFilters(FactFilters):
    """Excuses by measure and period."""

    measure = django_filters.CharFilter("measure__code", label=gettext_lazy("The measure's code"))


class DefinitionFilters(django_filters.FilterSet):
    """Definitions by code and state."""

    class Meta:
        model = MeasureDefinition
        fields = ("code", "state", "unit")


class ScoreFilters(django_filters.FilterSet):
    """Nodes by scorecard and kind, and by their status in the period asked about."""

    scorecard = IdFilter("scorecard_id")
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in (
        "measure", "objective", "perspective", "theme", "strategy", "unit",
    )])  # fmt: skip
    status = django_filters.ChoiceFilter(
        choices=[(status, status) for status in ("exceeds", "on_track", "watch", "off_track", "no_data")],
        method="with_status",
        label=gettext_lazy("Status in the period"),
    )

    class Meta:
        model = Node
        fields = ("scorecard", "kind", "status")

    def with_status(self, rows: QuerySet[Any], name: str, status: str) -> QuerySet[Any]:
        """Those whose result in the period of the view has the status."""
        period = self.request.parser_context["view"].at.period  # type: ignore[union-attr]
        found = Result.objects.filter(frequency=period.frequency, period_start=period.start, status=status)
        return rows.filter(pk__in=found.values("node_id"))
