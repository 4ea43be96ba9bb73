"""`allcomers synthesise`: records of people who do not exist, and how near they come to the published figures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from allcomers.exceptions import AllcomersError
from allcomers.synthetic import FileFormat, Form, Plan, write
from allcomers.synthetic.calibration import FAIL, NOT_HELD, PASS, check_calibration
from allcomers.synthetic.targets import ENGLAND_REFERRALS

MISSED = 1
_START_OF_TARGETS = "2024-04"


def synthesise(
    out: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="A folder that is empty or does not exist yet.")
    ] = None,
    referrals: Annotated[
        int | None, typer.Option(help="Referrals received in the period; England has about 1.8 million a year.")
    ] = None,
    start: Annotated[str, typer.Option(metavar="YYYY-MM", help="First month.")] = _START_OF_TARGETS,
    months: Annotated[int, typer.Option(help="How many months.")] = 12,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    faults: Annotated[
        float, typer.Option(help="Share of records, 0 to 1, that get a fault; truth/faults names each.")
    ] = 0.0,
    form: Annotated[
        Form, typer.Option("--as", help="One history, or a folder a month in which open referrals come back.")
    ] = Form.HISTORY,
    file_format: Annotated[FileFormat, typer.Option("--format", help="How tables are written.")] = FileFormat.PARQUET,
    workers: Annotated[int, typer.Option(help="Blocks made at a time; the bytes do not depend on it.")] = 2,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Write nothing; hold such a data set against every published target.")
    ] = False,
) -> None:
    """Make a record-level data set of people who do not exist, calibrated to published figures.

    Every file is stamped SYNTHETIC. It holds all tables of the national data set; `extra/` holds answers to single
    questions, free text, staff and organisations; `truth/` holds what no record says.

    Examples:

        allcomers synthesise town --referrals 10000 --start 2024-04 --months 12 --seed 1

        allcomers synthesise faulty --referrals 10000 --faults 0.001 --format csv

        allcomers synthesise --calibration
    """
    first = _first_of_month(start)
    if calibration:
        plan = Plan(referrals or ENGLAND_REFERRALS, first, months, seed)
        with _progress("holding it against published figures") as tell:
            verdicts = check_calibration(plan, workers=_at_least_one(workers), tell=tell)
        raise typer.Exit(_print_calibration(verdicts))
    if out is None or referrals is None:
        raise AllcomersError(
            where="allcomers synthesise",
            found="the folder or --referrals is missing",
            next_step="For example: allcomers synthesise town --referrals 10000",
        )
    plan = Plan(referrals, first, months, seed)
    with _progress(f"writing {out}") as tell:
        write(
            out,
            plan,
            form=form,
            file_format=file_format,
            faults=_rate(faults),
            workers=_at_least_one(workers),
            tell=tell,
        )
    Console().print(f"{referrals:,} referrals of people who do not exist are in {out}.", highlight=False)


def _first_of_month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError as error:
        raise AllcomersError(
            where="--start", found="that is no month", expected="A year and month such as 2024-04"
        ) from error


def _rate(faults: float) -> float:
    if not 0 <= faults <= 1:
        raise AllcomersError(where="--faults", found="that is no share", expected="A number from 0 to 1, such as 0.001")
    return faults


def _at_least_one(workers: int) -> int:
    if workers < 1:
        raise AllcomersError(where="--workers", found="nobody would do the work", expected="A number from 1")
    return workers


@contextmanager
def _progress(what: str) -> Iterator[Callable[[float], None]]:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    with bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _print_calibration(verdicts: pl.DataFrame) -> int:
    """Every target, then a summary a block; 1 if a target held to was missed."""
    for row in verdicts.iter_rows(named=True):
        found = "" if row["found"] is None else f"{row['found']:,.4f} ({row['standard_error']:,.4f})"
        tolerance = "" if row["tolerance"] is None else f"± {row['tolerance']:g} {row['tolerance_kind']}"
        verdict = row["verdict"] + (f": {row['reason']}" if row["reason"] else "")
        named = (row["block"], row["measure"], row["stratum"], row["status"])
        typer.echo(" | ".join((*named, f"{row['value']:,.4f}", tolerance, found, verdict)))
    typer.echo("")
    for line in _summary(verdicts):
        typer.echo(line)
    return MISSED if (verdicts["verdict"] == FAIL).any() else 0


def _summary(verdicts: pl.DataFrame) -> list[str]:
    """How many passed, a line a block and one for all."""
    counts = verdicts.group_by("block", "verdict").len().pivot(on="verdict", index="block", values="len").fill_null(0)
    held = [name for name in (PASS, FAIL, NOT_HELD) if name in counts.columns]
    rows = [
        *counts.sort("block").iter_rows(named=True),
        {"block": "all", **counts.select(held).sum().row(0, named=True)},
    ]
    return [f"{row['block']:16} " + "  ".join(f"{name} {row[name]}" for name in held) for row in rows]
