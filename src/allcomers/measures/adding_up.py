"""From counts of groups of rows to a number for every organisation."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from allcomers.measures.aggregates import Aggregate, How
from allcomers.measures.counting import Counted
from allcomers.measures.levels import PLACE, Leaf, Organisations

Floats = npt.NDArray[np.float64]
Numbers = Mapping[Aggregate, Floats]
"""For each aggregate an array of period by category by organisation. The categories are everyone and, for what is
broken down, the others. Of no rows what adds up is 0, and anything else NaN."""


def leaves(found: Iterable[Counted]) -> list[Leaf]:
    """The combinations of codes of which anything was counted."""
    return sorted({leaf for one in found if one.adds_up and not one.by_category for leaf in _some(one).iter_rows()})


def numbers(found: Sequence[Counted], organisations: Organisations, *, periods: int, categories: int) -> Numbers:
    """Everything that was counted, in order."""
    made: dict[Aggregate, Floats] = {}
    places = _places(organisations)
    # Those of categories first: their arrays have room for everyone as well.
    for one in sorted(found, key=lambda one: not one.by_category):
        shape = (periods, 1 + categories if one.by_category else 1, len(organisations.nodes))
        for aggregate in one.aggregates:
            made.setdefault(aggregate, np.full(shape, 0.0 if one.adds_up else np.nan))
        # In the order of their codes, so that sums of fractions are the same each time.
        rows = one.rows.join(places, on=PLACE).sort("leaf")
        _add(one, rows, made) if one.adds_up else _describe(one.aggregates[0], rows, made)
    return made


def _some(one: Counted) -> pl.DataFrame:
    return one.rows.filter(pl.any_horizontal(pl.col(one.columns).fill_null(0) != 0)).select(PLACE).unique()


def _places(organisations: Organisations) -> pl.DataFrame:
    """A row for each leaf and organisation that it is a part of."""
    leaves = pl.DataFrame(organisations.leaves, schema=dict.fromkeys(PLACE, pl.String), orient="row")
    nodes = zip(*(each.tolist() for each in organisations.leaf_nodes.values()), strict=True)
    parts = pl.Series(list(map(list, nodes)), dtype=pl.List(pl.Int64))
    return leaves.with_row_index("leaf").with_columns(node=parts).explode("node")


def _add(one: Counted, rows: pl.DataFrame, made: Mapping[Aggregate, Floats]) -> None:
    index = _index(rows)
    for name, aggregate in zip(one.columns, one.aggregates, strict=True):
        np.add.at(made[aggregate], index, rows[name].cast(pl.Float64).fill_null(0).to_numpy())


def _describe(aggregate: Aggregate, rows: pl.DataFrame, made: Mapping[Aggregate, Floats]) -> None:
    """The median, least or greatest of values of which it is known how often each occurs."""
    keys = ("period_no", "category_no", "node")
    counted = rows.group_by(*keys, "value").agg(pl.col("times").sum()).sort(*keys, "value")
    value, upto, total = pl.col("value"), pl.col("times").cum_sum(), pl.col("times").sum()
    # The middle value, or the mean of the two in the middle.
    middle = (value.filter(upto > (total - 1) // 2).first() + value.filter(upto > total // 2).first()) / 2
    said = {How.MEDIAN: middle, How.MIN: value.first(), How.MAX: value.last()}[aggregate.how]
    found = counted.group_by(*keys, maintain_order=True).agg(said.alias("said"))
    made[aggregate][_index(found)] = found["said"].to_numpy()


def _index(rows: pl.DataFrame) -> tuple[npt.NDArray[np.int64], ...]:
    return tuple(rows[name].to_numpy() for name in ("period_no", "category_no", "node"))
