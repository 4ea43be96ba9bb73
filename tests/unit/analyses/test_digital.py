"""Digital against human, on the worked example of methods (n) laid out as records: 80 and 150 people in two cells."""

from datetime import date

import pytest

from allcomers.analyses import digital

ENDED = date(2024, 9, 1)
FIRST = date(2024, 5, 1)


def people(start: int, number: int, recovered: int, phq9: int, *, by_computer: bool):
    rows = [
        {
            "pathway_no": start + at,
            "discharged_on": ENDED,
            "treatment_count": 2,
            "first_treatment_on": FIRST,
            "phq9_first": phq9,
            "reliably_recovered": at < recovered,
        }
        for at in range(number)
    ]
    contacts = [
        {
            "pathway_no": row["pathway_no"],
            "therapy": "guided_self_help_computer" if by_computer else "cognitive_behaviour_therapy",
            "contact_on": FIRST,
            "is_treatment": True,
        }
        for row in rows
    ]
    return rows, contacts


def tables(*blocks):
    return {
        "pathway": [row for rows, _ in blocks for row in rows],
        "therapy_contact": [row for _, contacts in blocks for row in contacts],
    }


WORKED = tables(
    people(0, 60, 40, 12, by_computer=True),
    people(100, 20, 6, 22, by_computer=True),
    people(200, 50, 30, 12, by_computer=False),
    people(300, 100, 30, 22, by_computer=False),
)


def test_worked_example(records_of):
    answer = digital.answer(records_of(WORKED))
    row = answer.table.row(0, named=True)
    assert (row["digital"], row["human"], row["compared"]) == (80, 150, 80)
    assert row["crude"] == pytest.approx(0.1750, abs=5e-5)
    assert row["matched"] == pytest.approx(0.0414, abs=5e-5)
    unseen = answer.parts[1].table.row(0, named=True)
    assert unseen["e_value"] == pytest.approx(1.389, abs=5e-4)
    severe = next(each for each in answer.parts[0].table.to_dicts() if each["level"] == "severe")
    assert severe["smd"] == pytest.approx(-0.9207, abs=5e-4)


def test_a_log_after_the_second_treatment_does_not_make_a_start_digital(records_of):
    pathways = [
        {"pathway_no": at, "discharged_on": ENDED, "treatment_count": 2, "second_treatment_on": date(2024, 6, 1)}
        for at in (1, 2)
    ]
    logs = [{"pathway_no": at, "started_on": date(2024, month, 5), "in_window": True} for at, month in ((1, 5), (2, 7))]
    row = digital.answer(records_of({"pathway": pathways, "therapy_log": logs})).table.row(0, named=True)
    assert (row["digital"], row["human"]) == (1, 1)


@pytest.mark.parametrize(
    ("given", "why"),
    [({}, "Nobody"), (tables(people(0, 3, 1, 12, by_computer=True)), "nobody to compare")],
)
def test_what_cannot_be_said_is_said(records_of, given, why):
    answer = digital.answer(records_of(given))
    assert answer.table.is_empty()
    assert why in answer.said
