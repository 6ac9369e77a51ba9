"""Pages of strategies: what they show to whom, forms that work without scripts, as many queries for many rows as for few."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from core.panels import panels
from organization.models import Person
from organization.roles import Role
from planning.actions import Changes, amend
from strategy import actions
from strategy.models import ActionItem, Attachment, Comment, Update
from strategy.structure import Change
from tests import factories
from tests.factories.organization import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-07-09T12:00:00Z", tick=False):
        yield


@pytest.fixture
def owner():
    return factories.person("Olga Owner")


@pytest.fixture
def made(owner):
    return factories.strategy_map(owner=owner, name="Closer")


def enter(client, actor) -> None:
    client.force_login(Person.objects.get(pk=actor if isinstance(actor, int) else actor.person_id))


def pages(made) -> list[str]:
    return [
        "/strategy/",
        f"/strategy/{made.strategy.pk}/",
        f"/strategy/versions/{made.strategy.versions.get().pk}/",
        f"/strategy/themes/{made.themes[0].pk}/",
        f"/strategy/objectives/{made.objectives[0].pk}/",
        f"/strategy/subjects/{made.objectives[0].subject_id}/",
    ]


def test_everyone_reads_what_is_in_force(client, made):
    enter(client, factories.member(Role.EMPLOYEE, factories.unit()))
    for page in pages(made):
        answer = client.get(page)
        assert (page, answer.status_code) == (page, 200)
        assert "Closer" in answer.content.decode() or "O1" in answer.content.decode()


def test_a_draft_is_not_there_for_others(client):
    draft = factories.strategy_map(adopted=False)
    enter(client, factories.member(Role.EMPLOYEE, draft.strategy.unit))
    for page in (
        f"/strategy/{draft.strategy.pk}/",
        f"/strategy/themes/{draft.themes[0].pk}/",
        f"/strategy/objectives/{draft.objectives[0].pk}/",
        f"/strategy/objectives/{draft.objectives[0].pk}/panels/measures/",
        f"/strategy/subjects/{draft.objectives[0].subject_id}/",
        f"/strategy/subjects/{draft.objectives[0].subject_id}/comment/",
    ):
        assert (page, client.get(page).status_code) == (page, 404)
    assert draft.strategy.name not in client.get("/strategy/").content.decode()
    enter(client, draft.office)
    assert "Proposed" in client.get(f"/strategy/objectives/{draft.objectives[0].pk}/").content.decode()


@pytest.mark.parametrize("page", [1, 3, 4])
def test_pages_take_as_many_queries_for_many_objectives_as_for_few(client, page, django_assert_max_num_queries):
    counts = []
    for objectives in (2, 7):
        made = factories.strategy_map(objectives=objectives)
        for one in made.objectives[:objectives]:
            actions.comment(made.office, about=one, text="Said")
        enter(client, made.office)
        client.get(pages(made)[page])
        with django_assert_max_num_queries(60) as asked:
            assert client.get(pages(made)[page]).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_objective_says_what_it_leads_to_and_what_drives_it(client, made):
    enter(client, made.office)
    text = client.get(f"/strategy/objectives/{made.objectives[1].pk}/").content.decode()
    assert "We believe it raises" in text
    assert "raises it, we believe" in text
    assert "after 1 to 3 months" in text
    assert "Reason 1" in text


def test_a_panel_comes_as_a_box_for_htmx_and_as_a_page_without(client, made):
    enter(client, made.office)
    key = panels("objective")[0].key
    url = f"/strategy/objectives/{made.objectives[0].pk}/panels/{key}/"
    assert "<html" not in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in client.get(url).content.decode()
    assert client.get(url.replace(key, "nothing")).status_code == 404


def test_a_version_says_what_changed_since_the_one_before(client, made):
    change = Change(made.objectives[0], {"name": "Reach further"})
    version = amend(
        made.office, strategy=made.strategy, change=Changes(objectives=[change]), reason="Why", effective_from=TODAY,
        today=TODAY,
    )  # fmt: skip
    enter(client, made.office)
    text = client.get(f"/strategy/versions/{version.pk}/").content.decode()
    assert "Changed since version 1" in text
    assert "“Reach objective 1”" in text


def test_commenting_and_answering_without_scripts(client, made, owner):
    enter(client, owner.pk)
    subject = made.objectives[0].subject_id
    answer = client.post(f"/strategy/subjects/{subject}/comment/?p=2026-05", {"text": "Why?"})
    written = Comment.objects.get()
    assert (answer.status_code, answer.url) == (
        302, f"/strategy/objectives/{made.objectives[0].pk}/?p=2026-05#comment-{written.pk}",
    )  # fmt: skip
    client.post(f"/strategy/comments/{written.pk}/reply/", {"text": "Because."})
    assert Comment.objects.get(reply_to=written).text == "Because."
    assert "Because." in client.get(f"/strategy/objectives/{made.objectives[0].pk}/").content.decode()


def test_an_empty_comment_comes_back_with_what_is_wrong(client, made):
    enter(client, made.office)
    answer = client.post(f"/strategy/subjects/{made.objectives[0].subject_id}/comment/", {"text": "  "})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Comment.objects.exists()


def test_deleting_and_bringing_back(client, made, owner):
    written = actions.comment(made.office, about=made.objectives[0], text="Oops")
    enter(client, owner.pk)
    assert client.post(f"/strategy/comments/{written.pk}/remove/").status_code == 403
    enter(client, made.office)
    assert client.get(f"/strategy/comments/{written.pk}/remove/").status_code == 405
    client.post(f"/strategy/comments/{written.pk}/remove/")
    assert "Bring back" in client.get(f"/strategy/objectives/{made.objectives[0].pk}/").content.decode()
    client.post(f"/strategy/comments/{written.pk}/restore/")
    assert Comment.objects.get().trashed_at is None


def test_an_update_is_written_for_a_month_and_acknowledged(client, made, owner):
    enter(client, owner.pk)
    url = f"/strategy/subjects/{made.objectives[0].subject_id}/update/"
    assert 'value="2026-06" selected' in client.get(url).content.decode()
    client.post(url, {"period": "2026-05", "declared": "watch", "text": "Slower than planned"})
    update = Update.objects.get()
    assert (update.period_key, update.declared) == ("2026-05", "watch")
    enter(client, made.office)
    assert "Slower than planned" in client.get(f"/strategy/objectives/{made.objectives[0].pk}/").content.decode()
    client.post(f"/strategy/updates/{update.pk}/acknowledge/")
    assert Update.objects.get().acknowledged_by_id == made.office.person_id


def test_files_are_downloads_that_no_browser_opens_in_our_name(client, made):
    enter(client, made.office)
    url = f"/strategy/subjects/{made.objectives[0].subject_id}/attach/"
    assert 'enctype="multipart/form-data"' in client.get(url).content.decode()
    client.post(url, {"file": SimpleUploadedFile("Plan ä.pdf", b"%PDF-1.7 plan", "text/html")})
    kept = Attachment.objects.get()
    answer = client.get(f"/strategy/attachments/{kept.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 plan"
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]
    client.post(f"/strategy/attachments/{kept.pk}/remove/")
    assert client.get(f"/strategy/attachments/{kept.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<!doctype html><script>1</script>", "is a web page or a drawing with code"),
        ("drawing.svg", b"<svg onload='x'/>", "is a web page or a drawing with code"),
        ("run.exe", b"MZ\x90\x00", "is no kind of file that is kept here"),
    ],
)
def test_files_that_could_run_are_refused_in_a_sentence(client, made, name, content, words):
    enter(client, made.office)
    url = f"/strategy/subjects/{made.objectives[0].subject_id}/attach/"
    answer = client.post(url, {"file": SimpleUploadedFile(name, content, "application/pdf")})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_that_is_gone_from_the_disk_is_said_to_be_gone(client, made):
    kept = actions.attach_file(made.office, about=made.objectives[0], name="a.pdf", content=io.BytesIO(b"%PDF-1"))
    actions.files.file_path(kept.path).unlink()
    enter(client, made.office)
    assert client.get(f"/strategy/attachments/{kept.pk}/").status_code == 410


def test_an_action_is_given_by_name_done_and_given_on(client, made, owner):
    enter(client, made.office)
    url = f"/strategy/subjects/{made.objectives[0].subject_id}/action/"
    answer = client.post(url, {"title": "Call", "assignee": "Nobody Known", "due_on": "2026-07-20"})
    assert "Nobody is called “Nobody Known”" in answer.content.decode()
    client.post(url, {"title": "Call", "assignee": "olga owner", "due_on": "2026-07-20"})
    item = ActionItem.objects.get()
    assert (item.assignee, item.due_on) == (owner, date(2026, 7, 20))
    page = f"/strategy/action-items/{item.pk}/"
    values = {"assignee": owner.email, "due_on": "2026-07-30", "reason": "Later", "expected": item.row_version}
    client.post(f"{page}reassign/", values)
    assert ActionItem.objects.get().due_on == date(2026, 7, 30)
    enter(client, owner.pk)
    assert "It is done" in client.get(page).content.decode()
    client.post(f"{page}complete/")
    assert ActionItem.objects.get().done_on == TODAY
    client.post(f"{page}reopen/")
    assert ActionItem.objects.get().done_on is None


def test_two_people_with_one_name_are_told_apart_by_e_mail(client, made):
    factories.person("Sam Smith")
    second = factories.person("Sam Smith")
    enter(client, made.office)
    url = f"/strategy/subjects/{made.objectives[0].subject_id}/action/"
    answer = client.post(url, {"title": "Call", "assignee": "Sam Smith", "due_on": "2026-07-20"})
    assert "Several people are called “Sam Smith”" in answer.content.decode()
    client.post(url, {"title": "Call", "assignee": second.email, "due_on": "2026-07-20"})
    assert ActionItem.objects.get().assignee == second


def test_who_was_slower_is_shown_what_the_other_saved(client, made, owner):
    item = actions.add_action_item(
        made.office, about=made.objectives[0], title="Call", assignee=owner, due_on=TODAY, today=TODAY
    )
    actions.reassign_action_item(
        made.office, item=item, assignee=owner, due_on=TODAY + timedelta(days=5), today=TODAY, expected=1
    )
    enter(client, made.office)
    values = {"assignee": "Olga Owner", "due_on": "2026-08-01", "expected": 1}
    answer = client.post(f"/strategy/action-items/{item.pk}/reassign/", values)
    assert answer.status_code == 409
    assert "was changed by someone else" in answer.content.decode()
    assert ActionItem.objects.get().due_on == date(2026, 7, 14)
    client.post(f"/strategy/action-items/{item.pk}/reassign/", {**values, "expected": 2})
    assert ActionItem.objects.get().due_on == date(2026, 8, 1)


def test_strangers_see_an_action_but_are_offered_nothing(client, made, owner):
    item = actions.add_action_item(
        made.office, about=made.objectives[0], title="Call", assignee=owner, due_on=TODAY, today=TODAY
    )
    enter(client, factories.member(Role.EMPLOYEE, factories.unit()))
    text = client.get(f"/strategy/action-items/{item.pk}/").content.decode()
    assert "Call" in text
    assert "It is done" not in text
    assert client.post(f"/strategy/action-items/{item.pk}/complete/").status_code == 403
    assert client.post(f"/strategy/action-items/{item.pk}/reassign/").status_code == 403
    assert ActionItem.objects.get().done_on is None


def test_unknown_subjects_comments_and_files_are_not_there(client, made):
    enter(client, made.office)
    for page in ("subjects/999999/", "subjects/999999/comment/", "comments/999999/reply/", "attachments/999999/"):
        assert (page, client.get(f"/strategy/{page}").status_code) == (page, 404)
