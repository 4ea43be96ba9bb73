"""Declarations and the recipes that are made of them."""

from allcomers.measures.aggregates import How, recipe
from allcomers.measures.measure import Count, Measure, Share, Statistic, Total, terms
from allcomers.measures.queries import conjuncts


def test_sides_of_a_share_are_read_with_their_signs() -> None:
    assert list(terms("M076 - M179+M075")) == [(1, "M076"), (-1, "M179"), (1, "M075")]


def test_a_share_is_made_of_the_counts_that_it_names() -> None:
    finished, few = (Measure(id_, id_, Count(where=where)) for id_, where in (("A", "finished"), ("B", "few")))
    share = Measure("C", "C", Share(of="A", among="A - B"))
    made = recipe(share, {"A": finished, "B": few})
    assert [sign for sign, _ in made.under] == [1, -1]
    assert made.over[0][1] == recipe(finished, {}).over[0][1]
    assert made.scale == 100


def test_a_mean_is_a_sum_and_a_number_of_values_so_that_it_can_be_rolled_up() -> None:
    made = recipe(Measure("A", "A", Statistic(kind="mean", value="wait_days", where="finished")), {})
    assert [each.how for each in made.aggregates] == [How.SUM, How.COUNT, How.COUNT]
    assert all(each.adds_up for each in made.aggregates)


def test_a_median_is_made_apart() -> None:
    made = recipe(Measure("A", "A", Statistic(kind="median", value="wait_days")), {})
    assert [each.adds_up for each in made.aggregates] == [False, True]


def test_a_total_takes_away() -> None:
    made = recipe(Measure("A", "A", Total(counts=(Count(where="x"),), minus=(Count(where="y"),))), {})
    assert [(sign, each.where) for sign, each in made.over] == [(1, "x"), (-1, "y")]


def test_terms_are_split_where_both_have_to_hold_and_nowhere_else() -> None:
    assert conjuncts("a and (b or c) and d between 1 and 2") == ("a", "b OR c", "d BETWEEN 1 AND 2")
    assert conjuncts("true") == ()
