"""What people bring with them."""

from datetime import date

import polars as pl
import pytest

from allcomers.analyses import complexity
from allcomers.analyses.records import NOT_RECORDED


def ended(**more):
    return {"discharged_on": date(2024, 9, 1), "received_on": date(2024, 5, 1), **more}


def reaching(stage, **more):
    "A referral that came as far as a stage: 0 ended, 1 finished, 2 reliably recovered."
    came = {"first_treatment_on": date(2024, 6, 1), "finished_course": True, "not_at_caseness": False} if stage else {}
    return ended(**came, reliably_recovered=stage == 2, **more)


def part(answer, title):
    return next(one for one in answer.parts if one.title.startswith(title))


def test_index_counts_yes_and_keeps_not_recorded_apart(records_of):
    tables = {
        "pathway": [ended(deprivation_decile=1, previous_condition="Y"), ended(deprivation_decile=9), ended()],
        "long_term_condition": [
            {"pathway_no": 1, "condition_code": "195967001"},
            {"pathway_no": 1, "condition_code": "73211009"},
            {"pathway_no": 2, "condition_code": "748031000000103"},
        ],
        "disability": [{"pathway_no": 1, "disability_code": "ZZ"}, {"pathway_no": 2, "disability_code": "09"}],
    }
    answer = complexity.answer(records_of(tables))
    assert dict(answer.table.select("band", "ended").rows()) == {"3 needs": 1, "1 need": 1, "nothing either way": 1}
    recorded = part(answer, "What is recorded").table
    counts = {row["need"]: (row["yes"], row["no"], row["not_recorded"]) for row in recorded.to_dicts()}
    assert counts["long-term physical condition"] == (1, 1, 1)
    assert counts["disability"] == (1, 0, 2)
    assert counts["most deprived fifth"] == (1, 1, 1)
    assert counts["housing not settled"] == (0, 0, 3)
    housing = recorded.filter(pl.col("need") == "housing not settled").to_dicts()[0]
    assert (housing["least_share"], housing["most_share"]) == (0.0, 1.0)


def test_several_problems_are_counted_once_each(records_of):
    complaints = [(1, "F320"), (1, "F320"), (2, "F320"), (2, "F411"), (3, None)]
    tables = {
        "pathway": [ended(), ended(), ended()],
        "presenting_complaint": [{"pathway_no": no, "validated_complaint": code} for no, code in complaints],
    }
    recorded = part(complexity.answer(records_of(tables)), "What is recorded").table
    found = recorded.filter(pl.col("need") == "more than one problem").to_dicts()[0]
    assert (found["yes"], found["no"], found["not_recorded"]) == (1, 1, 1)


def test_ratio_worked_example(records_of):
    "Methods (j), a tenth of the size: 100, 45, 22 against 200, 60, 23; ratio 1.9130, of which .6250 before finishing."
    first = [reaching(stage, deprivation_decile=10) for stage in [2] * 22 + [1] * 23 + [0] * 55]
    second = [reaching(stage, deprivation_decile=1) for stage in [2] * 23 + [1] * 37 + [0] * 140]
    table = part(complexity.answer(records_of({"pathway": first + second})), "Each need").table
    most = pl.col("characteristic") == "most deprived fifth"
    gap = table.filter(most, pl.col("value") == "yes").to_dicts()[0]
    assert 1 / gap["ratio"] == pytest.approx(1.9130, abs=5e-5)
    assert gap["share_before"] == pytest.approx(0.6250, abs=5e-5)
    assert table.filter(most, pl.col("value") == "no")["ratio"].to_list() == [None]
    assert table.filter(pl.col("characteristic") == "disability")["value"].to_list() == [NOT_RECORDED]


def test_nobody_left(records_of):
    assert complexity.answer(records_of({"pathway": []})).said == "No referral ended in 2024/25."


def test_on_a_synthetic_service(synthetic_service):
    answer = complexity.answer(synthetic_service.records(by="gender"))
    of_groups = answer.table.group_by("group").agg(pl.col("ended").sum())
    assert of_groups["ended"].sum() == answer.n_in
    recorded = part(answer, "What is recorded").table
    parts = recorded.select(pl.sum_horizontal("yes", "no", "not_recorded")).to_series()
    assert parts.to_list() == recorded["ended"].to_list()
    assert answer.said
