"""Score integrity: what the answer says, that it keeps quiet on clean services, and that it sees what was planted."""

from datetime import date

import detector_power as power
import polars as pl
import pytest

from allcomers.analyses import score_integrity
from allcomers.analyses.integrity.catalogue import DETECTORS


@pytest.fixture(scope="module")
def pool():
    return power.pool(referrals=6_000, seed=3)


def test_nine_detectors_each_with_what_else_it_could_be():
    assert [each.key for each in DETECTORS] == [f"g{n}" for n in range(1, 10)]
    assert all(each.innocent and each.false_alarm for each in DETECTORS)


def test_a_synthetic_service(synthetic_service):
    made = score_integrity.answer(synthetic_service.records())
    assert [part.title for part in made.parts[:-1]] == [each.title for each in DETECTORS]
    assert made.table.height == 1 + len(DETECTORS)
    assert (made.table["seen"] <= made.table["tested"]).all()
    for part in made.parts:
        assert part.n_in == part.n_used + sum(part.n_excluded.values())
        numbers = part.table.select(name for name, kind in part.table.schema.items() if kind.is_float())
        assert not any(numbers[name].is_nan().any() or numbers[name].is_infinite().any() for name in numbers.columns)
        assert part.said


def course(number, **also):
    return {
        "pathway_no": number,
        "provider_code": "A",
        "received_on": date(2024, 4, 2),
        "discharged_on": date(2024, 9, 2),
        "finished_course": True,
        "anxiety_measure": "GAD7",
        "phq9_first": 12,
        "gad7_first": 12,
        "anxiety_first": 12,
        **also,
    }


@pytest.mark.parametrize(
    "rows",
    [
        [course(1)],
        [course(1, at_caseness=True, recovered=True, phq9_last=5, gad7_last=3)],
        [course(n, at_caseness=True, recovered=True, phq9_last=5, gad7_last=3) for n in range(60)],
        [course(n, at_caseness=False, not_at_caseness=True) for n in range(60)],
    ],
    ids=["no scores", "one", "all recovered", "none at caseness"],
)
def test_little_to_go_on(records_of, rows):
    made = score_integrity.answer(records_of({"pathway": rows}))
    assert made.table.filter(pl.col("detector").str.starts_with("g2"))["seen"].to_list() == [0]
    assert all(part.said for part in made.parts)


def test_nobody(records_of):
    assert "No course of treatment finished" in score_integrity.answer(records_of({"pathway": []})).said


def test_descriptors_changed_in_the_records(records_of):
    "Social anxiety at first, generalised anxiety later: recovery gained by GAD-7, which SPIN would not have given."
    scores = {"phq9_last": 5, "gad7_last": 3, "spin_first": 30, "spin_last": 28}
    rows = [course(n, at_caseness=True, recovered=True, problem_descriptor="F411", **scores) for n in range(8)]
    complaints = [
        {
            "pathway_no": n,
            "complaint_no": order,
            "complained_on": date(2024, 4, 2 + order),
            "validated_complaint": code,
        }
        for n in range(8)
        for order, code in enumerate(("F401", "F411"))
    ]
    made = score_integrity.answer(records_of({"pathway": rows, "presenting_complaint": complaints}))
    part = next(part for part in made.parts if part.title == DETECTORS[7].title)
    assert part.table.select("changed", "gained", "lost", "pattern").rows() == [(8, 8, 0, score_integrity.SEEN)]


def test_all_together_stand_before_services_and_are_not_flagged(pool):
    made = score_integrity.found(DETECTORS[6], power.clean(pool, power.default_rng(1), courses=100, services=8))
    assert made.table["group"].to_list()[0] == "England"
    assert made.table["pattern"].to_list()[0] == score_integrity.TOGETHER
    assert made.table["q_value"].to_list()[0] is None
    assert made.table.height == 9


def test_clean_services_are_left_in_peace(pool):
    "Six sets of 30 services that differ by chance alone: fewer than 1 service in 100 is named by any detector."
    found = power.trials(pool, range(6), 300, games=())
    assert set(found["detector"]) == {each.key for each in DETECTORS} - {"g1"}
    assert found["seen"].sum() <= 0.01 * found["tested"].sum()


@pytest.mark.parametrize("planted", power.GAMES, ids=lambda each: each.seen_by[0])
def test_planted_gaming_is_seen_in_large_services(pool, planted):
    "At 2,000 courses each detector names at least half of the services gamed, and next to none of the others."
    rates = power.power(power.trials(pool, range(1), 2_000, games=(planted,)))
    assert set(rates["detector"]) == set(planted.seen_by)
    assert rates["gamed"].min() >= 0.5
    assert rates["beside"].max() <= 0.05


def test_rates_pushed_over_the_level_are_seen(pool):
    assert power.levels(pool, range(2)) == {"clean": 0, "gamed": 1}


@pytest.mark.slow
def test_false_alarms_over_200_seeds():
    "In at most 5% of data sets, give or take chance (two standard errors: 8.1%), does a detector name a clean service."
    source = power.pool()
    for courses in power.SIZES:
        rates = power.false_alarms(power.trials(source, range(200), courses, games=()))
        assert rates["any"].max() <= 0.081
        assert rates["named"].max() <= 0.01
