"""Kaplan–Meier and Aalen–Johansen from counts."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import CumIncidenceRight

from allcomers.analyses.survival import followed, followed_by, tallied
from allcomers.exceptions import AllcomersError

steady = settings(deadline=None, derandomize=True, max_examples=60)
people = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=80)

WAITED = [10, 20, 20, 35, 40, 50, 60, 75, 90, 120]
TREATED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 0]
MONTHS = [1, 3, 3, 6, 8, 9, 12, 12, 12, 12]
CAME_BACK = [1, 1, 2, 1, 0, 1, 0, 0, 0, 0]


def test_waiting_worked_example():
    "Methods (h): S = .9, .7, .5833, .4375 at 10, 20, 40, 60 days; median 60; 41.7 % by day 42, standard error .1610."
    made = followed(WAITED, TREATED, causes=1)
    curve = made.incidence(1)
    assert [made.event_free_at(day) for day in (10, 20, 40, 60)] == pytest.approx([0.9, 0.7, 0.5833, 0.4375], abs=5e-5)
    assert curve.median == 60
    assert curve.at(42) == pytest.approx(0.4167, abs=5e-5)
    assert np.sqrt(curve.variance_at(42)) == pytest.approx(0.1610, abs=5e-5)


def test_return_worked_example():
    "Methods (l): F1(12) = .42, F2 = .10, event-free .48; 1 − Kaplan–Meier .4514; naive 4 of 10."
    made = followed(MONTHS, CAME_BACK, causes=2)
    assert made.incidence(1).at(12) == pytest.approx(0.42)
    assert made.incidence(2).at(12) == pytest.approx(0.10)
    assert made.event_free_at(12) == pytest.approx(0.48)
    assert made.alone(1).at(12) == pytest.approx(0.4514, abs=5e-5)
    assert made.incidence(1).happened_by(12) == 4


@steady
@given(people)
def test_statsmodels_agrees(rows):
    "Shares against statsmodels 0.14 or later."
    days, event = np.array(rows).T
    made = followed(days, event, causes=2)
    if event.max() < 2:
        return
    with np.errstate(all="ignore"):  # where nobody is left, statsmodels divides by none of them
        theirs = CumIncidenceRight(days, event)
    for cause in (1, 2):
        curve = made.incidence(cause)
        assert curve.share == pytest.approx(theirs.cinc[cause - 1])


def test_statsmodels_standard_errors():
    theirs = CumIncidenceRight(np.array(MONTHS), np.array(CAME_BACK))
    made = followed(MONTHS, CAME_BACK, causes=2)
    for cause in (1, 2):
        assert np.sqrt(made.incidence(cause).variance) == pytest.approx(theirs.cinc_se[cause - 1])


@steady
@given(people)
def test_lifelines_agrees(rows):
    "One cause alone is lifelines' Kaplan–Meier."
    days, event = np.array(rows).T
    made = followed(days, event, causes=2)
    theirs = KaplanMeierFitter().fit(days, event == 1)
    expected = [float(theirs.predict(day)) for day in made.days]
    assert 1 - made.alone(1).share == pytest.approx(expected)


@steady
@given(people)
def test_everyone_is_somewhere(rows):
    "Shares of the causes and of those without event add to 1; one cause alone is never less than beside the others."
    days, event = np.array(rows).T
    made = followed(days, event, causes=2)
    first, second = made.incidence(1), made.incidence(2)
    assert first.share + second.share + made.event_free == pytest.approx(np.ones(len(made.days)))
    assert (made.alone(1).share >= first.share - 1e-12).all()
    for day in (0, 10, 40):
        interval = first.interval(day)
        if interval.estimate is not None:
            assert 0 <= interval.low <= interval.estimate + 1e-12
            assert interval.estimate - 1e-12 <= interval.high <= 1


@steady
@given(people, st.integers(2, 5))
def test_counts_stand_for_people(rows, times):
    days, event = np.array(rows * times).T
    one_by_one = followed(days, event, causes=2)
    counted = followed(*np.array(rows).T, causes=2, people=[times] * len(rows))
    assert counted.incidence(1).share == pytest.approx(one_by_one.incidence(1).share)
    assert counted.incidence(1).variance == pytest.approx(one_by_one.incidence(1).variance)


def test_nothing_is_said_beyond_what_was_followed():
    made = followed([5, 9], [1, 0], causes=1)
    assert made.incidence(1).at(9) == 0.5
    assert made.incidence(1).at(10) is None
    assert made.event_free_at(10) is None
    assert made.still_followed(6) == 1
    assert made.incidence(1).median == 5
    assert followed([5, 9], [1, 1], causes=1).incidence(1).at(1000) == 1
    assert followed([5, 9], [0, 0], causes=1).incidence(1).median is None


def test_no_one_is_followed():
    made = followed([], [], causes=2)
    assert made.people == 0
    assert made.incidence(1).at(0) is None
    assert made.incidence(1).median is None


def test_an_event_on_the_day_that_following_ends_was_still_at_risk():
    assert followed([10, 10], [1, 0], causes=1).incidence(1).at(10) == 0.5


@pytest.mark.parametrize(("days", "event"), [([-1], [1]), ([1], [3]), ([None], [1])])
def test_refused(days, event):
    with pytest.raises(AllcomersError, match="followed"):
        followed(days, event, causes=2)


def test_groups_are_kept_apart():
    frame = pl.DataFrame({"group": ["b", "a", "a"], "day": [1, 2, 3], "event": [1, 0, 1]})
    made = followed_by(tallied(frame, "group"), "group")
    assert list(made) == [("a",), ("b",)]
    assert made[("a",)].people == 2


def test_coverage_of_the_interval():
    "True share 0.5·(1 − e^−2) within two time constants, with censoring: 95 % intervals hold it 93 to 97 times in 100."
    rng = np.random.default_rng(20)
    truth, held, runs = 0.5 * (1 - np.exp(-2)), 0, 600
    for _ in range(runs):
        day = np.floor(rng.exponential(100, 150))
        event = rng.integers(1, 3, 150)
        end = rng.uniform(50, 600, 150).round()
        seen = day < end
        made = followed(np.where(seen, day, end), np.where(seen, event, 0), causes=2)
        interval = made.incidence(1).interval(199)
        held += interval.low <= truth <= interval.high
    assert 0.93 <= held / runs <= 0.97
