"""An opened data set: its tables as relations to query, and the folding of monthly submissions to one history."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from allcomers.dataset import opening, views
from allcomers.dataset.model import Field
from allcomers.dataset.tables import BY_NAME
from allcomers.dataset.views import HISTORY, SUBMISSIONS
from allcomers.engine import Files, Relation, Session

__all__ = ["HISTORY", "SUBMISSIONS", "Dataset", "from_frames", "open_dataset"]


class Dataset:
    """A data set that is open for reading; nothing done with it changes the source.

    Attributes
    ----------
    label : what to call it in a message.
    session : where its queries run. After opening, each table is also a view named by its code (`IDS101`).
    relations : the tables that are there, by national name.
    ignored : names of files or tables that are no part of the data set.
    form : "submissions", each whole in itself, or "history", each record once.
    """

    def __init__(self, session: Session, found: opening.Found, form: str | None, *, own_session: bool) -> None:
        self.label = found.label
        self.session = session
        self.ignored = found.ignored
        self._own_session = own_session
        self.views = views.build(session, found.relations, form)
        self.relations = found.relations
        self.form = self.views.form

    def rows(self, table: str) -> int:
        """How many records of a table there are, those included that could not be split into fields."""
        relation = self.relations.get(table)
        if relation is None:
            return 0
        (read,) = self.session.row(f"select count(*) from ({relation.sql})")
        return int(read) + relation.files.count("malformed")

    def extra_columns(self, table: str) -> list[str]:
        """Columns that are no field of the table. They are kept."""
        known = {f.name.lower() for f in BY_NAME[table].fields}
        return sorted(spelt for name, spelt in self.relations[table].columns.items() if name not in known)

    def missing_fields(self, table: str) -> list[Field]:
        """Submitted fields of the table that the source has no column for."""
        return [f for f in BY_NAME[table].submitted if not self.relations[table].has(f.name)]

    def typed(self, table: str) -> str:
        """SQL for a table with every field that is there, submitted and derived, in its declared type, extras as found.

        A value that cannot be read is null; `check` counts them. Codes are trimmed of spaces. `__row` and `__sub` say
        where a record comes from.
        """
        relation, declared = self.relations[table], BY_NAME[table]
        fields = [f"{views.value(f, relation)} as {f.name}" for f in declared.fields if relation.has(f.name)]
        extras = [relation.column(name) for name in self.extra_columns(table)]
        columns = ", ".join([*fields, *extras])
        sub = f"select __row, __sub from {declared.code}"
        return f"select r.__row, v.__sub, {columns} from ({relation.sql}) r join ({sub}) v using (__row)"

    def frame(self, table: str) -> pl.DataFrame:
        """A table in memory, as `typed`, in the order of the source."""
        return self.session.frame(f"select * exclude (__row, __sub) from ({self.typed(table)}) order by __row")

    def latest(self, table: str) -> str:
        """SQL for a table as one history: each record once, as last sent.

        A refresh replaces the whole primary file of its month, so of two submissions for one provider and month only
        the later counts; of what is left, the record with the highest submission number wins for each provider and key
        (and month, for records that are sent in their own month only).
        """
        declared = BY_NAME[table]
        superseded = (
            "select sub from (select sub, row_number() over (partition by provider, starts order by id desc, "
            "created desc, sub desc) as place from submission where sub > 0) where place > 1"
        )
        key = ", ".join([*(f'v."{name}"' for name in declared.key), *(["s.starts"] if declared.monthly else [])])
        by = f"partition by s.provider{', ' + key if key else ', s.sub'}"
        return (
            f"select t.* from ({self.typed(table)}) t join {declared.code} v using (__row) "
            f"join submission s on s.sub = v.__sub where v.__sub not in ({superseded}) "
            f"qualify row_number() over ({by} order by v.__sub desc, v.__row desc) = 1"
        )

    def close(self) -> None:
        """Let go of the session, if it was opened here."""
        if self._own_session:
            self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_dataset(
    source: str | Path,
    *,
    session: Session | None = None,
    form: str | None = None,
    tell: opening.Telling = lambda _: None,
) -> Dataset:
    """Open a folder, ZIP, SQLite or DuckDB file, or PostgreSQL schema for reading.

    Parameters
    ----------
    source : a path, or an address `postgresql://user@host/database?schema=name`.
    session : where to run queries; one of its own, closed with the data set, when None.
    form : "submissions" or "history"; recognised from whether referrals recur, when None.
    tell : called with a few words as each table is opened.

    Raises
    ------
    UnusableSourceError, SeveralError : nothing can be read as a table; the message says what and why.
    """
    session, own = (Session(), True) if session is None else (session, False)
    try:
        return Dataset(session, opening.find(session, source, tell), form, own_session=own)
    except BaseException:
        if own:
            session.close()
        raise


def from_frames(
    frames: Mapping[str, pl.DataFrame], *, session: Session | None = None, form: str | None = None
) -> Dataset:
    """A data set from tables in memory, by national name."""
    session, own = (Session(), True) if session is None else (session, False)
    found = opening.Found("tables in memory")
    for name, frame in frames.items():
        held = f"memory_{BY_NAME[name].code}"
        session.register(held, frame.with_row_index("__row", offset=1).cast({"__row": pl.Int64}))
        found.relations[name] = _in_memory(session, held, frame.columns)
    return Dataset(session, found, form, own_session=own)


def _in_memory(session: Session, held: str, names: list[str]) -> Relation:
    types = session.columns(f"select * from {held}")
    files = Files([Path(held)], ["table in memory"], [1])
    sql = f"select *, 1 as __group from {held}"
    return Relation(sql, {n.lower(): n for n in names}, {n.lower(): types[n] for n in names}, files)
