"""Moves into and out of work. The worked example is methods (m): 60, 5, 9, 16, 6 and 4 of 100 people."""

from datetime import date

import pytest

from allcomers.analyses import employment
from allcomers.analyses.employment import Moves

MOVES = Moves(stayed_in=60, left_work=5, entered_work=9, stayed_out=16, in_then_unknown=6, out_then_unknown=4)


def test_worked_example():
    assert (MOVES.starters, MOVES.net, MOVES.net_bounds) == (100, 4, (-2, 8))
    assert MOVES.p_value == pytest.approx(0.424, abs=0.0005)
    row = employment._row("England", MOVES)  # noqa: SLF001
    assert row["entered_known_share"] == pytest.approx(9 / 25)
    assert (row["entered_share"], row["entered_high"]) == (
        pytest.approx(0.310, abs=5e-4),
        pytest.approx(0.448, abs=5e-4),
    )


def test_nobody_moved_has_no_test():
    assert (
        Moves(stayed_in=3, left_work=0, entered_work=0, stayed_out=2, in_then_unknown=0, out_then_unknown=0).p_value
        is None
    )


def pathway(number: int, **more):
    return {"pathway_no": number, "discharged_on": date(2024, 9, 1), "treatment_count": 2, **more}


def status(number: int, code: str, on: date, *, order: int, **more):
    row = {
        "pathway_no": number,
        "employment_status": code,
        "recorded_on": on,
        "order_no": order,
        "is_valid_status": True,
    }
    return {**row, **more}


def test_one_record_is_never_no_change(records_of):
    records = records_of(
        {
            "pathway": [pathway(1), pathway(2), pathway(3)],
            "pathway_employment": [
                status(1, "01", date(2024, 5, 1), order=1),
                status(2, "02", date(2024, 5, 1), order=2),
                status(2, "01", date(2024, 8, 1), order=3),
            ],
        }
    )
    answer = employment.answer(records)
    row = answer.table.row(0, named=True)
    assert (row["starters"], row["in"], row["unknown"], row["out"], row["entered"]) == (2, 1, 1, 1, 1)
    assert answer.n_excluded == {"no status recorded at the start": 1}
    matrix = {(each["start"], each["end"]): each["n"] for each in answer.parts[0].table.to_dicts()}
    assert matrix["in work", "not known"] == 1
    assert sum(matrix.values()) == 3


def test_leaving_a_benefit_without_work_is_told_of_apart(records_of):
    first, last = date(2024, 5, 1), date(2024, 8, 1)
    records = records_of(
        {
            "pathway": [pathway(1), pathway(2)],
            "pathway_employment": [
                status(1, "04", first, order=1, universal_credit="Y"),
                status(1, "04", last, order=2, universal_credit="N"),
                status(2, "02", first, order=3, universal_credit="Y"),
                status(2, "01", last, order=4, universal_credit="N"),
            ],
        }
    )
    benefits = employment.answer(records).parts[1].table.to_dicts()
    credit = next(row for row in benefits if row["benefit"] == "Universal Credit")
    assert (credit["known"], credit["off"], credit["off_to_work"], credit["on"]) == (2, 2, 1, 0)


@pytest.mark.parametrize("tables", [{}, {"pathway": [pathway(1)]}])
def test_what_cannot_be_said_is_said(records_of, tables):
    answer = employment.answer(records_of(tables))
    assert answer.table.is_empty()
    assert answer.said


def test_by_provider_each_has_its_row(records_of):
    records = records_of(
        {
            "pathway": [pathway(1, provider_code="A"), pathway(2, provider_code="B")],
            "pathway_employment": [
                status(number, code, date(2024, month, 1), order=10 * number + month)
                for number in (1, 2)
                for code, month in (("02", 5), ("01", 8))
            ],
        },
        by="provider",
    )
    assert employment.answer(records).table["group"].to_list() == ["A", "B"]
