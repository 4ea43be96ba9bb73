"""How scores move at the last session, against how they moved before and elsewhere."""

import numpy as np
import polars as pl
from scipy.stats import t as student

from allcomers.analyses.finding import Floats
from allcomers.analyses.occasions import at_first, on_the_day_before

LEAST_SCORES = 4
KEYS = ("group", "ending")
PLANNED, UNPLANNED, NOT_LAST = "planned", "unplanned", "not last"


def departures(days: pl.DataFrame) -> pl.DataFrame:
    """How far each change departs from the mean of the changes before it.

    Parameters
    ----------
    days : as from `occasions`: pathway_no, number, of, depression; sorted.

    Returns
    -------
    `days` from the fourth score on, with departure: (this score - the one before) - the mean change until then.
    """
    before, first = on_the_day_before("depression"), at_first("depression")
    made = (pl.col("depression") - before) - (before - first) / (pl.col("number") - 2)
    return days.with_columns(departure=made).filter(pl.col("number") >= LEAST_SCORES)


def of_endings(departed: pl.DataFrame) -> pl.DataFrame:
    """Departures of each kind of ending, and of sessions of the same number that were no ending.

    Parameters
    ----------
    departed : as from `departures`, with group and ending ("planned", "unplanned" or null) of the pathway.

    Returns
    -------
    group, ending, n, mean, variance (of the mean). The sessions that were not last are weighted to have the session
    numbers of planned endings; numbers at which nobody went on are left out on both sides of that comparison, and
    planned endings at the others stand in rows of "planned, others went on".
    """
    last = pl.col("number") == pl.col("of")
    ending = pl.when(last).then(pl.col("ending")).otherwise(pl.lit(NOT_LAST))
    cells = (
        departed.with_columns(ending=ending)
        .filter(pl.col("ending").is_not_null())
        .group_by("group", "ending", "number")
        .agg(n=pl.len(), total=pl.col("departure").sum(), squares=(pl.col("departure") ** 2).sum())
    )
    return pl.concat([_plain(cells), *_matched(cells)])


def _plain(cells: pl.DataFrame) -> pl.DataFrame:
    ends = cells.filter(pl.col("ending") != NOT_LAST).group_by(KEYS).agg(pl.col("n", "total", "squares").sum())
    return _with_moments(ends)


def _matched(cells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    planned = cells.filter((pl.col("ending") == PLANNED) & (pl.col("n") > 0))
    on = cells.filter((pl.col("ending") == NOT_LAST) & (pl.col("n") > 1))
    keys = ["group", "number"]
    comparable = _with_moments(
        planned.join(on, on=keys, how="semi").group_by(KEYS).agg(pl.col("n", "total", "squares").sum())
    )
    weights = planned.select(*keys, weight="n")
    went_on = (
        _with_moments(on)
        .join(weights, on=keys)
        .with_columns(share=pl.col("weight") / pl.col("weight").sum().over("group"))
        .group_by(KEYS)
        .agg(
            n=pl.col("n").sum(),
            mean=(pl.col("share") * pl.col("mean")).sum(),
            variance=(pl.col("share") ** 2 * pl.col("variance")).sum(),
        )
    )
    return comparable.with_columns(ending=pl.lit(f"{PLANNED}, others went on")), went_on


def _with_moments(sums: pl.DataFrame) -> pl.DataFrame:
    n, mean = pl.col("n"), pl.col("total") / pl.col("n")
    spread = (pl.col("squares") - pl.col("total") * mean) / (n - 1)
    variance = pl.when(n > 1).then(pl.max_horizontal(spread, 0.0) / n)
    keys = [name for name in ("group", "ending", "number") if name in sums.columns]
    return sums.select(*keys, "n", mean=mean, variance=variance)


def lower(mean: Floats, variance: Floats, n: Floats, other: Floats, other_variance: Floats, other_n: Floats) -> Floats:
    """One-sided p-values that one mean is no lower than another (Welch's t); NaN where either is unknown."""
    error = variance + other_variance
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = error**2 / (variance**2 / (n - 1) + other_variance**2 / (other_n - 1))
        p_value: Floats = student.cdf((mean - other) / np.sqrt(error), degrees)
    return p_value
