"""SQLite and PostgreSQL streamed into Parquet by ADBC, and DuckDB files attached read-only.

Every value comes as text, so that a value of the wrong type (SQLite allows any in any column) reaches the checks
instead of stopping the reading.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import adbc_driver_manager
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allcomers.engine.delimited import NOT_UTF8, SHOWN_ROWS, tidied
from allcomers.engine.duck import Session
from allcomers.engine.sources import Fault, Files, Relation
from allcomers.exceptions import UnusableSourceError

_ATTACHED = "source"


class Sqlite:
    """The tables of a SQLite file, opened so that it cannot be written."""

    def __init__(self, path: Path) -> None:
        import adbc_driver_sqlite.dbapi

        self.label = path.name
        uri = f"file:{path.resolve().as_posix().replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=ro"
        self._connection = adbc_driver_sqlite.dbapi.connect(uri)

    def tables(self) -> list[str]:
        return [str(name) for (name,) in self._rows("select name from sqlite_master where type in ('table', 'view')")]

    def stage(self, table: str, to: Path, file: int) -> list[Fault]:
        """Stream one table. Blobs are asked for, never null: the driver settles a column's type on its first rows."""
        names = [str(name) for (name,) in self._rows(f"select name from pragma_table_info({_literal(table)})")]
        wanted = ", ".join(f"coalesce(cast({_name(name)} as blob), x'') as {_name(name)}" for name in names)
        return _write(self._connection, f"select {wanted} from {_name(table)}", names, to, file)

    def close(self) -> None:
        self._connection.close()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return _fetch(self._connection, sql, self.label)


class Postgres:
    """The tables of one PostgreSQL schema, read in a read-only transaction. The address may say `?schema=name`."""

    def __init__(self, address: str) -> None:
        import adbc_driver_postgresql.dbapi

        self.label, self._schema, uri = _split(address)
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(uri)
        except adbc_driver_manager.Error as error:
            raise UnusableSourceError(
                where=self.label,
                found="the database did not let us in",
                expected="postgresql://user:password@host/database?schema=name",
                next_step="Check the address, the account and that the server can be reached from here",
            ) from error
        _fetch(self._connection, "set transaction read only", self.label)

    def tables(self) -> list[str]:
        found = _fetch(
            self._connection,
            f"select table_name::text from information_schema.tables where table_schema = {_literal(self._schema)}",
            self.label,
        )
        return [str(name) for (name,) in found]

    def stage(self, table: str, to: Path, file: int) -> list[Fault]:
        """Stream one table."""
        of = f"table_schema = {_literal(self._schema)} and table_name = {_literal(table)}"
        found = _fetch(
            self._connection,
            f"select column_name::text from information_schema.columns where {of} order by ordinal_position",
            self.label,
        )
        names = [str(name) for (name,) in found]
        wanted = ", ".join(f"{_name(name)}::text as {_name(name)}" for name in names)
        return _write(self._connection, f"select {wanted} from {_name(self._schema)}.{_name(table)}", names, to, file)

    def close(self) -> None:
        self._connection.close()


def attach_duckdb(session: Session, path: Path) -> dict[str, str]:
    """Attach a DuckDB file read-only: the tables in it, each with the name by which to query it."""
    try:
        session.run(f"attach {_literal(str(path))} as {_ATTACHED} (read_only)")
    except (duckdb.Error, UnusableSourceError) as error:
        raise UnusableSourceError(
            where=path.name,
            found="it is no DuckDB database that this version can open",
            next_step="Export its tables to Parquet with the program that wrote it",
        ) from error
    sql = f"select table_schema, table_name from information_schema.tables where table_catalog = '{_ATTACHED}'"
    return {str(name): f"{_ATTACHED}.{_name(schema)}.{_name(name)}" for schema, name in session.rows(sql)}


def attached(session: Session, table: str, label: str) -> Relation:
    """One table of an attached DuckDB file."""
    found = session.columns(f"select * from {table}")
    files = Files([Path(label)], [label], [1])
    sql = f"select *, row_number() over () as __row, 1::integer as __group from {table}"
    return Relation(sql, {n.lower(): n for n in found}, {n.lower(): kind for n, kind in found.items()}, files)


def _fetch(connection: Any, sql: str, label: str) -> list[tuple[Any, ...]]:
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []
    except adbc_driver_manager.Error as error:
        raise UnusableSourceError(
            where=label, found="it is no database, or cannot be read", next_step="Check the file or the account"
        ) from error


def _write(connection: Any, sql: str, names: list[str], to: Path, file: int) -> list[Fault]:
    schema = pa.schema([*((name, pa.string()) for name in names), ("__line", pa.int64())])
    faults: list[Fault] = []
    with closing(connection.cursor()) as cursor, pq.ParquetWriter(to, schema, compression="lz4") as writer:
        cursor.execute(sql)
        start = 1
        for batch in _nonempty(cursor.fetch_record_batch()):
            lines = list(range(start, start + batch.num_rows))
            start += batch.num_rows
            columns = [tidied(_text(batch.column(i), names[i], lines, file, faults)) for i in range(len(names))]
            writer.write_batch(pa.record_batch([*columns, pa.array(lines, pa.int64())], schema=schema))
    return faults


def _nonempty(reader: Any) -> Iterator[pa.RecordBatch]:
    return (batch for batch in reader if batch.num_rows)


def _text(column: pa.Array, name: str, lines: list[int], file: int, faults: list[Fault]) -> pa.Array:
    if pa.types.is_string(column.type):
        return column
    try:
        return pc.cast(pc.cast(column, pa.binary()), pa.string())
    except pa.ArrowInvalid:
        values, guessed = [], []
        for line, raw in zip(lines, column.to_pylist(), strict=True):
            try:
                values.append(raw.decode("utf-8"))
            except UnicodeDecodeError:
                values.append(raw.decode("cp1252", errors="replace"))
                guessed.append(line)
        faults.append(Fault(file, NOT_UTF8, name, len(guessed), tuple(guessed[:SHOWN_ROWS])))
        return pa.array(values, pa.string())


def _split(address: str) -> tuple[str, str, str]:
    """What to call the database (no password), the schema, and the address that the driver wants."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    schema = options.pop("schema", "public")
    label = f"{parts.hostname or 'local'}{parts.path} schema {schema}"
    return label, schema, urlunsplit(parts._replace(query=urlencode(options)))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
