"""A bound step as a `select` statement, which sqlglot then writes in a dialect."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from allcomers.engine.binding import BoundRank, BoundStep, Order, Value
from allcomers.engine.translation import translated
from allcomers.engine.types import SQL_NAMES, Type


@dataclass(frozen=True)
class Selecting:
    """Writes a step's statement, with values for its parameters, for a dialect."""

    bound: BoundStep
    parameters: Mapping[str, dt.date]
    dialect: str

    def statement(self) -> exp.Select:
        """The statement that makes the step's table."""
        bound = self.bound
        columns = [exp.alias_(self._typed(value), name, quoted=True) for name, value in bound.columns.items()]
        ranks = [exp.alias_(self._place(rank), rank.rank.name, quoted=True) for rank in bound.ranks]
        query = exp.select(*columns, *ranks, copy=False).from_(_source(bound), copy=False)
        for join in bound.joins:
            on = self._tree(join.condition) if join.condition else _equal(join.pairs)
            query.join(_table(join.join.table, join.join.called), on=on, join_type=join.join.kind, copy=False)
        if bound.where:
            query.where(self._tree(bound.where), copy=False)
        if bound.keys:
            query.group_by(*(self._typed(bound.columns[key]) for key in bound.keys), copy=False)
        return query

    def _tree(self, value: Value) -> exp.Expr:
        return translated(value.tree, self.parameters, self.dialect)

    def _typed(self, value: Value) -> exp.Expr:
        """The value as its type exactly: a count may be of 32 bits in one engine, and a sum of 128 in another."""
        tree = self._tree(value)
        if isinstance(value.tree, exp.Column) or value.kind not in (Type.INTEGER, Type.NUMBER):
            return tree
        return exp.cast(tree, SQL_NAMES[value.kind])

    def _place(self, bound: BoundRank) -> exp.Expr:
        window = exp.Window(
            this=exp.RowNumber(),
            partition_by=[self._tree(group) for group in bound.groups],
            order=exp.Order(expressions=[self._ordered(part) for part in bound.order]),
        )
        return exp.cast(window, SQL_NAMES[Type.INTEGER])

    def _ordered(self, part: Order) -> exp.Ordered:
        return exp.Ordered(this=self._tree(part.value), desc=part.descending, nulls_first=part.nulls_first)


def _source(bound: BoundStep) -> exp.Expr:
    name = bound.step.source
    if not bound.step.union_all:
        return _table(name, name)
    read = sorted({column for value in bound.values() for table, column in value.reads if table == name})
    columns = [exp.column(column, quoted=True) for column in read or list(bound.sources)[:1]]
    parts = [exp.select(*columns).from_(_table(table, table)) for table in (name, *bound.step.union_all)]
    query: exp.Query = parts[0]
    for part in parts[1:]:
        query = exp.union(query, part, distinct=False)
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def _table(name: str, called: str) -> exp.Table:
    alias = exp.TableAlias(this=exp.to_identifier(called, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=alias)


def _equal(pairs: tuple[tuple[Value, Value], ...]) -> exp.Expr:
    return exp.and_(*(exp.EQ(this=one.tree.copy(), expression=other.tree.copy()) for one, other in pairs))
