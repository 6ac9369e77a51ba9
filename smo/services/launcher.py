"""One command for everything: starts the services in order, keeps them running, stops them in order.

Not imported by settings.py, so Django may be imported here. What it promises, each with a test in tests/smo:
one launcher per state folder; a busy port is refused before anything starts; a killed process comes back with growing
pauses; a killed launcher leaves nobody behind; a second Ctrl-C changes nothing.
"""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smo.services import paths, pdflibs, postgres, processes, redis
from smo.services.logs import Terminal
from smo.services.privileges import ServiceError
from smo.services.processes import BusyError, Child, Program

_STOP_ORDER = (("beat", "web", "fast", "heavy"), ("redis",), ("postgres",))
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LONGEST_PAUSE = 10.0
_STABLE_AFTER = 30.0  # seconds a process must live for its restarts to be forgotten
_READY_WITHIN = 180.0


class StartError(ServiceError):
    """The portal cannot start; the message says why and what to do."""


class AlreadyRunningError(ServiceError):
    """Another launcher holds the state folder."""


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C, or sent SIGTERM, while the portal was starting."""


@dataclass(frozen=True)
class Options:
    """What `manage.py serve` was asked for."""

    root: Path
    state: Path
    port: int = 8000
    own_database: bool = True
    own_redis: bool = True
    everything: bool = False


@dataclass
class _Restart:
    """How often a process has died lately, and when it may start again."""

    deaths: int = 0
    due_at: float = 0.0


@dataclass
class Launcher:
    """Runs the portal's processes in the foreground."""

    options: Options
    started_at: float = field(default_factory=time.monotonic)
    children: dict[str, Child] = field(default_factory=dict)
    restarts: dict[str, _Restart] = field(default_factory=dict)
    stopping: bool = False

    def __post_init__(self) -> None:
        state = paths.prepare_state(self.options.state)
        self.lock = self._only_one(state)
        self.listener = self._listen()
        self.terminal = Terminal(paths.own_folder(state / "log"), everything=self.options.everything)
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    # ------------------------------------------------------------ before anything runs
    def _only_one(self, state: Path) -> int:
        """Hold the state folder for this launcher and note the address for whoever comes second."""
        path = state / "launcher.lock"
        note = path.read_text().strip() if path.exists() else ""
        sentence = (
            f"The portal already runs on {state}{f' ({note})' if note else ''}. "
            "Stop it with Ctrl-C where it runs, or start a second one on a folder of its own: --data DIR --port PORT."
        )
        try:
            return processes.take_lock(path, patience=0, sentence=sentence)
        except BusyError as error:
            raise AlreadyRunningError(str(error)) from None

    def _listen(self) -> socket.socket:
        """The web server's socket, opened here: a busy port is found before anything starts, and a restart of the
        web process refuses nobody."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.options.port))
        except (OSError, OverflowError) as error:
            listener.close()
            raise StartError(
                f"Port {self.options.port} cannot be used ({getattr(error, 'strerror', error)}). "
                f"Stop the program that holds it, or choose another port: --port {self.options.port % 60000 + 1}."
            ) from None
        listener.listen(128)
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, f"process {os.getpid()}, http://127.0.0.1:{listener.getsockname()[1]}".encode(), 0)
        return listener

    @property
    def address(self) -> str:
        """Where the portal is."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self.started_at

    def say(self, text: str) -> None:
        """A line of our own."""
        self.terminal.say("portal", text)

    def _on_signal(self, *_: object) -> None:
        self.stopping = True

    def pause(self, seconds: float) -> None:
        """Sleep while starting; raises when the portal shall stop."""
        time.sleep(seconds)
        if self.stopping:
            raise StopRequestedError

    # ------------------------------------------------------------------------ starting
    def environment(self, **more: str) -> dict[str, str]:
        """The environment of our Python processes."""
        unpacked = pdflibs.environment(self.options.root)
        state = self.options.state
        ours = {"SMO_STATE_DIR": str(state), "XDG_CACHE_HOME": str(state / "cache"), "PYTHONUNBUFFERED": "1"}
        return {"SMO_SITE_URL": self.address, **os.environ, **ours, **unpacked, **more}

    def _spawn(self, program: Program) -> Child:
        child = processes.start(program, self.options.state)
        if child.process.stdout is not None:
            quiet = program.name in ("postgres", "redis")
            self.terminal.follow(program.name, child.process.stdout, quiet=quiet)
        self.children[program.name] = child
        return child

    def start_services(self) -> None:
        """PostgreSQL with its roles, then Redis; each only if no address of another server was given."""
        state = self.options.state
        if self.options.own_database:
            if not (state / "postgres").exists():
                self.say("making the database")
            server = self._spawn(postgres.program(state))
            postgres.wait_until_ready(state, server, pause=self.pause)
            postgres.provision(state)
        if self.options.own_redis:
            redis.wait_until_ready(state, self._spawn(redis.program(state)), pause=self.pause)
        self.say(f"services ready after {self.seconds():.1f} s")

    def run_once(self, name: str, arguments: Sequence[str], **environment: str) -> None:
        """A `manage.py` command, waited for; fails with its last words in the log."""
        argv = (sys.executable, str(self.options.root / "manage.py"), *arguments)
        program = Program(name, argv, self.environment(**environment), folder=self.options.root)
        child = self._spawn(program)
        try:
            while child.exit_code is None:
                self.pause(0.05)
        finally:
            processes.stop_all([child])
            del self.children[name]
        if child.exit_code != 0:
            raise StartError(
                f"`manage.py {' '.join(arguments)}` failed with code {child.exit_code}; what it said is above and in "
                f"{self.terminal.folder / name}.log."
            )

    def web(self) -> Program:
        """gunicorn on the socket opened here."""
        shared_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its heartbeat file there with mkstemp
        heartbeat = shared_memory if os.access(shared_memory, os.W_OK) else self.options.state
        argv = (
            *(sys.executable, "-m", "gunicorn", "smo.wsgi:application", "--bind", f"fd://{self.listener.fileno()}"),
            *("--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "20", "--preload"),
            *("--no-control-socket", "--worker-tmp-dir", str(heartbeat), "--log-level", "warning"),
        )
        environment = self.environment(DJANGO_SETTINGS_MODULE="smo.settings")
        return Program("web", argv, environment, grace=25, folder=self.options.root, pass_fds=(self.listener.fileno(),))

    def _celery(self, name: str, *arguments: str, insist: signal.Signals = signal.SIGTERM) -> Program:
        calm = ("-W", "ignore:You're running the worker with superuser privileges")
        argv = (sys.executable, *calm, "-m", "celery", "--quiet", "-A", "smo", *arguments, "--loglevel", "WARNING")
        environment = self.environment(DJANGO_SETTINGS_MODULE="smo.settings")
        return Program(name, argv, environment, grace=30, insist=insist, folder=self.options.root)

    def worker(self, queue: str, concurrency: int) -> Program:
        """A Celery worker for one queue: two processes, so that a long PDF or a killed one never holds up the short
        work. When the launcher was killed the worker drops its task, which is handed out again."""
        name = ("worker", "-Q", queue, "-n", f"{queue}@%h", "--concurrency", str(concurrency))
        return self._celery(
            queue, *name, "--without-mingle", "--without-gossip", "--without-heartbeat", insist=signal.SIGQUIT
        )

    def beat(self) -> Program:
        """Celery's clock."""
        schedule = paths.own_folder(self.options.state / "beat") / "schedule"
        return self._celery("beat", "beat", "--schedule", str(schedule), "--pidfile=")

    def start_portal(self) -> None:
        """Web, both workers and beat."""
        for program in (self.web(), self.worker("fast", 2), self.worker("heavy", 1), self.beat()):
            self._spawn(program)

    def wait_until_ready(self) -> None:
        """Wait for the answer of /healthz; a process that ends meanwhile ends the start."""
        until = time.monotonic() + _READY_WITHIN
        while not self._answers():
            for name, child in self.children.items():
                if child.exit_code is not None:
                    raise StartError(
                        f"{name} ended with code {child.exit_code} while starting; what it said is above and in "
                        f"{self.terminal.folder / name}.log."
                    )
            if time.monotonic() > until:
                raise StartError(f"{self.address}/healthz did not answer 200 within {_READY_WITHIN:.0f} s.")
            self.pause(0.1)

    def _answers(self) -> bool:
        host, port = self.listener.getsockname()
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    # ------------------------------------------------------------------------- running
    def supervise(self) -> None:
        """Until somebody asks to stop: bring back what dies, with growing pauses."""
        while not self.stopping:
            for name, child in list(self.children.items()):
                if child.exit_code is not None:
                    self._bring_back(name, child)
            time.sleep(0.1)

    def _bring_back(self, name: str, child: Child) -> None:
        now = time.monotonic()
        restart = self.restarts.setdefault(name, _Restart())
        if not restart.due_at:
            lived = now - child.started_at
            restart.deaths = 1 if lived > _STABLE_AFTER else restart.deaths + 1
            pause = min(0.2 * 2 ** (restart.deaths - 1), _LONGEST_PAUSE)
            restart.due_at = now + pause
            self.say(f"{name} ended with code {child.exit_code}; starting it again in {pause:.1f} s")
            child.sweep()
        elif now >= restart.due_at:
            restart.due_at = 0.0
            try:
                self._spawn(child.program)
            except (OSError, ServiceError) as error:
                restart.due_at = now + _LONGEST_PAUSE
                self.say(f"{name} cannot start: {error}")

    # ------------------------------------------------------------------------ stopping
    def stop(self) -> None:
        """End everything: first who serves people, then Redis, then PostgreSQL. Further signals change nothing."""
        self.stopping = True
        begun = time.monotonic()
        self.say("stopping")
        self.listener.close()
        once = tuple(name for name in self.children if not any(name in group for group in _STOP_ORDER))
        for group in (once, *_STOP_ORDER):
            members = [self.children[name] for name in group if name in self.children]
            for name in processes.stop_all(members):
                self.say(f"{name} did not end in time and was killed")
        # Python gives its own handlers back when it ends, but not what is ignored.
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.say(f"stopped after {time.monotonic() - begun:.1f} s")

    def run(self, steps: Sequence[Callable[[], None]], *, until_stopped: bool = True) -> None:
        """Start in these steps, run until asked to stop, and stop, whatever happens in between."""
        try:
            for step in steps:
                step()
                self.pause(0)
            if until_stopped:
                self.supervise()
        except StopRequestedError:
            pass
        finally:
            self.stop()
