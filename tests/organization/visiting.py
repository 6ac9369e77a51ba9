"""A signed-in person's browser without scripts, and what a page says."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.utils import timezone

from organization.actors import Actor
from organization.models import Person


def browser(actor: Actor) -> Client:
    """The person is signed in; no script runs."""
    client = Client()
    client.force_login(Person.objects.get(pk=actor.person_id))
    return client


def words(response: Any) -> str:
    """The page's text between its head and its foot, folded."""
    page = response.content.decode()
    body = page[page.index("<main") :] if "<main" in page else page
    body = body[: body.index("</main>")] if "</main>" in body else body
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", body).split()))


def links(response: Any) -> set[str]:
    """Where the links and forms of the page's body lead."""
    page = response.content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    return {html.unescape(found) for found in re.findall(r'(?:href|action)="([^"#]+)"', body)}


def errors(response: Any) -> dict[str, list[str]]:
    """The form's errors as they stand on the page."""
    return {name: [str(error) for error in found] for name, found in response.context["form"].errors.items()}


def today() -> Any:
    """The day of the request."""
    return timezone.localdate()
