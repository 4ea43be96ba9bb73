"""SQLite, PostgreSQL and DuckDB as sources: every value arrives, and nothing in the source changes."""

import hashlib
import sqlite3
from contextlib import closing

import duckdb
import polars as pl
import pytest

from allcomers.engine import Session
from allcomers.engine.databases import Postgres, Sqlite, attach_duckdb, attached
from allcomers.exceptions import UnusableSourceError


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "with #1?.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute('create table "T 1" (a text, b)')
        rows = [(None, None)] * 2000 + [("x", 1), ("é", 2.5), ("y", b"\xe9")]
        connection.executemany('insert into "T 1" values (?, ?)', rows)
    connection.close()
    return path


def test_sqlite_values_of_any_type_arrive_as_text(database, tmp_path):
    """Nulls in the first 2,000 rows settle no type; a blob that is not UTF-8 is read as Windows-1252 and counted."""
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    source = Sqlite(database)
    faults = source.stage("T 1", tmp_path / "out.parquet", 0)
    assert source.tables() == ["T 1"]
    source.close()
    assert pl.read_parquet(tmp_path / "out.parquet").tail(3).rows() == [
        ("x", "1", 2001),
        ("é", "2.5", 2002),
        ("y", "é", 2003),
    ]
    assert [(fault.column, fault.count, fault.first_rows) for fault in faults] == [("b", 1, (2003,))]
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before


def test_a_damaged_sqlite_file_is_refused(tmp_path):
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    with closing(Sqlite(path)) as source, pytest.raises(UnusableSourceError, match=r"damaged\.sqlite"):
        source.tables()


def test_a_duckdb_file_is_attached_read_only(tmp_path):
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select 1 as a, date '2025-04-01' as d")
    with Session() as session:
        relation = attached(session, attach_duckdb(session, path)["t"], "table t")
        assert session.rows(f"select a, d::varchar, __row from ({relation.sql})") == [(1, "2025-04-01", 1)]
        with pytest.raises(duckdb.Error, match="read-only"):
            session.run("create table source.main.u as select 1")


def test_a_damaged_duckdb_file_is_refused(tmp_path):
    path = tmp_path / "a.duckdb"
    path.write_bytes(b"12345678DUCK" + b"rubbish" * 1000)
    with Session() as session, pytest.raises(UnusableSourceError, match=r"a\.duckdb"):
        attach_duckdb(session, path)


def test_a_database_that_cannot_be_reached_is_told_without_its_password():
    with pytest.raises(UnusableSourceError) as caught:
        Postgres("postgresql://me:secret@localhost:1/nothing?schema=extract")
    assert "secret" not in caught.value.sentence
    assert "schema extract" in caught.value.sentence
