"""What a table, a field and a rule of the data set are. Declarations only; `views` and `checking` read them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

TEXT = "text"
INTEGER = "integer"
DATE = "date"
DATETIME = "datetime"
BOOLEAN = "boolean"


def decimal(precision: int, scale: int) -> str:
    """The type of a decimal number, as the source prints it."""
    return f"decimal({precision},{scale})"


class Origin(StrEnum):
    """Where a field comes from, in the words of the source."""

    SUBMITTED = "submitted"
    LOAD = "derived at load"
    PATHWAY = "derived by pathway processing"
    EXTRACT = "derived: added to the flat extract"
    WAREHOUSE = "legacy / warehouse only"


class Basis(StrEnum):
    """How a field's mandation is known. Only the first two are verified."""

    DICTIONARY = "verified: Data Dictionary group table"
    REJECTED_WHEN_BLANK = "verified for v2.0: record rejected when blank"
    WARNED_WHEN_BLANK = "inferred from v2.0 rule: blank raises a warning only"
    KEY = "inferred: key column"
    NOT_SEEN = "unverified: no blank rule found; Data Dictionary mandation not seen for this group"
    NONE = ""

    @property
    def status(self) -> str:
        return self.value.split(":")[0].split(" ")[0]


@dataclass(frozen=True)
class Field:
    """One field of one table.

    `mandation` is M (mandatory), R (required where known), O (optional), P (pilot) or "R or O" where the source was
    not seen; it is blank for derived fields. `codes` names a list of `allcomers.codes`; `values` describes a domain
    that is no list. `item` is the national item identifier, `dictionary` the NHS Data Dictionary name.
    """

    name: str
    type: str
    meaning: str
    mandation: str = ""
    basis: Basis = Basis.NONE
    origin: Origin = Origin.SUBMITTED
    item: str = ""
    dictionary: str = ""
    codes: str = ""
    values: str = ""
    copied_from: str = ""

    @property
    def submitted(self) -> bool:
        return self.origin is Origin.SUBMITTED

    @property
    def status(self) -> str:
        """How far the name, table and type are verified, in the words of the source."""
        if self.origin is Origin.EXTRACT:
            return "verified (extract definition)"
        if self.origin is Origin.WAREHOUSE:
            return "verified (warehouse column list); not part of the v2.1 submission"
        return "verified (name, table, type)"


@dataclass(frozen=True)
class Parent:
    """The table whose record a record belongs to, and the field that names it in both."""

    field: str
    table: str


@dataclass(frozen=True)
class Table:
    """One table. `key` identifies a record within a submission; a `monthly` record is sent in its own month only."""

    name: str
    meaning: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    parent: Parent | None = None
    monthly: bool = False
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {f.name: f for f in self.fields})

    @property
    def code(self) -> str:
        """The six characters by which rules name the table."""
        return self.name[:6]

    @property
    def submitted(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.submitted)

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]


class Severity(StrEnum):
    """What a fault leads to nationally: from turning the whole file away to a remark."""

    FILE = "file"
    GROUP = "group"
    RECORD = "record"
    WARNING = "warning"

    @property
    def rejects(self) -> bool:
        return self is not Severity.WARNING

    @property
    def consequence(self) -> str:
        return {
            "file": "the whole submission is rejected",
            "group": "the record is rejected, and the records that belong to it",
            "record": "the record is rejected",
            "warning": "the record is accepted, with a warning",
        }[self.value]


NATIONAL = "NHS England, Reusable Code Library: IAPT v2.0 validation rules (published 2026)"
VERIFIED = "verified for v2.0; v2.1 changes not seen"
LOCAL = "Allcomers: a plausibility check of our own, not a national rule"


@dataclass(frozen=True)
class Check:
    """How a rule is evaluated: a test that a faulty record meets, over named fields.

    In the expression a bare name is the value of a field of the rule's own table (null when blank or unreadable),
    `IDS101.Name` the value in the record it belongs to, `IDS000.Name` the one in its submission's header; `text(Name)`
    is the value as written, `blank(Name)` and `unreadable(Name)` ask about what is written.
    """

    fault: str
    fields: tuple[str, ...]
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Unique:
    """No two records of a submission may agree on these fields. Rows with a blank key field are alike only if told."""

    fields: tuple[str, ...]
    meaning: str
    remedy: str
    where: str = ""
    blanks_alike: bool = False


@dataclass(frozen=True)
class HasParent:
    """The record that this one belongs to must be there, and be valid itself."""

    fields: tuple[str, ...]
    parent: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class HasChild:
    """A record that meets `where` must have another record, as listed by `children`.

    `children` selects pairs of a scope and a key; `{IDS201}` in it stands for the valid records of that table. A record
    is faulty when its own scope column and key are not among the pairs.
    """

    fields: tuple[str, ...]
    children: str
    meaning: str
    remedy: str
    key: str
    where: str = "true"
    scope: str = "__own"


@dataclass(frozen=True)
class Submission:
    """A test of a whole submission, over the counts of `checking.submissions`; `counts` names the table counted."""

    fault: str
    fields: tuple[str, ...]
    meaning: str
    remedy: str
    counts: str


@dataclass(frozen=True)
class Structure:
    """Found while opening; there is nothing to evaluate."""

    meaning: str
    remedy: str
    fields: tuple[str, ...] = ()


Test = Check | Unique | HasParent | HasChild | Submission | Structure


@dataclass(frozen=True)
class Rule:
    """One rule: what is tested, in which table, and what a fault leads to."""

    id: str
    severity: Severity
    table: str
    test: Test
    note: str = ""
    status: str = VERIFIED
    source: str = NATIONAL

    @property
    def field(self) -> str:
        """The field a reader should look at first."""
        return self.test.fields[0] if self.test.fields else ""

    @property
    def national(self) -> bool:
        return self.source == NATIONAL

    @property
    def meaning(self) -> str:
        return self.test.meaning

    @property
    def remedy(self) -> str:
        return self.test.remedy


@dataclass(frozen=True)
class NotEvaluated:
    """A national rule that cannot be evaluated from the data set alone, and why."""

    id: str
    severity: Severity
    table: str
    reason: str


def literal(value: str) -> str:
    """A value as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def table_code(name: str) -> str:
    """`IDS101` from any spelling that begins with a table's number, or nothing."""
    found = re.match(r"ids(\d{3})(?!\d)", name, re.IGNORECASE)
    return f"IDS{found[1]}" if found else ""
