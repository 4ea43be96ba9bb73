"""What an engine holds, makes and lets go; the same tests on DuckDB and Spark."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import polars as pl
import pytest

from allcomers.engine import Session
from allcomers.engine.plan import Plan
from allcomers.engine.running import DuckEngine, Engine, ParquetFile, held, let_go_after, run
from allcomers.engine.spark import SparkEngine
from allcomers.engine.step import Step
from allcomers.engine.types import Type
from allcomers.exceptions import QueryError

CONTACTS = pl.DataFrame(
    {
        "pathway_id": ["2", "1", "1", None],
        "minutes": [30, None, 60, 20],
        "score": [0.5, 1.25, None, 3.0],
        "on": [dt.date(2025, 1, 1), dt.date(2025, 2, 1), None, dt.date(2025, 3, 1)],
        "attended": [True, False, None, True],
        "number": [Decimal("12345678901234567890123"), None, None, None],
        "at": [dt.datetime(2025, 1, 1, 9, 30)] * 4,  # noqa: DTZ001
    },
    schema_overrides={"minutes": pl.Int8, "score": pl.Float32, "number": pl.Decimal(23, 0)},
)
KINDS = {
    "pathway_id": Type.TEXT,
    "minutes": Type.INTEGER,
    "score": Type.NUMBER,
    "on": Type.DATE,
    "attended": Type.BOOLEAN,
    "number": Type.DECIMAL,
    "at": Type.OTHER,
}
SEEN = Step("seen", "contact", keep=("pathway_id", "minutes", "on"), where='attended or "on" <= $period_end')
COUNTED = Step("counted", "seen", {"n": "count(*)"}, group_by=("pathway_id",))
TOTAL = Step("total", "seen", {"minutes": "sum(minutes) * 1000"})
PERIOD = {"period_end": dt.date(2025, 2, 1)}


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine, holding one table."""
    made: Engine = DuckEngine() if request.param == "duckdb" else request.getfixturevalue("spark")
    made.add("contact", CONTACTS)
    yield made
    made.drop(["contact"])


@pytest.fixture
def plan() -> Plan:
    return Plan([SEEN, COUNTED, TOTAL], {"contact": KINDS})


def test_a_table_is_held_in_the_types_of_the_language(engine):
    assert engine.columns("contact") == KINDS
    frame = engine.frame("contact", ("pathway_id", "minutes"))
    assert frame["minutes"].to_list() == [60, None, 30, 20]
    assert frame.schema["minutes"] == pl.Int64
    assert frame.schema["score"] == pl.Float64
    assert frame["number"].max() == Decimal("12345678901234567890123")


def test_a_plan_gives_its_tables_and_leaves_nothing(engine, plan):
    """Worked by hand: seen are the rows of pathways 2, 1 (1 February) and null; 50 minutes of the three are known."""
    results = run(engine, plan, ["counted", "total"], **PERIOD)
    assert sorted(results["counted"].rows(), key=str) == [("1", 1), ("2", 1), (None, 1)]
    assert results["total"].rows() == [(50_000,)]
    assert results["total"].schema == {"minutes": pl.Int64}
    run(engine, plan, ["counted"], **PERIOD)


def test_what_was_made_can_be_asked_again_and_written(engine, plan, tmp_path):
    engine.make(plan, ["counted"], PERIOD)
    try:
        assert engine.columns("counted") == plan.columns("counted")
        assert engine.query("select sum(n) as rows from counted").item() == 3
        engine.write_parquet("counted", tmp_path / "counted.parquet")
    finally:
        engine.drop(["counted"])
    written = pl.read_parquet(tmp_path / "counted.parquet")
    assert sorted(written.rows(), key=str) == [("1", 1), ("2", 1), (None, 1)]


