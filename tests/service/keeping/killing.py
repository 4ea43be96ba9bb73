"""A real server that is killed while people use it, and what each of them was told."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.demonstration import CLEAN, PROGRAM
from tests.service.questionnaires.conftest import FACTS
from tests.service.referrals.journey import ANSWERS, SAFE, where

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
PATIENCE_SECONDS = 60
TRIES = 10
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Without it every client reads the certificates of every authority, which takes longer than a visitor's requests."""


@dataclass
class Server:
    """`allcomers serve`, with all its processes, on one port for good: it can be killed and started again.

    Parameters
    ----------
    sent : what each visitor has sent to be stored and was told nothing of yet, by the visitor's number.
    took_seconds : how long the last few took from being sent until the visitor was told.
    """

    folder: Path
    database_url: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0
    answered: int = 0
    sendings: int = 0
    sent: dict[int, "Sent"] = field(default_factory=dict)
    took_seconds: deque[float] = field(default_factory=lambda: deque([0.05], maxlen=15))

    def start(self) -> None:
        """Started, and answering."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE_SECONDS
        with httpx.Client(base_url=self.address, timeout=5, verify=NO_TLS) as client:
            while time.monotonic() < until and self.process.poll() is None:
                try:
                    if client.get("/health").status_code in (200, 503):
                        return
                except httpx.TransportError:
                    time.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        """SIGKILL to every process of it: nothing is tidied, nothing finished."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _environment(self) -> dict[str, str]:
        return {
            **CLEAN,
            "ALLCOMERS_MODE": "development",
            "ALLCOMERS_DATA_FOLDER": str(self.folder),
            "ALLCOMERS_DATABASE_URL": self.database_url,
            "ALLCOMERS_CRISIS_TEXT": "If you are in danger now, ring 999.",
            "ALLCOMERS_TRUSTED_PROXIES": "1",  # so that each visitor has an address, and its own limits
        }


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@dataclass(frozen=True)
class Sent:
    """What a visitor waits to hear of: a referral, by its family name, or answers, by the request they belong to."""

    referral: str = ""
    answers: Any = None


@dataclass
class Told:
    """What visitors were told had been stored: family names of referrals, and answers by the request they belong to."""

    referrals: list[str] = field(default_factory=list)
    answers: dict[Any, int] = field(default_factory=dict)
    finished: list[Any] = field(default_factory=list)


class Visitor:
    """A browser that tries again where the server does not answer, as people do."""

    def __init__(self, server: Server, number: int) -> None:
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        self.number, self.server = number, server
        self.browser = httpx.Client(
            base_url=server.address,
            timeout=30,
            headers={"X-Forwarded-For": address, "X-Forwarded-Proto": "http"},
            verify=NO_TLS,
        )

    def close(self) -> None:
        self.browser.close()

    def get(self, path: str) -> httpx.Response:
        return self._until_answered("GET", path)

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        return self._until_answered("POST", path, data=fields)

    def _until_answered(self, method: str, path: str, **more: Any) -> httpx.Response:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                headers = {"X-CSRFToken": self.browser.cookies.get("csrf", "")}
                answer = self.browser.request(method, path, headers=headers, **more)
                self.server.answered += 1
                return answer
            except httpx.TransportError:
                assert time.monotonic() < until, "the server did not come back"
                time.sleep(0.05)

    @contextmanager
    def _waiting_to_hear_of(self, sent: Sent) -> Iterator[None]:
        begun = time.monotonic()
        self.server.sent[self.number] = sent
        self.server.sendings += 1
        yield
        del self.server.sent[self.number]
        self.server.took_seconds.append(time.monotonic() - begun)

    def refer(self, family_name: str, told: Told) -> None:
        """From the safety gate to the reference; again from the gate where the server was killed over a new session.

        Each try has a name of its own: what landed without an answer is whole, and nobody was told.
        """
        for again in range(TRIES):
            name = family_name + "x" * again
            if self._referred(name):
                told.referrals.append(name)
                return
        raise AssertionError("the referral could not be sent")

    def _referred(self, family_name: str) -> bool:
        self.get("/referrals/safe/")
        self.post("/referrals/safe/", SAFE)
        for name, given in ANSWERS.items():
            answer = self.post(where(name), {**given, "family_name": family_name} if name == "name" else given)
            assert answer.status_code == 302, (name, answer.status_code)
        with self._waiting_to_hear_of(Sent(referral=family_name)):
            return self.post("/referrals/check/", {}).headers.get("Location") == "/referrals/done/"

    def answer(self, key: Any, token: str, weight: int, told: Told) -> None:
        """PHQ-9 from a link, all on one page, `weight` to the ninth; then the help, then the end."""
        self._open(token)
        begun = self._stage("/questionnaires/answer/", layout="list")
        page = begun.headers["Location"]
        items = {f"item_{number}": "1" for number in range(1, 11)} | {"item_9": str(weight)}
        with self._waiting_to_hear_of(Sent(answers=key)):
            self._stage(page, **items)
        told.answers[key] = weight
        if weight:
            self._stage(f"{page}help/", safety="safe", wants_call="no")
        if self._stage(f"{page}finish/", missing_words="").status_code in (200, 302):
            told.finished.append(key)

    def _open(self, token: str) -> None:
        for _ in range(TRIES):
            self.get(f"/people/link/{token}/")
            self.get("/people/check/")
            self.post("/people/check/", FACTS)
            if self.get("/questionnaires/answer/").status_code == 200:
                return
        raise AssertionError("the link could not be opened")

    def _stage(self, path: str, **fields: str) -> httpx.Response:
        """Open a page and send its form; a page that leads on already was sent before the server was killed."""
        page = self.get(path)
        found = TOKEN.search(page.text)
        if page.status_code != 200 or not found:
            return page
        answer = self.post(path, {"form_token": found[1], **fields})
        if answer.status_code == 409:  # it had landed, though nobody was told
            return self._stage(path, **fields)
        assert answer.status_code in (200, 302, 404), (path, answer.status_code, answer.text[-2000:])
        return answer
