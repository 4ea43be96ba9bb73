"""Slope and relative index of inequality, and the split of a ratio over the stages."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import WLS
from statsmodels.tools import add_constant

from allcomers.analyses.inequality import decompose_ratio, slope_index
from allcomers.exceptions import AllcomersError

steady = settings(deadline=None, derandomize=True, max_examples=60)
one_count = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
groups = st.lists(one_count, min_size=2, max_size=12).map(lambda pairs: np.array(pairs).T)


def test_slope_worked_example():
    "Methods (j): four equal groups with shares .24, .20, .17, .12."
    result = slope_index([240, 200, 170, 120], [1000] * 4, [1, 2, 3, 4])
    assert result.slope_index.estimate == pytest.approx(-0.1560, abs=5e-5)
    assert result.fitted_least == pytest.approx(0.2605, abs=5e-5)
    assert result.fitted_most == pytest.approx(0.1045, abs=5e-5)
    assert result.relative_index.estimate == pytest.approx(2.4928, abs=5e-5)
    assert result.table["mid_rank"].to_list() == [0.125, 0.375, 0.625, 0.875]
    assert result.largest_departure == pytest.approx(0.007)


@steady
@given(groups)
def test_slope_agrees_with_weighted_regression_in_statsmodels(pairs):
    count, of = pairs
    result = slope_index(count, of, range(len(of)))
    mid_rank = result.table["mid_rank"].to_numpy()
    intercept, slope = WLS(count / of, add_constant(mid_rank), weights=of).fit().params
    assert result.slope_index.estimate == pytest.approx(slope, abs=1e-9)
    assert result.fitted_least == pytest.approx(intercept, abs=1e-9)


@steady
@given(groups)
def test_turning_the_order_round_turns_the_sign_and_inverts_the_ratio(pairs):
    forward, back = slope_index(*pairs, range(len(pairs[0]))), slope_index(*pairs, range(len(pairs[0]))[::-1])
    assert back.slope_index.estimate == pytest.approx(-forward.slope_index.estimate, abs=1e-9)
    assert back.slope_index.low == pytest.approx(-forward.slope_index.high, abs=1e-9)
    if forward.relative_index.estimate:
        assert back.relative_index.estimate == pytest.approx(1 / forward.relative_index.estimate, rel=1e-6)
        assert back.relative_index.low == pytest.approx(1 / forward.relative_index.high, rel=1e-6)


@steady
@given(groups, st.permutations(range(12)))
def test_the_rows_may_come_in_any_order(pairs, shuffle):
    order = np.arange(len(pairs[0]))
    rows = np.array([row for row in shuffle if row < len(order)])
    straight, shuffled = slope_index(*pairs, order), slope_index(*pairs[:, rows], order[rows])
    assert shuffled.slope_index.estimate == pytest.approx(straight.slope_index.estimate, abs=1e-9)


@steady
@given(groups, st.integers(2, 20))
def test_more_people_with_the_same_shares_leave_the_slope_and_narrow_the_interval(pairs, times):
    few, many = slope_index(*pairs, range(len(pairs[0]))), slope_index(*pairs * times, range(len(pairs[0])))
    assert many.slope_index.estimate == pytest.approx(few.slope_index.estimate, abs=1e-9)
    assert many.slope_index.high - many.slope_index.low < few.slope_index.high - few.slope_index.low


def test_equal_shares_have_no_slope():
    result = slope_index([10, 20, 30], [100, 200, 300], [1, 2, 3])
    assert result.slope_index.estimate == pytest.approx(0, abs=1e-12)
    assert result.relative_index.estimate == pytest.approx(1)
    assert result.slope_index.low < 0 < result.slope_index.high


def test_the_interval_holds_the_truth_as_often_as_it_says():
    "2,000 simulated services with ten groups that do not lie on a line; 0.95 ± 0.02 is four standard errors."
    generator = np.random.default_rng(11)
    share = np.linspace(0.5, 0.3, 10) + 0.03 * np.sin(np.arange(10))
    of = generator.integers(40, 400, 10)
    truth = slope_index(share * of, of, range(10))
    simulated = [slope_index(generator.binomial(of, share), of, range(10)) for _ in range(2000)]
    for index in ("slope_index", "relative_index"):
        true = getattr(truth, index).estimate
        held = [getattr(result, index).low <= true <= getattr(result, index).high for result in simulated]
        assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_not_recorded_is_its_own_group_reported_and_not_ordered():
    result = slope_index(
        [24, 20, 12, 50], [100, 100, 100, 400], [1, 2, 3, None], groups=["least", "middle", "most", "not recorded"]
    )
    assert (result.n_in, result.n_used) == (4, 3)
    assert result.n_excluded == {"no place in the order": 1}
    row = result.table.row(3, named=True)
    assert row["group"] == "not recorded"
    assert row["share"] == 0.125
    assert row["low"] < 0.125 < row["high"]
    assert row["mid_rank"] is None
    assert result.slope_index == slope_index([24, 20, 12], [100] * 3, [1, 2, 3]).slope_index


def test_a_group_under_the_minimum_is_reported_and_left_out_of_the_slope():
    result = slope_index([24, 1, 20, 12], [100, 4, 100, 100], [1, 2, 3, 4], minimum=10)
    assert result.n_excluded == {"under the minimum size": 1}
    assert result.table["share"][1] == 0.25
    assert result.table["fitted"][1] is None


def test_sizes_put_two_measures_on_one_axis():
    "The same people referred; fewer of the most deprived finish, which must not move the ranks."
    referred = [100, 100, 100]
    result = slope_index([20, 10, 4], [60, 40, 20], [1, 2, 3], size=referred)
    assert (
        result.table["mid_rank"].to_list() == slope_index([20, 10, 4], referred, [1, 2, 3]).table["mid_rank"].to_list()
    )


@pytest.mark.parametrize(("counts", "sizes"), [([], []), ([3], [10]), ([3, None], [10, 10])])
def test_fewer_than_two_groups_have_no_slope(counts, sizes):
    result = slope_index(counts, sizes, range(len(counts)))
    assert result.slope_index.estimate is result.relative_index.estimate is result.largest_departure is None
    assert result.table.height == len(counts)


def test_a_line_that_reaches_0_has_no_relative_index():
    result = slope_index([90, 5, 0], [100] * 3, [1, 2, 3])
    assert result.fitted_most < 0
    assert result.relative_index.estimate is None
    assert result.slope_index.low < result.slope_index.estimate


def test_two_groups_with_one_place_are_refused():
    with pytest.raises(AllcomersError, match="same place in the order"):
        slope_index([1, 2], [10, 10], [1, 1])


A = {"referred": 1000, "finished": 450, "reliably recovered": 220}
B = {"referred": 2000, "finished": 600, "reliably recovered": 230}


def test_decomposition_worked_example():
    "Methods (j): ratio 1.9130 = finish 1.5000 × outcome 1.2754; share before finishing .6250."
    result = decompose_ratio(A, B, official_denominator="finished")
    assert result.ratio.estimate == pytest.approx(1.9130, abs=5e-5)
    assert result.table["ratio"].round(4).to_list() == [1.5, 1.2754]
    assert result.share_before.estimate == pytest.approx(0.6250, abs=5e-5)
    assert result.share_before.low < 0.625 < result.share_before.high
    assert result.table["before_official"].to_list() == [True, False]
    assert (result.n_in, result.n_used) == (2, 2)


def test_stage_rates_of_the_pathway_multiply_to_the_whole():
    "Methods (a): .82 × .8537 × .5429 × .4737 = .18."
    stages = {"referred": 100, "assessed": 82, "entered": 70, "finished": 38, "recovered": 18}
    rates = decompose_ratio(stages, stages, official_denominator="finished").table["rate_a"]
    assert rates.round(4).to_list() == [0.82, 0.8537, 0.5429, 0.4737]
    assert rates.product() == pytest.approx(0.18, abs=1e-12)


nested = st.lists(st.integers(1, 9999), min_size=5, max_size=5).map(lambda counts: sorted(counts, reverse=True))


@steady
@given(nested, nested)
def test_the_steps_multiply_and_their_parts_add(first, second):
    names = ["referred", "assessed", "entered", "finished", "recovered"]
    result = decompose_ratio(
        dict(zip(names, first, strict=True)), dict(zip(names, second, strict=True)), official_denominator="finished"
    )
    for group, counts in (("rate_a", first), ("rate_b", second)):
        assert result.table[group].product() == pytest.approx(counts[-1] / counts[0], rel=1e-12)
    assert result.table["ratio"].product() == pytest.approx(result.ratio.estimate, rel=1e-12)
    assert result.table["log_ratio"].sum() == pytest.approx(math.log(result.ratio.estimate), abs=1e-12)
    assume(abs(math.log(result.ratio.estimate)) > 1e-3)
    assert result.table["share_of_log_ratio"].sum() == pytest.approx(1, abs=1e-9)
    before = result.table.filter(result.table["before_official"])["share_of_log_ratio"].sum()
    assert result.share_before.estimate == pytest.approx(before, abs=1e-9)


def test_share_before_is_held_as_often_as_its_interval_says():
    "1,500 simulated pairs: true share before is ln(.45/.30) / ln(.45 × .49 / (.30 × .38)); 0.95 ± 0.02."
    generator = np.random.default_rng(5)
    true = math.log(0.45 / 0.30) / math.log(0.45 * 0.49 / (0.30 * 0.38))
    held = []
    for _ in range(1500):
        finished = generator.binomial([1000, 2000], [0.45, 0.30])
        recovered = generator.binomial(finished, [0.49, 0.38])
        pair = (dict(zip(A, counts, strict=True)) for counts in zip([1000, 2000], finished, recovered, strict=True))
        share = decompose_ratio(*pair, official_denominator="finished").share_before
        held.append(share.low <= true <= share.high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_no_gap_has_no_parts():
    result = decompose_ratio(A, A, official_denominator="finished")
    assert result.ratio.estimate == 1
    assert result.share_before.estimate is None
    assert result.table["share_of_log_ratio"].null_count() == 2


def test_a_gap_that_may_be_chance_gives_a_part_without_limits():
    small = {"referred": 20, "finished": 10, "reliably recovered": 5}
    smaller = {"referred": 20, "finished": 9, "reliably recovered": 4}
    share = decompose_ratio(small, smaller, official_denominator="finished").share_before
    assert share.estimate is not None
    assert share.low is share.high is None


@pytest.mark.parametrize(("last", "reason"), [(0, "no one at the stage"), (None, "count missing")])
def test_a_last_stage_that_cannot_be_used_leaves_the_whole_empty(last, reason):
    result = decompose_ratio({**A, "reliably recovered": last}, B, official_denominator="finished")
    assert result.n_excluded == {reason: 1}
    assert result.ratio.estimate is result.share_before.estimate is None
    assert result.table["ratio"].to_list() == [1.5, None]


def test_a_stage_larger_than_the_one_before_cannot_be_split():
    result = decompose_ratio({**A, "reliably recovered": 451}, B, official_denominator="finished")
    assert result.n_excluded == {"later stage larger than the one before": 1}
    assert result.share_before.estimate is None


def test_a_stage_missing_between_costs_only_its_own_steps():
    "The national deciles of 2023-24 have no count of people entering treatment."
    a, b = ({"referred": g["referred"], "entered": entered, **g} for g, entered in ((A, None), (B, 900)))
    result = decompose_ratio(a, b, official_denominator="finished")
    assert result.n_excluded == {"count missing": 2}
    assert result.share_before == decompose_ratio(A, B, official_denominator="finished").share_before
    assert result.table["share_of_log_ratio"][2] == pytest.approx(0.3750, abs=5e-5)


@pytest.mark.parametrize("stage", ["referred", "reliably recovered", "elsewhere"])
def test_the_official_denominator_is_between_the_first_and_the_last(stage):
    with pytest.raises(AllcomersError, match="between the first and the last"):
        decompose_ratio(A, B, official_denominator=stage)


def test_both_groups_have_the_same_stages():
    with pytest.raises(AllcomersError, match="same stages in the same order"):
        decompose_ratio(A, {"referred": 10, "reliably recovered": 1, "finished": 5}, official_denominator="finished")
