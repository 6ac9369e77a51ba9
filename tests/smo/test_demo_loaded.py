"""The demonstration organisation in the database: whole, believable, and telling its stories on any day."""

from __future__ import annotations

import zlib
from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from core.access import scoped
from core.periods import At, Period
from jobs.models import ImportFeed, ImportRun, Job
from organization import subjects
from organization.actors import actor_of, deputy_actor
from organization.models import (
    ChainRow,
    Delegation,
    FiscalCalendar,
    Membership,
    Organization,
    OrgUnit,
    Person,
    SavedView,
    Term,
)
from organization.queries import ancestor_ids, calendars
from organization.roles import Role
from planning.models import CanvasInvitation, Carries, PlanningCycle, StrategicIssue, TriggerFiring
from planning.queries.assumptions import register
from planning.queries.canvases import analysis_of
from planning.queries.options import weighing
from planning.queries.scenarios import scenarios_listed
from scorecards.actions import rebuild
from scorecards.models import (
    Annotation,
    CorrectiveAction,
    DeclaredStatus,
    DefinitionVersion,
    Edge,
    FormulaInput,
    Measure,
    MeasureDefinition,
    MeasureForecast,
    Node,
    Observation,
    PeriodLock,
    Reminder,
    Report,
    ReportSchedule,
    Result,
    Scorecard,
    Series,
    Submission,
    Target,
)
from scorecards.queries.approving import waiting_for
from scorecards.queries.declared import declarations
from scorecards.queries.forecasts import beaten_when_set, owner_record
from scorecards.queries.printed import content_hash
from scorecards.queries.reds import unanswered
from scorecards.queries.restated import recorded_after_closing
from smo.demo.choices import QUESTION
from smo.demo.cycles import COMING
from smo.demo.loader import accounts, load
from smo.demo.organization import PASSWORD
from smo.demo.shapes import Clock
from smo.demo.strategies import WEIGHTS_BEFORE
from smo.management.commands.demo_check import pages_of
from smo.services import postgres
from strategy.models import ActionItem, Comment, Objective, ObjectiveLink, Strategy, StrategyVersion, Update
from tests import factories

TODAY = date(2026, 7, 9)
NOW = {
    **dict.fromkeys(("P3", "C2", "C4", "C5", "C6", "L2", "F2", "F3"), "on_track"),
    **dict.fromkeys(("P2", "C3", "L1", "F1"), "watch"),
    **dict.fromkeys(("P1", "C1"), "off_track"),
    "L3": "no_data",
}
"""The objectives of the whole organisation in the newest month: 8 on track, 4 to watch, 2 off track, 1 without data."""


def statuses(day: date, kind: str, back: int = 0) -> dict[str, str]:
    """Status by code in the newest month, or so many months before."""
    start = Clock(day).newest.shift(-back).start
    rows = Result.objects.filter(frequency="month", period_start=start, node__kind=kind)
    return dict(rows.values_list(f"node__{kind}__code", "status"))


def result(day: date, kind: str, code: str, back: int = 0) -> Result:
    start = Clock(day).newest.shift(-back).start
    return Result.objects.get(frequency="month", period_start=start, node__kind=kind, **{f"node__{kind}__code": code})


def check_stories(day: date) -> None:
    """Everything the demonstration is meant to show is there to be seen."""
    objectives = statuses(day, "objective")
    assert {code: status for code, status in objectives.items() if code in NOW} == NOW
    before = statuses(day, "objective", back=1)
    fell_and_rose = {code: before[code] for code in ("P1", "L1", "C2")}
    assert fell_and_rose == {"P1": "watch", "L1": "on_track", "C2": "watch"}

    # a red that got worse
    assert [statuses(day, "measure", back)["P1-01"] for back in (2, 1, 0)] == ["on_track", "watch", "off_track"]
    assert result(day, "measure", "P1-01").trend == "worse"
    # one recovered, and was red a year ago
    assert [statuses(day, "measure", back)["C2-01"] for back in (1, 0)] == ["watch", "on_track"]
    assert "off_track" in {statuses(day, "measure", back)["C2-01"] for back in range(9, 15)}
    # one never reported, one stale, one not scored, and an objective without enough under it
    reasons = {code: result(day, "measure", code).reason for code in ("L3-01", "C4-03", "C6-03")}
    assert reasons == {"L3-01": "not_reported", "C4-03": "stale", "C6-03": "unscored"}
    assert result(day, "objective", "L3").reason == "too_little_coverage"
    # one exceeds; a critical red caps its objective, which would be on track without it
    assert statuses(day, "measure")["C6-01"] == "exceeds"
    assert (statuses(day, "measure")["L1-01"], result(day, "objective", "L1").score) == ("off_track", 66.0)
    # one without an owner, whose newest value is missing
    assert list(Measure.objects.filter(owner=None).values_list("code", flat=True)) == ["L1-04"]
    assert result(day, "measure", "L1-04").reason in {"not_due_yet", "not_reported"}
    assert statuses(day, "measure", back=1)["L1-04"] == "watch"
    # a cascade: the hospital shows the same red as the whole organisation
    assert (objectives["G1"], objectives["G3"], objectives["D2"]) == ("off_track", "off_track", "watch")


