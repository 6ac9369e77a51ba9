"""The one place that answers "may this actor do that?".

Every model that people reach has one Policy, a table from verb to grants, in the app that owns the model. The same row
of the table answers a filter (`scoped`), a check (`require`, `can`) and a column of a list (`permitted`), so they cannot
disagree. The table grows by values (a scope, a named condition), never by ifs. See DATAMODEL A8.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Field, ForeignObject, Lookup, Model, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _

M = TypeVar("M", bound=Model)

EVERYONE = "everyone"
"""The role that every signed-in person has."""

NOBODY = Q(pk__in=[])


class AnyOf(Lookup):  # type: ignore[type-arg]
    """`unit__any_of={…}`: one of these ids, handed over as the text of one array. An `in`, and a list, write and prepare every
    id by itself, which costs more than the question where a role reaches hundreds of units."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """column = ANY(array)."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*params, f"{{{','.join(map(str, sorted(self.rhs)))}}}")


Field.register_lookup(AnyOf)
ForeignObject.register_lookup(AnyOf)


class Actor(Protocol):
    """Who acts, with the roles valid today. Built once per request, job or command (organization.actors)."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...
    @property
    def on_behalf_of_id(self) -> int | None: ...
    @property
    def on_behalf_of_label(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def job_id(self) -> int | None: ...
    @property
    def reader_key(self) -> str:
        """Equal for two actors only if they may read exactly the same rows that depend on roles and units."""
        ...

    @property
    def rights(self) -> dict[str, list[int]]:
        """Roles and the units they reach; of two actors, one that holds all of the other's reads at least as much."""
        ...

    @property
    def token_verbs(self) -> frozenset[str] | None:
        """Verbs a token is limited to; None is no limit."""
        ...

    @property
    def token_units(self) -> frozenset[int] | None:
        """Units a token is limited to; None is no limit."""
        ...

    def has(self, role: str) -> bool: ...
    def units(self, role: str) -> frozenset[int]: ...
    def branch(self, role: str) -> frozenset[int]: ...
    def reports(self, depth: int | None = None) -> QuerySet[Any]: ...


class Forbidden(PermissionDenied):
    """The actor may see the row but may not do this; the sentence says who can give access."""

    def __init__(self, verb: str, sentence: str = "") -> None:
        self.verb = verb
        super().__init__(sentence or _("You may see this, but you may not change it."))


class NotVisible(Http404):
    """The row does not exist for this actor. Absent and forbidden answer alike."""


# ------------------------------------------------------------------------------------------------ scopes
class Scope(Protocol):
    """Which rows a grant reaches; None is none."""

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None: ...


@dataclass(frozen=True)
class _All:
    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        return Q()


@dataclass(frozen=True)
class _Units:
    below: bool

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        units = actor.branch(role) if self.below else actor.units(role)
        return Q(**{f"{policy.unit}__any_of": units}) if units else None


@dataclass(frozen=True)
class Rel:
    """Rows whose `path` names the actor. Many-valued paths become a sub-select, so rows never double."""

    path: str

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        if actor.person_id is None:
            return None
        if policy.is_many(self.path):
            named = policy.model._default_manager.filter(**{self.path: actor.person_id})
            return Q(pk__in=named.order_by().values("pk"))
        return Q(**{self.path: actor.person_id})


@dataclass(frozen=True)
class Chain:
    """Rows whose owner reports to the actor, directly (depth 1) or at any depth."""

    depth: int | None = None
    path: str = ""

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        return Q(**{f"{self.path or policy.owner}__in": actor.reports(self.depth)}) if actor.person_id else None


@dataclass(frozen=True)
class Through:
    """Rows whose `path`, over one or more keys, names a row on which the actor may do `verb`."""

    path: str
    verb: str = "view"

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        parent: type[Model] = policy.model
        for name in self.path.split("__"):
            parent = parent._meta.get_field(name).related_model  # type: ignore[assignment]
        rows = scoped(actor, self.verb, parent._default_manager.all())
        return Q(**{f"{self.path}__in": rows.order_by().values("pk")})


@dataclass(frozen=True)
class SameReaders:
    """Rows read with exactly the actor's rights (`reader_key`), about a row named by `path` that the actor may view."""

    path: str

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        if actor.person_id is None:
            return None
        about = Through(self.path).q(actor, policy, role)
        return None if about is None else Q(reader_key=actor.reader_key) & about


@dataclass(frozen=True)
class StillHolds:
    """Rows of the actor's own (`path`), read with rights (`rights`, as they were then) all of which are held today.

    Rows without known rights are nobody's.
    """

    path: str

    def q(self, actor: Actor, policy: Policy, role: str) -> Q | None:
        if actor.person_id is None:
            return None
        return Q(**{self.path: actor.person_id}, rights__contained_by=actor.rights)


ALL: Scope = _All()
UNIT: Scope = _Units(below=False)
BRANCH: Scope = _Units(below=True)
CHAIN = Chain
rel = Rel
through = Through


@dataclass(frozen=True)
class Grant:
    """Who (`role`), which rows (`scope`), in which state (`where`, a condition named on the policy)."""

    role: str
    scope: Scope
    where: str = ""


