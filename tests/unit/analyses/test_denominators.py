"""Outcomes over every denominator: the worked example of methods.md (a), the identity of the stages, the edges."""

import datetime as dt
from math import prod

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from allcomers.analyses import denominators
from allcomers.analyses.denominators import AT_CASENESS, COHORT, ENTERED, FINISHED, OFFICIAL, PERIOD, REFERRED
from allcomers.measures import calculate, catalogue
from allcomers.measures.levels import Level

DAY, END = dt.date(2024, 6, 3), dt.date(2024, 12, 2)
RECOVERY, RELIABLE_RECOVERY, IMPROVEMENT, DETERIORATION, STAGES, EXITS = range(6)


def parts(answer):
    return (answer, *answer.parts)


def row(answer, **where):
    return answer.table.row(by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in where.items()), named=True)


def referral(no: int, *, assessed: int, entered: int, finished: int, **outcomes: int) -> dict[str, object]:
    """The referral with this number, when so many come to each stage: the first of them come the furthest."""
    done = no < finished
    return {
        "received_on": DAY,
        "first_assessment_on": DAY if no < assessed else None,
        "first_treatment_on": DAY if no < entered else None,
        "discharged_on": END,
        "end_code": "46" if done else "50",
        "finished_course": done,
        **{name: no < many if done else None for name, many in outcomes.items()},
    }


@pytest.fixture
def worked(records_of):
    "referred 100, assessed 82, entered 70, finished 38, at caseness 36: methods.md (a)."
    outcomes = {"at_caseness": 36, "recovered": 18, "reliably_recovered": 17, "reliably_improved": 26}
    rows = [referral(no, assessed=82, entered=70, finished=38, **outcomes) for no in range(100)]
    for no, one in enumerate(rows[:38]):
        one |= {"not_at_caseness": no >= 36, "reliably_deteriorated": no >= 36}
    return denominators.answer(records_of({"pathway": rows}))


@pytest.mark.parametrize(
    ("denominator", "share", "low", "high"),
    [
        (OFFICIAL, 0.5, None, None),
        (AT_CASENESS, 0.5, None, None),
        (FINISHED, 0.4737, 0.3248, 0.6274),
        (ENTERED, 0.2571, 0.1693, 0.3703),
        ("assessed", 0.2195, 0.1436, 0.3205),
        (REFERRED, 0.18, 0.1170, 0.2667),
    ],
)
@pytest.mark.parametrize("view", [PERIOD, COHORT])
def test_recovery_over_each_denominator(worked, view, denominator, share, low, high):
    "The digits are those of methods.md (a); all happened in one year, so that the views agree."
    found = row(worked, view=view, denominator=denominator)
    assert found["share"] == pytest.approx(share, abs=5e-5)
    if low:
        assert (found["low"], found["high"]) == pytest.approx((low, high), abs=5e-5)


def test_intervals_are_those_of_statsmodels(worked):
    for one in worked.table.iter_rows(named=True):
        expected = proportion_confint(one["count"], one["among"], method="wilson")
        assert (one["low"], one["high"]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("part", "count", "official"),
    [(RELIABLE_RECOVERY, 17, 17 / 36), (IMPROVEMENT, 26, 26 / 38), (DETERIORATION, 2, 2 / 38)],
)
def test_other_outcomes(worked, part, count, official):
    found = row(parts(worked)[part], view=PERIOD, official="official")
    assert (found["count"], found["share"]) == (count, pytest.approx(official))


def test_stage_shares_of_the_worked_example(worked):
    "methods.md (a): .82 x .8537 x .5429, and .4737 of the finished recovered."
    stages = parts(worked)[STAGES].table.filter(view=COHORT)
    assert stages["share"].to_list()[1:4] == pytest.approx([0.82, 0.8537, 0.5429], abs=5e-5)


def test_the_sentence_says_both_figures(worked):
    assert worked.said == (
        "Official recovery is 50.0%: 18 of 36 courses that count. Of the 100 referrals received in 2024/25, 18 (18.0%) "
        "had ended with recovery by 31 March 2025, and 0 were still open."
    )


SERVICE = st.tuples(*[st.integers(0, 12)] * 3, st.integers(1, 12))


@settings(deadline=None, derandomize=True, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SERVICE, min_size=1, max_size=8))
def test_stages_multiply_to_the_share_of_everyone(records_of, services):
    "R0 = product of the stage shares x R3, to 1e-12, for each of several services."
    rows = []
    for name, (more_finished, more_entered, more_assessed, recovered) in enumerate(services):
        finished = recovered + more_finished
        entered, assessed = finished + more_entered, finished + more_entered + more_assessed
        stages = {"assessed": assessed, "entered": entered, "finished": finished, "recovered": recovered}
        rows += [
            referral(no, **stages, at_caseness=finished) | {"provider_code": str(name)} for no in range(assessed + 3)
        ]
    answer = denominators.answer(records_of({"pathway": rows}, by="provider"))
    for name in map(str, range(len(services))):
        for view in (PERIOD, COHORT):
            stages = parts(answer)[STAGES].table.filter(group=name, view=view)["share"].to_list()[1:4]
            last = row(answer, group=name, view=view, denominator=FINISHED)["share"]
            whole = row(answer, group=name, view=view, denominator=REFERRED)["share"]
            assert prod(stages) * last == pytest.approx(whole, abs=1e-12)


