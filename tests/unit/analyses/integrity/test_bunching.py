"""Bunching: worked examples of the method notes (g2, g3), and rddensity 3.0 for the jump of a density."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy.stats import binom

from allcomers.analyses.integrity import bunching

BY_SCORE = np.array([[40, 55, 70, 85, 98, 108, 116, 121, 124, 190, 88, 112, 108, 103, 97, 90, 82, 74, 66, 58]], float)


@pytest.mark.parametrize(("curvature", "expected"), [(0.0, 6.0e-10), (0.1, 1.8e-7), (0.5, 0.0444)])
def test_three_cells_of_the_worked_example(curvature, expected):
    "Counts of 120, 210 and 110 at scores 8, 9 and 10."
    assert bunching.three_cells([120], [210], [110], curvature=curvature) == pytest.approx(expected, rel=0.02)


def test_three_cells_without_anybody():
    assert np.isnan(bunching.three_cells([0], [0], [0])).all()


@given(
    counts=st.tuples(*[st.integers(0, 60)] * 3).filter(any),
    curvature=st.sampled_from(bunching.CURVATURES),
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_the_p_value_is_the_greatest_over_the_band(counts, curvature):
    "Against every share of a fine grid over the band: as great up to the grid's own steps, and never smaller."
    low, middle, high = counts
    total = low + middle + high
    shares = np.linspace((1 - curvature) / (3 - curvature), (1 + curvature) / (3 + curvature), 41)
    tails = np.minimum(1, 2 * np.minimum(binom.cdf(middle, total, shares), binom.sf(middle - 1, total, shares)))
    assert bunching.three_cells([low], [middle], [high], curvature=curvature)[0] >= tails.max() - 1e-9


def test_fit_of_the_worked_example():
    "Degree 4, omitting 9 and 10: fit 121.253 and 119.378, excess 68.747, missing 31.378, share .5670."
    assert bunching.left_out_fit(BY_SCORE, 10)[0] == pytest.approx([121.253, 119.378], abs=5e-4)
    found = bunching.polynomial(BY_SCORE, 10, rng=default_rng(1))
    assert (found.excess[0], found.missing[0]) == (pytest.approx(68.747, abs=5e-4), pytest.approx(31.378, abs=5e-4))
    assert found.share[0] == pytest.approx(0.5670, abs=5e-5)
    assert found.low[0] < 0.5670 < found.high[0]
    assert found.rank[0] == 1
    assert found.p_value[0] < 0.001


def test_a_smooth_distribution_has_no_excess():
    "Counts on a parabola are fitted exactly."
    score = np.arange(20)
    found = bunching.polynomial((200.0 - (score - 9) ** 2)[None, :], 10, rng=default_rng(1))
    assert found.share[0] == pytest.approx(0, abs=1e-9)


def test_nobody_has_no_fit():
    found = bunching.polynomial(np.zeros((1, 20)), 10, rng=default_rng(1))
    assert np.isnan([found.share[0], found.low[0], found.p_value[0], found.rank[0]]).all()


def test_more_above_than_below():
    "22 values, at most three in five of them above: P(20 or more of 22) worked from the binomial."
    expected = sum(binom.pmf(k, 22, 0.6) for k in (20, 21, 22))
    assert bunching.more_above(2, 20) == pytest.approx(expected)


def test_density_jump_agrees_with_rddensity():
    """150 values of N(48, 7), then 25 more between 50 and 52; half-width 8, cubic.

    rddensity 3.0 (p = q = 3, h = 8, jackknife): densities .069825 and .129593, t 1.464. The jackknife's correction of
    the error for small samples is not ours.
    """
    rng = default_rng(7)
    values = np.concatenate([rng.normal(48, 7, 150), rng.uniform(50, 52, 25)])
    jump = bunching.density_jump(values, 50, bandwidth=8)
    assert jump is not None
    assert (jump.below, jump.above) == (pytest.approx(0.069825, abs=5e-7), pytest.approx(0.129593, abs=5e-7))
    assert jump.z == pytest.approx(1.464, rel=0.02)
    assert (jump.n_below, jump.n_above) == (76, 62)


@pytest.mark.parametrize("values", [[], [50.0] * 40, [49.0] * 30 + [51.0] * 3, [float("nan")] * 40])
def test_too_little_for_a_density(values):
    assert bunching.density_jump(values, 50) is None
