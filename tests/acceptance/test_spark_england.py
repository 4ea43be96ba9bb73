"""What issue 4 asks of Spark: on a synthetic England the same commands write the same files, cell for cell.

The slow suite takes 100,000 referrals, or as many as ALLCOMERS_SPARK_REFERRALS says.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from allcomers.cli import app
from allcomers.engine.spark import SparkEngine

REFERRALS = int(os.environ.get("ALLCOMERS_SPARK_REFERRALS", "100000"))
PERIOD = ("--period", "2025-01")
ENGINES = ("duckdb", "spark")
Command = Callable[[Sequence[str | Path]], None]


def _here(arguments: Sequence[str | Path]) -> None:
    """Run a command in this process, on the Spark that runs already."""
    done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def _apart(arguments: Sequence[str | Path]) -> None:
    """Run a command as its user does: with Spark's own start, its own memory and as Spark is set up by default."""
    program = Path(sys.executable).with_name("allcomers")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _synthetic(folder: Path, referrals: int) -> Path:
    many = ("--referrals", str(referrals), "--start", "2024-04", "--months", "12", "--seed", "4")
    _here(["synthesise", folder / "england", *many, "--workers", "1"])
    return folder / "england"


def _rows(path: Path) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    return frame.sort(frame.columns, nulls_last=True)


def _same_tables(one: Path, other: Path) -> None:
    assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in other.iterdir())
    for path in one.iterdir():
        ours, theirs = _rows(path), _rows(other / path.name)
        assert ours.schema == theirs.schema, path.name
        assert ours.equals(theirs), [path.name, *(name for name in ours.columns if not ours[name].equals(theirs[name]))]


def _measured(run: Command, england: Path, out: Path, *more: str) -> list[bytes]:
    for engine in ENGINES:
        run(["measure", england, *PERIOD, *more, "--engine", engine, "--memory", "3GB", "--out", out / f"{engine}.csv"])
    return [(out / f"{engine}.csv").read_bytes() for engine in ENGINES]


def test_a_few_measures_are_the_same_bytes(spark: SparkEngine, tmp_path: Path) -> None:
    ours, theirs = _measured(_here, _synthetic(tmp_path, 300), tmp_path, "--only", "M001,M031,M089,M192")
    assert ours.count(b"\n") > 10
    assert ours == theirs


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("java") is None:
        pytest.skip("there is no Java on this machine")
    return _synthetic(tmp_path_factory.mktemp("spark"), REFERRALS)


@pytest.mark.slow
def test_every_derived_table_is_the_same(england: Path, tmp_path: Path) -> None:
    for engine in ENGINES:
        _apart(["derive", england, "--engine", engine, "--memory", "3GB", "--out", tmp_path / engine])
    _same_tables(tmp_path / "duckdb", tmp_path / "spark")


@pytest.mark.slow
def test_every_measure_is_the_same_bytes(england: Path, tmp_path: Path) -> None:
    ours, theirs = _measured(_apart, england, tmp_path)
    assert ours.count(b"\n") > 343
    assert ours == theirs
