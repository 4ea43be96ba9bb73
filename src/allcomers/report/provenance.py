"""Where a report's numbers come from, so that anyone who holds the data can make them again."""

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path

from allcomers import __version__

STAMP = "SYNTHETIC.txt"
"""The file with which `allcomers synthesise` marks what it made."""
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What to do to get the same numbers.

    Attributes
    ----------
    source : name of the data set, without the folders above it.
    sha256 : of its files in order of name; empty for a database, which has none.
    command : what made the report, but for where it was written.
    """

    source: str
    synthetic: bool
    sha256: str
    command: str
    version: str = __version__


def provenance(source: str, options: list[str]) -> Provenance:
    """Where a data set's numbers come from; `options` are those of the command that change them."""
    path = Path(source)
    here = path.exists()
    name = path.name if here else source.split("?")[0].rsplit("/", 1)[-1]
    return Provenance(
        source=name,
        synthetic=here and path.is_dir() and (path / STAMP).is_file(),
        sha256=_sha256(path) if here else "",
        command=shlex.join(["allcomers", "report", name, *options]),
    )


def _sha256(path: Path) -> str:
    """Of a file, or of the names and contents of a folder's own files."""
    total = hashlib.sha256()
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    for each in files:
        total.update(each.name.encode() + b"\0")
        with each.open("rb") as opened:
            while chunk := opened.read(_CHUNK_BYTES):
                total.update(chunk)
    return total.hexdigest()
