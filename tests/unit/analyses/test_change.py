"""The answer on reliable change: six pathways worked by hand in the method notes (d), and tables that say little."""

from datetime import date

import pytest

from allcomers.analyses import change
from allcomers.analyses.reliable_change import METHODS, Reliability
from allcomers.instruments import get
from allcomers.instruments.outcome import Pair, outcome

SIX = {
    "P1": ((18, 8), (12, 6)),
    "P2": ((11, 9), (9, 7)),
    "P3": ((22, 14), (15, 10)),
    "P4": ((12, 8), (5, 10)),
    "P5": ((9, 5), (7, 3)),
    "P6": ((17, 7), (6, 11)),
}
ENDED = date(2024, 9, 1)


def course(depression, anxiety, provider="A"):
    """A finished course with the flags that the official rule gives it."""
    (p1, p2), (a1, a2) = depression, anxiety
    said = outcome(Pair(get("PHQ9"), p1, p2), Pair(get("GAD7"), a1, a2))
    return {
        "provider_code": provider,
        "discharged_on": ENDED,
        "finished_course": True,
        "phq9_first": p1,
        "phq9_last": p2,
        "gad7_first": a1,
        "gad7_last": a2,
        "not_at_caseness": None if said.at_caseness is None else not said.at_caseness,
        "reliably_improved": said.reliably_improved,
        "reliably_deteriorated": said.reliably_deteriorated,
        "reliably_recovered": said.reliably_recovered,
    }


def test_worked_example(records_of):
    "Improved P1, P3, P5; deteriorated P4; reliably recovered P1, of the five at caseness."
    made = change.answer(records_of({"pathway": [course(*scores) for scores in SIX.values()]}))
    for row in (0, 1):
        said = made.table.row(row, named=True)
        assert (said["courses"], said["improved"], said["deteriorated"]) == (6, 3, 1)
        assert (said["at_start"], said["reliably_recovered"]) == (5, 1)
        assert said["reliably_recovered_share"] == pytest.approx(0.20)
    assert made.table["method"].to_list()[:2] == [change.OFFICIAL, change.ON_THESE]


def test_every_method_with_both_reliabilities(records_of):
    made = change.answer(records_of({"pathway": [course(*scores) for scores in SIX.values()]}))
    assert made.table.height == 2 + len(METHODS) * len(Reliability)
    assert {part.title for part in made.parts} == {"Where the line is drawn"}
    assert "67" not in made.sentence
    assert "50.0%" in made.said


def test_lines_of_the_functional_population(records_of):
    "Lines b and c appear when people who are well are described; b is 3 + 2 × 4 = 11."
    records = records_of({"pathway": [course(*scores) for scores in SIX.values()]})
    lines = change.answer(records, functional={"PHQ9": (3, 4)}).parts[0].table
    b = lines.filter(lines["line"].str.starts_with("b,")).row(0, named=True)
    assert b["points"] == 11
    assert (b["above_first"], b["crossed"]) == (5, 4)
    assert (b["below_first"], b["harmed"]) == (1, 0)


def test_courses_without_all_scores_stay_in_the_official_denominator(records_of):
    rows = [course(*scores) for scores in SIX.values()]
    rows.append(course((20, None), (15, None)))
    made = change.answer(records_of({"pathway": rows}))
    assert made.table["courses"].to_list()[:2] == [7, 6]
    assert dict(made.n_excluded) == {"a first or last PHQ-9 or GAD-7 is missing": 1}


def test_by_provider_every_group_has_every_method(records_of):
    rows = [course(*scores, provider="AB"[n % 2]) for n, scores in enumerate(SIX.values())]
    made = change.answer(records_of({"pathway": rows}, by="provider"))
    assert made.table["group"].to_list() == ["A"] * 14 + ["B"] * 14
    assert made.table.filter(made.table["method"] == change.OFFICIAL)["courses"].to_list() == [3, 3]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "No course of treatment finished"),
        ([course((20, None), (15, None))], "cannot be asked"),
        ([course((20, 5), (15, 3))], "cannot be asked"),
        ([course((20, 5), (15, 3))] * 5, "cannot be asked"),
    ],
)
def test_what_cannot_be_said(records_of, rows, says):
    "Nobody; no last scores; one course; courses that are all alike."
    made = change.answer(records_of({"pathway": rows}))
    assert says in made.said


def test_nothing_is_nan(records_of):
    rows = [course((20, 5), (15, 3))] * 3 + [course((9, 9), (7, 7))]
    table = change.answer(records_of({"pathway": rows}, by="provider")).table
    numbers = table.select(name for name, kind in table.schema.items() if kind.is_float())
    assert not any(numbers[name].is_nan().any() or numbers[name].is_infinite().any() for name in numbers.columns)
