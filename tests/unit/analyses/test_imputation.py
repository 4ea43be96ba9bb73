"""Imputation: the worked examples of methods.md (c), the chain on data that it must recover, and the edges."""

import datetime as dt
from math import exp, inf, log

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.analyses import chained, imputation
from allcomers.analyses.pooling import pool
from allcomers.exceptions import AllcomersError

DAY, END = dt.date(2024, 6, 3), dt.date(2024, 12, 2)


def test_pooling():
    "methods.md (c); R mice's pool.scalar gives the same."
    found = pool([0.44, 0.46, 0.48], [0.0040, 0.0041, 0.0039])
    assert found.estimate == pytest.approx(0.46)
    assert found.within == pytest.approx(0.004)
    assert found.between == pytest.approx(0.0004)
    assert found.error**2 == pytest.approx(0.00453333, abs=5e-9)
    assert found.error == pytest.approx(0.06733, abs=5e-6)
    assert found.freedom == pytest.approx(144.5)


def test_barnard_and_rubin():
    """Barnard and Rubin's formula by hand, complete-data freedom 50.

    Missing share .000533/.004533 = .117647; observed 51/53 x 50 x .882353 = 42.4528; 1/(1/144.5 + 1/42.4528) = 32.813.
    """
    found = pool([0.44, 0.46, 0.48], [0.0040, 0.0041, 0.0039], complete_freedom=50)
    assert found.freedom == pytest.approx(32.813, abs=5e-4)


def test_imputations_that_agree_add_nothing():
    found = pool([0.4, 0.4], [0.01, 0.01])
    assert found.freedom == inf
    assert found.interval() == pytest.approx((0.4 - 0.1959964, 0.4 + 0.1959964), abs=1e-6)


@pytest.mark.parametrize(("estimates", "variances"), [([0.5], [0.1]), ([0.5, 0.4], [0.1])])
def test_pooling_needs_two_of_each(estimates, variances):
    with pytest.raises(AllcomersError, match="estimates"):
        pool(estimates, variances)


def test_shifts_of_log_odds():
    "methods.md (c): 18 of 36 seen, 28 missing at .40; odds ratios .5 and .25."
    half, quarter = imputation.shifted(0.40, log(0.5)), imputation.shifted(0.40, log(0.25))
    assert (half, quarter) == pytest.approx((0.25, 0.142857), abs=5e-7)
    whole = [(18 + 28 * share) / 64 for share in (0.40, half, quarter)]
    assert whole == pytest.approx([0.45625, 0.390625, 0.34375])


def test_tipping_point_of_the_worked_example():
    "methods.md (c): to fall to 40% needs .271429 of the missing, a shift of -.581922 (odds ratio .5588)."
    needed = imputation.needed_among_missing(recovered=18, among=64, missing=28, target=0.40)
    assert needed == pytest.approx(0.271429, abs=5e-7)
    shift = imputation.shift_to(0.40, needed)
    assert shift == pytest.approx(-0.581922, abs=5e-7)
    assert exp(shift) == pytest.approx(0.5588, abs=5e-5)
    assert imputation.needed_among_missing(recovered=1, among=2, missing=0, target=0.5) is None


@settings(deadline=None, derandomize=True)
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_shift_leads_where_it_says(share, needed):
    assert imputation.shifted(share, imputation.shift_to(share, needed)) == pytest.approx(needed)


def test_as_many_imputations_as_percent_missing():
    assert [imputation.imputations_for(share) for share in (0, 0.1, 0.2, 0.437)] == [20, 20, 20, 44]


def incomplete(seed: int, people: int = 1_500, *, slope: float = 0.25):
    """Scores of which the last is missing more often where the first is high; its mean among all is 8."""
    random = np.random.default_rng(seed)
    first = random.normal(12, 4, people)
    last = 2 + 0.5 * first + random.normal(0, 3, people)
    gone = random.random(people) < 1 / (1 + np.exp(-slope * (first - 12)))
    scores = np.column_stack([first, np.where(gone, np.nan, last)])
    return scores, random


def test_chain_corrects_what_depends_on_the_first_score():
    scores, random = incomplete(1)
    seen = np.nanmean(scores[:, 1])
    made = [
        copy[:, 1].mean() for copy in chained.completed(scores, np.empty((len(scores), 0)), times=10, random=random)
    ]
    assert seen < 7.5
    assert np.mean(made) == pytest.approx(8, abs=0.25)


def test_chain_keeps_what_was_recorded_and_draws_only_what_was():
    scores, random = incomplete(2, 200)
    there = ~np.isnan(scores)
    for copy in chained.completed(scores, np.ones((200, 1)), times=3, random=random):
        assert np.array_equal(copy[there], scores[there])
        assert np.isin(copy[~there], scores[there[:, 1], 1]).all()


def test_predictors_that_say_the_same_do_no_harm():
    scores, random = incomplete(3, 300)
    twice = np.column_stack([scores[:, 0], scores[:, 0], np.zeros(300), np.ones(300)])
    (copy,) = chained.completed(scores, twice, times=1, random=random)
    assert np.isfinite(copy).all()