def test_views_count_different_people(records_of):
    "One referred last year and discharged this; one referred this year and still open."
    before = dt.date(2023, 12, 1)
    answer = denominators.answer(
        records_of(
            {
                "pathway": [
                    {
                        "received_on": before,
                        "first_treatment_on": before,
                        "discharged_on": END,
                        "finished_course": True,
                        "at_caseness": True,
                        "not_at_caseness": False,
                        "recovered": True,
                    },
                    {"received_on": DAY},
                ]
            }
        )
    )
    assert row(answer, view=PERIOD, denominator=REFERRED)["share"] == 1
    cohort = row(answer, view=COHORT, denominator=REFERRED)
    assert (cohort["count"], cohort["among"], cohort["still_open"]) == (0, 1, 1)
    assert (cohort["lowest"], cohort["highest"]) == (0, 1)
    assert row(answer, view=COHORT, denominator=FINISHED)["share"] is None


def test_a_period_ratio_above_one_is_shown_without_an_interval(records_of):
    before = dt.date(2023, 12, 1)
    ended = {"received_on": before, "discharged_on": END, "finished_course": True, "recovered": True}
    answer = denominators.answer(records_of({"pathway": [ended, ended, {"received_on": DAY}]}))
    found = row(answer, view=PERIOD, denominator=REFERRED)
    assert (found["share"], found["low"], found["high"]) == (2, None, None)


def test_those_still_open_bound_every_denominator(records_of):
    "10 referred: 4 finished of whom 1 recovered, 3 left, 3 open of whom 1 was treated. By hand."
    done = [
        {"first_treatment_on": DAY, "discharged_on": END, "finished_course": True, "recovered": no == 0}
        for no in range(4)
    ]
    rest = [{"discharged_on": END}] * 3 + [{"first_treatment_on": DAY}, {}, {}]
    answer = denominators.answer(records_of({"pathway": [{"received_on": DAY, **one} for one in (*done, *rest)]}))
    referred = row(answer, view=COHORT, denominator=REFERRED)
    assert (referred["lowest"], referred["highest"]) == (0.1, 0.4)
    entered = row(answer, view=COHORT, denominator=ENTERED)
    assert (entered["lowest"], entered["highest"]) == pytest.approx((1 / 7, 4 / 7))


def test_treated_without_an_assessment_counts_as_assessed(records_of):
    answer = denominators.answer(records_of({"pathway": [{"received_on": DAY, "first_treatment_on": DAY}]}))
    assert row(answer, view=COHORT, denominator="assessed")["among"] == 1


def test_everyone_referred_has_one_exit(records_of):
    ends = [("49", END), ("50", END), (None, END), ("ZZ", END), (None, None)]
    rows = [{"received_on": DAY, "end_code": code, "discharged_on": day} for code, day in ends]
    exits = parts(denominators.answer(records_of({"pathway": rows})))[EXITS]
    assert exits.table["count"].sum() == len(rows)
    assert set(exits.table["exit"]) == {
        "died (taken on for treatment)",
        "not assessed",
        denominators.NO_CODE,
        "ended, code not in the list",
        denominators.STILL_OPEN,
    }


def test_discharged_before_the_referral_is_left_out_and_said(records_of):
    rows = [{"received_on": END, "discharged_on": DAY}, {"received_on": DAY}]
    answer = denominators.answer(records_of({"pathway": rows}))
    assert (answer.n_in, answer.n_used) == (2, 1)
    assert answer.n_excluded == {"discharged before the referral": 1}


@pytest.mark.parametrize("rows", [[], [{"received_on": dt.date(2020, 1, 1)}]])
def test_nobody(records_of, rows):
    answer = denominators.answer(records_of({"pathway": rows}))
    assert answer.table.is_empty()
    assert answer.said == "Nobody was referred, seen or discharged in 2024/25."


def test_by_group_is_the_same_as_each_group_alone(synthetic_service):
    everyone = denominators.answer(synthetic_service.records(by="provider"))
    for provider in everyone.table["group"].unique():
        alone = denominators.answer(synthetic_service.records(organisation=provider))
        for whole, part in zip(parts(everyone), parts(alone), strict=True):
            assert whole.table.filter(group=provider).equals(part.table)


def test_exits_of_a_synthetic_service_add_up(synthetic_service):
    answer = denominators.answer(synthetic_service.records())
    exits = parts(answer)[EXITS].table
    assert exits["count"].sum() == row(answer, view=COHORT, denominator=REFERRED)["among"] == 2_000
    assert not any(answer.table[name].is_nan().any() for name in ("share", "low", "high", "lowest", "highest"))


@pytest.mark.parametrize(
    ("part", "denominator", "measure"),
    [
        (RECOVERY, OFFICIAL, "M192"),
        (RECOVERY, REFERRED, "M192_referred"),
        (RELIABLE_RECOVERY, OFFICIAL, "M195"),
        (IMPROVEMENT, FINISHED, "M186"),
        (DETERIORATION, REFERRED, "M1010_referred"),
    ],
)
def test_the_period_view_is_the_measure(synthetic_service, part, denominator, measure):
    records = synthetic_service.records()
    figures = calculate.measure(
        synthetic_service.held, [records.period], measures=[catalogue.get(measure)], levels=[Level.ENGLAND]
    )
    found = row(parts(denominators.answer(records))[part], view=PERIOD, denominator=denominator)
    assert 100 * found["share"] == pytest.approx(figures.values.item())
