"""Who comes back."""

from datetime import date, timedelta

import polars as pl
import pytest

from allcomers.analyses import durability
from allcomers.analyses.durability import sustained
from allcomers.analyses.proportions import UNKNOWN, Interval

ENDED = date(2024, 4, 1)


def course(person, ended=ENDED, **more):
    return {
        "person_id": person,
        "provider_code": "A",
        "received_on": ended - timedelta(days=100),
        "first_treatment_on": ended - timedelta(days=80),
        "discharged_on": ended,
        "finished_course": True,
        "not_at_caseness": False,
        "recovered": True,
        **more,
    }


def later(person, days, treated=None, **more):
    on = ENDED + timedelta(days=days)
    return {
        "person_id": person,
        "provider_code": "A",
        "received_on": on,
        "first_treatment_on": None if treated is None else ENDED + timedelta(days=treated),
        "finished_course": False,
        **more,
    }


def row(answer, **values):
    return answer.table.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in values.items()), named=True)


def test_sustained_worked_example():
    "Methods (l): recovery .5055 and a cumulative incidence of .42 within the year leave .2932."
    made = sustained(5055, 10_000, Interval(estimate=0.42, low=None, high=None), 0.0)
    assert made.estimate == pytest.approx(0.2932, abs=5e-5)
    assert made.low < 0.2932 < made.high
    assert sustained(1, 0, Interval(estimate=0.4, low=None, high=None), 0.0) == UNKNOWN
    assert sustained(1, 2, UNKNOWN, 0.0) == UNKNOWN


def test_return_worked_example_from_records(records_of):
    "By hand, after methods (l): of ten, four come back, one died at discharge and one is lost to the data's end."
    back = {"a": 30, "b": 90, "d": 180, "f": 270}
    rows = [course(person) for person in "abdf"] + [later(person, days) for person, days in back.items()]
    rows += [course("c", end_code="49")]
    rows += [course("e", ended=date(2025, 3, 31) - timedelta(days=240))] + [course(one) for one in "ghij"]
    answer = durability.answer(records_of({"pathway": rows}, data_end=date(2025, 4, 5)))
    found = row(answer, who=durability.EVERYONE, event_name=durability.REFERRED_AGAIN, within="12 months")
    # 1 of 10 dies at once; of the 9 at risk come back 1, 1 and 1, then after the one lost 1 of 5.
    assert (found["people"], found["happened"]) == (10, 4)
    assert found["naive"] == pytest.approx(0.4)
    expected = 0.9 * (1 - 8 / 9 * 7 / 8 * 6 / 7 * 4 / 5)
    assert found["share"] == pytest.approx(expected)
    assert found["one_less_km"] == pytest.approx(1 - 8 / 9 * 7 / 8 * 6 / 7 * 4 / 5)
    assert found["one_less_km"] > found["share"] > found["naive"]


def test_transfer_on_the_next_day_is_no_return(records_of):
    rows = [course("a"), later("a", 1, source_of_referral="N2"), course("b"), later("b", 1, source_of_referral="B1")]
    answer = durability.answer(records_of({"pathway": rows}))
    assert (
        row(answer, who=durability.EVERYONE, event_name=durability.REFERRED_AGAIN, within="3 months")["happened"] == 1
    )


def test_treated_again_is_later_than_referred_again(records_of):
    answer = durability.answer(records_of({"pathway": [course("a"), later("a", 50, treated=120)]}))
    shares = {
        (event, months): row(answer, who=durability.RECOVERED, event_name=event, within=f"{months} months")["happened"]
        for event in (durability.REFERRED_AGAIN, durability.TREATED_AGAIN)
        for months in (3, 6)
    }
    assert list(shares.values()) == [1, 1, 0, 1]


def test_sent_on_elsewhere(records_of):
    onward = [{"pathway_no": 1, "referred_on": ENDED}, {"pathway_no": 2, "referred_on": ENDED - timedelta(days=9)}]
    answer = durability.answer(records_of({"pathway": [course("a"), course("b")], "onward_referral": onward}))
    assert row(answer, who=durability.EVERYONE, event_name=durability.SENT_ON, within="3 months")["happened"] == 1


def test_same_provider_only_is_in_the_name(records_of):
    here = durability.answer(records_of({"pathway": [course("a"), later("a", 9)]}))
    assert here.title == "Who comes back (same provider only)"
    assert any("another provider is not seen" in one for one in here.assumptions)
    elsewhere = durability.answer(records_of({"pathway": [course("a"), later("a", 9, provider_code="B")]}))
    assert elsewhere.title == "Who comes back"


def test_a_return_to_another_provider_counts_for_the_first(records_of):
    rows = [course("a"), later("a", 9, provider_code="B")]
    answer = durability.answer(records_of({"pathway": rows}, where="pathway.provider_code = 'A'", label="A"))
    assert (
        row(answer, who=durability.EVERYONE, event_name=durability.REFERRED_AGAIN, within="3 months")["happened"] == 1
    )
    assert answer.table["group"].unique().to_list() == ["A"]


def test_returns_of_the_period(records_of):
    rows = [course("a", ended=date(2024, 3, 1)), later("a", 20), later("b", 20), later(None, 20)]
    returns = durability.answer(records_of({"pathway": rows})).parts[1]
    counted = dict(zip(returns.table["after"], returns.table["returns"], strict=True))
    assert counted["an earlier referral"] == 1
    assert counted["a course that had finished"] == 1
    assert returns.table["referred"].unique().to_list() == [2]
    assert returns.inclusion.n_excluded == {"no person identifier": 1}


def test_not_followed_for_long_enough(records_of):
    rows = [course("a", ended=date(2025, 3, 20))]
    answer = durability.answer(records_of({"pathway": rows}))
    assert answer.table["share"].null_count() == answer.table.height
    assert "none of 1 courses" in answer.said
    assert "Nobody who recovered has been followed" in answer.parts[0].said


def test_nobody_finished(records_of):
    answer = durability.answer(records_of({"pathway": [later("a", 9)]}))
    assert answer.table.is_empty()
    assert answer.said.startswith("No course of treatment finished in the 36 months")


def test_on_a_synthetic_service(synthetic_service):
    answer = durability.answer(synthetic_service.records(by="gender"))
    known = answer.table.filter(pl.col("share").is_not_null())
    assert known.height
    assert (known["one_less_km"] >= known["share"] - 1e-12).all()
    assert (known["low"] <= known["share"] + 1e-12).all()
    assert answer.n_used + sum(answer.n_excluded.values()) == answer.n_in
