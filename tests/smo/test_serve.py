"""The launcher under every kind of ill treatment. Slow: whole portals are started and killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from smo.services import paths, postgres, processes, redis_url
from tests.smo.running_portal import ROOT, Portal, children, descendants, eventually, is_alive

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that a portal has been started on once, to copy from."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    portal = Portal(folder, "--exit-when-ready")
    assert portal.process.wait(120) == 0, portal.said
    return folder


@pytest.fixture
def folder(tmp_path: Path, migrated: Path) -> Path:
    """A state folder for one test."""
    return copied(migrated, tmp_path / "data")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Portal]:
    """A portal for the tests that leave it running."""
    portal = Portal(copied(migrated, tmp_path_factory.mktemp("portal") / "data")).ready()
    yield portal
    portal.end()


def copied(folder: Path, to: Path) -> Path:
    subprocess.run(["cp", "-a", folder, to], check=True)
    return to


@contextlib.contextmanager
def started(folder: Path, *arguments: str, **environment: str) -> Iterator[Portal]:
    portal = Portal(folder, *arguments, **environment)
    try:
        yield portal
    finally:
        if portal.process.poll() is None:
            portal.end()


def sql(state: Path, statement: str) -> list[tuple[object, ...]]:
    connection = postgres.connect(state, role=postgres.OWNER_ROLE, name="smo")
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def was_shut_down_cleanly(state: Path) -> bool:
    control = postgres.binaries() / "pg_controldata"
    environment = {**os.environ, "LC_ALL": "C"}
    said = subprocess.run([control, state / "postgres"], capture_output=True, text=True, check=True, env=environment)
    return "Database cluster state:               shut down\n" in said.stdout


@pytest.mark.parametrize("name", ["web", "fast", "heavy", "beat", "redis", "postgres"])
def test_a_killed_process_comes_back_and_what_was_acknowledged_is_kept(running: Portal, name: str) -> None:
    sql(running.state, f"CREATE TABLE IF NOT EXISTS kept (name text); INSERT INTO kept VALUES ('{name}')")

    killed = running.kill(name)

    assert eventually(lambda: running.find(name) not in (None, killed), 10), running.said
    assert eventually(lambda: running.health() == 200, 15), running.said
    assert sql(running.state, f"SELECT name FROM kept WHERE name = '{name}'") == [(name,)]


def test_a_process_that_dies_again_and_again_is_started_with_growing_pauses(running: Portal) -> None:
    for _ in range(3):
        assert eventually(lambda: running.find("beat") is not None, 15)
        running.kill("beat")
        assert eventually(lambda: running.find("beat") is None, 5)
    assert eventually(lambda: running.find("beat") is not None, 15)
    pauses = [float(line.rsplit(" in ", 1)[1].split()[0]) for line in running.lines if "beat ended" in line]
    assert pauses[-2] > pauses[-3]
    assert pauses[-1] > pauses[-2]


def test_a_second_start_is_refused_by_a_sentence(running: Portal) -> None:
    with started(running.folder) as second:
        assert second.process.wait(30) == 1
    assert f"already runs on {running.state}" in second.said
    assert f"http://127.0.0.1:{running.port}" in second.said
    assert running.health() == 200


def test_a_busy_port_is_refused_before_anything_starts(running: Portal, tmp_path: Path) -> None:
    second = Portal(tmp_path / "data", port=running.port)
    assert second.process.wait(30) == 1
    assert f"Port {running.port} cannot be used" in second.said
    assert not (second.state / "postgres").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_is_orderly_and_leaves_nobody(folder: Path, number: signal.Signals) -> None:
    with started(folder) as portal:
        portal.ready()
        family = descendants(portal.process.pid)
        assert portal.end(number) == 0, portal.said
    assert not [pid for pid in family if is_alive(pid)]
    assert was_shut_down_cleanly(portal.state)


def test_a_second_ctrl_c_changes_nothing(folder: Path) -> None:
    with started(folder) as portal:
        portal.ready()
        family = descendants(portal.process.pid)
        for _ in range(5):
            portal.process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert portal.end() == 0, portal.said
    assert not [pid for pid in family if is_alive(pid)]
    assert was_shut_down_cleanly(portal.state)


def test_ctrl_c_while_starting_stops_too(folder: Path) -> None:
    with started(folder) as portal:
        portal.until("services ready")
        assert portal.end() == 0, portal.said
    assert was_shut_down_cleanly(portal.state)


def test_a_killed_launcher_leaves_nobody_and_the_next_start_succeeds(folder: Path) -> None:
    with started(folder) as portal:
        portal.ready()
        sql(portal.state, "CREATE TABLE kept (name text); INSERT INTO kept VALUES ('before')")
        family = descendants(portal.process.pid)
        assert len(family) > len(children(portal.process.pid)) >= 6
        portal.process.kill()
        portal.process.wait()
    with started(folder) as again:
        again.ready()
        assert not [pid for pid in family if is_alive(pid)]
        assert sql(again.state, "SELECT name FROM kept") == [("before",)]


def test_pid_files_of_the_dead_or_of_strangers_do_not_stop_a_start(folder: Path) -> None:
    with started(folder, "--exit-when-ready") as portal:
        assert portal.process.wait(90) == 0, portal.said
    pid_file = portal.state / "postgres" / "postmaster.pid"
    for content in (f"{os.getpid()}\n{portal.state}/postgres\n", "99999999\n", "", "12"):
        pid_file.write_text(content)
        with started(folder, "--exit-when-ready") as again:
            assert again.process.wait(90) == 0, again.said


def test_a_half_made_database_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    state = paths.prepare_state(paths.state_dir(folder))
    half = state / "postgres.new-4242"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with started(folder, "--exit-when-ready") as portal:
        assert portal.process.wait(90) == 0, portal.said
    assert not half.exists()


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C"}, {"LC_ALL": "", "LANG": "de_DE.UTF-8"}, {"PGPORT": "6543", "PGHOST": "nowhere", "PGUSER": "x"}],
    ids=["LC_ALL=C", "locale missing", "PG variables"],
)
def test_text_is_unicode_whatever_the_environment(folder: Path, environment: dict[str, str]) -> None:
    with started(folder, **environment) as portal:
        portal.ready()
        assert sql(portal.state, "SELECT lower('ÄÉЯ'), 'ñandú' ILIKE 'ÑANDÚ'") == [("äéя", True)]


def test_a_folder_with_a_long_name_and_spaces(tmp_path: Path, migrated: Path) -> None:
    long = tmp_path / ("a folder with spaces " * 5).strip() / "ünd ümlauts"
    long.parent.mkdir()
    copied(migrated, long)
    with started(long) as portal:
        portal.ready()
        short = paths.run_dir(portal.state)
        assert short.parent == Path("/tmp")
        assert short.stat().st_mode & 0o077 == 0
        assert portal.health() == 200
    shutil.rmtree(short)


def is_without_rights(pid: int | None) -> bool:
    """Whether the process runs, has no capability, and is either another user than root or root of nothing here."""
    if pid is None:
        return False
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = {line.split(":")[0]: line.split()[1] for line in status if line.startswith(("CapEff", "Uid"))}
    namespaces = {Path(f"/proc/{process}/ns/user").readlink() for process in ("self", pid)}
    return int(values["CapEff"], 16) == 0 and (values["Uid"] != "0" or len(namespaces) == 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_as_root_the_servers_run_without_rights(running: Portal, name: str) -> None:
    # A server that has just been started again still is the launcher for a moment.
    assert eventually(lambda: is_without_rights(running.find(name)), 10)


def test_the_web_server_and_the_sockets_are_for_this_machine_only(running: Portal) -> None:
    listening = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    ours = [line.split()[3] for line in listening.splitlines() if line.split()[3].endswith(f":{running.port}")]
    assert ours == [f"127.0.0.1:{running.port}"]
    for path in (running.state, paths.run_dir(running.state)):
        assert path.stat().st_mode & 0o066 == 0


def test_the_application_cannot_change_tables_or_rights(running: Portal) -> None:
    import psycopg2

    with contextlib.closing(postgres.connect(running.state, role=postgres.APP_ROLE, name="smo")) as connection:
        for statement in (
            "CREATE TABLE mine (i int)",
            "DROP TABLE django_migrations",
            "TRUNCATE django_migrations",
            "ALTER TABLE django_migrations DISABLE TRIGGER ALL",
            "SET ROLE smo_owner",
            "CREATE DATABASE mine",
        ):
            with connection.cursor() as cursor, pytest.raises(psycopg2.Error):
                cursor.execute(statement)


def test_state_of_another_user_is_refused_by_a_sentence(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    with pytest.raises(paths.UnsafeFolderError, match="belongs to another user"):
        paths.prepare_state(theirs)


def test_servers_of_ones_own_replace_the_embedded_ones(tmp_path: Path, redis_state: Path) -> None:
    theirs = paths.prepare_state(tmp_path / "theirs")
    server = processes.start(postgres.program(theirs, durable=False), theirs, output=subprocess.DEVNULL)
    try:
        postgres.wait_until_ready(theirs, server)
        postgres.provision(theirs)
        host = quote(str(paths.run_dir(theirs)), safe="")
        addresses = {
            "DATABASE_URL": f"postgres://smo_app@{host}:5432/smo",
            "DATABASE_OWNER_URL": f"postgres://smo_owner@{host}:5432/smo",
            "REDIS_URL": redis_url(redis_state),
        }
        with started(tmp_path / "data", **addresses) as portal:
            portal.ready()
            assert (portal.find("postgres"), portal.find("redis")) == (None, None)
            assert sql(theirs, "SELECT count(*) > 0 FROM django_migrations") == [(True,)]
            assert portal.end() == 0
        assert not (portal.state / "postgres").exists()
    finally:
        processes.stop_all([server])


def test_a_free_port_is_given_when_asked(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    portal = Portal(folder, "--exit-when-ready", port=port)
    assert portal.process.wait(90) == 0, portal.said
    assert f"READY http://127.0.0.1:{port} " in portal.said


def test_the_command_needs_no_environment(folder: Path) -> None:
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    said = subprocess.run(
        [sys.executable, "manage.py", "serve", "--data", folder, "--port", "0", "--exit-when-ready"],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
