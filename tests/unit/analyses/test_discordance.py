"""Scores against the person's account. The worked example is methods (o): 40, 20, 10 and 30 people."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa

from allcomers.analyses import discordance
from allcomers.analyses.discordance import Agreement, unhelped_bounds

WORKED = Agreement(both=40, first_only=20, second_only=10, neither=30)


def test_worked_example():
    assert WORKED.agreed_share == pytest.approx(0.70)
    assert WORKED.kappa == pytest.approx(0.40)
    assert WORKED.balanced_kappa == pytest.approx(0.40)
    "With 55 recovered who did not answer, 17.4 to 65.2 per cent."
    low, high = unhelped_bounds(unhelped=20, unanswered=55, people=115)
    assert (low, high) == (pytest.approx(0.174, abs=5e-4), pytest.approx(0.652, abs=5e-4))


@given(st.tuples(*(st.integers(0, 40),) * 4).filter(lambda cells: sum(cells) > 0))
@settings(deadline=None, derandomize=True)
def test_kappa_and_test_agree_with_statsmodels(cells):
    of = Agreement(**dict(zip(("both", "first_only", "second_only", "neither"), cells, strict=True)))
    table = np.array(cells).reshape(2, 2)
    if (of.both + of.first_only) % of.people and (of.both + of.second_only) % of.people:  # theirs needs both answers
        assert of.kappa == pytest.approx(cohens_kappa(table, return_results=True).kappa)
    if of.first_only + of.second_only:
        assert of.p_value == pytest.approx(mcnemar(table, exact=True).pvalue)


def test_nobody_asked_is_no_agreement():
    nobody = Agreement(both=0, first_only=0, second_only=0, neither=0)
    assert {nobody.kappa, nobody.balanced_kappa, nobody.p_value} == {None}
    assert unhelped_bounds(unhelped=0, unanswered=0, people=0) is None


def course(number: int, *, recovered: bool, **more):
    given = {"finished_course": True, "discharged_on": date(2024, 9, 1), "at_caseness": True, "recovered": recovered}
    return {"pathway_no": number, **given, **more}


def said(number: int, points: str, on: date = date(2024, 8, 1)):
    return {
        "pathway_no": number,
        "question_code": discordance.HELPED_QUESTION,
        "answer": points,
        "answered_on": on,
    }


def test_last_answer_counts_and_no_answer_stays(records_of):
    records = records_of(
        {
            "pathway": [course(1, recovered=True), course(2, recovered=True), course(3, recovered=False)],
            "experience": [said(1, "0", date(2024, 6, 1)), said(1, "4"), said(3, "1"), said(2, "NA")],
        }
    )
    answer = discordance.answer(records)
    row = answer.table.row(0, named=True)
    assert (row["recovered"], row["recovered_known"], row["recovered_unhelped"], row["recovered_unknown"]) == (
        2,
        1,
        0,
        1,
    )
    assert (row["unhelped_low"], row["unhelped_high"]) == (0.0, 0.5)
    assert answer.n_excluded == {"the question was not asked, or not answered": 1}


def test_work_that_does_not_apply_is_no_gap(records_of):
    areas = {
        f"wsas_{area}_last": points
        for area, points in (
            ("home_management", 2),
            ("social_leisure_activities", 3),
            ("private_leisure_activities", 2),
            ("relationships", 2),
        )
    }
    pathways = [
        course(1, recovered=True, **areas),
        course(2, recovered=True, **areas | {"wsas_relationships_last": None}),
    ]
    answer = discordance.answer(records_of({"pathway": pathways, "experience": [said(1, "4"), said(2, "4")]}))
    row = answer.parts[0].table.row(0, named=True)
    assert (row["recovered"], row["known"], row["functioning"]) == (2, 1, 1)


@pytest.mark.parametrize("tables", [{}, {"pathway": [course(1, recovered=True)]}])
def test_what_cannot_be_said_is_said(records_of, tables):
    answer = discordance.answer(records_of(tables))
    assert answer.table.is_empty()
    assert answer.said
