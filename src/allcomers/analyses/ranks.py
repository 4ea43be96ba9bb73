"""Ranks with their intervals, and how they move when the people who left are counted. Rank 1 is the highest figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import log_expit, ndtr
from scipy.stats import rankdata

from allcomers.analyses.comparison import shrunken
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
from allcomers.exceptions import AllcomersError

DEFAULT_SEED = 2026
DEFAULT_DRAWS = 1000
CELLS_AT_ONCE = 100_000  # a chunk of draws holds a few arrays of this many numbers, about 1 MB each
TAILS = (0.025, 0.975)

Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Ranks(Finding):
    """`table`: organisation, estimate, variance, excluded, expected_rank, rank_low, rank_high; a row for each given."""

    seed: int
    draws: int
    table: pl.DataFrame


def expected_ranks(
    estimate: Numbers,
    variance: Numbers,
    *,
    seed: int = DEFAULT_SEED,
    draws: int = DEFAULT_DRAWS,
    organisations: Sequence[str] | pl.Series | None = None,
) -> Ranks:
    """Posterior expected rank of each organisation with its 95 % interval.

    The expected rank is exact, 1 + Σ P(other is higher); only the interval is simulated. Memory grows with the square
    of the number of organisations and not with the number of draws.

    Parameters
    ----------
    estimate, variance : mean and variance of each organisation's posterior on any one scale, such as
        `posterior_logit` and `posterior_variance` from `shrunken`; null where missing. Raw estimates give ranks that
        are too far apart.
    seed, draws : of the simulation; the same seed gives the same limits.

    Returns
    -------
    Ranks; excluded where an estimate is missing or a variance is not above zero.

    Source
    ------
    Laird & Louis 1989, J Educ Stat 14:29 (not re-read); Goldstein & Spiegelhalter 1996, J R Stat Soc A 159:385
    (not re-read).
    """
    mean, spread_of = floats(estimate), floats(variance)
    same_length("expected_ranks", mean, spread_of)
    _check_draws(draws)
    reasons = np.select(
        [np.isnan(mean), ~(spread_of > 0)], ["estimate missing", "variance missing or not above zero"], default=""
    )
    used = reasons == ""
    error = np.sqrt(spread_of[used])
    low, high = _rank_limits(mean[used], error, np.random.default_rng(seed), draws)
    return Ranks(
        estimand="The rank that each organisation's underlying figure would have if all were known exactly.",
        assumptions=(
            "Each posterior is a bell curve, and the organisations' errors are independent of each other.",
            "Rank 1 is the highest figure, which is not always the best.",
        ),
        inclusion=Inclusion.of(reasons),
        seed=seed,
        draws=draws,
        table=pl.DataFrame(
            {
                "organisation": row_names("expected_ranks", organisations, len(mean)),
                "estimate": pl.Series(mean, nan_to_null=True),
                "variance": pl.Series(spread_of, nan_to_null=True),
                "excluded": reasons_column(reasons),
                "expected_rank": spread(_expected(mean[used], spread_of[used]), used),
                "rank_low": spread(low, used),
                "rank_high": spread(high, used),
            }
        ),
    )


@dataclass(frozen=True, kw_only=True)
class RankMovement(Finding):
    """How the order of organisations changes when the people who left are counted.

    Attributes
    ----------
    table : a row for each organisation given: organisation, excluded, official_share, official_rank with _low and
        _high, all_comers_share, all_comers_rank with _low and _high, and places_gained with _low and _high (official
        rank less all-comers rank: above 0 is nearer to rank 1 among all comers). Shares 0–1, as observed; ranks are
        posterior expectations with 95 % limits.
    spearman_observed : rank correlation of the two observed shares; None with fewer than two organisations or when
        one basis is the same everywhere.
    spearman_low, spearman_high : 95 % posterior interval of the rank correlation of the underlying shares.
    """

    seed: int
    draws: int
    nested: bool
    table: pl.DataFrame
    spearman_observed: float | None
    spearman_low: float | None
    spearman_high: float | None


def rank_movement(
    *,
    official_numerator: Numbers,
    official_denominator: Numbers,
    all_comers_numerator: Numbers,
    all_comers_denominator: Numbers,
    nested: bool = True,
    seed: int = DEFAULT_SEED,
    draws: int = DEFAULT_DRAWS,
    organisations: Sequence[str] | pl.Series | None = None,
) -> RankMovement:
    """Each organisation's rank on the official basis, among all comers, and the places gained or lost between.

    Parameters
    ----------
    official_numerator, official_denominator, all_comers_numerator, all_comers_denominator : counts, a value for each
        organisation; null where missing. An organisation is used when it has both bases.
    nested : whether the bases share the numerator and the official denominator is part of the all-comers one. Then
        all-comers share = official share × share of all comers who reach the official denominator, and those two are
        shrunk and drawn apart, so that what the bases have in common does not count as movement. Without it the two
        bases are independent, which makes the movement's interval too wide if they do share people.
    seed, draws : of the simulation; the same seed gives the same limits.

    Returns
    -------
    RankMovement; with `nested`, an organisation whose counts cannot be nested is excluded and counted.
    """
    _check_draws(draws)
    official = floats(official_numerator), floats(official_denominator)
    all_comers = floats(all_comers_numerator), floats(all_comers_denominator)
    same_length("rank_movement", *official, *all_comers)
    reasons = _why_no_movement(official, all_comers, nested)
    used = reasons == ""
    count, of, count_all, of_all = (column[used] for column in (*official, *all_comers))
    posteriors = _posterior(count, of), _reaching(of, of_all) if nested else _posterior(count_all, of_all)
    simulated = _simulate_pair(*posteriors, nested, np.random.default_rng(seed), draws)
    return RankMovement(
        estimand="How many places each organisation would move if its order were taken among all comers instead of "
        "among those in the official denominator.",
        assumptions=(
            "Each posterior is a bell curve on the logit scale, and organisations err independently of each other.",
            "The two bases share the outcome, and the official denominator is part of all comers; in one year's "
            "published figures this is nearly so."
            if nested
            else "The two bases are independent; if they share people, the interval of the movement is too wide.",
            "Rank 1 is the highest figure, which is not always the best; case mix is not adjusted for.",
            PERIOD_CAVEAT,
        ),
        inclusion=Inclusion.of(reasons),
        seed=seed,
        draws=draws,
        nested=nested,
        table=pl.DataFrame(
            {
                "organisation": row_names("rank_movement", organisations, len(reasons)),
                "excluded": reasons_column(reasons),
                "official_share": spread(count / of, used),
                **_place_columns("official_rank", simulated.official, used),
                "all_comers_share": spread(count_all / of_all, used),
                **_place_columns("all_comers_rank", simulated.all_comers, used),
                **_place_columns("places_gained", simulated.gained, used),
            }
        ),
        spearman_observed=_spearman(count / of, count_all / of_all),
        spearman_low=simulated.spearman[0],
        spearman_high=simulated.spearman[1],
    )


def _check_draws(draws: int) -> None:
    if draws < 100:
        raise AllcomersError(where="draws", found=f"{draws}", expected="At least 100, for the limits to mean anything")


def _why_no_movement(official: tuple[Floats, Floats], all_comers: tuple[Floats, Floats], nested: bool) -> Texts:
    first, second = why_unusable(*official), why_unusable(*all_comers)
    return np.select(
        [
            first != "",
            second != "",
            nested & (official[0] != all_comers[0]),
            nested & (official[1] > all_comers[1]),
        ],
        [
            np.strings.add("official ", first),
            np.strings.add("all comers ", second),
            "numerator not the same on both bases",
            "official denominator above the all-comers one",
        ],
        default="",
    )


@dataclass(frozen=True, kw_only=True)
class _Posterior:
    """Each organisation's bell curve on the logit scale."""

    mean: Floats
    error: Floats

    def draw(self, generator: Generator, rows: int) -> Floats:
        return self.mean + self.error * generator.standard_normal((rows, len(self.mean)))


