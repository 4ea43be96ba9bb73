"""The answer on effect sizes."""

from datetime import date

import numpy as np
import pytest

from allcomers.analyses import effect_size


def courses(pairs, provider="A"):
    return [
        {
            "provider_code": provider,
            "discharged_on": date(2024, 9, 1),
            "finished_course": True,
            "phq9_first": first,
            "phq9_last": last,
            "gad7_first": first,
            "gad7_last": last,
        }
        for first, last in pairs
    ]


PAIRS = [(20, 10), (15, 9), (12, 8), (18, 17), (9, 2), (22, 11)]


def test_figures_worked_with_numpy(records_of):
    made = effect_size.answer(records_of({"pathway": courses([*PAIRS, (14, None)])}))
    first, last = np.array(PAIRS, dtype=float).T
    said = made.table.row(0, named=True)
    assert (said["courses"], said["pairs"]) == (7, 6)
    assert said["average"] == pytest.approx(
        (first.mean() - last.mean()) / np.sqrt((first.var(ddof=1) + last.var(ddof=1)) / 2)
    )
    # J(5) is 0.840749 by the gamma functions.
    assert said["change"] == pytest.approx(0.840749 * (first - last).mean() / (first - last).std(ddof=1), abs=1e-6)
    assert said["raw_low"] < said["raw"] < said["raw_high"]
    assert dict(made.n_excluded) == {"no first and last score of either measure": 1}


def test_official_effect_divides_by_everyones_spread(records_of):
    "Two providers of unlike spread share the SD of all first scores."
    rows = courses(PAIRS, "A") + courses([(first + 1, last) for first, last in PAIRS], "B")
    table = effect_size.answer(records_of({"pathway": rows}, by="provider")).table
    sd = np.array([each["phq9_first"] for each in rows], dtype=float).std(ddof=1)
    falls = (table["mean_first"] - table["mean_last"]).to_numpy()
    assert table["official"].to_numpy() == pytest.approx(falls / sd)


def test_what_the_untreated_show_is_taken_away(records_of):
    said = effect_size.answer(records_of({"pathway": courses(PAIRS)}), untreated_d=0.3).table.row(0, named=True)
    assert said["beyond"] == pytest.approx(said["raw"] - 0.3)


@pytest.mark.parametrize("pairs", [[], [(20, 10)], [(20, None)] * 9, [(20, 10)] * 9])
def test_what_cannot_be_said(records_of, pairs):
    "Nobody; one course; no last scores; courses that are all alike."
    made = effect_size.answer(records_of({"pathway": courses(pairs)}))
    assert made.table.is_empty() or made.table["raw"].null_count() == made.table.height


def test_everyone_falling_alike_has_no_spread_of_changes(records_of):
    said = effect_size.answer(records_of({"pathway": courses([(n, n - 5) for n in range(8, 16)])})).table.row(
        0, named=True
    )
    assert said["change"] is None
    assert said["raw"] > 0
