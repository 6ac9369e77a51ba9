"""The report of one measure: ordered from its page, read once and frozen, as page, PDF and files; kept on the scorecard's list."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from audit.actions import recording
from core.periods import At, Period
from organization.roles import Role
from scorecards.actions import reports
from scorecards.models import CorrectiveAction, Report
from scorecards.queries.printed import content_hash
from tests import factories
from tests.factories.jobs import worked
from tests.factories.scorecards import TODAY, scorecard
from tests.scorecards import showing
from tests.scorecards.publishing import quick_pdf  # noqa: F401
from tests.scorecards.refusals import nothing_changes, refused
from tests.scorecards.showing import PERIOD, browser, grow, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_pdf")]
JUNE = Period.parse(PERIOD)


@pytest.fixture(autouse=True)
def clock():
    with showing.today():
        yield


@pytest.fixture
def tree():
    made = scorecard(objectives=1)
    grow(made, 3)
    return made


def made(tree, measure, actor=None) -> Report:
    job = reports.order_measure_report(actor or tree.officer, measure=measure, period=JUNE)
    return Report.objects.get(pk=worked(job).result["report"])


def test_it_holds_chart_periods_words_corrections_and_targets_first_given(tree):
    red = tree.measures["Measure 2"]
    tree.record(red, PERIOD, 55, comment="Two machines broke")
    tree.target(red, PERIOD, 80, red_flag=70)
    with recording(tree.officer, "answer_measure"):
        CorrectiveAction.objects.create(
            measure=red, frequency="month", period_start=JUNE.start, fact="55 of 80", cause="Wear"
        )
    report = made(tree, red)
    assert (report.measure, report.scorecard, report.content["kind"]) == (red, tree.card, "measure")
    assert report.content_hash == content_hash(report.content)
    lines = {line["key"]: line for line in report.content["measure"]["lines"]}
    assert (lines[PERIOD]["value"], lines[PERIOD]["corrected_was"], lines[PERIOD]["first_target"]) == (
        55,
        "60.0",
        "100.0",
    )
    page = text(browser(tree.officer).get(f"/scorecards/reports/{report.pk}/"))
    html = " ".join(reports.draw(report).split())
    for words in ("Two machines broke", "Wear", "60.0 became 55.0", "at first 100.0", "Forecast and periods", "<svg"):
        assert words in html and words in page, words


def test_it_never_changes_under_later_edits(tree):
    measure = tree.measures["Measure 0"]
    report = made(tree, measure)
    before = reports.draw(report)
    tree.record(measure, PERIOD, 1)
    assert reports.draw(Report.objects.get(pk=report.pk)) == before


def test_the_page_of_the_measure_orders_it_and_the_list_of_the_scorecard_keeps_it(tree):
    measure, client = tree.measures["Measure 0"], browser(tree.officer)
    url = f"/scorecards/measures/{measure.pk}/"
    assert f'action="{url}report/"' in text(client.get(url))
    assert client.post(f"{url}report/", {"p": PERIOD}).status_code == 302
    report = made(tree, measure)
    listed = text(client.get(f"/scorecards/{tree.card.pk}/reports/"))
    assert f"/scorecards/reports/{report.pk}/" in listed and "Measure 0" in listed
    stranger = browser(factories.member(Role.EMPLOYEE, factories.unit()))
    assert stranger.get(f"/scorecards/reports/{report.pk}/").status_code == 404


def test_files_hold_the_same_periods(tree):
    report, client = made(tree, tree.measures["Measure 0"]), browser(tree.officer)
    sheet = b"".join(client.get(f"/scorecards/reports/{report.pk}/file.xlsx").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    assert book.sheetnames == ["Report", "Periods", "Words"]
    rows = list(book["Periods"].values)
    assert rows[1][:3] == (PERIOD, 110, 100)
    table = b"".join(client.get(f"/scorecards/reports/{report.pk}/file.csv").streaming_content).decode()
    assert PERIOD in table and client.get(f"/scorecards/reports/{report.pk}/file.json").status_code == 200


def test_a_measure_of_no_scorecard_is_refused_in_words(tree):
    loose = tree.measure("Loose", objective=None)
    sentence = "The measure belongs to no scorecard yet. Give it an objective first: its reports are kept there."
    with refused(sentence):
        reports.order_measure_report(tree.officer, measure=loose, period=JUNE)
    client = browser(tree.officer)
    assert f"{loose.pk}/report/" not in text(client.get(f"/scorecards/measures/{loose.pk}/"))
    with nothing_changes():
        assert sentence in text(client.post(f"/scorecards/measures/{loose.pk}/report/", follow=True))


def test_reading_takes_as_many_queries_for_many_periods_as_for_few(tree, django_assert_max_num_queries):
    measure = tree.measures["Measure 0"]
    counts = []
    for month in (None, 1, 2, 3, 4, 5):
        if month is not None:
            tree.record(measure, f"{date(2026, month, 1):%Y-%m}", 5)
        with django_assert_max_num_queries(60) as asked:
            at = At(JUNE, None, TODAY)
            reports.freeze_report(tree.officer, scorecard=tree.card, measure=measure, at=at, now=showing.NOON)
        counts.append(len(asked))
    assert len(set(counts[2:])) == 1
