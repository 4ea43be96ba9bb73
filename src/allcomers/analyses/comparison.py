"""Organisations compared without a league table: the funnel, and shares shrunk towards their mean.

The ranks, which are never given without their intervals, are in `ranks`; one organisation's months in
`control_chart`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit

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
    spread_texts,
    why_unusable,
)
from allcomers.analyses.proportions import standard_score
from allcomers.exceptions import AllcomersError

LIMIT_95 = 1.96
LIMIT_998 = 3.09
WINSORISED_SHARE = 0.1

Range = tuple[Numbers, Numbers]


@dataclass(frozen=True, kw_only=True)
class Funnel(Finding):
    """Where each organisation lies against the limits that chance and ordinary variation would give.

    Attributes
    ----------
    table : a row for each organisation given, in the order given: organisation, numerator, denominator, excluded
        (reason or null), share (0–1), z, z_winsorised, z_adjusted (standard errors from the target), category
        ("within the limits", "beyond 95 %", "beyond 99.8 %") and side ("above", "below", "at the target"). With
        ranges also z_adjusted_low, z_adjusted_high and depends_on_rounding (true where the category or side differs
        within the range). Null where excluded.
    target_share : all numerators over all denominators, 0–1; None when no organisation is usable.
    overdispersion : φ, the mean of the squared winsorised z; 1 would be chance alone.
    between_variance : τ², variance between organisations on the arcsine square root scale, in square radians.
    """

    table: pl.DataFrame
    target_share: float | None
    overdispersion: float | None
    between_variance: float | None

    def limits(self, denominators: Numbers) -> pl.DataFrame:
        """Limits (0–1) to draw at these denominators: denominator, lower_95, upper_95, lower_998, upper_998.

        Empty when the funnel has no usable organisation.
        """
        if self.target_share is None or self.between_variance is None:
            denominators = []
        of = floats(denominators)
        if not (of > 0).all():
            raise AllcomersError(
                where="funnel limits",
                found="a denominator that is missing or not above zero",
                expected="Counts above 0",
            )
        target = _angle(np.array([self.target_share or 0.0]))
        error = np.sqrt(_sampling_variance(of) + (self.between_variance or 0.0))
        columns = {"denominator": of}
        for name, score in (("95", LIMIT_95), ("998", LIMIT_998)):
            columns[f"lower_{name}"] = _share(target - score * error)
            columns[f"upper_{name}"] = _share(target + score * error)
        return pl.DataFrame(columns)


def funnel(
    numerator: Numbers,
    denominator: Numbers,
    *,
    organisations: Sequence[str] | pl.Series | None = None,
    numerator_range: Range | None = None,
    denominator_range: Range | None = None,
) -> Funnel:
    """Arcsine funnel for proportions, with winsorised over-dispersion added to the limits.

    Parameters
    ----------
    numerator, denominator : counts, a value for each organisation; null where missing.
    organisations : their names; row numbers from 1 when not given.
    numerator_range, denominator_range : (lowest, highest) counts for which a rounded published count may stand;
        null where the count is exact. The target and τ² are held at the published counts.

    Returns
    -------
    Funnel; with one usable organisation φ and τ² are 0, since it is its own target.

    Raises
    ------
    AllcomersError : columns of unequal length, or a lowest count above its highest.

    Source
    ------
    Spiegelhalter 2005, Stat Med 24:1185 and Qual Saf Health Care 14:347; Spiegelhalter et al. 2012 (not re-read).
    """
    count, of = floats(numerator), floats(denominator)
    same_length("funnel", count, of)
    reasons = why_unusable(count, of)
    used = reasons == ""
    target = _target(count[used], of[used])
    z = _z(count[used], of[used], target, 0.0)
    winsorised = _winsorised(z)
    overdispersion, between = _between_variance(winsorised, _sampling_variance(of[used]))
    z_adjusted = _z(count[used], of[used], target, between)
    columns = {
        "organisation": row_names("funnel", organisations, len(count)),
        "numerator": pl.Series(count, nan_to_null=True),
        "denominator": pl.Series(of, nan_to_null=True),
        "excluded": reasons_column(reasons),
        "share": spread(count[used] / of[used], used),
        "z": spread(z, used),
        "z_winsorised": spread(winsorised, used),
        "z_adjusted": spread(z_adjusted, used),
        "category": spread_texts(_category(z_adjusted), used),
        "side": spread_texts(_side(z_adjusted), used),
    }
    if numerator_range or denominator_range:
        corners = _corners(count, of, numerator_range, denominator_range)
        low, high = (_z(some[used], all_[used], target, between) for some, all_ in corners)
        columns |= _rounding_columns(low, high, used)
    empty = not used.any()
    return Funnel(
        estimand="How far each organisation's share lies from the share of all of them together, beyond chance and "
        "beyond the variation usual between organisations.",
        assumptions=(
            "The target is the mean of these organisations, which is not a standard of good care.",
            "People are independent of each other, and organisations vary about the target as a bell curve does.",
            "Case mix is not adjusted for: a position is a reason to ask, not an answer.",
            "By chance alone about 1 in 20 lies beyond the 95 % limits and 1 in 500 beyond the 99.8 % limits.",
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        table=pl.DataFrame(columns),
        target_share=None if empty else float(count[used].sum() / of[used].sum()),
        overdispersion=None if empty else overdispersion,
        between_variance=None if empty else between,
    )


def _angle(share: Floats) -> Floats:
    return np.arcsin(np.sqrt(share))


def _share(angle: Floats) -> Floats:
    # Beyond a quarter turn sin² would fold back on itself.
    folded: Floats = np.sin(np.clip(angle, 0, np.pi / 2)) ** 2
    return folded


def _sampling_variance(denominator: Floats) -> Floats:
    return 1 / (4 * denominator)


def _target(count: Floats, of: Floats) -> float:
    return float(_angle(count.sum(keepdims=True) / of.sum(keepdims=True))[0]) if len(of) else 0.0


def _z(count: Floats, of: Floats, target: float, between: float) -> Floats:
    distance = _angle(count / of) - target
    # An organisation exactly at the target must read so, whatever the last binary digit of its arcsine.
    distance[np.abs(distance) < 1e-12] = 0.0
    z: Floats = distance / np.sqrt(_sampling_variance(of) + between)
    return z


def _winsorised(z: Floats) -> Floats:
    """The outer tenth at each end drawn in to the quantile there (R's type 7, NumPy's "linear")."""
    if not len(z):
        return z
    low, high = np.quantile(z, [WINSORISED_SHARE, 1 - WINSORISED_SHARE], method="linear")
    return np.clip(z, low, high)


def _between_variance(z_winsorised: Floats, sampling_variance: Floats) -> tuple[float, float]:
    """φ and the additive variance τ², which is 0 unless φ exceeds what chance gives."""
    organisations = len(z_winsorised)
    if organisations < 2:
        return 0.0, 0.0
    overdispersion = float(np.mean(z_winsorised**2))
    weight = 1 / sampling_variance
    excess = organisations * overdispersion - (organisations - 1)
    return overdispersion, max(0.0, excess / _weight_spread(weight))


def _weight_spread(weight: Floats) -> float:
    return float(weight.sum() - (weight**2).sum() / weight.sum())


def _category(z: Floats) -> Texts:
    distance = np.abs(z)
    return np.select(
        [distance > LIMIT_998, distance > LIMIT_95], ["beyond 99.8 %", "beyond 95 %"], default="within the limits"
    )


def _side(z: Floats) -> Texts:
    return np.select([z > 0, z < 0], ["above", "below"], default="at the target")


def _corners(
    count: Floats, of: Floats, numerator_range: Range | None, denominator_range: Range | None
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """The counts that give the lowest and the highest z.

    z rises with the numerator and falls with the denominator, so the extremes are at two corners of the ranges; a
    numerator above its denominator cannot be, and the corner moves in to a share of 1.
    """
    fewest, most = _range("funnel numerator_range", count, numerator_range)
    least_of, most_of = _range("funnel denominator_range", of, denominator_range)
    return (np.minimum(fewest, most_of), most_of), (np.minimum(most, most_of), np.clip(most, least_of, most_of))


def _range(where: str, exact: Floats, given: Range | None) -> tuple[Floats, Floats]:
    if given is None:
        return exact, exact
    low, high = floats(given[0]), floats(given[1])
    same_length(where, exact, low, high)
    low, high = np.where(np.isnan(low), exact, low), np.where(np.isnan(high), exact, high)
    wrong = (low > high) | (low < 0)
    if wrong.any():
        raise AllcomersError(
            where=where,
            found=f"{wrong.sum()} ranges that end below their start or start below 0, the first in row "
            f"{wrong.argmax() + 1}",
            expected="Lowest count first, highest second",
        )
    return low, high


def _rounding_columns(low: Floats, high: Floats, used: Truths) -> dict[str, pl.Series]:
    depends = (_category(low) != _category(high)) | (
        (_category(low) != "within the limits") & (_side(low) != _side(high))
    )
    marked = np.full(len(used), None, dtype=object)
    marked[used] = depends
    return {
        "z_adjusted_low": spread(low, used),
        "z_adjusted_high": spread(high, used),
        "depends_on_rounding": pl.Series(marked.tolist(), dtype=pl.Boolean),
    }


@dataclass(frozen=True, kw_only=True)
class Shrunken(Finding):
    """Each organisation's share drawn towards the mean of all by as much as chance could have moved it.

    Attributes
    ----------
    table : a row for each organisation given, in the order given: organisation, numerator, denominator, excluded
        (reason or null), share, weight (0–1, how much of the organisation's own figure is kept), shrunken_share with
        its 95 % limits low and high (0–1), half_added, and on the logit scale logit, logit_variance (its own),
        posterior_logit, posterior_variance. Null where excluded.
    mean_share : the mean organisation's share, 0–1 (its logit is `mean_logit`); None when none is usable.
    between_variance : τ² on the logit scale; None with fewer than two organisations.
    heterogeneity : Cochran's Q on k − 1 degrees of freedom; None with fewer than two organisations.
    """

    table: pl.DataFrame
    mean_share: float | None
    mean_logit: float | None
    between_variance: float | None
    heterogeneity: float | None


def shrunken(
    numerator: Numbers,
    denominator: Numbers,
    *,
    organisations: Sequence[str] | pl.Series | None = None,
) -> Shrunken:
    """Empirical Bayes shares: normal–normal model on the logit scale, τ² by DerSimonian and Laird.

    Parameters
    ----------
    numerator, denominator : counts, a value for each organisation; null where missing. Where the numerator is 0 or
        equals the denominator, ½ is added to both the outcome and its absence, and `half_added` says so.
    organisations : their names; row numbers from 1 when not given.

    Returns
    -------
    Shrunken; with one usable organisation nothing can be borrowed, so its weight is 1.

    Source
    ------
    DerSimonian & Laird 1986, Control Clin Trials 7:177; the posterior variance includes the error of the mean, as
    `blup` in the R package metafor does.
    """
    count, of = floats(numerator), floats(denominator)
    same_length("shrunken", count, of)
    reasons = why_unusable(count, of)
    used = reasons == ""
    logit, variance, half_added = _logit(count[used], of[used])
    model = _random_effects(logit, variance)
    half_width = standard_score(0.95) * np.sqrt(model.posterior_variance)
    halves = np.full(len(count), None, dtype=object)
    halves[used] = half_added
    return Shrunken(
        estimand="Each organisation's underlying share, given its own count and those of all the others.",
        assumptions=(
            "The underlying shares vary between organisations as a bell curve does on the logit scale.",
            "Nothing but the counts is known of an organisation beforehand; case mix is not adjusted for.",
            "The variance between organisations is taken as known, so with few of them the interval is too narrow.",
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        table=pl.DataFrame(
            {
                "organisation": row_names("shrunken", organisations, len(count)),
                "numerator": pl.Series(count, nan_to_null=True),
                "denominator": pl.Series(of, nan_to_null=True),
                "excluded": reasons_column(reasons),
                "share": spread(count[used] / of[used], used),
                "weight": spread(model.weight, used),
                "shrunken_share": spread(expit(model.posterior), used),
                "low": spread(expit(model.posterior - half_width), used),
                "high": spread(expit(model.posterior + half_width), used),
                "half_added": pl.Series(halves.tolist(), dtype=pl.Boolean),
                "logit": spread(logit, used),
                "logit_variance": spread(variance, used),
                "posterior_logit": spread(model.posterior, used),
                "posterior_variance": spread(model.posterior_variance, used),
            }
        ),
        mean_share=None if model.mean is None else float(expit(model.mean)),
        mean_logit=model.mean,
        between_variance=model.between_variance,
        heterogeneity=model.heterogeneity,
    )


@dataclass(frozen=True, kw_only=True)
class _RandomEffects:
    mean: float | None
    between_variance: float | None
    heterogeneity: float | None
    weight: Floats
    posterior: Floats
    posterior_variance: Floats


def _logit(count: Floats, of: Floats) -> tuple[Floats, Floats, Truths]:
    edge = (count == 0) | (count == of)
    with_outcome = count + edge * 0.5
    without = of - count + edge * 0.5
    return np.log(with_outcome / without), 1 / with_outcome + 1 / without, edge


def _random_effects(estimate: Floats, variance: Floats) -> _RandomEffects:
    if len(estimate) < 2:
        return _RandomEffects(
            mean=float(estimate[0]) if len(estimate) else None,
            between_variance=None,
            heterogeneity=None,
            weight=np.ones_like(estimate),
            posterior=estimate,
            posterior_variance=variance,
        )
    heterogeneity, between = _dersimonian_laird(estimate, variance)
    precision = 1 / (variance + between)
    mean = float((precision * estimate).sum() / precision.sum())
    weight = between / (between + variance)
    return _RandomEffects(
        mean=mean,
        between_variance=between,
        heterogeneity=heterogeneity,
        weight=weight,
        posterior=weight * estimate + (1 - weight) * mean,
        posterior_variance=weight * variance + (1 - weight) ** 2 / precision.sum(),
    )


def _dersimonian_laird(estimate: Floats, variance: Floats) -> tuple[float, float]:
    """Q and τ²."""
    precision = 1 / variance
    fixed_mean = (precision * estimate).sum() / precision.sum()
    heterogeneity = float((precision * (estimate - fixed_mean) ** 2).sum())
    excess = heterogeneity - (len(estimate) - 1)
    return heterogeneity, max(0.0, excess / _weight_spread(precision))
