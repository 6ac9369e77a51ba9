"""`manage.py serve`: the whole portal in the foreground, with the database and Redis it brings along."""

import contextlib
import hashlib
import io
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from smo.services import state_dir
from smo.services.launcher import AlreadyRunningError, Launcher, Options
from smo.services.pdflibs import sentence
from smo.services.postgres import OWNER_ROLE
from smo.services.privileges import ServiceError


class Command(BaseCommand):
    help = "Run the portal: database, Redis, web server, workers and clock. Ctrl-C stops everything in order."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port on 127.0.0.1; 0 takes a free one (default 8000)")
        parser.add_argument("--data", type=Path, help="folder that holds everything the portal keeps (default var)")
        parser.add_argument("--demo", action="store_true", help="load the demo organisation and print its sign-ins")
        parser.add_argument("--check", action="store_true", help="make one scorecard PDF through the worker and stop")
        parser.add_argument("--exit-when-ready", action="store_true", help="stop again as soon as all is running")

    def handle(self, **options: Any) -> None:
        move_to(options["data"])
        port = options["port"] if options["port"] is not None else 0 if options["check"] else 8000
        chosen = Options(
            root=settings.BASE_DIR,
            state=settings.STATE_DIR,
            port=port,
            own_database=not os.environ.get("DATABASE_URL"),
            own_redis=not os.environ.get("REDIS_URL"),
            everything=options["verbosity"] > 1,
        )
        try:
            self.launch(Launcher(chosen), **options)
        except AlreadyRunningError as error:
            if not options["check"]:
                raise CommandError(str(error)) from None
            call_command("demo_check")
        except ServiceError as error:
            raise CommandError(str(error)) from None

    def launch(self, launcher: Launcher, *, demo: bool, check: bool, exit_when_ready: bool, **_: Any) -> None:
        """The steps of the start, in order."""

        def announce() -> None:
            launcher.say(f"READY {launcher.address} after {launcher.seconds():.1f} s - Ctrl-C stops everything")
            launcher.say(f"everything is kept in {launcher.options.state}")
            if demo:
                launcher.say(accounts())
            if absent := sentence():
                launcher.say(absent)

        steps = [
            launcher.start_services,
            lambda: bring_up_to_date(launcher),
            *([lambda: launcher.run_once("demo", ["load_demo"])] if demo else []),
            launcher.start_portal,
            launcher.wait_until_ready,
            announce,
            *([lambda: launcher.run_once("check", ["demo_check"])] if check else []),
        ]
        launcher.run(steps, until_stopped=not (check or exit_when_ready))


def move_to(folder: Path | None) -> None:
    """Begin again with another state folder: the settings were read for the one of the environment."""
    if folder is not None and state_dir(folder) != settings.STATE_DIR:
        os.environ["SMO_STATE_DIR"] = str(folder.expanduser().resolve())
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - ourselves


def bring_up_to_date(launcher: Launcher) -> None:
    """Migrations and static files, each only if there is something to do."""
    if has_new_migrations():
        launcher.say("bringing the database up to date")
        address = os.environ.get("DATABASE_OWNER_URL")
        as_owner = {"SMO_DB_ROLE": OWNER_ROLE, **({"DATABASE_URL": address} if address else {})}
        launcher.run_once("migrate", ["migrate", "--no-input", "--skip-checks", "--verbosity=0"], **as_owner)
    collect_static()


def has_new_migrations() -> bool:
    """Whether `migrate` would do anything."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()


def collect_static() -> None:
    """Copy the static files under their hashed names, unless neither they nor the storage have changed."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            info = Path(storage.path(path)).stat()
            digest.update(f"{path} {info.st_size} {info.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


def accounts() -> str:
    """The sign-ins of the demo organisation, as its own command prints them."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        call_command("load_demo", print_accounts=True, stdout=said)
    connection.close()
    return said.getvalue()
