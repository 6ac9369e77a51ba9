"""Keeping a file: whole or not at all, under a name nobody can guess, with the name its sender gave it made harmless."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def tame_name(name: str) -> str:
    """A file's name without folders and without what headers are made of; at most 200 characters, "file" if nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(" " if sign in ':*?"<>|' or not sign.isprintable() else sign for sign in last)
    return " ".join(plain.split()).lstrip(".")[-200:].strip() or "file"


def secret_path(folder: str, suffix: str) -> str:
    """A path below the media folder that nobody can guess: "attachments/3f/9a…c1.pdf"."""
    secret = secrets.token_hex(16)
    return f"{folder}/{secret[:2]}/{secret[2:]}{suffix}"


def write_whole(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write beside, flush to the disk, then rename: a reader finds the whole file or none. Gives size and SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.part")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size, digest.hexdigest()
