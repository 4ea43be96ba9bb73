"""The column forms say what the scalar forms say, on every pair of scores that an instrument allows."""

from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from allcomers import instruments
from allcomers.exceptions import UndefinedThresholdError
from allcomers.instruments.columns import any_valid_sql, band_sql, caseness_sql, change_sql, prompts_sql, valid_sql
from allcomers.instruments.model import Instrument
from allcomers.instruments.registry import Registry
from allcomers.instruments.scoring import at_caseness, band, change, prompts
from allcomers.instruments.values import with_values

SITE = "a made-up value, so that the instrument can be computed at all"
LOCAL: Registry = with_values(
    {
        key: {
            "caseness": {"value": cut, "source": SITE},
            "reliable_change": {"value": least, "operator": operator, "source": SITE},
        }
        for key, cut, least, operator in (
            ("BIQ", 40, 9, ">"),
            ("CFQ", 19, 5, ">="),
            ("IBSSSS", 75, 50, ">="),
            ("PHQ15", 10, 4, ">"),
        )
    },
    where="test",
)
JUDGED = [one for one in LOCAL if one.caseness]
PROMPTING = [one for one in LOCAL if one.prompt]
BANDED = [one for one in LOCAL if one.bands]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def scores(instrument: Instrument) -> pl.DataFrame:
    """Every score that the scale allows, as a query meets it: whole numbers, or binary floats."""
    scale = instrument.scale()
    steps = range(int(scale.low * scale.steps_per_point), int(scale.high * scale.steps_per_point) + 1)
    values = [step / scale.steps_per_point for step in steps] if scale.decimals else list(steps)
    return pl.DataFrame({"first": [*values, None]})


def both_forms(duck: duckdb.DuckDBPyConnection, table: pl.DataFrame, sql: str) -> list[object]:
    """What the expression makes on DuckDB, once Polars is seen to make the same."""
    duck.register("scores", table.to_arrow())
    by_duck = duck.execute(f"select {sql} as made from scores").fetchall()
    made = [row[0] for row in by_duck]
    by_polars = table.select(pl.sql_expr(sql).alias("made"))["made"].to_list()
    assert made == by_polars
    return made


@pytest.mark.parametrize("instrument", JUDGED, ids=lambda one: one.key)
def test_caseness_on_every_score(duck: duckdb.DuckDBPyConnection, instrument: Instrument) -> None:
    table = scores(instrument)
    expected = [at_caseness(instrument, value).value for value in table["first"]]
    assert both_forms(duck, table, caseness_sql(instrument, "first")) == expected
    assert {True, False, None} == set(expected)


@pytest.mark.parametrize("instrument", [one for one in JUDGED if one.reliable_change], ids=lambda one: one.key)
def test_change_on_every_pair(duck: duckdb.DuckDBPyConnection, instrument: Instrument) -> None:
    first = scores(instrument)
    pairs = first.join(first.rename({"first": "last"}), how="cross")
    expected = [change(instrument, start, end).value for start, end in pairs.iter_rows()]
    assert both_forms(duck, pairs, change_sql(instrument, "first", "last")) == expected
    assert len(set(expected)) == 4


@pytest.mark.parametrize("instrument", PROMPTING, ids=lambda one: one.key)
def test_prompts_on_every_score(duck: duckdb.DuckDBPyConnection, instrument: Instrument) -> None:
    table = scores(instrument)
    expected = [prompts(instrument, value).value for value in table["first"]]
    assert both_forms(duck, table, prompts_sql(instrument, "first")) == expected


@pytest.mark.parametrize("instrument", BANDED, ids=lambda one: one.key)
def test_bands_on_every_score(duck: duckdb.DuckDBPyConnection, instrument: Instrument) -> None:
    table = scores(instrument)
    found = [band(instrument, value).value for value in table["first"]]
    expected = [None if one is None else one.label for one in found]
    assert both_forms(duck, table, band_sql(instrument, "first")) == expected


@pytest.mark.parametrize("key", ["BIQ", "CFQ", "IBSSSS", "PHQ15", "WSAS_Work"])
def test_no_expression_is_written_from_a_value_that_is_not_there(key: str) -> None:
    instrument = instruments.get(key)
    for write in (caseness_sql, prompts_sql):
        with pytest.raises(UndefinedThresholdError):
            write(instrument, "score")
    with pytest.raises(UndefinedThresholdError):
        change_sql(instrument, "first", "last")
    if instrument.bands is None:
        with pytest.raises(UndefinedThresholdError, match="no severity bands"):
            band_sql(instrument, "score")


@pytest.mark.parametrize(
    ("key", "version", "valid", "invalid"),
    [
        ("PHQ9", "2.1", ["0", "27", "09"], ["-1", "28", "1.5", "", "ten", None, "1e9", "NaN"]),
        ("MI_alone", "2.1", ["1", "1.0", "2.31", "5.00"], ["0.99", "5.01", "2.315", None]),
        ("DDS", "2.1", ["1", "3.2", "6"], ["0.9", "3.25", "51"]),
        ("DDS", "2.0", ["17", "102"], ["16", "103", "3.2"]),
        ("WSAS_Work", "2.1", ["0", "8"], ["9"]),
        ("PEQ_747881000000109", "2.1", ["Y", "N"], ["NA", "0", "y"]),
        ("PEQ_747951000000108", "2.1", ["0", "4"], ["NA", "5"]),
        ("IPCQ_q7", "2.1", ["Y", "N"], ["NA"]),
    ],
)
def test_what_counts_as_a_score_in_a_column_of_text(
    duck: duckdb.DuckDBPyConnection, key: str, version: str, valid: list[str], invalid: list[str | None]
) -> None:
    instrument = instruments.get(key)
    assert instrument.snomed
    table = pl.DataFrame({"concept": instrument.snomed.code, "score": [*valid, *invalid]})
    duck.register("submitted", table.to_arrow())
    own = f"coalesce({valid_sql(instrument, 'score', version=version)}, false)"
    any_of_all = f"coalesce({any_valid_sql('concept', 'score', version=version)}, false)"
    made = duck.execute(f"select {own}, {any_of_all} from submitted").fetchall()
    expected = [True] * len(valid) + [False] * len(invalid)
    assert made == [(one, one) for one in expected]


def test_a_score_of_an_unknown_concept_is_not_valid(duck: duckdb.DuckDBPyConnection) -> None:
    made = duck.execute(f"select {any_valid_sql('concept', 'score')} from (select '1' as concept, '5' as score)")
    assert made.fetchall() == [(False,)]
