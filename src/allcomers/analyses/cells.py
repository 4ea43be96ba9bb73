"""Finding the cells of an answer's table that its sentence speaks of."""

import datetime as dt

import polars as pl

from allcomers.analyses.records import Records


def rows_of(table: pl.DataFrame, where: pl.Expr) -> list[int]:
    """The numbers of the rows for which it is true, in order."""
    return table.select(pl.arg_where(where.fill_null(value=False))).to_series().to_list()


def row_of(table: pl.DataFrame, where: pl.Expr) -> int:
    """The number of the first row for which it is true; there has to be one."""
    return rows_of(table, where)[0]


def largest_group(table: pl.DataFrame, size: str) -> pl.Expr:
    """Whether a row is of the group with the largest `size`: the one that a sentence tells of."""
    largest: str = table.sort(pl.col(size).fill_null(0), "group", descending=[True, False])["group"][0]
    return pl.col("group") == pl.lit(largest)


def whose(records: Records, row: int) -> str:
    """How a sentence about one group of several begins; nothing where all are told of together."""
    return "" if records.by is None else f"In the largest group, {{group@{row}}}:"


def day_in_words(day: dt.date) -> str:
    """
    >>> day_in_words(dt.date(2025, 3, 31))
    '31 March 2025'
    """
    return f"{day.day} {day:%B %Y}"
