"""The language: what it takes and refuses, what it says of an expression, and how it is spelt in other dialects."""

import datetime as dt

import pytest

from allcomers.engine.expression import Expression, Type
from allcomers.exceptions import DefinitionError

COLUMNS = {
    "received_on": Type.DATE,
    "discharged_on": Type.DATE,
    "appointment_type": Type.TEXT,
    "treatment_count": Type.INTEGER,
    "score": Type.NUMBER,
    "attended": Type.BOOLEAN,
    "sent_at": Type.OTHER,
    "contact.held_on": Type.DATE,
    "log.held_on": Type.DATE,
}


def checked(text: str, *, aggregates: bool = False) -> Type:
    return Expression(text, "defined").check(COLUMNS, aggregates=aggregates)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("attended and treatment_count >= 2", Type.BOOLEAN),
        ("discharged_on between $period_start and $period_end", Type.BOOLEAN),
        ("date_diff('day', received_on, discharged_on)", Type.INTEGER),
        ("treatment_count / 2", Type.NUMBER),
        ("treatment_count + 1.5", Type.DECIMAL),
        ("score - 1.5", Type.NUMBER),
        ("case when attended then 'yes' end", Type.TEXT),
        ("case appointment_type when '01' then 1 else null end", Type.INTEGER),
        ("coalesce(null, received_on)", Type.DATE),
        ("null", Type.NULL),
        ("cast(null as date)", Type.DATE),
        ("try_cast(appointment_type as bigint)", Type.INTEGER),
        ("sent_at is not null", Type.BOOLEAN),
        ("sent_at", Type.OTHER),
        ("contact.held_on", Type.DATE),
    ],
)
def test_the_type_of_the_result(text, kind):
    assert checked(text) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count(*)", Type.INTEGER),
        ("count(distinct appointment_type) filter (where attended)", Type.INTEGER),
        ("sum(treatment_count)", Type.INTEGER),
        ("sum(score) / count(*)", Type.NUMBER),
        ("avg(treatment_count)", Type.NUMBER),
        ("arg_min(appointment_type, (received_on, treatment_count))", Type.TEXT),
        ("bool_or(attended)", Type.BOOLEAN),
    ],
)
def test_the_type_of_an_aggregate(text, kind):
    assert checked(text, aggregates=True) is kind


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("recieved_on is null", "no column recieved_on.*received_on"),
        ("held_on is null", "several tables.*contact.held_on, log.held_on"),
        ("attended +", "cannot be read"),
        ("", "cannot be read"),
        ("select 1", "cannot be read"),
        ("attended; attended", "cannot be read"),
        ("attended as here", "cannot be read"),
        ("discharged_on - received_on", "date_diff"),
        ("received_on = '2025-04-01'", "date and text.*date '2025-04-01'"),
        ("received_on > date '2025-02-30'", "no date"),
        ("received_on > date '20250401'", "no date"),
        ("date_diff('month', received_on, discharged_on)", "days only"),
        ("attended = 'True'", "boolean and text"),
        ("attended > false", "type boolean"),
        ("sent_at > received_on", "date and other"),
        ("not treatment_count", "type integer.*must be boolean"),
        ("case when treatment_count then 1 end", "must be boolean"),
        ("treatment_count in (1, 'two')", "integer and text"),
        ("treatment_count in ()", "nothing to look in"),
        ("treatment_count in (select 1)", "more than the language knows"),
        ("$period is null", r"no parameter \$period.*\$period_start"),
        ("count(*)", "counts rows"),
        ("max(score)", "counts rows"),
        ("random() < 0.5", "no part of the language"),
        ("current_date", "no part of the language"),
        ("list_value(1)", "no part of the language"),
        ("row_number() over ()", "no part of the language"),
        ("appointment_type similar to 'a'", "no part of the language|more than"),
        ("appointment_type like received_on", "pattern that is no plain text"),
        (r"appointment_type like 'a\%'", "backslash"),
        (r"regexp_full_match(appointment_type, '\d')", "backslash"),
        ("regexp_full_match(appointment_type, 'a.*')", "read differently"),
        ("regexp_replace(appointment_type, 'a', 'b', 'g')", "only take away"),
        ("regexp_replace(appointment_type, 'a', '')", "only take away"),
        ("regexp_extract(appointment_type, '(a)', 0)", "first group"),
        ("cast(appointment_type as bigint)", "try_cast"),
        ("cast(score as bigint)", "round or floor"),
        ("try_cast(appointment_type as timestamp)", "reads text as other"),
        ("try_cast(score as bigint)", "must be text"),
        ("substring(appointment_type, 0, 2)", "numbers written out"),
        ("substring(appointment_type, 2)", "numbers written out"),
        ("left(appointment_type, treatment_count)", "numbers written out"),
        ("0.5 * 1.5", "whole number only"),
        ("1e3", "no number of the language"),
        ("1234567890123456789", "no number of the language"),
        ("round(score, 2)", "more than the language knows"),
    ],
)
def test_what_is_refused_names_the_definition_and_says_why(text, told):
    with pytest.raises(DefinitionError, match=told) as raised:
        checked(text)
    assert raised.value.where == "defined"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max(count(*))", "counts rows, where a value of one row"),
        ("sum(attended)", "type boolean"),
        ("min(attended)", "type boolean"),
        ("bool_or(treatment_count)", "not true or false"),
        ("count(distinct received_on, score)", "one thing|more than|cannot be read"),
        ("count(*) filter (where treatment_count)", "no condition"),
        ("arg_min(score, attended)", "type boolean"),
        ("upper(appointment_type) filter (where attended)", "cannot be read|no part|no aggregate"),
        ("any_value(score)", "no part of the language"),
        ("string_agg(appointment_type, ',')", "no part of the language"),
    ],
)
def test_what_is_refused_of_aggregates(text, told):
    with pytest.raises(DefinitionError, match=told):
        checked(text, aggregates=True)


