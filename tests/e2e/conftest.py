"""The portal with its demo organisation, served by gunicorn from a database of its own, for a browser to walk through."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from smo.demo.organization import ACCOUNTS, PASSWORD, PEOPLE
from smo.services import paths
from tests import cluster
from tests.conftest import ROOT, TEST_STATE

ADDRESSES = {person.key: person.email for person in PEOPLE}
SIGN_INS = {str(role): ADDRESSES[key] for role, key in ACCOUNTS}
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Site:
    """Where the portal answers, and where it keeps its things."""

    address: str
    state: Path
    environment: dict[str, str]


def _manage(environment: dict[str, str], *arguments: str) -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"manage.py {arguments[0]} said:\n{answer.stdout[-3000:]}{answer.stderr[-3000:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(200):
        assert server.poll() is None, "gunicorn ended at once"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    pytest.fail("the portal did not answer within 20 seconds")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo organisation, loaded once for all browser tests of this process."""
    with cluster.running(TEST_STATE, "site") as state:
        port = _free_port()
        folder = quote(str(paths.run_dir(state)), safe="")
        environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "DATABASE_URL": f"postgres://smo_app@{folder}/{cluster.DATABASE}",
            "SMO_STATE_DIR": str(state),
            "SMO_STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "SMO_SITE_URL": f"http://127.0.0.1:{port}",
        }
        _manage(environment, "collectstatic", "--noinput", "-v0")
        _manage(environment, "load_demo")
        command = [sys.executable, "-m", "gunicorn", "smo.wsgi", "-w", "1", "--threads", "4", "--no-control-socket"]
        with (state / "web.log").open("ab") as log:
            server = subprocess.Popen(
                [*command, "-b", f"127.0.0.1:{port}"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            _wait(f"http://127.0.0.1:{port}", server)
            yield Site(f"http://127.0.0.1:{port}", state, environment)
        finally:
            server.terminate()
            server.wait(20)


def sign_in(page: Page, site: Site, role: str) -> None:
    """Through the form, as people do."""
    page.goto(f"{site.address}/sign-in/")
    page.fill("input[name=login]", SIGN_INS[role])
    page.fill("input[name=password]", PASSWORD)
    page.click("form button[type=submit], form button.btn-primary")
    page.wait_for_url(f"{site.address}/")


@pytest.fixture(scope="session")
def signed_in(site: Site, browser: Browser) -> Iterator[Callable[[str], dict[str, object]]]:
    """The cookies of a signed-in person per role, asked for once."""
    kept: dict[str, dict[str, object]] = {}

    def state(role: str) -> dict[str, object]:
        if role not in kept:
            context = browser.new_context()
            page = context.new_page()
            sign_in(page, site, role)
            kept[role] = dict(context.storage_state())
            context.close()
        return kept[role]

    yield state


@pytest.fixture
def open_as(
    site: Site, browser: Browser, signed_in: Callable[[str], dict[str, object]]
) -> Iterator[Callable[..., Page]]:
    """`open_as(role, size="desktop", theme="light")`: a page of a browser where that person is signed in."""
    contexts: list[BrowserContext] = []

    def opened(role: str, size: str = "desktop", theme: str = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, storage_state=signed_in(role))
        context.add_cookies([{"name": "theme", "value": theme, "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield opened
    for context in contexts:
        context.close()
