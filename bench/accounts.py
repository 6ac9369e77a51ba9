"""What work costs: processor time of process trees, read from the kernel's own accounting, and latencies."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
            except (OSError, ValueError):
                continue
    return found


def cpu_seconds(roots: Sequence[int]) -> float:
    """Processor seconds of the processes, of everything below them, and of children that have ended."""
    below = _children()
    waiting, total = list(roots), 0
    while waiting:
        pid = waiting.pop()
        try:
            fields = _stat(pid)
        except OSError:
            continue
        total += sum(int(number) for number in fields[11:15])
        waiting += below.get(pid, [])
    return total / TICKS


def resident_megabytes(pid: int) -> float:
    """The largest memory a process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


@dataclass
class Answers:
    """What came back: seconds of each request, and every status that was not the one wanted."""

    seconds: list[float] = field(default_factory=list)
    odd: list[int] = field(default_factory=list)
    size: int = 0

    def at(self, share: float) -> float:
        """The latency that this share of requests stays under, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Request:
    """One request to repeat; `body` gets the number of the repeat, so that each writes something new."""

    path: str
    method: str = "GET"
    body: Callable[[int], bytes] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    wanted: tuple[int, ...] = (200,)


def ask(port: int, request: Request, number: int, cookies: str, answers: Answers) -> None:
    """One request on a connection of its own, as sync workers serve them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    begun = time.perf_counter()
    connection.request(
        request.method,
        request.path,
        request.body(number) if request.body else None,
        {"Cookie": cookies, **dict(request.headers)},
    )
    answer = connection.getresponse()
    answers.size = len(answer.read())
    answers.seconds.append(time.perf_counter() - begun)
    if answer.status not in request.wanted:
        answers.odd.append(answer.status)
    connection.close()


def sequence(port: int, request: Request, repeats: int, cookies: str, *, first: int = 0) -> Answers:
    """One client, one request after the other."""
    answers = Answers()
    for number in range(first, first + repeats):
        ask(port, request, number, cookies, answers)
    return answers


def together(port: int, request: Request, repeats: int, cookies: str, clients: int) -> Answers:
    """Several clients at once."""
    answers = Answers()
    threads = [
        threading.Thread(target=lambda start=start: answers.seconds.extend(  # type: ignore[misc]
            sequence(port, request, repeats, cookies, first=start * repeats).seconds))
        for start in range(clients)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
