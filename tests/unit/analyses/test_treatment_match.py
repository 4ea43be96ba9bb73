"""Treatment that guidance puts first."""

import itertools
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.analyses import treatment_match
from allcomers.analyses.matching import VERDICTS, match_shares
from allcomers.codes.guidance import CANNOT_BE_JUDGED, INTERNET, RECOMMENDATIONS
from allcomers.instruments.model import Status
from allcomers.pathways.derivations.therapy import counted_therapies, therapy_name

counts = st.integers(0, 400)
BEGAN = date(2024, 5, 1)


def finished(problem, phq9=12, **counted):
    return {
        "problem_descriptor": problem,
        "phq9_first": phq9,
        "first_treatment_on": BEGAN,
        "discharged_on": date(2024, 9, 1),
        "finished_course": True,
        "not_at_caseness": False,
        **counted,
    }


def verdicts(records):
    table = treatment_match.answer(records).table
    whole = table.filter(pl.col("problem") == treatment_match.ALL_PROBLEMS).to_dicts()[0]
    return tuple(whole[name] for name in VERDICTS)


def part(answer, title):
    return next(one for one in answer.parts if one.title.startswith(title))


def test_worked_example():
    "Methods (i): 150 matched, 40 not and 10 unknown of 200: .7895 of those known, bounds .75 and .80."
    made = match_shares(150, 0, 40, 10)
    assert made.estimate == pytest.approx(0.7895, abs=5e-5)
    assert (made.low, made.high) == (0.75, 0.80)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(counts, counts, counts, counts)
def test_bounds_hold_the_share(matched, acceptable, not_recommended, unknown):
    made = match_shares(matched, acceptable, not_recommended, unknown)
    if made.estimate is not None:
        assert made.low <= made.estimate <= made.high
    assert (made.low is None) == (matched + acceptable + not_recommended + unknown == 0)


def test_guidance_names_only_known_therapies_once():
    known = {therapy_name(field) for field in counted_therapies()} | {INTERNET}
    for one in RECOMMENDATIONS:
        named = [*one.first_line, *one.if_preferred, *one.unclear]
        assert set(named) <= known, one.problem
        assert len(named) == len(set(named)), one.problem
        assert not set(named) & set(CANNOT_BE_JUDGED), one.problem


def test_guidance_stays_unverified_until_someone_has_read_it():
    assert {one.status for one in RECOMMENDATIONS} == {Status.UNVERIFIED}


def test_one_line_of_guidance_holds_at_a_time():
    for one, other in itertools.combinations(RECOMMENDATIONS, 2):
        if not set(one.descriptors) & set(other.descriptors):
            continue
        apart = (one.until_on or date.max) < other.from_on or (other.until_on or date.max) < one.from_on
        severities = ((one.phq9_from, other.phq9_below), (other.phq9_from, one.phq9_below))
        assert apart or any(low is not None and high is not None and low >= high for low, high in severities)


@pytest.mark.parametrize(
    ("pathway", "expected"),
    [
        (finished("F431", guided_self_help_book_count=5), (0, 0, 1, 0)),
        (finished("F431", eye_movement_desensitisation_reprocessing_count=5), (1, 0, 0, 0)),
        (finished("F431", other_high_intensity_count=4, internet_therapy_count=4), (0, 0, 0, 1)),
        (finished("F320", guided_self_help_book_count=3), (1, 0, 0, 0)),
        (finished("F320", 16, guided_self_help_book_count=3), (0, 1, 0, 0)),
        (finished("F320", 15, guided_self_help_book_count=3), (1, 0, 0, 0)),
        (finished("F320", None, guided_self_help_book_count=3), (0, 0, 0, 1)),
        (finished(None, cognitive_behaviour_therapy_count=3), (0, 0, 0, 1)),
        (finished("F500", cognitive_behaviour_therapy_count=3), (0, 0, 0, 1)),
        (finished("F401", other_high_intensity_count=3), (0, 0, 0, 1)),
        (finished("F401", guided_self_help_book_count=2, cognitive_behaviour_therapy_count=2), (1, 1, 0, 0)),
    ],
)
def test_verdicts(records_of, pathway, expected):
    assert verdicts(records_of({"pathway": [pathway]})) == expected


def test_judged_by_what_held_when_it_began(records_of):
    "Counselling: only if preferred under CG90, first line under NG222 (both recalled)."
    before = finished("F320", counselling_depression_count=8) | {"first_treatment_on": date(2022, 6, 28)}
    since = finished("F320", counselling_depression_count=8) | {"first_treatment_on": date(2022, 6, 29)}
    assert verdicts(records_of({"pathway": [before, since]})) == (1, 1, 0, 0)


