"""Reliable change: worked numbers of the method notes (d), and formulae of the R package clinicalsignificance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.analyses import reliable_change as rc
from allcomers.exceptions import AllcomersError

FIRST = np.array([30.0, 20, 10, 8, 6, 4, 2])
LAST = np.array([3.0, 2, 2, 2, 2, 2, 1])
WHOLE = rc.Population(10, 5, 7, 6, float(np.corrcoef(FIRST, LAST)[0, 1]))


@pytest.mark.parametrize(
    ("sd", "reliability", "half_width", "points"),
    [
        (6.1, 0.89, 5.608, 6),
        (6.1, 0.84, 6.763, 7),
        (5.1, 0.92, 3.998, 4),
        (5.1, 0.83, 5.829, 6),
        (4.5, 0.92, 3.53, 4),
    ],
)
def test_thresholds_of_the_two_kinds_of_reliability(sd, reliability, half_width, points):
    "Method notes (d): 1.96 standard errors of a difference, and the first whole number beyond."
    assert rc.LIMIT * rc.difference_error(sd, reliability) == pytest.approx(half_width, abs=6e-3 if sd == 4.5 else 6e-4)
    assert rc.reliable_points(sd, reliability) == points


def test_cut_offs_of_the_worked_example():
    "Method notes (d): clinical 15 (5), functional 3 (4)."
    lines = rc.cut_offs((15, 5), (3, 4))
    assert (lines.a, lines.b) == (5, 11)
    assert lines.c == pytest.approx(8.3333, abs=5e-5)


def test_indices_worked_by_hand():
    "A fall from 20 to 2 with mean 10, SD 5, reliability .80: SEM √5, difference √10."
    of_20 = {name: method(FIRST, LAST, WHOLE, 0.8)[1] for name, method in rc.METHODS.items()}
    assert of_20["Jacobson–Truax"] == pytest.approx(-18 / np.sqrt(10))
    assert of_20["Gulliksen–Lord–Novick"] == pytest.approx((-8 - 8) / (5 * 0.6))
    assert of_20["Hsu–Linn–Lord"] == pytest.approx((-5 - 8) / (5 * 0.6))
    assert of_20["Edwards–Nunnally"] == pytest.approx((2 - 18) / np.sqrt(5))
    assert of_20["Nunnally–Kotsch"] == pytest.approx((2 - 18) / np.sqrt(25 * 0.64 * 0.2 + 25 * 0.2))


def test_hageman_arrindell_as_the_r_package_writes_it():
    "clinicalsignificance: the reliability of each occasion from its SD and the one SEM, then that of differences."
    error, r = np.sqrt(5), WHOLE.correlation
    first_r, last_r = 1 - 5 / 25, 1 - 5 / 36
    of_difference = (25 * first_r + 36 * last_r - 60 * r) / (25 + 36 - 60 * r)
    expected = ((LAST - FIRST) * of_difference - 3 * (1 - of_difference)) / (
        np.sqrt(of_difference) * np.sqrt(2) * error
    )
    assert rc.hageman_arrindell(FIRST, LAST, WHOLE, 0.8) == pytest.approx(expected)


def test_hageman_arrindell_has_no_answer_where_differences_are_error():
    whole = rc.Population(10, 5, 10, 5, 0.95)
    assert np.isnan(rc.hageman_arrindell(FIRST, LAST, whole, 0.8)).all()


def test_rule_of_two_measures():
    "One fell and neither rose; one rose and neither fell; one of each; a gap."
    one, other = np.array([-3.0, 3.0, -3.0, -3.0]), np.array([0.0, 0.0, 3.0, np.nan])
    improved, deteriorated = rc.both_measures(one, other)
    assert improved.tolist() == [True, False, False, False]
    assert deteriorated.tolist() == [False, True, False, False]


@pytest.mark.parametrize("first", [[], [3.0, 4.0], [5.0, 5.0, 5.0]])
def test_a_population_that_says_nothing(first):
    assert rc.Population.of(first, first) is None


def test_a_reliability_is_a_share():
    with pytest.raises(AllcomersError, match="from 0 to 1"):
        rc.measurement_error(5, 1.2)


@given(
    sd=st.floats(0.5, 10),
    reliability=st.floats(0.05, 0.99),
    first=st.lists(st.integers(0, 27), min_size=1, max_size=20),
    fall=st.integers(-27, 27),
)
@settings(deadline=None, derandomize=True)
def test_whole_points_are_the_index_on_whole_numbers(sd, reliability, first, fall):
    "A change of whole points is reliable by Jacobson–Truax exactly when it reaches the whole-number threshold."
    whole = rc.Population(10, sd, 8, sd, 0.5)
    before = np.array(first, dtype=float)
    index = rc.jacobson_truax(before, before - fall, whole, reliability)
    assert ((index < -rc.LIMIT) == (fall >= rc.reliable_points(sd, reliability))).all()
