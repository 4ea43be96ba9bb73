"""Treatment contacts by kind of staff, counted by hand on five contacts."""

from datetime import date

import pytest

from allcomers.analyses import workforce

ON = date(2024, 6, 1)


def contact(key: int, **more):
    given = {"contact_on": ON, "in_window": True, "is_treatment": True, "attended": True, "duration_minutes": 50}
    staff = dict.fromkeys(("staff_qualified", "staff_in_training", "staff_neither", "staff_unknown"), False)
    return {"contact_key": key, "pathway_no": 1, **given, **staff, **more}


def test_each_contact_is_counted_once(records_of):
    contacts = [
        contact(1, staff_qualified=True, staff_in_training=True),
        contact(2, staff_in_training=True),
        contact(3, staff_neither=True),
        contact(4, staff_unknown=True, duration_minutes=10),
        contact(5, is_treatment=False, attended=False),
        contact(6, staff_qualified=True, contact_on=date(2023, 6, 1)),
    ]
    answer = workforce.answer(records_of({"pathway": [{"pathway_no": 1}], "contact": contacts}))
    assert dict(answer.table.select("staff", "n").iter_rows()) == {
        "qualified": 1,
        "in training": 1,
        "neither": 1,
        "not known": 1,
    }
    kept = answer.parts[0].table.row(0, named=True)
    assert (kept["planned"], kept["attended"], kept["short"]) == (5, 4, 1)


@pytest.mark.parametrize("by", [None, "provider"])
def test_no_contact_is_said(records_of, by):
    answer = workforce.answer(records_of({}, by=by))
    assert answer.table.is_empty()
    assert "No treatment contact" in answer.said


def test_by_provider(records_of):
    pathways = [{"pathway_no": 1, "provider_code": "A"}, {"pathway_no": 2, "provider_code": "B"}]
    contacts = [contact(1, staff_qualified=True), contact(2, staff_unknown=True) | {"pathway_no": 2}]
    answer = workforce.answer(records_of({"pathway": pathways, "contact": contacts}, by="provider"))
    shares = {
        (group, staff): share for group, staff, share in answer.table.select("group", "staff", "share").iter_rows()
    }
    assert (shares["A", "qualified"], shares["B", "qualified"], shares["B", "not known"]) == (1, 0, 1)
