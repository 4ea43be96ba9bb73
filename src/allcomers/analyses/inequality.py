"""Inequality between groups: the slope from the least to the most deprived, and where on the way a gap opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import polars as pl

from allcomers.analyses.finding import (
    PERIOD_CAVEAT,
    Finding,
    Floats,
    Inclusion,
    Numbers,
    Texts,
    Truths,
    floats,
    reasons_column,
    row_names,
    same_length,
    spread,
    why_unusable,
)
from allcomers.analyses.proportions import UNKNOWN, Interval, log_ratio_variance, standard_score, wilson_limits
from allcomers.exceptions import AllcomersError


@dataclass(frozen=True, kw_only=True)
class SlopeIndex(Finding):
    """Slope and relative index of inequality.

    Attributes
    ----------
    slope_index : change in the share (−1 to 1) from the least to the most deprived end; below 0 the most deprived
        have the outcome less often.
    relative_index : fitted share at the least deprived end over that at the most deprived end; above 1 the most
        deprived have the outcome less often. None where the line falls to 0 or below at an end.
    fitted_least, fitted_most : the line at the two ends, 0–1 unless it runs past.
    largest_departure : greatest distance (0–1) of a group's share from the line; when it is large beside the slope,
        read the groups and not the slope.
    table : a row for each group given: group, least_to_most, numerator, denominator, size, excluded (reason or null),
        share with Wilson low and high (0–1; also of a group without a place in the order), mid_rank (0 least to 1
        most deprived) and fitted. Null where it cannot be made.
    """

    slope_index: Interval
    relative_index: Interval
    fitted_least: float | None
    fitted_most: float | None
    largest_departure: float | None
    table: pl.DataFrame


def slope_index(
    numerator: Numbers,
    denominator: Numbers,
    least_to_most: Numbers,
    *,
    groups: Sequence[str] | pl.Series | None = None,
    size: Numbers | None = None,
    minimum: float = 1,
    level: float = 0.95,
) -> SlopeIndex:
    """Slope index (SII) and relative index (RII) of inequality of a share over ordered groups.

    Parameters
    ----------
    numerator, denominator : counts, a value for each group; null where missing.
    least_to_most : the groups' order from least deprived (lowest) to most deprived (highest). It is never read from a
        label: the national data set's decile 01 is its least deprived, other sources' decile 1 their most. Null for a
        group without a place, such as "not recorded", which is reported and left out of the slope.
    groups : their names; row numbers from 1 when not given.
    size : people in each group, which give the mid-ranks and weights; the denominators when not given. Give the same
        sizes (everyone referred, say) to set two measures on one axis.
    minimum : a group with a smaller denominator is reported and left out of the slope.
    level : coverage of the intervals, 0–1.

    Returns
    -------
    SlopeIndex; the indices are empty when fewer than two groups can be used. The slope is a weighted mean of the
    groups' shares, so its interval follows from their binomial errors (with (r+½)/(n+1) for the variance, so that 0 of
    few is not taken as certain) and needs no simulation and no straight line; the relative index's is made on its
    logarithm.

    Raises
    ------
    AllcomersError : columns of unequal length, or two groups with one place in the order.

    Source
    ------
    Regidor 2004, J Epidemiol Community Health 58:858 (not re-read).
    """
    count, of, order = floats(numerator), floats(denominator), floats(least_to_most)
    people = of if size is None else floats(size)
    same_length("slope_index", count, of, order, people)
    countable = why_unusable(count, of)
    reasons = np.select(
        [countable != "", np.isnan(order), ~(people > 0), of < minimum],
        [countable, "no place in the order", "size missing or zero", "under the minimum size"],
        default="",
    )
    used = reasons == ""
    _check_order(order[used])
    mid_rank = _mid_ranks(people[used], order[used])
    line = _line(count[used], of[used], people[used], mid_rank, level) if used.sum() > 1 else _NO_LINE
    fitted = line.at(mid_rank)
    return SlopeIndex(
        estimand="How much the share differs between the least and the most deprived ends of all the people ranked.",
        assumptions=(
            "Groups are in the order given; people within a group share its middle rank.",
            "The straight line is a summary: the largest departure says how well the groups follow it.",
            "Each person counts once and independently of the others; the groups are of area, not of person, if the "
            "deprivation is an area's.",
            "Nothing is adjusted for, so that adjustment cannot explain an inequality away.",
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        slope_index=line.slope,
        relative_index=line.ratio,
        fitted_least=line.least,
        fitted_most=line.most,
        largest_departure=float(np.abs(count[used] / of[used] - fitted).max()) if used.sum() > 1 else None,
        table=pl.DataFrame(
            {
                "group": row_names("slope_index", groups, len(count)),
                "least_to_most": pl.Series(order, nan_to_null=True),
                "numerator": pl.Series(count, nan_to_null=True),
                "denominator": pl.Series(of, nan_to_null=True),
                "size": pl.Series(people, nan_to_null=True),
                "excluded": reasons_column(reasons),
            }
            | _share_columns(count, of, countable == "", level)
            | {"mid_rank": spread(mid_rank, used), "fitted": spread(fitted, used)}
        ),
    )


def _share_columns(count: Floats, of: Floats, countable: Truths, level: float) -> dict[str, pl.Series]:
    low, high = wilson_limits(count[countable], of[countable], level=level)
    share = count[countable] / of[countable]
    return {"share": spread(share, countable), "low": spread(low, countable), "high": spread(high, countable)}


@dataclass(frozen=True, kw_only=True)
class _Line:
    slope: Interval
    ratio: Interval
    least: float | None
    most: float | None

    def at(self, mid_rank: Floats) -> Floats:
        """The line's share at each mid-rank; NaN where there is no line."""
        if self.least is None or self.most is None:
            return np.full(len(mid_rank), np.nan)
        return self.least + mid_rank * (self.most - self.least)