def test_parquet_and_a_query_over_a_session_are_tables_too(engine, tmp_path):
    CONTACTS.write_parquet(tmp_path / "one.parquet")
    CONTACTS.drop("score").write_parquet(tmp_path / "other.parquet")
    with Session() as session:
        session.register("somewhere", CONTACTS)
        engine.add_query("queried", session, "select minutes from somewhere where minutes is not null")
    engine.add_parquet("read", [tmp_path / "one.parquet", tmp_path / "other.parquet"])
    try:
        assert sorted(engine.frame("queried")["minutes"]) == [20, 30, 60]
        assert engine.query("select count(*) as rows, count(score) as scores from read").row(0) == (8, 3)
    finally:
        engine.drop(["queried", "read"])


def test_an_empty_table_has_its_columns(engine, plan, tmp_path):
    empty = Plan([Step("none", "contact", keep=("pathway_id",), where="false")], {"contact": KINDS})
    engine.make(empty, ["none"], {})
    try:
        assert engine.frame("none").schema == {"pathway_id": pl.String}
        engine.write_parquet("none", tmp_path / "none.parquet")
    finally:
        engine.drop(["none"])
    assert pl.read_parquet(tmp_path / "none.parquet").is_empty()


def test_only_what_is_wanted_or_read_twice_is_computed_once_and_held(plan):
    assert held(plan, ["counted"]) == {"counted"}
    assert held(plan, ["counted", "total"]) == {"seen", "counted", "total"}


def test_what_is_made_anew_is_not_held_and_reads_its_own_tables_as_often_as_it_is_read():
    """Worked by hand: `middle` is made for `one` and for `two`, so that `seen` is read twice and held."""
    middle = Step("middle", "seen", keep=("minutes",), anew=True)
    ends = [Step(name, "middle", keep=("minutes",)) for name in ("one", "two")]
    whole = Plan([SEEN, middle, *ends], {"contact": KINDS})
    assert held(whole, ["one", "two"]) == {"seen", "one", "two"}
    assert held(whole, ["one"]) == {"one"}
    assert held(whole, ["middle", "one"]) == {"middle", "one"}


def test_a_table_is_let_go_after_the_last_that_reads_it():
    """Worked by hand: `seen` is held for `counted` and, by way of `middle`, for `end`."""
    middle = Step("middle", "seen", keep=("minutes",))
    whole = Plan([SEEN, COUNTED, middle, Step("end", "middle", keep=("minutes",))], {"contact": KINDS})
    last = next(name for name in reversed(whole.needed(["counted", "end"])) if name in ("counted", "end"))
    assert let_go_after(whole, ["counted", "end"], held(whole, ["counted", "end"])) == {last: ["seen"]}
    assert let_go_after(whole, ["seen", "end"], held(whole, ["seen", "end"])) == {}


def test_a_table_made_as_a_file_is_in_order_and_can_be_read(engine, plan, tmp_path):
    """Worked by hand: of the rows seen, those of pathways 1, 2 and null have 0, 30 and 20 minutes known."""
    file = ParquetFile(tmp_path / "seen.parquet", ("pathway_id",))
    engine.make(plan, ["seen", "total"], PERIOD, {"seen": file})
    try:
        assert engine.query("select sum(minutes) as minutes from seen").item() == 50
        assert engine.query("select minutes from total").item() == 50_000
    finally:
        engine.drop(["seen", "total"])
    written = pl.read_parquet(file.path)["pathway_id"].drop_nulls().to_list()
    assert written == ["1", "2"]


def test_duckdb_refuses_a_name_that_is_taken_and_lets_go_what_it_had_made(plan):
    with Session() as session:
        session.run("create temp table counted (n integer)")
        engine = DuckEngine(session)
        engine.add("contact", CONTACTS)
        with pytest.raises(QueryError, match="a table counted already"):
            engine.make(plan, ["seen", "counted"], PERIOD)
        assert session.rows("select table_name from duckdb_tables()") == [("counted",)]


def test_spark_refuses_a_name_that_is_taken_and_lets_go_what_it_had_made(plan, spark):
    spark.add("contact", CONTACTS)
    spark.add("counted", CONTACTS)
    try:
        with pytest.raises(QueryError, match="a table counted already"):
            spark.make(plan, ["seen", "counted"], PERIOD)
        assert sorted(spark.query("show tables")["tableName"]) == ["contact", "counted"]
    finally:
        spark.drop(["contact", "counted"])


