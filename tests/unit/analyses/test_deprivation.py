"""Deprivation, and what is expected of people like these."""

from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from allcomers.analyses import deprivation
from allcomers.analyses.case_mix import c_statistic, fitted


def referral(stage, decile, **more):
    "A referral that came as far as a stage: 0 ended, 1 finished, 2 reliably recovered."
    came = {"first_treatment_on": date(2024, 6, 1), "finished_course": True, "not_at_caseness": False} if stage else {}
    return {
        "received_on": date(2024, 5, 1),
        "discharged_on": date(2024, 9, 1),
        "deprivation_decile": decile,
        "reliably_recovered": stage == 2,
        **came,
        **more,
    }


def part(answer, title):
    return next(one for one in answer.parts if one.title.startswith(title))


def whole(shares):
    "Of 100 referrals of each decile so many reliably recovered; every other one only ended."
    return [referral(2 if n < 100 * share else 0, decile) for decile, share in shares.items() for n in range(100)]


def test_slope_worked_example_in_the_order_of_the_field(records_of):
    "Methods (j): .24, .20, .17, .12 from least to most deprived. Decile 10 of the field is the least deprived."
    answer = deprivation.answer(records_of({"pathway": whole({10: 0.24, 7: 0.20, 4: 0.17, 1: 0.12})}))
    found = part(answer, "The slope").table.to_dicts()[0]
    assert found["slope"] == pytest.approx(-0.1560, abs=5e-5)
    assert found["fitted_least"] == pytest.approx(0.2605, abs=5e-5)
    assert found["fitted_most"] == pytest.approx(0.1045, abs=5e-5)
    assert found["ratio"] == pytest.approx(2.4928, abs=5e-5)


def test_gap_worked_example(records_of):
    "Methods (j), a tenth of the size: ratio 1.9130, of which finishing is 1.5000, and .6250 before the official base."
    least = [referral(stage, 10) for stage in [2] * 22 + [1] * 23 + [0] * 55]
    most = [referral(stage, 1) for stage in [2] * 23 + [1] * 37 + [0] * 140]
    table = part(deprivation.answer(records_of({"pathway": least + most})), "Where the gap").table
    steps = {row["step"]: row for row in table.to_dicts()}
    assert steps["the whole way"]["ratio"] == pytest.approx(1.9130, abs=5e-5)
    assert steps["finished a course"]["ratio"] == pytest.approx(1.5)
    assert steps["reliably recovered"]["ratio"] == pytest.approx(1.2754, abs=5e-5)
    assert steps["up to the official base"]["of_the_gap"] == pytest.approx(0.6250, abs=5e-5)
    assert steps["the whole way"]["least_rate"] == pytest.approx(0.22)


def test_standardised_to_everyone_and_not_to_those_asked_about(records_of):
    "Provider A has a fifth in decile 1, everyone half: .5 × 8/20 + .5 × 16/80 of A's own deciles is .30 against .24."
    a = [referral(2 if n < 8 else 0, 1, provider_code="A") for n in range(20)]
    a += [referral(2 if n < 16 else 0, 10, provider_code="A") for n in range(80)]
    b = [referral(0, 1, provider_code="B") for _ in range(80)] + [referral(0, 10, provider_code="B") for _ in range(20)]
    records = records_of({"pathway": a + b}, where="pathway.provider_code = 'A'", label="A")
    found = part(deprivation.answer(records), "At everyone's mix").table.to_dicts()[0]
    assert found["crude"] == pytest.approx(0.24)
    assert found["standardised"] == pytest.approx(0.30)
    assert found["covered"] == 1


def test_nobody_left(records_of):
    assert deprivation.answer(records_of({"pathway": []})).said == "No referral ended in 2024/25."


def test_one_referral(records_of):
    answer = deprivation.answer(records_of({"pathway": [referral(0, None)]}))
    assert answer.table["decile"].to_list() == ["not recorded"]
    assert part(answer, "Against what is expected").said.startswith("A model needs at least 50 courses")
    assert part(answer, "Where the gap").said.startswith("There are not people of both ends")
    assert part(answer, "The slope").table["slope"].to_list() == [None, None]


def courses(people, seed=3):
    rng = np.random.default_rng(seed)
    phq9, gad7 = rng.integers(0, 28, people), rng.integers(0, 22, people)
    gender = rng.choice(["1", "2", "not recorded"], people)
    chance = 1 / (1 + np.exp(-(1.2 - 0.1 * phq9 - 0.05 * gad7 + 0.4 * (gender == "2"))))
    return pl.DataFrame(
        {
            "phq9": phq9.astype(float),
            "gad7": gad7.astype(float),
            "gender": gender,
            "recovered": rng.random(people) < chance,
            "chance": chance,
        }
    )


def test_model_of_cells_is_the_model_of_rows():
    "Three values of a score enter as a line, so statsmodels' Logit on the rows is the same model."
    rows = courses(800).with_columns(pl.col("phq9") // 10)
    model = fitted(rows, scores=["phq9"], categories=["gender"])
    design = np.column_stack(
        [np.ones(800), rows["phq9"], rows["gender"] == "2", rows["gender"] == "not recorded"]
    ).astype(float)
    theirs = sm.Logit(rows["recovered"].to_numpy().astype(float), design).fit(disp=0).predict()
    assert model.of(rows).to_numpy() == pytest.approx(theirs, abs=1e-6)


def test_model_finds_the_truth_and_adds_up():
    rows = courses(20_000)
    model = fitted(rows, scores=["phq9", "gad7"], categories=["gender"])
    expected = model.of(rows)
    assert expected.sum() == pytest.approx(rows["recovered"].sum())
    assert np.abs(expected.to_numpy() - rows["chance"].to_numpy()).mean() < 0.02
    tenths = model.calibration()
    assert tenths["n"].sum() == 20_000
    assert tenths["recovered"].sum() == rows["recovered"].sum()
    assert (tenths["share"] - tenths["expected_share"]).abs().max() < 0.04


def test_c_statistic_of_every_pair():
    rows = courses(300)
    model = fitted(rows, scores=["phq9"], categories=[])
    expected, recovered = model.of(rows).to_numpy(), rows["recovered"].to_numpy()
    difference = expected[recovered][:, None] - expected[~recovered][None, :]
    by_pairs = np.mean((difference > 0) + 0.5 * (difference == 0))
    assert c_statistic(model.expected) == pytest.approx(by_pairs)


def test_too_few_to_model():
    assert fitted(courses(60), scores=["phq9"], categories=[]) is None
    assert fitted(courses(0), scores=["phq9"], categories=[]) is None


def test_observed_over_expected_is_one_of_everyone(synthetic_service):
    answer = deprivation.answer(synthetic_service.records())
    adjusted = part(answer, "Against what is expected").table
    assert adjusted["ratio"].to_list() == pytest.approx([1.0, 1.0])
    assert adjusted["adjusted"].to_list() == pytest.approx(adjusted["crude"].to_list())
    by_gender = part(deprivation.answer(synthetic_service.records(by="gender")), "Against what is expected").table
    assert by_gender["recovered"].sum() == adjusted["recovered"].sum()
