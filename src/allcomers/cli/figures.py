"""`allcomers figures`: one organisation's figures from published tables, to check any number on a page."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from allcomers.cli.observatory import FilesArgument
from allcomers.exceptions import AllcomersError
from allcomers.published.figures import FIGURE, FIGURE_COLUMNS, figures
from allcomers.published.layouts import ENGLAND_CODE, TOTAL
from allcomers.published.tables import read_tables

BASES = ("official", "at_caseness", "finished", "entered", "referred")


def show_figures(
    files: FilesArgument,
    organisation: Annotated[str, typer.Option(help="Organisation code; All is England.")] = ENGLAND_CODE,
    period: Annotated[str | None, typer.Option(help="Such as 2023-24; every period when not given.")] = None,
    figure: Annotated[str | None, typer.Option(help=f"One of {', '.join(FIGURE)}.")] = None,
    base: Annotated[str | None, typer.Option(help=f"One of {', '.join(BASES)}.")] = None,
    breakdown: Annotated[str, typer.Option(help="Variable type, such as “Age Group”.")] = TOTAL,
    csv: Annotated[Path | None, typer.Option(help="Write the rows to this CSV as well.")] = None,
) -> None:
    """Work out the figures of one organisation again, from published tables.

    - `allcomers figures *.zip --organisation All --figure recovery`
    """
    found = figures(read_tables(files).counts)
    chosen = {"org_code": organisation, "period": period, "figure": figure, "base": base, "variable_type": breakdown}
    for column, wanted in chosen.items():
        found = _only(found, column, wanted)
    if csv:
        found.write_csv(csv)
    _print(found)


def _only(found: pl.DataFrame, column: str, wanted: str | None) -> pl.DataFrame:
    if wanted is None:
        return found
    kept = found.filter(pl.col(column) == wanted)
    if kept.is_empty():
        known = sorted(found[column].unique().to_list())
        shown = ", ".join(known[:12]) + (f" … ({len(known)} in all)" if len(known) > 12 else "")
        raise AllcomersError(
            where=f"{column} {wanted}", found="nothing was published under it", expected=f"One of {shown}"
        )
    return kept


def _print(found: pl.DataFrame) -> None:
    table = Table(title="Percentages with the interval that rounding leaves open")
    shown = [name for name in FIGURE_COLUMNS if name not in ("org_name", "kind") and found[name].n_unique() > 1]
    shown = list(dict.fromkeys(["period", *shown, "numerator", "denominator", "low", "value", "high"]))
    for name in shown:
        numeric = found.schema[name].is_numeric()
        table.add_column(name, justify="right" if numeric else "left", no_wrap=numeric)
    for row in found.select(shown).iter_rows():
        table.add_row(*(_text(value) for value in row))
    Console().print(table)


def _text(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,.4f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
