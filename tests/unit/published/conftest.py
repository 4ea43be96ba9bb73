"""A real web server on this machine, which can be told to misbehave as servers and networks do."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Served:
    """One file on the server.

    Parameters
    ----------
    troubles : used up one a request, before the file is served well: a number below 100 is the percentage of what was
        asked for that is sent before the connection is cut; one above it is the status answered instead.
    announced_bytes : a Content-Length other than the true one; 0 sends none.
    content_range : what a partial answer says of itself, whatever it holds.
    wait_for : the answer stops after its first half until this is set.
    """

    body: bytes
    etag: str | None = '"version-1"'
    content_type: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    honours_range: bool = True
    honours_if_range: bool = True
    troubles: list[int] = field(default_factory=list)
    announced_bytes: int | None = None
    content_range: str | None = None
    wait_for: threading.Event | None = None


class FileServer:
    """The server: what it serves, by path, and the headers of every request it had."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, Served] = {}
        self.requests: list[dict[str, str]] = []

    def serve(self, url: str, body: bytes, **options: object) -> Served:
        """Serve `body` under the path of `url`, whatever its host."""
        served = Served(body, **options)  # type: ignore[arg-type]
        self.files["/" + url.split("/", 3)[3]] = served
        return served


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: FileServer

    def do_GET(self) -> None:
        self.site.requests.append(dict(self.headers))
        served = self.site.files.get(self.path)
        trouble = served.troubles.pop(0) if served and served.troubles else 100
        if served is None or trouble > 100:
            self._answer(trouble if served else 404, b"", served.headers if served else {})
        else:
            self._send(served, trouble)

    def _send(self, served: Served, percent: int) -> None:
        offset = self._offset(served)
        whole = len(served.body)
        headers = served.headers | {"Content-Type": served.content_type}
        if served.etag:
            headers["ETag"] = served.etag
        if offset >= max(whole, 1):
            self._answer(416, b"", {"Content-Range": f"bytes */{whole}"})
            return
        if offset:
            headers["Content-Range"] = served.content_range or f"bytes {offset}-{whole - 1}/{whole}"
        self._answer(206 if offset else 200, served.body[offset:], headers, served, percent)

    def _offset(self, served: Served) -> int:
        asked = re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, served.etag, served.headers.get("Last-Modified"))
        return int(asked[1]) if asked and served.honours_range and (same or not served.honours_if_range) else 0

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str], served: Served | None = None, percent: int = 100
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        announced = served.announced_bytes if served and served.announced_bytes is not None else len(body)
        if announced or not body:
            self.send_header("Content-Length", str(announced))
        self.close_connection = percent < 100 or announced != len(body)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        sent = len(body) * percent // 100
        self.wfile.write(body[: sent // 2])
        if served and served.wait_for:
            self.wfile.flush()
            served.wait_for.wait(timeout=30)
        self.wfile.write(body[sent // 2 : sent])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a test reads `requests`."""


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away, as one test's does, is no fault of the server."""


@pytest.fixture(scope="session")
def _site() -> Iterator[FileServer]:
    handler = type("Handler", (_Handler,), {})
    with _QuietServer(("127.0.0.1", 0), handler) as server:
        handler.site = FileServer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield handler.site
        server.shutdown()
        thread.join()


@pytest.fixture
def site(_site: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """The server, empty."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _site.files.clear()
    _site.requests.clear()
    return _site
