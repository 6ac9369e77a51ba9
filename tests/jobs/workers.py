"""Real Redis and real workers for tests that kill them: the fixtures `broker` and `start`, and waiting for others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from kombu import pools

from jobs.models import Job, ProducedFile
from smo.celery import app
from smo.services import redis as redis_service

Worker = subprocess.Popen


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something other processes do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s; jobs: {list(Job.objects.values())}"
        time.sleep(0.03)


def states() -> set[str]:
    return set(Job.objects.values_list("state", flat=True))


def database_url() -> str:
    known = connection.settings_dict
    user = f"{known['USER']}:{quote(known['PASSWORD'])}@" if known["PASSWORD"] else f"{known['USER']}@"
    return f"postgres://{user}{quote(known['HOST'], safe='')}:{known['PORT'] or 5432}/{known['NAME']}"


@pytest.fixture
def broker(redis, redis_state) -> Iterator[str]:
    """The portal's Celery app speaks to the tests' own Redis."""
    yield from speaking_to(redis_service.redis_url(redis_state))


def speaking_to(url: str) -> Iterator[str]:
    before = app.conf.broker_url, app.conf.broker_connection_timeout
    app.conf.broker_url = url
    _forget_connections()
    yield url
    app.conf.broker_url, app.conf.broker_connection_timeout = before
    _forget_connections()


def _forget_connections() -> None:
    pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def start(broker, tmp_path) -> Iterator[Callable[[], Worker]]:
    """Starts Celery workers on the tests' database and Redis; kills what is left of them."""
    started: list[Worker] = []
    settings.MEDIA_ROOT = tmp_path / "media"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "SMO_STATE_DIR": str(tmp_path),
        "SMO_SECRET_KEY": "tests",
        "SMO_STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "TEST_MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "smo.settings",
    }

    def start_one(concurrency: int = 1) -> Worker:
        argv = [
            *(sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "smo", "worker", "-Q", "fast,heavy"),
            *("--include", "tests.jobs.worker_tasks"),
            *("--concurrency", str(concurrency), "--loglevel", "ERROR", "-n", f"w{len(started)}-{os.getpid()}@test"),
            *("--without-mingle", "--without-gossip", "--without-heartbeat"),
        ]
        started.append(subprocess.Popen(argv, cwd=settings.BASE_DIR, env=environment, start_new_session=True))
        return started[-1]

    yield start_one
    for worker in started:
        kill(worker)


def kill(worker: Worker) -> None:
    """kill -9 of the worker and its children."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    worker.wait()


def process_at_work(made: Job) -> int:
    """The process that has the job in hands, once it has begun."""
    until(lambda: Job.objects.get(pk=made.pk).step.startswith("process "))
    return int(Job.objects.get(pk=made.pk).step.split()[1])


def media_files() -> list[Path]:
    named = set(ProducedFile.objects.values_list("path", flat=True))
    return [
        path for path in Path(settings.MEDIA_ROOT).rglob("*") if str(path.relative_to(settings.MEDIA_ROOT)) in named
    ]
