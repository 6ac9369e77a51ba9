"""Telling people: their list, mail if they want it, one daily mail."""

from __future__ import annotations

import base64
import email
import email.policy
import threading
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db import connections, transaction

from audit.actions import recording
from audit.models import Event
from core import announcements, obligations
from core.access import NotVisible
from core.announcements import announcement_kind, tell
from core.obligations import Obligation
from jobs.models import Job, Outbox
from notifications.actions import announce, mark_all_read, mark_read, send_digests, set_preferences
from notifications.models import Digest, Notification, Preference
from notifications.queries import DIGEST, Wish, own_wishes, unread_count
from organization.actors import Actor, system_actor
from organization.models import Person
from organization.roles import Role
from tests import factories
from tests.factories.jobs import job, worked

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 7, 9, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kinds(monkeypatch, settings):
    """Two kinds of our own, no obligations of others, mail through the outbox."""
    settings.EMAIL_BACKEND = "jobs.mail.OutboxBackend"
    settings.SITE_URL = "https://smo.example.org"
    monkeypatch.setattr(announcements, "_kinds", dict(announcements._kinds))
    monkeypatch.setattr(obligations, "_sources", {})
    announcement_kind("quiet", "quiet things")
    announcement_kind("loud", "loud things", by_mail=True, in_digest=False)


@pytest.fixture
def unit():
    return factories.unit("North")


def someone(unit, name: str = "", **values) -> Person:
    return factories.person(name, home=unit, **values)


def mails() -> list[EmailMessage]:
    rows = Outbox.objects.filter(kind="mail").order_by("pk")
    return [
        email.message_from_bytes(base64.b64decode(row.payload["message"]), policy=email.policy.default) for row in rows
    ]


def owe(*items: Obligation) -> None:
    """Each item is owed by the person it names, or by everyone."""

    @obligations.obligation("values", "Values to enter")
    def build(viewer: Actor, at) -> list[Obligation]:
        return [item for item in items if item.person_id in {None, viewer.person_id}]


VALUE = Obligation("values", "Waiting time", "June 2026", date(2026, 7, 7), "/measures/7/")


# ------------------------------------------------------------------------------------------------------- announce
def test_everyone_named_gets_one_line_and_mail_only_where_it_is_wanted(unit):
    quiet, loud = someone(unit, email="quiet@x.org"), someone(unit, email="loud@x.org")
    with recording(system_actor(), "prefer"):
        Preference.objects.create(person=loud, kind="quiet", by_mail=True)
    announce(
        system_actor(),
        kind="quiet",
        subject=unit.subject,
        to=[quiet, loud, quiet],
        text="North is red.",
        url="/units/1/",
    )
    lines = Notification.objects.order_by("person").values_list("person", "kind", "subject", "text", "url", "read_at")
    expected = ("quiet", unit.subject_id, "North is red.", "/units/1/", None)
    assert list(lines) == [(quiet.pk, *expected), (loud.pk, *expected)]
    (mail,) = mails()
    assert (mail["To"], mail["Subject"]) == ("loud@x.org", "North is red.")


def test_a_mail_names_who_where_and_how_to_choose_otherwise_in_both_forms(unit):
    person = someone(unit, "Ann & Lee", email="ann@x.org")
    actor = factories.member(Role.SMO_OFFICER, unit, "Olu <Smo>")
    announce(actor, kind="loud", subject=None, to=[person], text="Please answer <now>.", url="/a/?x=1&y=2")
    (mail,) = mails()
    plain, html = mail.get_body(["plain"]).get_content(), mail.get_body(["html"]).get_content()
    assert plain.splitlines() == [
        "Hello Ann & Lee,", "", "Please answer <now>.", "From Olu <Smo>", "", "https://smo.example.org/a/?x=1&y=2", "", "--", "",
        'You get this mail because you want to hear of "loud things" at once. Choose otherwise here:',
        "https://smo.example.org/notifications/preferences/",
    ]  # fmt: skip
    assert "Hello Ann &amp; Lee," in html and "Please answer &lt;now&gt;." in html and "<script" not in html


def test_people_who_have_left_and_people_without_an_address_get_no_mail(unit):
    left, nameless = someone(unit, email="left@x.org"), someone(unit, email="nameless@x.org")
    with recording(system_actor(), "deactivate"):
        Person.objects.filter(pk=left.pk).update(is_active=False)
        Person.objects.filter(pk=nameless.pk).update(email=None)
    announce(
        system_actor(), kind="loud", subject=None, to=Person.objects.filter(pk__in=[left.pk, nameless.pk]), text="News."
    )
    assert list(Notification.objects.values_list("person", flat=True)) == [nameless.pk]
    assert mails() == []


