"""`allcomers observatory`: published tables in, a public site out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from allcomers.cli.serving import serve_directory

if TYPE_CHECKING:
    from allcomers.observatory.site import Summary

FilesArgument = Annotated[
    list[Path], typer.Argument(help="Published tables, CSV or ZIP as downloaded.", show_default=False)
]


def observatory(
    files: FilesArgument,
    out: Annotated[Path, typer.Option("--out", help="The folder of the site; a site made before is replaced.")] = Path(
        "site"
    ),
    organisations: Annotated[
        Path | None,
        typer.Option(
            help="Organisation reference (CSV or Parquet: org_code, org_name, town, postcode, icb_code, icb_name, "
            "region_code, region_name), so that people find their service by town."
        ),
    ] = None,
    declarations: Annotated[
        Path | None,
        typer.Option(help='Who made the site and their interests, TOML such as: producer = "A patients\' group".'),
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Show the site on this machine when it is made.")] = False,
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    processes: Annotated[int, typer.Option(min=1, help="How many processes draw and write pages.")] = min(
        4, os.cpu_count() or 1
    ),
) -> None:
    """Make a public web site of NHS England's published tables.

    England, every region, integrated care board, sub-ICB area and provider has a page: the official headline and,
    beside it, the same outcome among everyone referred.

    - `allcomers observatory psych-ther-ann-rep-csvs-2023-24.zip --out site`

    - `allcomers observatory *.zip --organisations providers.parquet --declarations interests.toml --serve`

    `allcomers published fetch 2021-22..2023-24` gets the tables. Open `site/index.html` in a browser, from the disk
    or from any web server. Nothing is written unless all of it is.
    """
    summary = make_site(files, out, organisations=organisations, declarations=declarations, processes=processes)
    if serve:
        serve_directory(summary.out, port)


def make_site(
    files: list[Path], out: Path, *, organisations: Path | None, declarations: Path | None, processes: int
) -> "Summary":
    """Build with a moving line of progress, then say what was made."""
    from allcomers.observatory.site import (
        build_site,
    )  # charts and statistics take two seconds that --help need not wait

    console = Console(stderr=True)
    with console.status("Starting") as status:
        summary = build_site(
            files,
            out,
            organisations=organisations,
            declarations=declarations,
            processes=processes,
            on_progress=status.update,
        )
    label = "SYNTHETIC " if summary.synthetic else ""
    console.print(
        f"{label}{summary.pages:,} pages about {summary.places:,} organisations, {summary.figures:,} figures, "
        f"{summary.faults:,} rows on the faults page.",
        highlight=False,
    )
    console.print(f"Open [bold]{summary.out / 'index.html'}[/bold]", highlight=False, soft_wrap=True)
    return summary
