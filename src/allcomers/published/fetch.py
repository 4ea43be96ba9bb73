"""Download a published file so that it is either wholly there and checked, or not there.

What arrives is written to NAME.part, and goes on from there after a break. It gets its own name only when its length
is the one announced and its contents are sound. A receipt beside it then saves downloading it twice.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx

from allcomers.exceptions import AllcomersError
from allcomers.published.addresses import PublishedFile
from allcomers.published.integrity import fault
from allcomers.published.receipts import Place, Receipt, sha256_of
from allcomers.published.transfer import Download, Progress, Remark


@dataclass(frozen=True)
class Fetched:
    """A published file that is now here, whole.

    Parameters
    ----------
    how : "downloaded" from its start; "resumed" from a part; "cached", here already with the recorded SHA-256;
        "found", here already but not fetched by us, so that only its contents could be checked.
    """

    file: PublishedFile
    path: Path
    receipt: Receipt
    how: Literal["downloaded", "resumed", "cached", "found"]


def fetch(
    file: PublishedFile,
    into: Path,
    *,
    client: httpx.Client,
    on_progress: Progress,
    on_remark: Remark,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Fetched:
    """Bring one published file into a folder, unless it is there already.

    Parameters
    ----------
    into : the folder, made if it is not there.
    on_progress : told the bytes that are here and the bytes in all (None where the server does not say).
    on_remark : told, in a sentence, of anything out of the ordinary, such as another try.
    now : the clock, with a time zone; read once, for the receipt.
    sleep : waits so many seconds between tries.

    Raises
    ------
    SiteUnreachableError : nothing answers; other files would fare no better.
    AllcomersError : the file has moved, is not what it should be, or cannot be written. No file is left under the
        final name unless it was there before.
    """
    place = Place(into / file.name)
    try:
        into.mkdir(parents=True, exist_ok=True)
        held = _held(file, place, on_remark)
        if held is not None:
            on_progress(held.receipt.size_bytes, held.receipt.size_bytes)
            return held
        arrival = Download(file, place, client, on_progress, on_remark, sleep).run()
        receipt = _receipt(file.url, place.part, etag=arrival.etag, fetched_at=now().isoformat(timespec="seconds"))
        place.keep(receipt)
    except OSError as error:
        raise _not_written(error, place) from error
    return Fetched(file, place.path, receipt, how="resumed" if arrival.resumed else "downloaded")


def _held(file: PublishedFile, place: Place, on_remark: Remark) -> Fetched | None:
    """The file as it is here already; None if it has to be fetched."""
    if not place.path.is_file():
        return None
    receipt = place.receipt()
    if receipt is None:
        return _found(file, place, on_remark)
    if receipt.url != file.url:
        on_remark(f"{place.path.name} came from another address, {receipt.url}, so it is fetched again.")
        return None
    if not place.is_unchanged():
        on_remark(f"{place.path.name} no longer has the SHA-256 that was recorded, so it is fetched again.")
        return None
    return Fetched(file, place.path, receipt, how="cached")


def _found(file: PublishedFile, place: Place, on_remark: Remark) -> Fetched | None:
    """A file of that name that someone else put here: used if it is sound, since it may be all that they could get."""
    problem = fault(place.path, file.format)
    if problem is not None:
        on_remark(f"{place.path.name} was here already, but {problem}, so it is fetched again.")
        return None
    on_remark(f"{place.path.name} was here already and opens, so it is used; it was not compared with the server's.")
    return Fetched(file, place.path, _receipt(file.url, place.path, etag=None, fetched_at=None), how="found")


def _receipt(url: str, path: Path, *, etag: str | None, fetched_at: str | None) -> Receipt:
    return Receipt(url, sha256_of(path), path.stat().st_size, etag, fetched_at)


def _not_written(error: OSError, place: Place) -> AllcomersError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return AllcomersError(
        where=error.filename or str(place.path),
        found="there is no room left on the disk" if full else f"it cannot be written ({error.strerror or error})",
        next_step="Free some space and run the same command again: what has arrived is kept"
        if full
        else "Name a folder that you may write in with `--into DIR`",
    )
