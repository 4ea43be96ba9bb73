"""A rule's expression turned into SQL over the views: names resolved, and the few words that rules add to SQL."""

from dataclasses import dataclass, field
from functools import cache

import sqlglot
from sqlglot import exp

from allcomers import codes
from allcomers.dataset.model import TEXT, Table, literal
from allcomers.dataset.scores import score_domains
from allcomers.dataset.tables import BY_CODE, BY_NAME

HEADER = {"ReportingPeriodStartDate": "~start", "ReportingPeriodEndDate": "~end", "OrgIDProv": "~provider"}
SCORE = "SCORE"


@dataclass
class Names:
    """Resolves names for the rules of one table, and remembers what they need joined."""

    table: Table
    not_genuine: frozenset[str] = frozenset()
    parent_columns: set[tuple[str, str]] = field(default_factory=set)
    scores: bool = False

    def sql(self, expression: str) -> str:
        """The expression as SQL over `t` (the table's view), `p` (its parent's columns) and `SCORE`."""
        tree = sqlglot.parse_one(expression, dialect="duckdb")
        return tree.transform(self._resolved).sql(dialect="duckdb")

    def _resolved(self, node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Anonymous):
            return self._word(node)
        if isinstance(node, exp.Column):
            return self._column(node)
        return node

    def _column(self, node: exp.Column) -> exp.Expression:
        name, owner = node.name, node.table
        if owner == "t":
            return node
        if owner == SCORE:
            self.scores = True
            return exp.column(name, table=SCORE)
        if not owner:
            known = name.startswith("__") or name in self.table.by_name
            assert known, f"{self.table.name} has no field {name}"
            return exp.column(name, table="t", quoted=True)
        assert name in BY_CODE[owner].by_name, f"{owner} has no field {name}"
        if owner == "IDS000":
            return exp.column(HEADER[name], table="t", quoted=True)
        self.parent_columns.add((owner, name))
        return exp.column(f"{owner}.{name}", table="p", quoted=True)

    def _word(self, node: exp.Anonymous) -> exp.Expression:
        word = str(node.this).lower()
        if word not in _WORDS:
            return node
        if word == "correctly_written":
            self.scores = True
        (argument,) = node.expressions
        return exp.maybe_parse(_WORDS[word](self, argument.name), dialect="duckdb")

    def written(self, name: str) -> str:
        """What is written in a field of the own table."""
        return _written(self.table, name)

    def blank(self, name: str) -> str:
        """Whether nothing is written."""
        return f"({_written(self.table, name)} is null)"

    def unreadable(self, name: str) -> str:
        """Whether something is written that the field's type cannot hold."""
        return "false" if self.table[name].type == TEXT else f't."{name}!"'

    def listed(self, name: str) -> str:
        """Whether what is written is in the field's code list."""
        values = ", ".join(literal(code) for code in accepted_codes(self.table.by_name[name].codes))
        return f'(t."{name}" in ({values}))'

    def genuine(self, name: str) -> str:
        """Whether a SNOMED CT code has the right check digit."""
        if name not in self.not_genuine:
            return "true"
        return f'(t."{name}" not in (select value from "not_genuine_{self.table.code}_{name}"))'

    def correctly_written(self, name: str) -> str:
        """The score matches its questionnaire's pattern; each pattern is a constant, so that it is compiled once."""
        cases = " ".join(
            f'when {number} then regexp_full_match(t."{name}", {literal(pattern)})'
            for number, pattern in enumerate(score_patterns())
        )
        return f"(case {SCORE}.form {cases} else true end)"


_WORDS = {
    "written": Names.written,
    "blank": Names.blank,
    "unreadable": Names.unreadable,
    "listed": Names.listed,
    "genuine": Names.genuine,
    "correctly_written": Names.correctly_written,
}


def _written(table: Table, name: str) -> str:
    """The column that holds what is written: for text the value itself."""
    return f't."{name}"' if table[name].type == TEXT else f't."{name}~"'


@dataclass(frozen=True)
class Compiled:
    """A rule's expression as SQL, and what that needs joined."""

    sql: str
    parent_columns: frozenset[tuple[str, str]]
    scores: bool


@cache
def compiled(table: Table, expression: str, not_genuine: frozenset[str] = frozenset()) -> Compiled:
    """The expression for rules of a table; kept, since parsing all rules takes longer than checking a small table."""
    names = Names(table, not_genuine)
    sql = names.sql(expression)
    return Compiled(sql, frozenset(names.parent_columns), names.scores)


def accepted_codes(name: str) -> tuple[str, ...]:
    """The codes of a national list that a record may hold."""
    return tuple(code.code for code in codes.get(name).codes)


def score_patterns() -> tuple[str, ...]:
    """The different ways in which scores are written."""
    return tuple(sorted({domain.pattern for domain in score_domains()}))


def ancestors(table: Table) -> list[Table]:
    """The tables that a record belongs to, nearest first."""
    found: list[Table] = []
    while table.parent:
        table = BY_NAME[table.parent.table]
        found.append(table)
    return found
