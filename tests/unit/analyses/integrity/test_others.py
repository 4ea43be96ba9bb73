"""Endings, switching, clocks and flags: small cases worked by hand."""

import datetime as dt
from statistics import mean, variance

import numpy as np
import polars as pl
import pytest
from numpy.random import default_rng
from scipy.stats import ttest_ind

from allcomers.analyses.integrity import clocks, endings, flags, switching


def scored(*courses):
    rows = [
        {
            "group": "A",
            "ending": ending,
            "pathway_no": number,
            "number": n,
            "of": len(scores),
            "depression": float(score),
        }
        for number, (ending, scores) in enumerate(courses)
        for n, score in enumerate(scores, start=1)
    ]
    return pl.DataFrame(rows)


def test_departure_from_the_changes_before():
    "18, 16, 14, 9: changes of -2 and -2, then -5: a departure of -3. Three scores are too few."
    made = endings.departures(scored(("planned", [18, 16, 14, 9]), ("planned", [18, 16, 14])))
    assert made["departure"].to_list() == [-3]


def test_endings_are_set_against_sessions_of_the_same_number():
    "Planned endings at 4 (-3, -1) and where two went on (0, 2); at 5 (-4), where nobody went on, for planned alone."
    departed = endings.departures(
        scored(
            ("planned", [18, 16, 14, 9]),
            ("planned", [18, 16, 14, 11]),
            ("planned", [18, 18, 18, 18, 14]),
            (None, [18, 18, 18, 20, 20]),
        )
    )
    found = {row["ending"]: row for row in endings.of_endings(departed).iter_rows(named=True)}
    planned = found["planned"]
    assert (planned["n"], planned["mean"]) == (3, pytest.approx(mean([-3, -1, -4])))
    assert planned["variance"] == pytest.approx(variance([-3, -1, -4]) / 3)
    assert found["planned, others went on"]["mean"] == pytest.approx(-2)
    assert found["not last"]["mean"] == pytest.approx(1)


def test_lower_is_welchs_test():
    rng = default_rng(1)
    one, other = rng.normal(0, 1, 20), rng.normal(0.5, 2, 40)
    arrays = [
        np.array([each]) for each in (one.mean(), one.var(ddof=1) / 20, 20, other.mean(), other.var(ddof=1) / 40, 40)
    ]
    expected = ttest_ind(one, other, equal_var=False, alternative="less").pvalue
    assert endings.lower(*arrays)[0] == pytest.approx(expected)


def test_mcnemar_of_the_worked_example():
    "Method notes (g8): gained 14, lost 3: exact p .01273."
    assert switching.mcnemar([14, 0], [3, 0]) == pytest.approx([0.01273, 1.0], abs=5e-6)


def test_the_first_descriptor_on_record():
    "The earliest with a date and a code; nothing where it is the one that counts."
    complaints = pl.DataFrame(
        {
            "pathway_no": [1, 1, 2, 3, 3],
            "complaint_no": [1, 2, 1, 1, 2],
            "complained_on": [dt.date(2024, 5, 1), dt.date(2024, 6, 1), dt.date(2024, 5, 1), None, dt.date(2024, 5, 2)],
            "validated_complaint": ["F401", "F411", "F32", "F401", "F411"],
            "problem_descriptor": ["F411", "F411", "F32", "F411", "F411"],
        }
    )
    assert switching.first_descriptors(complaints).rows() == [(1, "F401")]


def test_recovery_by_the_first_descriptors_measure():
    "Social anxiety calls for SPIN, cut-off 19: 30 to 25 is no recovery; generalised anxiety for GAD-7: 12 to 5 is."
    row = dict.fromkeys(switching.SCORES)
    row |= {"phq9_first": 12, "phq9_last": 5, "gad7_first": 12, "gad7_last": 5, "spin_first": 30, "spin_last": 25}
    pathways = pl.DataFrame(
        [{"first_descriptor": code, **row} for code in ("F401", "F411")],
        schema_overrides=dict.fromkeys(switching.SCORES, pl.Float64),
    )
    assert switching.recovered_by_first(pathways)["recovered_by_first"].to_list() == [False, True]


@pytest.mark.parametrize(("day", "is_end"), [(29, True), (28, False), (31, True)])
def test_the_last_three_days_of_may(day, is_end):
    assert clocks.is_month_end(dt.date(2024, 5, day)) is is_end


def test_month_ends_of_a_year():
    "36 of 365 days are among the last three of their month."
    starts_on, ends_on = dt.date(2024, 4, 1), dt.date(2025, 3, 31)
    shares = clocks.month_end_shares(starts_on, ends_on)
    days = np.bincount([(starts_on + dt.timedelta(days=n)).weekday() for n in range(365)], minlength=7)
    assert shares @ days == pytest.approx(36)


def test_heaped_exact_and_normal_agree():
    shares = np.full(7, 0.1)
    exact = clocks.heaped(np.array([142.0] * 7), 120, shares)
    normal = clocks.heaped(np.array([143.0] * 7), 120, shares)
    assert exact.expected == pytest.approx(99.4)
    assert exact.p_value == pytest.approx(normal.p_value, rel=0.2)
    assert clocks.heaped(np.zeros(7), 0, shares).p_value == 1.0


def test_discharges_by_weekday():
    "31 May 2024 was a Friday, 13 May a Monday."
    found = clocks.by_weekday(
        pl.DataFrame({"group": ["A", "A"], "discharged_on": [dt.date(2024, 5, 31), dt.date(2024, 5, 13)]})
    )
    assert found.row(0, named=True) == {"group": "A", "at_month_end": 1, "weekdays": [1, 0, 0, 0, 1, 0, 0]}


def test_benjamini_hochberg_worked_by_hand():
    "Sorted .01, .02, .03, .5 of four: .04, .04, .04, .5. A missing p is not counted."
    p_value = np.array([0.02, np.nan, 0.5, 0.01, 0.03])
    assert flags.adjusted(p_value)[[0, 2, 3, 4]] == pytest.approx([0.04, 0.5, 0.04, 0.04])
    assert np.isnan(flags.adjusted(p_value)[1])
    assert flags.stands_out(p_value).tolist() == [True, False, False, True, True]


def test_too_few_others_to_compare_with():
    assert np.isnan(flags.against_others(np.arange(5.0), np.ones(5))).all()


@pytest.mark.parametrize("between", [0.0, 0.03])
def test_standing_out_cries_wolf_no_oftener_than_it_says(between):
    "300 sets of 30 services that differ as a bell curve does: any is named in at most 5%, give or take chance."
    rng, named = default_rng(1), 0
    for _ in range(300):
        error = rng.uniform(0.01, 0.1, 30)
        named += flags.stands_out(flags.against_others(rng.normal(0, np.sqrt(error + between)), error)).any()
    assert named <= 300 * 0.05 + 2 * np.sqrt(300 * 0.05 * 0.95)


def test_several_that_stand_out_do_not_hide_each_other():
    rng = default_rng(2)
    error = np.full(30, 0.02)
    estimate = rng.normal(0, np.sqrt(error))
    estimate[:6] += 1.5
    assert flags.stands_out(flags.against_others(estimate, error)).tolist() == [True] * 6 + [False] * 24


def test_services_all_alike():
    assert (flags.against_others(np.ones(9), np.ones(9)) >= 0.5).all()
