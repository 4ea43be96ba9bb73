"""A backup of SQLite: the file itself, copied by SQLite's own online backup while others go on writing."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from allcomers.exceptions import AllcomersError
from allcomers.service.keeping import manifest
from allcomers.service.keeping.manifest import EMPTIED, Manifest, database_at
from allcomers.service.keeping.parts import BLOCK_BYTES, Part

PART = "database"


def parts() -> Iterator[Part]:
    """The manifest, then the file. The copy is taken in one step, so that it is one moment of the database."""
    with _beside() as path:
        _copy_to(path)
        with database_at(path):
            described = manifest.describe()
        yield "manifest", [described.text()]
        with path.open("rb") as file:
            yield PART, iter(lambda: file.read(BLOCK_BYTES), b"")


@contextmanager
def loaded(parts: Iterable[Part], name: str) -> Iterator[Path]:
    """The database of a backup in a file beside the one in use, which is gone afterwards unless it was moved."""
    with _beside() as path:
        with path.open("wb") as file:
            for part, blocks in parts:
                if part == PART:
                    file.writelines(blocks)
            _to_disk(file)
        with closing(sqlite3.connect(path)) as opened:
            if opened.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise AllcomersError(where=name, found="SQLite says that it is damaged", expected="a whole database")
        yield path


@contextmanager
def restoring(manifest_: Manifest, parts: Iterable[Part], name: str) -> Iterator[None]:
    """Inside, the restored database is the one in use, under another name; if all goes well it then takes its place."""
    live = _live()
    with loaded(parts, name) as path:
        with database_at(path):
            manifest.must_agree(manifest_, name)
            yield
        _leave_write_ahead_log(path, expected="nobody")
        if live.exists():
            _leave_write_ahead_log(live, expected="the service stopped")
        with path.open("rb") as file:
            _to_disk(file)
        path.replace(live)
        live.chmod(0o600)
        folder = os.open(live.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _live() -> Path:
    return Path(connection.settings_dict["NAME"])


@contextmanager
def _beside() -> Iterator[Path]:
    """A file of our own, that others cannot read, in the folder of the database: as well kept as the database is."""
    number, name = tempfile.mkstemp(prefix="backup-", suffix=".sqlite3", dir=_live().parent)
    os.close(number)
    path = Path(name)
    try:
        yield path
    finally:
        for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
            one.unlink(missing_ok=True)


def _copy_to(path: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        with copy:
            there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in there & set(EMPTIED):
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _leave_write_ahead_log(path: Path, *, expected: str) -> None:
    """Bring everything into the file itself, which works only while nobody else has it open.

    Raises
    ------
    AllcomersError : somebody has it open; nothing was replaced.
    """
    connection.close()
    with closing(sqlite3.connect(path, timeout=1)) as opened:
        try:
            opened.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise AllcomersError(
                where=str(path), found="something else has it open", expected=expected, next_step="Stop it first"
            ) from None


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
