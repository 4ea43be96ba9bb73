"""Answers fit to leave: what is small goes, and with it every number, bar and sentence that rests on it."""

import polars as pl
import pytest

from allcomers.analyses.answer import Answer, Chart, Column, Kind, Shape
from allcomers.analyses.finding import Inclusion
from allcomers.report.answer_charts import chart_svg
from allcomers.report.protecting import UNSAID, fit_to_leave

COLUMNS = (
    Column("group", "Group"),
    Column("n", "People", Kind.COUNT),
    Column("k", "Recovered", Kind.COUNT, within="n"),
    Column("share", "Share", Kind.SHARE, of="k", among="n"),
    Column("low", "From", Kind.SHARE, of="k", among="n"),
    Column("days", "Mean wait", Kind.NUMBER, among="n"),
    Column("p", "p", Kind.PROBABILITY, of="k", among="n"),
)


def answer(
    *rows: tuple[str, int, int], excluded: dict[str, int] | None = None, sentence: str = "{k@0} of {n@0}."
) -> Answer:
    table = pl.DataFrame(rows, schema={"group": pl.String, "n": pl.Int64, "k": pl.Int64}, orient="row").with_columns(
        share=pl.col("k") / pl.col("n"), low=pl.col("k") / pl.col("n") * 0.8, days=pl.lit(31.25), p=pl.lit(0.02)
    )
    inclusion = Inclusion(n_in=103, n_used=100, n_excluded={"no score": 3})
    chart = Chart(shape=Shape.BARS, x="group", y="share", low="low", high="share")
    return Answer(
        title="t",
        estimand="e",
        assumptions=(),
        inclusion=inclusion,
        sentence="{k@0} of {n@0}.",
        table=table,
        columns=COLUMNS,
        chart=chart,
    )


def test_a_local_table_is_rounded_and_whole():
    shown = fit_to_leave(answer(("A", 103, 52), ("B", 97, 31)), national=False)
    assert shown.answer.table.select("n", "k", "share").rows() == [(105, 50, 0.50), (95, 30, 0.32)]
    assert shown.answer.said == "50 of 105."
    assert shown.n_withheld == 0


def test_what_rests_on_a_small_count_goes_with_it():
    shown = fit_to_leave(answer(("A", 103, 3), ("B", 97, 31), ("C", 80, 20)), national=False)
    row = shown.answer.table.row(0, named=True)
    assert {row[name] for name in ("k", "share", "low", "p")} == {None}
    assert (row["days"] is None) == (row["n"] is None)  # a mean rests on all of them
    assert shown.answer.said == (UNSAID if row["n"] is None else "(withheld) of 105.")
    assert shown.withheld["share"].to_list()[0] is True


def test_a_sentence_of_nothing_but_small_numbers_is_not_said():
    assert fit_to_leave(answer(("A", 4, 3), ("B", 3, 1)), national=False).answer.said == UNSAID


def test_a_chart_loses_the_bar_that_is_withheld():
    whole = chart_svg(fit_to_leave(answer(("A", 103, 52), ("B", 97, 31)), national=False).answer)
    less = chart_svg(fit_to_leave(answer(("A", 103, 3), ("B", 97, 31), ("C", 80, 20)), national=False).answer)
    assert ">A<" in whole
    assert ">A<" not in less


def test_england_stands_exact_until_something_is_small():
    exact = answer(("England", 10_003, 5_002))
    assert fit_to_leave(exact, national=True).answer is exact
    assert fit_to_leave(answer(("England", 10_003, 3)), national=True).answer.table["k"].to_list() == [None]


@pytest.mark.parametrize(
    ("national", "words"), [(True, "103 came in, 100 used"), (False, "About 105 came in, 100 used")]
)
def test_even_the_account_of_rows_gives_no_small_count_away(national, words):
    shown = fit_to_leave(answer(("A", 100, 50)), national=national)
    assert shown.inclusion.startswith(words)
    assert "fewer than 5 left out: no score" in shown.inclusion


def test_parts_are_protected_too():
    whole = answer(("A", 100, 50))
    inner = answer(("A", 100, 2))
    outer = Answer(title="o", estimand="e", assumptions=(), inclusion=whole.inclusion, sentence="Both.", parts=(inner,))
    assert fit_to_leave(outer, national=False).parts[0].answer.table["k"].to_list() == [None]


def test_no_value_is_not_the_same_as_withheld():
    given = answer(("A", 100, 50))
    table = given.table.with_columns(days=pl.lit(None, pl.Float64))
    shown = fit_to_leave(Answer(**{**vars(given), "table": table}), national=False)
    assert shown.answer.table["days"].to_list() == [None]
    assert not shown.withheld["days"].any()


def test_a_total_above_its_parts_is_protected_apart_from_them():
    """100 people in all, 48, 49 and 3. Rounding leaves 0 to 4 for what is withheld; the total is no part of the sum."""
    shown = fit_to_leave(answer(("all", 100, 60), ("A", 48, 30), ("B", 49, 28), ("C", 3, 2)), national=False)
    assert shown.answer.table["n"].to_list() == [100, 50, 50, None]
    assert shown.answer.table["k"][3] is None