_NO_LINE = _Line(slope=UNKNOWN, ratio=UNKNOWN, least=None, most=None)


def _check_order(order: Floats) -> None:
    if len(np.unique(order)) < len(order):
        raise AllcomersError(
            where="slope_index least_to_most",
            found="two groups with the same place in the order",
            expected="A place of its own for each group, from least (lowest) to most deprived (highest)",
            next_step="Add the two groups together first, or leave the place of one null",
        )


def _mid_ranks(people: Floats, order: Floats) -> Floats:
    """The middle of each group's stretch of all the people, 0 to 1 from the lowest order."""
    sequence = np.argsort(order)
    in_order = people[sequence]
    mid_rank = np.empty(len(people))
    mid_rank[sequence] = (in_order.cumsum() - in_order / 2) / in_order.sum()
    return mid_rank


def _line(count: Floats, of: Floats, people: Floats, mid_rank: Floats, level: float) -> _Line:
    weight = people / people.sum()
    centre = float((weight * mid_rank).sum())
    # The slope and both ends are weighted sums of the shares; these are the weights.
    for_slope = weight * (mid_rank - centre)
    for_slope = for_slope / (for_slope * mid_rank).sum()
    for_least, for_most = weight - centre * for_slope, weight + (1 - centre) * for_slope
    share, variance = count / of, _binomial_variance(count, of)
    slope, least, most = (float((weights * share).sum()) for weights in (for_slope, for_least, for_most))
    half_width = standard_score(level) * sqrt(float((for_slope**2 * variance).sum()))
    return _Line(
        slope=Interval(estimate=slope, low=slope - half_width, high=slope + half_width),
        ratio=_ratio_of_ends(least, most, for_least, for_most, variance, level),
        least=least,
        most=most,
    )


def _binomial_variance(count: Floats, of: Floats) -> Floats:
    share = (count + 0.5) / (of + 1)
    variance: Floats = share * (1 - share) / of
    return variance


def _ratio_of_ends(
    least: float, most: float, for_least: Floats, for_most: Floats, variance: Floats, level: float
) -> Interval:
    if least <= 0 or most <= 0:
        return UNKNOWN
    gradient = for_least / least - for_most / most
    half_width = standard_score(level) * sqrt(float((gradient**2 * variance).sum()))
    centre = log(least / most)
    return Interval(estimate=least / most, low=exp(centre - half_width), high=exp(centre + half_width))


@dataclass(frozen=True, kw_only=True)
class Decomposition(Finding):
    """A ratio of two groups' whole-pathway rates split into the steps at which it arises. Its rows are the steps.

    Attributes
    ----------
    ratio : group a's last stage per first stage over group b's. It needs only those two stages of both groups, and
        `share_before` the official denominator as well: a stage missing between costs its own two steps alone.
    share_before : the part of ln(ratio) that arises on the way to the official denominator, which the official
        figure cannot show. Outside 0–1 when the steps pull in opposite directions. Its limits are None when the
        ratio's own hold 1, since there may then be no gap to share out; empty when the ratio is or is exactly 1.
    table : a row for each step: from_stage, to_stage, excluded (reason or null), rate_a, rate_b (0–1), ratio with
        low and high, log_ratio, share_of_log_ratio, before_official (true where the step leads up to the official
        denominator). Null where a step cannot be used.
    """

    ratio: Interval
    share_before: Interval
    table: pl.DataFrame


