"""Random definitions over random records: DuckDB, Spark and the plain-Python oracle must give the same.

Records have few distinct values, so that ties, equal dates and nulls are common. Expressions are drawn from the whole
grammar. Many are evaluated in one query, because a query costs more than an expression.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from allcomers.engine import reference
from allcomers.engine.expression import Type
from allcomers.engine.plan import Plan
from allcomers.engine.running import DuckEngine, Engine, run
from allcomers.engine.step import Join, Rank, Step

PERIOD = {"period_start": dt.date(2025, 1, 2), "period_end": dt.date(2025, 1, 4)}
DATES = [dt.date(2024, 2, 29), *(dt.date(2025, 1, day) for day in range(1, 6))]
TEXTS = ["F42", "F429", "f400", "", " 12", "12", "3.5", "-7", "2025-01-05", "2025-02-30", "é F", "1e3", "12\n", "F42\n"]
COLUMNS: dict[str, tuple[Type, Any, list[Any]]] = {
    "a": (Type.TEXT, pl.String, TEXTS),
    "b": (Type.TEXT, pl.String, TEXTS[:3]),
    "i": (Type.INTEGER, pl.Int16, [-3, -1, 0, 1, 2, 27]),
    "j": (Type.INTEGER, pl.Int64, [0, 1, 2]),
    "u": (Type.NUMBER, pl.Float64, [-2.5, -0.5, 0.0, 0.75, 1.5, 2.25]),
    "v": (Type.NUMBER, pl.Float32, [0.0, 0.5, 8.0]),
    "p": (Type.DATE, pl.Date, DATES),
    "q": (Type.DATE, pl.Date, DATES[:3]),
    "f": (Type.BOOLEAN, pl.Boolean, [True, False]),
    "g": (Type.BOOLEAN, pl.Boolean, [True, False]),
}
TYPES = {name: kind for name, (kind, _, _) in COLUMNS.items()} | {"key": Type.INTEGER, "thing": Type.INTEGER}
SCHEMA = {name: held for name, (_, held, _) in COLUMNS.items()} | {"key": pl.Int32, "thing": pl.Int32}

ATOMS = {
    Type.TEXT: ["a", "b", "'F42'", "''", "'it''s'"],
    Type.INTEGER: ["i", "j", "0", "1", "3"],
    Type.DECIMAL: ["0.5", "2.25", "try_cast(a as decimal(18, 6))"],
    Type.NUMBER: ["u", "v", "cast(0.5 as double)"],
    Type.DATE: ["p", "q", "date '2025-01-03'", "$period_start", "$period_end"],
    Type.BOOLEAN: ["f", "g", "true", "false"],
}
T, J, D, N, A, B = Type.TEXT, Type.INTEGER, Type.DECIMAL, Type.NUMBER, Type.DATE, Type.BOOLEAN
FORMS: dict[Type, list[tuple[str, tuple[Type, ...]]]] = {
    Type.BOOLEAN: [
        *((f"({{}} {sign} {{}})", (kind, kind)) for sign in ("=", "<>", "<", "<=", ">", ">=") for kind in (T, J, A)),
        *((f"({{}} {sign} {{}})", pair) for sign in ("=", "<", ">=") for pair in ((J, N), (D, J), (N, D), (N, N))),
        *((f"({{}} is {sign} distinct from {{}})", (kind, kind)) for sign in ("", "not") for kind in (T, J, N, A, B)),
        *((f"({{}} is {sign} null)", (kind,)) for sign in ("", "not") for kind in (T, J, N, A, B)),
        *((f"({{}} is {word})", (B,)) for word in ("true", "not true", "false", "not false")),
        *((f"({{}} {word} {{}})", (B, B)) for word in ("and", "or") * 5),
        *((f"({{}} {word} {{}} and {{}})", (k, k, k)) for word in ("between", "not between") for k in (T, J, N, A)),
        *((f"({{}} {word} ({{}}, {{}}))", (k, k, k)) for word in ("in", "not in") for k in (T, J, A)),
        ("({} in ('F42', null))", (T,)),
        ("(not {})", (B,)),
        ("({} = {})", (B, B)),
        ("starts_with({}, 'F4')", (T,)),
        ("starts_with({}, {})", (T, T)),
        ("({} like 'F4%')", (T,)),
        ("({} not like '%_2%')", (T,)),
        ("regexp_full_match({}, '[A-Z]+[0-9]{{2}}(9|X)?')", (T,)),
    ],
    Type.TEXT: [
        ("({} || {})", (T, T)),
        *((f"{name}({{}})", (T,)) for name in ("upper", "lower", "trim")),
        *((f"left({{}}, {length})", (T,)) for length in (0, 1, 3)),
        ("substring({}, 2, 2)", (T,)),
        ("regexp_replace({}, '[^A-Z0-9]', '', 'g')", (T,)),
        ("regexp_extract({}, '^([A-Z][0-9]{{2}})[0-9]?$', 1)", (T,)),
        ("cast({} as varchar)", (J,)),
        ("cast({} as varchar)", (A,)),
    ],
    Type.INTEGER: [
        *((f"({{}} {sign} {{}})", (J, J)) for sign in "+-*"),
        ("(- {})", (J,)),
        *((f"{name}({{}})", (J,)) for name in ("abs", "round", "floor")),
        ("date_diff('day', {}, {})", (A, A)),
        *((f"{part}({{}})", (A,)) for part in ("year", "month", "day")),
        ("length({})", (T,)),
        ("cast({} as bigint)", (B,)),
        ("try_cast({} as bigint)", (T,)),
    ],
    Type.DECIMAL: [("({} - {})", (D, D)), ("(4 * {})", (D,)), ("round({})", (D,)), ("floor({})", (D,))],
    Type.NUMBER: [
        *((f"({{}} {sign} {{}})", pair) for sign in "+-*" for pair in ((N, N), (N, J), (D, N))),
        *(("({} / {})", pair) for pair in ((J, J), (N, N), (J, D))),
        *((f"{name}({{}})", (N,)) for name in ("abs", "round", "floor")),
        ("cast({} as double)", (J,)),
        ("try_cast({} as double)", (T,)),
    ],
    Type.DATE: [("try_cast({} as date)", (T,))],
}
for _kind in (T, J, N, A, B):
    FORMS[_kind] += [
        ("case when {} then {} else {} end", (B, _kind, _kind)),
        ("case when {} then {} end", (B, _kind)),
        ("case {} when {} then {} when {} then {} end", (T, T, _kind, T, _kind)),
        ("if({}, {}, {})", (B, _kind, _kind)),
        ("coalesce({}, {})", (_kind, _kind)),
    ]
for _kind in (T, J, N, A):
    FORMS[_kind] += [
        ("nullif({}, {})", (_kind, _kind)),
        ("least({}, {})", (_kind, _kind)),
        ("greatest({}, {}, {})", (_kind, _kind, _kind)),
    ]
AGGREGATES: list[tuple[str, tuple[Type, ...]]] = [
    ("count(*)", ()),
    *(("count({})", (kind,)) for kind in (T, J, B)),
    *(("count(distinct {})", (kind,)) for kind in (T, J, N, A)),
    *((f"{name}({{}})", (kind,)) for name in ("sum", "avg", "median") for kind in (J, D, N)),
    *((f"{name}({{}})", (kind,)) for name in ("min", "max") for kind in (T, J, D, N, A)),
    *((f"{name}({{}})", (B,)) for name in ("bool_or", "bool_and")),
    *((f"{name}({{}}, key)", (kind,)) for name in ("arg_min", "arg_max") for kind in (T, J, B)),
    *(
        (f"{name}({{}}, ({{}}, key))", (kind, by))
        for name in ("arg_min", "arg_max")
        for kind in (T, A)
        for by in (A, J)
    ),
]

Draw = st.DrawFn


@st.composite
def expressions(draw: Draw, kind: Type, depth: int) -> str:
    """An expression of a type; deeper ones are rarer."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(ATOMS[kind]))
    form, parts = draw(st.sampled_from(FORMS[kind]))
    return form.format(*(draw(expressions(part, depth - 1)) for part in parts))


