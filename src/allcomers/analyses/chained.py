"""Filling in missing scores by chained equations with predictive mean matching.

Each score with gaps is regressed on all other columns; every gap takes the recorded score of somebody whose predicted
score is like its own, out of a bootstrap sample of those who have one. Only scores that were recorded are ever filled
in, and outcomes are derived from them afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.linalg import cho_solve, cholesky, solve_triangular

from allcomers.analyses.finding import Floats, Truths

DONORS = 5
CYCLES = 3
_RIDGE = 1e-5
"""Part of each predictor's own sum of squares added, so that predictors that say the same do no harm."""


@dataclass(frozen=True, slots=True)
class _Target:
    """One score with gaps, and what of its regression never changes."""

    at: int
    seen: Truths
    values: Floats
    fixed_seen: Floats
    fixed_missing: Floats
    fixed_squares: Floats


def completed(
    scores: Floats, predictors: Floats, *, times: int, random: Generator, cycles: int = CYCLES, donors: int = DONORS
) -> Iterator[Floats]:
    """Completed copies of `scores`, one at a time.

    Parameters
    ----------
    scores : a row a person, a column a score; NaN where missing. Each column has some value.
    predictors : a row a person, without gaps; a constant is added.
    times : how many copies. cycles : how often the chain goes round for each.
    donors : from how many of those predicted nearest a value is drawn.

    Yields
    ------
    An array of the shape of `scores`, without gaps; what was recorded stays.

    Source
    ------
    van Buuren 2018, Flexible Imputation of Missing Data, chapters 3 and 4; the bootstrap sample of donors: Siddique and
    Belin 2008, Stat Med 27:83. Neither re-read.
    """
    fixed = np.column_stack([np.ones(len(scores)), predictors])
    seen = ~np.isnan(scores)
    # The fewest gaps first, so that a score that follows from another is filled in after it.
    order = [at for at in np.argsort((~seen).sum(axis=0), kind="stable") if not seen[:, at].all()]
    targets = [_target(at, scores, seen[:, at], fixed) for at in order]
    for _ in range(times):
        filled = _started(scores, seen, random)
        for _ in range(cycles if len(targets) > 1 else 1):
            for target in targets:
                filled[~target.seen, target.at] = _drawn(target, filled, random, donors)
        yield filled


def _target(at: int, scores: Floats, seen: Truths, fixed: Floats) -> _Target:
    observed = fixed[seen]
    return _Target(at, seen, scores[seen, at], observed, fixed[~seen], observed.T @ observed)


def _started(scores: Floats, seen: Truths, random: Generator) -> Floats:
    """Gaps filled with recorded values drawn at random."""
    filled = scores.copy()
    for at in range(scores.shape[1]):
        gaps = ~seen[:, at]
        filled[gaps, at] = random.choice(scores[seen[:, at], at], gaps.sum())
    return filled


def _drawn(target: _Target, filled: Floats, random: Generator, donors: int) -> Floats:
    others = np.delete(filled, target.at, axis=1)
    moving_seen, moving_missing = others[target.seen], others[~target.seen]
    cross = target.fixed_seen.T @ moving_seen
    squares = np.block([[target.fixed_squares, cross], [cross.T, moving_seen.T @ moving_seen]])
    sums = np.concatenate([target.fixed_seen.T @ target.values, moving_seen.T @ target.values])
    # A predictor that is 0 for everyone seen says nothing, and takes no part.
    own = np.diag(squares)
    root = cholesky(squares + np.diag(np.where(own > 0, _RIDGE * own, 1.0)), lower=True)
    fitted = cho_solve((root, True), sums)
    predicted_seen = _predicted(target.fixed_seen, moving_seen, fitted)
    spread = _residual_spread(target.values - predicted_seen, len(fitted), random)
    drawn = fitted + spread * solve_triangular(root, random.standard_normal(len(fitted)), lower=True, trans="T")
    # Donors are drawn anew, with replacement, each time: without it the imputations agree too well with one another.
    pool = random.integers(len(predicted_seen), size=len(predicted_seen))
    wanted = _predicted(target.fixed_missing, moving_missing, drawn)
    return matched(predicted_seen[pool], target.values[pool], wanted, random, donors)


def _predicted(fixed: Floats, moving: Floats, weights: Floats) -> Floats:
    split = fixed.shape[1]
    return np.asarray(fixed @ weights[:split] + moving @ weights[split:])


def _residual_spread(residuals: Floats, parameters: int, random: Generator) -> float:
    freedom = max(1, len(residuals) - parameters)
    return float(np.sqrt(residuals @ residuals / random.chisquare(freedom)))


def matched(predicted: Floats, values: Floats, wanted: Floats, random: Generator, donors: int = DONORS) -> Floats:
    """For each wanted prediction, the value of one, drawn at random, of those whose own prediction lies nearest.

    Parameters
    ----------
    predicted, values : of the donors, of equal length. wanted : predictions of those with a gap.
    """
    donors = min(donors, len(predicted))
    order = np.argsort(predicted, kind="stable")
    ranked = predicted[order]
    first = np.clip(np.searchsorted(ranked, wanted) - donors, 0, max(0, len(ranked) - 2 * donors))
    window = np.minimum(first[:, None] + np.arange(min(2 * donors, len(ranked))), len(ranked) - 1)
    apart = np.abs(ranked[window] - wanted[:, None])
    nearest = np.argpartition(apart, donors - 1, axis=1)[:, :donors]
    chosen = np.take_along_axis(nearest, random.integers(donors, size=(len(wanted), 1)), axis=1)
    return np.asarray(values[order[np.take_along_axis(window, chosen, axis=1)[:, 0]]])


def indicators(texts: Sequence[str], most: int = 12) -> Floats:
    """A column of 0 and 1 for each category but the commonest; the rarest beyond `most` are one.

    Parameters
    ----------
    texts : a category a person, without gaps.
    """
    names, at, counts = np.unique(np.asarray(texts, dtype=str), return_inverse=True, return_counts=True)
    place = np.empty(len(names), dtype=np.int64)
    place[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    rank = np.minimum(place[at], most)
    return np.asarray(rank[:, None] == np.arange(1, min(len(names), most + 1)), dtype=np.float64)
