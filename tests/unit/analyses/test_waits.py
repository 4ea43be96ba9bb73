"""Waiting of everyone referred."""

from datetime import date, timedelta

import polars as pl
import pytest

from allcomers.analyses import waits
from allcomers.analyses.pauses import paused_days

REFERRED = date(2024, 4, 1)


def after(days):
    return None if days is None else REFERRED + timedelta(days=days)


def pathway(treated=None, left=None, second=None, **more):
    return {
        "received_on": REFERRED,
        "first_treatment_on": after(treated),
        "second_treatment_on": after(second),
        "discharged_on": after(left),
        **more,
    }


def part(answer, title):
    return next(one for one in answer.parts if one.title.startswith(title))


def row(answer, **values):
    return answer.table.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in values.items()), named=True)


@pytest.fixture
def ten(records_of):
    "Of ten people four are treated (days 10, 20, 50, 100), three leave untreated (days 30, 40, 60), three wait still."
    treated = [pathway(10, 200, 90), pathway(20, None, 40), pathway(50), pathway(100)]
    others = [pathway(left=30), pathway(left=40), pathway(left=60), pathway(), pathway(), pathway()]
    return records_of({"pathway": treated + others}, data_end=date(2025, 3, 31))


def test_everyone_is_in_the_base(ten):
    answer = waits.answer(ten)
    first = row(answer, to=waits.FIRST, within="42 days")
    assert (first["referred"], first["reached"], first["ever_reached"]) == (10, 2, 4)
    assert first["share"] == pytest.approx(0.2)
    assert first["left_share"] == pytest.approx(0.2)
    assert first["waiting_share"] == pytest.approx(0.6)
    assert first["of_those_reached"] == pytest.approx(0.5)
    # By hand: leaving taken for censoring, S = 9/10 × 8/9 by day 42.
    assert first["if_none_left"] == pytest.approx(0.2)
    later = row(answer, to=waits.FIRST, within="126 days")
    # By hand: 1 − 9/10 × 8/9 × 5/6 × 3/4, of those at risk at days 10, 20, 50 and 100.
    assert later["if_none_left"] == pytest.approx(0.5)
    assert later["share"] == pytest.approx(0.4)
    assert answer.inclusion.n_in == 10
    assert "20.0%" in answer.said


def test_worked_example_of_completed_waits(records_of):
    "Methods (h): of those treated, 80 % within 42 days and a mean of 30 days."
    treated = [pathway(days) for days in (10, 20, 20, 40, 60)]
    answer = waits.answer(records_of({"pathway": treated}, data_end=date(2025, 3, 31)))
    assert row(answer, to=waits.FIRST, within="42 days")["of_those_reached"] == pytest.approx(0.8)
    assert row(part(answer, "The average wait"), to=waits.FIRST)["mean_days"] == pytest.approx(30)


def test_second_wait_counts_from_the_first_treatment(ten):
    second = part(waits.answer(ten), "The second wait")
    found = row(second, within="28 days")
    assert (found["entered"], found["reached"]) == (4, 1)
    assert found["share"] == pytest.approx(0.25)
    assert second.inclusion.n_excluded["no first treatment so far"] == 6


def test_therapy_alone_leaves_out_assessment_with_treatment(records_of):
    contacts = [
        {"pathway_no": 1, "contact_on": after(5), "appointment_type": "03"},
        {"pathway_no": 1, "contact_on": after(30), "appointment_type": "02"},
    ]
    seen = [{**one, "attended": True, "in_window": True, "is_treatment": True} for one in contacts]
    answer = waits.answer(records_of({"pathway": [pathway(5)], "contact": seen}))
    assert row(part(answer, "The average wait"), to=waits.THERAPY)["mean_days"] == 30
    assert row(part(answer, "The average wait"), to=waits.FIRST)["mean_days"] == 5


