"""The funnel and the shrunken shares."""

import math
import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from statsmodels.stats.meta_analysis import combine_effects

from allcomers.analyses.comparison import funnel, shrunken
from allcomers.exceptions import AllcomersError

steady = settings(deadline=None, derandomize=True, max_examples=60)
one_count = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
many_counts = st.lists(one_count, min_size=2, max_size=40).map(lambda pairs: np.array(pairs).T)

# Methods (k), worked example.
R, N = [120, 300, 260, 90, 640], [200, 600, 600, 250, 1200]


def test_funnel_worked_example():
    result = funnel(R, N, organisations=list("abcde"))
    assert result.target_share == pytest.approx(0.494737, abs=5e-7)
    assert result.overdispersion == pytest.approx(7.7995, abs=5e-5)
    assert result.between_variance == pytest.approx(0.004255, abs=5e-7)
    assert result.table["z"].round(4).to_list() == [2.9965, 0.2578, -3.0179, -4.3207, 2.6758]
    assert result.table["z_winsorised"].min() == pytest.approx(-3.7996, abs=5e-5)
    assert result.table["z_winsorised"].max() == pytest.approx(2.8682, abs=5e-5)
    assert result.table["z_adjusted"].round(4).to_list() == [1.4278, 0.0770, -0.9013, -1.8848, 0.5781]
    assert result.table["category"].unique().to_list() == ["within the limits"]
    assert result.table["side"].to_list() == ["above", "above", "below", "below", "above"]


def test_one_organisation_far_out_is_beyond_and_says_which_way():
    "50 alike and one at 90 % and one at 5 %: φ is winsorised, so the two do not widen the limits."
    result = funnel([500] * 50 + [900, 50], [1000] * 52)
    assert result.between_variance == 0
    assert result.table["category"].to_list()[-2:] == ["beyond 99.8 %"] * 2
    assert result.table["side"].to_list()[-2:] == ["above", "below"]


@steady
@given(many_counts)
def test_limits_hold_the_target_and_agree_with_the_categories(pairs):
    result = funnel(*pairs)
    limits = result.limits(pairs[1])
    assert (limits["lower_998"] <= limits["lower_95"]).all()
    assert (limits["lower_95"] <= result.target_share + 1e-12).all()
    assert (limits["upper_95"] >= result.target_share - 1e-12).all()
    assert (limits["upper_998"] >= limits["upper_95"]).all()
    outside = (result.table["share"] > limits["upper_95"] + 1e-9) | (result.table["share"] < limits["lower_95"] - 1e-9)
    assert (result.table.filter(outside)["category"] != "within the limits").all()


@steady
@given(many_counts)
def test_overdispersion_only_ever_draws_z_towards_0(pairs):
    table = funnel(*pairs).table
    assert (table["z_adjusted"].abs() <= table["z"].abs() + 1e-12).all()
    assert (table["z_winsorised"].abs().max() or 0) <= table["z"].abs().max() + 1e-12


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_all_equal_are_exactly_at_the_target(share):
    of = np.array([10, 70, 900, 31, 33]) * 2
    result = funnel(of * share, of)
    assert result.table["z_adjusted"].to_list() == [0.0] * 5
    assert result.table["side"].unique().to_list() == ["at the target"]
    assert result.between_variance == 0


def test_one_organisation_is_its_own_target():
    result = funnel([3], [10])
    assert (result.target_share, result.overdispersion, result.between_variance) == (0.3, 0, 0)
    assert result.table["z"].to_list() == [0]


def test_no_organisation_at_all():
    result = funnel([], [])
    assert result.target_share is None
    assert result.table.height == 0
    assert result.limits([10]).height == 0


def test_excluded_organisations_stay_in_the_table_with_their_reason():
    result = funnel([120, None, 260, 5, 2], [200, 600, 600, 0, 1], organisations=list("abcde"))
    assert (result.n_in, result.n_used) == (5, 2)
    assert result.n_excluded == {"numerator missing": 1, "denominator zero": 1, "numerator above denominator": 1}
    assert result.table["organisation"].to_list() == list("abcde")
    gone = result.table.filter(pl.col("excluded").is_not_null())
    assert gone["z"].null_count() == gone["category"].null_count() == 3
    without = funnel([120, 260], [200, 600])
    assert without.target_share == result.target_share


def test_a_position_that_depends_on_rounding_is_marked():
    "Worked example (k): d's z is −1.8848; at 88 of 252 it is −2.0419, beyond 95 %."
    low_high = [([x - 2 for x in column], [x + 2 for x in column]) for column in (R, N)]
    table = funnel(R, N, numerator_range=low_high[0], denominator_range=low_high[1]).table
    assert table["depends_on_rounding"].to_list() == [False, False, False, True, False]
    assert table["z_adjusted_low"][3] == pytest.approx(-2.0419, abs=5e-5)


@steady
@given(many_counts, st.data())
def test_the_rounding_corners_are_the_extremes_of_every_pair_they_allow(pairs, data):
    count, of = pairs
    ranges = [(np.maximum(x - 2, least), x + 2) for x, least in ((count, 0), (of, 1))]
    result = funnel(count, of, numerator_range=ranges[0], denominator_range=ranges[1])
    target = math.asin(math.sqrt(result.target_share))
    row = data.draw(st.integers(0, len(count) - 1))
    z = [
        (math.asin(math.sqrt(r / n)) - target) / math.sqrt(1 / (4 * n) + result.between_variance)
        for r in range(ranges[0][0][row], ranges[0][1][row] + 1)
        for n in range(ranges[1][0][row], ranges[1][1][row] + 1)
        if r <= n
    ]
    assert result.table["z_adjusted_low"][row] == pytest.approx(min(z), abs=1e-9)
    assert result.table["z_adjusted_high"][row] == pytest.approx(max(z), abs=1e-9)


