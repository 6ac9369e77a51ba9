"""Progress that others see while the work's own transaction is still open, and proof that somebody works.

The work of a job runs in a transaction nobody can look into until it commits. So progress goes over a second
connection to the database, which commits each statement by itself. The same connection holds a lock with the job's
number: PostgreSQL lets go of it in the moment the process dies, however it dies, so that "is it still being worked on"
has an exact answer and nobody has to wait for a clock. A thread writes a sign of life between the steps.

Where a caller is in a transaction already when the job starts (a test, a command), there is no second connection and
everything is written in that transaction.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from jobs.models import Job

HEARTBEAT_SECONDS = 5.0
SHORTEST_PAUSE = 0.5
"""Progress is written at most this often, so a loop may report every row."""
LONGEST_TRAIL = 20

log = logging.getLogger(__name__)

_PROGRESS = """
UPDATE jobs_job SET steps_done = %(done)s, steps_total = coalesce(%(total)s, steps_total), step = coalesce(%(step)s, step),
  trail = CASE WHEN coalesce(%(step)s, step) = step OR jsonb_array_length(trail) >= %(longest)s THEN trail
          ELSE trail || to_jsonb(%(step)s::text) END,
  heartbeat_at = clock_timestamp()
WHERE id = %(job)s AND state = 'running' AND attempts = %(attempt)s RETURNING is_cancel_asked
"""
_SIGN_OF_LIFE = """
UPDATE jobs_job SET heartbeat_at = clock_timestamp()
WHERE id = %s AND state = 'running' AND attempts = %s RETURNING is_cancel_asked
"""


class Cancelled(Exception):  # noqa: N818 - an order, not an error
    """The person asked to stop. Raised out of `advance`; the worker undoes the work and ends the job."""

    def __init__(self) -> None:
        super().__init__(_("This was stopped before it was finished."))


class Superseded(Exception):  # noqa: N818
    """The job has ended or is another worker's by now; what this one did must not count."""


class Watch:
    """The second connection of one running job. One at a time per thread of work."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.attempt = 0
        self.is_cancel_asked = False
        self._shared = connection.in_atomic_block
        self._connection: Any = connection if self._shared else connection.copy()
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._last = 0.0
        self._step = ""

    def take(self) -> bool:
        """Take the job's lock; False if another worker holds it."""
        if self._shared:
            return True
        taken = self._run("SELECT pg_try_advisory_lock(hashtextextended('job ' || %s::text, 0))", [self.job_id])
        return bool(taken and taken[0])

    def start(self, attempt: int) -> None:
        """Begin to give signs of life for this attempt."""
        self.attempt = attempt
        if not self._shared:
            self._connection.inc_thread_sharing()
            self._thread = threading.Thread(target=self._live, name=f"job-{self.job_id}", daemon=True)
            self._thread.start()

    def report(self, done: int, total: int | None, step: str | None) -> None:
        """Write progress, unless some was written just now and neither a step nor the end is reached."""
        if self.is_cancel_asked:
            raise Cancelled
        is_news = (step is not None and step != self._step) or done == total
        if not is_news and time.monotonic() - self._last < SHORTEST_PAUSE:
            return
        self._last, self._step = time.monotonic(), step or self._step
        progress = {"done": done, "total": total, "step": step, "longest": LONGEST_TRAIL}
        self._heed(self._run(_PROGRESS, {**progress, "job": self.job_id, "attempt": self.attempt}))
        if self.is_cancel_asked:
            raise Cancelled

    def close(self) -> None:
        """End the signs of life and let go of the lock."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if not self._shared:
            self._connection.close()

    def _live(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            try:
                self._heed(self._run(_SIGN_OF_LIFE, [self.job_id, self.attempt]))
            except Superseded:
                return
            except DatabaseError:
                log.warning("job %s gives no more signs of life", self.job_id, exc_info=True)
                return

    def _heed(self, row: tuple[Any, ...] | None) -> None:
        if row is None:
            raise Superseded
        self.is_cancel_asked = bool(row[0])

    def _run(self, statement: str, parameters: list[Any] | dict[str, Any]) -> tuple[Any, ...] | None:
        with self._turn, self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching(job_id: int) -> Iterator[Watch]:
    """The watch of a job for as long as a worker has it in hands."""
    watch = Watch(job_id)
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)
        watch.close()


def advance(job: Job | None, done: int, total: int | None = None, step: str | None = None) -> None:
    """Say how far the work is: `done` of `total` parts, and in plain words what is done now. Seen by others at once.

    Call it as often as you like, with other words only where something else begins: they are listed as steps. Raises
    Cancelled if the person has asked to stop: let it pass. Without a job, or outside a worker, nothing happens.
    """
    watch = _watch.get()
    if job is not None and watch is not None and watch.job_id == job.pk:
        watch.report(done, total, None if step is None else str(step)[:200])