def decompose_ratio(
    group_a: Mapping[str, float | None],
    group_b: Mapping[str, float | None],
    *,
    official_denominator: str,
    level: float = 0.95,
) -> Decomposition:
    """ln(R_a / R_b) = Σ ln(rate_a / rate_b) over the steps, and the share of it before the official denominator.

    Parameters
    ----------
    group_a, group_b : people at each stage, in order, by the stage's name: the same stages in the same order, such as
        referred, finished, reliably recovered. Each stage is part of the one before. None where missing.
    official_denominator : the stage that the official figure divides by, neither the first nor the last.
    level : coverage of the intervals, 0–1.

    Returns
    -------
    Decomposition. Steps are independent given the one before, so the variances of their logarithms add.

    Raises
    ------
    AllcomersError : the stages differ, or the official denominator is not between the first and the last.

    Source
    ------
    Own derivation; the interval of each step is that of Katz et al. 1978, Biometrics 34:469.
    """
    stages = _stages(group_a, group_b, official_denominator)
    counts = np.array([floats(list(group_a.values())), floats(list(group_b.values()))])
    of, count = counts[:, :-1], counts[:, 1:]
    reasons = _why_no_step(of, count)
    used = reasons == ""
    early = stages.index(official_denominator)
    ratios = [_ratio(count[:, step], of[:, step], level) for step in np.flatnonzero(used)]
    ends = counts[:, [0, early, -1]]
    whole = UNKNOWN if _why_no_step(ends[:, [0]], ends[:, [2]])[0] else _ratio(ends[:, 2], ends[:, 0], level)
    logs = np.array([log(ratio.estimate) for ratio in ratios if ratio.estimate is not None])
    return Decomposition(
        estimand="How much of the gap between two groups, counted from everyone at the first stage, has opened before "
        "the official figure begins to count.",
        assumptions=(
            "Each stage's people are among those of the stage before, and no one is in both groups.",
            "A step's part is arithmetic, not cause: who leaves early changes who is left to recover.",
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        ratio=whole,
        share_before=_share_before(ends, whole, level),
        table=pl.DataFrame(
            {
                "from_stage": stages[:-1],
                "to_stage": stages[1:],
                "excluded": reasons_column(reasons),
                "rate_a": spread(count[0, used] / of[0, used], used),
                "rate_b": spread(count[1, used] / of[1, used], used),
                "ratio": _spread_known([ratio.estimate for ratio in ratios], used),
                "low": _spread_known([ratio.low for ratio in ratios], used),
                "high": _spread_known([ratio.high for ratio in ratios], used),
                "log_ratio": spread(logs, used),
                "share_of_log_ratio": spread(_shares_of_total(logs, whole), used),
                "before_official": [step < early for step in range(len(stages) - 1)],
            }
        ),
    )


def _stages(
    group_a: Mapping[str, float | None], group_b: Mapping[str, float | None], official_denominator: str
) -> list[str]:
    stages = list(group_a)
    if stages != list(group_b):
        raise AllcomersError(
            where="decompose_ratio",
            found=f"stages {', '.join(stages)} in one group and {', '.join(group_b)} in the other",
            expected="The same stages in the same order",
        )
    if official_denominator not in stages[1:-1]:
        raise AllcomersError(
            where="decompose_ratio official_denominator",
            found=official_denominator,
            expected=f"A stage between the first and the last of {', '.join(stages)}",
        )
    return stages


def _why_no_step(of: Floats, count: Floats) -> Texts:
    return np.select(
        [np.isnan(of + count).any(axis=0), (count > of).any(axis=0), (count <= 0).any(axis=0)],
        ["count missing", "later stage larger than the one before", "no one at the stage"],
        default="",
    )


def _ratio(count: Floats, of: Floats, level: float) -> Interval:
    rate = count / of
    centre = log(rate[0] / rate[1])
    half_width = standard_score(level) * sqrt(log_ratio_variance(count, of))
    return Interval(estimate=float(rate[0] / rate[1]), low=exp(centre - half_width), high=exp(centre + half_width))


def _share_before(ends: Floats, whole: Interval, level: float) -> Interval:
    """ln of the early ratio over ln of the whole; `ends` are the first, official and last stages of both groups."""
    unusable = (_why_no_step(ends[:, :-1], ends[:, 1:]) != "").any()
    if unusable or whole.low is None or whole.high is None or whole.estimate == 1:
        return UNKNOWN
    first, official, last = ends.T
    early, late = (
        log(later[0] / before[0] / (later[1] / before[1])) for before, later in ((first, official), (official, last))
    )
    share = early / (early + late)
    if whole.low <= 1 <= whole.high:
        return Interval(estimate=share, low=None, high=None)
    variance = late**2 * log_ratio_variance(official, first) + early**2 * log_ratio_variance(last, official)
    half_width = standard_score(level) * sqrt(variance) / (early + late) ** 2
    return Interval(estimate=share, low=share - half_width, high=share + half_width)


def _shares_of_total(logs: Floats, whole: Interval) -> Floats:
    if whole.estimate is None or whole.estimate == 1:
        return np.full(len(logs), np.nan)
    return logs / log(whole.estimate)


def _spread_known(values: list[float | None], used: Truths) -> pl.Series:
    return spread(np.array(values, dtype=np.float64), used)
