"""`manage.py rebuild_results`: compute every result anew and say what that changed, which should be nothing."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from scorecards.actions import rebuild


class Command(BaseCommand):
    help = (
        "Compute every result anew, a few scorecards at a time, while people work. Where the results were right nothing is"
        " written, so the last figure is also a check of the portal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", help="compute as on this day, YYYY-MM-DD (default: today)")

    def handle(self, *, today: str | None, **_: Any) -> None:
        try:
            day = date.fromisoformat(today) if today else timezone.localdate()
        except ValueError as error:
            raise CommandError(f"“{today}” is not a day; write it like 2026-07-31.") from error
        begun = time.perf_counter()
        done = rebuild(day)
        took = time.perf_counter() - begun
        self.stdout.write(
            f"{done.looked_at} results in {took:.1f} s: {done.changed} changed, {done.gone} no longer there."
        )
