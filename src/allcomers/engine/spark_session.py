"""Starting Spark, quietly, or saying in words why it cannot be: PySpark, Java and a master that answers are needed."""

import importlib.util
import logging
import os
import shutil
import socket
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allcomers.exceptions import EngineUnavailableError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_CONNECT_SECONDS = 5.0
_PORT = 7077
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
# Without an appender Spark takes this for no configuration at all, and puts its own in its place.
_QUIET = """\
rootLogger.level = off
rootLogger.appenderRef.nowhere.ref = nowhere
appender.nowhere.type = Null
appender.nowhere.name = nowhere
"""
"""Spark talks from its first moment, and its errors quote values. As exceptions, they get words of ours."""
_PYTHON_LOGGER = "SQLQueryContextLogger"


def started(master: str, staging: Path, settings: Mapping[str, str]) -> "tuple[SparkSession, bool]":
    """A session, and whether it was started here: a process has one, and a notebook's is the notebook's to stop.

    Raises
    ------
    EngineUnavailableError : PySpark or Java is not installed, no master answers, or Spark ended as it began.
    """
    _require(master)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger(_PYTHON_LOGGER).disabled = True
    staging.mkdir(parents=True, exist_ok=True)
    said = staging / "said.txt"
    named = {"spark.master": master, "spark.app.name": "allcomers"}
    whole = _SETTINGS | named | _local(master) | _places(staging) | dict(settings)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            is_own = SparkSession.getActiveSession() is None
            _launch(whole, said)
            return SparkSession.builder.config(map=dict[str, Any](whole)).getOrCreate(), is_own
    except (PySparkException, Py4JError, OSError) as error:
        raise EngineUnavailableError(
            where=master,
            found=f"Spark did not start{_last_words(said, error)}",
            expected="Java 17 or later, the memory asked for, and a master that takes work, such as local[2]",
            next_step="Run with --master local[2] to see whether Spark works here, or without --engine spark",
        ) from error


def _local(master: str) -> dict[str, str]:
    if not master.startswith("local"):
        return {}
    return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def _places(staging: Path) -> dict[str, str]:
    quiet = staging / "log4j2.properties"
    quiet.write_text(_QUIET)
    return {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
        "spark.local.dir": str(staging / "spill"),
        "spark.sql.warehouse.dir": str(staging / "warehouse"),
    }


def _launch(settings: Mapping[str, str], said: Path) -> None:
    """Start Java, once a process, with what it says before it reads any setting going to a file."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    # Java outlives a Spark that was stopped, and is told of by no public name.
    if SparkContext._gateway is None:  # noqa: SLF001
        configured = SparkConf(loadDefaults=False).setAll(list(settings.items()))
        with said.open("w") as file:
            gateway = launch_gateway(configured, {"stdout": file, "stderr": file})  # type: ignore[no-untyped-call]
        SparkContext._ensure_initialized(gateway=gateway)  # noqa: SLF001


def _last_words(said: Path, error: Exception) -> str:
    """Why it could not begin, as Java or Spark put it: there are no data yet that they could quote."""
    from py4j.protocol import Py4JJavaError

    lines = said.read_text().splitlines() if said.exists() else []
    if isinstance(error, Py4JJavaError):
        lines = str(error.java_exception.getMessage()).splitlines()[:1] or lines
        return f": {lines[0].strip()}" if lines else ""
    wrong = [line.strip() for line in lines if any(sign in line.lower() for sign in ("error", "no such file"))]
    return f": {' '.join(wrong[:2])}" if wrong else ""


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
    if master.startswith("spark://") and not any(_answers(one) for one in master[len("spark://") :].split(",")):
        raise EngineUnavailableError(
            where=master,
            found="no Spark answers at this address",
            expected="The address of a running master, such as spark://host:7077, or local[2] for this machine",
            next_step="Check the address, and that it can be reached from here",
        )


def _answers(address: str) -> bool:
    """Ask whether anybody is there: Spark itself would try for minutes, and say so at length."""
    host, _, port = address.partition(":")
    if port and not port.isdecimal():
        return False
    try:
        socket.create_connection((host, int(port or _PORT)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError):
        return False
    return True
