"""`allcomers published`: NHS England's own files, listed and fetched."""

import json
import shlex
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import platformdirs
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from allcomers import __version__
from allcomers.exceptions import AllcomersError, SeveralError, SiteUnreachableError
from allcomers.published.addresses import BASE_URL, PUBLICATION_PAGES, Kind, PublishedFile
from allcomers.published.fetch import Fetched, fetch
from allcomers.published.receipts import Place
from allcomers.published.selection import of_kind, select

_TIMEOUT_SECONDS = 30.0
_HERE = {"whole": "yes", "unchecked": "not checked", "part": "in part", "none": ""}
_HOW = {
    "downloaded": "downloaded",
    "resumed": "downloaded, going on from the part that was here",
    "cached": "here already, unchanged",
    "found": "here already, not fetched by Allcomers",
}

published = typer.Typer(
    name="published",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="NHS England's published tables: which there are, and how to get them.",
)

_Kind = Annotated[Kind | None, typer.Option("--kind", help="Only the annual, or only the monthly, files.")]
_Into = Annotated[
    Path | None, typer.Option("--into", file_okay=False, help="The folder for the files; by default your cache folder.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, for another program to read.")]
_BaseUrl = Annotated[
    str, typer.Option("--base-url", help="Another server that keeps NHS England's paths, such as a mirror.")
]


@published.command("list")
def list_files(kind: _Kind = None, into: _Into = None, base_url: _BaseUrl = BASE_URL, as_json: _Json = False) -> None:
    """List the files NHS England publishes, their addresses, and which are here already.

    The addresses were transcribed from public lists and have not been tried by us: one may have moved.

    **Examples**

    `allcomers published list --kind annual`

    `allcomers published list --json`
    """
    folder = into or _cache_folder()
    files = [file.at(_checked(base_url)) for file in of_kind(kind)]
    if as_json:
        typer.echo(json.dumps([_listed(file, folder) for file in files], indent=2))
    else:
        _print_list(files, folder)


@published.command("fetch")
def fetch_files(
    periods: Annotated[
        list[str],
        typer.Argument(
            metavar="PERIOD…", help="A year `2023-24`, a month `2025-04`, a range `2021-22..2023-24`, or `latest`."
        ),
    ],
    kind: _Kind = None,
    into: _Into = None,
    base_url: _BaseUrl = BASE_URL,
    as_json: _Json = False,
) -> None:
    """Download published files, check them, and say what to do with them next.

    A download that breaks off goes on from where it was when you run the command again. A file that is here already
    is checked and not downloaded twice. `latest` is the newest year and the newest month.

    **Examples**

    `allcomers published fetch 2023-24`

    `allcomers published fetch 2021-22..2023-24 --into tables`

    `allcomers published fetch latest --kind monthly`
    """
    folder = into or _cache_folder()
    selection = select(periods, kind=kind)
    notes = Console(stderr=True)
    for period in selection.missing:
        _say(notes, f"No address is recorded for {period}, so it is left out.")
    files = [file.at(_checked(base_url)) for file in selection.files]
    fetched, errors = _fetch_each(files, folder, notes)
    if as_json:
        typer.echo(json.dumps([_as_fields(one) for one in fetched], indent=2))
    else:
        _print_what_came(fetched)
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralError(errors)


def _fetch_each(
    files: Iterable[PublishedFile], folder: Path, notes: Console
) -> tuple[list[Fetched], list[AllcomersError]]:
    """Every file that could be had, and why not of each that could not; stops only where nothing answers."""
    fetched: list[Fetched] = []
    errors: list[AllcomersError] = []
    with _client() as client, _progress_bars(notes) as bar_for:
        for file in files:
            try:
                fetched.append(
                    fetch(
                        file,
                        folder,
                        client=client,
                        on_progress=bar_for(file),
                        on_remark=lambda remark: _say(notes, remark),
                        now=lambda: datetime.now(UTC),
                        sleep=time.sleep,
                    )
                )
            except SiteUnreachableError as error:
                errors.append(error)
                break
            except AllcomersError as error:
                errors.append(error)
    return fetched, errors


