"""Shares made comparable by age, severity or another mix of people: direct and indirect standardisation."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from allcomers.analyses.finding import PERIOD_CAVEAT, Finding, Inclusion, Numbers, floats, same_length, why_unusable
from allcomers.analyses.proportions import UNKNOWN, Interval, wilson_limits

SHOW_BOTH = "Adjustment can hide an inequality as well as a difference in mix: show the unadjusted share beside it."


@dataclass(frozen=True, kw_only=True)
class DirectlyStandardised(Finding):
    """`share` is 0–1; `crude_share` is unadjusted; `weight_covered` is the part (0–1) of the reference it speaks for.

    Every group's share counts, so where `weight_covered` is below 1 the figure is for the covered groups alone and is
    not to be set beside one with another coverage.
    """

    share: Interval
    crude_share: float | None
    weight_covered: float


def directly_standardised(
    numerator: Numbers, denominator: Numbers, reference: Numbers, *, level: float = 0.95
) -> DirectlyStandardised:
    """Σ w p: the share that the reference population would have with these groups' shares.

    Parameters
    ----------
    numerator, denominator : counts, a value for each group of mix; null where missing.
    reference : size or weight of each group in the reference population, on any scale; null where unknown.
    level : coverage of the interval, 0–1.

    Returns
    -------
    DirectlyStandardised; the interval is Wilson's at the number of people that would give the same variance.
    """
    count, of, weight = floats(numerator), floats(denominator), floats(reference)
    same_length("directly_standardised", count, of, weight)
    countable = why_unusable(count, of)
    reasons = np.select([countable != "", ~(weight >= 0)], [countable, "reference weight missing"], default="")
    used = reasons == ""
    covered = float(weight[used].sum() / np.nansum(weight)) if weight[used].sum() > 0 else 0.0
    crude = float(count[used].sum() / of[used].sum()) if used.any() else None
    share = UNKNOWN
    if covered:
        part = weight[used] / weight[used].sum()
        estimate = float((part * count[used] / of[used]).sum())
        smoothed = (count[used] + 0.5) / (of[used] + 1)
        centre, variance = (part * smoothed).sum(), (part**2 * smoothed * (1 - smoothed) / of[used]).sum()
        people = np.array([centre * (1 - centre) / variance])
        low, high = wilson_limits(estimate * people, people, level=level)
        share = Interval(estimate=estimate, low=float(low[0]), high=float(high[0]))
    return DirectlyStandardised(
        estimand="The share if the service's people had the reference population's mix.",
        assumptions=("Within a group people are alike in what is adjusted for.", SHOW_BOTH, PERIOD_CAVEAT),
        inclusion=Inclusion.of(reasons),
        share=share,
        crude_share=crude,
        weight_covered=covered,
    )


@dataclass(frozen=True, kw_only=True)
class IndirectlyStandardised(Finding):
    """`ratio` is observed over expected people, 1 being as expected; `adjusted_share` is it times the overall share.

    An adjusted share may exceed 1: it is a scaled ratio and not a share of anyone.
    """

    observed: float
    expected: float
    ratio: Interval
    adjusted_share: Interval


def indirectly_standardised(
    numerator: Numbers,
    denominator: Numbers,
    expected_share: Numbers,
    *,
    overall_share: float | None = None,
    level: float = 0.95,
) -> IndirectlyStandardised:
    """Observed over expected, the expected being what these people would do at the reference's shares.

    Parameters
    ----------
    numerator, denominator : counts, a value for each group of mix; null where missing.
    expected_share : the reference's share (0–1) for each group, or the mean prediction of a case-mix model from which
        the provider was left out; null where unknown.
    overall_share : the reference's share over everyone, 0–1, to give `adjusted_share`.
    level : coverage of the interval, 0–1.

    Returns
    -------
    IndirectlyStandardised; the interval is the exact Poisson one, which for a common outcome is too wide. Two
    providers' ratios answer for two different mixes, and are not to be set against each other.
    """
    count, of, rate = floats(numerator), floats(denominator), floats(expected_share)
    same_length("indirectly_standardised", count, of, rate)
    countable = why_unusable(count, of)
    reasons = np.select(
        [countable != "", ~((rate >= 0) & (rate <= 1))], [countable, "expected share missing or not 0–1"], default=""
    )
    used = reasons == ""
    observed, expected = float(count[used].sum()), float((of[used] * rate[used]).sum())
    ratio = _poisson_ratio(observed, expected, level) if expected > 0 else UNKNOWN
    return IndirectlyStandardised(
        estimand="How the number of people with the outcome compares with the number expected of people like these.",
        assumptions=(
            "The expected shares are known, and fit these people as well as those they came from.",
            SHOW_BOTH,
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        observed=observed,
        expected=expected,
        ratio=ratio,
        adjusted_share=UNKNOWN if overall_share is None else _scaled(ratio, overall_share),
    )


def _poisson_ratio(observed: float, expected: float, level: float) -> Interval:
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * observed) / 2 if observed else 0.0
    high = chi2.ppf(1 - tail, 2 * (observed + 1)) / 2
    return Interval(estimate=observed / expected, low=float(low / expected), high=float(high / expected))


def _scaled(interval: Interval, by: float) -> Interval:
    low, estimate, high = (
        None if value is None else value * by for value in (interval.low, interval.estimate, interval.high)
    )
    return Interval(estimate=estimate, low=low, high=high)
