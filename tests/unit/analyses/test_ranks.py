"""Ranks and their movement between the official basis and all comers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import rankdata, spearmanr

from allcomers.analyses import ranks
from allcomers.analyses.ranks import expected_ranks, rank_movement
from allcomers.exceptions import AllcomersError

steady = settings(deadline=None, derandomize=True, max_examples=40)
estimates = st.lists(
    st.tuples(st.floats(-5, 5), st.floats(0.001, 10)), min_size=1, max_size=30
).map(lambda pairs: np.array(pairs).T)  # fmt: skip


@steady
@given(estimates)
def test_expected_ranks_sum_to_all_places_and_lie_within_them(pairs):
    table = expected_ranks(*pairs, draws=200).table
    k = table.height
    assert table["expected_rank"].sum() == pytest.approx(k * (k + 1) / 2)
    assert table["expected_rank"].is_between(1 - 1e-9, k + 1e-9).all()
    assert (table["rank_low"] <= table["rank_high"]).all()
    assert table["rank_low"].min() >= 1
    assert table["rank_high"].max() <= k


def test_rank_1_is_the_highest():
    table = expected_ranks([0.0, 9.0, 4.0], [0.01] * 3).table
    assert table["expected_rank"].to_list() == pytest.approx([3, 1, 2])
    assert table["rank_low"].to_list() == table["rank_high"].to_list() == [3, 1, 2]


def test_equal_estimates_share_the_middle_and_their_intervals_span_nearly_all():
    "Ten alike: each is equally likely to take each of ten places, so the 95 % limits are the first and the last."
    table = expected_ranks([1.0] * 10, [0.2] * 10, draws=4000).table
    assert table["expected_rank"].to_list() == pytest.approx([5.5] * 10)
    assert table["rank_low"].unique().to_list() == [1]
    assert table["rank_high"].unique().to_list() == [10]


def test_simulated_limits_agree_with_two_organisations_worked_by_hand():
    "P(first is higher) = Φ(1/√(0.5 + 0.5)) = 0.8413, so its expected rank is 1.1587 and it can be second."
    row = expected_ranks([1.0, 0.0], [0.5, 0.5]).table.row(0, named=True)
    assert row["expected_rank"] == pytest.approx(1.1587, abs=5e-5)
    assert (row["rank_low"], row["rank_high"]) == (1, 2)


def test_same_seed_same_limits_however_the_draws_are_cut(monkeypatch):
    generator = np.random.default_rng(0)
    mean, variance = generator.normal(size=20), generator.uniform(0.1, 1, 20)
    whole = expected_ranks(mean, variance, seed=5, draws=500).table
    monkeypatch.setattr(ranks, "CELLS_AT_ONCE", 140)
    assert expected_ranks(mean, variance, seed=5, draws=500).table.equals(whole)
    assert not expected_ranks(mean, variance, seed=6, draws=500).table.equals(whole)


def test_what_cannot_be_ranked_is_counted():
    result = expected_ranks([1.0, None, 2.0, 3.0], [0.1, 0.1, 0.0, None])
    assert result.n_excluded == {"estimate missing": 1, "variance missing or not above zero": 2}
    assert result.table["expected_rank"].to_list() == [1, None, None, None]
    assert expected_ranks([], []).n_in == 0


def test_too_few_draws_are_refused():
    with pytest.raises(AllcomersError, match="At least 100"):
        expected_ranks([1], [1], draws=10)


def simulated_services(seed, services=60):
    """Services whose true recovery and true share reaching it are known and unrelated."""
    generator = np.random.default_rng(seed)
    referred = generator.integers(300, 6000, services)
    reaching = expit(generator.normal(-0.3, 0.35, services))
    recovering = expit(generator.normal(0, 0.2, services))
    finished = generator.binomial(referred, reaching)
    return referred, finished, generator.binomial(finished, recovering), reaching, recovering


def movement(recovered, finished, referred, **options):
    return rank_movement(
        official_numerator=recovered,
        official_denominator=finished,
        all_comers_numerator=recovered,
        all_comers_denominator=referred,
        **options,
    )


def test_limits_hold_the_true_movement_and_correlation_as_often_as_they_say():
    "40 simulated years of 60 services: 2,400 movements, so 0.95 ± 0.03 is generous to chance; correlations 40."
    held, correlations = [], []
    for seed in range(40):
        referred, finished, recovered, reaching, recovering = simulated_services(seed)
        result = movement(recovered, finished, referred, seed=seed, draws=400)
        official, everyone = rankdata(-recovering), rankdata(-recovering * reaching)
        low, high = (result.table[f"places_gained_{end}"].to_numpy() for end in ("low", "high"))
        held.append(np.mean((low <= official - everyone) & (official - everyone <= high)))
        correlations.append(result.spearman_low <= np.corrcoef(official, everyone)[0, 1] <= result.spearman_high)
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.mean(correlations) >= 0.85


def test_same_seed_same_movement_however_the_draws_are_cut(monkeypatch):
    referred, finished, recovered, *_ = simulated_services(5, services=20)
    whole = movement(recovered, finished, referred, draws=300)
    monkeypatch.setattr(ranks, "CELLS_AT_ONCE", 140)
    cut = movement(recovered, finished, referred, draws=300)
    assert cut.table.equals(whole.table)
    assert (cut.spearman_low, cut.spearman_high) == (whole.spearman_low, whole.spearman_high)


def test_taking_nested_bases_as_independent_widens_the_movement():
    referred, finished, recovered, *_ = simulated_services(1)
    widths = [
        (table["places_gained_high"] - table["places_gained_low"]).mean()
        for table in (movement(recovered, finished, referred, nested=nested).table for nested in (True, False))
    ]
    assert widths[1] > 1.2 * widths[0]


def test_the_same_basis_twice_moves_no_one():
    _, finished, recovered, *_ = simulated_services(2)
    result = movement(recovered, finished, finished)
    for column in ("places_gained", "places_gained_low", "places_gained_high"):
        assert result.table[column].unique().to_list() == [0]
    assert (result.spearman_observed, result.spearman_low, result.spearman_high) == pytest.approx((1, 1, 1))


def test_a_service_that_keeps_people_gains_places():
    "b recovers a few fewer of those who finish, but twice as many finish."
    row = movement([500, 900], [1000, 2000], [4000, 4000]).table
    assert row["official_rank"].to_list() == pytest.approx([1, 2], abs=0.1)
    assert row["places_gained"].to_list() == pytest.approx([-1, 1], abs=0.1)


def test_observed_rank_correlation_agrees_with_scipy():
    referred, finished, recovered, *_ = simulated_services(3)
    result = movement(recovered, finished, referred)
    assert result.spearman_observed == pytest.approx(spearmanr(recovered / finished, recovered / referred).statistic)


def test_places_on_each_basis_sum_to_all_places():
    referred, finished, recovered, *_ = simulated_services(4, services=25)
    table = movement(recovered, finished, referred).table
    assert table["official_rank"].sum() == pytest.approx(325)
    assert table["all_comers_rank"].sum() == pytest.approx(325)
    assert table["places_gained"].sum() == pytest.approx(0)


def test_bases_that_cannot_be_nested_are_excluded_with_a_reason():
    result = rank_movement(
        official_numerator=[10, 10, 10, None, 10],
        official_denominator=[20, 20, 50, 20, 20],
        all_comers_numerator=[10, 11, 10, 10, 10],
        all_comers_denominator=[40, 40, 40, 40, 0],
    )
    assert result.n_excluded == {
        "numerator not the same on both bases": 1,
        "official denominator above the all-comers one": 1,
        "official numerator missing": 1,
        "all comers denominator zero": 1,
    }
    assert result.table["official_rank"].to_list() == [1, None, None, None, None]
    assert result.spearman_observed is None
    assert result.spearman_low is None


def test_no_organisation_and_equal_organisations():
    assert movement([], [], []).table.height == 0
    assert movement([5] * 4, [10] * 4, [20] * 4).spearman_observed is None


def test_nobody_leaving_a_small_organisation_is_no_certainty():
    "Seven of seven finished where elsewhere half did: its place among all comers stays wide open."
    moved = rank_movement(
        official_numerator=[3, 250, 260],
        official_denominator=[7, 500, 500],
        all_comers_numerator=[3, 250, 260],
        all_comers_denominator=[7, 1000, 1000],
    ).table
    assert moved["all_comers_rank_high"][0] > moved["all_comers_rank_low"][0]
