"""The oracle: the same definitions evaluated in plain Python over lists of records, slowly and in full view.

It reads the tree that sqlglot parsed, before anything is translated, so that an error of translation cannot hide here.
True, false and null follow SQL: null is not known, and what rests on something not known is not known, unless it is
settled without it (`false and null` is false, `true or null` is true).
"""

import datetime as dt
import decimal
import functools
import math
import re
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlglot import exp

from allcomers.engine.binding import BoundJoin, BoundRank, BoundStep, Order, Value
from allcomers.engine.expression import Expression, spelt
from allcomers.engine.grammar import AGGREGATES, order_keys
from allcomers.engine.plan import Plan
from allcomers.engine.translation import READABLE
from allcomers.engine.types import Type, type_called
from allcomers.exceptions import DefinitionError

Record = Mapping[str, Any]
Tables = Mapping[str, Sequence[Record]]
Parameters = Mapping[str, dt.date]


def evaluate(expression: Expression, record: Record, **parameters: dt.date) -> Any:
    """An expression's value for one record, by the names it uses; null is None."""
    return _Evaluator([record], parameters).value(expression.tree, record)


def aggregate(expression: Expression, records: Sequence[Record], **parameters: dt.date) -> Any:
    """An aggregate's value for several records."""
    return _Evaluator(records, parameters).value(expression.tree, None)


