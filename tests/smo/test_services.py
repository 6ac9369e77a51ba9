"""The parts of the embedded services, and the files that say what they are installed from."""

import contextlib
import os
import pwd
import re
import stat
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import psycopg2
import pytest
from kombu import Connection

from smo import services
from smo.services import logs, paths, pdflibs, postgres, privileges, processes, redis
from smo.services.processes import Program
from tests.smo.running_portal import eventually, is_alive

ROOT = Path(__file__).resolve().parent.parent.parent
STRANGER = 12345


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder of a running PostgreSQL with its roles."""
    state = paths.prepare_state(tmp_path_factory.mktemp("server") / "state")
    child = processes.start(postgres.program(state, durable=False), state, output=subprocess.DEVNULL)
    postgres.wait_until_ready(state, child)
    postgres.provision(state)
    yield state
    processes.stop_all([child])


def ask(state: Path, statement: str, role: str = postgres.APP_ROLE) -> list[tuple[object, ...]]:
    connection = postgres.connect(state, role=role, name="smo")
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


# --------------------------------------------------------------- PostgreSQL
def test_the_database_folds_and_checks_every_letter(server: Path) -> None:
    assert ask(server, "SELECT lower('ÄÉЯ'), current_setting('data_checksums'), current_setting('TimeZone')") == [
        ("äéя", "on", "UTC")
    ]


def test_the_application_reads_and_writes_rows_of_the_owners_tables(server: Path) -> None:
    ask(server, "CREATE TABLE fruit (id bigint GENERATED ALWAYS AS IDENTITY, name text)", postgres.OWNER_ROLE)
    ask(server, "INSERT INTO fruit (name) VALUES ('pear'), ('plum')")
    ask(server, "UPDATE fruit SET name = 'apple' WHERE id = 1; DELETE FROM fruit WHERE id = 2")
    assert ask(server, "SELECT id, name FROM fruit") == [(1, "apple")]


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (i int)", "CREATE ROLE friend", "SET ROLE postgres", "COPY (SELECT 1) TO PROGRAM 'true'"],
)
def test_the_application_may_not(server: Path, statement: str) -> None:
    with pytest.raises(psycopg2.Error, match="permission denied"):
        ask(server, statement)


def test_the_application_cannot_hold_a_statement_or_a_transaction_for_ever(server: Path) -> None:
    settings = "SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
    assert ask(server, settings) == [("30s", "1min")]
    assert ask(server, settings, postgres.OWNER_ROLE) == [("0", "0")]


def test_provisioning_again_changes_nothing(server: Path) -> None:
    roles = "SELECT rolname, rolsuper, rolcreatedb, rolconfig FROM pg_roles WHERE rolname LIKE 'smo%' ORDER BY 1"
    rights = "SELECT defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1"
    before = ask(server, roles), ask(server, rights)
    postgres.provision(server)
    assert (ask(server, roles), ask(server, rights)) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as somebody else")
def test_another_user_of_the_machine_is_kept_out(server: Path) -> None:
    psql = postgres.binaries() / "psql"
    if not paths.reachable(psql):
        pytest.skip("the server's programs are in a folder closed to others")
    said = subprocess.run(
        [psql, "-h", paths.run_dir(server), "-U", "smo_app", "smo", "-c", "SELECT 1"],
        capture_output=True,
        text=True,
        check=False,
        user=STRANGER,
        group=STRANGER,
        extra_groups=[],
        cwd="/",
    )
    assert said.returncode == 2
    assert "Permission denied" in said.stderr


def test_only_our_own_user_is_named_in_the_access_rules(server: Path) -> None:
    name = privileges.client_name()
    assert (server / "postgres" / "pg_hba.conf").read_text() == "local all all peer map=smo\n"
    assert set(re.findall(r'smo "(.*)" (\w+)', (server / "postgres" / "pg_ident.conf").read_text())) == {
        (name, "postgres"),
        (name, "smo_owner"),
        (name, "smo_app"),
    }
    assert name != pwd.getpwuid(65534).pw_name  # strangers look like this one inside our namespace


def test_data_of_another_version_are_refused_by_a_sentence(tmp_path: Path) -> None:
    state = paths.prepare_state(tmp_path / "state")
    data = paths.service_folder(state / "postgres")
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(postgres.PostgresError, match=r"written by PostgreSQL 9, and the server here is \d+"):
        processes.start(postgres.program(state), state)


def test_settings_name_role_and_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SMO_DB_ROLE", raising=False)
    assert services.database(tmp_path)["USER"] == "smo_app"
    monkeypatch.setenv("SMO_DB_ROLE", "smo_owner")
    assert services.database(tmp_path)["USER"] == "smo_owner"
    assert services.database(tmp_path)["HOST"] == str(tmp_path / "run")


# -------------------------------------------------------------------- Redis
def test_celery_and_the_cache_find_the_server_in_a_folder_with_odd_letters(tmp_path: Path) -> None:
    from redis import Redis

    state = paths.prepare_state(tmp_path / "für #1 50%")
    child = processes.start(redis.program(state), state, output=subprocess.DEVNULL)
    try:
        redis.wait_until_ready(state, child)
        with Redis.from_url(services.redis_cache_url(state)) as cache:
            cache.set("here", 1)
        with Connection(services.redis_url(state)) as broker:
            client = broker.channel().client
            assert client.config_get("appendfsync", "maxmemory-policy") == {
                "appendfsync": "everysec",
                "maxmemory-policy": "noeviction",
            }
            assert client.get("here") is None  # queues and cache are different databases
        mode = redis.socket_path(state).stat().st_mode
        assert stat.S_IMODE(mode) == 0o700
    finally:
        processes.stop_all([child])


def test_a_second_server_on_the_same_files_does_not_start(redis_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE", 0.1)
    with pytest.raises(processes.BusyError, match="earlier redis process"):
        processes.start(redis.program(redis_state), redis_state)


# ---------------------------------------------------------------- processes
def program(*argv: str) -> Program:
    return Program("sleeper", argv, dict(os.environ), grace=0.3)


def test_a_child_that_does_not_listen_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_INSISTING", 0.3)
    script = "trap '' TERM; sleep 1000 & echo $!; wait; wait"
    child = processes.start(program("/bin/sh", "-c", script), tmp_path)
    assert child.process.stdout is not None
    grandchild = int(child.process.stdout.readline())

    assert processes.stop_all([child]) == ["sleeper"]

    assert child.exit_code == -9
    assert eventually(lambda: not is_alive(grandchild), 5)


def test_the_next_start_waits_until_the_last_remnant_is_gone(tmp_path: Path) -> None:
    orphan = "sleep 0.7 & exit 0"
    first = processes.start(program("/bin/sh", "-c", orphan), tmp_path, output=subprocess.DEVNULL)
    assert first.wait(5)
    second = processes.start(program("/bin/true"), tmp_path, output=subprocess.DEVNULL)
    assert second.started_at - first.started_at > 0.6
    second.sweep()


def test_a_remnant_that_does_not_end_is_killed_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PATIENCE", 0.6)
    script = "trap '' TERM QUIT; sleep 1000 & echo $!; exit 0"
    first = processes.start(program("/bin/sh", "-c", script), tmp_path)
    assert first.process.stdout is not None
    remnant = int(first.process.stdout.readline())
    assert first.wait(5)
    second = processes.start(program("/bin/true"), tmp_path, output=subprocess.DEVNULL)
    assert second.wait(5)
    assert eventually(lambda: not is_alive(remnant), 5)


def test_servers_get_no_locale_and_no_secrets_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "LC_CTYPE", "LANG", "LD_LIBRARY_PATH", "SMO_SECRET_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    environment = processes.server_environment()
    assert environment["LC_ALL"] == "C"
    assert not [name for name in environment if name.startswith(("PG", "LANG", "LD_", "SMO_", "PYTHON"))]


# -------------------------------------------------------------------- paths
def test_the_secret_is_made_once_by_many_at_a_time_and_only_ours_to_read(tmp_path: Path) -> None:
    found: list[str] = []
    several = [threading.Thread(target=lambda: found.append(services.secret_key(tmp_path / "s"))) for _ in range(8)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) > 60
    assert stat.S_IMODE((tmp_path / "s" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["secret_key"]


def test_sockets_of_a_long_path_stand_in_a_private_folder_that_everyone_of_us_finds(tmp_path: Path) -> None:
    state = tmp_path / ("long" * 30)
    short = paths.run_dir(state)
    assert short.parent == Path("/tmp")
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert paths.run_dir(state) == short
    short.chmod(0o755)  # no longer private: somebody may have put something in
    again = paths.run_dir(state)
    assert again != short
    assert stat.S_IMODE(again.stat().st_mode) == 0o700
    for folder in (short, again):
        folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o777)
    os.chown(theirs, STRANGER, STRANGER)
    with pytest.raises(paths.UnsafeFolderError, match="belongs to another user"):
        paths.prepare_state(theirs)
    assert theirs.stat().st_uid == STRANGER


def test_a_link_in_place_of_a_folder_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(paths.UnsafeFolderError):
        paths.prepare_state(tmp_path / "link")


def test_the_folder_asked_for_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "var").symlink_to(tmp_path / "large disk")
    assert services.state_dir(tmp_path / "var") == tmp_path / "large disk"


# --------------------------------------------------------------------- logs
def test_a_full_log_starts_anew_and_few_old_ones_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LIMIT", 100)
    log = logs.RotatingFile(tmp_path / "web.log")
    for number in range(60):
        log.write(f"line {number:03}\n".encode())
    assert {path.name for path in tmp_path.iterdir()} == {"web.log", "web.log.1", "web.log.2", "web.log.3"}
    assert (tmp_path / "web.log").read_text().endswith("line 059\n")


def test_lines_have_the_name_before_them_and_quiet_processes_show_only_alarms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = logs.Terminal(tmp_path)
    with (tmp_path / "said").open("wb+") as output:
        output.write(b"LOG:  listening\nFATAL:  no space\n")
        output.seek(0)
        terminal._copy("postgres", output, quiet=True)
    terminal.say("portal", "READY\nsecond")
    assert capsys.readouterr().out == "postgres | FATAL:  no space\nportal   | READY\nportal   | second\n"
    assert (tmp_path / "postgres.log").read_text() == "LOG:  listening\nFATAL:  no space\n"


# --------------------------------------------------------------------- PDFs
def test_missing_libraries_are_named_with_the_command_that_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdflibs, "_LIBRARIES", ("libnothing.so.9",))
    assert pdflibs.sentence() == (
        "PDFs are off: libnothing.so.9 missing. Debian and Ubuntu: "
        "sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )


def test_the_bundled_fonts_are_there_for_every_weight_with_their_licences() -> None:
    names = {path.name for path in (ROOT / "static" / "fonts").iterdir()}
    assert names == {
        *(f"Inter-{style}.ttf" for style in ("Regular", "Medium", "SemiBold", "Bold")),
        *("InterSupplement-Regular.otf", "InterSupplement-SemiBold.otf"),
        *("SourceSerif4-Regular.ttf", "SourceSerif4-SemiBold.ttf"),
        *("LICENSE-inter.txt", "LICENSE-source-serif-4.txt", "fonts.conf"),
    }


# ------------------------------------------------- what things are installed from
def pins(name: str) -> dict[str, set[str]]:
    """Package → versions in requirements/NAME.txt; every pin must have hashes."""
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.txt").read_text().strip()):
        package, version = re.match(r"([\w.-]+)==([^\s;\\]+)", block).groups()  # type: ignore[union-attr]
        assert "--hash=sha256:" in block, block
        found.setdefault(package, set()).add(version)
    return found


def test_pins_are_those_of_the_lock_and_cover_what_pyproject_asks_for() -> None:
    locked: dict[str, set[str]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        locked.setdefault(package["name"], set()).add(package.get("version", ""))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {"portal": project["project"]["dependencies"]}
    asked["test"] = asked["portal"] + project["dependency-groups"]["test"]
    for name, wanted in asked.items():
        pinned = pins(name)
        assert {package: versions for package, versions in pinned.items() if not versions <= locked[package]} == {}
        names = {re.match(r"[\w.-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
        assert names - set(pinned) == set(), "run bin/lock"


def test_addresses_without_a_server_name_nobody_else(tmp_path: Path) -> None:
    assert urlparse(services.redis_url(tmp_path)).netloc == ""
    assert urlparse(services.redis_cache_url(tmp_path)).netloc == ""
