"""Wilson, Katz and Newcombe intervals: worked examples, statsmodels 0.15 as an independent check, and the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from allcomers.analyses.proportions import two_groups, wilson
from allcomers.exceptions import AllcomersError

steady = settings(deadline=None, derandomize=True)
counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_recovery_over_every_denominator():
    "Methods (a), worked by hand: 18 recovered of 38 finished, 70 entered, 82 assessed, 100 referred."
    table = wilson([18] * 4, [38, 70, 82, 100]).table
    percent = (table.select("share", "low", "high").to_numpy() * 100).round(2)
    assert percent.tolist() == [
        [47.37, 32.48, 62.74],
        [25.71, 16.93, 37.03],
        [21.95, 14.36, 32.05],
        [18.00, 11.70, 26.67],
    ]


@steady
@given(counts)
def test_wilson_agrees_with_statsmodels(pair):
    table = wilson(*pair).table
    assert (table["low"][0], table["high"][0]) == pytest.approx(proportion_confint(*pair, method="wilson"), abs=1e-12)


@steady
@given(counts)
def test_limits_hold_the_share_and_stay_within_0_and_1(pair):
    row = wilson(*pair).table.row(0, named=True)
    assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


def test_what_cannot_make_a_share_is_counted_and_never_nan():
    result = wilson([None, 3, 3, -1, 5, 2], [10, None, 0, 10, 4, 4])
    assert result.n_in == 6
    assert result.n_used == 1
    assert result.n_excluded == {
        "numerator missing": 1,
        "denominator missing": 1,
        "denominator zero": 1,
        "count below zero": 1,
        "numerator above denominator": 1,
    }
    assert result.table["share"].to_list() == [None] * 5 + [0.5]
    assert result.table["low"].null_count() == 5


def test_columns_of_different_length_are_refused():
    with pytest.raises(AllcomersError, match="columns of 2, 3 values"):
        wilson([1, 2], [3, 4, 5])


two_counts = st.tuples(counts, counts).filter(lambda pairs: all(0 < r < n for r, n in pairs))


@steady
@given(two_counts)
def test_two_groups_agree_with_statsmodels(pairs):
    (r1, n1), (r2, n2) = pairs
    result = two_groups(r1, n1, r2, n2)
    katz = confint_proportions_2indep(r1, n1, r2, n2, compare="ratio", method="log", correction=False)
    newcombe = confint_proportions_2indep(r1, n1, r2, n2, compare="diff", method="newcomb")
    assert (result.ratio.low, result.ratio.high) == pytest.approx(katz, rel=1e-9)
    assert (result.difference.low, result.difference.high) == pytest.approx(newcombe, abs=1e-12)
    assert not result.half_added


@pytest.mark.parametrize(
    ("pair_a", "pair_b", "estimate"),
    [((0, 10), (4, 10), 0.0), ((4, 10), (0, 10), None), ((10, 10), (10, 10), 1.0), ((0, 10), (0, 10), None)],
)
def test_a_share_of_0_or_1_still_has_an_interval_with_a_width(pair_a, pair_b, estimate):
    ratio = two_groups(*pair_a, *pair_b).ratio
    assert two_groups(*pair_a, *pair_b).half_added
    assert ratio.estimate == estimate
    assert ratio.low < (ratio.high or np.inf)


def test_a_group_with_no_one_gives_no_interval_and_a_reason():
    result = two_groups(3, 10, 0, 0)
    assert result.ratio.estimate is result.difference.estimate is result.share_a.estimate is None
    assert result.n_excluded == {"denominator zero": 1}
