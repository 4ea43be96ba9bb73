"""A measure as a statement, in many dialects."""

import datetime as dt

import pytest
import sqlglot

from allcomers.exceptions import MeasureRequestError
from allcomers.measures import catalogue
from allcomers.measures.measure import Measure
from allcomers.measures.statement import statement

APRIL = {"period_start": dt.date(2025, 4, 1), "period_end": dt.date(2025, 4, 30)}


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "tsql", "postgres", "snowflake", "bigquery"])
def test_every_measure_is_one_readable_statement_in_the_dialect(dialect):
    for measure in catalogue.all():
        (tree,) = sqlglot.parse(statement(measure, dialect, **APRIL), dialect=dialect)
        assert [column.alias_or_name for column in tree.selects] == ["*"], measure.id
        assert measure.id in {with_.alias for with_ in tree.find_all(sqlglot.exp.CTE)}


def test_a_statement_without_dates_keeps_parameters_as_the_dialect_writes_them():
    assert "$period_end" in statement(catalogue.get("M056"))
    assert "@period_end" in statement(catalogue.get("M056"), "tsql")


def test_transact_sql_has_no_booleans_and_no_median():
    text = statement(catalogue.get("M051"), "tsql", **APRIL)
    assert "[finished_course] <> 0" in text
    assert "PERCENTILE_CONT(0.5) WITHIN GROUP" in text
    assert "MEDIAN" not in text


def test_an_unknown_dialect_is_refused_with_those_there_are():
    measure: Measure = catalogue.get("M192")
    with pytest.raises(MeasureRequestError, match=r"there is no dialect cobol.*duckdb"):
        statement(measure, "cobol")
