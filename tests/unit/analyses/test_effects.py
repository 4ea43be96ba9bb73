"""Effect sizes: the worked numbers of the method notes (f), which metafor's escalc (SMCR, SMCC) gives too."""

import pytest

from allcomers.analyses import effects
from allcomers.exceptions import AllcomersError

PAIRS = effects.Pairs(n=100, mean_first=15.4, mean_last=9.4, sd_first=5.5, sd_last=6.4, correlation=0.5)


def test_worked_example():
    raw, change = effects.d_raw(PAIRS), effects.d_change(PAIRS)
    assert change is not None
    assert effects.small_sample(99) == pytest.approx(0.992402, abs=5e-7)
    assert (raw.d, raw.variance) == (pytest.approx(1.08262, abs=6e-6), pytest.approx(0.01586033, abs=6e-9))
    assert PAIRS.sd_change == pytest.approx(6.0008, abs=5e-5)
    assert (change.d, change.variance) == (pytest.approx(0.992264, abs=6e-7), pytest.approx(0.01492294, abs=6e-9))
    assert effects.d_average(PAIRS) == pytest.approx(1.0055, abs=5e-5)


def test_the_variance_hangs_on_the_correlation():
    "Method notes (f): r .3 gives .01986."
    weaker = effects.Pairs(100, 15.4, 9.4, 5.5, 6.4, 0.3)
    assert effects.d_raw(weaker).variance == pytest.approx(0.01986, abs=5e-6)


def test_less_what_the_untreated_show():
    "Method notes (f): minus .3 gives .7826; variances of independent effects add."
    left = effects.controlled(effects.d_raw(PAIRS), effects.Effect(0.3, 0.01))
    assert left.d == pytest.approx(0.7826, abs=5e-5)
    assert left.variance == pytest.approx(0.02586, abs=5e-6)


def test_limits_lie_around_the_estimate():
    limits = effects.d_raw(PAIRS).interval()
    assert limits.low == pytest.approx(1.08262 - 1.959964 * 0.125938, abs=1e-5)
    assert limits.high == pytest.approx(1.08262 + 1.959964 * 0.125938, abs=1e-5)


def test_everyone_changing_alike_has_no_spread_of_change():
    assert effects.d_change(effects.Pairs(10, 15, 9, 4, 4, 1.0)) is None


@pytest.mark.parametrize(("n", "sd", "r"), [(2, 5, 0.5), (10, 0, 0.5), (10, 5, 1.5)])
def test_pairs_that_say_nothing(n, sd, r):
    with pytest.raises(AllcomersError, match="At least 3 pairs"):
        effects.Pairs(n, 15, 9, sd, 5, r)
