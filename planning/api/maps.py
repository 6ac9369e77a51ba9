"""Writing what stands on a map: one edit is all or nothing, of a draft or as an amendment of a strategy in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import PolicyViewSet, StrictSerializer, Visible
from organization.models import Person
from planning.actions import Additions, Changes, Edit, Retirements, edit
from strategy.models import Objective, ObjectiveLink, Perspective, Strategy, Theme
from strategy.structure import Change, LinkRow, Move, ObjectiveRow, PerspectiveRow, ThemeRow

MOST = 500
EDIT = {
    "reason": "Decided in the March review",
    "add": {
        "objectives": [{"code": "C5", "name": "Treat at home", "perspective": "Care processes", "themes": ["Closer"]}],
        "links": [{"source": "C5", "target": "P2", "lag_min": 1, "lag_max": 6, "rationale": "Care moves home."}],
    },
    "change": {"objectives": [{"id": 12, "row_version": 3, "name": "Hand over without loss"}]},
    "retire": {"links": [31]},
}


def _text(most: int, *, required: bool = False) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=required, allow_blank=not required)


def _lag() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=120, required=False)


def _rows(row: serializers.Serializer[Any]) -> serializers.ListField:
    return serializers.ListField(child=row, required=False, max_length=MOST)


class NewPerspective(StrictSerializer):
    """A band to add below the others."""

    name = _text(200, required=True)
    question = _text(200)


class NewTheme(StrictSerializer):
    """A lane to add."""

    name = _text(200, required=True)
    description = _text(200)
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)


class NewObjective(StrictSerializer):
    """An objective to add; its perspective and themes by name, those of the same edit too."""

    code = _text(20, required=True)
    name = _text(200, required=True)
    perspective = _text(200, required=True)
    themes = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=20)
    owner = Visible(queryset=Person.objects.all(), allow_null=True, required=False)
    short_name, description = _text(60), _text(5000)
    starts_on, ends_on = (serializers.DateField(allow_null=True, required=False) for _ in range(2))
    custom = serializers.DictField(required=False)


class NewLink(StrictSerializer):
    """A link to add; both ends by code, those of the same edit too. Lags are months."""

    source = _text(20, required=True)  # type: ignore[assignment]
    target = _text(20, required=True)
    sign = serializers.ChoiceField(ObjectiveLink.Sign.choices, required=False)
    lag_min, lag_max = _lag(), _lag()
    rationale = _text(5000)
    is_necessary = serializers.BooleanField(required=False)


class Added(StrictSerializer):
    """What is added."""

    perspectives = _rows(NewPerspective())
    themes = _rows(NewTheme())
    objectives = _rows(NewObjective())
    links = _rows(NewLink())


class _Changed(StrictSerializer):
    """A node by its id, the version you read, and the fields to change."""

    id = serializers.IntegerField()
    row_version = serializers.IntegerField(min_value=1)


class ChangedPerspective(_Changed):
    name, question = _text(200), _text(200)


class ChangedTheme(_Changed):
    name, description = _text(200), _text(200)


class ChangedObjective(_Changed):
    name, short_name, description = _text(200), _text(60), _text(5000)
    starts_on, ends_on = (serializers.DateField(allow_null=True, required=False) for _ in range(2))
    custom = serializers.DictField(required=False)


class ChangedLink(_Changed):
    sign = serializers.ChoiceField(ObjectiveLink.Sign.choices, required=False)
    lag_min, lag_max = _lag(), _lag()
    rationale = _text(5000)
    is_necessary = serializers.BooleanField(required=False)


class MovedObjective(_Changed):
    """An objective to put elsewhere: its perspective and themes by name, its place in the band."""

    perspective = _text(200)
    themes = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=20)
    order = serializers.IntegerField(min_value=0, max_value=32767, required=False)


class Changed(StrictSerializer):
    """What is changed."""

    perspectives = _rows(ChangedPerspective())
    themes = _rows(ChangedTheme())
    objectives = _rows(ChangedObjective())
    links = _rows(ChangedLink())
    moves = _rows(MovedObjective())


def _ids() -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField(), required=False, max_length=MOST)


class Retired(StrictSerializer):
    """What is taken off, by id; links at a retired objective go with it."""

    perspectives, themes, objectives, links = _ids(), _ids(), _ids(), _ids()


class MapEdit(StrictSerializer):
    """One edit. For a strategy in force `reason` is asked, and the edit becomes its next version from today on."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    add = Added(required=False)
    change = Changed(required=False)
    retire = Retired(required=False)


