"""Bring one file over HTTP into its part: go on after a break, try again, refuse what is not the file."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from allcomers.exceptions import AllcomersError, SiteUnreachableError
from allcomers.published.addresses import PublishedFile
from allcomers.published.integrity import fault
from allcomers.published.receipts import PartNote, Place

Progress = Callable[[int, int | None], None]
Remark = Callable[[str], None]

MAX_ATTEMPTS = 5
_LONGEST_WAIT_SECONDS = 60.0
_PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class _BrokenTransferError(Exception):
    """This try failed and another may succeed."""

    def __init__(self, found: str, *, wait_seconds: float | None = None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(found)


@dataclass(frozen=True)
class Arrival:
    """A part that is now the whole file: the server's mark of its version; whether it came in more than one piece."""

    etag: str | None
    resumed: bool


@dataclass(frozen=True)
class Download:
    """One file on its way into its part."""

    file: PublishedFile
    place: Place
    client: httpx.Client
    on_progress: Progress
    on_remark: Remark
    sleep: Callable[[float], None]

    def run(self) -> Arrival:
        """Try until the part is the whole file, or the tries are used up."""
        for attempt in range(1, MAX_ATTEMPTS):
            try:
                return self._attempt()
            except _BrokenTransferError as broken:
                self._wait(attempt, broken)
        try:
            return self._attempt()
        except _BrokenTransferError as broken:
            raise self._given_up(broken) from broken

    def _wait(self, attempt: int, broken: _BrokenTransferError) -> None:
        seconds = 2.0 ** (attempt - 1) if broken.wait_seconds is None else broken.wait_seconds
        when = f"in {seconds:.0f} s" if seconds else "now"
        self.on_remark(f"{self.file.name}: {broken}; trying again {when} (try {attempt + 1} of {MAX_ATTEMPTS}).")
        self.sleep(seconds)

    def _attempt(self) -> Arrival:
        note, offset = self._begun()
        try:
            with self.client.stream("GET", self.file.url, headers=_headers(note, offset)) as response:
                self._refuse_unfit(response, note, offset)
                start = offset if response.status_code == HTTPStatus.PARTIAL_CONTENT else 0
                self._receive(response, start)
        except httpx.RequestError as error:
            self._refuse_untrusted(error)
            raise _BrokenTransferError(str(error) or type(error).__name__) from error
        self._refuse_unsound(resumed=start > 0)
        return Arrival(response.headers.get("ETag"), resumed=start > 0)

    def _begun(self) -> tuple[PartNote | None, int]:
        """The note on the part that is here and its length in bytes; no note and 0 where it cannot be gone on with."""
        note = self.place.part_note()
        if note is None or note.url != self.file.url or note.validator is None or not self.place.part.is_file():
            return None, 0
        size = self.place.part.stat().st_size
        return (note, size) if size else (None, 0)

    def _refuse_unfit(self, response: httpx.Response, note: PartNote | None, offset: int) -> None:
        """Raise unless the response brings the file, from its start or from `offset`."""
        status = response.status_code
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or (
            status == HTTPStatus.PARTIAL_CONTENT and not _continues(response, note, offset)
        ):
            self.place.drop_part()
            raise _BrokenTransferError("the part that is here does not fit the server's file", wait_seconds=0)
        if status in _PASSING:
            raise _BrokenTransferError(f"the server answered {status}", wait_seconds=_retry_after(response))
        if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise self._moved(status)
        if response.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise self._wrong("is a web page, not the file")

    def _receive(self, response: httpx.Response, start: int) -> None:
        total = _whole_size(response)
        self._refuse_without_room(None if total is None else total - start)
        if start == 0:
            self._begin_part(response)
        with self.place.part.open("ab") as part:
            self.on_progress(part.tell(), total)
            for chunk in response.iter_bytes():
                part.write(chunk)
                self.on_progress(part.tell(), total)
            part.flush()
            os.fsync(part.fileno())
        self._refuse_other_length(total)

    def _refuse_other_length(self, total: int | None) -> None:
        size = self.place.part.stat().st_size
        if total is None:
            self.on_remark(f"{self.file.name}: the server did not say how long it is, so its length is not checked.")
        elif size != total:
            raise _BrokenTransferError(f"{size:,} bytes came of {total:,}")

    def _begin_part(self, response: httpx.Response) -> None:
        """Forget what is here, and note which version begins. A compressed transfer cannot be gone on with."""
        if self.place.part_note() is not None and self.place.part.is_file():
            self.on_remark(
                f"{self.file.name}: the server sends it from the start, so the part that was here is dropped."
            )
        self.place.drop_part()
        if not _is_compressed(response):
            etag, last_modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
            self.place.write_part_note(PartNote(self.file.url, etag, last_modified))

    def _refuse_without_room(self, needed_bytes: int | None) -> None:
        free_bytes = shutil.disk_usage(self.place.path.parent).free
        if needed_bytes is not None and needed_bytes > free_bytes:
            raise AllcomersError(
                where=str(self.place.path.parent),
                found=f"{free_bytes:,} bytes are free and {self.file.name} needs {needed_bytes:,}",
                next_step="Free some space, or name another folder with `--into DIR`",
            )

    def _refuse_unsound(self, *, resumed: bool) -> None:
        problem = fault(self.place.part, self.file.format)
        if problem is None:
            return
        self.place.drop_part()
        if resumed:  # The two parts may come from different versions, whatever the server says of them.
            raise _BrokenTransferError(f"joined from two parts it {problem}", wait_seconds=0)
        raise self._wrong(problem)

    def _refuse_untrusted(self, error: httpx.RequestError) -> None:
        """Raise if the server's certificate is not trusted: another try would end the same way."""
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise SiteUnreachableError(
                where=self.file.url,
                found="its certificate is not one that this machine trusts",
                expected="Many hospital networks put their own certificate in its place",
                next_step="Ask for theirs as a .pem file and name it in the environment variable SSL_CERT_FILE",
            ) from error

    def _moved(self, status: int) -> AllcomersError:
        return AllcomersError(
            where=self.file.url,
            found=f"the server answered {status}: the file is not there, or not for us",
            expected="Its address, transcribed from a public list, may have changed",
            next_step=self._by_hand(),
        )

    def _wrong(self, problem: str) -> AllcomersError:
        return AllcomersError(
            where=self.file.url,
            found=f"what came {problem}",
            expected=f"This should be the {self.file.format.upper()} for {self.file.period}; nothing was kept",
            next_step="A network's sign-in page may answer in its place: sign in and try again. Otherwise "
            + self._by_hand(lower=True),
        )

    def _given_up(self, broken: _BrokenTransferError) -> AllcomersError:
        silent = isinstance(broken.__cause__, (httpx.ConnectError, httpx.TimeoutException, httpx.ProxyError))
        error = SiteUnreachableError if silent else AllcomersError
        return error(
            where=self.file.url,
            found=f"given up after {MAX_ATTEMPTS} tries; the last: {broken}",
            expected="Check the network; where there is a proxy, HTTPS_PROXY has to name it",
            next_step="Whatever has arrived is kept, so the same command goes on from there. Or "
            + self._by_hand(lower=True),
        )

    def _by_hand(self, *, lower: bool = False) -> str:
        verb = "find" if lower else "Find"
        return (
            f"{verb} the file for {self.file.period} at {self.file.publication_page}, download it with a browser, "
            "and give it to `allcomers observatory FILE --out site`"
        )


