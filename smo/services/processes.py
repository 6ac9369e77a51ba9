"""Child processes that can neither be lost nor run twice.

Every child is the leader of its own session (Ctrl-C reaches only the launcher, which stops things in order), gets a
signal when the launcher dies, and inherits a lock: as long as the process or one of its own children lives, the lock is
held, so the next start waits for the last remnant of the previous one, even after kill -9.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from smo.services import privileges
from smo.services.privileges import ServiceError

_PATIENCE = 30.0  # seconds to wait for the remnants of an earlier process
_INSISTING = 5.0  # seconds between the second request to end and SIGKILL


class BusyError(ServiceError):
    """Another process still holds what we need."""


@dataclass(frozen=True)
class Program:
    """What to start and how to stop it.

    `stop` asks it to end in good order, for which it has `grace` seconds; `insist` is sent when it has not, and also
    when the launcher was killed and nobody is left to wait.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    stop: signal.Signals = signal.SIGTERM
    insist: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    unprivileged: bool = False
    folder: Path | None = None
    pass_fds: tuple[int, ...] = ()
    prepare: Callable[[], None] = lambda: None  # before each start, when no remnant of an earlier one lives


def take_lock(path: Path, *, patience: float, sentence: str) -> int:
    """Lock the file and return its descriptor; after `patience` seconds raise BusyError with the sentence."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise BusyError(sentence) from None
            time.sleep(0.05)
        else:
            return descriptor


class Child:
    """A running Program."""

    def __init__(self, program: Program, process: "subprocess.Popen[bytes]", lock: Path) -> None:
        self.program = program
        self.process = process
        self.lock = lock
        self.started_at = time.monotonic()

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self.process.poll()

    def wait(self, seconds: float) -> bool:
        """Wait; whether it has ended."""
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def sweep(self) -> None:
        """End what is left of its process group, once the child itself has ended or must."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _end_holders(path: Path) -> None:
    """Kill what still has the lock file open: remnants of an earlier launcher, for the present one lets nobody else in."""
    for opened in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if opened.readlink() == path:
                os.kill(int(opened.parts[2]), signal.SIGKILL)


def start(program: Program, locks: Path, *, output: int | IO[bytes] = subprocess.PIPE) -> Child:
    """Start the program once the remnants of an earlier one are gone. Call from a thread that outlives the child."""
    path = locks / f"{program.name}.lock"
    sentence = (
        f"An earlier {program.name} process of this portal has not ended. "
        f"Wait a little and start again; `fuser {path}` shows the process."
    )
    try:
        held = take_lock(path, patience=_PATIENCE / 2, sentence=sentence)
    except BusyError:
        # A database ends in its own time; of the others nothing is lost (their work is handed out again).
        if not program.unprivileged:
            _end_holders(path)
        held = take_lock(path, patience=_PATIENCE / 2, sentence=sentence)
    try:
        program.prepare()
        process = subprocess.Popen(  # noqa: S603 - our own programs
            privileges.wrapped(list(program.argv), drop=program.unprivileged, death_signal=program.insist),
            env=dict(program.env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=program.folder,
            start_new_session=True,
            pass_fds=(held, *program.pass_fds),
        )
    finally:
        os.close(held)
    return Child(program, process, path)


def stop_all(children: Iterable[Child]) -> list[str]:
    """Stop these together, each within its grace; the names of those which had to be killed."""
    running = [child for child in children if child.exit_code is None]
    begun = time.monotonic()
    for child in running:
        child.process.send_signal(child.program.stop)
    late = [child for child in running if not child.wait(child.program.grace - (time.monotonic() - begun))]
    for child in late:
        child.process.send_signal(child.program.insist)
    killed = [child.name for child in late if not child.wait(_INSISTING)]
    for child in running:
        child.sweep()
    return killed


def server_environment() -> dict[str, str]:
    """The environment of PostgreSQL and Redis: no locale that may be missing here, nothing meant for their clients."""
    unwanted = ("PG", "LC_", "LANG", "LD_", "PYTHON", "DJANGO_", "SMO_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
