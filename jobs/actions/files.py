"""Keeping what a job made: one file per key, whole or not at all, under a name nobody can guess."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from jobs.models import Job, ProducedFile
from organization.models import Subject

FOLDER = "produced"


def keep_file(
    job: Job,
    content: bytes | Iterable[bytes],
    *,
    name: str,
    media_type: str,
    as_of: datetime,
    subject: Subject | None = None,
    content_hash: str = "",
    key: str = "",
    reader_key: str = "",
    is_owned: bool = True,
    rights: dict[str, list[int]] | None = None,
) -> ProducedFile:
    """Store the bytes (or a stream of them) for download and give the row.

    `key` names what the file is; a second call with it gives the file that is there, so a job that runs twice makes
    one. Without a key the job itself is the key: one file per job. `name` is what the person's computer will call it.
    `as_of` is the moment the content speaks of; `content_hash` is the report's, not the file's. With `reader_key`
    (`actor.reader_key`) others with exactly the same rights may download it too, if they may see `subject`. Without
    `is_owned` only they may: the file was made with other rights than those of the job's person. `rights`
    (`actor.rights`) are those it was made with: the job's person opens it as long as all of them are held.
    """
    key = key or f"job:{job.pk}"
    kept = ProducedFile.objects.filter(key=key).first()
    if kept is not None:
        return kept
    path = f"{FOLDER}/{as_of:%Y/%m}/{secrets.token_hex(16)}{Path(name).suffix[:10]}"
    size, digest = _write(Path(settings.MEDIA_ROOT) / path, [content] if isinstance(content, bytes) else content)
    owner = job.person_id if is_owned else None
    row = ProducedFile(job=job, key=key, person_id=owner, subject=subject, reader_key=reader_key, path=path)
    row.name, row.media_type, row.content_hash, row.as_of = _tame(name), media_type, content_hash, as_of
    row.size, row.sha256, row.rights = size, digest, rights if reader_key else {}
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
        return ProducedFile.objects.get(key=key)
    return row


def _tame(name: str) -> str:
    """A name without what folders and headers are made of."""
    plain = "".join(" " if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in name)
    return " ".join(plain.split())[:200] or "file"


def _write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
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
