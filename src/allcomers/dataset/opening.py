"""Finding the tables of a data set in a folder, ZIP, SQLite or DuckDB file, or PostgreSQL schema."""

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from allcomers.dataset.model import Table, table_code
from allcomers.dataset.tables import BY_CODE
from allcomers.engine import Files, Relation, Session
from allcomers.engine.databases import Postgres, Sqlite, attach_duckdb, attached
from allcomers.engine.delimited import stage_csv
from allcomers.engine.sources import parquet
from allcomers.exceptions import AllcomersError, SeveralError, UnusableSourceError

Telling = Callable[[str], None]
_ZIP_DEPTH = 3
_SQLITE_MARK = b"SQLite format 3\0"
_DUCKDB_MARK = b"DUCK"
_PARQUET_MARK = b"PAR1"
_READ = {".csv", ".txt", ".parquet"}


@dataclass
class Found:
    """The tables found, and the names of what was there besides."""

    label: str
    relations: dict[str, Relation] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


def find(session: Session, source: str | Path, tell: Telling) -> Found:
    """Every national table at a path or address, as relations of the session.

    Raises
    ------
    UnusableSourceError : there is nothing there, or nothing of it is a table of the data set.
    SeveralError : some files cannot be read; each is named.
    """
    if isinstance(source, str) and source.startswith(("postgresql://", "postgres://")):
        found = _from_database(session, Postgres(source), tell)
    else:
        found = _from_path(session, Path(source), tell)
    if not found.relations:
        raise UnusableSourceError(
            where=found.label,
            found="no table of the national data set is there",
            expected="Files or tables named as nationally, such as IDS101Referral.csv or IDS201CareContact.parquet",
            next_step="Check the path; names may be in any case, and may have more after the table's number",
        )
    return found


def _from_path(session: Session, path: Path, tell: Telling) -> Found:
    if not path.exists():
        raise UnusableSourceError(where=str(path), found="there is nothing there", next_step="Check the path")
    if path.is_dir():
        return _from_folder(session, path, path.name or str(path), tell)
    with path.open("rb") as stream:
        mark = stream.read(16)
    if mark.startswith(_SQLITE_MARK):
        return _from_database(session, Sqlite(path), tell)
    if mark[8:12] == _DUCKDB_MARK:
        return _from_duckdb(session, path)
    if zipfile.is_zipfile(path):
        return _from_zip(session, path, tell)
    raise UnusableSourceError(
        where=path.name,
        found="it is neither a folder, a ZIP file, nor a SQLite or DuckDB database",
        next_step="Put the tables in a folder, one CSV or Parquet file each, and give that folder",
    )


def _from_zip(session: Session, path: Path, tell: Telling) -> Found:
    folder = session.spill / "unzipped"
    _unzip(path, folder, depth=_ZIP_DEPTH, room=shutil.disk_usage(session.spill).free)
    return _from_folder(session, folder, path.name, tell)


def _unzip(path: Path, to: Path, *, depth: int, room: int) -> None:
    """Take out tables and ZIP files within. Sizes are those declared, so a file that lies about them is cut off."""
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [info for info in archive.infolist() if _safe(info.filename) and not info.is_dir()]
            if sum(info.file_size for info in wanted) > room:
                raise UnusableSourceError(
                    where=path.name,
                    found="unpacked, it is larger than the room on the disk",
                    next_step="Free some disk, or unpack the tables that are needed and give the folder",
                )
            for info in wanted:
                target = to / PurePosixPath(info.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, target.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked, 1 << 20)
                if target.suffix.lower() == ".zip" and depth:
                    _unzip(target, target.with_suffix(""), depth=depth - 1, room=room)
                    target.unlink()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnusableSourceError(
            where=path.name,
            found="the ZIP file is damaged, or is locked by a password",
            next_step="Download or copy it again, or unpack it and give the folder",
        ) from error


