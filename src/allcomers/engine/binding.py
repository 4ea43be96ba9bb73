"""A step held against the tables it reads: every name with its table, every result with its type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from allcomers.engine.grammar import AGGREGATES, Checker
from allcomers.engine.step import Join, Rank, Step
from allcomers.engine.translation import changed
from allcomers.engine.types import Type
from allcomers.exceptions import DefinitionError

Columns = Mapping[str, Type]


@dataclass
class Scope:
    """The columns in view: each as `table.column`, and alone where only one table has it."""

    types: dict[str, Type] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def add(self, called: str, columns: Columns, joined_on: tuple[str, ...] = ()) -> None:
        """Bring a table's columns into view; those joined on alone mean the tables before."""
        for name, kind in columns.items():
            self.types[f"{called}.{name}"] = kind
            if name in joined_on:
                continue
            if name in self.owners or name in self.shared:
                self.shared.add(name)
                self.owners.pop(name, None)
                self.types.pop(name, None)
            else:
                self.owners[name], self.types[name] = called, kind

    def qualified(self, tree: exp.Expr) -> exp.Expr:
        """A copy in which each column has its table."""

        def owned(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            return exp.column(node.name, table=node.table or self.owners[node.name], quoted=True)

        return changed(tree.copy(), owned)


@dataclass(frozen=True)
class Value:
    """An expression whose columns all have their tables, and its type."""

    tree: exp.Expr
    kind: Type

    @cached_property
    def reads(self) -> frozenset[tuple[str, str]]:
        """The columns it reads, as table and name."""
        return frozenset((column.table, column.name) for column in self.tree.find_all(exp.Column))


@dataclass(frozen=True)
class Order:
    """One part of an order."""

    value: Value
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class BoundJoin:
    """A join whose condition is a predicate, or pairs of equal columns."""

    join: Join
    condition: Value | None
    pairs: tuple[tuple[Value, Value], ...]

    @property
    def values(self) -> list[Value]:
        return [*([self.condition] if self.condition else []), *(value for pair in self.pairs for value in pair)]


@dataclass(frozen=True)
class BoundRank:
    """A rank whose groups and order are known."""

    rank: Rank
    groups: tuple[Value, ...]
    order: tuple[Order, ...]

    @property
    def values(self) -> list[Value]:
        return [*self.groups, *(part.value for part in self.order)]


@dataclass(frozen=True)
class BoundStep:
    """What a step turns out to be."""

    step: Step
    columns: dict[str, Value]
    joins: tuple[BoundJoin, ...]
    where: Value | None
    keys: tuple[str, ...]
    ranks: tuple[BoundRank, ...]
    is_aggregate: bool
    sources: Columns

    @property
    def types(self) -> dict[str, Type]:
        """The columns of the table that it makes."""
        ranks = {bound.rank.name: Type.INTEGER for bound in self.ranks}
        return {name: value.kind for name, value in self.columns.items()} | ranks

    @property
    def qualifiers(self) -> dict[str, str]:
        """The tables read, by what their columns are qualified with."""
        return {self.step.source: self.step.source} | {join.called: join.table for join in self.step.joins}

    def values(self) -> Iterator[Value]:
        """Everything that it evaluates."""
        yield from self.columns.values()
        yield from ([self.where] if self.where else [])
        for join in self.joins:
            yield from join.values
        for rank in self.ranks:
            yield from rank.values


def bind(step: Step, tables: Mapping[str, Columns]) -> BoundStep:
    """Hold a step against the tables; raises DefinitionError for the first thing amiss."""
    return _Binder(step, tables).bind()


class _Binder:
    def __init__(self, step: Step, tables: Mapping[str, Columns]) -> None:
        self.step = step
        self.tables = tables
        self.scope = Scope()
        self.sources = self._common_columns()

    def bind(self) -> BoundStep:
        step = self.step
        self.scope.add(step.source, self.sources)
        joins = tuple(self._join(join) for join in step.joins)
        where = self._predicate(step.where, "where") if step.where else None
        columns = self._keys() | self._kept() | self._computed()
        ranks = tuple(self._rank(rank) for rank in step.ranks)
        self._distinct_names([*columns, *(rank.name for rank in step.ranks)])
        keys = tuple(name.rpartition(".")[2] for name in step.group_by)
        is_aggregate = bool(keys) or any(value.tree.find(*AGGREGATES) for value in columns.values())
        bound = BoundStep(step, columns, joins, where, keys, ranks, is_aggregate, self.sources)
        if is_aggregate:
            self._grouped(bound)
        return bound

    def _common_columns(self) -> Columns:
        first, *others = (self.tables[name] for name in (self.step.source, *self.step.union_all))
        return {
            name: kind for name, kind in first.items() if all(name in other and other[name] is kind for other in others)
        }

    def _value(self, text: str, what: str, *, aggregates: bool = False) -> Value:
        expression = self.step.expression(text, what)
        kind = expression.check(self.scope.types, aggregates=aggregates)
        return Value(self.scope.qualified(expression.tree), kind)

    def _predicate(self, text: str, what: str) -> Value:
        expression = self.step.expression(text, what)
        expression.check_predicate(self.scope.types)
        return Value(self.scope.qualified(expression.tree), Type.BOOLEAN)

    def _named(self, name: str, what: str, table: str = "") -> Value:
        """A column by its name alone: most values are, and to parse every name takes longer than all else here."""
        called, _, column = name.rpartition(".")
        tree = exp.column(column, table or called or None, quoted=True)
        kind = Checker(f"{self.step.name}.{what}", self.scope.types, aggregates=False).check(tree)
        return Value(self.scope.qualified(tree), kind)

    def _join(self, join: Join) -> BoundJoin:
        if join.called in {self.step.source, *(table.partition(".")[0] for table in self.scope.types if "." in table)}:
            raise self._amiss(f"two tables are called {join.called}", "Give one another name: Join(…, name=…)")
        columns, what = self.tables[join.table], f"join {join.called}"
        if isinstance(join.on, str):
            self.scope.add(join.called, columns)
            return BoundJoin(join, self._predicate(join.on, what), ())
        left = [self._named(name, what) for name in join.on]
        self.scope.add(join.called, columns, join.on)
        right = [self._named(name, what, join.called) for name in join.on]
        for name, one, other in zip(join.on, left, right, strict=True):
            if one.kind is not other.kind:
                raise self._amiss(f"{join.called} is joined on {name}, which is {one.kind} here and {other.kind} there")
        return BoundJoin(join, None, tuple(zip(left, right, strict=True)))

    def _keys(self) -> dict[str, Value]:
        read = [name for name in self.step.group_by if name not in self.step.columns]
        return {name.rpartition(".")[2]: self._named(name, "group_by") for name in read}

    def _kept(self) -> dict[str, Value]:
        names = [name for text in self.step.keep for name in self._expanded(text)]
        self._distinct_names([name.rpartition(".")[2] for name in names])
        return {name.rpartition(".")[2]: self._named(name, "keep") for name in names}

    def _expanded(self, text: str) -> list[str]:
        table, _, name = text.rpartition(".")
        if name != "*":
            return [text]
        called = table or self.step.source
        joined = [join for join in self.step.joins if join.called == called and isinstance(join.on, tuple)]
        left_out = {name for join in joined for name in join.on}
        found = [known for known in self.scope.types if known.startswith(f"{called}.")]
        return [known for known in found if known.rpartition(".")[2] not in left_out]

    def _computed(self) -> dict[str, Value]:
        found = {name: self._value(text, name, aggregates=True) for name, text in self.step.columns.items()}
        for name, value in found.items():
            if value.kind is Type.NULL:
                raise self._amiss(f"{name} is null of no type", "Write cast(null as date), or another type")
        return found

    def _rank(self, rank: Rank) -> BoundRank:
        groups = tuple(self._value(text, rank.name) for text in rank.partition_by)
        return BoundRank(rank, groups, tuple(self._order(text, rank.name) for text in rank.order_by))

    def _order(self, text: str, what: str) -> Order:
        try:
            ordered = sqlglot.parse_one(text, into=exp.Ordered, dialect="duckdb")
        except SqlglotError as error:
            raise self._amiss(f"{what} has an order that cannot be read: {text}") from error
        value = self._value(ordered.this.sql("duckdb"), what)
        return Order(value, bool(ordered.args.get("desc")), bool(ordered.args.get("nulls_first")))

    def _distinct_names(self, names: list[str]) -> None:
        lowered = [name.lower() for name in names]
        if twice := sorted({name for name in names if lowered.count(name.lower()) > 1}):
            raise self._amiss(f"two columns are called {', '.join(twice)}", "Capitals do not tell names apart")

    def _grouped(self, bound: BoundStep) -> None:
        if bound.ranks:
            raise self._amiss("it both groups and ranks", "Rank in a step of its own")
        for key in bound.keys:
            value = bound.columns[key]
            if value.tree.find(*AGGREGATES) or not value.reads:
                raise self._amiss(f"it groups by {key}, which is an aggregate or the same for every row")
        known = {bound.columns[key].tree.sql("duckdb") for key in bound.keys}
        for name, value in bound.columns.items():
            loose = [one for one in value.tree.find_all(exp.Column) if not one.find_ancestor(*AGGREGATES)]
            if name not in bound.keys and any(column.sql("duckdb") not in known for column in loose):
                raise self._amiss(f"{name} is neither an aggregate nor in group_by")

    def _amiss(self, found: str, next_step: str = "") -> DefinitionError:
        return DefinitionError(where=f"step {self.step.name}", found=found, next_step=next_step)
