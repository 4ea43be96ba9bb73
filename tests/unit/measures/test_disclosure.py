"""What is listed for disclosure control to reckon with, and tidy tables made fit to leave."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from allcomers.measures import breakdowns, calculate, catalogue, run
from allcomers.measures.disclosure import LEVEL_PAIRS, MEANS, SUMS, organisation_sums, protected, shown, tilings
from allcomers.measures.levels import Level, Node, Organisations
from allcomers.measures.measure import Count, Statistic
from allcomers.measures.periods import month, parse, run_of
from allcomers.measures.rounding import SMALLEST_SHOWN
from allcomers.measures.withholding import Equations, Table, bounds
from allcomers.pathways.deriving import Held


def test_months_tile_a_quarter_and_quarters_a_year() -> None:
    months = [parse(f"2025-{month:02}") for month in (4, 5, 6, 7)]
    periods = [parse("2025/26 Q1"), *months]
    assert list(tilings(periods, periods[0])) == [(1, 2, 3)]
    quarters = [parse(f"2025/26 Q{number}") for number in (3, 1, 4, 2)]
    year = parse("2025/26")
    assert list(tilings([*quarters, year], year)) == [(1, 3, 0, 2)]


def test_rolling_years_that_overlap_are_each_tiled_by_their_own_months() -> None:
    months = [parse("2024-04"), *(parse(f"2024-{month:02}") for month in range(5, 13))]
    months += [parse(f"2025-{month:02}") for month in (1, 2, 3, 4)]
    year, rolling = parse("2024/25"), parse("12 months to 2025-04")
    periods = [year, rolling, *months]
    assert list(tilings(periods, year)) == [tuple(range(2, 14))]
    assert list(tilings(periods, rolling)) == [tuple(range(3, 15))]


def test_a_month_short_tiles_nothing() -> None:
    periods = [parse("2025/26 Q1"), parse("2025-04"), parse("2025-06")]
    assert list(tilings(periods, periods[0])) == []
    assert list(tilings(periods, periods[1])) == []


def test_sums_and_means_name_measures_of_the_right_kind() -> None:
    for whole, parts in SUMS:
        assert all(isinstance(catalogue.get(id_).of, Count) for id_ in (whole, *parts))
    for mean, (total, count) in MEANS.items():
        kinds = [catalogue.get(id_).kind for id_ in (mean, total, count)]
        assert kinds == ["mean", "sum", "count"]
        of = catalogue.get(mean).of
        assert isinstance(of, Statistic)
        assert not of.per


def test_what_counterparts_by_category_print_contradicts_nothing(derived: Held) -> None:
    """England's percentages are printed though a numerator that is not published is under 5, and a ratio of those who
    finished to those who came passes 100: of neither may be reckoned what holds of other percentages."""
    asked = [each for each in run.chosen([], counterparts=True) if each.broken_down]
    levels = [Level.ENGLAND, Level.PROVIDER]
    categories = [*breakdowns.of("V001"), *breakdowns.of("V003"), *breakdowns.of("V010")]
    found = calculate.measure(derived, run_of(month(2024, 10), 2), measures=asked, levels=levels, categories=categories)
    place = {each.id: at for at, each in enumerate(found.measures)}
    few = found.over[:, :, 0, place["M053_ended"]]
    assert ((few > 0) & (few < SMALLEST_SHOWN)).any()
    assert (found.values[..., place["M079_referred"]] > 100).any()
    shown(found)  # a contradiction is an error


def test_counts_that_contradict_what_is_said_of_them_are_an_error() -> None:
    """Three, of which two parts of two are said to be the whole."""
    counts = np.array([3.0, 2.0, 2.0])
    flags = [np.array(each) for each in ([False] * 3, [False] * 3, [False] * 3)]
    table = Table(counts, *flags, equations=Equations(np.array([0, 1, 2]), np.array([0])))
    with pytest.raises(ArithmeticError, match="contradict"):
        bounds(table, np.array([False] * 3))


LEAVES = st.dictionaries(
    # A sub-ICB area lies in one board, a board in one region; a provider works wherever it likes.
    st.tuples(st.integers(0, 5), st.integers(0, 7)).map(
        lambda pair: (f"P{pair[0]}", f"S{pair[1]}", f"I{pair[1] // 2}", f"R{pair[1] // 4}")
    ),
    st.integers(0, 12),
    min_size=1,
    max_size=20,
)


def test_sums_that_the_levels_between_give_are_not_listed_again() -> None:
    leaves = [(f"P{at}", f"S{at}", f"I{at}", f"R{at // 2}") for at in range(4)]
    organisations = Organisations(leaves, [Level.ENGLAND, Level.REGION, Level.ICB])
    england, north, south = (organisations.place[Node(Level.ENGLAND, ())], 1, 2)
    assert list(organisation_sums(organisations)) == [(england, (north, south)), (north, (3, 4)), (south, (5, 6))]
    without_regions = Organisations(leaves, [Level.ENGLAND, Level.ICB])
    assert list(organisation_sums(without_regions)) == [(0, (1, 2, 3, 4))]


@settings(deadline=None, derandomize=True)
@given(LEAVES)
def test_whoever_adds_up_is_told_as_much_by_the_sums_listed_as_by_all(
    people: dict[tuple[str, str, str, str], int],
) -> None:
    organisations = Organisations(list(people), list(Level))
    nodes = organisations.leaf_nodes
    counts = np.zeros(len(organisations.nodes))
    for level in Level:
        np.add.at(counts, nodes[level], [people[leaf] for leaf in organisations.leaves])
    every = [one for pair in LEVEL_PAIRS for one in organisations.below(*pair)]
    rounded = np.array([node.level is not Level.ENGLAND for node in organisations.nodes])

    def told(sums: Iterable[tuple[int, Sequence[int]]]) -> tuple[list[float], list[float]]:
        equations = Equations.of([np.array([[whole, *parts]]) for whole, parts in sums], counts)
        table = Table(counts, rounded, np.zeros_like(rounded), np.zeros_like(rounded), equations)
        low, high = bounds(table, table.small)
        return low.tolist(), high.tolist()

    assert told(organisation_sums(organisations)) == told(every)


FRAME = pl.DataFrame(
    {
        "provider": ["A", "A", "A", "B", "B"],
        "group": ["x", "y", "z", "x", "y"],
        "entered": [100, 60, 3, 40, 20],
        "recovered": [50, 20, 1, 20, 10],
    }
)


def test_small_counts_and_one_beside_each_are_withheld() -> None:
    "Provider A entered 163 in all: 100 and 60 rounded leave 1 to 4 for the third, which is wide enough."
    made = protected(FRAME, counts=["entered", "recovered"], within=["provider"])
    assert made["entered"].to_list() == [100, 60, None, 40, 20]
    assert made["recovered"].to_list() == [50, 20, None, 20, 10]
    assert made.columns == FRAME.columns


def test_a_row_beside_a_lone_small_one_is_withheld_with_it() -> None:
    "The whole is 11; 7 is shown as 5, so 5 to 7, and leaves 4 to 6: 4 alone."
    made = protected(pl.DataFrame({"people": [7, 4]}), counts=["people"])
    assert made["people"].to_list() == [None, None]


def test_shares_are_whole_percents_of_exact_counts() -> None:
    "51 of 103, 20 of 61; nothing of 3; and 10 of 20."
    frame = FRAME.with_columns(entered=pl.Series([103, 61, 3, 40, 20]), recovered=pl.Series([51, 20, 1, 19, 10]))
    made = protected(
        frame,
        counts=["entered", "recovered"],
        shares={"recovered_percent": ("recovered", "entered")},
        within=["provider"],
    )
    assert made["recovered_percent"].to_list() == [50, 33, None, 48, 50]


def test_a_share_that_gives_away_those_left_out_is_withheld() -> None:
    "88 % of what is shown as 15, 7 to 12 above the line, is 15 of 17 alone: two did not."
    frame = pl.DataFrame({"group": ["x", "y"], "entered": [17, 400], "recovered": [15, 200]})
    made = protected(frame, counts=["entered", "recovered"], shares={"percent": ("recovered", "entered")})
    assert made["percent"].to_list() == [None, 50]


def test_columns_that_add_up_are_reckoned_with() -> None:
    "12 less 7 and less 4 is 1; with rounding alone 10, 5 and * leave 1 to 7 for the last two, at most 4 each."
    frame = pl.DataFrame({"finished": [12], "better": [7], "same": [4], "worse": [1]})
    names = ["better", "same", "worse"]
    made = protected(frame, counts=["finished", *names], adding={"finished": names})
    assert made.row(0)[2:] == (None, None)


def test_an_empty_table_stays_empty() -> None:
    made = protected(FRAME.clear(), counts=["entered"], shares={"percent": ("entered", "entered")}, within=["provider"])
    assert made.is_empty()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_no_row_of_a_group_can_be_worked_out(people: list[int]) -> None:
    "The attack: whole numbers within what is printed, that add up to the whole."
    shown = protected(pl.DataFrame({"people": people}), counts=["people"])["people"].to_list()
    low = [0 if each is None else max(each - 2, 5) for each in shown]
    high = [sum(people) if each is None else each + 2 for each in shown]
    for at, count in enumerate(people):
        if 0 < count < 5:
            aim = np.eye(len(people))[at]
            known = LinearConstraint(np.ones((1, len(people))), sum(people), sum(people))
            ends = [
                milp(sign * aim, integrality=np.ones(len(people)), bounds=Bounds(low, high), constraints=known)
                for sign in (1, -1)
            ]
            assert round(-ends[1].fun) > round(ends[0].fun)


@pytest.mark.parametrize("people", [[0, 0, 0], [50, 25, 25]])
def test_nothing_more_is_withheld_where_nothing_small_is_exposed(people: list[int]) -> None:
    made = protected(pl.DataFrame({"people": people}), counts=["people"])["people"].to_list()
    assert made == [None if each < 5 else each for each in people]
