"""The one language of definitions: a small SQL expression, parsed once, checked, traced and translated.

It is a part of DuckDB's dialect. What is in it, what each part means and where null goes is told in
docs/explanation/one-language.md; `grammar` holds the grammar, `translation` what differs from engine to engine, and
`reference` evaluates the same tree in plain Python.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from allcomers.engine import grammar, translation
from allcomers.engine.types import Type
from allcomers.exceptions import DefinitionError

__all__ = ["Expression", "Type"]


@dataclass(frozen=True)
class Expression:
    """A definition's text, read when first needed.

    Parameters
    ----------
    text : an expression in DuckDB's dialect.
    name : what is defined, for messages.

    Raises
    ------
    DefinitionError : on first use, where the text is no expression of the language.
    """

    text: str
    name: str = "expression"

    @cached_property
    def tree(self) -> exp.Expr:
        """What sqlglot made of the text. Copy it before changing it."""
        try:
            tree = sqlglot.parse_one(self.text, dialect="duckdb")
        except SqlglotError as error:
            raise self._unreadable() from error
        if isinstance(tree, exp.Query | exp.Alias | exp.Block):
            raise self._unreadable()
        return translation.changed(tree, _negated)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The columns it reads, spelt as in the text: `received_on`, or `contact.held_on` where qualified."""
        return frozenset(spelt(column) for column in self.tree.find_all(exp.Column))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The parameters it reads, without the dollar."""
        return frozenset(str(found.name) for found in self.tree.find_all(exp.Placeholder))

    @cached_property
    def is_aggregate(self) -> bool:
        """Whether it says something of many rows, such as a count."""
        return self.tree.find(*grammar.AGGREGATES) is not None

    def check(self, columns: Mapping[str, Type], *, aggregates: bool = False) -> Type:
        """The type of its result over a table with these columns.

        Parameters
        ----------
        columns : the type of each column that may be named, qualified ones as `table.column`.
        aggregates : whether it may count, sum and the like.

        Raises
        ------
        DefinitionError : it names a column that is not there (the message has the nearest), combines types that do
            not go together, or uses what is no part of the language.
        """
        return grammar.Checker(self.name, columns, aggregates=aggregates).check(self.tree)

    def check_predicate(self, columns: Mapping[str, Type]) -> None:
        """Check that it is true, false or null of a row; raises as `check`."""
        if (kind := self.check(columns)) not in (Type.BOOLEAN, Type.NULL):
            raise DefinitionError(where=self.name, found=f"it is of type {kind}", expected="A condition")

    def sql(self, dialect: str = "duckdb", **parameters: dt.date) -> str:
        """The expression in a dialect, such as "spark" or "tsql"; a parameter without a value stays one."""
        return translation.translated(self.tree, parameters, dialect).sql(dialect=dialect)

    def _unreadable(self) -> DefinitionError:
        return DefinitionError(
            where=self.name,
            found="it cannot be read as one expression",
            expected="An expression such as: attended and held_on between $period_start and $period_end",
            next_step=f"The text is: {self.text}",
        )


def _negated(node: exp.Expr) -> exp.Expr:
    """`not like` as the negation of `like`, as sqlglot has every other negation."""
    if isinstance(node, exp.Like) and node.args.get("negate"):
        node.set("negate", None)
        return exp.Not(this=node)
    return node


def spelt(column: exp.Column) -> str:
    """A column's name as it is written, with its table's if that is written."""
    return f"{column.table}.{column.name}" if column.table else str(column.name)
