"""A step: a named table made from others, which one can stop at and look into."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from allcomers.engine.expression import Expression


@dataclass(frozen=True)
class Join:
    """A table joined to those before it.

    Parameters
    ----------
    table : the table joined.
    on : names of columns equal in both, or a condition over qualified columns (`score.held_on >= contact.held_on`).
    kind : "left" keeps the rows that find none; "inner" drops them.
    name : what to qualify its columns with; the table's name when empty.
    """

    table: str
    on: tuple[str, ...] | str
    kind: Literal["left", "inner"] = "left"
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or self.table


@dataclass(frozen=True)
class Rank:
    """A column of places 1, 2, 3 … within each group of rows.

    Parameters
    ----------
    name : the column's name.
    partition_by : expressions; one place 1 for each combination of their values.
    order_by : expressions, each with `desc` and `nulls first` where wanted. Nulls are last, ascending and descending,
        unless it is said. They must tell every row from every other, by ending on a key, or the places are chance.
    """

    name: str
    partition_by: tuple[str, ...]
    order_by: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One named table, declared.

    Parameters
    ----------
    name : the table's name.
    source : the table that its rows come from: one in the data set or an earlier step.
    columns : name to expression over the source's and the joined tables' columns. A column that several of them have
        is qualified (`contact.held_on`), unless the join is on it. A column cannot name another of its own step.
    keep : columns taken as they are: names, `*` for all of the source's, `table.*` for all of a joined table's but
        those joined on.
    joins : tables joined, in order.
    where : the rows to take, asked before grouping and ranking.
    group_by : names of columns of this step, or of columns read, which are then kept. Each group gives one row, and
        every other column is an aggregate. Without it a step of aggregates gives one row.
    ranks : columns of places; a later step may ask for `place = 1`. Not together with `group_by`.
    union_all : further tables whose rows are taken with the source's; they must have the columns that are read.
    anew : made again by each step that reads it, because to hold it costs more than to make it. Of the others, one that
        several read is made once and held.
    why : what the table is for, in words.
    """

    name: str
    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    where: str | None = None
    group_by: tuple[str, ...] = ()
    ranks: tuple[Rank, ...] = ()
    union_all: tuple[str, ...] = ()
    anew: bool = False
    why: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it reads."""
        return tuple(dict.fromkeys((self.source, *self.union_all, *(join.table for join in self.joins))))

    def expression(self, text: str, what: str) -> Expression:
        """A text of this step as an expression named for messages."""
        return Expression(text, name=f"{self.name}.{what}")

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """The declared columns."""
        for name, text in self.columns.items():
            yield name, self.expression(text, name)
