"""What every engine can do: hold tables, make those of a plan from them, and hand results back.

The queries are the same for all; only the dialect differs, and how a table is held.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import duckdb
import polars as pl
import pyarrow as pa

from allcomers.engine.duck import Session
from allcomers.engine.plan import Plan
from allcomers.engine.types import SQL_NAMES, Type, type_called
from allcomers.exceptions import QueryError

Parameters = Mapping[str, dt.date]


@dataclass(frozen=True)
class ParquetFile:
    """Where to write a table, and the columns by which its rows are put in order: they must tell every two apart."""

    path: Path
    order_by: tuple[str, ...]


NO_FILES: Mapping[str, ParquetFile] = MappingProxyType({})


class Engine(Protocol):
    """Where plans run.

    `dialect` is what to write its SQL in. A table of decimals, floats or short integers is held as the language's own
    types, so that results do not depend on how a file spelt them.
    """

    dialect: str

    def add(self, name: str, data: pl.DataFrame | pa.Table) -> None:
        """Hold a table that is in memory."""

    def add_parquet(self, name: str, paths: Sequence[Path | str]) -> None:
        """Read a table where it lies; an engine on several machines must reach it from each."""

    def add_query(self, name: str, session: Session, sql: str) -> None:
        """Hold what a query over a DuckDB session gives, such as a table of an opened data set."""

    def columns(self, name: str) -> dict[str, Type]:
        """The columns of a table that is held."""

    def make(
        self, plan: Plan, wanted: Iterable[str], parameters: Parameters, files: Mapping[str, ParquetFile] = NO_FILES
    ) -> None:
        """Make tables of a plan, and hold them by their names. Those made on the way are let go.

        Those in `files` are each written as one Parquet file, which may be where the engine reads it from then on: the
        same rows in the same order, however the work was shared out.
        """

    def frame(self, name: str, order_by: Sequence[str] = ()) -> pl.DataFrame:
        """A table, in memory: integers and numbers of 64 bits, in the order wanted or in none."""

    def query(self, sql: str) -> pl.DataFrame:
        """What a query in the engine's dialect gives, as `frame`."""

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str] = ()) -> None:
        """Write a table as one Parquet file, in the order wanted or in none."""

    def drop(self, names: Iterable[str]) -> None:
        """Let tables go."""

    def close(self) -> None:
        """Let everything go."""


def run(engine: Engine, plan: Plan, wanted: Sequence[str], **parameters: dt.date) -> dict[str, pl.DataFrame]:
    """Tables of a plan, in memory; the engine holds no more afterwards than before."""
    engine.make(plan, wanted, parameters)
    try:
        return {name: engine.frame(name) for name in wanted}
    finally:
        engine.drop(wanted)


def held(plan: Plan, wanted: Iterable[str]) -> frozenset[str]:
    """The steps to compute once and hold: those wanted, and those that are read several times and not made anew."""
    wanted, readings, kept = set(wanted), Counter[str](), set[str]()
    for name in reversed(plan.needed(wanted)):
        step = plan.steps[name].step
        if name in wanted or (readings[name] > 1 and not step.anew):
            kept.add(name)
        # What is made anew reads its own tables as often as it is read.
        times = 1 if name in kept else readings[name]
        readings.update(dict.fromkeys(step.tables, times))
    return frozenset(kept)


def let_go_after(plan: Plan, wanted: Collection[str], kept: Collection[str]) -> dict[str, list[str]]:
    """For each table that is kept, those not wanted that nothing made after it reads, by itself or on the way."""
    reads, last = dict[str, set[str]](), dict[str, str]()
    for name in plan.needed(wanted):
        below = [{table} if table in kept else reads.get(table, set()) for table in plan.steps[name].step.tables]
        reads[name] = set[str]().union(*below)
        if name in kept:
            last |= dict.fromkeys(reads[name], name)
    after: dict[str, list[str]] = {}
    for table, reader in last.items():
        if table not in wanted:
            after.setdefault(reader, []).append(table)
    return after


def tidied(frame: pl.DataFrame) -> pl.DataFrame:
    """The same values in the types in which every engine hands results over."""
    casts = {
        name: pl.Int64 if kind.is_integer() else pl.Float64 if kind.is_float() else pl.Decimal(38, 6)
        for name, kind in frame.schema.items()
        if kind.is_numeric()
    }
    return frame.cast(casts)  # type: ignore[arg-type]