def _headers(note: PartNote | None, offset: int) -> dict[str, str]:
    """Ask for the bytes as they are kept, so that lengths and offsets are the file's own."""
    headers = {"Accept-Encoding": "identity"}
    if note is not None and note.validator is not None:
        headers |= {"Range": f"bytes={offset}-", "If-Range": note.validator}
    return headers


def _continues(response: httpx.Response, note: PartNote | None, offset: int) -> bool:
    """Whether a partial response begins where the part ends, in the same version of the file."""
    begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if note is None or begins is None or _is_compressed(response):
        return False
    return int(begins[1]) == offset and response.headers.get("ETag") in (None, note.etag)


def _whole_size(response: httpx.Response) -> int | None:
    """The file's length in bytes; None where the server does not say, or says only that of a compressed transfer."""
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        found = re.search(r"/(\d+)$", response.headers.get("Content-Range", ""))
        return int(found[1]) if found else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() and not _is_compressed(response) else None


def _is_compressed(response: httpx.Response) -> bool:
    encoding: str = response.headers.get("Content-Encoding", "identity")
    return encoding.lower() != "identity"


def _retry_after(response: httpx.Response) -> float | None:
    """How long the server asks us to wait, in seconds, within reason; None if it does not say in seconds."""
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), _LONGEST_WAIT_SECONDS) if seconds.isdigit() else None