class MapSerializer(serializers.ModelSerializer[Strategy]):
    """The strategy after the edit, and the version in force."""

    version = serializers.SerializerMethodField()

    class Meta:
        model = Strategy
        fields = ("id", "unit", "name", "state", "version", "row_version")
        read_only_fields = fields

    def get_version(self, row: Strategy) -> int | None:
        """The number of the newest version; none of a draft."""
        newest = row.versions.order_by("-number").values_list("number", flat=True).first()
        return newest if row.state == Strategy.State.ACTIVE else None


class MapViewSet(PolicyViewSet):
    """The maps of strategies, to write. They are read under `strategies`, `perspectives`, `themes`, `objectives`, `links`."""

    verbs: ClassVar[Mapping[str, str]] = {"edits": "change_structure"}
    queryset = Strategy.objects.order_by("pk")
    serializer_class = MapSerializer

    @extend_schema(request=MapEdit, responses=MapSerializer, examples=[OpenApiExample("Edit", EDIT)])
    @action(detail=True, methods=["post"], pagination_class=None)
    def edits(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the map, all of it or nothing. 412 if somebody changed a node since you read it."""
        row = self.get_object()
        form = MapEdit(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = form.validated_data
        today = request._request.at.today  # type: ignore[attr-defined]
        what = _edit(row, given)
        return Response(self.represent(edit(self.actor, strategy=row, what=what, today=today, reason=given["reason"])))

    def represent(self, row: Model) -> Any:
        """The strategy; of a node that is in conflict its id, its version and its name."""
        if isinstance(row, Strategy):
            return super().represent(row)
        return {"id": row.pk, "row_version": row.row_version, "name": str(row)}  # type: ignore[attr-defined]


# ----------------------------------------------------------------------------------------------------- from words to rows
def _edit(strategy: Strategy, given: Mapping[str, Any]) -> Edit:
    add, change, retire = (given.get(name, {}) for name in ("add", "change", "retire"))
    return Edit(
        add=Additions(
            perspectives=[PerspectiveRow(**one) for one in add.get("perspectives", ())],
            themes=[ThemeRow(**one) for one in add.get("themes", ())],
            objectives=[
                ObjectiveRow(**{**one, "themes": tuple(one.get("themes", ()))}) for one in add.get("objectives", ())
            ],
            links=[LinkRow(**one) for one in add.get("links", ())],
        ),
        change=Changes(
            perspectives=_changes(strategy, Perspective, change.get("perspectives", ())),
            themes=_changes(strategy, Theme, change.get("themes", ())),
            objectives=_changes(strategy, Objective, change.get("objectives", ())),
            links=_changes(strategy, ObjectiveLink, change.get("links", ())),
            moves=_moves(strategy, change.get("moves", ())),
        ),
        retire=Retirements(
            perspectives=_nodes(strategy, Perspective, retire.get("perspectives", ())),
            themes=_nodes(strategy, Theme, retire.get("themes", ())),
            objectives=_nodes(strategy, Objective, retire.get("objectives", ())),
            links=_nodes(strategy, ObjectiveLink, retire.get("links", ())),
        ),
    )


def _nodes(strategy: Strategy, model: type[Any], ids: Iterable[int]) -> list[Any]:
    """The nodes of this strategy by id, as they are named; any other is not there."""
    asked = list(dict.fromkeys(ids))
    found = model._default_manager.filter(strategy=strategy).in_bulk(asked) if asked else {}
    missing = [str(one) for one in asked if one not in found]
    if missing:
        name = str(model._meta.verbose_name)
        raise serializers.ValidationError({name: [f"Not of this strategy: {', '.join(missing)}."]})
    return [found[one] for one in asked]


def _changes(strategy: Strategy, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> list[Change]:
    nodes = _nodes(strategy, model, [one["id"] for one in rows])
    values = [{name: one[name] for name in one if name not in ("id", "row_version")} for one in rows]
    return [Change(node, new, one["row_version"]) for node, new, one in zip(nodes, values, rows, strict=True)]


def _moves(strategy: Strategy, rows: Sequence[Mapping[str, Any]]) -> list[Move]:
    nodes = _nodes(strategy, Objective, [one["id"] for one in rows])
    return [
        Move(
            node,
            one.get("perspective"),
            tuple(one["themes"]) if "themes" in one else None,
            one.get("order"),
            one["row_version"],
        )
        for node, one in zip(nodes, rows, strict=True)
    ]
