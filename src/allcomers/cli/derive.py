"""`allcomers derive`: one row a referral pathway, with every derivation that the official measures need."""

import re
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from allcomers import dataset
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine, Engine
from allcomers.pathways import deriving, national, organisations


class EngineName(StrEnum):
    """Where the queries run."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def gigabytes(text: str) -> float:
    """`4`, `4GB` or `512MB` as gigabytes."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(GB|MB)?\s*", text, re.IGNORECASE)
    if not found or float(found[1]) == 0:
        raise typer.BadParameter("it is a number of gigabytes, such as 4 or 4GB", param_hint="--memory")
    return float(found[1]) / (1024 if (found[2] or "").upper() == "MB" else 1)


def derive(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A folder of CSV or Parquet files, a ZIP of them, a SQLite or DuckDB file, or a PostgreSQL address.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to make; it must not hold anything.")],
    national_names: Annotated[
        bool,
        typer.Option(
            "--national-names",
            help="Write the national tables with the national derived fields, so that existing SQL runs as it is.",
        ),
    ] = False,
    organisation_list: Annotated[
        Path | None,
        typer.Option("--organisations", help="CSV or Parquet: the board and region of each provider or sub-ICB."),
    ] = None,
    engine_name: Annotated[EngineName, typer.Option("--engine", help="Where the queries run.")] = EngineName.DUCKDB,
    master: Annotated[str, typer.Option("--master", help="For Spark: local[2], or a cluster's address.")] = "local[2]",
    memory: Annotated[str, typer.Option("--memory", help="Most memory for queries; more goes to disk.")] = "4GB",
    form: Annotated[
        str | None, typer.Option("--as", help="submissions or history; recognised from the data when not given.")
    ] = None,
) -> None:
    """Derive pathways: one row a referral, in plain names, with contacts, sessions and employment beside it.

    Writes one Parquet file a table. Nothing is left behind if it cannot be finished.

    Examples:

        allcomers derive extract/ --out pathways/

        allcomers derive extract/ --out national/ --national-names
    """
    if form not in (None, dataset.SUBMISSIONS, dataset.HISTORY):
        raise typer.BadParameter("it is submissions or history", param_hint="--as")
    memory_gb, console = gigabytes(memory), Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with ExitStack() as open_things:
        progress = open_things.enter_context(Progress(*columns, console=console, transient=True))
        told = _Told(progress, progress.add_task("opening"))
        folder = open_things.enter_context(deriving.written_whole(out))
        session = open_things.enter_context(Session(memory_gb=memory_gb))
        opened = dataset.open(source, session=session, form=form, tell=told)
        beside = Path(source) if Path(source).is_dir() else None
        listed = organisations.read(organisation_list, beside=beside)
        engine = _engine(engine_name, session, master, memory_gb)
        open_things.callback(engine.close)
        prepared = deriving.prepare(opened, engine, listed=listed, tell=told)
        if national_names:
            national.write(prepared, opened, folder, told)
        else:
            deriving.write(prepared, folder, told)
        rows = engine.query("select count(*) as rows from pathway")["rows"].item()
    for note in prepared.notes:
        console.print(f"Note: {note}", markup=False, highlight=False)
    console.print(f"{rows:,} pathways: {out}", markup=False, highlight=False)


class _Told:
    """Shows what is being done."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def __call__(self, what: str) -> None:
        self._progress.update(self._task, description=what)


def _engine(name: EngineName, session: Session, master: str, memory_gb: float) -> Engine:
    if name is EngineName.DUCKDB:
        return DuckEngine(session)
    from allcomers.engine.spark import SparkEngine

    return SparkEngine(master, memory_gb=memory_gb)
