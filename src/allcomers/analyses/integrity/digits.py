"""Final digits of totals, and questionnaires filled in by habit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from allcomers.analyses.finding import Floats, Truths

BASE = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """Pearson's χ² of observed against expected counts; one value a service, NaN where nothing was expected."""

    chi_squared: Floats
    degrees: int
    p_value: Floats


def against(observed: Floats, expected: Floats, *, degrees: int | None = None) -> Fit:
    """Counts by category against expected ones.

    Parameters
    ----------
    observed, expected : services by categories; rows of equal sums.
    degrees : of freedom; one less than the categories when None.
    """
    df = observed.shape[1] - 1 if degrees is None else degrees
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(expected > 0, (observed - expected) ** 2 / expected, np.where(observed > 0, np.nan, 0.0))
    total = np.where(observed.sum(axis=1) > 0, each.sum(axis=1), np.nan)
    return Fit(total, df, chi2.sf(total, df))


def by_final_digit(counts: Floats) -> Floats:
    """Counts by score from 0 as counts by final digit: services by 10."""
    services, scores = counts.shape
    whole = np.zeros((services, -(-scores // BASE) * BASE))
    whole[:, :scores] = counts
    folded: Floats = whole.reshape(services, -1, BASE).sum(axis=1)
    return folded


def others_shape(counts: Floats) -> Floats:
    """What each service's counts by score would be with the shape that a smooth change of the others' gives.

    A service's own kind of people is kept: the others' distribution is tilted exponentially, by a cubic in the score,
    until it has the service's own mean, variance and skewness. A taste for final digits cannot follow from such a tilt.
    """
    rest = np.maximum(counts.sum(axis=0, keepdims=True) - counts, 0.0) + 0.5
    return np.array([_tilted(shape, own) for shape, own in zip(rest, counts, strict=True)])


def _tilted(shape: Floats, own: Floats, rounds: int = 30) -> Floats:
    """Newton's method on the three moments; ends when they agree."""
    total = own.sum()
    if total == 0:
        return np.zeros_like(own)
    score = np.arange(len(own), dtype=float)
    standard = (score - score.mean()) / score.std()
    at = np.stack([standard**power for power in (1, 2, 3)])
    wanted, tilt = at @ own / total, np.zeros(3)
    for _ in range(rounds):
        share = _normalised(np.log(shape) + tilt @ at)
        gap = wanted - at @ share
        if np.abs(gap).max() < 1e-9:
            break
        spread = (at * share) @ at.T - np.outer(at @ share, at @ share)
        tilt = tilt + np.clip(np.linalg.solve(spread + 1e-9 * np.eye(3), gap), -1.0, 1.0)
    return np.asarray(total * _normalised(np.log(shape) + tilt @ at))


def _normalised(log_share: Floats) -> Floats:
    share = np.exp(log_share - log_share.max())
    return np.asarray(share / share.sum())


@dataclass(frozen=True, slots=True)
class Patterns:
    """How last questionnaires were filled in; true or false, a value each."""

    repeated: Truths
    straight_lined: Truths
    all_lowest: Truths


def patterns(last: npt.ArrayLike, previous: npt.ArrayLike) -> Patterns:
    """Patterns of answers item by item.

    Parameters
    ----------
    last, previous : questionnaires by items, answers; NaN where left blank. A row is one person's.

    Returns
    -------
    Patterns : the last answers are those of the time before; all alike; none above 1. False where an item is blank.
    """
    now, before = np.asarray(last, dtype=float), np.asarray(previous, dtype=float)
    return Patterns(
        repeated=(now == before).all(axis=1),
        straight_lined=(now == now[:, :1]).all(axis=1),
        all_lowest=np.asarray((now <= 1).all(axis=1)),
    )
