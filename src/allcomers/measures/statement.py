"""A measure as one SQL statement over the tables that `allcomers derive` writes, in any dialect sqlglot knows."""

import datetime as dt
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects import DIALECTS as _DIALECT_CLASSES

from allcomers.engine.expression import Expression, Type
from allcomers.engine.plan import Plan
from allcomers.engine.step import Step
from allcomers.exceptions import MeasureRequestError
from allcomers.measures import catalogue
from allcomers.measures.measure import TABLE_KEYS, Count, Kind, Measure, Share, Statistic, Total, terms
from allcomers.measures.tables import STEPS
from allcomers.pathways import plan

DIALECTS = tuple(sorted(name.lower() for name in _DIALECT_CLASSES))
WITHOUT_MEDIAN = ("tsql", "fabric")
_AGGREGATES = {Kind.MEAN: "avg", Kind.MEDIAN: "median", Kind.MIN: "min", Kind.MAX: "max", Kind.SUM: "sum"}


@cache
def tables() -> Plan:
    """The plan that makes the tables, for their columns and what these rest on."""
    made = plan.build()
    return Plan([*(bound.step for bound in made.steps.values()), *STEPS], made.sources)


def condition(of: Count | Statistic) -> str:
    """The whole predicate, the period included."""
    # A ratio of sums leaves out a row that lacks either; every other statistic leaves nulls out by itself.
    asked = of.has_values if isinstance(of, Statistic) and of.per else of.where
    where = f"({asked})" if isinstance(Expression(asked).tree, exp.Or) else asked
    if of.in_period is None:
        return where
    period = f"{of.in_period} between $period_start and $period_end"
    return period if where == "true" else f"{period} and {where}"


def key(count: Count) -> str:
    """The column of which distinct values are counted."""
    return count.key or TABLE_KEYS[count.table]


def counts_of(side: str | Count) -> list[tuple[int, Count]]:
    """The counts that a side of a share adds and subtracts, each with its sign."""
    if isinstance(side, Count):
        return [(1, side)]
    return [(sign, _count(id_)) for sign, id_ in terms(side)]


def _count(id_: str) -> Count:
    of = catalogue.get(id_).of
    assert isinstance(of, Count), id_
    return of


def statement(
    measure: Measure, dialect: str = "duckdb", *, period_start: dt.date | None = None, period_end: dt.date | None = None
) -> str:
    """The query for a measure's value for everyone in the tables: one row, one column `value`.

    Without dates the query keeps `$period_start` and `$period_end`, as the dialect writes parameters.

    Raises
    ------
    MeasureRequestError : the dialect is not known.
    """
    if dialect not in DIALECTS:
        raise MeasureRequestError(
            where="--sql", found=f"there is no dialect {dialect}", expected=f"one of: {', '.join(DIALECTS)}"
        )
    steps = steps_of(measure)
    dates: dict[str, Any] = {
        name: day for name, day in (("period_start", period_start), ("period_end", period_end)) if day
    }
    whole = Plan(steps, _sources(steps))
    if dialect not in WITHOUT_MEDIAN:
        return whole.sql(steps[-1].name, dialect, pretty=True, **dates)
    tree = sqlglot.parse_one(whole.sql(steps[-1].name, **dates), dialect="duckdb")
    return tree.transform(_transact).sql(dialect=dialect, pretty=True)


def _transact(node: exp.Expr) -> exp.Expr:
    """What T-SQL spells its own way: parameters, and the median, which it has over a window only."""
    if isinstance(node, exp.Placeholder):
        return exp.Parameter(this=exp.var(node.name))
    if isinstance(node, exp.Median):
        middle = exp.PercentileCont(this=exp.Literal.number("0.5"))
        within = exp.WithinGroup(
            this=middle, expression=exp.Order(expressions=[exp.Ordered(this=node.this, nulls_first=True)])
        )
        return exp.Window(this=within)
    if isinstance(node, exp.Select) and any(column.find(exp.Median) for column in node.expressions):
        return node.distinct(copy=False)
    return node


def steps_of(measure: Measure) -> tuple[Step, ...]:
    """The steps of a measure, the last of which has its one value."""
    if isinstance(measure.of, Count):
        return (_counting(measure.id, measure.of),)
    if isinstance(measure.of, Statistic):
        return (_describing(measure.id, measure.of),)
    if isinstance(measure.of, Total):
        return _adding(measure.id, measure.of)
    return _dividing(measure.id, measure.of)


def _counting(name: str, count: Count, sign: int = 1) -> Step:
    value = f"{'' if sign > 0 else '-'}count(distinct {key(count)})"
    return Step(name, count.table, columns={"value": value}, where=condition(count))


def _adding(name: str, total: Total) -> tuple[Step, ...]:
    signed = [*((1, count) for count in total.counts), *((-1, count) for count in total.minus)]
    parts = [_counting(f"{name}_part_{no}", count, sign) for no, (sign, count) in enumerate(signed, start=1)]
    others = tuple(part.name for part in parts[1:])
    return (*parts, Step(name, parts[0].name, columns={"value": "sum(value)"}, union_all=others))


def _describing(name: str, statistic: Statistic) -> Step:
    if statistic.per:
        value = f"sum({statistic.value}) / sum({statistic.per})"
    else:
        value = f"{_AGGREGATES[Kind(statistic.kind)]}({statistic.value})"
    return Step(name, statistic.table, columns={"value": value}, where=condition(statistic))


def _dividing(name: str, share: Share) -> tuple[Step, ...]:
    sides = {"numerator": counts_of(share.of), "denominator": counts_of(share.among)}
    read = dict.fromkeys(count.table for side in sides.values() for _, count in side)
    parts = [Step(f"{name}_of_{table}", table, columns=_counted(sides, table)) for table in read]
    counts = Step(
        f"{name}_counts",
        parts[0].name,
        columns={side: f"sum({side})" for side in sides},
        union_all=tuple(part.name for part in parts[1:]),
    )
    value = "case when denominator > 0 then 100 * numerator / denominator end"
    return *parts, counts, Step(name, counts.name, columns={"value": value})


def _counted(sides: dict[str, list[tuple[int, Count]]], table: str) -> dict[str, str]:
    """Both sides of a share as far as one table has them."""
    of_table = {side: [_signed(*one) for one in counts if one[1].table == table] for side, counts in sides.items()}
    return {side: "".join(signed).removeprefix(" + ") or "count(*) * 0" for side, signed in of_table.items()}


def _signed(sign: int, count: Count) -> str:
    return f" {'+' if sign > 0 else '-'} count(distinct case when {condition(count)} then {key(count)} end)"


def _sources(steps: tuple[Step, ...]) -> dict[str, dict[str, Type]]:
    made = {step.name for step in steps}
    read = {table for step in steps for table in step.tables if table not in made}
    return {table: dict(tables().columns(table)) for table in sorted(read)}
