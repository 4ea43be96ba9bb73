"""More scores just on the good side of a line than their neighbours lead one to expect."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.stats import binom, norm

from allcomers.analyses.finding import Floats, Numbers, Truths, floats

DEGREE = 4
CURVATURES = (0.0, 0.1, 0.5)
MOST_ABOVE = 0.6
"""Of values close to a point, the share above it that a smooth slope may bring: half as many again as below."""
TRIANGULAR_RULE = 2.576
"""Silverman's rule for a triangular kernel: times SD times n^(-1/5)."""
LEAST_A_SIDE = 10


def three_cells(below: Numbers, at: Numbers, above: Numbers, *, curvature: float = 0.0) -> Floats:
    """Whether the middle one of three neighbouring scores holds too many or too few people.

    Parameters
    ----------
    below, at, above : counts at three successive scores; equal lengths, a value a service.
    curvature : how far the smooth distribution may bend, 0 to 1; at 0 it is straight across the three.

    Returns
    -------
    Two-sided p-values, the greatest over the shares that such a bend allows; NaN where there is nobody.

    Source
    ------
    Frandsen 2017, Advances in Econometrics 38:281 (not re-read).
    """
    middle = floats(at)
    total = floats(below) + middle + floats(above)
    low, high = (1 - curvature) / (3 - curvature), (1 + curvature) / (3 + curvature)
    # The tail probability has one mode in the share, so the greatest is at an end or at the share observed.
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.clip(middle / total, low, high)
    tails = [
        _two_sided(middle, total, share) for share in (np.full_like(total, low), np.full_like(total, high), observed)
    ]
    return np.where(total > 0, np.max(tails, axis=0), np.nan)


def _two_sided(count: Floats, total: Floats, share: Floats) -> Floats:
    up_to, from_ = binom.cdf(count, total, share), binom.sf(count - 1, total, share)
    smaller: Floats = np.minimum(1.0, 2 * np.minimum(up_to, from_))
    return smaller


@dataclass(frozen=True, slots=True)
class Bunching:
    """What stands at a score beyond a smooth fit of the others; one value a service, NaN where it cannot be said.

    Attributes
    ----------
    excess : people at the last score below the line beyond the fit; `missing` : below the fit, at the line.
    share : excess as a share of the fit; `low`, `high` its 95 % bootstrap limits; `p_value` that it is not above 0.
    rank : place of the true line among all the lines that could be tried, 1 for the greatest excess.
    places : how many lines were tried, the true one included.
    """

    excess: Floats
    missing: Floats
    share: Floats
    low: Floats
    high: Floats
    p_value: Floats
    rank: Floats
    places: int


def left_out_fit(counts: Floats, line: int, *, degree: int = DEGREE) -> Floats:
    """The polynomial through counts by score, with the scores at and just below the line left out.

    Parameters
    ----------
    counts : services by scores from 0.
    line : the cut-off; the fit leaves out `line - 1` and `line`.

    Returns
    -------
    Fitted counts at `line - 1` and `line`: services by 2.
    """
    return counts @ _weights(counts.shape[-1], line, degree).T


def _weights(scores: int, line: int, degree: int) -> Floats:
    """What each score's count adds to the fit at the two scores left out."""
    at = (np.arange(scores) - (scores - 1) / 2) / (scores / 2)
    basis = np.vander(at, degree + 1)
    out = [line - 1, line]
    kept = np.setdiff1d(np.arange(scores), out)
    weights = np.zeros((2, scores))
    weights[:, kept] = basis[out] @ np.linalg.pinv(basis[kept])
    return weights


