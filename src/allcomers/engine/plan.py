"""Steps in order, from the tables of a data set to those wanted: checked whole, traced, written as SQL."""

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from sqlglot import exp

from allcomers.engine.binding import BoundStep, Columns, bind
from allcomers.engine.selecting import Selecting
from allcomers.engine.step import Step
from allcomers.exceptions import AllcomersError, DefinitionError, SeveralError


class Plan:
    """Named tables made from others.

    Parameters
    ----------
    steps : in any order.
    tables : the columns, with their types, of the tables that are there to begin with.

    Raises
    ------
    SeveralError : every step that names what is not there, combines types that do not go together, or has a name that
        another has.
    DefinitionError : steps that need each other.
    """

    def __init__(self, steps: Iterable[Step], tables: Mapping[str, Columns]) -> None:
        given = list(steps)
        self.sources = dict(tables)
        self.steps: dict[str, BoundStep] = {}
        self._known: dict[str, Columns] = dict(tables)
        self._traced: dict[tuple[str, str | None], frozenset[str]] = {}
        errors = _same_names(given, tables)
        failed: set[str] = set()
        for step in _in_order(given):
            if failed.intersection(step.tables):
                failed.add(step.name)
                continue
            try:
                self._add(step)
            except AllcomersError as error:
                failed.add(step.name)
                errors.append(error)
        if errors:
            raise SeveralError(errors)

    def columns(self, table: str) -> Columns:
        """The columns of a table, made here or there to begin with."""
        return self._known[self._named(table)]

    def needed(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The steps that tables rest on, themselves included, each after those it reads."""
        needed: set[str] = set()
        pending = [self._named(name) for name in wanted]
        while pending:
            name = pending.pop()
            if name in self.steps and name not in needed:
                needed.add(name)
                pending += self.steps[name].step.tables
        return tuple(name for name in self.steps if name in needed)

    def sources_of(self, wanted: Iterable[str]) -> frozenset[str]:
        """The tables of the data set that tables rest on."""
        wanted = list(wanted)
        read = {table for name in self.needed(wanted) for table in self.steps[name].step.tables}
        return frozenset(name for name in (*read, *wanted) if name in self.sources)

    def step_sql(self, name: str, dialect: str = "duckdb", **parameters: dt.date) -> str:
        """The statement that makes one step's table from those it reads."""
        return Selecting(self.steps[name], parameters, dialect).statement().sql(dialect=dialect)

    def sql(self, table: str, dialect: str = "duckdb", *, pretty: bool = False, **parameters: dt.date) -> str:
        """The complete query for a table over the tables of the data set, each step a named part of it."""
        query = exp.select("*").from_(exp.to_table(self._named(table)).transform(_quote))
        for name in self.needed([table]):
            alias = exp.to_identifier(name, quoted=True)
            query = query.with_(alias, as_=Selecting(self.steps[name], parameters, dialect).statement(), copy=False)
        return query.sql(dialect=dialect, pretty=pretty)

    def fields_used(self, table: str, column: str | None = None) -> frozenset[str]:
        """The fields of the data set, as `table.field`, that decide a column's values.

        Those by which rows are taken or left out on the way count; those by which tables are joined or grouped do not.
        Without a column: those that decide which rows the table has.
        """
        key = (table, column)
        if key not in self._traced:
            self._traced[key] = frozenset(self._trace(table, column))
        return self._traced[key]

    def _trace(self, table: str, column: str | None) -> set[str]:
        if table not in self.steps:
            return {f"{table}.{column}"} if column else set()
        bound = self.steps[table]
        if column is None:
            inner = [join.join.table for join in bound.joins if join.join.kind == "inner"]
            read = (bound.step.source, *bound.step.union_all, *inner)
            found = {field for name in read for field in self.fields_used(name)}
            return found | self._read(bound, bound.where.reads if bound.where else frozenset())
        return set(self.fields_used(table)) | self._read(bound, _reads(bound, column))

    def _read(self, bound: BoundStep, columns: Iterable[tuple[str, str]]) -> set[str]:
        found: set[str] = set()
        for called, name in columns:
            tables = [bound.qualifiers[called]]
            if called == bound.step.source:
                tables += bound.step.union_all
            for table in tables:
                found |= self.fields_used(table, name)
        return found

    def _add(self, step: Step) -> None:
        for table in step.tables:
            if table not in self._known:
                near = difflib.get_close_matches(table, self._known, n=3)
                raise DefinitionError(
                    where=f"step {step.name}",
                    found=f"there is no table {table}",
                    next_step=f"The nearest are {', '.join(near)}" if near else "",
                )
        bound = bind(step, self._known)
        self.steps[step.name] = bound
        self._known[step.name] = bound.types

    def _named(self, table: str) -> str:
        if table not in self._known:
            near = difflib.get_close_matches(table, self._known, n=3)
            raise DefinitionError(
                where="the plan",
                found=f"there is no table {table}",
                next_step=f"The nearest are {', '.join(near)}" if near else "",
            )
        return table


def _reads(bound: BoundStep, column: str) -> frozenset[tuple[str, str]]:
    if column in bound.columns:
        return bound.columns[column].reads
    (rank,) = (one for one in bound.ranks if one.rank.name == column)
    return frozenset().union(*(value.reads for value in rank.values))


def _same_names(steps: list[Step], tables: Mapping[str, Columns]) -> list[AllcomersError]:
    names = [name.lower() for name in (*tables, *(step.name for step in steps))]
    return [
        DefinitionError(where=f"step {step.name}", found="another table has its name")
        for step in steps
        if names.count(step.name.lower()) > 1
    ]


def _in_order(steps: list[Step]) -> list[Step]:
    by_name = {step.name: step for step in steps}
    graph = {step.name: [table for table in step.tables if table in by_name] for step in steps}
    try:
        return [by_name[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise DefinitionError(
            where="the plan", found=f"steps need each other: {' from '.join(error.args[1])}"
        ) from error


def _quote(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Identifier):
        node.set("quoted", True)
    return node
