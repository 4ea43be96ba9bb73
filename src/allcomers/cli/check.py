"""`allcomers check`: would this data set be accepted, and what is wrong with it where it would not?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from allcomers import dataset
from allcomers.dataset.checking.report import write_html, write_json
from allcomers.dataset.checking.result import CheckResult, Finding
from allcomers.engine import Session

REJECTED = 1
_COLOURS = {"file": "bold red", "group": "red", "record": "red", "warning": "yellow"}
_SHOWN_PLACES = 3


def check(
    source: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A folder of CSV or Parquet files, a ZIP of them, a SQLite or DuckDB file, or a PostgreSQL address "
            "(postgresql://user@host/database?schema=name).",
        ),
    ],
    rows: Annotated[
        bool,
        typer.Option("--rows", help="Also show the first faulty records themselves: values from people's records."),
    ] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report that opens in any browser.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the result for another program.")] = None,
    form: Annotated[
        str | None,
        typer.Option("--as", help="submissions or history; recognised from the data when not given."),
    ] = None,
    memory_gb: Annotated[
        float, typer.Option("--memory", help="Most memory for queries, in GB; more goes to disk.")
    ] = 3.0,
) -> None:
    """Check a data set against every rule of the national standard, and some of our own.

    Each fault is counted and located, with what it means and what to do. Nothing in the data set is changed, and no
    value from a record is shown unless you ask for it with --rows.

    Ends with 0 when every record would be accepted, 1 when any would be rejected, 2 when it cannot be read.

    Examples:

        allcomers check extract/

        allcomers check april.zip --html april.html
    """
    if form not in (None, dataset.SUBMISSIONS, dataset.HISTORY):
        raise typer.BadParameter("it is submissions or history", param_hint="--as")
    console, errors = Console(), Console(stderr=True)
    result = _checked(source, rows=rows, form=form, memory_gb=memory_gb, console=errors)
    _print(result, console)
    if html:
        write_html(result, html)
        errors.print(f"Report: {html}", markup=False)
    if json:
        write_json(result, json)
        errors.print(f"Result: {json}", markup=False)
    if not result.clean:
        raise typer.Exit(REJECTED)


def _checked(source: str, *, rows: bool, form: str | None, memory_gb: float, console: Console) -> CheckResult:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress, Session(memory_gb=memory_gb) as session:
        task = progress.add_task("opening", total=1.0)
        opened = dataset.open(
            source, session=session, form=form, tell=lambda what: progress.update(task, description=what)
        )
        return dataset.check(
            opened, rows=rows, tell=lambda what, share: progress.update(task, description=what, completed=share)
        )


def _print(result: CheckResult, console: Console) -> None:
    if result.findings:
        console.print(_findings_table(result.findings))
    console.print(_records_table(result))
    for rule, records in result.examples.items():
        for record in records:
            values = "; ".join(f"{name} {value}" for name, value in record["values"].items() if value)
            console.print(f"{rule}  {record['file']} row {record['row']}: {values}", markup=False, highlight=False)
    for name in result.rejected_submissions:
        console.print(f"Turned away whole: {name}", style="bold red", markup=False)
    console.print(_verdict(result), markup=False, highlight=False)


def _findings_table(findings: tuple[Finding, ...]) -> Table:
    table = Table(title="Faults", show_lines=True)
    table.add_column("rule", no_wrap=True)
    table.add_column("how many", justify="right", no_wrap=True)
    table.add_column("where", overflow="fold")
    table.add_column("what is wrong, and what to do", ratio=1)
    for finding in findings:
        colour = _COLOURS[finding.rule.severity.value]
        where = [f"{finding.table[:6]}.{finding.field}" if finding.field else finding.table[:6]]
        places = [escape(str(place)) for place in finding.places[:_SHOWN_PLACES]]
        table.add_row(
            f"[{colour}]{finding.rule.id}\n{finding.rule.severity.value}[/]",
            f"{finding.count:,}",
            "\n".join([*where, *places]),
            f"{escape(finding.meaning)}\n[dim]{escape(finding.rule.remedy)}[/]",
        )
    return table


def _records_table(result: CheckResult) -> Table:
    table = Table("table", title="Records")
    for name in ("records", "accepted", "rejected"):
        table.add_column(name, justify="right")
    for counted in result.tables:
        table.add_row(counted.table, f"{counted.rows:,}", f"{counted.accepted:,}", f"{counted.rejected:,}")
    return table


def _verdict(result: CheckResult) -> str:
    if result.clean:
        warned = f", with {result.warnings:,} warnings" if result.warnings else ""
        return f"Every one of {result.rows:,} records would be accepted{warned}."
    return (
        f"{result.rejected:,} of {result.rows:,} records would be rejected, {result.rows - result.rejected:,} accepted."
    )
