"""Effect sizes of a change from first to last score, each with its variance.

They are standardised by different spreads, so they are never pooled with one another.
"""

from dataclasses import dataclass
from math import exp, lgamma, sqrt

from allcomers.analyses.proportions import Interval, standard_score
from allcomers.exceptions import AllcomersError


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is known of `n` pairs of scores, in points; the correlation is between first and last."""

    n: int
    mean_first: float
    mean_last: float
    sd_first: float
    sd_last: float
    correlation: float

    def __post_init__(self) -> None:
        if self.n < 3 or min(self.sd_first, self.sd_last) <= 0 or not -1 <= self.correlation <= 1:
            raise AllcomersError(
                where="effect size",
                found="fewer than 3 pairs, a standard deviation of 0, or a correlation beyond ±1",
                expected="At least 3 pairs of scores that vary",
            )

    @property
    def fall(self) -> float:
        """Mean fall, in points."""
        return self.mean_first - self.mean_last

    @property
    def sd_change(self) -> float:
        """SD of the changes, in points."""
        return sqrt(self.sd_first**2 + self.sd_last**2 - 2 * self.correlation * self.sd_first * self.sd_last)


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect size in standard deviations, positive where scores fell, and its sampling variance."""

    d: float
    variance: float

    def interval(self, level: float = 0.95) -> Interval:
        """Normal-theory limits."""
        half_width = standard_score(level) * sqrt(self.variance)
        return Interval(estimate=self.d, low=self.d - half_width, high=self.d + half_width)


def small_sample(degrees: float) -> float:
    """Hedges' correction J; above 0 for two degrees of freedom or more.

    >>> round(small_sample(99), 6)
    0.992402
    """
    return exp(lgamma(degrees / 2) - lgamma((degrees - 1) / 2)) / sqrt(degrees / 2)


def d_raw(pairs: Pairs) -> Effect:
    """Mean fall over the SD of first scores (Becker 1988; metafor's SMCR)."""
    d = small_sample(pairs.n - 1) * pairs.fall / pairs.sd_first
    return Effect(d, 2 * (1 - pairs.correlation) / pairs.n + d**2 / (2 * pairs.n))


def d_change(pairs: Pairs) -> Effect | None:
    """Mean fall over the SD of the changes (metafor's SMCC); None where everyone changed alike."""
    if pairs.sd_change == 0:
        return None
    d = small_sample(pairs.n - 1) * pairs.fall / pairs.sd_change
    return Effect(d, 1 / pairs.n + d**2 / (2 * pairs.n))


def d_average(pairs: Pairs) -> float:
    """Mean fall over the root mean square of both SDs."""
    return pairs.fall / sqrt((pairs.sd_first**2 + pairs.sd_last**2) / 2)


def controlled(treated: Effect, untreated: Effect) -> Effect:
    """The part of a change that people without treatment did not show: the difference of two independent effects."""
    return Effect(treated.d - untreated.d, treated.variance + untreated.variance)
