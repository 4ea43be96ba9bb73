"""A finished site shown on this machine only."""

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console

from allcomers.exceptions import AllcomersError

LOOPBACK = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's own name)
        """Say nothing of each request."""


def loopback_server(directory: Path, port: int) -> ThreadingHTTPServer:
    """A server of a folder on the loopback address, not yet serving; port 0 takes any that is free."""
    try:
        return ThreadingHTTPServer((LOOPBACK, port), functools.partial(_Quiet, directory=str(directory)))
    except OSError as error:
        raise unusable(port, error) from None


def unusable(port: int, error: OSError) -> AllcomersError:
    """The error where a port cannot be listened on."""
    return AllcomersError(
        where=f"port {port}",
        found=f"it cannot be used ({error.strerror})",
        next_step="Name another with --port, or 0 for any that is free",
    )


def serve_directory(directory: Path, port: int) -> None:
    """Serve a folder on the loopback address until interrupted."""
    with loopback_server(directory, port) as server:
        address = f"http://{LOOPBACK}:{server.server_port}/"
        Console().print(
            f"Serving {directory} at [bold]{address}[/bold] (Ctrl+C stops)", highlight=False, soft_wrap=True
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            Console().print("Stopped.")
