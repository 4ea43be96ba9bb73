"""Final digits and habits of filling in."""

import numpy as np
import pytest
from numpy.random import default_rng

from allcomers.analyses.integrity import digits


def test_worked_example():
    "Method notes (g4): against equal digits χ² is 26.9143 on 9 degrees, p .001445."
    observed = np.array([[95, 100, 110, 90, 105, 98, 102, 100, 97, 153]], float)
    fit = digits.against(observed, np.full((1, 10), 105.0))
    assert (fit.chi_squared[0], fit.degrees) == (pytest.approx(26.9143, abs=5e-5), 9)
    assert fit.p_value[0] == pytest.approx(0.001445, abs=5e-7)


def test_scores_fold_onto_their_final_digit():
    counts = np.arange(28.0)[None, :]
    folded = digits.by_final_digit(counts)
    assert folded[0, 7] == 7 + 17 + 27
    assert folded[0, 8] == 8 + 18


def test_the_others_shape_takes_on_a_services_mean_spread_and_skewness():
    score, rng = np.arange(28), default_rng(3)
    counts = np.array(
        [rng.multinomial(500, p / p.sum()) for p in (np.exp(-((score - m) ** 2) / 60) for m in (8, 10, 14))]
    )
    shaped = digits.others_shape(counts.astype(float))
    for power in (0, 1, 2, 3):
        assert shaped @ score**power == pytest.approx(counts @ score**power, rel=1e-6)


def test_a_service_without_courses_has_no_shape():
    shaped = digits.others_shape(np.vstack([np.zeros(28), np.ones(28)]))
    assert not shaped[0].any()


def test_patterns_of_answers():
    "Repeated and alike; alike only; neither, one above 1; a blank says nothing."
    last = [[1, 1, 1], [0, 0, 0], [1, 0, 2], [np.nan, 1, 1]]
    previous = [[1, 1, 1], [1, 0, 0], [0, 0, 2], [np.nan, 1, 1]]
    found = digits.patterns(last, previous)
    assert found.repeated.tolist() == [True, False, False, False]
    assert found.straight_lined.tolist() == [True, True, False, False]
    assert found.all_lowest.tolist() == [True, True, False, False]