def _posterior(count: Floats, of: Floats) -> _Posterior:
    table = shrunken(count, of).table
    return _Posterior(mean=table["posterior_logit"].to_numpy(), error=np.sqrt(table["posterior_variance"].to_numpy()))


def _reaching(of: Floats, of_all: Floats) -> _Posterior:
    """The share of all comers who reach the official denominator: certain where the bases are the same everywhere.

    That nobody left one small organisation is no certainty, where people left others.
    """
    if (of == of_all).all():
        return _Posterior(mean=np.full(len(of), np.inf), error=np.zeros(len(of)))
    return _posterior(of, of_all)


def _expected(mean: Floats, variance: Floats) -> Floats:
    """1 + Σ over the others of P(other is higher), for independent bell curves."""
    distance = (mean[None, :] - mean[:, None]) / np.sqrt(variance[None, :] + variance[:, None])
    # P(higher than itself) is ½ in the sum, hence ½ and not 1 outside it.
    expected: Floats = 0.5 + ndtr(distance).sum(axis=1)
    return expected


def _chunks(draws: int, organisations: int) -> Iterator[int]:
    """Numbers of draws to make at once. The generator's stream is the same however the draws are cut."""
    at_once = max(1, CELLS_AT_ONCE // max(1, organisations))
    for start in range(0, draws, at_once):
        yield min(at_once, draws - start)


def _order(values: Floats) -> Integers:
    """For each draw the organisations from highest to lowest."""
    return np.argsort(-values, axis=1)


def _tally(row: Integers, place: Integers, shape: tuple[int, int]) -> Integers:
    return np.bincount((row * shape[1] + place).ravel(), minlength=shape[0] * shape[1]).reshape(shape)


def _limits(tally: Integers, first_place: int) -> tuple[Floats, Floats]:
    """The 2.5 % and 97.5 % places of each organisation from how often it took each place."""
    if not tally.size:
        return np.empty(0), np.empty(0)
    reached = tally.cumsum(axis=1) / tally.sum(axis=1, keepdims=True)
    low, high = ((reached >= tail).argmax(axis=1) + float(first_place) for tail in TAILS)
    return low, high


def _rank_limits(mean: Floats, error: Floats, generator: Generator, draws: int) -> tuple[Floats, Floats]:
    organisations = len(mean)
    tally = np.zeros((organisations, organisations), dtype=np.int64)
    places = np.arange(organisations)
    for rows in _chunks(draws, organisations):
        order = _order(mean + error * generator.standard_normal((rows, organisations)))
        tally += _tally(order, places, tally.shape)
    return _limits(tally, first_place=1)


def _both_bases(first: Floats, second: Floats, nested: bool) -> tuple[Floats, Floats]:
    """Draws of the official and the all-comers figure, each on a scale that rises with the share."""
    return first, log_expit(first) + log_expit(second) if nested else second


@dataclass(frozen=True, kw_only=True)
class _Places:
    expected: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, kw_only=True)
