"""Making a backup, and checking one without restoring it."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import connection
from django.utils import timezone

from allcomers.exceptions import AllcomersError
from allcomers.service.governance import append_only, audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.keeping import actions, manifest, postgresql, sqlite
from allcomers.service.keeping.manifest import Manifest, database_at
from allcomers.service.keeping.parts import Part, read_parts, write_parts
from allcomers.service.keeping.sealed import Opened, Sealing, Secret

ENDING = ".backup"


@dataclass(frozen=True)
class Backup:
    """A backup that was made or checked."""

    path: Path
    manifest: Manifest
    sha256: str
    size_bytes: int

    @property
    def rows(self) -> int:
        return sum(self.manifest.tables.values())


def medium() -> ModuleType:
    """How this kind of database is copied and filled."""
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def make(folder: Path, secret: Secret) -> Backup:
    """Write a backup into a folder, read all of it again, and only then give it its name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"allcomers-{timezone.now():%Y%m%dT%H%M%S%fZ}{ENDING}"
    unfinished = path.with_suffix(".unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealing = Sealing(file, secret)
            write_parts(sealing, medium().parts())
            sealing.close()
            file.flush()
            os.fsync(file.fileno())
        checked = verify(unfinished, secret)
        unfinished.rename(path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    made = Backup(path, checked.manifest, checked.sha256, checked.size_bytes)
    actions.note_backup(by=audit.SYSTEM, rows=made.rows, event_count=made.manifest.events)
    return made


def verify(path: Path, secret: Secret) -> Backup:
    """Read a backup to its end: it opens, it is whole, its counts are right, and its audit chain holds.

    Raises
    ------
    AllcomersError : with the first thing that is wrong.
    """
    with opened(path, secret) as (described, parts):
        if described.database == "sqlite":
            _verify_file(described, parts, path.name)
        else:
            _verify_rows(described, parts, path.name)
    with path.open("rb") as file:
        return Backup(path, described, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


@contextmanager
def opened(path: Path, secret: Secret) -> Iterator[tuple[Manifest, Iterator[Part]]]:
    """A backup's manifest and its other parts. When it ends well, all of it was read and is authentic."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise AllcomersError(where=str(path), found=f"cannot be read ({error.strerror})", expected="a backup") from None
    with file:
        source = Opened(file, secret, name=path.name)
        parts = read_parts(source)
        described = manifest.read(b"".join(next(parts)[1]))
        yield described, parts
        for _ in parts:
            pass
        source.end()


def _verify_file(described: Manifest, parts: Iterable[Part], name: str) -> None:
    with sqlite.loaded(parts, name) as copy, database_at(copy):
        manifest.must_agree(described, name)


def _verify_rows(described: Manifest, parts: Iterable[Part], name: str) -> None:
    """Of rows that are in no database: count them, and walk the audit chain as they come."""
    counts = {}
    for table, blocks in parts:
        rows = postgresql.rows_of(blocks)
        if table == append_only.TABLE:
            columns = described.columns[table]
            counts[table], last_hash = _walked(rows, columns, name)
            if (counts[table], last_hash) != (described.events, described.last_hash):
                raise _wrong(name, "the audit ends elsewhere than its manifest says")
        else:
            counts[table] = sum(1 for _ in rows)
    if counts != described.tables:
        raise _wrong(name, "the tables have other counts than its manifest says")


def _walked(rows: Iterator[list[str | None]], columns: list[str], name: str) -> tuple[int, str]:
    count, last_hash, fault = audit.walk(_event(dict(zip(columns, row, strict=True))) for row in rows)
    if fault is not None:
        raise _wrong(name, f"the audit breaks at event {fault.sequence}: {fault.why}")
    return count, last_hash


def _event(values: dict[str, Any]) -> AuditEvent:
    """An event from the text of its columns."""
    detail = json.loads(values.pop("detail"))
    fields = {field.column: field for field in AuditEvent._meta.concrete_fields}
    return AuditEvent(**{name: fields[name].to_python(value) for name, value in values.items()}, detail=detail)


def _wrong(name: str, found: str) -> AllcomersError:
    return AllcomersError(where=name, found=found, expected="a whole backup")
