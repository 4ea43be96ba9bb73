"""A small valid submission of the data set (tests/data/valid_submission, made up), and ways to spoil and check it.

Also one Spark for the whole run: it takes seconds to start, and a process has but one. And one filled demonstration.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from allcomers import dataset
from allcomers.dataset import CheckResult
from allcomers.engine import Session
from allcomers.engine.spark import SparkEngine
from allcomers.exceptions import EngineUnavailableError
from tests import demonstration

Frames = dict[str, pl.DataFrame]
_QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
QUICK_ON_LITTLE = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""On few rows Spark spends its time compiling queries, which changes no result: to interpret them takes half as long.
The acceptance test, which has many rows, leaves Spark as it is."""


@pytest.fixture(scope="session")
def valid_folder() -> Path:
    """The folder of CSV files."""
    return Path(__file__).parent / "data" / "valid_submission"


@pytest.fixture(scope="session")
def read_valid(valid_folder: Path) -> Callable[[], Frames]:
    """Reads the submission afresh, every value as text."""
    return lambda: {path.stem: pl.read_csv(path, infer_schema=False) for path in sorted(valid_folder.glob("*.csv"))}


@pytest.fixture
def valid(read_valid: Callable[[], Frames]) -> Frames:
    return read_valid()


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(memory_gb=1, threads=1) as opened:
        yield opened


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkEngine]:
    """Spark on two threads of this machine. Where it cannot run, tests fail in CI and are skipped elsewhere."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("JDK_JAVA_OPTIONS", _QUICK_JAVA)
            engine = SparkEngine("local[2]", memory_gb=1, settings=QUICK_ON_LITTLE)
    except EngineUnavailableError as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def filled_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that was filled and ended; one for all the processes that share the tests out."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return demonstration.filled(shared / "demonstration")


@pytest.fixture(scope="session")
def checked(session: Session) -> Callable[..., CheckResult]:
    """The result of checking tables in memory, or a path."""

    def check(source: Frames | Path, *, rows: bool = False, form: str | None = None) -> CheckResult:
        if isinstance(source, dict):
            return dataset.check(dataset.from_frames(source, session=session, form=form), rows=rows)
        with dataset.open(source, form=form) as opened:
            return dataset.check(opened, rows=rows)

    return check


@pytest.fixture(scope="session")
def together(session: Session) -> Callable[[dict[str, Frames]], dict[str, dict[str, int]]]:
    """Many variants of the submission checked in one run, each as a submission of its own: counts of rules broken."""

    def check(variants: dict[str, Frames]) -> dict[str, dict[str, int]]:
        result = dataset.check(dataset.from_frames(_stacked(variants), session=session, form="submissions"))
        names = {f"(submission {number})": name for number, name in enumerate(variants)}
        broken: dict[str, dict[str, int]] = {name: {} for name in variants}
        for finding in result.findings:
            for submission, count in finding.submissions:
                broken[names[submission[submission.index("(") :]]][finding.rule.id] = count
        return broken

    return check


def _stacked(variants: dict[str, Frames]) -> Frames:
    """The tables of all variants one below the other, told apart by UniqueSubmissionID."""
    return {
        name: pl.concat(
            [
                frames[name].with_columns(UniqueSubmissionID=pl.lit(str(number)))
                for number, frames in enumerate(variants.values())
            ]
        )
        for name in next(iter(variants.values()))
    }
