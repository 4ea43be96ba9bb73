"""The types that a definition can speak of, whatever an engine or a file calls them."""

import re
from enum import StrEnum

from allcomers.exceptions import DefinitionError


class Type(StrEnum):
    """A column's type. Integers have 64 bits, numbers are doubles, decimals are exact."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    OTHER = "other"
    """Anything else, such as a moment: it may be passed on, and asked whether it is null, and no more."""
    NULL = "null"
    """Of the word `null` alone, before something gives it a type."""


NUMERIC = frozenset({Type.INTEGER, Type.DECIMAL, Type.NUMBER})

SQL_NAMES = {
    Type.TEXT: "varchar",
    Type.INTEGER: "bigint",
    Type.DECIMAL: "decimal(18, 6)",
    Type.NUMBER: "double",
    Type.DATE: "date",
    Type.BOOLEAN: "boolean",
}
"""What to cast to, in DuckDB's dialect."""

_FOUND = {
    Type.TEXT: r"VARCHAR|STRING|TEXT|ENUM.*",
    Type.INTEGER: r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|LONG|SHORT|BYTE",
    Type.DECIMAL: r"DECIMAL.*|NUMERIC.*",
    Type.NUMBER: r"FLOAT|DOUBLE|REAL",
    Type.DATE: r"DATE",
    Type.BOOLEAN: r"BOOLEAN|BOOL",
}


def type_called(name: str) -> Type:
    """The type that an engine calls `name`."""
    return next((kind for kind, pattern in _FOUND.items() if re.fullmatch(pattern, name.upper())), Type.OTHER)


def common(kinds: list[Type], where: str) -> Type:
    """The one type that values of several types take where they meet; a null takes any.

    Raises
    ------
    DefinitionError : they have none, such as text and a date.
    """
    known = {kind for kind in kinds if kind is not Type.NULL}
    if not known:
        return Type.NULL
    if len(known) == 1:
        return known.pop()
    if known <= NUMERIC:
        return Type.NUMBER if Type.NUMBER in known else Type.DECIMAL
    raise DefinitionError(
        where=where,
        found="it puts " + " and ".join(sorted(known)) + " together",
        expected="Values of one type, or numbers",
        next_step="Write a date as date '2025-04-01'" if {Type.DATE, Type.TEXT} <= known else "",
    )
