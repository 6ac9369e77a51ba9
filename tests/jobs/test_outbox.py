"""What is written in a transaction is sent after it, once in effect, and never lost silently."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.actions import recording
from jobs.actions import outbox
from jobs.actions.outbox import PermanentMailError, deliver, publish, rearm
from jobs.models import Job, Outbox
from organization.actors import system_actor
from organization.models import Person
from tests import factories
from tests.factories.jobs import job

pytestmark = pytest.mark.django_db


class Broker:
    """Takes messages, or is down."""

    def __init__(self, *, takes: int = 1000) -> None:
        self.takes = takes
        self.messages: list[tuple[str, int, str]] = []

    def send(self, name: str, job_id: int, queue: str) -> None:
        if len(self.messages) >= self.takes:
            raise ConnectionError("no broker")
        self.messages.append((name, job_id, queue))


class MailServer:
    """Takes mail, or says why not."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.mails: list[tuple[str, list[str], str]] = []

    def send(self, sender: str, recipients: list[str], message: str) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.mails.append((sender, recipients, message))


def ago(seconds: float) -> object:
    return timezone.now() - timedelta(seconds=seconds)


def mail(*to: str) -> Outbox:
    return Outbox.objects.create(
        kind="mail", payload={"from": "a@x.org", "to": list(to or ("b@x.org",)), "message": "eA=="}
    )


# -------------------------------------------------------------------------------------------------- task messages
def test_a_waiting_message_is_sent_once_with_the_jobs_id_only():
    made = job(system_actor(), "tests.work", arguments={"secret": 1}, queue="heavy")
    broker = Broker()
    assert (publish(broker.send), publish(broker.send)) == (1, 0)
    assert broker.messages == [("tests.work", made.pk, "heavy")]
    assert list(Outbox.objects.values_list("attempts", flat=True)) == [1]
    assert Outbox.objects.get().sent_at is not None


def test_what_a_broken_broker_did_not_take_stays_and_goes_later():
    jobs = [job(system_actor()).pk for _ in range(3)]
    broker = Broker(takes=1)
    assert publish(broker.send) == 1
    assert Outbox.objects.filter(sent_at=None).count() == 2
    broker.takes = 9
    assert publish(broker.send) == 2
    assert [message[1] for message in broker.messages] == jobs


def test_a_message_of_a_job_that_has_ended_is_not_sent():
    job(system_actor())
    Job.objects.update(state="cancelled")
    broker = Broker()
    assert (publish(broker.send), publish(broker.send), broker.messages) == (1, 0, [])


def test_a_message_whose_time_has_not_come_waits():
    job(system_actor())
    Outbox.objects.update(next_try_at=ago(-60))
    assert publish(Broker().send) == 0


@pytest.mark.parametrize(("state", "sent", "attempts", "heartbeat", "again"), [
    ("queued", 50, 1, None, False), ("queued", 70, 1, None, True), ("queued", 110, 2, None, False), ("queued", 130, 2, None, True),
    ("queued", 950, 30, None, False), ("queued", 970, 30, None, True), ("running", 70, 1, 5, False), ("running", 70, 1, 30, True),
    ("running", 5, 1, 30, False), ("done", 900, 1, 900, False), ("failed", 900, 1, 900, False),
])  # fmt: skip
def test_a_message_is_sent_again_for_a_job_that_waits_too_long_or_fell_silent(state, sent, attempts, heartbeat, again):
    job(system_actor())
    Job.objects.update(state=state, heartbeat_at=heartbeat and ago(heartbeat))
    Outbox.objects.update(sent_at=ago(sent), attempts=attempts)
    assert rearm() == again
    assert publish(Broker().send) == again


# ----------------------------------------------------------------------------------------------------------- mail
def test_a_mail_is_sent_once():
    mail("b@x.org", "c@x.org")
    server = MailServer()
    assert (deliver(server.send), deliver(server.send)) == (1, 0)
    assert server.mails == [("a@x.org", ["b@x.org", "c@x.org"], "eA==")]
    assert Outbox.objects.get().sent_at is not None


def test_a_mail_server_that_is_down_is_tried_eight_times_later_and_later_then_given_up():
    mail()
    server = MailServer(*[OSError("no route")] * 20)
    pauses = []
    for _try in range(8):
        assert deliver(server.send) == 0
        pauses.append((Outbox.objects.get().next_try_at - timezone.now()).total_seconds())
        Outbox.objects.update(next_try_at=ago(1))
    for number, pause in enumerate(pauses[:-1]):
        assert 0.75 * 30 * 2**number < pause < 1.25 * 30 * 2**number
    message = Outbox.objects.get()
    assert (message.attempts, message.sent_at, message.given_up_at is None, message.problem) == (
        8,
        None,
        False,
        "no route",
    )
    assert (deliver(server.send), len(server.answers)) == (0, 12)


def test_a_mail_the_server_refuses_for_good_is_given_up_after_three():
    mail()
    server = MailServer(*[PermanentMailError("550 no such user")] * 9)
    for _try in range(4):
        deliver(server.send)
        Outbox.objects.update(next_try_at=ago(1))
    message = Outbox.objects.get()
    assert (message.attempts, message.given_up_at is None, message.problem, len(server.answers)) == (
        3,
        False,
        "550 no such user",
        6,
    )


def test_one_bad_mail_does_not_hold_up_the_others():
    mail("bad@x.org")
    mail("good@x.org")
    server = MailServer(OSError("try later"))
    assert deliver(server.send) == 1
    assert [recipients for _sender, recipients, _message in server.mails] == [["good@x.org"]]


@pytest.mark.parametrize("gone", [{"is_active": False}, {"left_on": date(2026, 1, 31)}])
def test_people_who_have_left_since_get_no_mail(gone):
    left, here = factories.person(email="Left@example.org"), factories.person(email="here@example.org")
    both, only = mail("left@example.org", here.email), mail("left@example.org")
    with recording(system_actor(), "deactivate_person"):
        Person.objects.filter(pk=left.pk).update(**gone)
    server = MailServer()
    assert deliver(server.send) == 1
    assert [recipients for _sender, recipients, _message in server.mails] == [["here@example.org"]]
    both.refresh_from_db()
    only.refresh_from_db()
    assert (both.sent_at is None, only.sent_at, only.given_up_at is None) == (False, None, False)
    assert only.problem == "Nobody it was meant for works here any more."


def test_a_sweep_stops_in_time_and_leaves_the_rest(monkeypatch):
    for _ in range(3):
        mail()
    monkeypatch.setattr(outbox, "MAIL_SECONDS", -1)
    assert deliver(MailServer().send) == 0
    assert Outbox.objects.filter(sent_at=None).count() == 3


# ---------------------------------------------------------------------------------------------- real transactions
@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_send_each_message_once():
    jobs = [job(system_actor()).pk for _ in range(40)]
    mails = [mail(f"p{number}@x.org").payload["to"] for number in range(20)]
    broker, server, barrier = Broker(), MailServer(), threading.Barrier(4)

    def sweep() -> None:
        barrier.wait()
        publish(broker.send)
        deliver(server.send)
        connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message[1] for message in broker.messages) == jobs
    assert sorted(recipients for _sender, recipients, _message in server.mails) == sorted(mails)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_killed_between_sending_and_marking_sends_again():
    class Killed(BaseException):
        pass

    job(system_actor())
    broker = Broker()

    def send_and_die(name: str, job_id: int, queue: str) -> None:
        broker.send(name, job_id, queue)
        raise Killed

    with pytest.raises(Killed):
        publish(send_and_die)
    assert publish(broker.send) == 1
    assert len(broker.messages) == 2
