"""What issue 2 asks of NHS England's own tables ("Done when", 2 and 3): run where the tables are at hand."""

from pathlib import Path

import polars as pl
import pytest

from allcomers.published.figures import figures
from allcomers.published.tables import PublishedTables, read_tables

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "published"
FILES = sorted(PUBLISHED.glob("psych-ther-ann-rep-csvs-*.zip"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"NHS England's published tables are not in {PUBLISHED}")


@pytest.fixture(scope="module")
def tables() -> PublishedTables:
    return read_tables(FILES)


@pytest.fixture(scope="module")
def england(tables: PublishedTables) -> pl.DataFrame:
    totals = tables.counts.filter(level="england", period="2023-24", variable_type="Total")
    return figures(totals)


@pytest.mark.parametrize(
    ("figure", "base", "numerator", "denominator", "percent"),
    [
        ("recovery", "official", 318_013, 671_648 - 37_164, 50.12),
        ("recovery", "at_caseness", 318_013, 633_828, 50.17),
        ("recovery", "entered", 318_013, 1_260_381, 25.23),
        ("finished", "referred", 671_648, 1_829_202, 36.72),
        ("recovery", "referred", 318_013, 1_829_202, 17.39),
        ("reliable_recovery", "referred", 298_780, 1_829_202, 16.33),
    ],
)
def test_england_2023_24_on_every_base(
    england: pl.DataFrame, figure: str, base: str, numerator: int, denominator: int, percent: float
) -> None:
    """The counts are printed in the table; the percentages are the issue's."""
    (row,) = england.filter(figure=figure, base=base).rows(named=True)
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)
    assert round(row["value"], 2) == percent
    assert row["low"] <= row["value"] <= row["high"]
    assert row["high"] - row["low"] < 0.001  # England is exact


def test_every_published_percentage_lies_in_our_interval(tables: PublishedTables) -> None:
    assert [source.period for source in tables.sources] == ["2021-22", "2022-23", "2023-24"]
    assert tables.percentages_checked > 250_000
    assert tables.faults.filter(fault="percentage_outside_interval").is_empty()


def test_what_is_wrong_in_the_three_years_is_known(tables: PublishedTables) -> None:
    """145 provider rows printed twice, and 13 services that finished more courses than they received referrals."""
    assert dict(tables.faults.group_by("fault").len().rows()) == {
        "repeated_row": 145,
        "more_finished_than_referred": 13,
    }
    assert not tables.synthetic


def test_every_interval_is_one(tables: PublishedTables) -> None:
    made = figures(tables.counts)
    assert made.filter(pl.col("low").is_null() | (pl.col("low") > pl.col("high"))).is_empty()
    assert made.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high"))).is_empty()
