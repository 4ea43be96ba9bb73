"""`allcomers demo`: the whole thing, from nothing, on this machine."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from allcomers.cli.observatory import make_site
from allcomers.cli.serving import serve_directory
from allcomers.published.example import write_example, write_organisations


def demo(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Published tables; synthetic ones are made when none is given.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="The folder of the site.")] = Path("build/demo-site"),
    port: Annotated[int, typer.Option(help="The port to serve on; 0 for any that is free.")] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Show the site when it is made.")] = True,
) -> None:
    """Build the observatory and show it on this machine.

    With no tables it uses small synthetic ones in NHS England's layout, and every page says so.

    - `allcomers demo`

    - `allcomers demo psych-ther-ann-rep-csvs-2023-24.zip --port 8080`
    """
    processes = os.cpu_count() or 1
    if files:
        make_site(files, out, organisations=None, declarations=None, processes=processes)
    else:
        Console(stderr=True).print(
            "No tables given, so SYNTHETIC ones are made. For the real ones: make demo PUBLISHED='a.zip b.zip'",
            highlight=False,
            soft_wrap=True,
        )
        with tempfile.TemporaryDirectory() as folder:
            tables = write_example(Path(folder))
            reference = write_organisations(Path(folder))
            make_site(tables, out, organisations=reference, declarations=None, processes=processes)
    if serve:
        serve_directory(out, port)
