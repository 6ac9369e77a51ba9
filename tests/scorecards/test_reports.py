"""Frozen reports: what they hold, that nothing later changes them, and that every rendering starts from them."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audit.actions import recording
from core.access import Forbidden, NotVisible
from core.documents import render_pdf
from core.periods import At, Period
from jobs.models import Job, ProducedFile
from organization.actors import system_actor
from organization.models import Person
from organization.roles import Role
from scorecards.actions import close_period, reports
from scorecards.models import CorrectiveAction, Report
from scorecards.queries import printed as printed_queries
from scorecards.queries.frozen import scorecard_document
from scorecards.queries.printed import content_hash, printed
from strategy.actions import add_action_item, post_update
from strategy.models import Strategy
from tests import factories
from tests.factories.jobs import worked
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.publishing import published, quick_pdf  # noqa: F401
from tests.scorecards.refusals import nothing_changes
from tests.scorecards.showing import PERIOD, browser, grow, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=2)
    grow(made, 4)
    return made


def frozen_at(tree):
    return At(period=Period.parse(PERIOD), as_of=None, today=TODAY)


def url(report, rest: str = "") -> str:
    return f"/scorecards/reports/{report.pk}/{rest}"


def workbook(client, report) -> bytes:
    return b"".join(client.get(url(report, "file.xlsx")).streaming_content)


def old_report(tree) -> Report:
    """A report as the first schema kept it, with a field that no row has any more."""
    full = scorecard_document(tree.officer, tree.card, frozen_at(tree))
    new = {"schema", "is_running", "is_closed", "period_end", "restated", "comments", "exceptions", "further"}
    content = {name: value for name, value in full.items() if name not in new}
    content |= {"schema": 1, "organization": "Old house", "as_of": "2026-01-02T03:04:05+00:00"}
    content = json.loads(json.dumps(content))
    content["rows"] = [{**row, "forgotten": 1} for row in content["rows"]]
    with recording(system_actor(), "freeze_scorecard"):
        return Report.objects.create(
            scorecard=tree.card, frequency="month", period_start=date(2026, 6, 1), schema=1, content=content,
            content_hash=content_hash(content), as_of=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            reader_key=tree.officer.reader_key, ordered_by_id=tree.officer.person_id,
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------------- what is in it
def test_a_report_holds_every_row_and_each_measure_off_track_with_its_chart(tree):
    content = published(tree).content
    assert [row["name"] for row in content["rows"]][-1] == "Objective 1"
    assert [one["name"] for one in content["exceptions"]] == ["Measure 2"]
    (finding,) = printed(Report.objects.get()).findings
    assert finding.facts["finding"] == "60.0 in Jun 2026, 40.0 worse than the target"
    assert [value for value in finding.series.actuals if value is not None] == [60.0]
    assert (content["is_closed"], content["is_running"]) == (False, False)


def test_what_people_said_and_do_stands_with_the_measure(tree):
    measure = tree.measures["Measure 2"]
    tree.record(measure, PERIOD, "55", comment="Two machines broke")
    post_update(tree.officer, about=measure, text="We rent one", period=Period.parse(PERIOD), declared="watch")
    add_action_item(
        tree.officer, about=measure, title="Rent a machine", due_on=date(2026, 7, 20), today=TODAY,
        assignee=Person.objects.get(pk=tree.officer.person_id),
    )  # fmt: skip
    with recording(system_actor(), "answer_measure"):
        CorrectiveAction.objects.create(
            measure=measure, frequency="month", period_start=date(2026, 6, 1), fact="55", cause="Wear", cost=Decimal(12),
            currency="GBP",
        )  # fmt: skip
    html = reports.draw(published(tree))
    for words in ("Two machines broke", "We rent one", "Rent a machine", "Wear", "£12", "60.0 became 55.0", "Restated"):
        assert words in html, words


def test_grey_reasons_marks_coverage_and_red_inside_are_in_words(tree):
    html = reports.draw(published(tree))
    for words in (
        "Not due yet",
        "1 red inside",
        "No data",
        "Figures frozen",
        "Scorecard on one page",
        "Without a status",
    ):
        assert words in html, words


def test_a_scorecard_too_long_for_one_table_goes_on_in_another(tree, monkeypatch):
    monkeypatch.setattr(printed_queries, "ROWS_OF_A_TABLE", 2)
    grow(tree, 12, objective=1)
    report = published(tree)
    html = reports.draw(report)
    assert "Perspective 0, continued" in html and "further measures stand in the tables at the end" in html
    assert [len(table.rows) for table in printed(report).tables] == [2] * 9


def test_a_closed_period_says_so(tree):
    assert "not closed yet" in printed(published(tree)).standing
    close_period(tree.officer, scorecard=tree.card, period=Period.parse(PERIOD), today=TODAY)
    assert "is closed" in printed(published(tree)).standing


def test_freezing_takes_as_many_queries_for_many_measures_on_track_as_for_few(tree):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            scorecard_document(tree.officer, tree.card, frozen_at(tree))
        return len(captured)

    count()
    few = count()
    for number in range(6):
        made = tree.measure(f"Good {number}")
        tree.target(made, PERIOD, "100", red_flag="90")
        tree.record(made, PERIOD, "110")
    assert count() == few


# -------------------------------------------------------------------------------------------------- frozen, and hashed
def test_the_hash_is_that_of_what_the_database_gives_back(tree):
    tree.record(tree.measures["Measure 0"], PERIOD, "123456789012345678.5")
    report = published(tree)
    assert content_hash(report.content) == report.content_hash == report.file.content_hash


def test_later_edits_change_no_rendering(tree):
    report = published(tree)
    client = browser(tree.officer)
    before = reports.draw(report), text(client.get(url(report))), workbook(client, report)
    tree.record(tree.measures["Measure 2"], PERIOD, "1")
    with recording(system_actor(), "rename"):
        Strategy.objects.filter(pk=tree.strategy.pk).update(name="Renamed")
    report = Report.objects.get(pk=report.pk)
    assert reports.draw(report) == before[0] and workbook(client, report) == before[2]
    page = text(client.get(url(report)))
    assert "60.0" in page and "Renamed" not in page.split('<article class="smo-twin">')[1]
    assert page.split("smo-twin")[1] == before[1].split("smo-twin")[1]


def test_page_workbook_and_pdf_say_the_same(tree):
    report = published(tree)
    client = browser(tree.officer)
    page = text(client.get(url(report)))
    book = load_workbook(io.BytesIO(workbook(client, report)))
    assert book.sheetnames == ["Report", "Scorecard", "Exceptions", "Periods"]
    assert [row[1].value for row in book["Report"]][9] == report.content_hash
    assert [row[2].value for row in book["Scorecard"]][1:] == [row["name"] for row in report.content["rows"]]
    pdf = (Path(settings.MEDIA_ROOT) / report.file.path).read_text()
    for words in ("Measure 2", "60.0", report.content_hash[:12]):
        assert words in page and words in pdf
    frozen = b"".join(client.get(url(report, "file.json")).streaming_content)
    assert json.loads(frozen) == report.content
    assert client.get(url(report, "file.csv")).status_code == 200
    assert client.get(url(report, "file.exe")).status_code == 404


def test_a_report_of_the_first_schema_still_renders(tree):
    report = old_report(tree)
    client = browser(tree.officer)
    assert "Measure 2" in reports.draw(report) and "Exceptions" not in reports.draw(report)
    assert "Measure 2" in text(client.get(url(report)))
    assert load_workbook(io.BytesIO(workbook(client, report))).sheetnames == ["Report", "Scorecard"]


def test_a_report_without_a_pdf_gets_one_on_demand_once(tree):
    report = old_report(tree)
    client = browser(tree.officer)
    answer = client.post(url(report, "pdf/"))
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/" and worked(job).state == "done"
    report.refresh_from_db()
    assert report.file is not None and report.file.content_hash == report.content_hash
    assert client.post(url(report, "pdf/"))["Location"] == f"/scorecards/{tree.card.pk}/reports/"
    assert (ProducedFile.objects.count(), Job.objects.count()) == (1, 1)


def test_a_job_says_its_steps_and_a_second_delivery_makes_nothing(tree):
    report = published(tree)
    job = Job.objects.get()
    assert job.trail == ["Reading the figures", "Drawing the pages", "Setting the pages", "Keeping the file"]
    worked(job)
    assert (Report.objects.count(), ProducedFile.objects.count(), report.file.job_id) == (1, 1, job.pk)


def test_a_job_that_is_stopped_while_the_pages_are_set_keeps_no_file(tree, monkeypatch):
    job = reports.order_report(tree.officer, scorecard=tree.card, period=Period.parse(PERIOD))

    def stopped(html: str, **_options: object) -> bytes:
        Job.objects.filter(pk=job.pk).update(is_cancel_asked=True)
        return b"%PDF"

    monkeypatch.setattr(reports, "render_pdf", stopped)
    assert worked(job).state == "cancelled"
    assert not ProducedFile.objects.exists() and Report.objects.get().file is None


def test_the_same_report_is_the_same_pdf(tree):
    report = published(tree)
    options = {"title": "A report", "identifier": report.content_hash, "as_of": report.as_of}
    first = render_pdf(reports.draw(report), **options)
    assert first.startswith(b"%PDF") and render_pdf(reports.draw(report), **options) == first


# ------------------------------------------------------------------------------------------------------- who may see it
def test_whoever_has_other_rights_finds_nothing(tree):
    report = published(tree)
    stranger = factories.member(Role.CONTRIBUTOR, factories.unit())
    client = browser(stranger)
    for rest in ("", "file.xlsx", "file.csv", "file.json"):
        assert client.get(url(report, rest)).status_code == 404
    assert client.post(url(report, "pdf/")).status_code == 404
    assert client.get(f"/jobs/files/{report.file_id}/").status_code == 404
    assert report.content_hash[:12] not in text(client.get(f"/scorecards/{tree.card.pk}/reports/"))
    with nothing_changes(), pytest.raises(NotVisible):
        reports.order_pdf(stranger, report=report)


def test_readers_of_the_same_rights_open_it_and_an_auditor_knows_of_it_only(tree):
    report = published(tree)
    twin = browser(factories.member(Role.SMO_OFFICER, tree.unit))
    assert twin.get(url(report)).status_code == twin.get(f"/jobs/files/{report.file_id}/").status_code == 200
    auditor = factories.member(Role.AUDITOR, tree.unit)
    assert browser(auditor).get(url(report)).status_code == 403
    listed = text(browser(auditor).get(f"/scorecards/{tree.card.pk}/reports/"))
    assert report.content_hash[:12] in listed and "rights of other readers" in listed
    with nothing_changes(), pytest.raises(Forbidden):
        reports.order_pdf(auditor, report=report)


def test_a_private_strategy_has_no_reports_for_others(tree):
    report = published(tree)
    with recording(system_actor(), "hide"):
        Strategy.objects.filter(pk=tree.strategy.pk).update(state="draft")
    stranger = factories.member(Role.EMPLOYEE, factories.unit())
    assert browser(stranger).get(f"/scorecards/{tree.card.pk}/reports/").status_code == 404
    assert browser(stranger).get(url(report)).status_code == 404


def test_the_list_takes_as_many_queries_for_many_reports_as_for_few(tree):
    client, page = browser(tree.officer), f"/scorecards/{tree.card.pk}/reports/"
    published(tree)
    few = showing.queries(client, page)
    for month in (1, 2, 3, 4):
        published(tree, period=f"2026-0{month}")
    assert showing.queries(client, page) == few <= 25
