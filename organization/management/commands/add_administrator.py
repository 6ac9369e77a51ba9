"""`manage.py add_administrator`: the first administrator, before anybody could be asked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from core.actions import Refusal
from organization.actions.invitations import invitation_link
from organization.actions.setup import set_up
from organization.queries import organization
from organization.roles import Role

LATER = (Role.ADMINISTRATOR,)
FIRST = (*LATER, Role.SMO_OFFICER)
"""The first person wears both hats until there are others: somebody must be able to import."""

HELP = """Make a person an administrator of the portal.

The first call makes the organisation and its top unit too (name: --organization, else SMO_ORGANIZATION_NAME, else
"Our organisation"; change it later under Settings) and gives the person the strategy office too, so that somebody can
import. Prints a link by which the person sets a password: it works once,
within a week. Call it again for another administrator, or when the only one cannot sign in any more.

  manage.py add_administrator you@example.org "Your Name" --organization "Northmere Health" --currency GBP
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="what the administrator signs in with")
        parser.add_argument("name", help="first and last name")
        parser.add_argument("--organization", default="", help="name of the organisation, if it is not there yet")
        parser.add_argument("--currency", default="EUR", help="its reporting currency, three letters (default EUR)")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        is_new = organization() is None
        wanted = options["organization"] or settings.ORGANIZATION_NAME or "Our organisation"
        try:
            made = set_up(
                email=email,
                name=name,
                organization=wanted,
                currency=options["currency"],
                today=timezone.localdate(),
                roles=FIRST if is_new else LATER,
            )
            if is_new:
                self.stdout.write(f"Made the organisation {made.organization} with its top unit {made.root}.")
            self.stdout.write(f"{made.administrator.name} <{made.administrator.email}> is an administrator.")
            if made.administrator.has_usable_password():
                self.stdout.write("They have a password already.")
            else:
                self.stdout.write(_password_words(invitation_link(person=made.administrator, now=timezone.now())))
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None


def _password_words(link: str) -> str:
    """How to set a password: by the whole link if the address people use is known, else by its path on the portal."""
    if settings.SITE_URL_IS_SET:
        return f"Set a password within a week: {link}"
    path = link.removeprefix(settings.SITE_URL)
    return (
        f"Set a password within a week: open {path} behind the address at which you open the portal.\n"
        "(With SMO_SITE_URL set to that address, the whole link stands here.)"
    )
