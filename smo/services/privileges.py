"""Running a program with fewer rights, and never as an orphan.

PostgreSQL refuses to run as root, and Redis should not. Three modes:

plain      we are an ordinary user: programs run as we do.
namespace  we are root (or a user id without a name, as in some containers) and may make a user namespace: the program
           sees itself as an ordinary account while its files stay ours. No account, no change of owner.
account    we are root where namespaces are forbidden (most containers): the program runs as `nobody`.

The file is also a program by itself, `python -I -S privileges.py MODE SIGNAL PARENT -- ARGV`: it drops the rights, asks
the kernel to send SIGNAL when PARENT dies, and becomes ARGV. That replaces `preexec_fn`, which is unsafe in a process
that has threads. Hence nothing but the standard library, and no import of ours.
"""

import ctypes
import enum
import functools
import os
import pwd
import subprocess
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_OVERFLOW_UID = 65534
# The inner name must not be `nobody`: every user id unknown in the namespace is shown as that one, and PostgreSQL
# would take a stranger on its socket for us.
_STAND_INS = ("daemon", "bin", "mail", "www-data", "nobody")


class Mode(enum.StrEnum):
    """How an embedded server is kept from running as root."""

    PLAIN = "plain"
    NAMESPACE = "namespace"
    ACCOUNT = "account"


class ServiceError(RuntimeError):
    """An embedded service cannot be used; the message is a sentence for the person who starts the portal."""


class NoUnprivilegedAccountError(ServiceError):
    """There is no way to run the embedded servers without root's rights."""


def _stand_in() -> pwd.struct_passwd:
    """The account a program in our namespace takes itself for."""
    accounts = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in _STAND_INS:
        if name in accounts:
            return accounts[name]
    raise NoUnprivilegedAccountError(
        "The embedded servers need an unprivileged account such as `daemon` in /etc/passwd. "
        "Start as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _enter_namespace() -> None:
    """Make a user namespace in which our user id is that of the stand-in."""
    libc = ctypes.CDLL(None, use_errno=True)
    inner, uid, gid = _stand_in(), os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not permitted")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inner.pw_gid} {gid} 1")


@functools.cache
def mode() -> Mode:
    """The mode in which this process starts PostgreSQL and Redis."""
    is_root = os.geteuid() == 0
    if not is_root and _has_name(os.geteuid()):
        return Mode.PLAIN
    trial = [sys.executable, "-I", "-S", __file__, Mode.NAMESPACE, "0", "0", "--", "true"]
    answer = subprocess.run(trial, check=False, capture_output=True, env={"PATH": os.defpath})  # noqa: S603 - ourselves
    if answer.returncode == 0:
        return Mode.NAMESPACE
    if is_root:
        return Mode.ACCOUNT
    raise NoUnprivilegedAccountError(
        f"User id {os.geteuid()} has no name on this system, and PostgreSQL needs one. "
        "Start as a user listed in /etc/passwd, or set DATABASE_URL and REDIS_URL."
    )


def service_ids() -> tuple[int, int]:
    """User and group id which own the files of the embedded servers."""
    if mode() is Mode.ACCOUNT:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid
    return os.geteuid(), os.getegid()


def owners() -> set[int]:
    """User ids that may own our folders: ourselves and, for root, the account of an earlier start in another mode."""
    return {os.geteuid(), pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {os.geteuid()}


def client_name() -> str:
    """The name under which PostgreSQL sees us at the other end of its socket."""
    if mode() is Mode.NAMESPACE:
        return _stand_in().pw_name
    return pwd.getpwuid(os.geteuid()).pw_name


def wrapped(argv: list[str], *, drop: bool, death_signal: int) -> list[str]:
    """The command line which runs `argv`, without root's rights if `drop`, until this process dies."""
    chosen = mode() if drop else Mode.PLAIN
    return [sys.executable, "-I", "-S", __file__, chosen, str(death_signal), str(os.getpid()), "--", *argv]


def give(path: Path) -> None:
    """Make the embedded servers' user the owner of `path` and of all below it, where that is not so."""
    uid, gid = service_ids()
    if os.geteuid() != 0 or path.lstat().st_uid == uid:
        return
    for folder, _, names in os.walk(path):
        for name in names:
            os.lchown(Path(folder, name), uid, gid)
        os.lchown(folder, uid, gid)


def _drop_to_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def _become(chosen: str, death_signal: int, parent: int, argv: list[str]) -> None:
    """Drop the rights, bind our life to the parent's, and turn into the program."""
    if chosen == Mode.NAMESPACE:
        _enter_namespace()
    elif chosen == Mode.ACCOUNT:
        _drop_to_nobody()
    if death_signal and sys.platform == "linux":
        # After the change of user: the kernel forgets the request when the ids change.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(f"{argv[0]}: the launcher is gone")
    os.execvp(argv[0], argv)  # noqa: S606 - becoming the program is the purpose


if __name__ == "__main__":
    _become(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[5:])
