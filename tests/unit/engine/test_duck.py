"""The session: its limits, what it spills and clears away, how it reports."""

import gc
import time
import traceback

import polars as pl
import pytest

from allcomers.engine import Session
from allcomers.exceptions import QueryError


def test_a_table_in_memory_can_be_queried():
    with Session() as session:
        session.register("people", pl.DataFrame({"id": [2, 1], "name": ["b", None]}))
        assert session.rows("select id, name from people order by id") == [(1, None), (2, "b")]
        assert session.records("select id from people where id = 1") == [{"id": 1}]
        assert session.frame("select max(id) as highest from people").item() == 2
        assert session.columns("select id, name from people") == {"id": "BIGINT", "name": "VARCHAR"}


def test_what_does_not_fit_in_memory_spills_and_is_cleared_away():
    """20 million random keys are 160 MB, four times the limit; the answer is worked out by summing 0 to 19,999,999."""
    with Session(memory_gb=0.15, threads=1) as session:
        spill = session.spill
        session.run("create table numbers as select range as n, hash(range) as h from range(20_000_000)")
        assert session.row("select sum(n) from (select n from numbers order by h)") == (199_999_990_000_000,)
    assert not spill.exists()


def test_no_room_to_spill_is_told_in_words(tmp_path):
    (tmp_path / "queries").write_text("a file where a directory is needed")
    with Session(memory_gb=0.05, threads=1, spill=tmp_path) as session, pytest.raises(QueryError, match="memory"):
        session.run("create table numbers as select range as n, hash(range) as h from range(20_000_000)")


@pytest.mark.parametrize(
    "value", ["cast(x as tinyint)", "cast(cast(x as bigint) as tinyint)", "cast('2025-' || x as date)"]
)
def test_a_value_that_cannot_be_taken_is_not_shown(value):
    written = "7" * 9
    with Session(threads=1) as session, pytest.raises(QueryError, match="cannot hold") as raised:
        session.row(f"select {value} from (values ('{written}')) t(x)")
    assert written not in "".join(traceback.format_exception(raised.value))


def test_a_session_that_nobody_closed_leaves_nothing_behind():
    session = Session()
    spill = session.spill
    assert spill.exists()
    del session
    gc.collect()
    assert not spill.exists()


def test_a_spill_directory_that_was_given_is_left(tmp_path):
    with Session(spill=tmp_path):
        pass
    assert tmp_path.exists()


def test_long_queries_report_what_share_is_done():
    shares: list[float] = []
    with Session(threads=1, progress=shares.append) as session:
        began = time.monotonic()
        while not shares and time.monotonic() - began < 30:
            session.row("select count(*) from range(3_000_000) a, range(300) b where (a.range * b.range) % 7 = 3")
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_results_are_written_as_files(tmp_path):
    with Session() as session:
        session.write_parquet("select 1 as n, date '2025-04-01' as d", tmp_path / "a.parquet")
        session.write_csv("select 1 as n, date '2025-04-01' as d, null as x", tmp_path / "it's.csv")
    assert pl.read_parquet(tmp_path / "a.parquet")["n"].to_list() == [1]
    assert (tmp_path / "it's.csv").read_text() == "n,d,x\n1,2025-04-01,\n"
