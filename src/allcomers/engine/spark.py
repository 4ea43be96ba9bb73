"""Plans on Spark, on this machine or a cluster, for what one machine cannot hold. PySpark is an optional part.

Settings are those under which Spark gives what DuckDB gives: ANSI arithmetic, days in UTC, text compared by its bytes.
"""

import contextlib
import importlib.util
import logging
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from allcomers.engine.duck import Session
from allcomers.engine.plan import Plan
from allcomers.engine.running import Parameters, held, selected, tidied
from allcomers.engine.types import SQL_NAMES, Type, type_called
from allcomers.exceptions import EngineUnavailableError, QueryError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_CONNECT_SECONDS = 5.0
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Spark 4 trips over this rule in the plan of pathways, and says that the rule made the plan invalid.
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
}
_QUIET = """\
rootLogger.level = off
appender.nowhere.type = Null
appender.nowhere.name = nowhere
rootLogger.appenderRef.nowhere.ref = nowhere
"""
"""Spark talks from its first moment, and its errors quote values. As exceptions, they get words of ours."""
_PYTHON_LOGGER = "SQLQueryContextLogger"


class SparkEngine:
    """Plans on Spark.

    Parameters
    ----------
    master : "local[2]" for two threads of this machine, or a cluster's address such as "spark://host:7077".
    memory_gb : memory of the process that plans the work, and on one machine does it.
    shuffle_partitions : how many parts grouped and joined rows are dealt into.
    staging : directory for tables handed over; every machine of a cluster must reach it. A temporary one when None.

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
        shuffle_partitions: int = 4,
        staging: Path | None = None,
    ) -> None:
        _require(master)
        self._own_staging = staging is None
        self.staging = Path(tempfile.mkdtemp(prefix="allcomers-spark-")) if staging is None else staging
        try:
            self._spark, self._own_spark = _started(master, memory_gb, shuffle_partitions, self.staging)
        except BaseException:
            self._clear()
            raise
        self._frames: dict[str, DataFrame] = {}

    def add(self, name: str, data: pl.DataFrame | pa.Table) -> None:
        path = self.staging / f"{name}.parquet"
        pq.write_table(data.to_arrow() if isinstance(data, pl.DataFrame) else data, path)
        self.add_parquet(name, [path])

    def add_parquet(self, name: str, paths: Sequence[Path | str]) -> None:
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

    def make(self, plan: Plan, wanted: Iterable[str], parameters: Parameters) -> None:
        wanted = list(wanted)
        kept, made = held(plan, wanted), list[str]()
        try:
            with _told():
                for name in plan.needed(wanted):
                    frame = self._spark.sql(plan.step_sql(name, self.dialect, **parameters))
                    self._hold(name, self._written(name, frame) if name in kept else frame)
                    made.append(name)
        except BaseException:
            self.drop(made)
            raise
        self.drop([name for name in made if name not in wanted])

    def frame(self, name: str, order_by: Sequence[str] = ()) -> pl.DataFrame:
        return self.query(selected(name, order_by, "`"))

    def query(self, sql: str) -> pl.DataFrame:
        with _told():
            return self._collected(self._spark.sql(sql))

    def write_parquet(self, name: str, path: Path) -> None:
        folder = self.staging / f"{name}.parts"
        one = self._spark.table(f"`{name}`").coalesce(1)
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
    except (PySparkException, Py4JError) as error:
        kind = error.getCondition() if isinstance(error, PySparkException) else None
        raise QueryError(
            where="Spark",
            found=f"a query did not finish ({kind or 'the process ended or ran out of memory or disk'})",
            expected="Memory and disk for what a query holds, on every machine that works on it",
            next_step="Give Spark more memory, or more and smaller parts",
        ) from error


def _require(master: str) -> None:
    if importlib.util.find_spec("pyspark") is None:
        raise EngineUnavailableError(
            where="Spark", found="PySpark is not installed here", next_step="pip install 'allcomers[spark]'"
        )
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise EngineUnavailableError(
            where="Spark",
            found="there is no Java on this machine",
            expected="Java 17 or later, where the shell finds it",
            next_step="Install it, for example: apt install openjdk-17-jre-headless",
        )
    address = urlsplit(master)
    if address.scheme == "spark":
        _knock(master, address.hostname or "", address.port or 7077)


def _knock(master: str, host: str, port: int) -> None:
    """Ask whether anybody answers: Spark itself would try for minutes, and say so at length."""
    try:
        socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
    except OSError as error:
        raise EngineUnavailableError(
            where=master,
            found="no Spark answers at this address",
            expected="The address of a running master, such as spark://host:7077, or local[2] for this machine",
            next_step="Check the address, and that it can be reached from here",
        ) from error


def _started(master: str, memory_gb: float, shuffle_partitions: int, staging: Path) -> "tuple[SparkSession, bool]":
    """A session, and whether it was started here: a process has one, and a notebook's is the notebook's to stop."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger(_PYTHON_LOGGER).disabled = True
    staging.mkdir(parents=True, exist_ok=True)
    quiet = staging / "log4j2.properties"
    quiet.write_text(_QUIET)
    settings: dict[str, Any] = _SETTINGS | {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        "spark.driver.memory": f"{int(memory_gb * 1024)}m",
        "spark.sql.shuffle.partitions": str(shuffle_partitions),
        "spark.local.dir": str(staging / "spill"),
        "spark.sql.warehouse.dir": str(staging / "warehouse"),
    }
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    try:
        is_own = SparkSession.getActiveSession() is None
        return SparkSession.builder.appName("allcomers").master(master).config(map=settings).getOrCreate(), is_own
    except (PySparkException, OSError) as error:
        raise EngineUnavailableError(
            where=master,
            found="Spark did not start",
            expected="Java 17 or later, and the memory asked for",
            next_step="Run with local[2] to see whether Spark works here, or without --engine spark",
        ) from error


def _as_held(column: str, found: str) -> str:
    kind, quoted = type_called(found), f"`{column}`"
    if kind in (Type.INTEGER, Type.NUMBER) and found.lower() != SQL_NAMES[kind]:
        return f"cast({quoted} as {SQL_NAMES[kind]}) as {quoted}"
    return quoted