def test_the_subjects_page_is_the_address_where_none_is_given(unit, monkeypatch):
    monkeypatch.setattr("notifications.actions.url_of", lambda subject: f"/{subject.kind}/{subject.key}/")
    announce(system_actor(), kind="quiet", subject=unit.subject, to=[someone(unit)], text="News.")
    assert Notification.objects.get().url == f"/unit/{unit.pk}/"


@pytest.mark.parametrize(("values", "sentence"), [
    ({"kind": "unheard"}, "no such kind"), ({"url": "https://evil.org/"}, "not a path"), ({"url": "//evil.org/"}, "not a path"),
])  # fmt: skip
def test_an_unknown_kind_or_an_address_outside_is_a_mistake_of_the_caller(unit, values, sentence):
    with pytest.raises(ValueError, match=sentence):
        announce(system_actor(), **{"kind": "loud", "subject": None, "to": [someone(unit)], "text": "News.", **values})
    assert (Notification.objects.count(), mails()) == (0, [])


def test_nobody_is_told_what_was_rolled_back(unit):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        announce(system_actor(), kind="loud", subject=None, to=[someone(unit)], text="News.")
        1 / 0  # noqa: B018
    assert (Notification.objects.count(), mails()) == (0, [])


def test_telling_a_thousand_takes_as_many_statements_as_telling_one(unit, django_assert_num_queries):
    people = [someone(unit) for _ in range(30)]
    for some in (people[:1], people):
        with django_assert_num_queries(6):  # savepoint, lines, wishes, name, mails, release
            announce(system_actor(), kind="loud", subject=None, to=some, text="News.")


def test_rooms_below_tell_by_the_same_call(unit):
    tell(system_actor(), kind="quiet", subject=None, to=[someone(unit)], text="News.")
    assert Notification.objects.get().text == "News."