def polynomial(
    counts: Floats, line: int, *, rng: Generator, degree: int = DEGREE, draws: int = 400, margin: int = 3
) -> Bunching:
    """Excess just below a line against a smooth fit, with a bootstrap over people and placebo lines.

    Parameters
    ----------
    counts : services by scores from 0; people.
    line : the cut-off. margin : scores at each end at which no placebo line is tried.

    Source
    ------
    Kleven 2016, Annu Rev Econ 8:435 (not re-read).
    """
    scores = counts.shape[1]
    fit = left_out_fit(counts, line, degree=degree)
    excess, missing = counts[:, line - 1] - fit[:, 0], fit[:, 1] - counts[:, line]
    share = _over_fit(excess, fit[:, 0])
    drawn = np.array([_resampled(rng, each, line, draws, degree) for each in counts])
    known = np.isfinite(drawn).all(axis=1) & np.isfinite(share)
    low, high = np.quantile(np.where(known[:, None], drawn, 0.0), [0.025, 0.975], axis=1)
    spread = np.where(known[:, None], drawn, 0.0).std(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = norm.sf(share / spread)
    lines = [each for each in range(1 + margin, scores - margin) if each not in (line - 1, line + 1)]
    rank = _rank(counts, lines, line, degree)
    low, high, p_value, rank = (np.where(known, each, np.nan) for each in (low, high, p_value, rank))
    return Bunching(
        excess=excess, missing=missing, share=share, low=low, high=high, p_value=p_value, rank=rank, places=len(lines)
    )


def _over_fit(excess: Floats, fit: Floats) -> Floats:
    """Excess as a share of the fit; NaN where the fit is not above 0."""
    return np.divide(excess, fit, out=np.full_like(fit, np.nan), where=fit > 0)


def _resampled(rng: Generator, counts: Floats, line: int, draws: int, degree: int) -> Floats:
    """The share in `draws` samples of the same people."""
    total = counts.sum()
    if total == 0:
        return np.full(draws, np.nan)
    again = rng.multinomial(int(total), counts / total, size=draws).astype(float)
    fit = left_out_fit(again, line, degree=degree)[:, 0]
    return _over_fit(again[:, line - 1] - fit, fit)


def _rank(counts: Floats, lines: list[int], line: int, degree: int) -> Floats:
    """Place of the true line by excess in standard errors, so that thin tails do not lead."""
    scaled = []
    for each in lines:
        fit = left_out_fit(counts, each, degree=degree)[:, 0]
        scaled.append((counts[:, each - 1] - fit) / np.sqrt(np.maximum(fit, 1.0)))
    excess = np.array(scaled)
    rank: Floats = 1.0 + (excess > excess[lines.index(line)]).sum(axis=0)
    return rank


def more_above(below: int, above: int, *, most: float = MOST_ABOVE) -> float:
    """Exact one-sided p-value that of values close to a point no more than `most` are to lie above it.

    >>> round(more_above(2, 20), 4)
    0.0016
    """
    return float(binom.sf(above - 1, below + above, most))


@dataclass(frozen=True, slots=True)
class Jump:
    """A step in a density at a point: densities on either side, and the test of their difference."""

    below: float
    above: float
    z: float
    p_value: float
    n_below: int
    n_above: int
    bandwidth: float


def density_jump(values: Numbers, at: float, *, bandwidth: float | None = None, degree: int = 2) -> Jump | None:
    """Whether the density of a continuous quantity jumps at a point.

    On each side the distribution function is fitted by a local polynomial one degree above `degree` (which takes away
    its bias), with triangular weights. Its slope is the density; the error comes from each value's influence.

    Parameters
    ----------
    values : one a service; NaN left out. A value at the point counts as above.
    bandwidth : half-width of the window; Silverman's rule for triangular weights when None.

    Returns
    -------
    None with fewer than ten values within the window on either side, or where they do not vary.

    Source
    ------
    Cattaneo, Jansson & Ma 2020, J Am Stat Assoc 115:1449 (not re-read); McCrary 2008, J Econometrics 142:698.
    """
    x = floats(values)
    x = np.sort(x[~np.isnan(x)]) - at
    if len(x) < 2 * LEAST_A_SIDE or np.ptp(x) == 0:
        return None
    width = bandwidth or TRIANGULAR_RULE * float(x.std(ddof=1)) * len(x) ** -0.2
    sides = [_side(x, side, width, degree + 1) for side in (x < 0, x >= 0)]
    if None in sides:
        return None
    (below, error_below, n_below), (above, error_above, n_above) = (side for side in sides if side)
    # A value's influences on the two sides hang together through the distribution function.
    error = float(np.sqrt(np.sum((error_above - error_below) ** 2))) / len(x)
    z = (above - below) / error
    return Jump(below, above, z, float(2 * norm.sf(abs(z))), n_below, n_above, width)


def _side(x: Floats, side: Truths, width: float, degree: int) -> tuple[float, Floats, int] | None:
    """Density at 0 from one side, every value's influence on it, and how many values stand behind it."""
    near = side & (np.abs(x) < width)
    if near.sum() < LEAST_A_SIDE:
        return None
    at = x[near] / width
    weight = 1 - np.abs(at)
    basis = np.vander(at, degree + 1, increasing=True)
    slope = np.linalg.pinv(basis * np.sqrt(weight)[:, None])[1] * np.sqrt(weight) / width
    # Ties share the distribution function's upper value; n - 1 makes it the share of the others.
    share_up_to = np.searchsorted(x, x[near], side="right") / (len(x) - 1)
    density = float(slope @ share_up_to)
    later = np.concatenate([np.cumsum(slope[::-1])[::-1], [0.0]])
    influence = later[np.searchsorted(x[near], x, side="left")] - density
    return density, influence, int(near.sum())
