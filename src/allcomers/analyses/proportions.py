"""Shares and their intervals: one share, and two shares set against each other."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import polars as pl
from scipy.special import ndtri

from allcomers.analyses.finding import (
    PERIOD_CAVEAT,
    Finding,
    Floats,
    Inclusion,
    Numbers,
    floats,
    reasons_column,
    same_length,
    spread,
    why_unusable,
)

INDEPENDENT_PEOPLE = "Each person in the denominator counts once and independently of the others."


def standard_score(level: float) -> float:
    """The standard normal score that leaves (1 − level)/2 in each tail: 1.959964 for 0.95."""
    return float(ndtri(0.5 + level / 2))


@dataclass(frozen=True, kw_only=True)
class Shares(Finding):
    """`table`: numerator, denominator, excluded (reason or null), share, low, high; a row for each row given."""

    level: float
    table: pl.DataFrame


def wilson(numerator: Numbers, denominator: Numbers, *, level: float = 0.95) -> Shares:
    """Shares with Wilson score intervals.

    Parameters
    ----------
    numerator, denominator : counts of equal length; null where missing.
    level : coverage of the interval, 0–1.

    Returns
    -------
    Shares; share, low and high are 0–1 and null, with the reason, where no share can be made.

    Source
    ------
    Wilson 1927, J Am Stat Assoc 22:209; Newcombe 1998, Stat Med 17:857.
    """
    count, of = floats(numerator), floats(denominator)
    same_length("wilson", count, of)
    reasons = why_unusable(count, of)
    used = reasons == ""
    low, high = wilson_limits(count[used], of[used], level=level)
    return Shares(
        estimand="The share that the service would show over very many people like these.",
        assumptions=(INDEPENDENT_PEOPLE, PERIOD_CAVEAT),
        inclusion=Inclusion.of(reasons),
        level=level,
        table=pl.DataFrame(
            {
                "numerator": pl.Series(count, nan_to_null=True),
                "denominator": pl.Series(of, nan_to_null=True),
                "excluded": reasons_column(reasons),
                "share": spread(count[used] / of[used], used),
                "low": spread(low, used),
                "high": spread(high, used),
            }
        ),
    )


def wilson_limits(numerator: Floats, denominator: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper Wilson limits (0–1) of usable counts: 0 ≤ numerator ≤ denominator, denominator above 0."""
    z = standard_score(level)
    share = numerator / denominator
    shrink = 1 + z**2 / denominator
    centre = (share + z**2 / (2 * denominator)) / shrink
    half_width = z * np.sqrt(share * (1 - share) / denominator + z**2 / (4 * denominator**2)) / shrink
    # At 0 and at 1 a limit is the share itself; rounding error would otherwise put it beyond.
    return np.clip(centre - half_width, 0, share), np.clip(centre + half_width, share, 1)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate between its limits; None where it cannot be made."""

    estimate: float | None
    low: float | None
    high: float | None


UNKNOWN = Interval(estimate=None, low=None, high=None)


@dataclass(frozen=True, kw_only=True)
class TwoGroups(Finding):
    """Group a against group b. Shares 0–1; `ratio` is a over b; `difference` is a less b, 0–1.

    `half_added` says that a share was 0 or 1, so that the ratio's interval was made after adding ½ to each cell.
    """

    share_a: Interval
    share_b: Interval
    ratio: Interval
    difference: Interval
    half_added: bool


def two_groups(
    numerator_a: float, denominator_a: float, numerator_b: float, denominator_b: float, *, level: float = 0.95
) -> TwoGroups:
    """Ratio (Katz logarithmic interval) and difference (Newcombe interval, from Wilson's) of two shares.

    Parameters
    ----------
    numerator_a, denominator_a, numerator_b, denominator_b : counts of people.
    level : coverage of the intervals, 0–1.

    Returns
    -------
    TwoGroups; every interval is empty when either group cannot make a share, and the reason is counted. The ratio's
    estimate is None when group b's numerator is 0.

    Source
    ------
    Katz et al. 1978, Biometrics 34:469; Newcombe 1998, Stat Med 17:873 (method 10).
    """
    count, of = floats([numerator_a, numerator_b]), floats([denominator_a, denominator_b])
    reasons = why_unusable(count, of)
    unusable = bool((reasons != "").any())
    half_added = not unusable and bool(((count == 0) | (count == of)).any())
    share_a, share_b = (UNKNOWN, UNKNOWN) if unusable else _wilson_pair(count, of, level)
    return TwoGroups(
        estimand="How many times as likely, and how much more likely, the outcome is in group a than in group b.",
        assumptions=(INDEPENDENT_PEOPLE, "No one is in both groups.", PERIOD_CAVEAT),
        inclusion=Inclusion.of(reasons),
        share_a=share_a,
        share_b=share_b,
        ratio=UNKNOWN if unusable else _katz(count, of, level),
        difference=UNKNOWN if unusable else _newcombe(count, of, level),
        half_added=half_added,
    )


def log_ratio_variance(count: Floats, of: Floats) -> float:
    """Variance of the logarithm of a ratio of two shares; ½ is added to each cell when a share is 0 or 1."""
    if ((count == 0) | (count == of)).any():
        count, of = count + 0.5, of + 1
    return float((1 / count - 1 / of).sum())


def _wilson_pair(count: Floats, of: Floats, level: float) -> tuple[Interval, Interval]:
    low, high = wilson_limits(count, of, level=level)
    first, second = (
        Interval(estimate=float(count[i] / of[i]), low=float(low[i]), high=float(high[i])) for i in range(2)
    )
    return first, second


def _katz(count: Floats, of: Floats, level: float) -> Interval:
    at_edge = bool(((count == 0) | (count == of)).any())
    share = (count + 0.5) / (of + 1) if at_edge else count / of
    centre = log(share[0] / share[1])
    half_width = standard_score(level) * sqrt(log_ratio_variance(count, of))
    return Interval(
        estimate=float(count[0] / of[0] / (count[1] / of[1])) if count[1] else None,
        low=0.0 if count[0] == 0 else exp(centre - half_width),
        high=None if count[1] == 0 else exp(centre + half_width),
    )


def _newcombe(count: Floats, of: Floats, level: float) -> Interval:
    low, high = wilson_limits(count, of, level=level)
    share = count / of
    difference = float(share[0] - share[1])
    return Interval(
        estimate=difference,
        low=difference - sqrt((share[0] - low[0]) ** 2 + (high[1] - share[1]) ** 2),
        high=difference + sqrt((high[0] - share[0]) ** 2 + (share[1] - low[1]) ** 2),
    )
