"""Surveys of staff. Worked examples are methods (p)."""

import pytest

from allcomers.analyses.survey import burnout, crosswise, intraclass_correlation, list_experiment, with_silence
from allcomers.exceptions import AllcomersError


def test_burnout_subscale():
    assert burnout([100, 75, 75, 50, 25, 0]) == pytest.approx(54.167, abs=5e-4)
    assert burnout([100, 50, None, None]) == 75
    assert burnout([100, None, None]) is None
    assert burnout([]) is None


def test_crosswise():
    found = crosswise(alike=248, people=400, known_share=0.25)
    assert found.estimate == pytest.approx(0.26)
    assert (found.high - found.estimate) / 1.959964 == pytest.approx(0.0485, abs=5e-5)


def test_list_experiment():
    found = list_experiment(
        mean_with=2.31, variance_with=1.1, n_with=200, mean_without=1.95, variance_without=1.0, n_without=200
    )
    assert found.estimate == pytest.approx(0.36)
    assert (found.high - found.estimate) / 1.959964 == pytest.approx(0.1025, abs=5e-5)


def test_silence_is_shown():
    found = with_silence(yes=33, answered=80, invited=200)
    assert found.share.estimate == pytest.approx(33 / 80)
    assert (found.least, found.most) == (pytest.approx(0.165, abs=5e-4), pytest.approx(0.765, abs=5e-4))


def test_variation_between_services():
    assert intraclass_correlation(0.04) == pytest.approx(0.0120, abs=5e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: with_silence(yes=5, answered=3, invited=9),
        lambda: with_silence(yes=0, answered=0, invited=9),
        lambda: crosswise(alike=1, people=2, known_share=0.5),
        lambda: crosswise(alike=1, people=2, known_share=1.5),
        lambda: burnout([10]),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(AllcomersError):
        wrong()
