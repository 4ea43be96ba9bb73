"""From a checked expression to one that every engine reads alike; sqlglot then spells it in a dialect.

Engines differ where a divisor is zero, where text is no number, in what a median of integers is and in which rows
`arg_min` passes over. Each is settled here, for all of them, by saying in SQL what is meant.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from sqlglot import exp

from allcomers.engine.grammar import IS_WHOLE, ORDER_KINDS, order_keys
from allcomers.engine.types import Type

READABLE = {
    "BIGINT": "-?[0-9]{1,18}",
    "DOUBLE": "-?[0-9]{1,15}([.][0-9]{1,15})?",
    "DECIMAL(18, 6)": "-?[0-9]{1,12}([.][0-9]{1,6})?",
    "DATE": "[12][0-9]{3}-[0-9]{2}-[0-9]{2}",
}
"""What `try_cast` takes for a number or a date; engines differ over spaces, exponents and the like."""


def translated(tree: exp.Expr, parameters: Mapping[str, dt.date], dialect: str) -> exp.Expr:
    """A copy of the tree with values for its parameters and nothing left that engines read differently."""
    rules = _RULES | _FASTER.get(dialect, {})

    def settled(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder) and node.name in parameters:
            return exp.cast(exp.Literal.string(parameters[node.name].isoformat()), "date")
        rule = rules.get(type(node))
        return rule(node) if rule else _parenthesised(node)

    return changed(tree.copy(), settled)


def changed(tree: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """The tree with each node replaced by what `change` makes of it, the innermost first."""
    for child in list(tree.iter_expressions()):
        new = changed(child, change)
        if new is not child:
            child.replace(new)
    return change(tree)


def _parenthesised(node: exp.Expr) -> exp.Expr:
    """A condition about a condition, such as `(a like 'F%') is true`, whatever the engine binds tighter."""
    if isinstance(node, exp.Predicate):
        for key in ("this", "expression", "low", "high"):
            part = node.args.get(key)
            if isinstance(part, exp.Predicate | exp.Not | exp.Connector):
                node.set(key, exp.paren(part))
    return node


def _ratio(node: exp.Expr) -> exp.Expr:
    """A ratio of doubles, null where the divisor is zero."""
    over = exp.Nullif(this=_double(node.expression), expression=exp.Literal.number(0))
    return exp.paren(exp.Div(this=_double(node.this), expression=over, typed=False, safe=False), copy=False)


def _of_doubles(node: exp.Expr) -> exp.Expr:
    node.set("this", _double(node.this))
    return node


def _double(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build("double"))


def _whole(node: exp.Expr) -> exp.Expr:
    """An integer is whole already; DuckDB's `floor` would make a double of it."""
    return exp.paren(node.this) if node.meta.get(IS_WHOLE) else node


def _readable(node: exp.Expr) -> exp.Expr:
    """Text as a number or a date, null where it is not plainly one."""
    reads = _matches(node.this, READABLE[node.args["to"].sql("duckdb")])
    return exp.Case(ifs=[exp.If(this=reads, true=node.copy())])


def _full_match(node: exp.Expr) -> exp.Expr:
    return _matches(node.this, str(node.expression.this))


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.paren(exp.RegexpLike(this=exp.paren(text), expression=exp.Literal.string(rf"^(?:{pattern})\z")))


def _anchored(node: exp.Expr) -> exp.Expr:
    """A final dollar as the very end: some engines also let it stand before a last line break."""
    pattern = str(node.expression.this)
    if pattern.endswith("$"):
        node.set("expression", exp.Literal.string(pattern[:-1] + r"\z"))
    return node


def _definite(node: exp.Expr) -> exp.Expr:
    """`arg_min` over rows in which the value and every part of the order are there."""
    present = [
        exp.Not(this=exp.Is(this=exp.paren(part), expression=exp.Null())) for part in (node.this, *order_keys(node))
    ]
    return exp.Filter(this=node.copy(), expression=exp.Where(this=exp.and_(*present, copy=False)))


def _packed(node: exp.Expr) -> exp.Expr:
    """A date and an integer to order by as one number of 128 bits, which DuckDB compares twice as fast as a pair."""
    definite = _definite(node)
    if node.meta.get(ORDER_KINDS) == [Type.DATE, Type.INTEGER]:
        day, key = order_keys(node)
        start = exp.cast(exp.Literal.string("1900-01-01"), "date")
        days = exp.DateDiff(this=day.copy(), expression=start, unit=exp.var("DAY"))
        shifted = exp.Mul(this=exp.cast(days, "hugeint"), expression=exp.Literal.number(2**64))
        definite.this.set("expression", exp.Add(this=shifted, expression=exp.paren(key)))
    return definite


def _filtered(node: exp.Expr) -> exp.Expr:
    """One filter of two, where the aggregate brought its own."""
    if not isinstance(node.this, exp.Filter):
        return node
    inner = node.this
    both = exp.and_(node.expression.this, inner.expression.this)
    return exp.Filter(this=inner.this, expression=exp.Where(this=both))


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Div: _ratio,
    exp.Avg: _of_doubles,
    exp.Median: _of_doubles,
    exp.Round: _whole,
    exp.Floor: _whole,
    exp.TryCast: _readable,
    exp.RegexpFullMatch: _full_match,
    exp.RegexpExtract: _anchored,
    exp.RegexpReplace: _anchored,
    exp.ArgMin: _definite,
    exp.ArgMax: _definite,
    exp.Filter: _filtered,
}

_FASTER = {"duckdb": {exp.ArgMin: _packed, exp.ArgMax: _packed}}
