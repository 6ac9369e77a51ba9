"""Where the portal keeps its state, its sockets and its secret."""

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from smo.services import privileges
from smo.services.privileges import Mode, ServiceError

# sockaddr_un holds 107 bytes and a zero; this is the longest socket name in the folder.
_SOCKET_ROOM = 107 - len("/.s.PGSQL.5432")


class UnsafeFolderError(ServiceError):
    """A folder for sockets or state is not ours alone."""


def _walkable(folder: Path, uid: int) -> bool:
    """Whether a process of that user id, in no special group, may walk through the folder."""
    info = folder.stat()
    return bool(info.st_mode & stat.S_IXOTH or (info.st_uid == uid and info.st_mode & stat.S_IXUSR))


def reachable(path: Path) -> bool:
    """Whether the embedded servers, without root's rights, can walk to `path`."""
    above = [parent for parent in path.parents if parent.exists()]
    if os.geteuid() != 0 or all(parent.stat().st_mode & stat.S_IXOTH for parent in above):
        return True
    uid, _ = privileges.service_ids()
    return all(_walkable(parent, uid) for parent in above)


def _elsewhere(path: Path, kind: str) -> Path:
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return Path("/var/tmp") / f"smo-{kind}-{digest}"  # noqa: S108 - checked by own_folder


def state_dir(path: Path | str) -> Path:
    """The folder that holds everything the portal keeps, made from what was asked for.

    Only root gets another answer than his own path: where the servers, without root's rights, cannot walk to it
    (a checkout in a home closed to others), the state stands in /var/tmp.
    """
    asked = Path(path).expanduser().resolve()
    return asked if reachable(asked) else _elsewhere(asked, "state")


def own_folder(path: Path, mode: int = 0o700) -> Path:
    """Make the folder, or refuse one that someone else could write to or owns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        info = path.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in privileges.owners():
            raise UnsafeFolderError(
                f"{path} belongs to another user or is not a folder. Remove it, or choose another place with --data."
            ) from None
    path.chmod(mode)
    return path


def prepare_state(state: Path) -> Path:
    """Make the state folder: closed, or only walkable where the servers run under another account."""
    return own_folder(state, 0o711 if privileges.mode() is Mode.ACCOUNT else 0o700)


def service_folder(path: Path) -> Path:
    """A folder that only the embedded servers (and root) can enter."""
    own_folder(path)
    privileges.give(path)
    return path


def write_for_service(path: Path, text: str) -> None:
    """A file the embedded servers read, in a folder they own: as root we follow no link they may have put there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o644), "w") as file:
        os.fchmod(file.fileno(), 0o644)  # whatever our umask is; the folder is private
        file.write(text)


def _is_private(folder: Path) -> bool:
    try:
        info = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid in privileges.owners() and not info.st_mode & 0o077


def _write_once(path: Path, text: str) -> str:
    """Write a file only we can read, unless another process was faster; what it holds in the end."""
    descriptor, fresh = tempfile.mkstemp(prefix=".", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(fresh, path)  # unlike rename, fails when the file is there
    except FileExistsError:
        pass
    finally:
        Path(fresh).unlink()
    return path.read_text().strip()


def _short_folder(state: Path) -> Path:
    """A private folder with a short name for a state folder with a long one, remembered in `run.path`.

    The name is random, so nobody can occupy it beforehand, and remembered, so that every process finds the same one
    whatever its environment says. Not in XDG_RUNTIME_DIR: that is emptied when its user signs out.
    """
    pointer = state / "run.path"
    try:
        known = Path(pointer.read_text().strip())
    except OSError:
        known = None
    if known is not None and _is_private(known):
        return known
    prepare_state(state)
    if known is not None:
        pointer.unlink(missing_ok=True)
    made = tempfile.mkdtemp(prefix="smo-", dir="/tmp")  # noqa: S108 - made by mkdtemp
    chosen = _write_once(pointer, made)
    if chosen != made:
        Path(made).rmdir()
    return Path(chosen)


def run_dir(state: Path) -> Path:
    """The folder of the unix sockets: `run` in the state folder, or a short one where that name is too long."""
    near = state / "run"
    return near if len(os.fsencode(near)) <= _SOCKET_ROOM else _short_folder(state)


def reachable_copy(tree: Path, keep: list[str]) -> Path:
    """`tree`, or a copy in /var/tmp of the named parts of it where the servers cannot walk to the original.

    The parts keep their places to each other: binaries find their libraries by relative paths.
    """
    if reachable(tree / keep[0] / "x"):
        return tree
    newest = max(int((tree / part).stat().st_mtime) for part in keep)
    copy = _elsewhere(tree / f"{newest}-{'-'.join(keep)}", "bin")
    if copy.exists():
        return own_folder(copy, 0o755)
    fresh = own_folder(copy.with_name(f"{copy.name}.{os.getpid()}"), 0o755)
    for part in keep:
        shutil.copytree(tree / part, fresh / part, ignore=shutil.ignore_patterns("*.a", "include", "*.py"))
    fresh.rename(copy)
    return copy


def secret_key(state: Path) -> str:
    """The signing key: made once, kept in a file that only its owner reads."""
    path = state / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        prepare_state(state)
        return _write_once(path, secrets.token_urlsafe(50))