def _safe(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/"))
    return not parts.is_absolute() and ".." not in parts.parts


def _from_folder(session: Session, folder: Path, label: str, tell: Telling) -> Found:
    found = Found(label)
    by_table: dict[str, list[Path]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        table = _table_of(path) if path.suffix.lower() in _READ else None
        if table is None:
            found.ignored.append(str(path.relative_to(folder)))
        else:
            by_table.setdefault(table.name, []).append(path)
    groups = _groups(by_table)
    errors: list[AllcomersError] = []
    for name, paths in by_table.items():
        tell(f"opening {name}")
        try:
            found.relations[name] = _read_files(session, name, paths, folder, groups)
        except AllcomersError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralError(errors)
    return found


def _table_of(path: Path) -> Table | None:
    return BY_CODE.get(table_code(path.stem)) or BY_CODE.get(table_code(path.parent.name))


def _home(path: Path) -> Path:
    """The folder of a submission: that of the file, or the one above where a table has a folder to itself."""
    return path.parent.parent if table_code(path.parent.name) else path.parent


def _groups(by_table: dict[str, list[Path]]) -> dict[Path, int]:
    """A number for each folder that holds a submission; one for all where there are not several headers."""
    homes = sorted({_home(path) for paths in by_table.values() for path in paths})
    headed = {_home(path) for path in by_table.get(BY_CODE["IDS000"].name, ())}
    return {home: i + 1 if len(headed) > 1 else 1 for i, home in enumerate(homes)}


def _read_files(session: Session, name: str, paths: list[Path], folder: Path, groups: dict[Path, int]) -> Relation:
    files = Files()
    known = {f.name.lower() for f in BY_CODE[name[:6]].fields}
    staged = any(path.suffix.lower() != ".parquet" for path in paths)
    files.numbered = staged
    for number, path in enumerate(paths):
        label = str(path.relative_to(folder))
        if path.suffix.lower() == ".parquet":
            _must_be_parquet(path, label)
            target = _numbered_copy(session, path, name, number) if staged else path
        else:
            target = _staged(session, name, number)
            files.faults += stage_csv(
                path,
                target,
                label=label,
                file=number,
                is_header=lambda names: any(found.lower() in known for found in names),
            )
        files.add(target, label, groups[_home(path)])
    return parquet(session, files)


def _must_be_parquet(path: Path, label: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - 4))
        tail = stream.read(4)
    if head != _PARQUET_MARK or tail != _PARQUET_MARK:
        raise UnusableSourceError(
            where=label, found="it is no Parquet file, or not a whole one", next_step="Export or copy the table again"
        )


def _numbered_copy(session: Session, path: Path, name: str, number: int) -> Path:
    """A Parquet file that stands beside CSV files of the same table, with its row numbers as a column."""
    target = _staged(session, name, number)
    quoted = "'" + str(path).replace("'", "''") + "'"
    session.write_parquet(
        f"select * exclude (file_row_number), file_row_number + 1 as __line "
        f"from read_parquet({quoted}, file_row_number = true)",
        target,
    )
    return target


def _staged(session: Session, name: str, number: int) -> Path:
    return session.spill / f"{name}-{number}.parquet"


def _from_database(session: Session, database: Sqlite | Postgres, tell: Telling) -> Found:
    found = Found(database.label)
    try:
        by_table: dict[str, list[str]] = {}
        for name in sorted(database.tables()):
            table = BY_CODE.get(table_code(name))
            if table is None:
                found.ignored.append(name)
            else:
                by_table.setdefault(table.name, []).append(name)
        for table_name, names in by_table.items():
            tell(f"opening {table_name}")
            files = Files(numbered=True)
            for number, name in enumerate(names):
                target = _staged(session, table_name, number)
                files.faults += database.stage(name, target, number)
                files.add(target, f"table {name}", 1)
            found.relations[table_name] = parquet(session, files)
    finally:
        database.close()
    return found


def _from_duckdb(session: Session, path: Path) -> Found:
    found = Found(path.name)
    for name, address in sorted(attach_duckdb(session, path).items()):
        table = BY_CODE.get(table_code(name))
        if table is None or table.name in found.relations:
            found.ignored.append(name)
        else:
            found.relations[table.name] = attached(session, address, f"table {name}")
    return found
