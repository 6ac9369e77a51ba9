"""Mail goes through the outbox: complete, once, and never for an action that was rolled back."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection, mail_admins, send_mail
from django.db import transaction

from jobs.actions.outbox import deliver
from jobs.mail import KEY_HEADER, Postman
from jobs.models import Outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox_backend(settings):
    settings.EMAIL_BACKEND = "jobs.mail.OutboxBackend"
    settings.SMTP_URL = ""


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server of the least kind, on loopback; answers each recipient as `answers` says."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), Session)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}/"


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        sender, recipients = "", []
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if verb == "MAIL":
                sender, recipients = rest[6 : rest.index(">")], []
            elif verb == "RCPT":
                address = rest[4 : rest.index(">")]
                answer = self.server.answers.get(address, "250 ok")
                self.say(answer)
                recipients += [address] if answer.startswith("250") else []
                continue
            elif verb == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append((sender, recipients, b"".join(lines)))
            elif verb == "QUIT":
                self.say("221 bye")
                return
            self.say("250 ok")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        threading.Thread(target=running.serve_forever, args=[0.01], daemon=True).start()
        yield running
        running.shutdown()


def sweep(url: str = "") -> int:
    with Postman(url) as postman:
        return deliver(postman.send)


def test_a_mail_with_both_forms_and_an_attachment_arrives_as_it_was_written(server):
    message = EmailMultiAlternatives(
        "Grüße ✓", "Plain текст", "Portal <portal@x.org>", ["b@x.org"], cc=["c@x.org"], bcc=["d@x.org"]
    )
    message.attach_alternative("<b>HTML</b>", "text/html")
    message.attach("figures.csv", "a;b", "text/csv")
    message.send()
    assert server.mails == []
    assert sweep(server.url) == 1
    ((sender, recipients, content),) = server.mails
    arrived = email.message_from_bytes(content, policy=email.policy.default)
    assert (sender, recipients) == ("portal@x.org", ["b@x.org", "c@x.org", "d@x.org"])
    assert (arrived["Subject"], arrived["To"], arrived["Cc"], arrived["Bcc"]) == ("Grüße ✓", "b@x.org", "c@x.org", None)
    assert arrived.get_body(["plain"]).get_content().strip() == "Plain текст"
    assert arrived.get_body(["html"]).get_content().strip() == "<b>HTML</b>"
    assert [(part.get_filename(), part.get_content().strip()) for part in arrived.iter_attachments()] == [
        ("figures.csv", "a;b")
    ]


def test_an_action_that_is_rolled_back_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send_mail("S", "T", None, ["b@x.org"])
        1 / 0  # noqa: B018
    assert Outbox.objects.count() == 0


def test_a_mail_with_a_key_is_written_once_and_the_key_does_not_leave_the_house(server):
    for _time in range(2):
        EmailMultiAlternatives("S", "T", None, ["b@x.org"], headers={KEY_HEADER: "12:digest:2026-07-09"}).send()
    EmailMultiAlternatives("S", "T", None, ["b@x.org"], headers={KEY_HEADER: "13:digest:2026-07-09"}).send()
    assert sorted(Outbox.objects.values_list("key", flat=True)) == [
        "mail:12:digest:2026-07-09",
        "mail:13:digest:2026-07-09",
    ]
    sweep(server.url)
    assert [KEY_HEADER.encode() in content for _s, _r, content in server.mails] == [False, False]


def test_a_mail_sent_twice_keeps_its_message_id(server):
    send_mail("S", "T", None, ["b@x.org"])
    sweep(server.url)
    Outbox.objects.update(sent_at=None)
    sweep(server.url)
    first, second = (email.message_from_bytes(content)["Message-ID"] for _s, _r, content in server.mails)
    assert first == second != ""


def test_mails_to_nobody_are_not_kept():
    assert get_connection().send_messages([EmailMultiAlternatives("S", "T")]) == 0
    mail_admins("S", "T")
    assert Outbox.objects.count() == 0


def test_a_line_break_in_a_subject_is_refused():
    with pytest.raises(ValueError, match="newlines"):
        send_mail("S\nBcc: all@x.org", "T", None, ["b@x.org"])
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize(("answer", "tries"), [("550 no such user", 3), ("451 try later", 8)])
def test_an_address_refused_for_good_is_given_up_sooner_than_one_refused_for_now(server, answer, tries):
    server.answers["b@x.org"] = answer
    send_mail("S", "T", None, ["b@x.org"])
    for _try in range(9):
        sweep(server.url)
        Outbox.objects.update(next_try_at="2026-01-01T00:00Z")
    message = Outbox.objects.get()
    assert (message.attempts, message.given_up_at is None, answer[4:] in message.problem) == (tries, False, True)
    assert server.mails == []


def test_without_a_mail_server_mails_lie_in_a_folder_where_they_can_be_read():
    send_mail("To the folder", "T", None, ["b@x.org"])
    assert sweep() == 1
    Outbox.objects.update(sent_at=None)
    assert sweep() == 1
    files = [
        path for path in (Path(settings.STATE_DIR) / "mail").glob("*.eml") if b"To the folder" in path.read_bytes()
    ]
    assert len(files) == 1
    assert files[0].read_bytes() == base64.b64decode(Outbox.objects.get().payload["message"])


@pytest.mark.parametrize("url", ["localhost:25", "http://localhost", "smtp://"])
def test_an_address_that_names_no_mail_server_is_said_and_nothing_is_lost(url):
    send_mail("S", "T", None, ["b@x.org"])
    with pytest.raises(ImproperlyConfigured, match="SMTP_URL must look like"):
        sweep(url)
    assert Outbox.objects.filter(sent_at=None, given_up_at=None).count() == 1
