"""Limits of recovery when outcomes are missing: the worked examples of methods.md (b), and that they hold the truth."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from allcomers.analyses import bounds
from allcomers.exceptions import AllcomersError

DAY, END = dt.date(2024, 6, 3), dt.date(2024, 12, 2)


def row(answer, assumption):
    return answer.table.row(by_predicate=pl.col("assumption") == assumption, named=True)


def starter(*, seen: bool, recovered: bool = False, phq9: float | None = 15, **more: object) -> dict[str, object]:
    """Someone who began treatment at caseness and left."""
    last = 4.0 if recovered else 14.0
    return {
        "received_on": DAY,
        "first_treatment_on": DAY,
        "discharged_on": END,
        "finished_course": seen,
        "recovered": recovered if seen else None,
        "phq9_first": phq9,
        "anxiety_first": 10 if phq9 is not None else None,
        "anxiety_measure": "GAD7",
        "phq9_last": last if seen else None,
        "anxiety_last": last if seen else None,
        **more,
    }


def starters(recovered: int, seen: int, among: int, **more: object) -> list[dict[str, object]]:
    return [starter(seen=no < seen, recovered=no < recovered, **more) for no in range(among)]


def test_worst_case():
    "methods.md (b): n 64, seen 36, recovered 18."
    assert bounds.worst_case(18, 28, 64) == pytest.approx((0.28125, 0.71875))
    assert bounds.assumed_range(18, 28, 64, least=0.10, most=0.35) == pytest.approx((0.325, 0.4344), abs=5e-5)
    assert bounds.no_better_than_seen(18, 28, 64) == pytest.approx((0.28125, 0.5))


def test_cells_add_up_to_the_whole():
    "methods.md (b): cells A (n 30, recovered 10, missing 10) and B (34, 8, 18)."
    a, b = bounds.worst_case(10, 10, 30), bounds.worst_case(8, 18, 34)
    assert a == pytest.approx((0.3333, 0.6667), abs=5e-5)
    assert b == pytest.approx((0.2353, 0.7647), abs=5e-5)
    whole = [(30 * one + 34 * other) / 64 for one, other in zip(a, b, strict=True)]
    assert whole == pytest.approx([0.28125, 0.71875])


def test_imbens_manski():
    "methods.md (b): c = 1.6449, interval .1888 to .8112."
    error = bounds.share_error(0.28125, 64)
    low, high = bounds.imbens_manski((0.28125, 0.71875), (error, error))
    assert (low, high) == pytest.approx((0.1888, 0.8112), abs=5e-5)
    assert (0.28125 - low) / error == pytest.approx(1.6449, abs=5e-5)


def test_imbens_manski_of_a_point_is_the_ordinary_interval():
    low, high = bounds.imbens_manski((0.5, 0.5), (0.1, 0.1))
    assert (low, high) == pytest.approx((0.5 - 0.1959964, 0.5 + 0.1959964), abs=1e-6)
    assert bounds.imbens_manski((0.0, 0.0), (0.0, 0.0)) == (0.0, 0.0)


def test_imbens_manski_covers_as_often_as_it_says():
    "The share lies at the lower limit, the hardest place; 4,000 draws of 200 people, half of them seen."
    random = np.random.default_rng(5)
    recovered = random.binomial(200, 0.2, 4_000)
    missing = 100
    covered = 0
    for count, times in zip(*np.unique(recovered, return_counts=True), strict=True):
        low, high = bounds.worst_case(count, missing, 200)
        ends = bounds.imbens_manski((low, high), (bounds.share_error(low, 200), bounds.share_error(high, 200)))
        covered += times * (ends[0] <= 0.2 <= ends[1])
    assert 0.92 <= covered / 4_000 <= 0.98


def test_lee():
    "methods.md (b): difference of means 1.5, limits .3333 and 2.6667."
    treated, control = [2, 4, 5, 6, 7, 8, 9, 11], [3, 4, 4, 5, 6, 8]
    assert bounds.lee_bounds(treated, 10, control, 10) == pytest.approx((0.3333, 2.6667), abs=5e-5)
    swapped = bounds.lee_bounds(control, 10, treated, 10)
    assert swapped == pytest.approx((-2.6667, -0.3333), abs=5e-5)


def test_lee_without_a_difference_in_follow_up_is_the_difference_of_means():
    assert bounds.lee_bounds([1, 2, 3], 4, [0, 1, 2], 4) == pytest.approx((1, 1))


def test_lee_counts_the_person_at_the_cut_in_part():
    "Of 4 outcomes 1/3 x 4 = 1.333 go: means of {1, 2} and 2/3 of 3, and of 2/3 of 2 and {3, 4}. By hand."
    low, high = bounds.lee_bounds([1, 2, 3, 4], 4, [0, 0], 3)
    assert (low, high) == pytest.approx(((1 + 2 + 2) / (8 / 3), (4 + 3 + 2 * 2 / 3) / (8 / 3)))


@pytest.mark.parametrize(("treated", "among"), [([], 3), ([1, 2, 3, 4], 3)])
def test_lee_refuses_what_cannot_be(treated, among):
    with pytest.raises(AllcomersError, match="outcomes of"):
        bounds.lee_bounds(treated, among, [1], 1)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_every_completion_lies_within(recovered, not_recovered, missing):
    among = recovered + not_recovered + missing
    if not among:
        return
    low, high = bounds.worst_case(recovered, missing, among)
    assert [low, high] == pytest.approx([recovered / among, (recovered + missing) / among])
    least, most = bounds.assumed_range(recovered, missing, among, least=0.1, most=0.35)
    assert 0 <= low <= least <= most <= high <= 1
    restricted = bounds.no_better_than_seen(recovered, missing, among)
    assert low <= restricted[1] <= high


def test_answer_of_the_worked_example(records_of):
    rows = starters(10, 20, 30, phq9=22) + starters(8, 16, 34, phq9=12)
    answer = bounds.answer(records_of({"pathway": rows}))
    whole = row(answer, bounds.NO_ASSUMPTION)
    assert [whole[name] for name in ("among", "seen", "missing", "recovered")] == [64, 36, 28, 18]
    assert (whole["low"], whole["high"]) == pytest.approx((0.28125, 0.71875))
    assert (whole["interval_low"], whole["interval_high"]) == pytest.approx((0.1888, 0.8112), abs=5e-5)
    assert row(answer, bounds.NO_BETTER)["high"] == pytest.approx(0.5)
    # Cells by severity: 30/64 x 10/20 + 34/64 x 8/16.
    assert row(answer, bounds.NO_BETTER_IN_CELL)["high"] == pytest.approx(0.5)
    assert row(answer, "10% to 35% of the missing recovered")["low"] == pytest.approx(0.325)
    assert answer.said == (
        "Of 64 who began treatment at caseness and left in 2024/25, 28 have no last score of a finished course. "
        "Between 28.1% and 71.9% of them all had recovered; of the 36 with a last score 50.0% had."
    )


def test_starters_without_a_first_score_widen_it(records_of):
    rows = [*starters(1, 2, 3), starter(seen=False, phq9=None)]
    answer = bounds.answer(records_of({"pathway": rows}))
    assert answer.n_excluded == {"no first score: counted only in the row that takes caseness as unknown": 1}
    wide = row(answer, bounds.UNKNOWN_START)
    assert (wide["among"], wide["low"], wide["high"]) == (4, 0.25, 0.75)


def test_the_last_score_of_an_unfinished_course_can_be_taken_as_its_end(records_of):
    rows = [*starters(1, 1, 1), starter(seen=False, phq9_last=3, anxiety_last=2), starter(seen=False)]
    narrow = row(bounds.answer(records_of({"pathway": rows})), bounds.LAST_SCORE)
    assert (narrow["seen"], narrow["low"], narrow["high"]) == (2, pytest.approx(2 / 3), pytest.approx(1))


@pytest.mark.parametrize(("recovered", "seen", "among"), [(0, 0, 5), (5, 5, 5), (0, 5, 5), (1, 1, 1)])
def test_extremes_have_limits_and_no_gaps(records_of, recovered, seen, among):
    answer = bounds.answer(records_of({"pathway": starters(recovered, seen, among)}))
    whole = row(answer, bounds.NO_ASSUMPTION)
    assert (whole["low"], whole["high"]) == (recovered / among, (recovered + among - seen) / among)
    assert not any(answer.table[name].is_nan().any() for name in ("low", "high", "interval_low", "interval_high"))


@pytest.mark.parametrize("rows", [[], starters(0, 2, 2, phq9=3, anxiety_first=2), [starter(seen=False, phq9=None)]])
def test_nobody_at_caseness(records_of, rows):
    answer = bounds.answer(records_of({"pathway": rows}))
    assert answer.said == "Nobody who is known to have begun treatment at caseness left in 2024/25."


def truth_of(service, records) -> float:
    """The share of starters at caseness whom the planned course would have left below both cut-offs."""
    people = records.pathways(["pathway_id", "phq9_first", "anxiety_first"], where=bounds.LEFT)
    people = people.filter((pl.col("phq9_first") >= 10) | (pl.col("anxiety_first") >= 8)).join(
        service.truth, on="pathway_id"
    )
    return people.select((pl.col("true_phq9_last") < 10) & (pl.col("true_gad7_last") < 8)).to_series().mean()


def test_limits_hold_the_truth_of_a_synthetic_service(synthetic_service):
    "The truth file tells where the planned course would have led; it speaks of GAD-7, so of those measured by it."
    records = replace(synthetic_service.records(), where="pathway.anxiety_measure = 'GAD7'")
    truth = truth_of(synthetic_service, records)
    answer = bounds.answer(records)
    whole = row(answer, bounds.NO_ASSUMPTION)
    assert whole["low"] <= truth <= whole["high"]
    assert whole["high"] - whole["low"] == pytest.approx(whole["missing"] / whole["among"])


def test_by_group_is_the_same_as_each_group_alone(synthetic_service):
    everyone = bounds.answer(synthetic_service.records(by="provider"))
    for provider in everyone.table["group"].unique():
        alone = bounds.answer(synthetic_service.records(organisation=provider))
        assert_frame_equal(everyone.table.filter(group=provider), alone.table)
