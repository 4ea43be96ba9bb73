"""The answer on dose: first passage against lifelines and the worked example, recovery by sessions, a known slope."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from numpy.random import default_rng

from allcomers.analyses import dose

START = date(2024, 5, 1)


def day(number):
    return START + timedelta(days=7 * number)


def test_worked_example_of_the_first_passage_curve():
    "Method notes (f): at risk 100, 80, 55, 30 with 5, 12, 11 and 6 reaching it give .05, .1925, .354, .4832."
    reached, at_risk = [5, 12, 11, 6], [100, 80, 55, 30, 0]
    last, event = [], []
    for session, count in enumerate(reached, start=1):
        left = at_risk[session - 1] - at_risk[session] - count
        last += [session] * (count + left)
        event += [1] * count + [0] * left
    passed = pl.DataFrame({"group": "England", "day": last, "event": event})
    table = dose.curves(passed)
    assert table["share"].to_list()[:4] == pytest.approx([0.05, 0.1925, 0.354, 0.4832], abs=5e-5)
    fitted = KaplanMeierFitter().fit(last, event)
    assert table["share"].to_list()[:4] == pytest.approx(
        [1 - fitted.survival_function_at_times(k).item() for k in range(1, 5)]
    )


def test_the_first_session_at_which_someone_is_better():
    "Better at sessions 2 and 3: reached at 2. Below without reliable change: never. Two sessions a day: the later one."
    sessions = pl.DataFrame(
        {
            "group": ["A"] * 8,
            "pathway_no": [1, 1, 1, 2, 2, 3, 3, 3],
            "held_on": [day(n) for n in (1, 2, 3, 1, 2, 1, 1, 2)],
            "place": [1, 2, 3, 1, 2, 1, 2, 3],
        }
    )
    days = pl.DataFrame(
        {
            "pathway_no": [1, 1, 2, 3],
            "scored_on": [day(2), day(3), day(2), day(1)],
            "below": [True] * 4,
            "improved": [True, True, False, True],
        }
    )
    passed = dose.first_passages(sessions, days).sort("pathway_no")
    assert passed.select("day", "event").rows() == [(2, 1), (2, 0), (2, 1)]


def test_slopes_that_were_planted():
    "From 15, by -1 an occasion in courses of 7 and by half a point more or less in courses of 3 and of 11."
    rng = default_rng(1)
    rows = []
    for person in range(300):
        of = int(rng.choice([2, 6, 10])) + 1
        slope = -1 + 0.125 * (of - 7) + rng.normal(0, 0.2)
        start = 15 + rng.normal(0, 2)
        rows += [(person, n, of, start + slope * (n - 1) + rng.normal(0, 1)) for n in range(1, of + 1)]
    days = pl.DataFrame(rows, schema=["pathway_no", "number", "of", "depression"], orient="row")
    fitted = dose.slopes(days)
    assert fitted is not None
    points, error = fitted
    mean = days.unique("pathway_no")["of"].mean()
    expected = np.array([15, -1 + 0.125 * (mean - 7), 0, 0.125])
    assert (np.abs(points - expected) < 3 * error).all()


def test_slopes_need_courses_of_more_than_one_length():
    days = pl.DataFrame(
        {"pathway_no": [1, 1, 2, 2], "number": [1, 2, 1, 2], "of": [2] * 4, "depression": [9.0, 8, 7, 6]}
    )
    assert dose.slopes(days) is None


def pathway(number, sessions, *, recovered, end_code="46"):
    return {
        "pathway_no": number,
        "received_on": START,
        "discharged_on": date(2024, 12, 1),
        "first_treatment_on": day(1),
        "treatment_count": sessions,
        "end_code": end_code,
        "finished_course": sessions > 1,
        "phq9_first": 18,
        "anxiety_measure": "GAD7",
        "anxiety_first": 12,
        "at_caseness": True,
        "recovered": recovered,
    }


def test_answer_on_a_small_table(records_of):
    "One better at the second of two sessions, one who left after one: at the second, one of one left is better."
    scores = [
        {"pathway_no": 1, "instrument": name, "scored_on": day(n), "order_no": n, "score": score}
        for n, pair in ((1, (18, 12)), (2, (5, 3)))
        for name, score in zip(("PHQ9", "GAD7"), pair, strict=True)
    ]
    held = [{"pathway_no": person, "held_on": day(n), "place": n} for person, n in ((1, 1), (1, 2), (2, 1))]
    made = dose.answer(
        records_of(
            {
                "pathway": [pathway(1, 2, recovered=True), pathway(2, 1, recovered=None)],
                "score": scores,
                "session": held,
            }
        )
    )
    assert made.table.select("people", "attended", "reached", "share").rows()[:2] == [(2, 2, 0, 0.0), (2, 1, 1, 1.0)]
    by_total, model = made.parts
    assert by_total.table.select("sessions", "courses", "recovered").rows() == [(2, 1, 1)]
    assert model.table.is_empty()


def test_nobody(records_of):
    made = dose.answer(records_of({"pathway": []}))
    assert "Nobody who began treatment" in made.said


def test_a_synthetic_service(synthetic_service):
    "Better by each session never falls, and those at risk never rise."
    made = dose.answer(synthetic_service.records())
    share, attended = made.table["share"].drop_nulls(), made.table["attended"]
    assert share.is_sorted()
    assert attended.is_sorted(descending=True)
    assert made.n_in == made.n_used + sum(made.n_excluded.values())
