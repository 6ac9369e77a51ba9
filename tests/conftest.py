"""What all tests share: their database, Redis, browser and real data, and what is skipped where those are missing.

Nothing is started before a test asks for it, so a test of pure rules costs no server.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections

from smo.services import paths, pdflibs, processes
from smo.services import postgres as embedded_postgres
from smo.services import redis as embedded_redis
from tests import cluster

ROOT = Path(__file__).resolve().parent.parent
TEST_STATE = paths.state_dir(ROOT / "var" / "test")
REAL_DATA = Path(os.environ.get("SMO_REAL_DATA", ROOT.parent / "shared" / "data"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_IS_REQUIRED = os.environ.get("SMO_REQUIRE_BROWSER") == "1"
NO_BROWSER = "no Chromium on PATH (Debian: apt-get install chromium); SMO_REQUIRE_BROWSER=1 makes this a failure"

# Playwright runs an event loop in the test's thread, and Django would take that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
_at_exit = ExitStack()

# How long an example takes says how busy the machine is, not whether a rule is right.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow, and only those")


def pytest_configure(config: pytest.Config) -> None:
    """Point everything that writes away from the portal's own state, and drop what only costs time."""
    os.environ["FONTCONFIG_FILE"] = pdflibs.environment(ROOT)["FONTCONFIG_FILE"]
    scratch = Path(_at_exit.enter_context(tempfile.TemporaryDirectory(prefix="smo-test-")))
    settings.STATE_DIR = scratch
    settings.MEDIA_ROOT = scratch / "media"
    settings.STATIC_ROOT = scratch / "static"
    settings.STATIC_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def pytest_unconfigure() -> None:
    _at_exit.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip with a reason what this run or this machine cannot do."""
    only_slow = config.getoption("--slow")
    reasons = {
        "slow": None if only_slow else "slow; run with --slow",
        "realdata": None if REAL_DATA.is_dir() else f"no real data at {REAL_DATA}",
        "browser": None if CHROMIUM or BROWSER_IS_REQUIRED else NO_BROWSER,
    }
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
    if only_slow:
        fast = [item for item in items if not item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=fast)
        items[:] = [item for item in items if item.get_closest_marker("slow")]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the tests that did not run for want of a browser or of the real data."""
    skipped = terminalreporter.stats.get("skipped", [])
    for title, reason in (("a browser", NO_BROWSER), ("the real data", f"no real data at {REAL_DATA}")):
        names = sorted({report.nodeid for report in skipped if reason in str(report.longrepr)})
        if names:
            terminalreporter.section(f"not run for want of {title}: {len(names)}")
            for name in names:
                terminalreporter.line(name)


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """No test reaches beyond this machine."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"A test tried to reach {address}: tests use loopback and unix sockets only.")
        original(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    yield
    patch.undo()


# ---------------------------------------------------------------- database
@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> Iterator[None]:
    """A migrated database in a PostgreSQL of our own; where DATABASE_URL names a server, pytest-django's way."""
    if os.environ.get("DATABASE_URL"):
        request.getfixturevalue("django_db_setup")
        yield
        return
    try:
        with cluster.running(TEST_STATE) as state:
            ours = {"USER": embedded_postgres.OWNER_ROLE, "NAME": cluster.DATABASE}
            settings.DATABASES["default"].update({**embedded_postgres.database(state), **ours})
            yield
            connections.close_all()
    except cluster.MigrationsFailedError as error:
        pytest.exit(str(error), returncode=4)


@pytest.fixture
def as_app_role(db: None) -> None:
    """The rights of the serving process: rows may be written, tables, triggers and the log may not be changed.

    Ends with the test's transaction, also when a refused statement has spoiled it.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {embedded_postgres.APP_ROLE}")


# ------------------------------------------------------------------- Redis
@pytest.fixture(scope="session")
def redis_state() -> Iterator[Path]:
    """A real Redis server; yields its state folder."""
    with tempfile.TemporaryDirectory(prefix="smo-redis-") as folder:
        state = paths.prepare_state(paths.state_dir(folder))
        server = processes.start(embedded_redis.program(state), state, output=subprocess.DEVNULL)
        embedded_redis.wait_until_ready(state, server)
        yield state
        processes.stop_all([server])


@pytest.fixture
def redis(redis_state: Path) -> Iterator[Any]:
    """A client of the real Redis server, emptied for each test; `smo.services.redis_url(redis_state)` is the broker."""
    from redis import Redis  # the name is this fixture's

    client = Redis.from_url(embedded_redis.redis_url(redis_state).replace("redis+socket://", "unix://").split("?")[0])
    client.flushall()
    yield client
    client.close()


# ----------------------------------------------------------------- browser
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium for pytest-playwright, with the machine's own fonts."""
    if CHROMIUM is None:
        pytest.fail(NO_BROWSER)
    environment = {key: value for key, value in os.environ.items() if key not in {"FONTCONFIG_FILE", "LD_LIBRARY_PATH"}}
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox, "env": environment}


# --------------------------------------------------------------- real data
@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of published data of real organisations; mark such tests `realdata`."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real data at {REAL_DATA}")
    return REAL_DATA
