"""The official rule of two measures, for one person and for a column."""

from itertools import product

import duckdb
import polars as pl
import pytest

from allcomers import instruments
from allcomers.instruments.outcome import OUTCOME_SQL, Outcome, Pair, can_be_judged, outcome, outcome_terms_sql

PHQ9, GAD7 = instruments.get("PHQ9"), instruments.get("GAD7")
FIELDS = list(OUTCOME_SQL)
COLUMNS = ["ADSM", "PHQ9_FirstScore", "PHQ9_LastScore", "ADSM_FirstScore", "ADSM_LastScore"]

# The worked example of Allcomers' method notes, "Reliable and clinically significant change": PHQ-9 then GAD-7.
WORKED = {
    "P1": (18, 8, 12, 6),
    "P2": (11, 9, 9, 7),
    "P3": (22, 14, 15, 10),
    "P4": (12, 8, 5, 10),
    "P5": (9, 5, 7, 3),
    "P6": (17, 7, 6, 11),
}


def of(scores: tuple[int, int, int, int]) -> Outcome:
    return outcome(Pair(PHQ9, *scores[:2]), Pair(GAD7, *scores[2:]))


@pytest.mark.parametrize(
    ("field", "pathways"),
    [
        ("at_caseness", {"P1", "P2", "P3", "P4", "P6"}),
        ("recovered", {"P1", "P2"}),
        ("reliably_improved", {"P1", "P3", "P5"}),
        ("reliably_deteriorated", {"P4"}),
        ("reliably_unchanged", {"P2", "P6"}),
        ("reliably_recovered", {"P1"}),
    ],
)
def test_the_worked_example(field: str, pathways: set[str]) -> None:
    assert {name for name, scores in WORKED.items() if getattr(of(scores), field)} == pathways


def test_one_better_and_one_worse_is_no_reliable_change() -> None:
    mixed = outcome(Pair(PHQ9, 20, 10), Pair(GAD7, 5, 15))
    assert (mixed.reliably_improved, mixed.reliably_deteriorated, mixed.reliably_unchanged) == (False, False, True)


@pytest.mark.parametrize("missing", range(4))
def test_everything_but_caseness_needs_all_four_scores(missing: int) -> None:
    scores = [None if n == missing else 15 for n in range(4)]
    found = outcome(Pair(PHQ9, scores[0], scores[1]), Pair(GAD7, scores[2], scores[3]))
    assert found.at_caseness is (None if missing in (0, 2) else True)
    assert {getattr(found, field) for field in FIELDS if field != "at_caseness"} == {None}


def test_a_measure_whose_thresholds_were_not_found_is_not_judged() -> None:
    "Even a PHQ-9 far above its cut-off says nothing then: half the rule would favour whoever has a high score."
    found = outcome(Pair(PHQ9, 20, 4), Pair(instruments.get("BIQ"), 50, 10))
    assert {getattr(found, field) for field in FIELDS} == {None}


def test_an_outcome_on_a_recalled_threshold_says_so() -> None:
    assert outcome(Pair(PHQ9, 20, 4), Pair(instruments.get("SPIN"), 50, 10)).uses_unverified
    assert not of(WORKED["P1"]).uses_unverified


def near_the_thresholds() -> list[tuple[str | None, int | None, int | None, float | None, float | None]]:
    "Every combination of scores about each threshold, on every anxiety measure, with every kind of gap."
    rows: list[tuple[str | None, int | None, int | None, float | None, float | None]] = []
    for measure in instruments.national().anxiety_measures:
        cut = float(measure.caseness.value) if measure.caseness and measure.caseness.value else 10.0
        least = float(measure.reliable_change.value) if measure.reliable_change and measure.reliable_change.value else 5
        step = 1 / measure.scale().steps_per_point
        edges = (cut - least, cut - step, cut, cut + step, cut + least)
        about = [None, *(round(edge, 2) for edge in edges)]
        rows += [
            (measure.adsm, *scores) for scores in product([None, 4, 9, 10, 15, 16], [None, 4, 9, 10], about, about)
        ]
    return [*rows, (None, 20, 4, 15, 3), (None, 20, 4, None, None)]


def test_the_column_form_agrees_near_every_threshold() -> None:
    rows = near_the_thresholds()
    table = pl.DataFrame(rows, schema=dict(zip(COLUMNS, [pl.String, *[pl.Float64] * 4], strict=True)), orient="row")
    terms = ", ".join(f"{sql} as {name}" for name, sql in outcome_terms_sql().items())
    fields = ", ".join(f"{sql} as {name}" for name, sql in OUTCOME_SQL.items())
    with duckdb.connect() as duck:
        duck.register("pathways", table.to_arrow())
        made = duck.execute(f"select {fields} from (select {terms} from pathways)").fetchall()
    by_polars = table.select(pl.sql_expr([f"{sql} as {name}" for name, sql in outcome_terms_sql().items()])).select(
        pl.sql_expr([f"{sql} as {name}" for name, sql in OUTCOME_SQL.items()])
    )
    assert made == [expected(row) for row in rows]
    assert by_polars.rows() == made


def expected(row: tuple[str | None, int | None, int | None, float | None, float | None]) -> tuple[object, ...]:
    token, depression_first, depression_last, first, last = row
    if token is None:
        return (None,) * len(FIELDS)
    found = outcome(Pair(PHQ9, depression_first, depression_last), Pair(instruments.by_adsm(token), first, last))
    return tuple(getattr(found, field) for field in FIELDS)


def test_the_column_form_says_what_is_unverified_and_what_is_not_judged() -> None:
    tokens = [one.adsm for one in instruments.national().anxiety_measures]
    terms = outcome_terms_sql()
    with duckdb.connect() as duck:
        made = duck.execute(
            f"select ADSM, {terms['uses_unverified']}, {terms['not_judged']} from (select unnest($1) as ADSM)",
            [[*tokens, None]],
        ).fetchall()
    not_judged = {one.adsm for one in instruments.national().anxiety_measures if not can_be_judged(one)}
    assert not_judged == {"BIQ", "CFQ", "IBS", "MUS"}
    assert made == [(t, t not in {*not_judged, "GAD7", None}, t in not_judged) for t in [*tokens, None]]