def test_a_job_that_took_long_tells_its_person_when_it_ends_and_a_quick_one_does_not(unit):
    actor = factories.member(Role.EXECUTIVE, unit)
    quick, done, failed = job(actor), job(actor, title="Report"), job(actor, title="Import")
    Job.objects.filter(pk__in=[done.pk, failed.pk]).update(created_at=datetime.now(UTC) - timedelta(minutes=1))
    worked(quick, lambda actor, job: None)
    worked(done, lambda actor, job: None)
    worked(failed, lambda actor, job: (_ for _ in ()).throw(PermissionError("disk")))
    Job.objects.filter(pk=failed.pk).update(attempts=2)
    worked(failed, lambda actor, job: 1 / 0)
    told = list(Notification.objects.order_by("pk").values_list("person", "text", "url"))
    assert [(person, text.split(".")[0], url) for person, text, url in told] == [
        (actor.person_id, "Ready: Report", f"/jobs/{done.pk}/"), (actor.person_id, "Failed: Import", f"/jobs/{failed.pk}/"),
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------- marks, wishes
def test_marks_are_set_in_ones_own_list_only(unit):
    mine, other = factories.member(Role.EXECUTIVE, unit), factories.member(Role.EXECUTIVE, unit)
    people = Person.objects.filter(pk__in=[mine.person_id, other.person_id])
    announce(system_actor(), kind="quiet", subject=None, to=people, text="One.")
    announce(system_actor(), kind="quiet", subject=None, to=people, text="Two.")
    theirs = Notification.objects.filter(person=other.person_id).first()
    with pytest.raises(NotVisible):
        mark_read(mine, theirs)
    mark_read(mine, Notification.objects.filter(person=mine.person_id).first())
    assert (unread_count(mine), unread_count(other)) == (1, 2)
    assert mark_all_read(mine) == 1
    assert (unread_count(mine), unread_count(other)) == (0, 2)


def test_wishes_are_kept_where_they_differ_and_recorded_once(unit):
    actor = factories.member(Role.EXECUTIVE, unit)
    choices = {**own_wishes(actor), "quiet": Wish(True, False)}
    set_preferences(actor, choices)
    set_preferences(actor, choices)
    assert list(Preference.objects.values_list("person", "kind", "by_mail", "in_digest")) == [
        (actor.person_id, "quiet", True, False)
    ]
    assert own_wishes(actor) == choices
    assert Event.objects.filter(verb="set_notification_preferences").count() == 1
    with pytest.raises(ValueError, match="no such kinds"):
        set_preferences(actor, {"unheard": Wish(True, True)})


# ---------------------------------------------------------------------------------------------------- daily mail
def test_the_daily_mail_holds_what_is_owed_and_what_is_new_and_comes_once_a_day(unit):
    ann = someone(unit, "Ann", email="ann@x.org")
    owe(VALUE)
    announce(system_actor(), kind="quiet", subject=None, to=[ann], text="A word.", url="/a/")
    announce(system_actor(), kind="loud", subject=None, to=[], text="Nobody hears this.")
    assert (send_digests(MORNING), send_digests(MORNING + timedelta(hours=2))) == (1, 0)
    (mail,) = mails()
    assert (mail["To"], mail["Subject"]) == ("ann@x.org", "Today: 2 for you")
    assert mail.get_body(["plain"]).get_content().splitlines() == [
        "Hello Ann,", "", "Values to enter", "- Waiting time, June 2026: 2 days overdue", "  https://smo.example.org/measures/7/", "",
        "New since the last mail", "- A word.", "  https://smo.example.org/a/", "", "--", "",
        "One mail a day at most, and none on a day with nothing. End it or choose what stands in it here:",
        "https://smo.example.org/notifications/preferences/",
    ]  # fmt: skip
    assert list(Digest.objects.values_list("person", "on", "lines")) == [(ann.pk, date(2026, 7, 9), 2)]
    assert send_digests(MORNING + timedelta(days=1)) == 1


def test_who_owes_nothing_gets_no_mail_and_is_asked_once(unit):
    someone(unit)
    owe()
    assert (send_digests(MORNING), mails()) == (0, [])
    assert list(Digest.objects.values_list("lines", flat=True)) == [0]


def test_news_that_was_read_or_told_in_an_earlier_daily_mail_or_by_mail_is_not_told_again(unit):
    ann = factories.member(Role.EXECUTIVE, unit)
    person = Person.objects.filter(pk=ann.person_id)
    announce(system_actor(), kind="quiet", subject=None, to=person, text="Read.")
    mark_all_read(ann)
    announce(system_actor(), kind="loud", subject=None, to=person, text="Mailed.")
    announce(system_actor(), kind="quiet", subject=None, to=person, text="Told.")
    now = datetime.now(UTC).replace(hour=12)
    assert send_digests(now) == 1
    assert "Told." in str(mails()[-1]) and "Mailed." not in str(mails()[-1]) and "Read." not in str(mails()[-1])
    assert send_digests(now + timedelta(days=1)) == 0


def test_each_is_asked_with_their_own_rights(unit):
    ann, bo = someone(unit, email="ann@x.org"), someone(unit, email="bo@x.org")
    owe(Obligation("values", "Anns", "", None, "/a/", ann.pk), Obligation("values", "Bos", "", None, "/b/", bo.pk))
    send_digests(MORNING)
    assert {mail["To"]: ("Anns" in str(mail), "Bos" in str(mail)) for mail in mails()} == {
        "ann@x.org": (True, False), "bo@x.org": (False, True),
    }  # fmt: skip


def test_whoever_left_has_no_address_or_wants_none_gets_none(unit):
    owe(VALUE)
    left, inactive, silent, declined = (someone(unit) for _ in range(4))
    with recording(system_actor(), "leave"):
        Person.objects.filter(pk=left.pk).update(left_on=date(2026, 7, 8))
        Person.objects.filter(pk=inactive.pk).update(is_active=False)
        Person.objects.filter(pk=silent.pk).update(email=None)
        Preference.objects.create(person=declined, kind=DIGEST, by_mail=False, in_digest=False)
    assert (send_digests(MORNING), mails(), Digest.objects.count()) == (0, [], 0)


def test_before_seven_nobody_is_asked(unit):
    someone(unit)
    owe(VALUE)
    assert (send_digests(MORNING.replace(hour=6, minute=59)), Digest.objects.count()) == (0, 0)


def test_one_whose_mail_cannot_be_made_is_tried_again_and_holds_up_nobody(unit, caplog):
    bad, good = someone(unit), someone(unit, email="good@x.org")
    broken = [True]

    @obligations.obligation("values", "Values")
    def build(viewer: Actor, at) -> list[Obligation]:
        if viewer.person_id == bad.pk and broken:
            raise ZeroDivisionError
        return [VALUE]

    assert send_digests(MORNING) == 1
    assert [mail["To"] for mail in mails()] == ["good@x.org"]
    assert f"the daily mail of person {bad.pk} could not be made" in caplog.text
    broken.clear()
    assert send_digests(MORNING) == 1
    assert Digest.objects.filter(person=good).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_daily_mail_each():
    unit = factories.unit()
    people = [factories.person(home=unit) for _ in range(6)]
    owe(VALUE)
    barrier, sent = threading.Barrier(3), []

    def work() -> None:
        barrier.wait()
        sent.append(send_digests(MORNING))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(sent), sorted(mail["To"] for mail in mails())) == (6, sorted(person.email for person in people))
