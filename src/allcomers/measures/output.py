"""Figures as files and frames: the official monthly layout, and a tidy one. Only what `disclosure` passed leaves."""

import tempfile
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import numpy as np
import polars as pl

from allcomers.exceptions import MeasureRequestError
from allcomers.measures.calculate import Figures
from allcomers.measures.disclosure import Shown
from allcomers.measures.levels import Level, Node
from allcomers.measures.measure import Category

NULL = "NULL"
WITHHELD = "*"
NOT_AVAILABLE = "not available"
ENGLAND = ("All", "England")


class Format(StrEnum):
    """File formats."""

    CSV = "csv"
    PARQUET = "parquet"


def frame(figures: Figures, shown: Shown, names: Mapping[str, str] | None = None) -> pl.DataFrame:
    """One row a period, organisation, category and measure.

    Columns: period_start, period_end, level, org_code1, org_name1, org_code2, org_name2, variable, variable_type,
    variable_a, variable_b (null for everyone), measure_id, measure_name, value (null where withheld, empty or not
    available) and status: "shown", "withheld", "null" or "not available".
    """
    names = names or {}
    rows = np.argwhere(np.broadcast_to(figures.present[:, None, :], shown.values.shape[:3]))
    period, category, node = rows[:, 0], rows[:, 1], rows[:, 2]
    values, withheld = shown.values[period, category, node], shown.withheld[period, category, node]
    measures = len(figures.measures)
    keys = pl.DataFrame({"period": period, "category": category, "node": node})
    long = keys.select(pl.all().repeat_by(measures).explode()).with_columns(
        pl.Series("value", values.ravel()).fill_nan(None),
        pl.Series("withheld", withheld.ravel()),
        pl.Series("measure", np.tile(np.arange(measures, dtype=np.int64), len(rows))),
    )
    return (
        long.lazy()
        .join(_periods(figures).lazy(), on="period", how="left", maintain_order="left")
        .join(_nodes(figures.organisations.nodes, names).lazy(), on="node", how="left", maintain_order="left")
        .join(_categories(figures.categories).lazy(), on="category", how="left", maintain_order="left")
        .join(_measures(figures).lazy(), on="measure", how="left", maintain_order="left")
        .with_columns(
            status=pl.when("unavailable")
            .then(pl.lit(NOT_AVAILABLE))
            .when("withheld")
            .then(pl.lit("withheld"))
            .when(pl.col("value").is_null())
            .then(pl.lit("null"))
            .otherwise(pl.lit("shown"))
        )
        .drop("period", "category", "node", "measure", "withheld", "unavailable")
        .select(*_ORDER)
        .collect()
    )


def official(tidy: pl.DataFrame, *, breakdowns: bool) -> pl.DataFrame:
    """The layout of the official monthly file: every value as text, `*` for withheld, NULL for none."""
    number = (
        pl.when(pl.col("value") == pl.col("value").floor())
        .then(pl.col("value").cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(pl.col("value").round(1).cast(pl.String))
    )
    text = (
        pl.when(pl.col("status") == "shown")
        .then(number)
        .when(pl.col("status") == "withheld")
        .then(pl.lit(WITHHELD))
        .when(pl.col("status") == NOT_AVAILABLE)
        .then(pl.lit(NOT_AVAILABLE))
        .otherwise(pl.lit(NULL))
    )
    group_types = {level.value: level.group_type for level in Level}
    variables = ("variable_type", "variable_a", "variable_b") if breakdowns else ()
    return tidy.select(
        pl.col("period_start").dt.strftime("%d/%m/%Y").alias("REPORTING_PERIOD_START"),
        pl.col("period_end").dt.strftime("%d/%m/%Y").alias("REPORTING_PERIOD_END"),
        pl.col("level").replace_strict(group_types).alias("GROUP_TYPE"),
        *(pl.col(name).fill_null(NULL).alias(name.upper()) for name in _ORGANISATION),
        *(pl.col(name).fill_null(_EVERYONE.get(name, NULL)).alias(name.upper()) for name in variables),
        pl.col("measure_id").alias("MEASURE_ID"),
        pl.col("measure_name").alias("MEASURE_NAME"),
        text.alias("MEASURE_VALUE_SUPPRESSED"),
    )


def write(tidy: Iterable[pl.DataFrame], path: Path, form: Format, *, breakdowns: bool) -> int:
    """Write the figures as one file, whole or not at all; how many rows there are.

    Raises
    ------
    MeasureRequestError : the file cannot be written where it is wanted.
    """
    table = pl.concat(tidy)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".allcomers-", dir=path.parent) as folder:
            fresh = Path(folder) / path.name
            if form is Format.CSV:
                official(table, breakdowns=breakdowns).write_csv(fresh)
            else:
                table.write_parquet(fresh)
            fresh.replace(path)
    except OSError as error:
        raise MeasureRequestError(
            where=str(path),
            found=f"it cannot be written: {error.strerror or error}",
            next_step="Name another file, or make room",
        ) from error
    return len(table)


_ORGANISATION = ("org_code1", "org_name1", "org_code2", "org_name2")
_EVERYONE = {"variable_type": "Total"}
_ORDER = (
    "period_start",
    "period_end",
    "level",
    *_ORGANISATION,
    "variable",
    "variable_type",
    "variable_a",
    "variable_b",
    "measure_id",
    "measure_name",
    "value",
    "status",
)


def _periods(figures: Figures) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": range(len(figures.periods)),
            "period_start": [period.starts_on for period in figures.periods],
            "period_end": [period.ends_on for period in figures.periods],
        },
        schema_overrides={"period": pl.Int64},
    )


def _nodes(nodes: list[Node], names: Mapping[str, str]) -> pl.DataFrame:
    codes = [node.codes or (ENGLAND[0],) for node in nodes]
    named = [[ENGLAND[1]] if not node.codes else [names.get(code, code) for code in node.codes] for node in nodes]
    text = pl.String
    return pl.DataFrame(
        {
            "node": range(len(nodes)),
            "level": [node.level.value for node in nodes],
            "org_code1": [each[0] for each in codes],
            "org_name1": [each[0] for each in named],
            "org_code2": [each[1] if len(each) > 1 else None for each in codes],
            "org_name2": [each[1] if len(each) > 1 else None for each in named],
        },
        schema_overrides={"node": pl.Int64, "org_code2": text, "org_name2": text},
    )


def _categories(categories: tuple[Category | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "category": range(len(categories)),
            "variable": [each.variable if each else None for each in categories],
            "variable_type": [each.type if each else None for each in categories],
            "variable_a": [each.a if each else None for each in categories],
            "variable_b": [each.b or None if each else None for each in categories],
        },
        schema_overrides={
            "category": pl.Int64,
            **{f"variable{end}": pl.String for end in ("", "_type", "_a", "_b")},
        },
    )


def _measures(figures: Figures) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "measure": range(len(figures.measures)),
            "measure_id": [each.id for each in figures.measures],
            "measure_name": [each.name for each in figures.measures],
            "unavailable": [each.id in figures.unavailable for each in figures.measures],
        },
        schema_overrides={"measure": pl.Int64},
    )