# ----------------------------------------------------------------------------------------------- policies
class Policy:
    """One table per model. `unit` and `owner` are the paths that scopes read; `fields` maps a field to the verb it needs."""

    model: ClassVar[type[Model]]
    unit: ClassVar[str] = "unit"
    owner: ClassVar[str] = "owner"
    grants: ClassVar[Mapping[str, Sequence[Grant]]] = {}
    conditions: ClassVar[Mapping[str, Q]] = {}
    fields: ClassVar[Mapping[str, str]] = {}

    def is_many(self, path: str) -> bool:
        """Whether a step of the path can name several rows."""
        model: Any = self.model
        for name in path.split("__"):
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
            if field.many_to_many or field.one_to_many:
                return True
            model = field.related_model
        return False

    def q(self, actor: Actor, verb: str) -> Q | None:
        """The rows on which the actor may do the verb; None is none, an empty Q is all."""
        if actor.token_verbs is not None and verb not in actor.token_verbs:
            return None
        found = self._granted(actor, verb)
        if found is None or actor.token_units is None:
            return found
        return found & Q(**{f"{self.unit}__any_of": actor.token_units}) if self.unit else None

    def _granted(self, actor: Actor, verb: str) -> Q | None:
        by_state: dict[str, list[Q]] = {}
        for grant in self.grants.get(verb, ()):
            clause = grant.scope.q(actor, self, grant.role) if actor.has(grant.role) else None
            if clause is not None:
                by_state.setdefault(grant.where, []).append(clause)
        found = [self._in_state(where, clauses) for where, clauses in by_state.items()]
        return _any_of(found) if found else None

    def _in_state(self, where: str, clauses: list[Q]) -> Q:
        """Rows of any of the clauses, in the state that is asked; the state is written once, not with each clause."""
        return _any_of(clauses) & self.conditions[where] if where else _any_of(clauses)


def _any_of(clauses: list[Q]) -> Q:
    """Any of these; an empty one is all rows, which `|` would take for none."""
    return functools.reduce(lambda a, b: a | b, clauses) if all(clauses) else Q()


_policies: dict[type[Model], Policy] = {}
PolicyClass = TypeVar("PolicyClass", bound=type[Policy])


def policy(model: type[Model]) -> Callable[[PolicyClass], PolicyClass]:
    """Register the decorated table as the policy of the model."""

    def register(cls: PolicyClass) -> PolicyClass:
        if model in _policies:
            raise RuntimeError(f"{model.__name__} has two policies")
        cls.model = model
        _policies[model] = cls()
        return cls

    return register


def policies() -> Mapping[type[Model], Policy]:
    """Every registered policy, for the tests that walk them."""
    return _policies


def policy_of(model: type[Model]) -> Policy:
    """The table of a model; a model without one cannot be reached."""
    try:
        return _policies[model]
    except KeyError:
        raise RuntimeError(f"{model.__name__} has no policy: declare one in its app's policies.py") from None


# ---------------------------------------------------------------------------------------------- questions
def scoped(actor: Actor, verb: str, rows: QuerySet[M]) -> QuerySet[M]:
    """Only the rows on which the actor may do the verb."""
    q = policy_of(rows.model).q(actor, verb)
    return rows.none() if q is None else rows.filter(q)


def can(actor: Actor, verb: str, row: Model) -> bool:
    """Whether the actor may do the verb on this stored row. A list asks `permitted` instead."""
    return scoped(actor, verb, type(row)._default_manager.filter(pk=row.pk)).exists()


def require(actor: Actor, verb: str, row: Model) -> None:
    """Raise NotVisible if the actor may not even see the row, Forbidden if only the verb fails."""
    if can(actor, verb, row) and (verb == "view" or can(actor, "view", row)):
        return
    if not can(actor, "view", row):
        raise NotVisible(_("There is nothing here, or it is not for you."))
    raise Forbidden(verb, givers_sentence(type(row), verb))


def require_all(actor: Actor, verb: str, rows: QuerySet[M]) -> list[M]:
    """The rows, if the actor may do the verb on every one; else Forbidden naming how many were refused (DATAMODEL A7)."""
    asked = list(rows)
    allowed = set(scoped(actor, verb, rows).values_list("pk", flat=True))
    refused = [row for row in asked if row.pk not in allowed]
    if refused:
        names = ", ".join(str(row) for row in refused[:5])
        raise Forbidden(
            verb,
            _("You may not do this for %(count)d of %(all)d rows: %(names)s.")
            % {"count": len(refused), "all": len(asked), "names": names},
        )
    return asked


def permitted(actor: Actor, verbs: Iterable[str], rows: QuerySet[M]) -> QuerySet[M]:
    """The rows with `may_<verb>` on each, so that a list asks once."""
    table = policy_of(rows.model)
    for verb in verbs:
        q = table.q(actor, verb)
        flag: Any = Value(q is not None) if not q else ExpressionWrapper(q, output_field=BooleanField())
        rows = rows.annotate(**{f"may_{verb}": flag})
    return rows


def may_field(actor: Actor, row: Model, field: str) -> bool:
    """Whether the actor may read a field that its policy guards by a verb of its own."""
    verb = policy_of(type(row)).fields.get(field)
    return verb is None or can(actor, verb, row)


_role_words: Callable[[str], str] = str


def name_roles(words: Callable[[str], str]) -> None:
    """The app that owns the roles says how to call them."""
    global _role_words  # noqa: PLW0603
    _role_words = words


def givers_sentence(model: type[Model], verb: str) -> str:
    """Who may do this, so that a refusal is not a dead end."""
    roles = {grant.role for grant in policy_of(model).grants.get(verb, ()) if grant.role != EVERYONE}
    if not roles:
        return _("You may see this, but you may not change it. Its owner can.")
    names = ", ".join(sorted(_role_words(role) for role in roles))
    return _("You may see this, but you may not do that. It can be done by: %(names)s.") % {"names": names}


class Access(NamedTuple):
    """What a view declares about itself; a test walks every route and wants one."""

    kind: str
    verb: str
    model: type[Model] | None
    reason: str
