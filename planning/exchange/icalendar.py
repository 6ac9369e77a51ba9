"""The steps of a planning cycle as iCalendar text (RFC 5545): whole days, folded at 75 octets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta

from django.urls import reverse
from django.utils import timezone

from planning.models import PlanningCycle
from planning.queries.cycles import StepLine

LINE = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar_of(cycle: PlanningCycle, lines: Iterable[StepLine], site: str) -> str:
    """A calendar with an event for each step; what is done or skipped says so."""
    rows = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SMO Portal//Planning//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(cycle.name)}",
    ]
    for line in lines:
        rows += _event(line, site)
    rows.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for row in rows for part in _folded(row))


def _event(line: StepLine, site: str) -> list[str]:
    step = line.step
    address = f"{site}{reverse('planning:step', args=[step.pk])}"
    about = "\n".join(part for part in (line.words, str(step.owner or ""), step.outputs) if part)
    return [
        "BEGIN:VEVENT",
        f"UID:planning-step-{step.pk}@{site.rsplit('/', 1)[-1].split(':', maxsplit=1)[0]}",
        f"DTSTAMP:{timezone.now().astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{step.starts_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{step.ends_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(step.name)}",
        f"DESCRIPTION:{_text(about)}",
        f"URL:{address}",
        f"SEQUENCE:{step.row_version}",
        f"STATUS:{'CANCELLED' if step.state == step.State.SKIPPED else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    return words.replace("\r", "").translate(_ESCAPES)


def _folded(row: str) -> Iterator[str]:
    """Lines of at most 75 octets, the later ones with a space before; no letter is cut."""
    part, size, room = "", 0, LINE
    for letter in row:
        length = len(letter.encode())
        if size + length > room:
            yield part
            part, size, room = " ", 1, LINE
        part += letter
        size += length
    yield part
