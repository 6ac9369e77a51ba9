"""A PostgreSQL for each test process: a copy of one migrated cluster, on its own socket, with durability off.

The migrated cluster is built once per set of migrations and kept under var/test. Each process (each xdist worker too)
copies it and starts its own server, so runs beside each other share nothing, and a killed run leaves no server behind.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from smo.services import paths, postgres, processes

DATABASE = "test_smo"
_KEEP_BASES = 2


class MigrationsFailedError(Exception):
    """`manage.py migrate` failed while the test database was built."""


def fingerprint() -> str:
    """A digest of every migration of every installed app, of the roles, of the server's version and of this file."""
    digest = hashlib.sha256(f"{postgres.major()} {django_settings()}".encode())
    files = [Path(__file__), Path(postgres.__file__).with_name("roles.sql")]
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        files += sorted(Path(config.path, "migrations").glob("*.py"))
    # Migration operations live in modules of their own and are part of what a migration does.
    files += sorted(Path(settings.BASE_DIR).glob("*/operations.py"))
    for file in files:
        digest.update(f"{file.parent.parent.name}/{file.name}".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def django_settings() -> str:
    """The name of the settings module in use."""
    return os.environ["DJANGO_SETTINGS_MODULE"]


def _migrate(state: Path) -> None:
    owner = {"SMO_STATE_DIR": str(state), "SMO_DB_ROLE": postgres.OWNER_ROLE}
    answer = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **owner, "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise MigrationsFailedError(f"The test database cannot be built; migrate said:\n{answer.stdout}{answer.stderr}")


def _build(base: Path) -> None:
    """Make the migrated cluster under another name, then rename it."""
    for rest in base.parent.glob("building-*"):
        shutil.rmtree(rest, ignore_errors=True)
    state = paths.prepare_state(base.with_name(f"building-{os.getpid()}"))
    server = processes.start(postgres.program(state, durable=False), state, output=subprocess.DEVNULL)
    try:
        postgres.wait_until_ready(state, server)
        postgres.provision(state)
        _migrate(state)
        with contextlib.closing(postgres.connect(state)) as connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE smo RENAME TO {DATABASE}")
    finally:
        processes.stop_all([server])
    state.rename(base)
    older = sorted(base.parent.glob("base-*"), key=lambda path: -path.stat().st_mtime)
    for rest in older[_KEEP_BASES:]:
        shutil.rmtree(rest, ignore_errors=True)


def _copy(home: Path, label: str) -> Path:
    """The state folder of this process with a copy of the migrated cluster."""
    lock = processes.take_lock(home / "base.lock", patience=300, sentence="Another run builds the test database.")
    try:
        base = home / f"base-{fingerprint()}"
        if not base.exists():
            _build(base)
        state = paths.prepare_state(home / f"run-{os.getpid()}-{label}")
        # cp, because shutil takes a second for the 3,500 files
        subprocess.run(["cp", "-a", str(base / "postgres"), str(state / "postgres")], check=True)
    finally:
        os.close(lock)
    return state


def _forget_dead_runs(home: Path) -> None:
    for state in home.glob("run-*"):
        with contextlib.suppress(processes.BusyError, FileNotFoundError):
            os.close(processes.take_lock(state / "postgres.lock", patience=0, sentence=""))
            if not Path(f"/proc/{state.name.split('-')[1]}").exists():
                shutil.rmtree(state, ignore_errors=True)


@contextlib.contextmanager
def running(home: Path, label: str = "tests") -> Iterator[Path]:
    """A server for this process; yields its state folder and removes everything in the end."""
    paths.prepare_state(home)
    _forget_dead_runs(home)
    state = _copy(home, label)
    server = processes.start(postgres.program(state, durable=False), state, output=subprocess.DEVNULL)
    try:
        postgres.wait_until_ready(state, server)
        yield state
    finally:
        processes.stop_all([server])
        if paths.run_dir(state).parent != state:
            shutil.rmtree(paths.run_dir(state), ignore_errors=True)
        shutil.rmtree(state, ignore_errors=True)
