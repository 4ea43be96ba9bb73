"""Files that leave: the official layout, nothing half written."""

from pathlib import Path

import polars as pl
import pytest

from allcomers.exceptions import MeasureRequestError
from allcomers.measures import calculate, disclosure, output
from allcomers.measures.output import Format


@pytest.fixture(scope="module")
def tidy(january: calculate.Figures) -> pl.DataFrame:
    return output.frame(january, disclosure.shown(january), {"ZS001": "A name"})


def test_below_england_nothing_small_or_unrounded_leaves(tidy: pl.DataFrame) -> None:
    below = tidy.filter(pl.col("level") != "england", pl.col("measure_name").str.starts_with("Count_"))
    shown = below["value"].drop_nulls()
    assert len(shown) > 100
    assert ((shown >= 5) & (shown % 5 == 0)).all()


def test_percentages_are_whole_below_england_and_have_one_decimal_for_it(tidy: pl.DataFrame) -> None:
    percents = tidy.filter(pl.col("measure_name").str.starts_with("Percentage_")).drop_nulls("value")
    below, england = (
        percents.filter(cond)["value"] for cond in (pl.col("level") != "england", pl.col("level") == "england")
    )
    assert (below == below.round(0)).all()
    assert (england == england.round(1)).all()
    assert (england != england.round(0)).any()


def test_the_official_layout(tidy: pl.DataFrame, tmp_path: Path) -> None:
    rows = output.write([tidy], tmp_path / "m.csv", Format.CSV, breakdowns=False)
    text = pl.read_csv(tmp_path / "m.csv", infer_schema=False)
    assert rows == len(text) == len(tidy)
    assert text.columns[:4] == ["REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "GROUP_TYPE", "ORG_CODE1"]
    assert text["MEASURE_ID"].n_unique() == 343
    assert set(text.filter(pl.col("MEASURE_ID") == "M001")["REPORTING_PERIOD_START"]) == {"01/01/2025", "01/02/2025"}
    assert "*" in text["MEASURE_VALUE_SUPPRESSED"]


def test_nothing_is_left_where_it_cannot_be_written(tidy: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "m.csv").mkdir()
    with pytest.raises(MeasureRequestError):
        output.write([tidy], tmp_path / "m.csv", Format.CSV, breakdowns=False)
    assert [each.name for each in tmp_path.iterdir()] == ["m.csv"]
