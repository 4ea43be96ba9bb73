"""What the language holds: each construct, what it takes and the type of what it gives.

A construct that is not in `_RULES`, or that is used with an argument not named there, is refused: what one engine
understands alone must not slip into a definition.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from typing import NoReturn

from sqlglot import exp

from allcomers.engine.types import NUMERIC, Type, common, type_called
from allcomers.exceptions import DefinitionError

AGGREGATES = (
    exp.Count,
    exp.Sum,
    exp.Avg,
    exp.Min,
    exp.Max,
    exp.Median,
    exp.LogicalOr,
    exp.LogicalAnd,
    exp.ArgMin,
    exp.ArgMax,
    exp.Filter,
)
PARAMETERS = {"period_start": Type.DATE, "period_end": Type.DATE}
"""What a definition may leave open until it is asked."""

ORDER_KINDS = "order_kinds"
"""Where a checked `arg_min` or `arg_max` keeps the types that it orders by, for translation."""
IS_WHOLE = "is_whole"
"""Where a checked `round` or `floor` keeps whether it is of an integer."""
_ORDERED = NUMERIC | {Type.TEXT, Type.DATE, Type.NULL}
_LONGEST_INTEGER = 18
_PORTABLE_PATTERN = re.compile(r"\^?(?:[^\\$^\[\].]|\[\^?[^\\\[\]]+\])*\$?")
"""Letters, classes, groups and repeats, anchored at the ends only: what RE2, Java and Python read alike."""


class Checker:
    """Finds the type of an expression's result over columns of known types; raises DefinitionError."""

    def __init__(self, name: str, columns: Mapping[str, Type], *, aggregates: bool) -> None:
        self.name = name
        self.columns = columns
        self.aggregates = aggregates

    def check(self, node: exp.Expr) -> Type:
        """The type of the node's result, all beneath it being checked."""
        rule = _RULES.get(type(node))
        if rule is None:
            self.refuse(f"`{node.sql('duckdb')}` is no part of the language", _FORBIDDEN_HINT)
        method, taken = rule
        if extra := {key for key, value in node.args.items() if value} - taken:
            self.refuse(f"`{node.sql('duckdb')}` says more than the language knows ({', '.join(sorted(extra))})")
        return method(self, node)

    def refuse(self, found: str, expected: str = "", next_step: str = "") -> NoReturn:
        raise DefinitionError(where=self.name, found=found, expected=expected, next_step=next_step)

    def want(self, node: exp.Expr, *kinds: Type) -> Type:
        """The type of the node's result, which must be one of `kinds`, or null."""
        kind = self.check(node)
        if kind not in kinds and kind is not Type.NULL:
            wanted = " or ".join(sorted(kinds))
            self.refuse(f"`{node.sql('duckdb')}` is of type {kind}", f"It must be {wanted} there")
        return kind

    def alike(self, *nodes: exp.Expr) -> Type:
        """The common type of several results."""
        return common([self.check(node) for node in nodes], self.name)

    # What stands for a value

    def column(self, node: exp.Expr) -> Type:
        name = f"{node.args['table'].name}.{node.name}" if node.args.get("table") else str(node.name)
        if name in self.columns:
            return self.columns[name]
        owners = sorted(known for known in self.columns if known.endswith(f".{name}"))
        if len(owners) > 1:
            self.refuse(f"{name} is in several tables", f"One of: {', '.join(owners)}")
        near = difflib.get_close_matches(name, self.columns, n=3)
        return self.refuse(f"there is no column {name}", next_step=f"The nearest are {', '.join(near)}" if near else "")

    def literal(self, node: exp.Expr) -> Type:
        text = str(node.this)
        if node.args["is_string"]:
            if "\\" in text:
                self.refuse("a text has a backslash in it", "Text that every engine reads alike")
            return Type.TEXT
        if re.fullmatch(r"\d+\.\d+", text):
            return Type.DECIMAL
        if not text.isdigit() or len(text) > _LONGEST_INTEGER:
            self.refuse(
                f"{text} is no number of the language", f"Digits, at most {_LONGEST_INTEGER}, with a point or none"
            )
        return Type.INTEGER

    def boolean(self, _: exp.Expr) -> Type:
        return Type.BOOLEAN

    def null(self, _: exp.Expr) -> Type:
        return Type.NULL

    def parameter(self, node: exp.Expr) -> Type:
        if node.name not in PARAMETERS:
            self.refuse(f"there is no parameter ${node.name}", f"One of: {', '.join(f'${p}' for p in PARAMETERS)}")
        return PARAMETERS[node.name]

    def paren(self, node: exp.Expr) -> Type:
        return self.check(node.this)

    def cast(self, node: exp.Expr) -> Type:
        """`date '…'`, and widening: text is read by `try_cast` only, so that a value cannot stop a query."""
        to = type_called(node.args["to"].sql("duckdb"))
        if isinstance(node.this, exp.Literal) and to is Type.DATE:
            return self._date(node.this)
        kind = self.check(node.this)
        if kind is to or kind is Type.NULL or (kind, to) in _WIDENING:
            return to
        return self.refuse(
            f"`{node.sql('duckdb')}` makes {to} of {kind}",
            "A cast that loses nothing",
            "Read text by try_cast, and make a whole number by round or floor",
        )

    def _date(self, literal: exp.Literal) -> Type:
        try:
            real = dt.date.fromisoformat(str(literal.this)).isoformat() == literal.this
        except ValueError:
            real = False
        if not real:
            self.refuse(f"{literal.this} is no date", "A day of the calendar, such as date '2025-04-01'")
        return Type.DATE

    def try_cast(self, node: exp.Expr) -> Type:
        to = type_called(node.args["to"].sql("duckdb"))
        self.want(node.this, Type.TEXT)
        if to not in (Type.INTEGER, Type.NUMBER, Type.DATE) and node.args["to"].sql("duckdb") != "DECIMAL(18, 6)":
            self.refuse(f"`{node.sql('duckdb')}` reads text as {to}", "bigint, double, decimal(18, 6) or date")
        return to

    # What is true, false or null

    def logic(self, node: exp.Expr) -> Type:
        for part in _parts(node):
            self.want(part, Type.BOOLEAN)
        return Type.BOOLEAN

    def equality(self, node: exp.Expr) -> Type:
        self._comparable(self.alike(*_parts(node)), _ORDERED | {Type.BOOLEAN})
        return Type.BOOLEAN

    def order(self, node: exp.Expr) -> Type:
        self._comparable(self.alike(*_parts(node)), _ORDERED)
        return Type.BOOLEAN

    def _comparable(self, kind: Type, allowed: frozenset[Type] | set[Type]) -> None:
        if kind not in allowed:
            self.refuse(f"it compares values of type {kind}")

    def membership(self, node: exp.Expr) -> Type:
        if not node.expressions:
            self.refuse("`in` has nothing to look in", "Values, such as: in ('01', '03')")
        self._comparable(self.alike(node.this, *node.expressions), _ORDERED)
        return Type.BOOLEAN

    def is_(self, node: exp.Expr) -> Type:
        if isinstance(node.expression, exp.Boolean):
            self.want(node.this, Type.BOOLEAN)
        elif isinstance(node.expression, exp.Null):
            self.check(node.this)
        else:
            self.refuse(f"`{node.sql('duckdb')}` is no part of the language", "is [not] null, true or false")
        return Type.BOOLEAN

    def prefix(self, node: exp.Expr) -> Type:
        self.want(node.this, Type.TEXT)
        self.want(node.expression, Type.TEXT)
        return Type.BOOLEAN

    def pattern(self, node: exp.Expr) -> Type:
        """`like` and the regular expressions: the pattern must be written out, and mean the same everywhere."""
        self.want(node.this, Type.TEXT)
        pattern = node.expression
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            self.refuse(f"`{node.sql('duckdb')}` has a pattern that is no plain text")
        self.literal(pattern)
        if not isinstance(node, exp.Like) and not _PORTABLE_PATTERN.fullmatch(str(pattern.this)):
            self.refuse("a pattern holds what engines read differently", "Letters, classes, groups and repeats")
        return Type.TEXT if isinstance(node, exp.RegexpReplace | exp.RegexpExtract) else Type.BOOLEAN

    def replace(self, node: exp.Expr) -> Type:
        if _text(node.args.get("modifiers")) != "g" or _text(node.args["replacement"]) != "":
            self.refuse("regexp_replace may only take away", "regexp_replace(x, '…', '', 'g')")
        return self.pattern(node)

    def extract(self, node: exp.Expr) -> Type:
        if _text(node.args.get("group")) != "1":
            self.refuse("regexp_extract gives the first group only", "regexp_extract(x, '…(…)…', 1)")
        return self.pattern(node)

    # What chooses

    def case(self, node: exp.Expr) -> Type:
        operand, results = node.args.get("this"), [branch.args["true"] for branch in node.args["ifs"]]
        conditions = [branch.this for branch in node.args["ifs"]]
        if operand is not None:
            self._comparable(self.alike(operand, *conditions), _ORDERED)
        else:
            for condition in conditions:
                self.want(condition, Type.BOOLEAN)
        default = node.args.get("default")
        return self.alike(*results, *([default] if default is not None else []))

    def choice(self, node: exp.Expr) -> Type:
        self.want(node.this, Type.BOOLEAN)
        return self.alike(*(node.args[key] for key in ("true", "false") if node.args.get(key) is not None))

    def coalesce(self, node: exp.Expr) -> Type:
        return self.alike(node.this, *node.expressions)

    def nullif(self, node: exp.Expr) -> Type:
        self._comparable(self.alike(node.this, node.expression), _ORDERED)
        return self.check(node.this)

    def extreme(self, node: exp.Expr) -> Type:
        kind = self.alike(node.this, *node.expressions)
        self._comparable(kind, _ORDERED)
        return kind

    # What reckons

    def arithmetic(self, node: exp.Expr) -> Type:
        kinds = [self.check(part) for part in _parts(node)]
        if Type.DATE in kinds:
            self.refuse("dates are neither added nor subtracted", "Days counted by date_diff('day', earlier, later)")
        for part in _parts(node):
            self.want(part, *NUMERIC)
        kind = common(kinds, self.name)
        if isinstance(node, exp.Mul) and kind is Type.DECIMAL and not any(p.is_int for p in _parts(node)):
            self.refuse("a decimal may be multiplied by a whole number only", "cast(x as double) * y")
        return Type.NUMBER if isinstance(node, exp.Div) else kind

    def number(self, node: exp.Expr) -> Type:
        return self.want(node.this, *NUMERIC)

    def whole(self, node: exp.Expr) -> Type:
        kind = self.number(node)
        node.meta[IS_WHOLE] = kind is Type.INTEGER
        return kind

    def days(self, node: exp.Expr) -> Type:
        if node.args["unit"].name != "DAY":
            self.refuse("date_diff counts days only", "Days counted by date_diff('day', earlier, later)")
        self.want(node.this, Type.DATE)
        self.want(node.expression, Type.DATE)
        return Type.INTEGER

    def part_of_date(self, node: exp.Expr) -> Type:
        self.want(node.this, Type.DATE)
        return Type.INTEGER

    def text(self, node: exp.Expr) -> Type:
        for part in _parts(node):
            self.want(part, Type.TEXT)
        return Type.TEXT

    def length(self, node: exp.Expr) -> Type:
        self.want(node.this, Type.TEXT)
        return Type.INTEGER

    def substring(self, node: exp.Expr) -> Type:
        start, length = node.args.get("start"), node.args.get("length") or node.args.get("expression")
        numbers = [part for part in (start, length) if part is not None]
        if length is None or not all(part.is_int for part in numbers) or (start is not None and int(start.name) < 1):
            self.refuse("a part of a text is told by numbers written out", "left(x, 3) or substring(x, 2, 3)")
        self.want(node.this, Type.TEXT)
        return Type.TEXT

    # What is said of many rows

    def _within(self, node: exp.Expr) -> Type:
        """The type of an aggregate's argument, which holds no other aggregate."""
        if not self.aggregates:
            self.refuse(f"`{(node.parent or node).sql('duckdb')}` counts rows, where a value of one row is wanted")
        return Checker(self.name, self.columns, aggregates=False).check(node)

    def count(self, node: exp.Expr) -> Type:
        if isinstance(node.this, exp.Distinct):
            if len(node.this.expressions) != 1:
                self.refuse("count(distinct …) counts one thing")
            self._within(node.this.expressions[0])
        else:
            self._within(exp.true() if isinstance(node.this, exp.Star) else node.this)
        return Type.INTEGER

    def total(self, node: exp.Expr) -> Type:
        kind = self._within(node.this)
        if kind not in NUMERIC:
            self.refuse(f"`{node.sql('duckdb')}` reckons with values of type {kind}", "Numbers")
        return kind if isinstance(node, exp.Sum) else Type.NUMBER

    def least(self, node: exp.Expr) -> Type:
        kind = self._within(node.this)
        self._comparable(kind, _ORDERED)
        return kind

    def some_or_every(self, node: exp.Expr) -> Type:
        if self._within(node.this) is not Type.BOOLEAN:
            self.refuse(f"`{node.sql('duckdb')}` is asked of what is not true or false")
        return Type.BOOLEAN

    def at_extreme(self, node: exp.Expr) -> Type:
        kinds = [self._within(key) for key in order_keys(node)]
        for kind in kinds:
            self._comparable(kind, _ORDERED)
        node.meta[ORDER_KINDS] = kinds
        return self._within(node.this)

    def filtered(self, node: exp.Expr) -> Type:
        if not isinstance(node.this, AGGREGATES) or isinstance(node.this, exp.Filter):
            self.refuse("`filter` follows what is no aggregate")
        if self._within(node.expression.this) not in (Type.BOOLEAN, Type.NULL):
            self.refuse("`filter (where …)` holds no condition")
        return self.check(node.this)


