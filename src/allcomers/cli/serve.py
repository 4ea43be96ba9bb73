"""`allcomers serve`: the service, on this machine or behind a proxy."""

import os
import secrets
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from allcomers.cli.needs_service import need_service
from allcomers.cli.processes import as_many_as_cores, end_on_sigterm, keep_running
from allcomers.cli.serving import unusable
from allcomers.exceptions import AllcomersError

LOOPBACK = "127.0.0.1"
THREADS = 8
DEMONSTRATION = {
    "MODE": "demo",
    "SERVICE_NAME": "Example Talking Therapies",
    "ORGANISATION": "A service that does not exist",
    "PHONE": "01632 960 001",
    "ANSWERS_READ": "Monday to Friday, 9am to 5pm",
    "MESSAGES": "file",
    "TEXTS": "file",
    "CRISIS_TEXT": "This is a demonstration: nobody reads it.\n\nIf you are in danger now, ring 999. "
    "For urgent help with your mental health, ring 111 and choose the option for mental health.",
}


def serve(
    port: Annotated[int, typer.Option(help="The port to serve on; 0 for any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen on; the proxy's side of it in production.")
    ] = LOOPBACK,
    demo: Annotated[
        bool, typer.Option("--demo", help="A synthetic service with printed sign-ins, in a folder of its own.")
    ] = False,
    folder: Annotated[Path | None, typer.Option(help="Where the embedded database and other files are kept.")] = None,
    work: Annotated[
        bool, typer.Option(help="Do the background work as well; with --no-work, run `allcomers manage work`.")
    ] = True,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="How many processes serve: one a core, eight at most, unless said; one with --demo."),
    ] = None,
) -> None:
    """Serve the clinic application.

    The embedded database is made and brought up to date. Settings come from the environment, and unsafe ones are
    refused: docs/reference/service-settings lists them.

    - `allcomers serve --demo` shows a synthetic service on this machine

    - `allcomers serve --host 0.0.0.0 --port 8080` serves behind a proxy, in production
    """
    need_service()
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(host, port))
        address = f"http://{'localhost' if host == LOOPBACK else host}:{listening.getsockname()[1]}"
        if demo:
            where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="allcomers-demo-")))
            _set_demonstration(where, address)
        elif folder:
            os.environ["ALLCOMERS_DATA_FOLDER"] = str(folder)
        _prepare(demo=demo)
        _announce(address, demo=demo)
        _run(listening, work=work, processes=processes or (1 if demo else as_many_as_cores()))


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise unusable(port, error) from None


def _set_demonstration(folder: Path, address: str) -> None:
    """The demonstration's own settings; it does not start where somebody has set the service up for real use."""
    real = [
        name
        for name in ("MODE", "DATABASE_URL", "DATABASE_URL_FILE")
        if os.environ.get(f"ALLCOMERS_{name}", "demo") != "demo"
    ]
    if real:
        raise AllcomersError(
            where="allcomers serve --demo",
            found=f"settings of a service for real use ({', '.join('ALLCOMERS_' + name for name in real)})",
            expected="none: the demonstration has a database of its own",
            next_step="Unset them in this shell, or leave out --demo",
        )
    own = {**DEMONSTRATION, "DATA_FOLDER": str(folder), "URL": address, "SECRET_KEY": _key(folder)}
    os.environ |= {f"ALLCOMERS_{name}": value for name, value in own.items()}


def _key(folder: Path) -> str:
    """The demonstration's own, kept with its database: what it encrypted is read when it is started there again."""
    kept = folder / "key"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


def _prepare(*, demo: bool) -> None:
    """Check the settings, bring the database up to date, collect the front-end files, fill the demonstration."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLCOMERS.data_folder.mkdir(parents=True, exist_ok=True)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    django.setup()
    from allcomers.service.config import checks, demonstration

    checks.refuse_unsafe_start()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    if demo:
        demonstration.fill_once()


def _announce(address: str, *, demo: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if demo:
        from allcomers.service.accounts.demonstration import sign_ins_now

        members = sign_ins_now()
        console.print("A SYNTHETIC service: nobody in it exists. Sign in with the password")
        console.print(f"  {members[0].password}", style="bold")
        for one in members:
            console.print(f"  {one.email:28} {one.roles}")
        console.print(f"Staff are then asked for a code; {address}/demo/ shows each person's code at the moment.")
        console.print(
            f"Nothing is sent: messages are files in {Path(os.environ['ALLCOMERS_DATA_FOLDER']) / 'messages'}"
        )
    console.print(f"Serving at [bold]{address}/[/bold] (Ctrl+C stops)")


def _run(listening: socket.socket, *, work: bool, processes: int) -> None:
    """Serve until told to stop. Where there are several processes, the first of them alone does the background work."""
    if processes == 1:
        end_on_sigterm()
        _serve(listening, work=work)
        return
    from django.db import connections

    from allcomers.service.config import wsgi  # noqa: F401 - loaded once, before it is shared

    connections.close_all()  # each process opens its own
    keep_running(lambda number: _serve(listening, work=work and number == 0), processes)


def _serve(listening: socket.socket, *, work: bool) -> None:
    import waitress

    from allcomers.service.config.wsgi import application
    from allcomers.service.work.worker import Worker

    server = waitress.create_server(
        application, sockets=[listening], threads=THREADS, ident="", clear_untrusted_proxy_headers=False
    )
    worker = Worker()
    if work:
        worker.start()
    try:
        server.run()
    finally:
        server.close()
        if work:
            worker.stop()