def test_a_referral_counts_by_the_best_of_its_courses(records_of):
    both = finished("F431", guided_self_help_book_count=2, cognitive_behaviour_therapy_count=2)
    unclear = finished("F431", guided_self_help_book_count=2, other_high_intensity_count=2)
    answer = treatment_match.answer(records_of({"pathway": [both, unclear]}))
    person = part(answer, "The same, for each referral").table.to_dicts()[0]
    assert [person[name] for name in VERDICTS] == [1, 0, 0, 1]


def test_single_contacts_are_no_course(records_of):
    rows = [finished("F320", cognitive_behaviour_therapy_count=1), finished("F320", mindfulness_count=2)]
    answer = treatment_match.answer(records_of({"pathway": rows}))
    assert (answer.n_in, answer.n_used) == (2, 1)
    assert answer.n_excluded == {"no therapy with 2 contacts recorded": 1}


def test_low_intensity_alone_at_high_scores(records_of):
    low = {"first_low_intensity_on": BEGAN}
    rows = [finished("F320", phq9, guided_self_help_book_count=2, **low) for phq9 in (15, 16, 20)]
    rows += [finished("F320", 20, guided_self_help_book_count=2, **low, first_high_intensity_on=BEGAN)]
    table = part(treatment_match.answer(records_of({"pathway": rows})), "Low intensity alone").table
    assert table.select("from_score", "referrals", "low_alone").rows() == [("16 or more", 3, 2), ("20 or more", 2, 1)]


def test_short_of_the_dose(records_of):
    rows = [finished("F431", cognitive_behaviour_therapy_count=contacts) for contacts in (7, 8, 9)]
    table = part(treatment_match.answer(records_of({"pathway": rows})), "Short of the dose").table
    assert table.select("problem", "courses", "short").rows()[0] == ("all problems", 3, 1)


def stepping(records_of, latest, second_stage=None):
    began = finished("F320", guided_self_help_book_count=4, first_stage_intensity="low", first_stage_on=BEGAN)
    if second_stage:
        began |= {"second_stage_intensity": "high", "second_stage_on": second_stage}
    sessions = [{"pathway_no": 1, "held_on": BEGAN + timedelta(days=7 * n), "place": n + 1} for n in range(4)]
    scores = [
        {"pathway_no": 1, "instrument": "PHQ9", "scored_on": BEGAN, "order_no": 1, "score": 18},
        {
            "pathway_no": 1,
            "instrument": "PHQ9",
            "scored_on": BEGAN + timedelta(days=21),
            "order_no": 2,
            "score": latest,
        },
        {"pathway_no": 1, "instrument": "PHQ9", "scored_on": BEGAN + timedelta(days=60), "order_no": 3, "score": 2},
    ]
    records = records_of({"pathway": [began], "session": sessions, "score": scores})
    return part(treatment_match.answer(records), "Stepping up").table.to_dicts()[0]


def test_stepped_up_after_no_response(records_of):
    "PHQ-9 has to fall by 6 to be reliable; what is scored after the fourth session does not count."
    found = stepping(records_of, 13, second_stage=BEGAN + timedelta(days=41))
    assert (found["no_response"], found["stepped_up"], found["median_days"]) == (1, 1, 20)
    assert stepping(records_of, 12)["no_response"] == 0
    assert stepping(records_of, 13)["stepped_up"] == 0


def test_recovery_is_compared_within_severity(records_of):
    "By hand: 2 of 4 matched and 1 of 4 others at one severity, so the difference is a quarter."
    rows = [finished("F431", cognitive_behaviour_therapy_count=2, reliably_recovered=n < 2) for n in range(4)]
    rows += [finished("F431", mindfulness_count=2, reliably_recovered=n < 1) for n in range(4)]
    table = part(treatment_match.answer(records_of({"pathway": rows})), "Recovery by match").table
    pooled = table.to_dicts()[0]
    assert (pooled["matched"], pooled["other"], pooled["difference"], pooled["ratio"]) == (4, 4, 0.25, 2.0)


def test_nobody_finished(records_of):
    answer = treatment_match.answer(records_of({"pathway": []}))
    assert answer.said == "No course of treatment finished in 2024/25."


def test_no_therapy_recorded(records_of):
    answer = treatment_match.answer(records_of({"pathway": [finished("F320")]}))
    assert answer.said.startswith("No therapy is recorded with 2 contacts")


def test_on_a_synthetic_service(synthetic_service):
    answer = treatment_match.answer(synthetic_service.records(by="deprivation_decile"))
    whole = answer.table.filter(pl.col("problem") == treatment_match.ALL_PROBLEMS)
    each = answer.table.filter(pl.col("problem") != treatment_match.ALL_PROBLEMS)
    assert whole["courses"].sum() == each["courses"].sum()
    assert whole.select(pl.sum_horizontal(VERDICTS)).to_series().to_list() == whole["courses"].to_list()
    assert answer.n_used + sum(answer.n_excluded.values()) == answer.n_in
