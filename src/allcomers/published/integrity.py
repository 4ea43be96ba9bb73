"""Whether a downloaded file is what its format says, whole and undamaged."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from allcomers.published.addresses import Format

_HTML_STARTS = (b"<!doctype", b"<html", b"<head", b"<?xml")
_RAR_SIGNATURE = b"Rar!\x1a\x07"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def fault(path: Path, expected: Format) -> str | None:
    """What is wrong with the file, in words that follow "it"; None if nothing is.

    A ZIP is read to its end and the CRC of every member compared. A CSV carries no check of its own, so that it is
    only known to be text with columns. A RAR archive is known by its first bytes.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if is_html(start):
        return "is a web page, not the file"
    return _CHECKS[expected](path, start)


def is_html(start: bytes) -> bool:
    """Whether these first bytes of a file begin a web page."""
    return start.removeprefix(_BYTE_ORDER_MARK).lstrip()[:20].lower().startswith(_HTML_STARTS)


def _zip_fault(path: Path, _start: bytes) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return "is not a whole ZIP archive"
    except (NotImplementedError, RuntimeError):
        return "is a ZIP archive that is encrypted, or compressed in a way that Python cannot open"
    return f"is a ZIP archive whose member {damaged} is damaged (its CRC is wrong)" if damaged else None


def _csv_fault(_path: Path, start: bytes) -> str | None:
    if not start:
        return "is empty"
    header = start.split(b"\n", 1)[0]
    return None if b"," in header and b"\0" not in start else "is not a CSV: its first line has no columns"


def _rar_fault(_path: Path, start: bytes) -> str | None:
    return None if start.startswith(_RAR_SIGNATURE) else "is not a RAR archive"


_CHECKS: dict[Format, Callable[[Path, bytes], str | None]] = {"zip": _zip_fault, "csv": _csv_fault, "rar": _rar_fault}
