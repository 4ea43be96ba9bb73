"""Every figure of every organisation for its total, looked up by place, period, figure and base."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from allcomers.published.figures import DECIMALS, FIGURE, FIGURES, bounds, count_names
from allcomers.published.layouts import TOTAL, percent_column

Key = tuple[str, str]
"""Level and organisation code."""


@dataclass(frozen=True, slots=True)
class Value:
    """A percentage 0–100 with the interval that contains the truth; None where it cannot be told."""

    numerator: int | None
    denominator: int | None
    low: float | None
    value: float | None
    high: float | None

    @property
    def exact(self) -> bool:
        """No wider than the outward rounding of its two ends, as England's are."""
        return self.low is not None and self.high is not None and self.high - self.low < 1.5 / 10**DECIMALS


@dataclass(frozen=True, slots=True)
class CountValue:
    """A published count and what it can have been; None where withheld, or not published at all."""

    low: int | None
    value: int | None
    high: int | None

    @property
    def published(self) -> bool:
        return self.low is not None


@dataclass(frozen=True, slots=True)
class Totals:
    """One organisation in one period.

    figures : (figure, base) → Value. counts : name → CountValue. printed_percent : figure → the official percentage as
    published, None where withheld.
    """

    period: str
    figures: Mapping[tuple[str, str], Value]
    counts: Mapping[str, CountValue]
    printed_percent: Mapping[str, float | None]


def totals(counts: pl.DataFrame, long: pl.DataFrame) -> dict[Key, dict[str, Totals]]:
    """All totals: (level, code) → period → Totals.

    Parameters
    ----------
    counts : `PublishedTables.counts`. long : `figures.figures(counts)`.
    """
    rows = counts.filter((pl.col("variable_type") == TOTAL) & pl.col("level").is_not_null())
    level_of = dict(rows.select("org_type", "level").unique().iter_rows())
    values: dict[tuple[str, str, str], dict[tuple[str, str], Value]] = {}
    total_figures = long.filter(pl.col("variable_type") == TOTAL)
    columns = ("org_type", "org_code", "period", "figure", "base", "numerator", "denominator", "low", "value", "high")
    for org_type, code, period, figure, base, *numbers in total_figures.select(columns).iter_rows():
        if org_type in level_of:
            values.setdefault((level_of[org_type], code, period), {})[figure, base] = Value(*numbers)
    found: dict[Key, dict[str, Totals]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["level"], row["org_code"]), {})[row["period"]] = Totals(
            period=row["period"],
            figures=values.get((row["level"], row["org_code"], row["period"]), {}),
            counts={name: CountValue(*(row[column] for column in bounds(name))) for name in count_names()},
            printed_percent={
                name: row[percent_column(name)] for name, figure in FIGURE.items() if figure.official is not None
            },
        )
    return found


FIGURE_AND_BASES = tuple((figure, base) for figure in FIGURES for base in figure.bases)