def test_matching_takes_the_nearest():
    random = np.random.default_rng(1)
    predicted, values = np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 20.0, 30.0, 40.0])
    found = chained.matched(predicted, values, np.array([0.0, 2.1, 9.0]), random, donors=1)
    assert found.tolist() == [10, 20, 40]
    assert set(chained.matched(predicted, values, np.full(200, 3.6), random, donors=2)) == {30, 40}


def test_pooled_intervals_cover_as_often_as_they_say():
    """The mean of the last score is 8; 60 data sets of 300 people, so that 95% is 57 give or take 2.

    More of them, and a steeper dependence, in tests/acceptance/test_coverage.py.
    """
    covered = 0
    for seed in range(60):
        scores, random = incomplete(100 + seed, 300)
        copies = [one[:, 1].copy() for one in chained.completed(scores, np.empty((300, 0)), times=20, random=random)]
        found = pool([one.mean() for one in copies], [one.var(ddof=1) / 300 for one in copies])
        low, high = found.interval()
        covered += low <= 8 <= high
    assert 52 <= covered <= 60


def test_indicators_put_the_rare_together():
    made = chained.indicators(["a", "a", "a", "b", "b", "c", "d"], most=2)
    assert made.tolist() == [[0, 0], [0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
    assert chained.indicators(["a", "a"]).shape == (2, 0)


def person(no: int, *, seen: bool, recovered: bool, **more: object) -> dict[str, object]:
    last = 4 if recovered else 15
    return {
        "received_on": DAY,
        "first_treatment_on": DAY,
        "last_treatment_on": END,
        "discharged_on": END,
        "treatment_count": 2 + no % 5,
        "finished_course": seen,
        "recovered": recovered if seen else None,
        "phq9_first": 12 + no % 9,
        "anxiety_first": 9 + no % 7,
        "anxiety_measure": "GAD7",
        "phq9_last": last if seen else None,
        "anxiety_last": last if seen else None,
        **more,
    }


def people(recovered: int, seen: int, among: int) -> list[dict[str, object]]:
    return [person(no, seen=no < seen, recovered=no < recovered) for no in range(among)]


def parts(answer):
    return (answer, *answer.parts)


def test_nobody_missing_is_what_was_seen(records_of):
    answer = imputation.answer(records_of({"pathway": people(18, 36, 36)}))
    assert answer.table["share"].to_list() == [0.5] * 6
    tipping = answer.parts[0].table.row(0, named=True)
    assert (tipping["missing"], tipping["points"], tipping["filled"]) == (0, None, None)
    assert "stays at 50.0% or above" in answer.parts[0].said


def test_worse_and_worse_falls_to_none_of_the_missing(records_of):
    answer = imputation.answer(records_of({"pathway": people(30, 40, 60)}), target=0.55)
    shares = answer.table["share"].to_list()
    assert shares == sorted(shares, reverse=True)
    assert (
        shares[0]
        > 0.5
        == answer.parts[1].table.row(by_predicate=pl.col("assumption") == imputation.BASELINE, named=True)["share"]
    )
    # Whoever recovered has 4 points on both, 4 short of GAD-7's cut-off: 4 points more and nobody filled in recovers.
    assert shares[4] == pytest.approx(0.5)
    assert answer.parts[0].table["points"].item() == 4
    assert "falls below 55.0% once the missing are 4 points worse off" in answer.parts[0].said


def test_reference_assumptions(records_of):
    rows = [*people(30, 40, 59), person(3, seen=False, recovered=False, phq9_last=3, anxiety_last=3)]
    answer = imputation.answer(records_of({"pathway": rows}))
    shares = dict(answer.parts[1].table.select("assumption", "share").iter_rows())
    assert shares[imputation.BASELINE] == 0.5
    assert shares[imputation.LAST_SCORE] == pytest.approx(31 / 60)
    assert 0.5 < shares[imputation.UNTREATED] < 0.5 + 20 * 0.53 / 60


def test_too_few_to_learn_from(records_of):
    answer = imputation.answer(records_of({"pathway": people(5, 29, 60)}))
    assert answer.said.startswith("Fewer than 30 finished courses in 2024/25 have all four scores")
    assert imputation.answer(records_of({"pathway": []})).table.is_empty()


@pytest.mark.parametrize("recovered", [0, 40])
def test_all_or_none_recovered_is_not_taken_to_be_certain(records_of, recovered):
    answer = imputation.answer(records_of({"pathway": people(recovered, 40, 60)}))
    first = answer.table.row(0, named=True)
    assert first["share"] == pytest.approx(recovered / 40)
    assert first["high"] - first["low"] > 0


def test_same_seed_same_answer_and_another_seed_another(synthetic_service):
    one, same, other = (imputation.answer(synthetic_service.records(seed=seed)).table for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_a_sample_is_said_and_its_error_is_wider(synthetic_service):
    whole = imputation.answer(synthetic_service.records())
    some = imputation.answer(synthetic_service.records(), most=300)
    assert some.n_used == 300
    assert some.n_excluded["not in the random sample that was imputed"] == whole.n_used - 300
    width = [one.table["high"][0] - one.table["low"][0] for one in (whole, some)]
    assert width[1] > width[0]


def test_groups_have_their_own_rows(synthetic_service):
    answer = imputation.answer(synthetic_service.records(by="provider"))
    for part in parts(answer):
        assert part.table["group"].n_unique() > 1
        assert not part.table.select(pl.selectors.float().is_nan().any()).row(0).count(True)