class _Simulated:
    official: _Places
    all_comers: _Places
    gained: _Places
    spearman: tuple[float | None, float | None]


def _simulate_pair(first: _Posterior, second: _Posterior, nested: bool, generator: Generator, draws: int) -> _Simulated:
    organisations = len(first.mean)
    rows = np.arange(organisations)
    shape = (organisations, organisations)
    official, all_comers = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    gained = np.zeros((organisations, max(1, 2 * organisations - 1)), dtype=np.int64)
    square_moves = []
    # A stream for each basis, so that the draws are the same however they are cut into chunks.
    streams = generator.spawn(2)
    for at_once in _chunks(draws, organisations):
        drawn, drawn_all = _both_bases(first.draw(streams[0], at_once), second.draw(streams[1], at_once), nested)
        order, order_all = _order(drawn), _order(drawn_all)
        official += _tally(order, rows, shape)
        all_comers += _tally(order_all, rows, shape)
        moves = _inverse(order) - _inverse(order_all)
        gained += _tally(rows, moves + organisations - 1, gained.shape)
        square_moves.append((moves**2).sum(axis=1))
    return _Simulated(
        official=_places(official, first_place=1),
        all_comers=_places(all_comers, first_place=1),
        gained=_places(gained, first_place=1 - organisations),
        spearman=_spearman_limits(np.concatenate(square_moves), organisations),
    )


def _places(tally: Integers, first_place: int) -> _Places:
    place = np.arange(tally.shape[1]) + first_place
    low, high = _limits(tally, first_place)
    return _Places(expected=tally @ place / np.maximum(tally.sum(axis=1), 1), low=low, high=high)


def _place_columns(name: str, places: _Places, used: Truths) -> dict[str, pl.Series]:
    return {
        name: spread(places.expected, used),
        f"{name}_low": spread(places.low, used),
        f"{name}_high": spread(places.high, used),
    }


def _inverse(order: Integers) -> Integers:
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None, :], axis=1)
    return rank


def _spearman_limits(square_moves: Integers, organisations: int) -> tuple[float | None, float | None]:
    if organisations < 2:
        return None, None
    correlation = 1 - 6 * square_moves / (organisations * (organisations**2 - 1))
    low, high = np.quantile(correlation, TAILS)
    return float(low), float(high)


def _spearman(first: Floats, second: Floats) -> float | None:
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])
