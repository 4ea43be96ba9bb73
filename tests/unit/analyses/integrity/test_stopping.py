"""Stopping at the line: worked examples of the method notes (g6, g7), and a table of sessions counted by hand."""

import polars as pl
import pytest
from numpy.random import default_rng

from allcomers.analyses.integrity import stopping
from allcomers.analyses.reliable_change import measurement_error

ERROR = measurement_error(6.1, 0.84)


def test_hazards_of_the_worked_example():
    found = stopping.hazards(36, 60, 40, 400)
    assert found.ratio == pytest.approx(6.0)
    assert found.difference == pytest.approx(0.50)
    assert stopping.hazards(3, 6, 0, 9).ratio is None


def test_looks_of_the_worked_example():
    "True score 11, cut-off 10, SEM 2.44: p .2694; 2, 4, 6, 8 looks .4662, .7150, .8479, .9188; 8.008 at the stop."
    assert stopping.chance_below(11, 10, ERROR) == pytest.approx(0.2694, abs=5e-5)
    looks = [stopping.chance_in_looks(11, 10, ERROR, k) for k in (2, 4, 6, 8)]
    assert looks == pytest.approx([0.4662, 0.7150, 0.8479, 0.9188], abs=5e-5)
    assert stopping.mean_when_stopped(11, 10, ERROR) == pytest.approx(8.008, abs=5e-4)


def test_mean_when_stopped_is_that_of_simulated_scores():
    scores = default_rng(1).normal(11, ERROR, 400_000)
    assert stopping.mean_when_stopped(11, 10, ERROR) == pytest.approx(scores[scores < 9.5].mean(), abs=0.02)


def test_true_score_of_the_worked_example():
    "Last score 8, mean 11: expected 8.48, error 2.2363, chance .6758. A missing score stays missing."
    chance = stopping.chance_truly_below([8, None], 10, mean=11, sd=6.1, reliability=0.84)
    assert chance[0] == pytest.approx(0.6758, abs=5e-5)
    assert chance[1] != chance[1]


def days(*courses):
    rows = [
        {"group": "A", "pathway_no": number, "number": n, "of": len(course), "below": below, "severity": 1}
        for number, course in enumerate(courses)
        for n, below in enumerate(course, start=1)
    ]
    return pl.DataFrame(rows).with_columns(below=pl.col("below").cast(pl.Boolean))


def test_sessions_at_risk():
    "The first session is no place to end; whoever starts below is left out; the second time below is not the first."
    risk = stopping.at_risk(days([0, 0, 1, 1], [0, 1], [1, 1]))
    assert risk.select("pathway_no", "first_below", "ended", "next_below").rows() == [
        (0, False, False, True),
        (0, True, False, True),
        (0, False, True, None),
        (1, True, True, None),
    ]


def test_strata_are_compared_like_with_like():
    "Two strata: 2 of 4 against 1 of 4 at session 2, none against none at session 3. The ratio is 2."
    courses = [[0, 1], [0, 1], [0, 1, 0], [0, 1, 0], [0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    found = stopping.stratified(stopping.at_risk(days(*courses))).row(0, named=True)
    assert (found["first_below"], found["ended_first_below"]) == (4, 2)
    assert (found["other"], found["ended_other"]) == (9, 6)
    assert found["log_ratio"] == pytest.approx(0.693147, abs=5e-7)
    assert (found["next_known"], found["next_below"]) == (2, 0)


def test_a_service_in_which_nobody_ends_otherwise_has_no_ratio():
    found = stopping.stratified(stopping.at_risk(days([0, 1], [0, 1, 1]))).row(0, named=True)
    assert found["log_ratio"] is None
    assert found["variance"] is None
