"""What a check found: counts and places, never a value from a record."""

from dataclasses import dataclass, field
from typing import Any

from allcomers.dataset.model import NotEvaluated, Rule, Severity

JSON_FORMAT = "allcomers-check-1"


@dataclass(frozen=True)
class Place:
    """Where a fault is: the file or table as the source names it, and the record in it, the first being 1."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file} row {self.row:,}" if self.row else self.file


@dataclass(frozen=True)
class Finding:
    """One rule that was broken, in one table."""

    rule: Rule
    table: str
    field: str
    count: int
    places: tuple[Place, ...] = ()
    submissions: tuple[tuple[str, int], ...] = ()
    hint: str = ""

    @property
    def meaning(self) -> str:
        """What is wrong, in plain English."""
        return f"{self.rule.meaning} {self.hint}".strip()


@dataclass(frozen=True)
class TableCount:
    """How many records of a table came, and what became of them: rows = accepted + rejected."""

    table: str
    rows: int
    rejected: int

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected


@dataclass(frozen=True)
class CheckResult:
    """Everything that a check found.

    `not_applicable` lists rules whose fields an extract as returned does not have; `not_evaluated` those that no data
    set can decide alone. A rule in none of `findings`, `not_applicable`, `not_evaluated` was evaluated and held.
    """

    label: str
    form: str
    tables: tuple[TableCount, ...]
    findings: tuple[Finding, ...]
    evaluated: int
    not_applicable: tuple[str, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    rejected_submissions: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    extra_columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    absent: tuple[str, ...] = ()
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def rejected(self) -> int:
        return sum(table.rejected for table in self.tables)

    @property
    def clean(self) -> bool:
        """Whether every record would be accepted."""
        return not self.rejected and not self.rejected_submissions

    @property
    def warnings(self) -> int:
        return sum(finding.count for finding in self.findings if finding.rule.severity is Severity.WARNING)

    def broken(self) -> set[str]:
        """The ids of the rules that were broken."""
        return {finding.rule.id for finding in self.findings}

    def as_json(self) -> dict[str, Any]:
        """The result as plain data; the format is described in docs/how-to/check-a-data-set.md and kept stable."""
        return {
            "format": JSON_FORMAT,
            "data_set": self.label,
            "form": self.form,
            "rows": self.rows,
            "accepted": self.rows - self.rejected,
            "rejected": self.rejected,
            "rules_evaluated": self.evaluated,
            "tables": [
                {"table": t.table, "rows": t.rows, "accepted": t.accepted, "rejected": t.rejected} for t in self.tables
            ],
            "findings": [_finding_as_json(finding) for finding in self.findings],
            "rejected_submissions": list(self.rejected_submissions),
            "not_applicable": list(self.not_applicable),
            "not_evaluated": [
                {"rule": rule.id, "severity": rule.severity.value, "reason": rule.reason} for rule in self.not_evaluated
            ],
            "ignored": list(self.ignored),
            "extra_columns": {table: list(columns) for table, columns in self.extra_columns},
            "absent_tables": list(self.absent),
            "examples": self.examples,
        }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "national": rule.national,
        "table": finding.table,
        "field": finding.field,
        "count": finding.count,
        "meaning": finding.meaning,
        "consequence": rule.severity.consequence,
        "what_to_do": rule.remedy,
        "places": [{"file": place.file, "row": place.row} for place in finding.places],
        "submissions": [{"submission": name, "count": count} for name, count in finding.submissions],
    }
