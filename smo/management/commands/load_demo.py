"""`manage.py load_demo`: Northmere Health, the demonstration organisation, into an empty database."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from core.actions import Refusal
from smo.demo.loader import SEED, accounts, is_loaded, load
from smo.demo.organization import NAME


class Command(BaseCommand):
    help = "Load the demonstration organisation with three years of figures, unless it is there already."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help=f"the figures follow from it (default {SEED})")
        parser.add_argument("--print-accounts", action="store_true", help="print one sign-in per role")

    def handle(self, *, seed: int, print_accounts: bool, **_: Any) -> None:
        if not (print_accounts and is_loaded()):
            self.load(seed)
        if print_accounts:
            self.stdout.write(sign_ins())

    def load(self, seed: int) -> None:
        begun = time.monotonic()
        try:
            is_new = load(today=timezone.localdate(), seed=seed)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        took = time.monotonic() - begun
        self.stdout.write(f"{NAME} loaded in {took:.1f} s" if is_new else f"{NAME} is loaded already; nothing done")


def sign_ins() -> str:
    """The sign-ins as a table."""
    found = accounts()
    wide = max(len(account.role) for account in found)
    lines = [f"Sign in with the password {found[0].password} as:"]
    lines += [f"  {account.role:<{wide}}  {account.email:<34}{account.name}, {account.title}" for account in found]
    return "\n".join(lines)