def _client() -> httpx.Client:
    return httpx.Client(
        follow_redirects=True, timeout=_TIMEOUT_SECONDS, headers={"User-Agent": f"allcomers/{__version__}"}
    )


@contextmanager
def _progress_bars(console: Console) -> Iterator[Callable[[PublishedFile], Callable[[int, int | None], None]]]:
    """A bar a file, in bytes and bytes a second; none where the output is not a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def bar_for(file: PublishedFile) -> Callable[[int, int | None], None]:
            bar = progress.add_task(file.period, total=None)
            return lambda done, total: progress.update(bar, completed=done, total=total)

        yield bar_for


def _print_what_came(fetched: list[Fetched]) -> None:
    console = Console()
    for one in fetched:
        _say(console, f"{one.file.period}: {one.path} ({one.receipt.size_bytes:,} bytes; {_HOW[one.how]})")
    for one in fetched:
        if one.file.format == "rar":
            _say(console, _how_to_unpack(one))
    readable = [str(one.path) for one in fetched if one.file.format != "rar"]
    if readable:
        _say(console, f"Next: allcomers observatory {shlex.join(readable)} --out site")


def _how_to_unpack(one: Fetched) -> str:
    return (
        f"{one.file.period} is a RAR archive. That format is not open, so Allcomers does not unpack it: do so by hand, "
        f"with `unar {shlex.quote(str(one.path))}` or 7-Zip, then give the CSV with `main` in its name to "
        "`allcomers observatory FILE --out site`."
    )


def _print_list(files: Iterable[PublishedFile], folder: Path) -> None:
    console = Console()
    console.print(_table(files, folder))
    _say(console, f"Here: whether the file is in {folder}")
    _say(console, "The addresses are transcribed from public lists; we have not tried them. If one has moved, look on:")
    for kind, page in PUBLICATION_PAGES.items():
        _say(console, f"  {kind}: {page}")
    _say(console, "To get a year's tables: allcomers published fetch 2023-24")


def _table(files: Iterable[PublishedFile], folder: Path) -> Table:
    table = Table(title="NHS England's published tables")
    for heading in ("Period", "Kind", "Format", "Here"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Address", overflow="fold")
    for file in files:
        table.add_row(file.period, file.kind, file.format, _HERE[_place(file, folder).state(file.url)], file.url)
    return table


def _listed(file: PublishedFile, folder: Path) -> dict[str, Any]:
    place = _place(file, folder)
    return {
        "period": file.period,
        "kind": file.kind,
        "format": file.format,
        "url": file.url,
        "status": file.status,
        "source": file.source,
        "path": str(place.path),
        "here": place.state(file.url),
    }


def _as_fields(one: Fetched) -> dict[str, Any]:
    return {
        "period": one.file.period,
        "kind": one.file.kind,
        "format": one.file.format,
        "url": one.receipt.url,
        "path": str(one.path),
        "how": one.how,
        "sha256": one.receipt.sha256,
        "size_bytes": one.receipt.size_bytes,
        "etag": one.receipt.etag,
        "fetched_at": one.receipt.fetched_at,
    }


def _place(file: PublishedFile, folder: Path) -> Place:
    return Place(folder / file.name)


def _cache_folder() -> Path:
    return platformdirs.user_cache_path("allcomers", appauthor=False) / "published"


def _checked(base_url: str) -> str:
    if not base_url.startswith(("http://", "https://")):
        raise AllcomersError(
            where="--base-url",
            found=f"{base_url!r} does not begin with http:// or https://",
            next_step=f"Write it like {BASE_URL}, or leave it out",
        )
    return base_url


def _say(console: Console, sentence: str) -> None:
    """Print words as they are: a path may hold brackets, and a long command has to stay on one line to be copied."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
