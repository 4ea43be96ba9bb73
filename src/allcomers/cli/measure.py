"""`allcomers measure`: every official measure of a data set, for each period, organisation and breakdown."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from allcomers import dataset
from allcomers.cli.derive import EngineName, gigabytes
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine, Engine
from allcomers.exceptions import MeasureRequestError
from allcomers.measures import calculate, run
from allcomers.measures.levels import Level, parse_levels
from allcomers.measures.output import Format, write
from allcomers.measures.periods import parse, run_of
from allcomers.pathways import deriving, organisations

_NEEDS_LIST = (Level.REGION, Level.ICB)


def measure(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A folder of CSV or Parquet files, a ZIP of them, a SQLite or DuckDB file, or a PostgreSQL address.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    period: Annotated[
        str,
        typer.Option(help='A month "2025-04", quarter "2025/26 Q1", year "2025/26" or "12 months to 2025-04".'),
    ],
    months: Annotated[int, typer.Option(min=1, help="So many such periods, one after another, from that one on.")] = 1,
    by: Annotated[
        str | None,
        typer.Option(
            help="Levels, with commas: england, region, icb, subicb, provider, subicb-provider. All that are known "
            "when not given."
        ),
    ] = None,
    breakdowns: Annotated[
        bool, typer.Option("--breakdowns", help="Also by age, ethnic category, problem and so on (quarterly measures).")
    ] = False,
    only: Annotated[str | None, typer.Option(help="Ids of measures, with commas, such as M192,M195.")] = None,
    counterparts: Annotated[
        bool,
        typer.Option("--counterparts", help="After each measure the same asked of everyone who came (M192_all …)."),
    ] = False,
    compat: Annotated[
        str | None, typer.Option(help="official: take known slips of the published wording literally.")
    ] = None,
    organisation_list: Annotated[
        Path | None,
        typer.Option("--organisations", help="CSV or Parquet: the board and region of each provider or sub-ICB."),
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help="csv (official layout) or parquet (tidy).")] = None,
    engine_name: Annotated[EngineName, typer.Option("--engine", help="Where the queries run.")] = EngineName.DUCKDB,
    master: Annotated[str, typer.Option("--master", help="For Spark: local[2], or a cluster's address.")] = "local[2]",
    memory: Annotated[str, typer.Option("--memory", help="Most memory for queries; more goes to disk.")] = "4GB",
) -> None:
    """Every official measure, fit to leave: rounded and withheld below England as nationally, and a little further.

    Nothing is written unless everything could be. `allcomers define M192` says what a measure is.

    Examples:

        allcomers measure extract/ --period 2025-04 --out april.csv

        allcomers measure extract/ --period 2025-04 --months 12 --by england,provider --only M192,M195 --out year.csv

        allcomers measure extract/ --period 2025/26 --only M192,M053 --counterparts --out everyone.csv
    """
    if compat not in (None, "official"):
        raise MeasureRequestError(where="--compat", found=f"there is no {compat!r}", expected="It can be official")
    memory_gb, console = gigabytes(memory), Console(stderr=True)
    periods, measures = (
        run_of(parse(period), months),
        run.chosen(_listed(only), counterparts=counterparts, breakdowns=breakdowns),
    )
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with ExitStack() as open_things:
        progress = open_things.enter_context(Progress(*columns, console=console, transient=True))
        task = progress.add_task("opening")

        def tell(what: str) -> None:
            progress.update(task, description=what)

        session = open_things.enter_context(Session(memory_gb=memory_gb))
        opened = dataset.open(source, session=session, tell=tell)
        listed = organisations.read(organisation_list, beside=Path(source) if Path(source).is_dir() else None)
        engine = _engine(engine_name, session, master, memory_gb)
        open_things.callback(engine.close)
        held = deriving.hold(opened, engine, listed=listed, days=calculate.days(measures, periods), tell=tell)
        result = run.run(
            held,
            periods,
            measures=measures,
            levels=_levels(by, listed),
            breakdowns=breakdowns,
            compat=compat,
            organisations=listed,
            named=bool(only),
            tell=tell,
        )
        tell("writing")
        rows = write(result.frames, out, form or _form(out), breakdowns=breakdowns)
    for sentence in (*held.notes, *result.notes):
        console.print(sentence, markup=False, highlight=False)
    console.print(f"{rows:,} figures in {out}", markup=False, highlight=False)


def _listed(text: str | None) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()] if text else []


def _levels(by: str | None, listed: pl.DataFrame) -> Sequence[Level]:
    if by:
        return parse_levels(_listed(by))
    known = listed["region_code"].is_not_null().any()
    return [level for level in Level if known or level not in _NEEDS_LIST]


def _form(out: Path) -> Format:
    return Format.PARQUET if out.suffix == ".parquet" else Format.CSV


def _engine(name: EngineName, session: Session, master: str, memory_gb: float) -> Engine:
    if name is EngineName.DUCKDB:
        return DuckEngine(session)
    from allcomers.engine.spark import SparkEngine

    return SparkEngine(master, memory_gb=memory_gb)
