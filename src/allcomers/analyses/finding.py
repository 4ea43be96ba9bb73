"""What every comparison says of itself: what it estimates, what it assumes, and which rows it could not use."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from allcomers.exceptions import AllcomersError

Numbers: TypeAlias = ArrayLike | pl.Series | Sequence[float | None]
Floats: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.str_]

PERIOD_CAVEAT = (
    "A published yearly ratio divides one year's events by other events of the same year; the people differ, "
    "so the binomial error is an approximation."
)


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """How many rows came in, how many were used, and how many were not, by reason."""

    n_in: int
    n_used: int
    n_excluded: Mapping[str, int]

    @classmethod
    def of(cls, reasons: Texts) -> "Inclusion":
        """Count `reasons`: one text a row, empty where the row was used."""
        excluded = Counter(str(reason) for reason in reasons if reason)
        n_in = len(reasons)
        return cls(n_in=n_in, n_used=n_in - excluded.total(), n_excluded=MappingProxyType(dict(excluded)))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A result with its estimand, its assumptions (plain sentences) and its account of the rows."""

    estimand: str
    assumptions: tuple[str, ...]
    inclusion: Inclusion

    @property
    def n_in(self) -> int:
        return self.inclusion.n_in

    @property
    def n_used(self) -> int:
        return self.inclusion.n_used

    @property
    def n_excluded(self) -> Mapping[str, int]:
        return self.inclusion.n_excluded


def floats(values: Numbers) -> Floats:
    """`values` as a one-dimensional array, NaN where null."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def same_length(where: str, *columns: Floats) -> None:
    """Raise AllcomersError unless every column has one value a row."""
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1:
        raise AllcomersError(
            where=where,
            found=f"columns of {', '.join(map(str, lengths))} values",
            expected="One value for each row in every column",
            next_step="Pass columns of one table, with null where a value is missing",
        )


def why_unusable(numerator: Floats, denominator: Floats) -> Texts:
    """The first reason why each numerator and denominator cannot make a share; empty where they can."""
    return np.select(
        [
            np.isnan(numerator),
            np.isnan(denominator),
            (numerator < 0) | (denominator < 0),
            denominator == 0,
            numerator > denominator,
        ],
        [
            "numerator missing",
            "denominator missing",
            "count below zero",
            "denominator zero",
            "numerator above denominator",
        ],
        default="",
    )


def row_names(where: str, names: Sequence[str] | pl.Series | None, rows: int) -> pl.Series:
    """The caller's names, or the row numbers from 1 as text."""
    if names is None:
        return pl.Series([str(row) for row in range(1, rows + 1)], dtype=pl.String)
    if len(names) != rows:
        raise AllcomersError(where=where, found=f"{len(names)} names for {rows} rows", expected="One name a row")
    return pl.Series(names, dtype=pl.String)


def reasons_column(reasons: Texts) -> pl.Series:
    """Reasons as a column, null where the row was used."""
    return pl.Series([str(reason) or None for reason in reasons], dtype=pl.String)


def spread(values: Floats, used: Truths) -> pl.Series:
    """Values of the used rows put back in their places, null elsewhere."""
    full = np.full(len(used), np.nan)
    full[used] = values
    return pl.Series(full, nan_to_null=True)


def spread_texts(values: Texts, used: Truths) -> pl.Series:
    """Texts of the used rows put back in their places, null elsewhere."""
    full = np.full(len(used), None, dtype=object)
    full[used] = values
    return pl.Series(full.tolist(), dtype=pl.String)