def facts() -> list[tuple]:
    """Everything that follows from seed and day, by code."""
    values = ("series__kind", "series__name", "frequency", "period_start", "revision")
    found = list(
        Observation.objects.order_by("series__measure__code", *values).values_list(
            "series__measure__code", *values, "value", "numerator", "denominator", "comment", "recorded_by__email"
        )
    )
    found += Target.objects.order_by("measure__code", *values[2:]).values_list(
        "measure__code", *values[2:], "value", "red_flag", "stretch", "low", "high"
    )
    found += sorted(
        Result.objects.values_list(
            "node__kind", "node__measure__code", "node__objective__code", "frequency", "period_start", "score", "reason"
        ),
        key=repr,
    )
    found += Update.objects.order_by("pk").values_list("subject__label", "author__email", "text", "period_key")
    return found


class DemoTest(TestCase):
    """Loaded once, with the rights of the serving process."""

    @classmethod
    def setUpTestData(cls) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {postgres.APP_ROLE}")
        assert load(today=TODAY) is True

    def test_it_is_as_large_as_promised(self):
        assert OrgUnit.objects.count() == 8
        assert Person.objects.count() == 46
        assert [scorecard.strategy.unit.code for scorecard in Scorecard.objects.order_by("pk")] == ["NMH", "GEN", "DIG"]
        counted = Counter(Objective.objects.values_list("strategy__unit__code", flat=True))
        assert counted == {"NMH": 15 + 10, "GEN": 6, "DIG": 5}
        assert Counter(ObjectiveLink.objects.values_list("strategy__unit__code", flat=True)) == {
            "NMH": 17 + 7,
            "GEN": 4,
            "DIG": 3,
        }
        assert Measure.objects.count() == 64 + 3
        assert Strategy.objects.filter(state="active").count() == 3
        assert Strategy.objects.get(state="in_review").unit.code == "NMH"
        assert StrategyVersion.objects.filter(state="adopted", effective_from=Clock(TODAY).starts_on).count() == 3

    def test_there_are_three_years_of_months_up_to_the_last_finished_one(self):
        months = Observation.objects.filter(frequency="month", superseded_at=None)
        starts = sorted(set(months.values_list("period_start", flat=True)))
        assert (len(starts), starts[0], starts[-1]) == (36, date(2023, 7, 1), date(2026, 6, 1))

    def test_the_units_are_a_cascade_of_three_levels(self):
        codes = dict(OrgUnit.objects.values_list("pk", "code"))
        above = {code: [codes[pk] for pk in ancestor_ids(unit, TODAY)] for unit, code in codes.items()}
        assert above["EAC"] == ["GEN", "NMH"]
        assert {code for code, up in above.items() if len(up) == 1} == {"GEN", "SAL", "COM", "FIN", "HR", "DIG"}

    def test_its_stories_can_be_seen(self):
        check_stories(TODAY)

    def test_a_value_was_restated_with_a_comment(self):
        rows = Observation.objects.filter(series__measure__code="P1-01", period_start=date(2026, 5, 1))
        first, second = rows.order_by("revision")
        assert (round(first.value, 1), round(second.value, 1)) == (Decimal("74.9"), Decimal("74.6"))
        assert first.superseded_at is not None
        assert "Corrected" in second.comment
        assert Observation.objects.filter(revision__gt=1).count() == 2

    def test_earlier_months_are_closed_one_was_corrected_afterwards_and_the_newest_is_open(self):
        newest = Clock(TODAY).newest
        cards = Scorecard.objects.count()
        held = PeriodLock.objects.filter(opened_at=None)
        assert Counter(held.values_list("frequency", flat=True)) == {"year": 3 * cards, "month": 5 * cards}
        assert not held.filter(frequency="month", period_start=newest.start).exists()
        assert "closed clinic" in PeriodLock.objects.exclude(opened_at=None).get().reason
        late = recorded_after_closing(Measure.objects.values_list("pk", flat=True), newest.calendar)
        assert [Measure.objects.get(pk=one.measure_id).code for one in late.values()] == ["P1-03"]
        assert Reminder.objects.get().measure.code == "L1-04"

    def test_values_wait_for_a_second_person_and_one_came_back(self):
        rows = Submission.objects.values_list("series__measure__code", "state", "submitted_by__name")
        assert sorted(rows) == [
            ("C1-01", "submitted", "Thomas Grieve"),
            ("C1-03", "returned", "Thomas Grieve"),
            ("F1-01", "submitted", "Samuel Boateng"),
            ("F2-01", "submitted", "Victor Lang"),
        ]
        ravi = actor_of(Person.objects.get(email="ravi.menon@northmere.example"), TODAY)
        sofia = actor_of(Person.objects.get(email="sofia.lindqvist@northmere.example"), TODAY)
        assert (waiting_for(ravi).count(), waiting_for(sofia).count()) == (3, 1)

    def test_weights_differ_and_were_changed_once_last_year(self):
        clock = Clock(TODAY)
        of_waits = Edge.objects.filter(parent__objective__code="P1", child__measure__code="P1-01").order_by("valid")
        assert [(edge.weight, edge.valid.lower) for edge in of_waits] == [
            (40, date(2023, 7, 1)),
            (60, clock.reweighted_on),
        ]
        changed = Edge.objects.filter(valid__endswith=clock.reweighted_on)
        assert changed.count() == len(WEIGHTS_BEFORE)
        assert len(set(Edge.objects.filter(child__kind="measure").values_list("weight", flat=True))) > 5

    def test_results_are_right_and_subjects_are_equal_to_their_records(self):
        done = rebuild(TODAY)
        assert (done.changed, done.gone) == (0, 0)
        assert subjects.differences() == []

    def test_every_role_has_somebody_who_can_sign_in(self):
        held = Membership.objects.filter(valid__contains=TODAY, person__is_active=True)
        assert set(held.values_list("role", flat=True)) == {role.value for role in Role}
        for account in accounts():
            person = Person.objects.get(email=account.email)
            assert person.is_active
            assert person.name == account.name
            assert account.role in {Role(role).label for role in actor_of(person, TODAY).reach.branch}
        one = Person.objects.get(email=accounts()[0].email)
        assert one.check_password(PASSWORD)

    def test_the_executive_is_an_executive_only_and_owes_no_value(self):
        top = Person.objects.get(email=accounts()[0].email)
        held = Membership.objects.filter(person=top, valid__contains=TODAY)
        assert list(held.values_list("role", flat=True)) == [Role.EXECUTIVE]
        assert not scoped(actor_of(top, TODAY), "record", Measure.objects.all()).exists()

    def test_everybody_shares_one_hash_but_who_has_left(self):
        active = Person.objects.filter(is_active=True).exclude(email=accounts()[-1].email)
        assert active.values_list("password", flat=True).distinct().count() == 1
        gone = Person.objects.get(is_active=False)
        assert (gone.email, gone.left_on) == ("neil.ashby@northmere.example", date(2026, 7, 1))
        assert not gone.has_usable_password()

    def test_managers_chain_reaches_everybody_who_is_here(self):
        top = Person.objects.get(email="helena.marsh@northmere.example")
        below = set(ChainRow.objects.filter(manager=top).values_list("person_id", flat=True))
        assert below == set(Person.objects.filter(is_active=True).exclude(pk=top.pk).values_list("pk", flat=True))

    def test_a_deputy_acts_as_executive(self):
        delegation = Delegation.objects.get(valid__contains=TODAY)
        deputy = deputy_actor(delegation.deputy, delegation, TODAY)
        assert (deputy.label, deputy.on_behalf_of_label) == ("Sofia Lindqvist", "James Adeyemi")
        assert deputy.has(Role.EXECUTIVE)

    def test_the_organisations_own_settings(self):
        house = Organization.objects.get()
        assert (house.name, house.currency) == ("Northmere Health", "GBP")
        assert list(Term.objects.values_list("key", "singular", "plural")) == [("theme", "promise", "promises")]
        published = Counter(row.get("published") for row in Measure.objects.values_list("custom", flat=True))
        shared = SavedView.objects.filter(is_shared=True)
        assert {reverse(view.page) for view in shared} == {"/scorecards/measures/"} and shared.count() == 2
        assert published.keys() == {"Board and public report", "Board report", None}
        assert FiscalCalendar.objects.get().first_month == 1
        assert Period.parse("2026-Q2", calendars()).start == date(2026, 4, 1)

    def test_people_talk_about_it_and_have_tasks_open_late_and_done(self):
        assert Update.objects.filter(acknowledged_at=None).exists()
        assert Update.objects.exclude(acknowledged_at=None).exists()
        assert Comment.objects.filter(reply_to__isnull=False).exists()
        items = ActionItem.objects.all()
        counts = {
            "done": items.filter(done_on__isnull=False).count(),
            "late": items.filter(done_on=None, due_on__lt=TODAY).count(),
            "open": items.filter(done_on=None, due_on__gte=TODAY).count(),
        }
        assert counts == {"done": 7, "late": 4, "open": 12}

    def test_the_analysis_of_the_next_strategy_leads_on(self):
        viewer = actor_of(Person.objects.get(email="ravi.menon@northmere.example"), TODAY)
        found = analysis_of(viewer, PlanningCycle.objects.get(name=COMING.name), At(Clock(TODAY).newest, None, TODAY))
        assert [(line.canvas.kind, line.canvas.state, line.trace.notes) for line in found.canvases] == [
            ("swot", "closed", 11),
            ("pestle", "open", 8),
        ]
        assert (found.trace.linked, found.trace.parked, found.trace.unsettled) == (13, 3, 3)
        late = [
            line.issue.owner.name for line in found.issues if not line.issue.settled_on and line.issue.due_on < TODAY
        ]
        assert late == ["Grace Whitcombe"]
        assert [line.issue.settled_on is not None for line in found.issues] == [False, False, False, True]
        assert not CanvasInvitation.objects.filter(canvas__state="closed", answered_at=None).exists()
        assert CanvasInvitation.objects.filter(canvas__state="open", answered_at=None).count() == 3

    def test_reds_are_answered_or_not_and_owners_judge_otherwise(self):
        answers = CorrectiveAction.objects.order_by("pk").values_list("measure__code", "state")
        assert list(answers) == [("P1-01", "open"), ("L1-01", "closed")]
        at = At(Clock(TODAY).newest, None, TODAY)
        waiting = {row.node.measure.code for row in unanswered(at).select_related("node__measure")}
        assert "P1-04" in waiting and not waiting & {"P1-01", "L1-01"}
        held = declarations(Node.objects.values("pk"), at).values()
        assert sorted((one.status, one.computed) for one in held) == [("on_track", "off_track"), ("watch", "no_data")]
        assert DeclaredStatus.objects.filter(expires_on__lt=TODAY).count() == 1

    def test_owners_forecast_one_is_calibrated_another_has_too_few_and_a_target_is_too_easy(self):
        found = {
            name: owner_record(Person.objects.get(name=name), TODAY, calendars(), is_own=True).calibration
            for name in ("Sofia Lindqvist", "James Adeyemi")
        }
        assert found["Sofia Lindqvist"].n == 10 and found["Sofia Lindqvist"].brier is not None
        assert found["James Adeyemi"].n == 6 and found["James Adeyemi"].is_too_few
        assert beaten_when_set(Measure.objects.get(code="L1-02"), Period.parse(f"FY{TODAY.year + 1}"))
        assert MeasureForecast.objects.exclude(model="").count() > 40

    def test_one_file_was_imported_and_one_by_the_clock_is_paused(self):
        run = ImportRun.objects.get()
        assert (run.counts["counts"], run.mapping.source) == ({"changed": 3}, "Register of data sources")
        assert [(feed.mapping, feed.schedule.is_active) for feed in ImportFeed.objects.all()] == [(run.mapping, False)]

    def test_calculated_measures_read_others_and_each_other(self):
        values = Result.objects.filter(frequency="month", value__isnull=False)
        for code, months in (("S-01", 36), ("S-02", 36), ("S-03", 35)):
            assert values.filter(node__measure__code=code).count() == months
        assert not Observation.objects.filter(series__measure__expression__gt="").exists()
        reads = FormulaInput.objects.order_by("measure__code", "input__code").values_list(
            "measure__code", "input__code"
        )
        assert ("S-03", "S-02") in reads and len(reads) == 6

    def test_reports_are_frozen_and_schedules_make_more(self):
        assert set(Report.objects.values_list("scorecard__strategy__unit__code", flat=True)) == {"NMH", "GEN"}
        assert all(content_hash(one.content) == one.content_hash for one in Report.objects.all())
        assert ReportSchedule.objects.filter(schedule__is_active=True).count() == 2

    def test_the_library_is_shared_and_what_stands_beside_measures_is_there(self):
        assert (MeasureDefinition.objects.count(), DefinitionVersion.objects.count()) == (12, 13)
        assert Measure.objects.exclude(definition=None).values("unit").distinct().count() > 2
        used = Edge.objects.filter(child__kind="measure").exclude(parent__objective=F("child__measure__objective"))
        assert used.count() == 2
        assert Annotation.objects.filter(is_break=True).count() == 1
        assert Series.objects.filter(kind="benchmark").count() == 1
        assert Measure.objects.filter(needs_approval=True, approver__isnull=False).count() == 6
        ladder = Measure.objects.get(interpolates=True)
        given = Target.objects.filter(measure=ladder, superseded_at=None).count()
        assert Result.objects.filter(node__measure=ladder, frequency="month", target__isnull=False).count() > given

    def test_beliefs_hold_fade_and_were_found_wrong_options_are_close_and_a_scenario_shows_signs(self):
        office = actor_of(Person.objects.get(email="ravi.menon@northmere.example"), TODAY)
        at = At(Clock(TODAY).newest, None, TODAY)
        states = Counter(one.state for one in register(office, at, {}))
        assert states == {"holds": 7, "doubtful": 1, "falsified": 1}
        assert Carries.objects.filter(link__isnull=False).count() == 3
        table = weighing(office, StrategicIssue.objects.get(question=QUESTION))
        assert [line.score_text for line in table.lines] == ["6.6", "6.15", "5.75"]
        signs = {line.scenario.name: len(line.fired) for line in scenarios_listed(office, at, {})}
        assert signs == {"A winter without free beds": 1, "Staff leave faster than we can hire": 0}
        assert TriggerFiring.objects.count() == 1

    def test_owners_recorded_and_the_office_designed(self):
        owners = dict(Measure.objects.exclude(owner=None).filter(expression="").values_list("code", "owner__email"))
        recorded = Observation.objects.values_list("series__measure__code", "recorded_by__email").distinct()
        assert {code: by for code, by in recorded if code in owners} == {
            code: by for code, by in owners.items() if code != "L3-01"
        }
        designed = Event.objects.filter(verb__in=["add_measures", "set_targets", "set_weights"])
        assert set(designed.values_list("actor_label", flat=True)) == {"Ravi Menon"}

    def test_loading_it_again_does_nothing(self):
        events = Event.objects.count()
        assert load(today=TODAY, seed=5) is False
        said = StringIO()
        call_command("load_demo", stdout=said)
        assert "loaded already" in said.getvalue()
        assert Event.objects.count() == events

    def test_the_sign_ins_are_printed(self):
        said = StringIO()
        call_command("load_demo", print_accounts=True, stdout=said)
        lines = said.getvalue().splitlines()
        assert PASSWORD in lines[0]
        assert [line.split("@")[0].split()[-1] for line in lines[1:]] == [
            account.email.split("@")[0] for account in accounts()
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2027, 1, 1), pytest.param(date(2026, 12, 31), marks=pytest.mark.slow)])
def test_its_stories_can_be_seen_on_the_edges_of_a_year(day):
    load(today=day)
    check_stories(day)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_same_seed_and_day_give_the_same_organisation_also_on_29_february():
    day, found = date(2028, 2, 29), []
    for _again in range(2):
        with transaction.atomic():
            load(today=day)
            found.append(facts())
            check_stories(day)
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0]) > 8000


@pytest.mark.django_db
def test_another_organisation_is_left_alone():
    factories.unit("Somewhere else")
    events = Event.objects.count()
    with pytest.raises(CommandError, match=r"another organisation \(Somewhere else\)"):
        call_command("load_demo", stdout=StringIO())
    assert (Event.objects.count(), OrgUnit.objects.count(), Person.objects.count()) == (events, 1, 0)


@pytest.mark.django_db
def test_the_check_asks_for_the_demonstration_where_there_is_none():
    with pytest.raises(CommandError, match="Load the demo organisation"):
        call_command("demo_check", stdout=StringIO())
    assert not Job.objects.exists()


def test_pages_of_a_pdf_are_counted_packed_or_not():
    page, tree = b"<< /Type /Page /Parent 1 0 R >>", b"<< /Type /Pages /Count 3 >>"
    packed = b"<< /Type /ObjStm >> stream\n" + zlib.compress(tree + page + page) + b"\nendstream"
    assert pages_of(b"%PDF-1.7\n" + packed + page) == 3
    assert pages_of(b"%PDF-1.7\nstream\nnothing packed\nendstream") == 0


def test_the_clock_of_the_demonstration_is_todays():
    assert Clock(timezone.localdate()).newest.end < timezone.localdate()
