"""Regression to the mean and benchmarks of the untreated: the worked example of methods.md (e), simulation, edges."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from allcomers.analyses import natural_recovery
from allcomers.analyses.natural_recovery import BENCHMARKS, excess, regression_to_the_mean
from allcomers.exceptions import AllcomersError
from allcomers.instruments.model import Status

DAY = dt.date(2024, 6, 1)


def test_worked_example():
    "methods.md (e): mean 12, sd 6, correlation .6, cut-off 10."
    found = regression_to_the_mean(mean=12, sd=6, correlation=0.6, cut_off=10)
    assert found.mean_at_start == pytest.approx(15.3175, abs=5e-5)
    assert found.mean_later == pytest.approx(13.9905, abs=5e-5)
    assert found.fall == pytest.approx(1.3270, abs=5e-5)
    assert found.recovered_share == pytest.approx(0.2032, abs=5e-5)


def test_excess_of_the_worked_example():
    "methods.md (e): recovery .5055 of 634,248, benchmark .23 with error .04: 95% interval .197 to .354."
    found = excess(0.5055, 634_248, 0.23, benchmark_error=0.04)
    assert (found.low, found.high) == pytest.approx((0.197, 0.354), abs=5e-4)
    plain = excess(0.5, 100, 0.23, benchmark_error=0)
    assert (plain.excess, plain.part) == pytest.approx((0.27, 0.54))


def test_less_than_the_benchmark_is_shown_as_it_is():
    found = excess(0.1, 50, 0.23, benchmark_error=0.04)
    assert found.excess == pytest.approx(-0.13)
    assert excess(0, 50, 0.23, benchmark_error=0.04).part is None


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.floats(5, 20), st.floats(2, 8), st.floats(0.05, 0.95), st.integers(5, 20))
def test_share_is_that_of_the_two_variable_normal(mean, sd, correlation, cut_off):
    "[Phi(z) - Phi2(z, z)] / [1 - Phi(z)], as SciPy integrates it."
    z = (cut_off - 0.5 - mean) / sd
    both = multivariate_normal.cdf([z, z], cov=[[1, correlation], [correlation, 1]])
    expected = (norm.cdf(z) - both) / norm.sf(z)
    found = regression_to_the_mean(mean=mean, sd=sd, correlation=correlation, cut_off=cut_off)
    assert found.recovered_share == pytest.approx(expected, abs=1e-4)


def test_simulation():
    "A million people who change by chance alone, to within .002 of the share and .02 points."
    random = np.random.default_rng(3)
    first, noise = random.standard_normal((2, 1_000_000))
    later = 12 + 6 * (0.6 * first + 0.8 * noise)
    selected = 12 + 6 * first >= 9.5
    found = regression_to_the_mean(mean=12, sd=6, correlation=0.6, cut_off=10)
    assert (later[selected] < 9.5).mean() == pytest.approx(found.recovered_share, abs=0.002)
    assert later[selected].mean() == pytest.approx(found.mean_later, abs=0.02)


@pytest.mark.parametrize(("sd", "correlation"), [(0, 0.5), (5, 1.2), (5, -0.1), (float("nan"), 0.5)])
def test_refuses_what_cannot_be(sd, correlation):
    with pytest.raises(AllcomersError, match="sd"):
        regression_to_the_mean(mean=12, sd=sd, correlation=correlation, cut_off=10)


def test_benchmarks_pass_through_what_was_published():
    whiteford = BENCHMARKS[0]
    months = np.array([3, 6, 12]) * 365.25 / 12
    assert whiteford.recovered_by(months) == pytest.approx([0.23, 0.32, 0.53])
    assert whiteford.recovered_by([0, -5, 9_999]) == pytest.approx([0, 0, 0.53])


def test_between_published_times_the_chance_of_recovery_is_even():
    "b(t) = 1 - (1 - b1)^(t / t1): half of the first three months."
    half = BENCHMARKS[0].recovered_by([1.5 * 365.25 / 12])
    assert half == pytest.approx([1 - (1 - 0.23) ** 0.5])


def test_every_benchmark_says_whom_it_is_of():
    for one in BENCHMARKS:
        assert one.source
        assert one.population
        assert one.recovered
        assert 0 < one.error < 0.1
        assert one.status is Status.VERIFIED or "not re-read" in one.source


def test_wait_list_error_is_binomial():
    "18 of 58: sqrt(.3103 x .6897 / 58)."
    assert BENCHMARKS[1].error == pytest.approx(0.060747, abs=5e-7)


def course(*, recovered: bool, finished: bool = True, days: int = 91, phq9: float = 15) -> dict[str, object]:
    return {
        "received_on": DAY,
        "first_treatment_on": DAY,
        "last_treatment_on": DAY + dt.timedelta(days),
        "discharged_on": DAY + dt.timedelta(120),
        "finished_course": finished,
        "not_at_caseness": False if finished else None,
        "recovered": recovered if finished else None,
        "phq9_first": phq9,
        "anxiety_first": 12,
        "gad7_first": 12,
        "anxiety_measure": "GAD7",
    }


def test_answer(records_of):
    "Four finished, two recovered, after 91 days; one stopped on the day. 91.3125 days are the benchmark's 3 months."
    rows = [course(recovered=no < 2, phq9=12 + no) for no in range(4)]
    rows.append(course(recovered=False, finished=False, days=0))
    answer = natural_recovery.answer(records_of({"pathway": rows}))
    official, everyone = answer.table.filter(benchmark=BENCHMARKS[0].name).to_dicts()
    expected = 1 - 0.77 ** (91 / 91.3125)
    assert (official["share"], official["expected"]) == (0.5, pytest.approx(expected))
    assert official["excess"] == pytest.approx(0.5 - expected)
    assert (everyone["share"], everyone["expected"]) == (0.4, pytest.approx(0.8 * expected))
    assert "not explained by a benchmark" in answer.said
    assert "because" not in answer.said


def test_first_scores_that_do_not_differ_cannot_be_regressed(records_of):
    answer = natural_recovery.answer(records_of({"pathway": [course(recovered=True)]}))
    assert answer.parts[0].said == "First scores that differ are needed, and there are none."


def test_nobody(records_of):
    answer = natural_recovery.answer(records_of({"pathway": []}))
    assert answer.said == "Nobody who began treatment at caseness left in 2024/25."


def test_synthetic_service_has_no_gaps(synthetic_service):
    answer = natural_recovery.answer(synthetic_service.records(by="provider"))
    for part in (answer, *answer.parts):
        numbers = (
            part.table.select("excess", "low", "high") if "excess" in part.table.columns else part.table.select("fall")
        )
        assert not any(column.is_nan().any() or column.is_null().any() for column in numbers)
