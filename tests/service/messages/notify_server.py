"""A stand-in for GOV.UK Notify: answers as its documentation records, and keeps what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


class Notify:
    """What was sent to it, and with which status it answers from now on."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.tokens: list[str] = []
        self.status = 201
        self.dies_after_taking = False
        self.address = ""

    def take(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.status != 201:
            return self.status, {"status_code": self.status, "errors": [{"error": "X", "message": str(body)}]}
        self.posted.append((path, body))
        return 201, {"id": str(uuid4()), "reference": body.get("reference"), "content": {"body": "…"}}

    def known(self, reference: str) -> tuple[int, dict[str, Any]]:
        if self.status not in {201, 400}:
            return self.status, {"status_code": self.status, "errors": []}
        found = [{"id": "known-id"} for _, body in self.posted if body.get("reference") == reference]
        return 200, {"notifications": found, "links": {}}


@contextmanager
def running() -> Iterator[Notify]:
    notify = Notify()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(*notify.take(self.path, body), drop=notify.dies_after_taking)

        def do_GET(self) -> None:
            self._answer(*notify.known(parse_qs(urlsplit(self.path).query)["reference"][0]))

        def _answer(self, status: int, body: dict[str, Any], *, drop: bool = False) -> None:
            notify.tokens.append(self.headers["Authorization"].removeprefix("Bearer "))
            if drop:
                self.close_connection = True
                return
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    notify.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield notify
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