def test_duckdb_makes_a_view_of_a_query_over_its_own_session():
    with Session() as session:
        session.register("somewhere", CONTACTS)
        engine = DuckEngine(session)
        engine.add_query("queried", session, "select minutes from somewhere")
        assert engine.columns("queried") == {"minutes": Type.INTEGER}
        engine.close()
        assert session.row("select 1") == (1,)


EDGES = pl.DataFrame({"text": ["F42\n", " 12", "12", "1e3", None], "key": [1, 2, 3, 4, 5], "zero": [0, 0, 0, 0, None]})
EDGE_KINDS = {"text": Type.TEXT, "key": Type.INTEGER, "zero": Type.INTEGER}


def test_the_edges_at_which_engines_differ(engine):
    """The table in docs/explanation/one-language.md, each line of it; expected values worked by hand."""
    columns = {
        "ratio": "key / zero",
        "half": "7 / 2",
        "number": "try_cast(text as bigint)",
        "double": "try_cast(text as double)",
        "at_the_end": "regexp_extract(text, '^([A-Z][0-9]{2})$', 1)",
        "whole": "regexp_full_match(text, '[A-Z][0-9]{2}')",
        "stripped": "regexp_replace(text, '[0-9]$', '', 'g')",
        "exact": "0.1 + 0.2 = 0.3",
        "condition": "(text like 'F%') is true",
        "whole_text": "cast(floor(key) as varchar) || cast(round(zero) as varchar)",
    }
    found = edges(engine, Step("edge", "given", columns, keep=("key",)), ("key",))
    assert found["ratio"].to_list() == [None] * 5
    assert found["half"].to_list() == [3.5] * 5
    assert found["number"].to_list() == [None, None, 12, None, None]
    assert found["double"].to_list() == [None, None, 12.0, None, None]
    assert found["at_the_end"].to_list() == ["", "", "", "", None]
    assert found["whole"].to_list() == [False, False, False, False, None]
    assert found["stripped"].to_list() == ["F42\n", " 1", "1", "1e", None]
    assert found["exact"].to_list() == [True] * 5
    assert found["whole_text"].to_list() == ["10", "20", "30", "40", None]
    assert found["condition"].to_list() == [True, False, False, False, False]


def test_the_edges_of_aggregates(engine):
    """`arg_max` passes over the row of key 5, which has no text; the mean of 1/3-like decimals keeps its figures."""
    columns = {
        "last": "arg_max(text, key)",
        "by_a_pair": "arg_max(text, (zero, key))",
        "mean": "avg(try_cast(text as decimal(18, 6))) / 7",
        "middle": "median(key)",
        "total": "sum(key)",
    }
    (row,) = edges(engine, Step("edge", "given", columns)).to_dicts()
    assert row == {"last": "1e3", "by_a_pair": "1e3", "mean": 12 / 7, "middle": 3.0, "total": 15}


def edges(engine: Engine, step: Step, order_by: tuple[str, ...] = ()) -> pl.DataFrame:
    engine.add("given", EDGES)
    plan = Plan([step], {"given": EDGE_KINDS})
    engine.make(plan, [step.name], {})
    try:
        return engine.frame(step.name, order_by)
    finally:
        engine.drop([step.name, "given"])


def test_a_spark_that_was_running_is_left_running_and_without_our_tables(spark):
    second = SparkEngine("local[2]")
    second.add("visiting", CONTACTS)
    second.close()
    assert spark.query("show tables").is_empty()
    assert not second.staging.exists()


def test_spark_tells_what_it_could_not_finish_without_a_value(spark):
    """Twice the greatest number of 64 bits has no place in 64 bits."""
    spark.add("given", EDGES)
    try:
        with pytest.raises(QueryError, match="did not finish") as raised:
            spark.query("select key * 9223372036854775807 as product from given")
    finally:
        spark.drop(["given"])
    assert "9223372036854775807" not in str(raised.value)
