"""The figures for machines: CSV and Parquet of everything, the totals as CSV and JSON, the faults."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from allcomers.observatory.places import Place
from allcomers.published.figures import FIGURE_COLUMNS
from allcomers.published.layouts import LEVEL_OF_PUBLISHED_TYPE, TOTAL, plain
from allcomers.published.tables import PublishedTables

DESCRIPTIONS = {
    "figures.csv": "every figure, every period, organisation and breakdown",
    "figures.parquet": "the same, smaller and typed",
    "totals.csv": "the figures of each organisation's total, without breakdowns",
    "totals.json": "the same, for programs",
    "counts.parquet": "the published counts, each with its lowest and highest value",
    "places.json": "every organisation with a page",
}


def write_data(directory: Path, tables: PublishedTables, long: pl.DataFrame, places: Sequence[Place]) -> None:
    """Write `data/` of a site."""
    directory.mkdir()
    figures = long.select(FIGURE_COLUMNS)
    figures.write_csv(directory / "figures.csv")
    figures.write_parquet(directory / "figures.parquet")
    totals = figures.filter(pl.col("variable_type") == TOTAL)
    totals.write_csv(directory / "totals.csv")
    totals.write_json(directory / "totals.json")
    tables.counts.drop("row_id", "source").write_parquet(directory / "counts.parquet")
    listed = [
        {"level": place.level, "code": place.code, "name": place.name, "town": place.town, "page": place.href}
        for place in places
    ]
    pl.DataFrame(listed).write_json(directory / "places.json")
    _write_one_each(directory / "organisations", totals, places)


def _write_one_each(directory: Path, totals: pl.DataFrame, places: Sequence[Place]) -> None:
    """The totals of each organisation, a file for each page."""
    level = {name: LEVEL_OF_PUBLISHED_TYPE.get(plain(name)) for name in totals["org_type"].unique()}
    levels = pl.col("org_type").replace_strict(level, return_dtype=pl.String).alias("level")
    parts = totals.with_columns(levels).partition_by("level", "org_code", as_dict=True, include_key=True)
    for place in places:
        path = directory / place.href.replace(".html", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        parts[place.level, place.code].drop("level").write_csv(path)
