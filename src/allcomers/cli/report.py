"""`allcomers report`: official and all-comers figures side by side, as one page that needs nothing else."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from allcomers import dataset
from allcomers.cli.derive import gigabytes
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.measures.periods import Period, parse, run_of
from allcomers.pathways import deriving, organisations


def report(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A folder of CSV or Parquet files, a ZIP of them, a SQLite or DuckDB file, or a PostgreSQL address.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
    period: Annotated[
        str,
        typer.Option(help='A month "2025-04", quarter "2025/26 Q1", year "2025/26" or "12 months to 2025-04".'),
    ],
    months: Annotated[int, typer.Option(min=1, help="So many such periods from that one on, taken as one.")] = 1,
    organisation: Annotated[
        str | None,
        typer.Option(help="Code of a provider, sub-ICB location, ICB or region; everyone in the data when not given."),
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Folder for every table as CSV.")] = None,
    only: Annotated[str | None, typer.Option(help="Names of analyses, with commas, such as bounds,waits.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random; the same seed gives the same page.")] = 1,
    organisation_list: Annotated[
        Path | None,
        typer.Option("--organisations", help="CSV or Parquet: the board and region of each provider or sub-ICB."),
    ] = None,
    memory: Annotated[str, typer.Option("--memory", help="Most memory for queries; more goes to disk.")] = "4GB",
) -> None:
    """Each official figure beside the same question asked of everyone who came, with what it assumes and leaves out.

    One page, to read, print or send: a summary, chapters with a sentence, a chart and a table each, and an appendix
    with definitions and provenance. Small numbers are withheld throughout.

    Examples:

        allcomers report extract/ --period 2024-04 --months 12 --out england.html

        allcomers report extract/ --period 2024/25 --organisation RXX01 --out ours.html --csv tables
    """
    # Imported here: the statistics libraries take seconds, and every other command would wait for them.
    from allcomers.analyses import catalogue
    from allcomers.analyses.records import records
    from allcomers.report import document, making
    from allcomers.report.provenance import provenance

    memory_gb, console = gigabytes(memory), Console(stderr=True)
    asked = _one_period(period, months)
    chosen = [catalogue.named(name.strip()).name for name in only.split(",")] if only else []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with ExitStack() as open_things:
        progress = open_things.enter_context(Progress(*columns, console=console, transient=True))
        task = progress.add_task("opening")

        def tell(what: str) -> None:
            progress.update(task, description=what)

        session = open_things.enter_context(Session(memory_gb=memory_gb))
        opened = dataset.open(source, session=session, tell=tell)
        listed = organisations.read(organisation_list, beside=Path(source) if Path(source).is_dir() else None)
        held = deriving.hold(opened, DuckEngine(session), listed=listed, organisation=organisation, tell=tell)
        of = records(held, asked, organisation=organisation, seed=seed)
        made = making.report(
            of,
            name=making.name_of(of, listed),
            provenance=provenance(source, _options(asked, organisation, seed)),
            organisations=listed,
            only=chosen,
            tell=tell,
        )
        tell("writing")
        document.write(made, out, csv)
    console.print(f"{len(made.sections)} analyses of {made.label} in {out}", markup=False, highlight=False)


def _one_period(period: str, months: int) -> Period:
    periods = run_of(parse(period), months)
    return Period(periods[0].starts_on, periods[-1].ends_on)


def _options(period: Period, organisation: str | None, seed: int) -> list[str]:
    """The options that change the numbers, in one spelling."""
    of = ["--organisation", organisation] if organisation else []
    return ["--period", period.label, *of, "--seed", str(seed)]
