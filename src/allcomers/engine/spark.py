"""Plans on Spark, on this machine or a cluster, for what one machine cannot hold. PySpark is an optional part.

Settings are those under which Spark gives what DuckDB gives: ANSI arithmetic, days in UTC, text compared by its bytes.
"""

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from allcomers.engine.duck import Session
from allcomers.engine.plan import Plan
from allcomers.engine.running import NO_FILES, Parameters, ParquetFile, held, selected, taken, tidied
from allcomers.engine.spark_session import started
from allcomers.engine.types import SQL_NAMES, Type, type_called
from allcomers.exceptions import QueryError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class SparkEngine:
    """Plans on Spark.

    Parameters
    ----------
    master : "local[2]" for two threads of this machine, or a cluster's address such as "spark://host:7077".
    memory_gb : memory of the process that plans the work, and on one machine does it.
    staging : directory for tables handed over and held; every machine of a cluster must reach it. A temporary one when
        None.
    settings : further settings of Spark, by their names.

    Raises
    ------
    EngineUnavailableError : PySpark or Java is not installed, or the cluster does not answer.
    """

    dialect = "spark"

    def __init__(
        self,
        master: str = "local[2]",
        *,
        memory_gb: float = 3.0,
        staging: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._own_staging = staging is None
        self.staging = Path(tempfile.mkdtemp(prefix="allcomers-spark-")) if staging is None else staging
        try:
            memory = {"spark.driver.memory": f"{int(memory_gb * 1024)}m"}
            self._spark, self._own_spark = started(master, self.staging, memory | _dealt(master) | dict(settings or {}))
        except BaseException:
            self._clear()
            raise
        self._frames: dict[str, DataFrame] = {}

    def add(self, name: str, data: pl.DataFrame | pa.Table) -> None:
        path = self.staging / f"{name}.parquet"
        pq.write_table(data.to_arrow() if isinstance(data, pl.DataFrame) else data, path)
        self.add_parquet(name, [path])

    def add_parquet(self, name: str, paths: Sequence[Path | str]) -> None:
        self._require_free(name)
        # To compare the columns of several files is a query in itself, and takes as long as one.
        several = "true" if len(paths) > 1 else "false"
        frame = self._spark.read.option("mergeSchema", several).parquet(*(str(path) for path in paths))
        self._hold(name, frame.selectExpr(*(_as_held(*column) for column in frame.dtypes)))

    def add_query(self, name: str, session: Session, sql: str) -> None:
        path = self.staging / f"{name}.parquet"
        session.write_parquet(sql, path)
        self.add_parquet(name, [path])

    def columns(self, name: str) -> dict[str, Type]:
        return {column: type_called(kind) for column, kind in self._spark.table(f"`{name}`").dtypes}

    def make(
        self, plan: Plan, wanted: Iterable[str], parameters: Parameters, files: Mapping[str, ParquetFile] = NO_FILES
    ) -> None:
        wanted = list(wanted)
        kept, made = held(plan, wanted), list[str]()
        try:
            with _told():
                for name in plan.needed(wanted):
                    self._require_free(name)
                    frame = self._spark.sql(plan.step_sql(name, self.dialect, **parameters))
                    self._hold(name, self._written(name, frame) if name in kept else frame)
                    made.append(name)
            for name, file in files.items():
                self.write_parquet(name, file.path, file.order_by)
        except BaseException:
            with contextlib.suppress(QueryError):
                self.drop(made)
            raise
        self.drop([name for name in made if name not in wanted])

    def frame(self, name: str, order_by: Sequence[str] = ()) -> pl.DataFrame:
        return self.query(selected(name, order_by, "`"))

    def query(self, sql: str) -> pl.DataFrame:
        with _told():
            return self._collected(self._spark.sql(sql))

    def write_parquet(self, name: str, path: Path, order_by: Sequence[str] = ()) -> None:
        folder = self.staging / f"{name}.parts"
        one = self._spark.table(f"`{name}`").coalesce(1)
        if order_by:
            one = one.sortWithinPartitions(*order_by)
        with _told():
            one.write.mode("overwrite").option("compression", "zstd").parquet(str(folder))
        (part,) = folder.glob("part-*.parquet")
        shutil.move(part, path)
        shutil.rmtree(folder)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            del self._frames[name]
            self._spark.catalog.dropTempView(name)
            shutil.rmtree(self._folder(name), ignore_errors=True)

    def close(self) -> None:
        from py4j.protocol import Py4JError

        # Of a Spark that has ended nothing is left to stop, and why it ended has been told.
        with contextlib.suppress(Py4JError, OSError):
            if self._own_spark:
                self._spark.stop()
            else:
                self.drop(list(self._frames))
        self._clear()

    def _written(self, name: str, frame: "DataFrame") -> "DataFrame":
        """The same rows, computed once and read back: a plan that goes back to the data set takes minutes to optimise,
        and rows on disk leave memory to the query."""
        frame.write.parquet(self._folder(name))
        return self._spark.read.schema(frame.schema).parquet(self._folder(name))

    def _folder(self, name: str) -> str:
        return str(self.staging / f"{name}.made")

    def _require_free(self, name: str) -> None:
        if name in self._frames:
            raise taken(name)

    def _hold(self, name: str, frame: "DataFrame") -> None:
        frame.createOrReplaceTempView(f"`{name}`")
        self._frames[name] = frame

    def _collected(self, frame: "DataFrame") -> pl.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = frame.toArrow()
        result = pl.from_arrow(table)
        assert isinstance(result, pl.DataFrame)
        return tidied(result)

    def _clear(self) -> None:
        if self._own_staging:
            shutil.rmtree(self.staging, ignore_errors=True)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What Spark could not finish, in words. A query that it could not even read is a fault of ours, and stays one."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    try:
        yield
    except (AnalysisException, ParseException):
        raise
    except (PySparkException, Py4JError, OSError) as error:
        raise QueryError(
            where="Spark",
            found=f"a query did not finish: {_cause(error)}",
            expected="Memory and disk for what a query holds, on every machine that works on it",
            next_step="Give Spark more memory (--memory), or point TMPDIR to a disk with more room",
        ) from error


_CAUSES = {
    "No space left on device": "a disk is full",
    "OutOfMemoryError": "it ran out of memory",
    "Java heap space": "it ran out of memory",
}


def _cause(error: Exception) -> str:
    """Spark's message quotes values, so only what it names is told."""
    from pyspark.errors import PySparkException

    told = next((words for sign, words in _CAUSES.items() if sign in str(error)), None)
    condition = error.getCondition() if isinstance(error, PySparkException) else None
    return told or condition or "its process ended"


def _dealt(master: str) -> dict[str, str]:
    """Into how many parts grouped and joined rows are dealt: few on one machine, where each costs more than it saves;
    on a cluster as Spark is set up there."""
    return {"spark.sql.shuffle.partitions": "4"} if master.startswith("local") else {}


def _as_held(column: str, found: str) -> str:
    kind, quoted = type_called(found), f"`{column}`"
    if kind in (Type.INTEGER, Type.NUMBER) and found.lower() != SQL_NAMES[kind]:
        return f"cast({quoted} as {SQL_NAMES[kind]}) as {quoted}"
    return quoted
