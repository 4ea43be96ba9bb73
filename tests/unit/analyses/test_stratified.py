"""Comparison within strata. The worked example is methods (n); statsmodels gives the same pooled ratio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from allcomers.analyses.proportions import UNKNOWN
from allcomers.analyses.stratified import e_value, mantel_haenszel, standardised_difference


def test_worked_example():
    "Digital mild 40 of 60 and severe 6 of 20; human mild 30 of 50 and severe 30 of 100."
    found = mantel_haenszel([40, 6], [60, 20], [30, 30], [50, 100])
    assert found.ratio.estimate == pytest.approx(1.0851, abs=5e-5)
    assert found.difference.estimate == pytest.approx(0.0414, abs=5e-5)
    assert e_value(found.ratio.estimate) == pytest.approx(1.389, abs=5e-4)
    assert standardised_difference(20 / 80, 100 / 150) == pytest.approx(-0.9207, abs=5e-4)


counts = st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))


@given(st.lists(counts, min_size=1, max_size=5))
@settings(deadline=None, derandomize=True)
def test_ratio_agrees_with_statsmodels(strata):
    cells = np.array([[[a, more_a], [b, more_b]] for a, more_a, b, more_b in strata], dtype=float)
    theirs = StratifiedTable(list(cells)).riskratio_pooled
    ours = mantel_haenszel(cells[:, 0, 0], cells[:, 0].sum(axis=1), cells[:, 1, 0], cells[:, 1].sum(axis=1))
    assert ours.ratio.estimate == pytest.approx(theirs)
    assert ours.ratio.low <= ours.ratio.estimate <= ours.ratio.high


def test_strata_with_one_group_alone_say_nothing():
    alone = mantel_haenszel([3], [5], [0], [0])
    assert (alone.ratio, alone.difference, alone.compared_a) == (UNKNOWN, UNKNOWN, 0)
    with_more = mantel_haenszel([40, 6, 7], [60, 20, 9], [30, 30, 0], [50, 100, 0])
    assert with_more.ratio == mantel_haenszel([40, 6], [60, 20], [30, 30], [50, 100]).ratio


def test_nobody_with_the_outcome():
    assert mantel_haenszel([2], [5], [0], [5]).ratio == UNKNOWN
    none = mantel_haenszel([0], [5], [2], [5]).ratio
    assert (none.estimate, none.high) == (0.0, None)


def test_a_share_of_nothing_or_everything_has_no_spread():
    assert standardised_difference(0.0, 0.0) is None
    assert e_value(0.5) == e_value(2.0)
