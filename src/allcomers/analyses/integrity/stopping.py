"""Whether courses end just when the scores first pass below the line, and what that does to recovery."""

from dataclasses import dataclass
from math import log

import numpy as np
import polars as pl
from scipy.stats import norm

from allcomers.analyses.finding import Floats, Numbers, floats
from allcomers.analyses.occasions import at_first, on_the_day_after
from allcomers.analyses.proportions import standard_score
from allcomers.analyses.stratified import mantel_haenszel

MOST_NUMBER = 20
"""From this session on all stand in one stratum."""
HALF_A_POINT = 0.5
"""Scores are whole: below 10 is below 9.5."""


@dataclass(frozen=True, slots=True)
class Hazards:
    """How likely a course is to end at its first session below the line (h1) and at any other (h0).

    Attributes
    ----------
    first_below, other : shares, 0 to 1. ratio, difference : h1 over h0, and h1 less h0.
    """

    first_below: float
    other: float
    ratio: float | None
    difference: float


def hazards(ended_first_below: int, first_below: int, ended_other: int, other: int) -> Hazards:
    """The two hazards from counts of sessions.

    >>> hazards(36, 60, 40, 400).ratio
    6.0
    """
    one, none = ended_first_below / first_below, ended_other / other
    return Hazards(one, none, one / none if none else None, one - none)


def at_risk(days: pl.DataFrame) -> pl.DataFrame:
    """Sessions at which a course could have ended.

    Parameters
    ----------
    days : as from `occasions`, with `severity` (a band of the first score).

    Returns
    -------
    Days from the second on of pathways at caseness on the first: group, stratum (session number and severity),
    first_below, ended, and next_below (null at the last).
    """
    return (
        days.with_columns(times_below=pl.col("below").cum_sum().cast(pl.Int64))
        .with_columns(
            started_below=at_first("below"),
            # Of whoever did not start below, the count on the first day is that of the pathways before.
            first_below=pl.col("below") & (pl.col("times_below") == at_first("times_below") + 1),
            ended=pl.col("number") == pl.col("of"),
            next_below=on_the_day_after("below"),
            stratum=pl.min_horizontal("number", pl.lit(MOST_NUMBER)) * 100 + pl.col("severity"),
        )
        .filter((pl.col("number") >= 2) & ~pl.col("started_below"))
        .select("group", "pathway_no", "stratum", "first_below", "ended", "next_below")
    )


def stratified(risk: pl.DataFrame) -> pl.DataFrame:
    """The two hazards of each service, like with like: over strata of session number and severity.

    Returns
    -------
    group, first_below, ended_first_below, other, ended_other (sessions), next_known and next_below (first sessions
    below that were not the last, and of these those whose next session was below too), log_ratio, variance (null where
    a hazard is 0).
    """
    first, ended = pl.col("first_below"), pl.col("ended")
    cells = risk.group_by("group", "stratum").agg(
        first_below=first.sum(),
        ended_first_below=(first & ended).sum(),
        other=(~first).sum(),
        ended_other=(~first & ended).sum(),
        next_known=(first & pl.col("next_below").is_not_null()).sum(),
        next_below=(first & pl.col("next_below")).sum(),
    )
    sums = cells.group_by("group").agg(pl.exclude("stratum").sum())
    ratios = [
        (group, *_log_ratio(part.sort("stratum")))
        for (group,), part in cells.partition_by("group", as_dict=True).items()
    ]
    schema = {"group": pl.String, "log_ratio": pl.Float64, "variance": pl.Float64}
    return sums.join(pl.DataFrame(ratios, schema=schema, orient="row"), on="group")


def _log_ratio(cells: pl.DataFrame) -> tuple[float | None, float | None]:
    """Logarithm of Mantel and Haenszel's ratio and its variance, read back from its interval."""
    ratio = mantel_haenszel(
        cells["ended_first_below"], cells["first_below"], cells["ended_other"], cells["other"]
    ).ratio
    if not ratio.estimate or not ratio.low or not ratio.high:
        return None, None
    error = log(ratio.high / ratio.low) / (2 * standard_score(0.95))
    # Where everyone in every stratum ended alike there is nothing to estimate an error from.
    return log(ratio.estimate), error**2 or None


def chance_below(true_score: float, cut: float, error: float) -> float:
    """Chance that one whole-number score is below the cut-off when the true score is as given."""
    return float(norm.cdf((cut - HALF_A_POINT - true_score) / error))


def chance_in_looks(true_score: float, cut: float, error: float, looks: int) -> float:
    """Chance that at least one of so many scores is below the cut-off, their errors independent."""
    return float(1 - (1 - chance_below(true_score, cut, error)) ** looks)


def mean_when_stopped(true_score: float, cut: float, error: float) -> float:
    """Mean of the first score below the cut-off, in points: that of a normal cut off above."""
    z = (cut - HALF_A_POINT - true_score) / error
    return float(true_score - error * norm.pdf(z) / norm.cdf(z))


def chance_truly_below(score: Numbers, cut: float, *, mean: float, sd: float, reliability: float) -> Floats:
    """Chance that the true score is below the cut-off, given the one on record.

    Parameters
    ----------
    score : points; null stays null. mean, sd : of such scores. reliability : between 0 and 1, ends left out.

    Notes
    -----
    The true score is drawn towards the mean by what is error: r·score + (1 - r)·mean, with error SD √(r(1 - r)).
    """
    centre = reliability * floats(score) + (1 - reliability) * mean
    error = sd * np.sqrt(reliability * (1 - reliability))
    chance: Floats = norm.cdf((cut - HALF_A_POINT - centre) / error)
    return chance
