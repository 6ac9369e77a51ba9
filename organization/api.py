"""Units and people to read. They are written by pages and imports."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from core.access import permitted
from core.api.views import PolicyViewSet
from organization.models import OrgUnit, Person
from organization.queries import parents_on


class UnitSerializer(serializers.ModelSerializer[OrgUnit]):
    """A unit and the one it hangs under today; none for the top."""

    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # also a property of Field

    class Meta:
        model = OrgUnit
        fields = ("id", "code", "name", "kind", "parent", "opened_on", "closed_on", "successor", "row_version")
        read_only_fields = fields

    def get_parent(self, unit: OrgUnit) -> int | None:
        parents: dict[int, int | None] = self.context["parents"]
        return parents.get(unit.pk)


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person. `email` and `code` are null where the reader may not see details."""

    email = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "name", "email", "code", "home_unit", "is_active", "joined_on", "left_on", "row_version")
        read_only_fields = fields

    def get_email(self, person: Person) -> str | None:
        return person.email if person.may_view_details else None  # type: ignore[attr-defined]

    def get_code(self, person: Person) -> str | None:
        return person.code if person.may_view_details else None  # type: ignore[attr-defined]


class UnitFilter(filters.FilterSet):
    """`code`: as it is written; `kind`; `open`: true for units that are not closed."""

    code = filters.CharFilter(field_name="code")
    kind = filters.ChoiceFilter(choices=OrgUnit.Kind.choices)
    open = filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull")


class PersonFilter(filters.FilterSet):
    """`unit`: id of the home unit; `is_active`: true for people who are here."""

    unit = filters.NumberFilter(field_name="home_unit")
    is_active = filters.BooleanFilter(field_name="is_active")


class _ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, PolicyViewSet):
    """A list and single rows, through the policy."""

    verbs = {"list": "view", "retrieve": "view"}


class UnitViewSet(_ReadOnly):
    """Units of the organisation."""

    queryset = OrgUnit.objects.order_by("code")
    serializer_class = UnitSerializer
    filterset_class = UnitFilter

    def get_serializer_context(self) -> dict[str, Any]:
        parents = {} if getattr(self, "swagger_fake_view", False) else parents_on(timezone.localdate())
        return {**super().get_serializer_context(), "parents": parents}


class PersonViewSet(_ReadOnly):
    """People of the organisation."""

    queryset = Person.objects.order_by("name", "pk")
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    def get_queryset(self) -> QuerySet[Person]:
        rows: QuerySet[Person] = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else permitted(self.actor, ["view_details"], rows)


API = [("units", UnitViewSet), ("people", PersonViewSet)]