def test_official_share_is_of_finished_courses(records_of):
    finished = [pathway(days, 150, finished_course=True) for days in (10, 42, 43)]
    answer = waits.answer(records_of({"pathway": [*finished, pathway(left=3)]}))
    first = row(answer, to=waits.FIRST, within="42 days")
    assert (first["finished"], first["finished_in_time"]) == (3, 2)
    assert first["official_share"] == pytest.approx(2 / 3)
    assert first["share"] == pytest.approx(0.5)


def test_treated_on_the_day_of_leaving_is_treated(records_of):
    answer = waits.answer(records_of({"pathway": [pathway(7, 7)]}))
    assert row(answer, to=waits.FIRST, within="42 days")["share"] == 1


def test_ended_before_the_referral_is_set_apart(records_of):
    answer = waits.answer(records_of({"pathway": [pathway(left=-3), pathway(1)]}))
    assert answer.inclusion.n_excluded == {"ended before the referral": 1}
    assert row(answer, to=waits.FIRST, within="42 days")["referred"] == 1


def test_pauses_are_beside_and_overlaps_count_once(records_of):
    pauses = [
        {"pathway_no": 1, "started_on": after(10), "ended_on": after(20)},
        {"pathway_no": 1, "started_on": after(15), "ended_on": after(25)},
        {"pathway_no": 1, "started_on": after(40), "ended_on": None},
        {"pathway_no": 1, "started_on": after(70), "ended_on": after(90)},
    ]
    answer = waits.answer(records_of({"pathway": [pathway(50), pathway(30)], "pause": pauses}))
    found = part(answer, "Pauses").table.to_dicts()[0]
    assert (found["treated"], found["paused"], found["in_time"], found["in_time_less_pauses"]) == (2, 1, 1, 2)
    # 15 days of the first two together and 10 of the third, which lasts to the treatment; the last is after it.
    assert found["pause_days"] == 25
    assert (found["wait_days"], found["less_pauses_days"]) == (40, 27.5)


def test_paused_days_of_nested_pauses():
    pauses = pl.DataFrame({"pathway_no": [1, 1, 1], "begins": [0, 2, 20], "ends": [10, 5, 15]})
    assert paused_days(pauses)["paused_days"].to_list() == [10]


def test_backlog_counts_from_the_last_attended_contact(records_of):
    seen = [{"pathway_no": 1, "contact_on": date(2025, 3, 1), "attended": True, "in_window": True}]
    missed = [{"pathway_no": 2, "contact_on": date(2025, 3, 1), "attended": False, "in_window": True}]
    tables = {"pathway": [pathway(), pathway(), pathway(left=9)], "contact": seen + missed}
    found = row(part(waits.answer(records_of(tables)), "Open, with nothing"), over="90 days")
    assert (found["open"], found["idle"], found["never_seen"]) == (2, 1, 1)


def test_empty_period(records_of):
    answer = waits.answer(records_of({"pathway": [pathway()]}, period="2023-04"))
    assert answer.table.is_empty()
    assert answer.said == "Nobody was referred in 2023-04."


def test_one_referral_that_waits(records_of):
    answer = waits.answer(records_of({"pathway": [pathway()]}))
    assert row(answer, to=waits.FIRST, within="42 days")["share"] == 0
    assert part(answer, "The second wait").said == "Nobody had a first treatment."


def test_groups_add_up(synthetic_service):
    every = waits.answer(synthetic_service.records())
    by_gender = waits.answer(synthetic_service.records(by="gender"))
    assert every.table["referred"][0] == 2_000
    of_first = by_gender.table.filter(pl.col("to") == waits.FIRST, pl.col("within") == "42 days")
    assert of_first["referred"].sum() == 2_000
    shares = every.table.select(pl.sum_horizontal("share", "left_share", "waiting_share")).to_series()
    assert shares.to_list() == pytest.approx([1.0] * len(shares))
    curve = part(every, "Where everyone is").table.group_by("day").agg(pl.col("share").sum())["share"]
    assert curve.to_list() == pytest.approx([1.0] * len(curve))