def test_a_condition_must_be_one():
    Expression("attended", "asked").check_predicate(COLUMNS)
    with pytest.raises(DefinitionError, match="asked: it is of type integer"):
        Expression("treatment_count", "asked").check_predicate(COLUMNS)


def test_what_an_expression_reads():
    expression = Expression("contact.held_on <= $period_end and attended and attended is not null")
    assert expression.fields == {"contact.held_on", "attended"}
    assert expression.parameters == {"period_end"}
    assert not expression.is_aggregate
    assert Expression("count(*) filter (where attended)").is_aggregate


def test_nothing_is_parsed_until_asked():
    """Declarations are made on import, by the hundred."""
    with pytest.raises(DefinitionError):
        Expression("not an (expression").tree  # noqa: B018


def test_a_parameter_is_a_date_when_given_and_stays_open_otherwise():
    expression = Expression("received_on >= $period_start")
    assert expression.sql(period_start=dt.date(2025, 4, 1)) == "received_on >= CAST('2025-04-01' AS DATE)"
    assert expression.sql() == "received_on >= $period_start"


def test_the_tree_is_left_as_it_was():
    expression = Expression("arg_min(score, received_on) filter (where attended)")
    before = expression.tree.sql()
    expression.sql("spark")
    assert expression.tree.sql() == before


@pytest.mark.parametrize(
    ("text", "dialect", "written"),
    [
        ("treatment_count / 2", "duckdb", "(CAST(treatment_count AS DOUBLE) / NULLIF(CAST(2 AS DOUBLE), 0))"),
        ("date_diff('day', received_on, discharged_on)", "spark", "DATEDIFF(DAY, received_on, discharged_on)"),
        ("starts_with(appointment_type, '0')", "spark", "STARTSWITH(appointment_type, '0')"),
        ("avg(treatment_count)", "spark", "AVG(CAST(treatment_count AS DOUBLE))"),
        ("appointment_type not like '0%'", "duckdb", "NOT appointment_type LIKE '0%'"),
        ("'it''s'", "spark", r"'it\'s'"),
    ],
)
def test_how_it_is_spelt(text, dialect, written):
    """The expected texts were read for sense, and the engines agree on their results in tests/generative."""
    assert Expression(text).sql(dialect) == written
