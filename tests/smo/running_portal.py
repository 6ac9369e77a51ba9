"""A portal of its own for a test: `manage.py serve` on a scratch folder and a free port."""

import http.client
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from smo.services import paths

ROOT = Path(__file__).resolve().parent.parent.parent
MARKS = {
    "postgres": "bin/postgres",
    "redis": "-server",
    "web": "gunicorn",
    "fast": "-Q fast",
    "heavy": "-Q heavy",
    "beat": "smo beat",
}


def children(pid: int) -> list[int]:
    """Process ids of the direct children."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid: int) -> set[int]:
    """Process ids of children, their children, and so on."""
    return {found for child in children(pid) for found in {child, *descendants(child)}}


def command_line(pid: int) -> str:
    """The command line; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(condition: object, seconds: float) -> bool:
    """Wait for a condition; whether it came true."""
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Portal:
    """A running `manage.py serve`."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0, **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("SMO_", "DATABASE_", "REDIS_"))}
        self.folder = folder
        self.state = paths.state_dir(folder)
        self.lines: list[str] = []
        self.fresh: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--data", str(folder), "--port", str(port), *arguments],
            cwd=ROOT,
            env={**clean, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self.fresh.put(line)
        self.fresh.put(None)

    @property
    def said(self) -> str:
        """All that was printed."""
        return "".join(self.lines)

    def until(self, text: str, seconds: float = 90) -> str:
        """Wait for a line with this text."""
        until = time.monotonic() + seconds
        while (line := self.fresh.get(timeout=max(0.1, until - time.monotonic()))) is not None:
            if text in line:
                return line
        raise AssertionError(f"ended without saying {text!r}:\n{self.said}")

    def ready(self) -> "Portal":
        """Wait for READY and for both workers to take work."""
        line = self.until("READY")
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found is not None
        self.port = int(found[1])
        return self

    def health(self) -> int:
        """Status of /healthz; 0 without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def find(self, name: str) -> int | None:
        """Process id of one of our processes."""
        found = [pid for pid in children(self.process.pid) if MARKS[name] in command_line(pid)]
        return found[0] if found else None

    def kill(self, name: str) -> int:
        """SIGKILL to one of our processes."""
        pid = self.find(name)
        assert pid is not None, f"{name} does not run:\n{self.said}"
        os.kill(pid, signal.SIGKILL)
        return pid

    def end(self, number: signal.Signals = signal.SIGINT, seconds: float = 60) -> int:
        """Ask it to stop and wait; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)
