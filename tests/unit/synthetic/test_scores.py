"""The score model: answers follow their curves, totals are as reliable as the real questionnaires'."""

import numpy as np
import pytest

from allcomers.synthetic.constants import constants
from allcomers.synthetic.questionnaires import outcome, questionnaire
from allcomers.synthetic.scores import PHQ9_SPREAD, STEPS, answers, draw_courses, totals


def rng(seed: int = 11) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


def test_answers_follow_their_curve():
    """P(answer >= k) = 1 / (1 + exp(-a (state - (b + s step)))), worked out here for the first PHQ-9 item at 0.5."""
    given = answers(rng(), np.full(200_000, 0.5), np.zeros(200_000))
    for k, step in enumerate(STEPS, start=1):
        expected = 1 / (1 + np.exp(-2.2 * (0.5 - PHQ9_SPREAD * step)))
        assert np.mean(given[0] >= k) == pytest.approx(expected, abs=0.005)


def test_extreme_states_give_extreme_totals():
    ends = np.repeat([-9.0, 9.0], 50)
    depression, anxiety = totals(answers(rng(), ends, ends))
    assert depression[:50].max() <= 2
    assert depression[50:].min() >= 25
    assert anxiety[50:].min() >= 19


def alpha(items: np.ndarray) -> float:
    """Cronbach's alpha."""
    count = len(items)
    return count / (count - 1) * (1 - items.var(axis=1).sum() / items.sum(axis=0).var())


def test_reliability_is_that_of_the_questionnaires():
    """Accepted range 0.82 to 0.90 for first questionnaires."""
    first = draw_courses(rng(), constants().populations[""], 60_000).first.astype(float)
    assert 0.82 < alpha(first[:9]) < 0.90
    assert 0.82 < alpha(first[9:]) < 0.90


def test_people_not_at_caseness_are_mostly_turned_away():
    people = constants().populations[""]
    first = {select: totals(draw_courses(rng(), people, 40_000, select=select).first) for select in (True, False)}
    share = {
        select: 1 - np.mean(questionnaire("PHQ9").case(p) | questionnaire("GAD7").case(a))
        for select, (p, a) in first.items()
    }
    assert share[False] > 2 * share[True]


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers)


def test_outcomes_at_the_boundaries():
    """PHQ-9 case from 10, reliable change 6; GAD-7 case from 8, reliable change 4 (allcomers.instruments)."""
    first, last = (
        (whole(10, 9, 9, 15, 15, 10), whole(9, 9, 9, 9, 10, 16)),
        (whole(7, 8, 7, 7, 7, 7), whole(7, 7, 7, 7, 7, 3)),
    )
    found = outcome(first, last, "GAD7")
    assert found.at_caseness.tolist() == [True, True, False, True, True, True]
    assert found.recovered.tolist() == [True, True, False, True, False, False]
    assert found.improved.tolist() == [False, False, False, True, False, False]
    assert found.worse.tolist() == [False] * 6  # the last is worse on one and better on the other: neither


def test_scores_of_two_decimals_keep_them():
    form = questionnaire("MI_alone")
    assert form.words()[0] == "1.00"
    assert form.words()[-1] == "5.00"
    assert len(form.words()) == form.high - form.low + 1 == 401
