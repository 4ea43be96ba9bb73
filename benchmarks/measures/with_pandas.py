"""The same counts by pandas: the columns read from Parquet once, a mask a condition, each mask counted.

Plain eager pandas, as it is written by hand, but made from the definitions, so that both count the same. Columns are
of nullable types, in which an unknown answer stays unknown as in SQL.
"""

import operator
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
from sqlglot import exp

from allcomers.engine.expression import Expression

Values = Any
"""A series of pandas, or one value: pandas tells mypy nothing of either."""
_KINDS = {"bool": "boolean", "date": "datetime64[ns]", "deci": "Float64", "int6": "Int64", "stri": "string"}
_COMPARED: dict[type[exp.Expr], Callable[[Values, Values], Values]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
}


def counts(pathways: Path, predicates: Iterable[str], **period: date) -> list[int]:
    """How many rows of a file each predicate is true of."""
    trees = [Expression(predicate).tree for predicate in predicates]
    names = sorted({column.name for tree in trees for column in tree.find_all(exp.Column)})
    frame = pd.read_parquet(pathways, columns=names, dtype_backend="pyarrow")
    frame = frame.astype({name: _KINDS[str(kind)[:4]] for name, kind in frame.dtypes.items()})
    days = {name: pd.Timestamp(day) for name, day in period.items()}
    return [int(_value(tree, frame, days).fillna(False).sum()) for tree in trees]


def _value(node: exp.Expr, frame: Values, days: dict[str, pd.Timestamp]) -> Values:
    of = partial(_value, frame=frame, days=days)
    if isinstance(node, exp.Column):
        return frame[node.name]
    if isinstance(node, exp.Placeholder):
        return days[node.name]
    if compare := _COMPARED.get(type(node)):
        return _compared(compare, of(node.this), of(node.expression))
    return _SAID[type(node)](node, of)


def _compared(compare: Callable[[Values, Values], Values], one: Values, other: Values) -> Values:
    """A comparison, unknown where a side is: of dates, pandas would say that it is false."""
    found = compare(one, other).astype("boolean")
    for side in (one, other):
        if isinstance(side, pd.Series):
            found = found.mask(side.isna())
    return found


def _listed(node: exp.Expr, of: Callable[[exp.Expr], Values]) -> Values:
    value = of(node.this)
    return value.isin([each.name for each in node.expressions]).astype("boolean").mask(value.isna())


def _between(node: exp.Expr, of: Callable[[exp.Expr], Values]) -> Values:
    value, low, high = of(node.this), of(node.args["low"]), of(node.args["high"])
    return _compared(operator.ge, value, low) & _compared(operator.le, value, high)


def _chosen(node: exp.Expr, of: Callable[[exp.Expr], Values]) -> Values:
    """The value of the first branch that is true; missing where none is."""
    chosen: list[Values] = []
    for branch in reversed(node.args["ifs"]):
        holds = of(branch.this) if node.this is None else _compared(operator.eq, of(node.this), of(branch.this))
        chosen = [of(branch.args["true"]).where(holds.fillna(False), *chosen)]
    return chosen[0]


_SAID: dict[type[exp.Expr], Callable[[exp.Expr, Callable[[exp.Expr], Values]], Values]] = {
    exp.And: lambda node, of: of(node.this) & of(node.expression),
    exp.Or: lambda node, of: of(node.this) | of(node.expression),
    exp.Not: lambda node, of: ~of(node.this),
    exp.Paren: lambda node, of: of(node.this),
    exp.Literal: lambda node, _: node.name if node.is_string else float(node.name),
    exp.Is: lambda node, of: of(node.this).isna().astype("boolean"),
    exp.Sub: lambda node, of: of(node.this) - of(node.expression),
    # sqlglot holds the later date first.
    exp.DateDiff: lambda node, of: (of(node.this) - of(node.expression)).dt.days,
    exp.In: _listed,
    exp.Between: _between,
    exp.Case: _chosen,
}
