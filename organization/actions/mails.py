"""Mails about a person's own access. A template's first line is the subject (`templates/organization/mail/`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from organization.queries import organization


def letter(template: str, to: str, context: Mapping[str, Any]) -> EmailMessage:
    """A mail by its template; words of people stand in it as they are."""
    house = organization()
    text = render_to_string(
        f"organization/mail/{template}.txt",
        {"organization": house.name if house else "", "site_url": settings.SITE_URL, **context},
    )
    subject, _blank, body = text.strip().partition("\n")
    return EmailMessage(subject.strip(), body.strip() + "\n", to=[to])


def post(letters: Iterable[EmailMessage]) -> None:
    """Send mails in the caller's transaction: what is rolled back sends nothing."""
    get_connection().send_messages(list(letters))
