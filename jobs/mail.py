"""Mail: Django's own API writes outbox rows; the sweep hands them to the mail server.

`SMTP_URL` names the server: `smtp://user:password@host:587/?tls=1` (STARTTLS) or `smtps://user:password@host:465/`.
Without it every mail is written to the folder `mail` in the state folder as an .eml file, which any mail program
opens: so the demo needs no server, and nothing is lost silently.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from jobs.actions.outbox import PermanentMailError
from jobs.models import Outbox

KEY_HEADER = "X-SMO-Key"
"""A mail with this header is written once, whoever sends it how often: (person, kind, slot). It does not leave the house."""


class OutboxBackend(BaseEmailBackend):
    """EMAIL_BACKEND: the mail becomes a row in the caller's transaction; a rolled-back action sends nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [_row(message) for message in email_messages if message.recipients()]
        return len(Outbox.objects.bulk_create(rows, ignore_conflicts=True))


def _row(message: EmailMessage) -> Outbox:
    headers = dict(message.extra_headers)
    key = str(headers.pop(KEY_HEADER, ""))
    kept, message.extra_headers = message.extra_headers, headers
    try:
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    finally:
        message.extra_headers = kept
    payload = {
        "from": message.from_email or settings.DEFAULT_FROM_EMAIL,
        "to": message.recipients(),
        "subject": str(message.subject),
        "message": base64.b64encode(content).decode(),
    }
    return Outbox(kind=Outbox.Kind.MAIL, payload=payload, key=f"mail:{key}" if key else "")


class Postman:
    """One connection to the mail server for one sweep, opened when the first mail is there."""

    def __init__(self, url: str | None = None) -> None:
        self.url = settings.SMTP_URL if url is None else url
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.quit()

    def send(self, sender: str, recipients: list[str], message: str) -> None:
        """Hand over one mail (`message` in base64). OSError: try later. PermanentMailError: the server refuses it."""
        content = base64.b64decode(message)
        if not self.url:
            _write_to_folder(content)
            return
        try:
            if self._server is None:
                self._server = _connect(self.url)
            self._server.sendmail(sender, recipients, content)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            if is_permanent(error):
                raise PermanentMailError(str(error)) from error
            raise

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def is_permanent(error: Exception) -> bool:
    """Whether the server will never take this mail: every code it gave is of the 500s."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and error.smtp_code >= 500


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("SMTP_URL must look like smtp://user:password@host:587/?tls=1")
    timeout = float(settings.EMAIL_TIMEOUT or 10)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=timeout)
    if _is_on(options, "tls"):
        server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _is_on(options: dict[str, list[Any]], name: str) -> bool:
    return options.get(name, ["0"])[-1].lower() in {"1", "true", "yes", "on"}


def _write_to_folder(content: bytes) -> None:
    """The same mail twice is one file: its name is made from what it says."""
    folder = Path(settings.STATE_DIR) / "mail"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{hashlib.sha256(content).hexdigest()[:24]}.eml"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.rename(path)
