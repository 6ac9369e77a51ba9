"""What the processes say: every line to a file of their own, and to the terminal with their name before it."""

import io
import sys
import threading
from pathlib import Path
from typing import IO

_LIMIT = 5_000_000
_OLD_FILES = 3
_COLOURS = {"web": 32, "fast": 33, "heavy": 33, "beat": 36, "postgres": 34, "redis": 35, "portal": 1}
_ALARMS = (b"WARNING", b"ERROR", b"FATAL", b"PANIC", b"CRITICAL", b"# ")
_HARMLESS = (b"Memory overcommit must be enabled", b"ready to exit", b"starting up", b"shutting down", b"administrator")


class RotatingFile:
    """A log file which starts anew when it is full, keeping a few old ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("ab", buffering=0)
        self.size = self.file.tell()

    def write(self, line: bytes) -> None:
        if self.size > _LIMIT:
            self._rotate()
        self.file.write(line)
        self.size += len(line)

    def _rotate(self) -> None:
        self.file.close()
        for number in range(_OLD_FILES - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.rename(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.rename(self.path.with_name(f"{self.path.name}.1"))
        self.file = self.path.open("ab", buffering=0)
        self.size = 0


class Terminal:
    """Lines of many processes on one terminal, never mixed; a closed terminal is no error."""

    def __init__(self, folder: Path, *, everything: bool = False) -> None:
        self.folder = folder
        self.everything = everything
        self.files: dict[str, RotatingFile] = {}
        self.lock = threading.Lock()
        self.coloured = sys.stdout.isatty()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # names may not fit the terminal's encoding

    def say(self, name: str, text: str) -> None:
        """A line of the launcher itself."""
        for line in text.splitlines():
            self._write(name, f"{line}\n".encode(), show=True)

    def follow(self, name: str, output: IO[bytes], *, quiet: bool) -> None:
        """Copy the lines of a process until it ends; `quiet` shows only its alarms."""
        reader = threading.Thread(target=self._copy, args=(name, output, quiet), name=f"log-{name}", daemon=True)
        reader.start()

    def _copy(self, name: str, output: IO[bytes], quiet: bool) -> None:
        with output:
            for line in output:
                alarming = any(word in line for word in _ALARMS) and not any(word in line for word in _HARMLESS)
                self._write(name, line, show=self.everything or not quiet or alarming)

    def _write(self, name: str, line: bytes, *, show: bool) -> None:
        with self.lock:
            if name not in self.files:
                self.files[name] = RotatingFile(self.folder / f"{name}.log")
            try:
                self.files[name].write(line)
                if show:
                    self._show(name, line)
            except OSError:
                pass  # a full disk or a closed terminal must not stop the portal

    def _show(self, name: str, line: bytes) -> None:
        prefix = f"{name:<8} | "
        if self.coloured:
            prefix = f"\033[{_COLOURS.get(name, 0)}m{prefix}\033[0m"
        sys.stdout.write(prefix + line.decode("utf-8", "replace").rstrip("\n") + "\n")
        sys.stdout.flush()
