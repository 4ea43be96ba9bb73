"""Which anxiety measure speaks for a pathway."""

from itertools import product

import duckdb
import polars as pl
import pytest

from allcomers import instruments
from allcomers.instruments.anxiety_measure import adsm_score_sql, adsm_sql, called_for_sql, choose, measure_for

MEASURES = instruments.national().anxiety_measures
DESCRIPTORS = ["F400", "F401", "F410", "F42", "F429", "F431", "F452", "83482000", "G933", "K58", "K589", "723916001"]
OTHERS = ["F411", "F412", "F320", "F339", "F402", "F430", "834820001", "7239160", "-3", "", None]


@pytest.mark.parametrize(
    ("descriptor", "key"),
    [
        *zip(
            DESCRIPTORS,
            ["MI_alone", "SPIN", "PDSS", "OCI", "OCI", "PCL5", "HAI", "BIQ", "CFQ", "IBSSSS", "IBSSSS", "PHQ15"],
            strict=True,
        ),
        *((other, "GAD7") for other in OTHERS),
    ],
)
def test_the_measure_that_a_descriptor_calls_for(descriptor: str | None, key: str) -> None:
    assert measure_for(descriptor).key == key


@pytest.mark.parametrize(
    ("specific", "fallback", "chosen", "unverified"),
    [
        ((40, 20), (15, 5), "SPIN", False),
        ((40, None), (15, 5), "GAD7", False),
        ((None, 20), (15, 5), "GAD7", False),
        ((40, None), (15, None), "SPIN", True),
        ((None, None), (15, None), "GAD7", True),
        ((None, None), (None, None), None, False),
        ((None, 20), (None, 5), None, False),
    ],
)
def test_gad7_stands_in_when_the_specific_measure_has_no_pair(
    specific: tuple[int | None, int | None],
    fallback: tuple[int | None, int | None],
    chosen: str | None,
    unverified: bool,
) -> None:
    found = choose("F401", {"SPIN": specific, "GAD7": fallback})
    assert (found.measure.key if found else None) == chosen
    if found:
        assert (found.first, found.last) == (specific if chosen == "SPIN" else fallback)
        assert found.uses_unverified == unverified


def test_single_scores_can_be_left_out() -> None:
    assert choose("F401", {"SPIN": (40, None), "GAD7": (15, None)}, single_scores=False) is None


@pytest.mark.parametrize("single_scores", [True, False])
def test_the_column_forms_agree_for_every_descriptor_and_pattern_of_scores(single_scores: bool) -> None:
    "The specific measure and GAD-7 each have both scores, the first, the last or none."
    patterns = [(2.0, 1.0), (2.0, None), (None, 1.0), (None, None)]
    cases = list(product([*DESCRIPTORS, *OTHERS], patterns, patterns))
    table = pl.DataFrame([row(*case) for case in cases], infer_schema_length=None)
    sql = adsm_sql("descriptor", single_scores=single_scores)
    with duckdb.connect() as duck:
        duck.register("pathways", table.to_arrow())
        made = duck.execute(
            f"""select {sql} as adsm, {adsm_score_sql("adsm", lambda one: (one.fields or ("", ""))[0])},
                {called_for_sql("descriptor")} from pathways"""
        ).fetchall()
    assert made == [expected(*case, single_scores) for case in cases]
    assert table.select(pl.sql_expr(sql)).to_series().to_list() == [one[0] for one in made]


Pattern = tuple[float | None, float | None]


def row(descriptor: str | None, specific: Pattern, fallback: Pattern) -> dict[str, object]:
    scores = {field: None for one in MEASURES for field in one.fields or ()}
    called_for = measure_for(descriptor)
    filled = dict(zip(called_for.fields or (), specific, strict=True))
    return {"descriptor": descriptor, **scores, **filled, **dict(zip(fields_of_gad7(), fallback, strict=True))}


def expected(descriptor: str | None, specific: Pattern, fallback: Pattern, single_scores: bool) -> tuple[object, ...]:
    scores = {measure_for(descriptor).key: specific, "GAD7": fallback}
    found = choose(descriptor, scores, single_scores=single_scores)
    called_for = measure_for(descriptor).adsm
    return (found.measure.adsm, found.first, called_for) if found else (None, None, called_for)


def fields_of_gad7() -> tuple[str, str]:
    fields = instruments.get("GAD7").fields
    assert fields
    return fields
