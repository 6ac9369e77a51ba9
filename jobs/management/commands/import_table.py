"""`manage.py import_table --kind K --mapping FILE DATA`: take a table by a mapping. A dry run unless told to commit."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actions import sentences
from core.importers import ImportReport, importers
from core.mapping import Mapping, MappingError
from jobs.actions.imports import import_file, sha256_of
from jobs.queries import run_of_same_file
from organization.actors import Actor, actor_of
from organization.models import Person
from organization.queries import holders
from organization.roles import Role


class Command(BaseCommand):
    help = "Import a table (CSV or workbook) by a mapping. Without --commit it says what would be taken and writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "data", type=Path, metavar="DATA", help="the file: delimited text or .xlsx; or a folder of such files"
        )
        parser.add_argument(
            "--kind",
            help=f"what is imported: {', '.join(known.kind for known in importers())}; the mapping's if left out",
        )
        parser.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="the mapping, a TOML file")
        parser.add_argument("--commit", action="store_true", help="write, if nothing at all is wrong")
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="the person who imports; else the only one of the strategy office, or the only administrator",
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE.csv", help="write what became of every row to this file"
        )
        parser.add_argument("--problems", type=int, default=20, metavar="N", help="how many problems to print (20)")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="instead of one in [options] of the mapping",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._import(options)
        except MappingError as error:
            raise CommandError("\n".join(error.sentences)) from None
        except ValidationError as error:
            raise CommandError("\n".join(sentences(error))) from None
        except (PermissionDenied, Http404) as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(
                _("The database does not answer. Is the portal running? %(error)s") % {"error": error}
            ) from None
        self._print(report, options["problems"])
        if options["report"]:
            self._write(report, options["report"])
        if report.is_refused:
            raise CommandError(_("Nothing was written."))

    def _import(self, options: dict[str, Any]) -> ImportReport:
        mapping, path = Mapping.load(options["mapping"]), options["data"]
        _check_readable(path)
        if options["report"]:
            _check_writable(options["report"])
        actor = _actor(options["email"])
        earlier = run_of_same_file(options["kind"] or mapping.kind, sha256_of(path))
        if earlier is not None:
            words = {"name": earlier.file_name, "at": f"{earlier.at:%Y-%m-%d %H:%M}"}
            self.stdout.write(_("The same file was imported before, as %(name)s on %(at)s UTC.") % words)
        return import_file(
            actor,
            kind=options["kind"] or mapping.kind,
            mapping=mapping,
            path=path,
            commit=options["commit"],
            options=dict(_option(text) for text in options["option"]),
        )

    def _print(self, report: ImportReport, most: int) -> None:
        found = report.found
        if found.get("encoding"):
            guessed = _(" (guessed)") if found["encoding_is_guessed"] else ""
            self.stdout.write(
                _("Read as %(encoding)s%(guessed)s.") % {"encoding": found["encoding"], "guessed": guessed}
            )
        if found.get("unused_columns"):
            self.stdout.write(_("Columns not used: %(names)s.") % {"names": ", ".join(found["unused_columns"])})
        for sentence in replace(report, problems=report.problems[:most]).summary():
            self.stdout.write(sentence)

    def _write(self, report: ImportReport, path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(report.dataset().csv())
        self.stdout.write(_("What became of every row stands in %(path)s.") % {"path": path})


def _check_writable(path: Path) -> None:
    """Before anything is imported, so that a refusal always means: nothing was written."""
    try:
        path.open("wb").close()
    except OSError as error:
        words = {"path": path, "error": error.strerror or error}
        raise CommandError(_("The report cannot be written to %(path)s: %(error)s.") % words) from None


def _check_readable(path: Path) -> None:
    if path.is_dir():
        return
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise CommandError(
            _("%(path)s cannot be read: %(error)s.") % {"path": path, "error": error.strerror or error}
        ) from None


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(_("--option %(text)s: write it as NAME=VALUE.") % {"text": text})
    return name.strip(), value


def _actor(email: str | None) -> Actor:
    """The person named, else the only one of the strategy office, else the only administrator."""
    today = timezone.localdate()
    if email:
        person = Person.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(_("Nobody with the address %(email)s can sign in.") % {"email": email})
        return actor_of(person, today)
    found = list(holders(Role.SMO_OFFICER, today)[:6]) or list(holders(Role.ADMINISTRATOR, today)[:6])
    if not found:
        raise CommandError(
            _("There is no administrator yet. Set the portal up first, or name a person with --as EMAIL.")
        )
    if len(found) > 1:
        names = ", ".join(person.email or person.name for person in found)
        raise CommandError(_("Several people may import (%(names)s). Say who does with --as EMAIL.") % {"names": names})
    return actor_of(found[0], today)