def test_no_range_given_for_an_exact_count():
    table = funnel(R, N, numerator_range=([None] * 5, [None] * 5)).table
    assert table["z_adjusted_low"].to_list() == table["z_adjusted"].to_list() == table["z_adjusted_high"].to_list()


def test_a_range_the_wrong_way_round_is_refused():
    with pytest.raises(AllcomersError, match="1 ranges that end below their start"):
        funnel([5, 5], [10, 10], numerator_range=([3, 7], [7, 3]))


def test_limits_refuse_a_denominator_of_0():
    with pytest.raises(AllcomersError, match="not above zero"):
        funnel(R, N).limits([100, 0])


def test_shrunken_worked_example():
    result = shrunken(R, N)
    assert result.heterogeneity == pytest.approx(42.6348, abs=5e-5)
    assert result.between_variance == pytest.approx(0.076742, abs=5e-7)
    assert result.mean_logit == pytest.approx(-0.061113, abs=5e-7)
    assert result.table["weight"].round(4).to_list() == [0.7865, 0.9201, 0.9187, 0.8155, 0.9582]
    assert result.table["shrunken_share"].round(4).to_list() == [0.5759, 0.4988, 0.4375, 0.3821, 0.5313]


@steady
@given(many_counts)
def test_the_model_agrees_with_statsmodels(pairs):
    result = shrunken(*pairs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # statsmodels lets τ² go below 0, and then divides by 0
        theirs = combine_effects(
            result.table["logit"].to_numpy(), result.table["logit_variance"].to_numpy(), method_re="dl"
        )
    assert result.heterogeneity == pytest.approx(theirs.q, rel=1e-6, abs=1e-6)
    assert result.between_variance == pytest.approx(max(0, theirs.tau2), rel=1e-6, abs=1e-6)
    mean = theirs.mean_effect_re if theirs.tau2 > 0 else theirs.mean_effect_fe
    assert result.mean_logit == pytest.approx(mean, rel=1e-6, abs=1e-6)


@steady
@given(many_counts)
def test_a_shrunken_share_lies_between_its_own_and_the_mean(pairs):
    result = shrunken(*pairs)
    own, drawn = expit(result.table["logit"].to_numpy()), result.table["shrunken_share"].to_numpy()
    assert (drawn >= np.minimum(own, result.mean_share) - 1e-12).all()
    assert (drawn <= np.maximum(own, result.mean_share) + 1e-12).all()
    assert (result.table["low"] <= result.table["shrunken_share"]).all()
    assert (result.table["high"] >= result.table["shrunken_share"]).all()


def test_ties_and_no_heterogeneity_give_everyone_the_mean():
    result = shrunken([50] * 4, [100] * 4)
    assert result.between_variance == 0
    assert result.table["shrunken_share"].to_list() == [0.5] * 4


def test_the_posterior_variance_includes_the_error_of_the_mean():
    "By hand for two organisations of equal variance v: B v + (1 − B)² (v + τ²)/2."
    result = shrunken([60, 20], [100, 100])
    row = result.table.row(0, named=True)
    v, tau2, b = row["logit_variance"], result.between_variance, row["weight"]
    precision = 1 / (v + tau2) + 1 / (result.table["logit_variance"][1] + tau2)
    assert row["posterior_variance"] == pytest.approx(b * v + (1 - b) ** 2 / precision)


def test_none_and_all_recovered_are_given_a_half():
    table = shrunken([0, 10, 30], [10, 10, 60]).table
    assert table["half_added"].to_list() == [True, True, False]
    assert table["logit"].to_list() == pytest.approx([math.log(0.5 / 10.5), math.log(10.5 / 0.5), 0])
    assert table["share"].to_list() == [0, 1, 0.5]


def test_fewer_than_two_organisations_borrow_nothing():
    alone = shrunken([3, None], [10, 10])
    assert alone.between_variance is None
    assert alone.heterogeneity is None
    assert alone.table["shrunken_share"][0] == pytest.approx(0.3)
    assert alone.table["weight"].to_list() == [1.0, None]
    assert alone.n_excluded == {"numerator missing": 1}
    assert shrunken([], []).mean_share is None


@pytest.mark.parametrize("result", [funnel(R, N), shrunken(R, N)])
def test_every_result_says_what_it_estimates_and_assumes(result):
    assert result.estimand.endswith(".")
    assert len(result.assumptions) >= 3
    assert all(sentence.endswith(".") for sentence in result.assumptions)


def test_names_must_fit_the_rows():
    with pytest.raises(AllcomersError, match="2 names for 5 rows"):
        funnel(R, N, organisations=["a", "b"])


def test_columns_of_a_polars_table_may_be_passed_as_they_are():
    table = pl.DataFrame({"organisation": ["a", "b", "c"], "recovered": [12, None, 20], "finished": [30, 40, 40]})
    result = funnel(table["recovered"], table["finished"], organisations=table["organisation"])
    assert result.table["z"].is_null().to_list() == [False, True, False]
