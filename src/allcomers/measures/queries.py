"""The measure pass in steps and SQL: the rows of a source that count in the periods, each shared term once as a column.

Rows that lie in a period by a date are taken for all periods together. What stood at a period's end is asked of one
period after another, since nearly every referral stood at the end of some period, and few at the end of any one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl
from sqlglot import exp

from allcomers.engine.expression import Expression
from allcomers.engine.step import Join, Step
from allcomers.measures.aggregates import Aggregate, How, Source
from allcomers.measures.levels import PLACE, UNKNOWN
from allcomers.measures.measure import Category
from allcomers.measures.periods import Period
from allcomers.pathways.derivations.derivation import month_number

MONTHS = "measured_month"
"""The table of the calendar months of the periods asked for."""
_KEYS = ", ".join(("category_no", "period_no", *PLACE))
ROWS, GROUPED = "measured_rows", "measured_groups"
_EXACT = "decimal(18, 6)"
"""Sums of decimals are the same in whatever order they are made; sums of doubles are not."""
_PERIOD = ("period_no", "period_start", "period_end")


def month_rows(periods: Sequence[Period]) -> pl.DataFrame:
    """A row for each calendar month of each period. Months are numbered, so that a date finds its own by equality."""
    return pl.DataFrame(
        [
            (month, no, period.starts_on, period.ends_on)
            for no, period in enumerate(periods)
            for month in period.month_numbers
        ],
        schema={"month_no": pl.Int64, "period_no": pl.Int64, "period_start": pl.Date, "period_end": pl.Date},
        orient="row",
    )


@dataclass(frozen=True)
class Number:
    """An aggregate as SQL over the rows.

    Attributes
    ----------
    sql : the aggregate; the 1 or 0 of a key, of one that is `per` key; the value, of one that does not add up.
    per : the column whose distinct values are counted; empty where rows are.
    """

    sql: str
    per: str = ""


class Work:
    """The rows of a source in the periods, with a column for every distinct term that is asked of them.

    Ask for the numbers and the members first; `steps` then has every column that they read.

    Parameters
    ----------
    grouped : the aggregates that are asked for of every category as well.

    Attributes
    ----------
    grouped_terms : the columns that these read.
    """

    def __init__(self, source: Source, grouped: Collection[Aggregate] = ()) -> None:
        self._source = source
        self._grouped = frozenset(grouped)
        self.grouped_terms: dict[str, None] = {}
        self._terms: dict[str, str] = {}
        self._wheres: dict[str, None] = {}
        self._members: dict[str, str] = {}
        self._children: dict[tuple[str, str], str] = {}

    def number(self, aggregate: Aggregate) -> Number:
        """The aggregate over these rows, as every engine reads it."""
        self._wheres[aggregate.where] = None
        terms = [self._term(term) for term in conjuncts(aggregate.where)]
        holds = " and ".join(terms) or "true"
        value = self._term(aggregate.value) if aggregate.value else ""
        if aggregate in self._grouped:
            self.grouped_terms.update(dict.fromkeys((*terms, value) if value else terms))
        match aggregate.how:
            case How.COUNT:
                return Number(f"sum(case when {holds} then 1 else 0 end)")
            case How.DISTINCT:
                return Number(f"max(case when {holds} and {value} is not null then 1 else 0 end)", per=value)
            case How.SUM:
                return Number(f"sum(case when {holds} then cast({value} as {_EXACT}) end)")
            case _:
                return Number(f"case when {holds} then cast({value} as double) end")

    def member(self, category: Category) -> str:
        """The predicate, over the grouped rows, of belonging to a category."""
        if category.table == self._source.table == "pathway":
            return self._members.setdefault(self._of_row(category.where), f"g{len(self._members)}")
        has_any = self._child(category.table, category.where)
        return f"({has_any} or not {self._child(category.table, category.or_none)})" if category.or_none else has_any

    def steps(self) -> Iterator[Step]:
        """The rows; what other tables say of their pathways; and both together, where categories are asked for."""
        table, date = self._source.table, self._source.in_period
        grouped = bool(self._members or self._children)
        last = "$period_end" if date is None else f"{table}.{date}"
        own = "" if date else f" and {MONTHS}.period_start = $period_start and {MONTHS}.period_end = $period_end"
        yield Step(
            ROWS,
            table,
            columns={
                **{name: f"{MONTHS}.{name}" for name in _PERIOD},
                **{name: f"coalesce({table}.{name}, '{UNKNOWN}')" for name in PLACE},
                **({"pathway_no": f"{table}.pathway_no"} if grouped else {}),
                **{name: text for text, name in (*self._terms.items(), *self._members.items())},
            },
            joins=(Join(MONTHS, f"{MONTHS}.month_no = {month_number(last)} - 1{own}", "inner"),),
            where=f"{table}.{date} between $period_start and $period_end" if date else self._any_holds(),
            why="Each row once for every period that it belongs to.",
        )
        if grouped:
            children = tuple(dict.fromkeys(of for of, _ in self._children))
            yield from (self._child_step(child) for child in children)
            yield self._grouped_step(children)

    def _any_holds(self) -> str:
        """Whether a row may count for anything: the terms that all definitions have, which rule out nearly every row
        as it is read, and one of the rest."""
        asked = [conjuncts(where) for where in self._wheres]
        shared = [term for term in asked[0] if all(term in terms for terms in asked)]
        rest = [" and ".join(f"({term})" for term in terms if term not in shared) for terms in asked]
        every = [f"({term})" for term in shared] + ([f"({' or '.join(rest)})"] if all(rest) else [])
        return " and ".join(every) or "true"

    def _term(self, text: str) -> str:
        return self._terms.setdefault(self._of_row(text), f"t{len(self._terms)}")

    def _child(self, table: str, where: str) -> str:
        return self._children.setdefault((table, where), f"m{len(self._children)}")

    def _of_row(self, text: str) -> str:
        """A definition whose period is that of the row, where one pass holds several."""
        return text.replace("$period_", "period_") if self._source.in_period else text

    def _child_step(self, child: str) -> Step:
        flags = {name: f"bool_or({self._of_row(where)})" for (of, where), name in self._children.items() if of == child}
        return Step(
            f"{ROWS}_{child}",
            ROWS,
            columns={"pathway_no": f"{ROWS}.pathway_no", "period_no": f"{ROWS}.period_no", **flags},
            joins=(Join(child, f"{child}.pathway_no = {ROWS}.pathway_no", "inner"),),
            group_by=("pathway_no", "period_no"),
            why="What any of a pathway's rows says of it, as seen in each period.",
        )

    def _grouped_step(self, children: Iterable[str]) -> Step:
        return Step(
            GROUPED,
            ROWS,
            columns={name: f"coalesce({ROWS}_{child}.{name}, false)" for (child, _), name in self._children.items()},
            keep=tuple(
                f"{ROWS}.{name}" for name in ("period_no", *PLACE, *self.grouped_terms, *self._members.values())
            ),
            joins=tuple(Join(f"{ROWS}_{child}", ("pathway_no", "period_no")) for child in children),
            why="The rows with a column for every category.",
        )


def everyone(rows: str = f"select * from {ROWS}") -> str:
    """The rows as those of category 0."""
    return f"select cast(0 as bigint) as category_no, * from ({rows}) as every_row"


def of_categories(members: Mapping[int, str], columns: Iterable[str]) -> str:
    """Some columns of the rows of each category, once for every one that they belong to."""
    listed = ", ".join(("period_no", *PLACE, *columns))
    return " union all ".join(
        f"select cast({no} as bigint) as category_no, {listed} from {GROUPED} where {member}"
        for no, member in members.items()
    )


def totals(numbers: Sequence[Number], rows: str) -> str:
    """One row a category, period and finest grain of organisations: a column `a0`, `a1` … a number.

    The numbers are all per the same key, or all of rows. Keys are told apart once for all the numbers: first whether
    each counts, then how many do.
    """
    named = ", ".join(f"{number.sql} as a{place}" for place, number in enumerate(numbers))
    (per,) = {number.per for number in numbers}
    if not per:
        return f"select {_KEYS}, {named} from ({rows}) as counted group by {_KEYS}"
    summed = ", ".join(f"sum(a{place}) as a{place}" for place in range(len(numbers)))
    keys = f"select {_KEYS}, {named} from ({rows}) as counted group by {_KEYS}, {per}"
    return f"select {_KEYS}, {summed} from ({keys}) as keys_counted group by {_KEYS}"


def spread(number: Number, rows: str) -> str:
    """How often each value occurs: as `totals`, but a row a `value`, with `times`."""
    valued = f"select {_KEYS}, {number.sql} as value from ({rows}) as counted"
    by = f"{_KEYS}, value"
    return f"select {by}, count(*) as times from ({valued}) as valued where value is not null group by {by}"


@cache
def conjuncts(where: str) -> tuple[str, ...]:
    """The terms that have to be true together, so that those which measures share are computed once.

    A predicate that is null does not hold; so `a and b` holds where a is true and b is, and each can stand alone.

    >>> conjuncts("a = 1 and (b or c)")
    ('a = 1', 'b OR c')
    """
    return tuple(_conjuncts(Expression(where).tree))


def _conjuncts(tree: exp.Expr) -> Iterator[str]:
    tree = tree.unnest()
    if isinstance(tree, exp.And):
        for part in tree.flatten():
            yield from _conjuncts(part)
    elif not (isinstance(tree, exp.Boolean) and tree.this):
        yield tree.sql("duckdb")
