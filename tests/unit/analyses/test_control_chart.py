"""XmR control chart: the worked example of methods (k), each rule alone, and the gaps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.analyses.control_chart import RULES, Rebase, control_chart
from allcomers.exceptions import AllcomersError

EVEN = [50, 52] * 6


def positions(chart, rule):
    return chart.table.filter(chart.table[rule])["position"].to_list()


def test_worked_example():
    chart = control_chart([50, 52, 49, 51, 48, 50, 53, 60, 51, 50, 49, 52])
    (stretch,) = chart.stretches
    assert stretch.mean == 51.25
    assert stretch.mean_moving_range == pytest.approx(3.2727, abs=5e-5)
    assert (stretch.lower_limit, stretch.upper_limit) == pytest.approx((42.5445, 59.9555), abs=5e-5)
    assert not stretch.provisional
    assert positions(chart, "outside") == [8]
    assert chart.table["signal"].drop_nulls().to_list() == ["outside the limits"]
    assert chart.table["direction"][7] == "high"


def test_even_months_have_no_signal():
    assert control_chart(EVEN).table["signal"].null_count() == 12


def test_six_points_on_one_side_are_no_shift_and_seven_are():
    six = control_chart([8, 12] * 3 + [12.5, 12, 12.5, 12, 12.5] + [8, 7, 8, 7, 8, 12, 8])
    seven = control_chart([8, 12] * 3 + [12.5, 12, 12.5, 12, 12.5, 12] + [8, 7, 8, 7, 8, 12, 8])
    assert positions(six, "shift") == []
    assert positions(seven, "shift") == [6, 7, 8, 9, 10, 11, 12]
    assert seven.table["direction"][7] == "high"


def test_a_point_exactly_on_the_mean_ends_a_shift():
    chart = control_chart([1, 1.5] * 3 + [0] + [-1, -1.5] * 3)
    assert chart.stretches[0].mean == 0
    assert positions(chart, "shift") == []


def test_seven_points_rising_are_a_trend_and_six_are_not():
    assert positions(control_chart([5, 1, 2, 3, 4, 5, 6, 7, 5, 6, 5, 6]), "trend") == [2, 3, 4, 5, 6, 7, 8]
    assert positions(control_chart([5, 1, 2, 3, 4, 5, 6, 5, 6, 5, 6, 5]), "trend") == []


def test_two_equal_months_end_a_trend():
    assert positions(control_chart([1, 2, 3, 4, 4, 5, 6, 7, 8]), "trend") == []


def test_a_falling_trend_is_called_falling():
    chart = control_chart([3, 10, 9.8, 9.5, 9.3, 9, 8.7, 8.5, 12, 6, 12, 6])
    named = chart.table.filter(chart.table["signal"] == RULES["trend"])
    assert named["direction"].unique().to_list() == ["falling"]
    assert positions(chart, "trend") == [2, 3, 4, 5, 6, 7, 8]


def test_two_of_three_near_one_limit():
    "Mean 0, mean moving range 34/13, limits ±6.96: 5 is beyond two thirds (4.64) and the 1 between on its side."
    chart = control_chart([1, -1, 1, -1, 5, 1, 5, -1, -4, -1, -2, -1, -1, -1])
    assert chart.stretches[0].mean == 0
    assert positions(chart, "two_of_three") == [5, 7]
    assert positions(chart, "outside") == []
    assert chart.table["signal"][4] == RULES["two_of_three"]
    assert chart.table["direction"][4] == "high"


@pytest.mark.parametrize(("between", "expected"), [(1.3, [21, 23]), (0.9, [])])
def test_two_of_three_needs_all_three_on_one_side(between, expected):
    "Mean 1.13 or so, two thirds of the limit distance below 0.6, so that 1.8 is near a limit in both."
    chart = control_chart([1, 1.2] * 10 + [1.8, between, 1.8] + [1, 1.2] * 3)
    limits = chart.stretches[0]
    assert limits.mean + (limits.upper_limit - limits.mean) * 2 / 3 < 1.8
    assert positions(chart, "two_of_three") == expected


def test_the_first_rule_that_holds_names_the_signal():
    chart = control_chart([50] * 6 + [51, 52, 53, 54, 55, 56, 90])
    last = chart.table.row(-1, named=True)
    assert last["outside"]
    assert last["trend"]
    assert last["signal"] == "outside the limits"


def test_a_missing_month_is_not_filled_in_and_ends_runs():
    chart = control_chart([1, 2, 3, 4, None, 5, 6, 7, 8])
    assert chart.n_excluded == {"missing": 1}
    assert chart.table["moving_range"].to_list() == [None, 1, 1, 1, None, None, 1, 1, 1]
    assert positions(chart, "trend") == []
    assert chart.stretches[0].mean == 4.5
    assert chart.table["excluded"].to_list()[4] == "missing"


def test_fewer_than_twelve_points_are_provisional():
    assert control_chart(EVEN[:11]).stretches[0].provisional
    assert control_chart([*EVEN[:11], None]).stretches[0].provisional
    assert not control_chart(EVEN).stretches[0].provisional


def test_equal_months_whose_mean_is_not_exact_in_binary_have_no_signal():
    assert control_chart([0.1] * 13).table["signal"].null_count() == 13


def test_screening_drops_a_wild_moving_range_once():
    values = [50, 52] * 6 + [90]
    assert control_chart(values).stretches[0].mean_moving_range == pytest.approx((11 * 2 + 38) / 12)
    assert control_chart(values, screen=True).stretches[0].mean_moving_range == 2


def test_a_rebase_starts_new_limits_and_keeps_its_reason():
    chart = control_chart([*EVEN, *[x + 20 for x in EVEN]], rebases=[Rebase(position=13, because="Merger of two")])
    assert [stretch.mean for stretch in chart.stretches] == [51, 71]
    assert chart.stretches[1].because == "Merger of two"
    assert chart.table["signal"].null_count() == 24
    assert chart.table["moving_range"][12] is None


@pytest.mark.parametrize(
    ("rebases", "message"),
    [
        ([Rebase(position=5, because=" ")], "no reason"),
        ([Rebase(position=1, because="x")], "not after 1"),
        ([Rebase(position=99, because="x")], "within 12"),
        ([Rebase(position=7, because="x"), Rebase(position=4, because="y")], "not after 7"),
    ],
)
def test_a_rebase_needs_a_reason_and_its_place(rebases, message):
    with pytest.raises(AllcomersError, match=message):
        control_chart(EVEN, rebases=rebases)


@pytest.mark.parametrize("values", [[], [None], [3], [3, None, 4]])
def test_too_few_points_for_limits(values):
    chart = control_chart(values)
    assert chart.stretches[0].upper_limit is None
    assert chart.table.height == len(values)
    assert chart.table["signal"].null_count() == len(values)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40), st.integers(1, 9), st.integers(-99, 99))
def test_signals_do_not_depend_on_the_unit(values, scale, shift):
    original, moved = control_chart(values), control_chart([value * scale + shift for value in values])
    assert moved.table["trend"].to_list() == original.table["trend"].to_list()
    assert moved.table["shift"].to_list() == original.table["shift"].to_list()
    limits = [moved.stretches[0].lower_limit, moved.stretches[0].upper_limit]
    expected = [original.stretches[0].lower_limit * scale + shift, original.stretches[0].upper_limit * scale + shift]
    assert limits == pytest.approx(expected, abs=1e-6)
