"""The measure pass in steps and SQL: shared terms once as columns of a table, then sums over it; one table a source.

Whether that is faster than a statement a measure is for `benchmarks/measures` to say: at 30,000 referrals it was not.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import polars as pl
from sqlglot import exp

from allcomers.engine.expression import Expression
from allcomers.engine.step import Join, Step
from allcomers.measures.aggregates import Aggregate, How, Source
from allcomers.measures.measure import Category
from allcomers.measures.periods import Period

PLACE = ("provider_code", "sub_icb_code", "icb_code", "region_code")
UNKNOWN = "UNKNOWN"
PERIODS = "measured_period"
"""The table of the periods asked for."""

_EXACT = "decimal(18, 6)"
"""Sums of decimals are the same in whatever order they are made; sums of doubles are not."""
_PARAMETERS = ("period_start", "period_end")


def period_rows(periods: Sequence[Period]) -> pl.DataFrame:
    """The table of periods."""
    return pl.DataFrame(
        {
            "period_no": range(len(periods)),
            "period_start": [period.starts_on for period in periods],
            "period_end": [period.ends_on for period in periods],
        },
        schema_overrides={"period_no": pl.Int64},
    )


class Work:
    """The rows of a source in the periods, with a column for every distinct term that is asked of them.

    Ask for the numbers and the members first; `steps` then has every column that they read.

    Attributes
    ----------
    name : of the table to make.
    """

    def __init__(self, source: Source, name: str) -> None:
        self.name = name
        self._source = source
        self._columns: dict[str, str] = {}
        self._children: dict[tuple[str, str], str] = {}

    def number(self, aggregate: Aggregate) -> str:
        """The aggregate over these rows, in SQL that every engine reads."""
        holds = self._holds(aggregate.where)
        match aggregate.how:
            case How.COUNT:
                return f"sum(case when {holds} then 1 else 0 end)"
            case How.DISTINCT:
                return f"count(distinct case when {holds} then {self._term(aggregate.value)} end)"
            case How.SUM:
                return f"sum(case when {holds} then cast({self._term(aggregate.value)} as {_EXACT}) end)"
            case _:
                return f"{aggregate.how}(case when {holds} then cast({self._term(aggregate.value)} as double) end)"

    def member(self, category: Category) -> str:
        """The predicate, over these rows, of belonging to a category."""
        if category.table == self._source.table == "pathway":
            return self._holds(category.where)
        has_any = self._child(category.table, category.where)
        return f"({has_any} or not {self._child(category.table, category.or_none)})" if category.or_none else has_any

    def steps(self) -> Iterator[Step]:
        """The table, and those of what other tables say of each pathway."""
        children = tuple(dict.fromkeys(table for table, _ in self._children))
        yield from (self._child_step(table) for table in children)
        flags = {name: f"coalesce({self._child_name(of)}.{name}, false)" for (of, _), name in self._children.items()}
        date = self._source.in_period
        when = f"{self._source.table}.{date} between {PERIODS}.period_start and {PERIODS}.period_end"
        yield Step(
            self.name,
            self._source.table,
            columns={
                "period_no": f"{PERIODS}.period_no",
                **{name: f"coalesce({self._source.table}.{name}, '{UNKNOWN}')" for name in PLACE},
                **{name: text for text, name in self._columns.items()},
                **flags,
            },
            joins=(
                Join(PERIODS, when if date else f"{PERIODS}.period_no >= 0", "inner"),
                *(self._child_join(table) for table in children),
            ),
            why="Each row once for every period that it belongs to.",
        )

    def _holds(self, where: str) -> str:
        return " and ".join(self._term(term) for term in conjuncts(where)) or "true"

    def _term(self, text: str) -> str:
        return self._columns.setdefault(_of_table(text, self._source.table), f"t{len(self._columns)}")

    def _child(self, table: str, where: str) -> str:
        return self._children.setdefault((table, where), f"m{len(self._children)}")

    def _child_name(self, table: str) -> str:
        return f"{self.name}_{table}"

    def _child_step(self, table: str) -> Step:
        flags = {
            name: f"bool_or({_of_table(where, table)})" for (of, where), name in self._children.items() if of == table
        }
        return Step(
            self._child_name(table),
            table,
            columns={"pathway_no": f"{table}.pathway_no", "period_no": f"{PERIODS}.period_no", **flags},
            joins=(Join(PERIODS, f"{PERIODS}.period_no >= 0", "inner"),),
            group_by=("pathway_no", "period_no"),
            why="What any of a pathway's rows says of it, as seen in each period.",
        )

    def _child_join(self, table: str) -> Join:
        child = self._child_name(table)
        return Join(
            child,
            f"{child}.pathway_no = {self._source.table}.pathway_no and {child}.period_no = {PERIODS}.period_no",
            "left",
        )


def summary(table: str, numbers: Sequence[str], by: Sequence[str]) -> str:
    """One row a period and combination of `by`, a column `a0`, `a1` … a number."""
    return _summary(table, numbers, ("period_no", *by))


def summaries(table: str, numbers: Sequence[str], members: Iterable[tuple[int, str]], by: Sequence[str]) -> str:
    """As `summary`, of each category's rows: a column `category_no` tells which."""
    keys = ("period_no", *by)
    return " union all ".join(
        _summary(table, numbers, keys, first=f"cast({no} as bigint) as category_no, ", where=f" where {member}")
        for no, member in members
    )


def _summary(table: str, numbers: Sequence[str], keys: Sequence[str], *, first: str = "", where: str = "") -> str:
    named = [f"{number} as a{place}" for place, number in enumerate(numbers)]
    return f"select {first}{', '.join([*keys, *named])} from {table}{where} group by {', '.join(keys)}"


@cache
def conjuncts(where: str) -> tuple[str, ...]:
    """The terms that have to be true together, so that those which measures share are computed once.

    A predicate that is null does not hold; so `a and b` holds where a is true and b is, and each can stand alone.

    >>> conjuncts("a = 1 and (b or c)")
    ('a = 1', 'b OR c')
    """
    tree = Expression(where).tree.unnest()
    if isinstance(tree, exp.And):
        return tuple(term for part in tree.flatten() for term in conjuncts(part.unnest().sql("duckdb")))
    return () if isinstance(tree, exp.Boolean) and tree.this else (tree.sql("duckdb"),)


@cache
def _of_table(text: str, table: str) -> str:
    """A definition whose columns are the table's, and whose period is that of the row."""
    tree = Expression(text).tree.copy()
    for column in tree.find_all(exp.Column):
        if not column.table:
            column.set("table", exp.to_identifier(table))
    written = tree.sql("duckdb")
    for name in _PARAMETERS:
        written = written.replace(f"${name}", f"{PERIODS}.{name}")
    return written