class DuckEngine:
    """Plans on DuckDB, in this process.

    Parameters
    ----------
    session : where to run; one of its own, closed with the engine, when None.
    """

    dialect = "duckdb"

    def __init__(self, session: Session | None = None) -> None:
        self._own = session is None
        self.session = session or Session()
        self._kinds: dict[str, str] = {}

    def add(self, name: str, data: pl.DataFrame | pa.Table) -> None:
        self.session.register(f"in memory: {name}", data)
        self._view(name, f'select * from "in memory: {name}"')

    def add_parquet(self, name: str, paths: Sequence[Path | str]) -> None:
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        self._view(name, f"select * from read_parquet([{listed}], union_by_name = true)")

    def add_query(self, name: str, session: Session, sql: str) -> None:
        if session is self.session:
            self._view(name, sql)
        else:
            self.add(name, session.arrow(sql))

    def columns(self, name: str) -> dict[str, Type]:
        return {column: type_called(kind) for column, kind in self.session.columns(f"from {_name(name)}").items()}

    def make(
        self, plan: Plan, wanted: Iterable[str], parameters: Parameters, files: Mapping[str, ParquetFile] = NO_FILES
    ) -> None:
        wanted = list(wanted)
        kept, made = held(plan, wanted), list[str]()
        let_go = let_go_after(plan, wanted, kept)
        try:
            for name in plan.needed(wanted):
                sql = plan.step_sql(name, self.dialect, **parameters)
                if name in files:
                    self._create_in_file(name, sql, files[name])
                else:
                    self._create(name, "table" if name in kept else "view", sql)
                made.append(name)
                # Memory that a table no longer needed takes up is memory that the next query cannot work in.
                for table in let_go.get(name, ()):
                    self.drop([table])
                    made.remove(table)
        except BaseException:
            self.drop(made)
            raise
        self.drop([name for name in made if name not in wanted])

    def frame(self, name: str, order_by: Sequence[str] = ()) -> pl.DataFrame:
        return tidied(self.session.frame(selected(name, order_by, '"')))

    def query(self, sql: str) -> pl.DataFrame:
        return tidied(self.session.frame(sql))

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str] = ()) -> None:
        self.session.write_parquet(selected(name, order_by, '"'), path)

    def drop(self, names: Iterable[str]) -> None:
        for name in reversed(list(names)):
            self.session.run(f"drop {self._kinds.pop(name)} {_name(name)}")

    def close(self) -> None:
        if self._own:
            self.session.close()

    def _view(self, name: str, sql: str) -> None:
        columns = self.session.columns(sql)
        self._create(name, "view", f"select {', '.join(_as_held(*column) for column in columns.items())} from ({sql})")

    def _create_in_file(self, name: str, sql: str, file: ParquetFile) -> None:
        self._create(name, "view", sql)
        try:
            self.write_parquet(name, file.path, file.order_by)
        finally:
            self.drop([name])
        self.add_parquet(name, [file.path])

    def _create(self, name: str, kind: str, sql: str) -> None:
        try:
            self.session.run(f"create temp {kind} {_name(name)} as {sql}")
        except duckdb.CatalogException as error:
            raise taken(name) from error
        self._kinds[name] = kind


def taken(name: str) -> QueryError:
    """The error where a table would have the name of another."""
    return QueryError(
        where="the engine",
        found=f"there is a table {name} already",
        next_step="Drop it first, or use another engine",
    )


def selected(name: str, order_by: Sequence[str], quote: str) -> str:
    """Every row of a table, nulls last in its order."""
    order = ", ".join(f"{quote}{column}{quote} asc nulls last" for column in order_by)
    return f"select * from {quote}{name}{quote}" + (f" order by {order}" if order else "")


def _as_held(column: str, found: str) -> str:
    kind = type_called(found)
    if kind in (Type.TEXT, Type.INTEGER, Type.NUMBER) and found.lower() != SQL_NAMES[kind]:
        return f"cast({_name(column)} as {SQL_NAMES[kind]}) as {_name(column)}"
    return _name(column)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
