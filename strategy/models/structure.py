"""Identity rows (what keys point to, with the content in force) and the versions that are the document (DATAMODEL A4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from core.subjects import subject_kind
from organization.models import OrgUnit, Person, Subject


class NodeState(models.TextChoices):
    """The life of an identity row; it is never deleted."""

    PROPOSED = "proposed", _("Proposed")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


@subject_kind(
    "strategy",
    unit="unit",
    owner="owner",
    label=["name"],
    text=["mission", "vision"],
    url="strategy:strategy",
    private="is_private",
    retired="retired_at",
)
class Strategy(Versioned):
    """One unit's strategy over a horizon. Until it is approved it is for those who write it (`is_private`)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="strategies")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    mission = models.TextField(_("mission"), blank=True)
    vision = models.TextField(_("vision"), blank=True)
    vision_by = models.DateField(_("vision by"), null=True, blank=True)
    core_values = models.JSONField(_("core values"), default=list, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    is_private = models.GeneratedField(
        expression=Case(When(state__in=["draft", "in_review"], then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="strategy_ends_after_it_starts"),
            models.UniqueConstraint(fields=["unit"], condition=Q(state="active"), name="one_active_strategy_per_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class StrategyVersion(Versioned):
    """The strategy's frozen, numbered content; a draft's content is edited by verbs on its nodes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ADOPTED = "adopted", _("Adopted")
        SUPERSEDED = "superseded", _("Superseded")
        DISCARDED = "discarded", _("Discarded")

    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField(_("content"), default=dict)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    effective_until = models.DateField(_("effective until"), null=True, blank=True)

    class Meta:
        verbose_name = _("strategy version")
        verbose_name_plural = _("strategy versions")
        ordering = ["strategy", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["strategy", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["strategy"], condition=Q(state="draft"), name="one_draft_per_strategy"),
        ]

    def __str__(self) -> str:
        return f"{self.strategy} {self.number}"


class Perspective(Versioned):
    """A horizontal layer of the map."""

    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="perspectives")
    name = models.CharField(_("name"), max_length=120)
    question = models.CharField(_("the question it answers"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)

    class Meta:
        verbose_name = _("perspective")
        verbose_name_plural = _("perspectives")
        ordering = ["strategy", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "name"], condition=~Q(state="retired"), name="one_perspective_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


@subject_kind(
    "theme",
    unit="strategy__unit",
    owner="owner",
    label=["name"],
    text=["description"],
    url="strategy:theme",
    private="strategy__is_private",
)
class Theme(Versioned):
    """A vertical slice of objectives with one owner."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="themes")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    description = models.CharField(_("description"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["strategy", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "name"], condition=~Q(state="retired"), name="one_theme_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


@subject_kind(
    "objective",
    unit="strategy__unit",
    owner="owner",
    label=["code", "name"],
    text=["short_name", "description"],
    url="strategy:objective",
    private="strategy__is_private",
    retired="retired_at",
)
class Objective(Versioned):
    """What must be achieved: verb and noun. Its weight is a dated edge of the scorecard."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="objectives")
    perspective = models.ForeignKey(Perspective, models.PROTECT, related_name="objectives")
    themes = models.ManyToManyField(Theme, related_name="objectives", blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["strategy", "perspective__order", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["strategy", "code"], name="objective_code_once_per_strategy"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="objective_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        return self.short_name or self.name


class ObjectiveLink(Versioned):
    """A hypothesis inside one map: the source moves the target, with a sign, after a lag."""

    class Sign(models.IntegerChoices):
        RAISES = 1, _("raises")
        LOWERS = -1, _("lowers")

    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="links")
    source = models.ForeignKey(Objective, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Objective, models.PROTECT, related_name="links_in")
    sign = models.SmallIntegerField(_("sign"), choices=Sign.choices, default=Sign.RAISES)
    lag_min = models.PositiveSmallIntegerField(_("shortest lag, months"), default=0)
    lag_max = models.PositiveSmallIntegerField(_("longest lag, months"), default=6)
    rationale = models.TextField(_("rationale"), blank=True)
    is_necessary = models.BooleanField(_("necessary"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=NodeState.choices, default=NodeState.LIVE)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_joins_two_objectives"),
            models.CheckConstraint(condition=Q(lag_max__gte=F("lag_min")), name="lags_in_order"),
            models.UniqueConstraint(
                fields=["source", "target"], condition=~Q(state="retired"), name="one_link_per_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