def run(plan: Plan, tables: Tables, wanted: Iterable[str], **parameters: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Tables of a plan, from records by table; a table left out has no rows.

    Raises
    ------
    DefinitionError : an order leaves a tie that decides a value, so that engines may differ.
    """
    wanted = list(wanted)
    made: dict[str, Sequence[Record]] = {name: tables.get(name, ()) for name in plan.sources}
    for name in plan.needed(wanted):
        made[name] = _step(plan.steps[name], made, parameters)
    return {name: [dict(record) for record in made[name]] for name in wanted}


def _step(bound: BoundStep, tables: Tables, parameters: Parameters) -> list[dict[str, Any]]:
    rows = [row for row in _rows(bound, tables, parameters) if _holds(bound.where, row, parameters)]
    if not bound.is_aggregate:
        made = [{name: _value(value, row, parameters) for name, value in bound.columns.items()} for row in rows]
        for rank in bound.ranks:
            for record, place in zip(made, _places(rank, rows, parameters), strict=True):
                record[rank.rank.name] = place
        return made
    keys = [bound.columns[name] for name in bound.keys]
    return [
        {
            name: _value(value, group[0], parameters)
            if name in bound.keys
            else _Evaluator(group, parameters).value(value.tree, group[0] if group else None)
            for name, value in bound.columns.items()
        }
        for group in _groups(rows, keys, parameters)
    ]


def _rows(bound: BoundStep, tables: Tables, parameters: Parameters) -> list[dict[str, Any]]:
    """Every row of the source with what is joined to it, each column under `table.column`."""
    sources = [record for name in (bound.step.source, *bound.step.union_all) for record in tables[name]]
    rows = [_qualified(bound.step.source, record) for record in sources]
    for join in bound.joins:
        records = [_qualified(join.join.called, record) for record in tables[join.join.table]]
        rows = [found for row in rows for found in _joined(row, records, join, parameters)]
    return rows


def _qualified(called: str, record: Record) -> dict[str, Any]:
    return {f"{called}.{name}": value for name, value in record.items()}


def _joined(
    row: dict[str, Any], records: list[dict[str, Any]], bound: BoundJoin, parameters: Parameters
) -> list[dict[str, Any]]:
    both = [row | record for record in records]
    found = [one for one in both if _matches(bound, one, parameters)]
    return found or ([row] if bound.join.kind == "left" else [])


def _matches(bound: BoundJoin, row: Record, parameters: Parameters) -> bool:
    if bound.condition:
        return _holds(bound.condition, row, parameters)
    pairs = ((_value(one, row, parameters), _value(other, row, parameters)) for one, other in bound.pairs)
    return all(one is not None and one == other for one, other in pairs)


def _groups(rows: list[dict[str, Any]], keys: list[Value], parameters: Parameters) -> list[list[dict[str, Any]]]:
    """Rows with equal keys together, null being equal to null; without keys all rows are one group, even of none."""
    if not keys:
        return [rows]
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(_value(key, row, parameters) for key in keys), []).append(row)
    return list(groups.values())


def _places(bound: BoundRank, rows: list[dict[str, Any]], parameters: Parameters) -> list[int]:
    """The place of each row in its group."""
    places: dict[int, int] = {}
    group_of = [tuple(_value(value, row, parameters) for value in bound.groups) for row in rows]
    for group in set(group_of):
        members = [number for number, one in enumerate(group_of) if one == group]
        keys = {number: [_value(part.value, rows[number], parameters) for part in bound.order] for number in members}
        compare = functools.partial(_compared, keys, bound)
        places |= {number: place for place, number in enumerate(sorted(members, key=functools.cmp_to_key(compare)), 1)}
    return [places[number] for number in range(len(rows))]


def _compared(keys: dict[int, list[Any]], bound: BoundRank, one: int, other: int) -> int:
    for part, left, right in zip(bound.order, keys[one], keys[other], strict=True):
        if (found := _before(part, left, right)) != 0:
            return found
    raise _tie(bound.rank.name)


def _before(part: Order, left: Any, right: Any) -> int:
    """Below 0 where `left` comes first, above where `right` does."""
    if left is None or right is None:
        nulls = (left is not None) - (right is not None)
        return nulls if part.nulls_first else -nulls
    found = int(left > right) - int(left < right)
    return -found if part.descending else found


def _tie(where: str) -> DefinitionError:
    return DefinitionError(
        where=where,
        found="its order leaves a tie, so that which row is taken is chance",
        next_step="End the order on a key, as in: (held_on, contact_key)",
    )


def _value(value: Value, row: Record, parameters: Parameters) -> Any:
    return _Evaluator([row], parameters).value(value.tree, row)


def _holds(value: Value | None, row: Record, parameters: Parameters) -> bool:
    return value is None or _value(value, row, parameters) is True


class _Evaluator:
    """Evaluates trees over the records of a group and one record of it."""

    def __init__(self, records: Sequence[Record], parameters: Parameters) -> None:
        self.records = records
        self.parameters = parameters

    def value(self, node: exp.Expr, record: Record | None) -> Any:
        """The node's value: of an aggregate for all the records, of anything else for the one."""
        if isinstance(node, AGGREGATES):
            return self._aggregate(node)
        if isinstance(node, exp.Column):
            return (record or {}).get(spelt(node))
        if isinstance(node, exp.Placeholder):
            return self.parameters[node.name]
        of = functools.partial(self.value, record=record)
        if rule := _LAZY.get(type(node)):
            return rule(node, of)
        parts = [of(part) for part in _parts(node)]
        if None in parts:
            return None
        return _STRICT[type(node)](node, *parts)

    def _aggregate(self, node: exp.Expr) -> Any:
        """An aggregate of the records that its filter takes, in which what it is of is not null."""
        records = self.records
        if isinstance(node, exp.Filter):
            records = [record for record in records if self.value(node.expression.this, record) is True]
            node = node.this
        if isinstance(node, exp.ArgMin | exp.ArgMax):
            return self._at_extreme(node, records)
        if isinstance(node.this, exp.Star):
            return len(records)
        distinct = isinstance(node.this, exp.Distinct)
        of = node.this.expressions[0] if distinct else node.this
        values = [value for record in records if (value := self.value(of, record)) is not None]
        if isinstance(node, exp.Count):
            return len(set(values)) if distinct else len(values)
        return _AGGREGATES[type(node)](values) if values else None

    def _at_extreme(self, node: exp.Expr, records: Sequence[Record]) -> Any:
        """The value where the order is least or greatest, over records that have the value and all of the order."""
        found = []
        for record in records:
            value = self.value(node.this, record)
            order = tuple(self.value(key, record) for key in order_keys(node))
            if value is not None and None not in order:
                found.append((order, value))
        if not found:
            return None
        extreme = (min if isinstance(node, exp.ArgMin) else max)(order for order, _ in found)
        values = {value for order, value in found if order == extreme}
        if len(values) > 1:
            raise _tie(node.sql("duckdb"))
        return values.pop()


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """What a construct that is null if any part is null is made of."""
    found = [node.args.get(key) for key in ("this", "expression", "low", "high")]
    return [part for part in found if isinstance(part, exp.Expr)]


Of = Callable[[exp.Expr], Any]


def _literal(node: exp.Expr, _: Of) -> Any:
    text = str(node.this)
    if node.args["is_string"]:
        return text
    return decimal.Decimal(text) if "." in text else int(text)


def _and(node: exp.Expr, of: Of) -> bool | None:
    one = of(node.this)
    other = None if one is False else of(node.expression)
    return False if False in (one, other) else None if None in (one, other) else True


def _or(node: exp.Expr, of: Of) -> bool | None:
    one = of(node.this)
    other = None if one is True else of(node.expression)
    return True if True in (one, other) else None if None in (one, other) else False


def _is(node: exp.Expr, of: Of) -> bool:
    wanted = node.expression.this if isinstance(node.expression, exp.Boolean) else None
    return of(node.this) is wanted


def _in(node: exp.Expr, of: Of) -> bool | None:
    """`x in (a, b)` is `x = a or x = b`, with what null does to `or`."""
    value, choices = of(node.this), [of(choice) for choice in node.expressions]
    if value is None:
        return None
    if any(choice is not None and _equal(value, choice) for choice in choices):
        return True
    return None if None in choices else False


def _between(node: exp.Expr, of: Of) -> bool | None:
    """`x between a and b` is `x >= a and x <= b`, with what null does to `and`."""
    value, low, high = of(node.this), of(node.args["low"]), of(node.args["high"])
    above = None if value is None or low is None else _compare(value, low) >= 0
    below = None if value is None or high is None else _compare(value, high) <= 0
    return False if False in (above, below) else None if None in (above, below) else True


def _same(node: exp.Expr, of: Of) -> bool:
    one, other = of(node.this), of(node.expression)
    same = one is other if None in (one, other) else _equal(one, other)
    return same if isinstance(node, exp.NullSafeEQ) else not same


def _case(node: exp.Expr, of: Of) -> Any:
    """The first branch whose condition is true; one that is null is passed over."""
    operand = node.args.get("this")
    for branch in node.args["ifs"]:
        if operand is None:
            taken = of(branch.this) is True
        else:
            one, other = of(operand), of(branch.this)
            taken = one is not None and other is not None and _equal(one, other)
        if taken:
            return of(branch.args["true"])
    default = node.args.get("default")
    return None if default is None else of(default)


def _if(node: exp.Expr, of: Of) -> Any:
    chosen = node.args["true"] if of(node.this) is True else node.args.get("false")
    return None if chosen is None else of(chosen)


def _coalesce(node: exp.Expr, of: Of) -> Any:
    return next((value for part in (node.this, *node.expressions) if (value := of(part)) is not None), None)


def _nullif(node: exp.Expr, of: Of) -> Any:
    value, other = of(node.this), of(node.expression)
    return None if value is not None and other is not None and _equal(value, other) else value


def _extreme(node: exp.Expr, of: Of) -> Any:
    """The least or greatest of the values that are not null."""
    values = [value for part in (node.this, *node.expressions) if (value := of(part)) is not None]
    if not values:
        return None
    choose = min if isinstance(node, exp.Least) else max
    return choose(values, key=functools.cmp_to_key(_compare))


_LAZY: dict[type[exp.Expr], Callable[[exp.Expr, Of], Any]] = {
    exp.Literal: _literal,
    exp.Boolean: lambda node, _: bool(node.this),
    exp.Null: lambda _, __: None,
    exp.Paren: lambda node, of: of(node.this),
    exp.And: _and,
    exp.Or: _or,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.NullSafeEQ: _same,
    exp.NullSafeNEQ: _same,
    exp.Case: _case,
    exp.If: _if,
    exp.Coalesce: _coalesce,
    exp.Nullif: _nullif,
    exp.Least: _extreme,
    exp.Greatest: _extreme,
}
"""Constructs that say themselves what a null among their parts does."""


def _compare(one: Any, other: Any) -> int:
    """Below, at or above 0. A double makes a double of what it meets."""
    one, other = _alike(one, other)
    return int(one > other) - int(one < other)


def _equal(one: Any, other: Any) -> bool:
    return _compare(one, other) == 0


def _alike(one: Any, other: Any) -> tuple[Any, Any]:
    if isinstance(one, float) or isinstance(other, float):
        return float(one), float(other)
    return one, other


def _cast(node: exp.Expr, value: Any) -> Any:
    """What loses nothing; to text by what the type prints as."""
    to = type_called(node.args["to"].sql("duckdb"))
    if to is Type.DATE:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if to is Type.TEXT:
        return str(value)
    return {Type.NUMBER: float, Type.INTEGER: int}.get(to, lambda same: same)(value)


def _try_cast(node: exp.Expr, text: str) -> Any:
    """What plainly is a number or a day, else null."""
    wanted = node.args["to"].sql("duckdb")
    if not re.fullmatch(READABLE[wanted], text):
        return None
    try:
        return _READERS[wanted](text)
    except ValueError:
        return None


_READERS: dict[str, Callable[[str], Any]] = {
    "BIGINT": int,
    "DOUBLE": float,
    "DECIMAL(18, 6)": decimal.Decimal,
    "DATE": dt.date.fromisoformat,
}


def _divide(_: exp.Expr, one: Any, other: Any) -> float | None:
    return float(one) / float(other) if float(other) != 0 else None


def _round(_: exp.Expr, value: Any) -> Any:
    """To the nearest whole, halves away from zero."""
    whole = int(decimal.Decimal(repr(value) if isinstance(value, float) else value).to_integral_value("ROUND_HALF_UP"))
    return type(value)(whole)


def _like(_: exp.Expr, text: str, pattern: str) -> bool:
    """`%` is any text, `_` any one character."""
    parts = ("(?s:.*)" if mark == "%" else "(?s:.)" if mark == "_" else re.escape(mark) for mark in pattern)
    return re.fullmatch("".join(parts), text) is not None


def _extract(_: exp.Expr, text: str, pattern: str) -> str:
    """The first group of the first match, or the empty text."""
    found = re.search(_to_the_end(pattern), text)
    return (found[1] or "") if found else ""


def _to_the_end(pattern: str) -> str:
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _substring(node: exp.Expr, text: str) -> str:
    start = int(node.args["start"].name) - 1
    return text[start : start + int(node.args["length"].name)]


_STRICT: dict[type[exp.Expr], Callable[..., Any]] = {
    exp.Not: lambda _, value: not value,
    exp.EQ: lambda _, one, other: _equal(one, other),
    exp.NEQ: lambda _, one, other: not _equal(one, other),
    exp.LT: lambda _, one, other: _compare(one, other) < 0,
    exp.LTE: lambda _, one, other: _compare(one, other) <= 0,
    exp.GT: lambda _, one, other: _compare(one, other) > 0,
    exp.GTE: lambda _, one, other: _compare(one, other) >= 0,
    exp.Add: lambda _, one, other: sum(_alike(one, other)),
    exp.Sub: lambda _, one, other: _alike(one, other)[0] - _alike(one, other)[1],
    exp.Mul: lambda _, one, other: math.prod(_alike(one, other)),
    exp.Div: _divide,
    exp.Neg: lambda _, value: -value,
    exp.Abs: lambda _, value: abs(value),
    exp.Round: _round,
    exp.Floor: lambda _, value: type(value)(math.floor(value)),
    exp.Cast: _cast,
    exp.TryCast: _try_cast,
    exp.DateDiff: lambda _, later, earlier: (later - earlier).days,
    exp.Year: lambda _, day: day.year,
    exp.Month: lambda _, day: day.month,
    exp.Day: lambda _, day: day.day,
    exp.StartsWith: lambda _, text, start: text.startswith(start),
    exp.Like: _like,
    exp.RegexpFullMatch: lambda _, text, pattern: re.fullmatch(_to_the_end(pattern), text) is not None,
    exp.RegexpExtract: _extract,
    exp.RegexpReplace: lambda _, text, pattern: re.sub(_to_the_end(pattern), "", text),
    exp.DPipe: lambda _, one, other: one + other,
    exp.Upper: lambda _, text: text.upper(),
    exp.Lower: lambda _, text: text.lower(),
    exp.Trim: lambda _, text: text.strip(" "),
    exp.Length: lambda _, text: len(text),
    exp.Left: lambda _, text, length: text[:length],
    exp.Substring: _substring,
}
"""Constructs that are null where any of their parts is."""

_AGGREGATES: dict[type[exp.Expr], Callable[[list[Any]], Any]] = {
    exp.Sum: sum,
    exp.Avg: lambda values: math.fsum(values) / len(values),
    exp.Min: min,
    exp.Max: max,
    exp.Median: lambda values: float(statistics.median(map(float, values))),
    exp.LogicalOr: any,
    exp.LogicalAnd: all,
}
"""Of values that are not null, and are some; of none all of these are null."""
