"""A backup of PostgreSQL: every table by COPY, in one transaction that sees one moment of the database.

It needs nothing but the connection, so that the backup works where the service does. Tables, indexes and triggers are
made by migrations when it is restored; a backup holds rows.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from allcomers.service.governance import append_only
from allcomers.service.keeping import manifest
from allcomers.service.keeping.manifest import Manifest
from allcomers.service.keeping.parts import Part

ESCAPED = re.compile(r"\\(.)")
MEANING = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parts() -> Iterator[Part]:
    """The manifest, then each table as COPY's text."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        described = manifest.describe()
        yield "manifest", [described.text()]
        for table, columns in described.columns.items():
            yield table, _copied(cursor, table, columns)


@contextmanager
def restoring(manifest_: Manifest, parts: Iterable[Part], name: str) -> Iterator[None]:
    """One transaction from the first table dropped to the last check: what does not agree leaves all as it was."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        _drop_tables(cursor)
        MigrationExecutor(connection).migrate(manifest.latest_of_each_app(manifest_))
        _empty(cursor, manifest_)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # migrations may have left some to be checked row by row
        for table, blocks in parts:
            with cursor.copy(f"COPY {_listed(table, manifest_.columns[table])} FROM STDIN") as copy:
                for block in blocks:
                    copy.write(block)
            _set_sequences(cursor, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        manifest.must_agree(manifest_, name)
        yield


def rows_of(blocks: Iterable[bytes]) -> Iterator[list[str | None]]:
    """The rows of COPY's text: a line a row, tabs between values, `\\N` for nothing."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield [None if value == r"\N" else ESCAPED.sub(_meant, value) for value in line.decode().split("\t")]


def _meant(found: re.Match[str]) -> str:
    return MEANING.get(found[1], found[1])


def _copied(cursor: CursorWrapper, table: str, columns: list[str]) -> Iterator[bytes]:
    """The audit comes in its own order, so that the chain can be walked as it is read."""
    quote = connection.ops.quote_name
    ordered = "ORDER BY chain, sequence" if table == append_only.TABLE else ""
    query = f"SELECT {', '.join(map(quote, columns))} FROM {quote(table)} {ordered}"  # noqa: S608 - our own tables
    with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        yield from (bytes(block) for block in copy)


def _listed(table: str, columns: list[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(map(quote, columns))})"


def _drop_tables(cursor: CursorWrapper) -> None:
    tables = connection.introspection.table_names(cursor)
    if tables:
        cursor.execute(f"DROP TABLE {', '.join(map(connection.ops.quote_name, tables))} CASCADE")


def _empty(cursor: CursorWrapper, manifest_: Manifest) -> None:
    """Take out what migrations put in, which is in the backup as well. They put nothing into the audit."""
    tables = [connection.ops.quote_name(one) for one in manifest_.tables if one != append_only.TABLE]
    cursor.execute(f"TRUNCATE {', '.join(tables)}")


def _set_sequences(cursor: CursorWrapper, table: str) -> None:
    quote = connection.ops.quote_name
    for one in connection.introspection.get_sequences(cursor, table):
        column = quote(one["column"])
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({column}), 1), max({column}) IS NOT NULL) "  # noqa: S608
            f"FROM {quote(table)}",
            [quote(table), one["column"]],
        )