def order_keys(node: exp.Expr) -> list[exp.Expr]:
    """What `arg_min` or `arg_max` orders by: one value, or several in parentheses."""
    order = node.expression
    return list(order.expressions) if isinstance(order, exp.Tuple) else [order]


def _parts(node: exp.Expr) -> list[exp.Expr]:
    found = [node.args.get(key) for key in ("this", "expression", "low", "high")]
    return [part for part in found if part is not None]


def _text(node: exp.Expr | None) -> str | None:
    return str(node.this) if isinstance(node, exp.Literal) else None


_WIDENING = {
    (Type.INTEGER, Type.NUMBER),
    (Type.INTEGER, Type.TEXT),
    (Type.DECIMAL, Type.NUMBER),
    (Type.BOOLEAN, Type.INTEGER),
    (Type.DATE, Type.TEXT),
}
_FORBIDDEN_HINT = "What docs/explanation/one-language.md lists"
_ONE, _TWO = frozenset({"this"}), frozenset({"this", "expression"})
_MANY = frozenset({"this", "expressions", "ignore_nulls"})

_RULES: dict[type[exp.Expr], tuple[Callable[[Checker, exp.Expr], Type], frozenset[str]]] = {
    exp.Column: (Checker.column, frozenset({"this", "table"})),
    exp.Literal: (Checker.literal, frozenset({"this", "is_string"})),
    exp.Boolean: (Checker.boolean, _ONE),
    exp.Null: (Checker.null, frozenset()),
    exp.Placeholder: (Checker.parameter, _ONE),
    exp.Paren: (Checker.paren, _ONE),
    exp.Cast: (Checker.cast, frozenset({"this", "to"})),
    exp.TryCast: (Checker.try_cast, frozenset({"this", "to", "safe"})),
    exp.And: (Checker.logic, _TWO),
    exp.Or: (Checker.logic, _TWO),
    exp.Not: (Checker.logic, _ONE),
    exp.EQ: (Checker.equality, _TWO),
    exp.NEQ: (Checker.equality, _TWO),
    exp.NullSafeEQ: (Checker.equality, _TWO),
    exp.NullSafeNEQ: (Checker.equality, _TWO),
    exp.LT: (Checker.order, _TWO),
    exp.LTE: (Checker.order, _TWO),
    exp.GT: (Checker.order, _TWO),
    exp.GTE: (Checker.order, _TWO),
    exp.Between: (Checker.order, frozenset({"this", "low", "high"})),
    exp.In: (Checker.membership, frozenset({"this", "expressions"})),
    exp.Is: (Checker.is_, _TWO),
    exp.StartsWith: (Checker.prefix, _TWO),
    exp.Like: (Checker.pattern, _TWO),
    exp.RegexpFullMatch: (Checker.pattern, _TWO),
    exp.RegexpReplace: (Checker.replace, _TWO | {"replacement", "modifiers", "single_replace"}),
    exp.RegexpExtract: (Checker.extract, _TWO | {"group", "null_if_pos_overflow"}),
    exp.Case: (Checker.case, frozenset({"this", "ifs", "default"})),
    exp.If: (Checker.choice, frozenset({"this", "true", "false"})),
    exp.Coalesce: (Checker.coalesce, _MANY),
    exp.Nullif: (Checker.nullif, _TWO),
    exp.Least: (Checker.extreme, _MANY),
    exp.Greatest: (Checker.extreme, _MANY),
    exp.Add: (Checker.arithmetic, _TWO),
    exp.Sub: (Checker.arithmetic, _TWO),
    exp.Mul: (Checker.arithmetic, _TWO),
    exp.Div: (Checker.arithmetic, _TWO),
    exp.Neg: (Checker.number, _ONE),
    exp.Abs: (Checker.number, _ONE),
    exp.Round: (Checker.whole, _ONE),
    exp.Floor: (Checker.whole, _ONE),
    exp.DateDiff: (Checker.days, _TWO | {"unit", "date_part_boundary"}),
    exp.Year: (Checker.part_of_date, _ONE),
    exp.Month: (Checker.part_of_date, _ONE),
    exp.Day: (Checker.part_of_date, _ONE),
    exp.DPipe: (Checker.text, _TWO | {"safe"}),
    exp.Upper: (Checker.text, _ONE),
    exp.Lower: (Checker.text, _ONE),
    exp.Trim: (Checker.text, _ONE),
    exp.Length: (Checker.length, _ONE),
    exp.Left: (Checker.substring, _TWO),
    exp.Substring: (Checker.substring, frozenset({"this", "start", "length"})),
    exp.Count: (Checker.count, _ONE | {"big_int"}),
    exp.Sum: (Checker.total, _ONE),
    exp.Avg: (Checker.total, _ONE),
    exp.Median: (Checker.total, _ONE),
    exp.Min: (Checker.least, _ONE),
    exp.Max: (Checker.least, _ONE),
    exp.LogicalOr: (Checker.some_or_every, _ONE),
    exp.LogicalAnd: (Checker.some_or_every, _ONE),
    exp.ArgMin: (Checker.at_extreme, _TWO),
    exp.ArgMax: (Checker.at_extreme, _TWO),
    exp.Filter: (Checker.filtered, _TWO),
}
