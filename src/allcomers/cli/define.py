"""`allcomers define`: what a measure is, in words and as a query in the analyst's own dialect."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from allcomers.measures import breakdowns, catalogue, defects, explaining, periods
from allcomers.measures.measure import Category, Measure
from allcomers.measures.not_computed import NOT_COMPUTED
from allcomers.measures.statement import statement

OFFICIAL = "official"


def define(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A measure (M192) or a breakdown variable (V011); none lists them all.")
    ] = "",
    sql: Annotated[
        str, typer.Option("--sql", metavar="DIALECT", help="Write the query instead: duckdb, spark, tsql, postgres …")
    ] = "",
    period: Annotated[
        str, typer.Option("--period", help="The period to put into the query; without one it keeps parameters.")
    ] = "",
    compat: Annotated[
        str, typer.Option("--compat", help='"official" takes a slip in the official wording literally.')
    ] = "",
) -> None:
    """Explain a measure: what it counts, over what, from which fields, where that was read and what is doubtful in it.

    The query reads the tables that `allcomers derive` writes.

    - `allcomers define M192`

    - `allcomers define M192 --sql tsql --period 2025-04`
    """
    console = Console()
    if not id_:
        console.print(_list())
    elif variable := breakdowns.of(id_):
        console.print(_categories(variable))
    elif reason := NOT_COMPUTED.get(id_.upper()):
        console.print(f"{id_.upper()} is not computed: {reason}", markup=False)
    else:
        measure = catalogue.get(id_)
        shown = defects.as_printed(measure) if compat == OFFICIAL else measure
        if sql:
            typer.echo(_query(shown, sql, period))
        else:
            console.print(_facts(shown))


def _query(measure: Measure, dialect: str, period: str) -> str:
    if not period:
        return statement(measure, dialect)
    found = periods.parse(period)
    return statement(measure, dialect, period_start=found.starts_on, period_end=found.ends_on)


def _facts(measure: Measure) -> Table:
    table = Table(title=f"{measure.id} {measure.name}", show_header=False, title_justify="left")
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for heading, lines in explaining.facts(measure):
        table.add_row(heading, Text("\n".join(lines)))
    return table


def _categories(variable: tuple[Category, ...]) -> Table:
    table = Table("Category", "Who is in it", title=f"{variable[0].variable} {variable[0].type}", title_justify="left")
    for one in variable:
        table.add_row(" – ".join(label for label in (one.a, one.b) if label), Text(explaining.belonging(one)))
    return table


def _list() -> Table:
    table = Table("Id", "Name", "Kind", "Published", title="Every measure", title_justify="left")
    for name, family in catalogue.FAMILIES.items():
        table.add_section()
        table.add_row("", f"[bold]{name}[/bold]")
        for measure in family.MEASURES:
            table.add_row(measure.id, measure.name, measure.kind, str(measure.frequency))
    for id_, reason in NOT_COMPUTED.items():
        table.add_row(id_, f"not computed: {reason}")
    for variable in dict.fromkeys(one.variable for one in breakdowns.all()):
        table.add_row(variable, breakdowns.of(variable)[0].type, "breakdown")
    return table
