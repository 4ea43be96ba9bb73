"""Disclosure control, tried by an attack: whole-number programming over everything that is shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from allcomers.measures.disclosure import ORGANISATION, Sum, bounds, protected

ENGLAND, FIRST, SECOND = 0, 1, 2


def tree(leaves: list[int]) -> tuple[np.ndarray, list[Sum]]:
    """England, two areas, four providers within them: counts of one measure in one period."""
    counts = np.array([sum(leaves), sum(leaves[:2]), sum(leaves[2:]), *leaves], dtype=float)
    sums = [(0, (1, 2)), (1, (3, 4)), (2, (5, 6)), (0, (3, 4, 5, 6))]
    return counts[None, None, :, None], [Sum(ORGANISATION, whole, parts) for whole, parts in sums]


def narrowed(counts: np.ndarray, hidden: np.ndarray, small: np.ndarray, sums: list[Sum], cell: int) -> tuple[int, int]:
    """The least and greatest whole number that a cell can be, given what is shown: the attack."""
    flat, size = counts.ravel(), counts.size
    shown = np.floor((flat + 2) / 5) * 5
    below = np.arange(size) > 0
    low = np.where(hidden.ravel(), 0, np.where(below, np.maximum(shown - 2, 5), flat))
    high = np.where(hidden.ravel(), np.where(small.ravel(), 4, 10_000), np.where(below, shown + 2, flat))
    rows = np.zeros((len(sums), size))
    for at, each in enumerate(sums):
        rows[at, each.whole], rows[at, list(each.parts)] = 1, -1
    aim = np.zeros(size)
    aim[cell] = 1
    ends = [
        milp(sign * aim, integrality=np.ones(size), bounds=Bounds(low, high), constraints=LinearConstraint(rows, 0, 0))
        for sign in (1, -1)
    ]
    return round(ends[0].fun), round(-ends[1].fun)


def withheld(counts: np.ndarray, sums: list[Sum]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    below = (np.arange(counts.size) > 0)[None, None, :, None]
    small = below & (counts < 5)
    return small, protected(counts, small, below, sums), below


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_no_small_count_can_be_worked_out(leaves: list[int]) -> None:
    counts, sums = tree(leaves)
    small, hidden, _ = withheld(counts, sums)
    for cell in np.flatnonzero((small & (counts > 0)).ravel()):
        least, most = narrowed(counts, hidden, small, sums, int(cell))
        assert least < most, (leaves, int(cell))


def test_without_a_second_withholding_the_attack_succeeds() -> None:
    "England 11 is exact; 7 is shown as 5, so it is 7 at most, and the withheld one is 4: the attack is a real one."
    counts, _ = tree([7, 0, 4, 0])
    sums = [Sum(ORGANISATION, 0, (1, 2))]
    below = (np.arange(counts.size) > 0)[None, None, :, None]
    small = below & (counts < 5)
    assert narrowed(counts, small, small, sums, SECOND) == (4, 4)
    hidden = protected(counts, small, below, sums)
    assert hidden[0, 0, FIRST, 0]


def test_a_lone_provider_is_not_given_away_by_the_total() -> None:
    counts = np.array([3.0, 3.0])[None, None, :, None]
    below = np.array([False, True])[None, None, :, None]
    hidden = protected(counts, below & (counts < 5), below, [Sum(ORGANISATION, 0, (1,))])
    assert hidden.all()


def test_a_quarter_does_not_give_away_its_month() -> None:
    "April 8 to 12, May 8 to 12 and the quarter 18 to 22 leave June open; an exact quarter would not."
    counts = np.array([24.0, 10.0, 12.0, 2.0])[:, None, None, None]
    below = np.array([False, True, True, True])[:, None, None, None]
    small = below & (counts < 5)
    sums = [Sum(0, 0, (1, 2, 3))]
    hidden = protected(counts, small, below, sums)
    low, high = bounds(counts, small, hidden, below, sums)
    assert (high - low)[3, 0, 0, 0] >= 2


@pytest.mark.parametrize("counts", [[0.0, 0.0, 0.0], [50.0, 25.0, 25.0]])
def test_nothing_is_withheld_where_nothing_small_is_exposed(counts: list[float]) -> None:
    array = np.array(counts)[None, None, :, None]
    below = np.array([False, True, True])[None, None, :, None]
    small = below & (array < 5)
    assert (protected(array, small, below, [Sum(ORGANISATION, 0, (1, 2))]) == small).all()
