"""The command line: one module a command, each with help that teaches and errors that say what to do."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from allcomers import __version__
from allcomers.cli.check import check
from allcomers.cli.define import define
from allcomers.cli.demo import demo
from allcomers.cli.derive import derive
from allcomers.cli.figures import show_figures
from allcomers.cli.manage import PASSED_ON, manage
from allcomers.cli.measure import measure
from allcomers.cli.observatory import observatory
from allcomers.cli.published import published
from allcomers.cli.report import report
from allcomers.cli.serve import serve
from allcomers.cli.synthesise import synthesise
from allcomers.exceptions import AllcomersError

app = typer.Typer(
    name="allcomers",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Talking therapies in the open: every official figure, and beside it what happened to everyone who came.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"allcomers {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """Options that stand before any command."""


app.command("observatory")(observatory)
app.command("demo")(demo)
app.command("figures")(show_figures)
app.command("check")(check)
app.command("derive")(derive)
app.command("measure")(measure)
app.command("report")(report)
app.command("define")(define)
app.command("synthesise")(synthesise)
app.command("serve")(serve)
app.command("manage", context_settings=PASSED_ON)(manage)
app.add_typer(published, name="published")


def main() -> None:
    """Run the command line: an error a user can mend prints as a message, without a traceback."""
    try:
        app()
    except AllcomersError as error:
        Console(stderr=True).print(error.sentence, style="bold red", highlight=False, soft_wrap=True, markup=False)
        sys.exit(error.exit_code)
