"""Direct and indirect standardisation: the worked examples of methods (j), coverage and the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.analyses.proportions import wilson
from allcomers.analyses.standardisation import directly_standardised, indirectly_standardised

REFERENCE = [0.5, 0.3, 0.2]
steady = settings(deadline=None, derandomize=True, max_examples=60)
one_count = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_direct_worked_example():
    "A .60/.45/.30 with mix 80/15/5, B .62/.44/.33 with mix 20/30/50: B is lower unadjusted and higher adjusted."
    of_a, of_b = np.array([8000, 1500, 500]), np.array([2000, 3000, 5000])
    a = directly_standardised(of_a * [0.60, 0.45, 0.30], of_a, REFERENCE)
    b = directly_standardised(of_b * [0.62, 0.44, 0.33], of_b, REFERENCE)
    assert (a.share.estimate, b.share.estimate) == pytest.approx((0.4950, 0.5080), abs=5e-5)
    assert (a.crude_share, b.crude_share) == pytest.approx((0.5625, 0.4210), abs=5e-5)
    assert a.weight_covered == 1


@steady
@given(st.lists(st.tuples(one_count, st.integers(1, 100)), min_size=1, max_size=8))
def test_a_standardised_share_lies_among_its_groups_and_within_its_interval(rows):
    (count, of), weight = np.array([pair for pair, _ in rows]).T, [weight for _, weight in rows]
    share = directly_standardised(count, of, weight).share
    assert min(count / of) - 1e-12 <= share.estimate <= max(count / of) + 1e-12
    assert 0 <= share.low <= share.estimate + 1e-12
    assert share.estimate - 1e-12 <= share.high <= 1


def test_one_group_has_the_plain_wilson_interval():
    share, plain = directly_standardised([30], [70], [5]).share, wilson([30], [70]).table
    assert (share.low, share.high) == pytest.approx((plain["low"][0], plain["high"][0]))


def test_the_direct_interval_holds_the_truth_as_often_as_it_says():
    "2,000 simulations; 0.95 ± 0.02."
    generator = np.random.default_rng(7)
    of, share = np.array([60, 90, 30]), np.array([0.6, 0.45, 0.1])
    results = [directly_standardised(generator.binomial(of, share), of, REFERENCE).share for _ in range(2000)]
    assert np.mean([result.low <= share @ REFERENCE <= result.high for result in results]) == pytest.approx(
        0.95, abs=0.02
    )


def test_a_group_with_no_one_is_said_and_so_is_the_weight_lost():
    result = directly_standardised([60, 45, 0], [100, 100, 0], REFERENCE)
    assert result.n_excluded == {"denominator zero": 1}
    assert result.weight_covered == pytest.approx(0.8)
    assert result.share.estimate == pytest.approx((0.5 * 0.60 + 0.3 * 0.45) / 0.8)


def test_a_missing_reference_weight_is_said():
    assert directly_standardised([1, 2], [10, 10], [1, None]).n_excluded == {"reference weight missing": 1}


def test_nothing_to_standardise():
    result = directly_standardised([], [], [])
    assert result.share.estimate is result.crude_share is None
    assert result.weight_covered == 0


def test_indirect_worked_example():
    "Observed 42, expected 20 × .5 + 40 × .4 + 40 × .3 = 38: ratio 1.1053."
    result = indirectly_standardised([15, 15, 12], [20, 40, 40], [0.5, 0.4, 0.3], overall_share=0.4)
    assert (result.observed, result.expected) == pytest.approx((42, 38))
    assert result.ratio.estimate == pytest.approx(1.1053, abs=5e-5)
    assert result.adjusted_share.estimate == pytest.approx(0.4 * 42 / 38)


def test_the_exact_poisson_limits_of_ten():
    "Published tables of exact Poisson limits give 4.795 and 18.390 for a count of 10."
    ratio = indirectly_standardised([10], [1000], [0.01]).ratio
    assert (ratio.low * 10, ratio.high * 10) == pytest.approx((4.795, 18.390), abs=5e-4)


def test_none_observed_has_a_lower_limit_of_0():
    "−ln(0.025) = 3.6889 expected events give none one time in forty."
    ratio = indirectly_standardised([0], [100], [0.1]).ratio
    assert (ratio.estimate, ratio.low) == (0, 0)
    assert ratio.high * 10 == pytest.approx(3.6889, abs=5e-5)


def test_nothing_expected_has_no_ratio():
    result = indirectly_standardised([0, 1], [10, 10], [0, None], overall_share=0.5)
    assert result.ratio.estimate is result.adjusted_share.estimate is None
    assert result.n_excluded == {"expected share missing or not 0–1": 1}
