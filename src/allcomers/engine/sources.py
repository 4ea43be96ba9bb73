"""Files and databases as relations that a query can read, one shape whatever they were.

Parquet is read where it lies. Everything else is streamed once, a batch at a time, into Parquet in the session's spill
directory, because DuckDB's own SQLite and PostgreSQL readers are extensions that an offline site cannot download. ADBC
drivers come with pip and hand over Arrow batches: measured here on a million rows of four columns, 0.40 s for SQLite
(2.14 s through the standard library's sqlite3) and 0.48 s for PostgreSQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from allcomers.engine.duck import Session

ROW_BITS = 40
"""A row's number is `file number << 40 | row in the file`, both counted so that one number says both."""


@dataclass(frozen=True)
class Fault:
    """Something in a text file that could not be taken as it stands."""

    file: int
    kind: str
    column: str
    count: int
    first_rows: tuple[int, ...]


@dataclass
class Files:
    """The files of one table: paths of Parquet to read, the labels people know them by, and what went wrong."""

    paths: list[Path] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    numbered: bool = False
    faults: list[Fault] = field(default_factory=list)

    def add(self, path: Path, label: str, group: int) -> None:
        self.paths.append(path)
        self.labels.append(label)
        self.groups.append(group)

    def count(self, kind: str) -> int:
        return sum(fault.count for fault in self.faults if fault.kind == kind)


@dataclass(frozen=True)
class Relation:
    """A table to query: its SQL, which adds `__row` and `__group`, and the columns found, by lower-case name."""

    sql: str
    columns: dict[str, str]
    types: dict[str, str]
    files: Files

    def has(self, name: str) -> bool:
        return name.lower() in self.columns

    def column(self, name: str) -> str:
        """The column as the source spells it, quoted."""
        return '"' + self.columns[name.lower()].replace('"', '""') + '"'

    def type_of(self, name: str) -> str:
        return self.types[name.lower()]

    def place(self, row: int) -> tuple[str, int]:
        """The label of the file, and the number of the row in it, the first after the header being 1."""
        return self.files.labels[row >> ROW_BITS], row & ((1 << ROW_BITS) - 1)


def parquet(session: Session, files: Files) -> Relation:
    """Parquet files of one table as one relation; a column that only some files have is null in the others."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files.paths)
    reader = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    found = session.columns(f"select * from {reader}")
    number = '"__line"' if files.numbered else "file_row_number + 1"
    group = _group(files.groups)
    named = _unambiguous(name for name in found if name != "__line")
    sql = f"select *, (file_index::bigint << {ROW_BITS}) + {number} as __row, {group} as __group from {reader}"
    return Relation(sql, named, {name: found[spelt] for name, spelt in named.items()}, files)


def _group(groups: list[int]) -> str:
    if len(set(groups)) == 1:
        return f"{groups[0]}::integer"
    return f"({groups!r}::integer[])[file_index::bigint + 1]"


def _unambiguous(names: Iterable[str]) -> dict[str, str]:
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(name.lower(), name)
    return spelt