@st.composite
def aggregates(draw: Draw) -> str:
    """An aggregate, half of them filtered."""
    form, parts = draw(st.sampled_from(AGGREGATES))
    made = form.format(*(draw(expressions(part, 1)) for part in parts))
    return f"{made} filter (where {draw(expressions(B, 2))})" if draw(st.booleans()) else made


@st.composite
def records(draw: Draw, most: int = 12) -> list[dict[str, Any]]:
    """Records of three things, told apart by `key` alone."""
    row = st.fixed_dictionaries(
        {name: st.none() | st.sampled_from(values) for name, (_, _, values) in COLUMNS.items()}
        | {"thing": st.none() | st.integers(1, 3)}
    )
    return [one | {"key": key} for key, one in enumerate(draw(st.lists(row, max_size=most)))]


KINDS = st.sampled_from([T, J, N, A, B])
COLUMNS_DRAWN = st.lists(KINDS.flatmap(lambda kind: expressions(kind, 3)), min_size=25, max_size=40)


def quickly(examples: int) -> settings:
    """Without shrinking: a failure names the one expression that differs, and shrinking forty takes minutes."""
    return settings(
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


def one_row_each(texts: Sequence[str]) -> Plan:
    columns = {f"e{number}": text for number, text in enumerate(texts)}
    return Plan([Step("made", "record", columns, keep=("key",))], {"record": TYPES})


def steps(conditions: Sequence[str], texts: Sequence[str]) -> Plan:
    """Each kind of step once: filtered, ranked, joined both ways, grouped, united."""
    where, on, also = conditions
    summed = {f"e{number}": text for number, text in enumerate(texts)}
    return Plan(
        [
            Step(
                "ranked",
                "record",
                keep=("*",),
                where=where,
                ranks=(
                    Rank("first", ("thing",), ("p", "key")),
                    Rank("last", ("thing", "b"), ("p desc", "i nulls first", "f is null desc", "key desc")),
                ),
            ),
            Step("chosen", "ranked", keep=("thing", "p", "u"), where='"first" = 1'),
            Step(
                "joined",
                "record",
                {"wait": "date_diff('day', record.p, chosen.p)", "place": "later.last"},
                keep=("record.key", "record.thing"),
                joins=(
                    Join("chosen", on=("thing",)),
                    Join("ranked", on=f"later.key = record.key + 1 and ({on})", name="later"),
                ),
            ),
            Step("dropped", "record", keep=("key", "chosen.u"), joins=(Join("chosen", ("thing",), kind="inner"),)),
            Step("grouped", "record", summed | {"by": "b"}, group_by=("thing", "by"), where=also),
            Step("whole", "record", summed),
            Step("united", "ranked", {"n": "count(*)", "least": "min(p)"}, group_by=("thing",), union_all=("record",)),
        ],
        {"record": TYPES},
    )


TABLES = {
    "ranked": ("key",),
    "joined": ("key",),
    "dropped": ("key",),
    "grouped": ("thing", "by"),
    "whole": (),
    "united": ("thing",),
}
CONDITIONS = st.tuples(
    expressions(B, 2), st.sampled_from(["later.f", "later.p >= record.p or not record.g", "true"]), expressions(B, 2)
)


def by_engine(engine: Engine, plan: Plan, drawn: list[dict[str, Any]], wanted: Sequence[str]) -> dict[str, Any]:
    engine.add("record", pl.DataFrame(drawn, schema=SCHEMA))
    try:
        return {name: frame.to_dicts() for name, frame in run(engine, plan, wanted, **PERIOD).items()}
    finally:
        engine.drop(["record"])


def comparable(rows: list[dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Rows in the order of their keys, nulls last."""
    return sorted(rows, key=lambda row: [(row[key] is None, str(row[key])) for key in keys])


def assert_same(plan: Plan, found: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, rows in expected.items():
        keys = TABLES.get(name, ("key",))
        left, right = comparable(found[name], keys), comparable(rows, keys)
        assert len(left) == len(right), name
        for one, other in zip(left, right, strict=True):
            assert one.keys() == other.keys()
            for column, value in other.items():
                text = plan.steps[name].step.columns.get(column, column)
                assert same(one[column], value), (name, text, one[column], value)


def same(one: Any, other: Any) -> bool:
    """Equal, of one kind; doubles to twelve figures, since a sum of them depends on its order."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    numbers = (int, Decimal)
    alike = type(one) is type(other) or (isinstance(one, numbers) and isinstance(other, numbers))
    return alike and one == other


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckEngine]:
    engine = DuckEngine()
    yield engine
    engine.close()


def agree_on_expressions(engine: Engine, texts: Sequence[str], drawn: list[dict[str, Any]]) -> None:
    plan = one_row_each(texts)
    expected = reference.run(plan, {"record": drawn}, ["made"], **PERIOD)
    assert_same(plan, by_engine(engine, plan, drawn, ["made"]), expected)


def agree_on_steps(
    engine: Engine, conditions: tuple[str, str, str], texts: Sequence[str], drawn: list[dict[str, Any]]
) -> None:
    plan = steps(conditions, texts)
    expected = reference.run(plan, {"record": drawn}, list(TABLES), **PERIOD)
    assert_same(plan, by_engine(engine, plan, drawn, list(TABLES)), expected)


FEW = st.lists(aggregates(), min_size=6, max_size=10)
MANY = st.lists(aggregates(), min_size=20, max_size=25)
"""Spark takes seconds over a query, whatever is in it: fewer and larger ones."""


@given(texts=COLUMNS_DRAWN, drawn=records())
@quickly(100)
def test_duckdb_evaluates_as_the_oracle(duck, texts, drawn):
    agree_on_expressions(duck, texts, drawn)


@given(conditions=CONDITIONS, texts=FEW, drawn=records())
@quickly(100)
def test_duckdb_takes_steps_as_the_oracle(duck, conditions, texts, drawn):
    agree_on_steps(duck, conditions, texts, drawn)


@given(texts=st.lists(COLUMNS_DRAWN, min_size=4, max_size=4), drawn=records(most=40))
@quickly(2)
def test_spark_evaluates_as_the_oracle(spark, texts, drawn):
    agree_on_expressions(spark, [text for some in texts for text in some], drawn)


@given(conditions=CONDITIONS, texts=MANY, drawn=records(most=30))
@quickly(2)
def test_spark_takes_steps_as_the_oracle(spark, conditions, texts, drawn):
    agree_on_steps(spark, conditions, texts, drawn)


@pytest.mark.slow
@given(texts=COLUMNS_DRAWN, drawn=records())
@quickly(1500)
def test_duckdb_evaluates_as_the_oracle_at_length(duck, texts, drawn):
    agree_on_expressions(duck, texts, drawn)


@pytest.mark.slow
@given(conditions=CONDITIONS, texts=FEW, drawn=records())
@quickly(1500)
def test_duckdb_takes_steps_as_the_oracle_at_length(duck, conditions, texts, drawn):
    agree_on_steps(duck, conditions, texts, drawn)


@pytest.mark.slow
@given(texts=st.lists(COLUMNS_DRAWN, min_size=4, max_size=4), drawn=records(most=40))
@quickly(25)
def test_spark_evaluates_as_the_oracle_at_length(spark, texts, drawn):
    agree_on_expressions(spark, [text for some in texts for text in some], drawn)


@pytest.mark.slow
@given(conditions=CONDITIONS, texts=MANY, drawn=records(most=30))
@quickly(25)
def test_spark_takes_steps_as_the_oracle_at_length(spark, conditions, texts, drawn):
    agree_on_steps(spark, conditions, texts, drawn)
