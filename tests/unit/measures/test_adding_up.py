"""Numbers of the finest grain make those of every organisation; how often values occur tells their middle and ends."""

import statistics

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.measures import adding_up
from allcomers.measures.aggregates import Aggregate, How, Source
from allcomers.measures.counting import Counted
from allcomers.measures.levels import PLACE, Level, Node, Organisations

LEAVES = [("A", "X", "I", "R"), ("B", "X", "I", "R"), ("B", "Y", "J", "R")]
ORGANISATIONS = Organisations(LEAVES, list(Level))
SOURCE = Source("pathway", "discharged_on")
COUNT, DISTINCT = Aggregate(How.COUNT, SOURCE, "true"), Aggregate(How.DISTINCT, SOURCE, "true", "pathway_no")


def rows(**columns):
    "A row for each leaf in turn, of everyone in the first period unless told."
    number = len(next(iter(columns.values())))
    places = {name: [LEAVES[at % 3][no] for at in range(number)] for no, name in enumerate(PLACE)}
    return pl.DataFrame({"period_no": [0] * number, "category_no": [0] * number, **places, **columns})


def of(numbers, aggregate, level, *codes):
    return numbers[aggregate][0, :, ORGANISATIONS.place[Node(level, codes)]].tolist()


def test_parts_add_up_to_every_level():
    "Worked by hand: A is 1; B is 2 + 4; area X is 1 + 2; England is 7. Nothing counted is null, and adds nothing."
    found = [Counted((COUNT, DISTINCT), False, rows(a0=[1, 2, 4], a1=[None, 5, None]))]
    numbers = adding_up.numbers(found, ORGANISATIONS, periods=1, categories=0)
    assert of(numbers, COUNT, Level.ENGLAND) == [7]
    assert of(numbers, COUNT, Level.PROVIDER, "A") == [1]
    assert of(numbers, COUNT, Level.PROVIDER, "B") == [6]
    assert of(numbers, COUNT, Level.SUB_ICB, "X") == [3]
    assert of(numbers, COUNT, Level.SUB_ICB_PROVIDER, "Y", "B") == [4]
    assert of(numbers, DISTINCT, Level.ICB, "I") == [5]
    assert of(numbers, DISTINCT, Level.ICB, "J") == [0]


def test_categories_stand_beside_everyone():
    found = [
        Counted((COUNT,), False, rows(a0=[1, 2, 4])),
        Counted((COUNT,), True, rows(a0=[1, 1]).with_columns(category_no=pl.Series([2, 1]))),
    ]
    numbers = adding_up.numbers(found, ORGANISATIONS, periods=1, categories=2)
    assert of(numbers, COUNT, Level.ENGLAND) == [7, 1, 1]
    assert of(numbers, COUNT, Level.PROVIDER, "A") == [1, 0, 1]


def test_leaves_are_those_of_which_anything_was_counted():
    found = [Counted((COUNT,), False, rows(a0=[0, 2, 0])), Counted((DISTINCT,), False, rows(a0=[0, None, 3]))]
    assert adding_up.leaves(found) == LEAVES[1:]


@pytest.mark.parametrize("how", [How.MEDIAN, How.MIN, How.MAX])
@settings(deadline=None, derandomize=True, max_examples=30)
@given(values=st.lists(st.tuples(st.integers(0, 2), st.integers(-4, 9), st.integers(1, 3)), max_size=12))
def test_the_middle_and_the_ends_are_those_of_all_values(how, values):
    "Against Python's own median, least and greatest of the values written out."
    aggregate = Aggregate(how, SOURCE, "true", "value")
    frame = pl.DataFrame(
        [(0, 0, *LEAVES[leaf], value / 2, times) for leaf, value, times in values],
        schema={
            "period_no": pl.Int64,
            "category_no": pl.Int64,
            **dict.fromkeys(PLACE, pl.String),
            "value": pl.Float64,
            "times": pl.Int64,
        },
        orient="row",
    )
    numbers = adding_up.numbers([Counted((aggregate,), False, frame)], ORGANISATIONS, periods=1, categories=0)
    expected = {How.MEDIAN: statistics.median, How.MIN: min, How.MAX: max}[how]
    for node, leaves in ((Node(Level.ENGLAND, ()), {0, 1, 2}), (Node(Level.PROVIDER, ("B",)), {1, 2})):
        all_values = [value / 2 for leaf, value, times in values for _ in range(times) if leaf in leaves]
        (found,) = of(numbers, aggregate, node.level, *node.codes)
        assert found == expected(all_values) if all_values else np.isnan(found)
