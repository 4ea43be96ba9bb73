"""DuckDB in this process: the only place that holds a connection.

A session never touches the network: DuckDB's downloadable extensions are neither needed nor tried, so that an offline
site runs what an online one does.
"""

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import finalize

import duckdb
import polars as pl
import pyarrow as pa

from allcomers.exceptions import QueryError

Progress = Callable[[float], None]
_POLL_SECONDS = 0.25


class Session:
    """One in-memory database with a memory limit and a directory to spill into.

    Parameters
    ----------
    memory_gb : most memory that queries may hold; what exceeds it spills to disk.
    threads : processor threads; all of the machine's when None.
    spill : directory for what does not fit and for staged text files; a temporary one, removed on close, when None.
    progress : called with the share done (0 to 1) of the query that is running, a few times a second.
    """

    def __init__(
        self,
        *,
        memory_gb: float = 3.0,
        threads: int | None = None,
        spill: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.spill = Path(tempfile.mkdtemp(prefix="allcomers-")) if spill is None else spill
        # Also where nobody closes it: an analyst's notebook as a rule does not.
        self._let_go = finalize(self, shutil.rmtree, self.spill, ignore_errors=True) if spill is None else None
        self._progress = progress
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{int(memory_gb * 1024)}MiB",
            "temp_directory": str(self.spill / "queries"),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if threads is not None:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("set enable_progress_bar_print = false")  # who calls says how far it is

    def run(self, sql: str) -> None:
        """Run a statement for its effect."""
        with self._watched():
            self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Every row of a small result."""
        with self._watched():
            return self._connection.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The only row of a result."""
        (only,) = self.rows(sql)
        return only

    def records(self, sql: str) -> list[dict[str, Any]]:
        """Every row of a small result, as a mapping from column to value."""
        with self._watched():
            cursor = self._connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """A result as an Arrow table."""
        with self._watched():
            return self._connection.sql(sql).to_arrow_table()

    def frame(self, sql: str) -> pl.DataFrame:
        """A result as a Polars frame."""
        frame = pl.from_arrow(self.arrow(sql))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def columns(self, sql: str) -> dict[str, str]:
        """Names and types of a result's columns, without running it."""
        return {name: kind for name, kind, *_ in self.rows(f"describe {sql}")}

    def register(self, name: str, data: pa.Table | pl.DataFrame) -> None:
        """Make a table in memory known by a name."""
        self._connection.register(name, data.to_arrow() if isinstance(data, pl.DataFrame) else data)

    def write_parquet(self, sql: str, path: Path) -> None:
        """Stream a result into one Parquet file."""
        self.run(f"copy ({sql}) to {_quoted(path)} (format parquet, compression zstd)")

    def write_csv(self, sql: str, path: Path) -> None:
        """Stream a result into one CSV file in UTF-8: a header, ISO dates, nulls as nothing."""
        self.run(f"copy ({sql}) to {_quoted(path)} (format csv, header, dateformat '%Y-%m-%d')")

    def close(self) -> None:
        """Let the memory and the spill directory go."""
        self._connection.close()
        if self._let_go:
            self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            with self._reporting():
                yield
        except duckdb.DataError:
            # No cause is kept: DuckDB's own words quote the value that it could not take.
            raise QueryError(
                where="the engine",
                found="a query met a value that its type cannot hold, such as a number that is too large",
                next_step="`allcomers check` says which fields cannot be read",
            ) from None
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise QueryError(
                where="the engine",
                found="a query ran out of memory or of disk for what does not fit in memory",
                expected=f"room in {self.spill}",
                next_step="Free some disk, or give another directory and more memory",
            ) from error

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        if self._progress is None:
            yield
            return
        finished = threading.Event()
        watcher = threading.Thread(target=self._report_until, args=(finished, self._progress), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            finished.set()
            watcher.join()

    def _report_until(self, finished: threading.Event, progress: Progress) -> None:
        while not finished.wait(_POLL_SECONDS):
            progress(max(0.0, self._connection.query_progress() / 100))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
