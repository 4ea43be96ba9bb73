"""From rows to the table that an answer's columns declare."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from allcomers.analyses.answer import Column, Kind

_KINDS = {Kind.TEXT: pl.String, Kind.COUNT: pl.Int64}


def framed(rows: Sequence[dict[str, Any]], columns: Sequence[Column]) -> pl.DataFrame:
    """Rows as the table that the columns declare; null where a row says nothing."""
    return pl.DataFrame(
        {
            one.name: pl.Series([row.get(one.name) for row in rows], dtype=_KINDS.get(one.kind, pl.Float64))
            for one in columns
        }
    )


def largest(table: pl.DataFrame, count: str, among: pl.Expr | None = None) -> int | None:
    """The row with the largest count, of those that are meant; None where none is."""
    meant = pl.lit(value=True) if among is None else among
    row = table.select(pl.when(meant).then(pl.col(count)).arg_max()).item()
    return None if row is None else int(row)
