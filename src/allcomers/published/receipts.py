"""What is kept beside a downloaded file: a receipt for a whole one, a note for one still arriving."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

# "unchecked" is a file without a receipt that fits it: `fetch` looks into it.
State = Literal["whole", "unchecked", "part", "none"]


@dataclass(frozen=True)
class Receipt:
    """What was downloaded, from where and when.

    Parameters
    ----------
    sha256 : of the whole file, in hexadecimal.
    size_bytes : its length.
    etag : the server's own mark of this version; None if it gave none.
    fetched_at : the moment it was whole, ISO 8601 with its offset; None for a file that we found and did not fetch.
    """

    url: str
    sha256: str
    size_bytes: int
    etag: str | None
    fetched_at: str | None


@dataclass(frozen=True)
class PartNote:
    """What is needed to go on with a download: the address, and the version of the file that the part belongs to."""

    url: str
    etag: str | None
    last_modified: str | None

    @property
    def validator(self) -> str | None:
        """What to send as If-Range. A weak ETag promises no equal bytes, and so may not be used (RFC 9110, 13.1.5)."""
        if self.etag is not None and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified


@dataclass(frozen=True)
class Place:
    """Where one file is kept, with the files beside it.

    A name under `path` is only ever a whole, checked file: what is still arriving is under `part`.
    """

    path: Path

    @property
    def part(self) -> Path:
        """The part that has arrived."""
        return self.path.with_name(self.path.name + ".part")

    @property
    def part_note_path(self) -> Path:
        """Where the note about the part is."""
        return self.path.with_name(self.path.name + ".part.json")

    @property
    def receipt_path(self) -> Path:
        """Where the receipt of the whole file is."""
        return self.path.with_name(self.path.name + ".receipt.json")

    def receipt(self) -> Receipt | None:
        """The receipt; None if there is none that can be read."""
        fields = _read_json(self.receipt_path)
        try:
            return Receipt(**fields) if fields is not None else None
        except TypeError:
            return None

    def part_note(self) -> PartNote | None:
        """The note about the part; None if there is none that can be read."""
        fields = _read_json(self.part_note_path)
        try:
            return PartNote(**fields) if fields is not None else None
        except TypeError:
            return None

    def write_part_note(self, note: PartNote) -> None:
        """Say which version of the file the part belongs to."""
        _write_json(self.part_note_path, asdict(note))

    def drop_part(self) -> None:
        """Forget what has arrived."""
        self.part.unlink(missing_ok=True)
        self.part_note_path.unlink(missing_ok=True)

    def keep(self, receipt: Receipt) -> None:
        """Give the part its final name.

        The receipt goes first: should the machine stop between the two, it fits no file and the file is fetched again.
        """
        _write_json(self.receipt_path, asdict(receipt))
        self.part.replace(self.path)
        self.part_note_path.unlink(missing_ok=True)

    def state(self, url: str) -> State:
        """How much of the file at that address is here, without reading it: see `is_unchanged`."""
        receipt = self.receipt()
        if self.path.is_file():
            as_recorded = receipt is not None and receipt.url == url and receipt.size_bytes == self.path.stat().st_size
            return "whole" if as_recorded else "unchecked"
        return "part" if self.part.is_file() else "none"

    def is_unchanged(self) -> bool:
        """Whether the file's bytes are those recorded."""
        receipt = self.receipt()
        return receipt is not None and self.path.is_file() and sha256_of(self.path) == receipt.sha256


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        fields = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return fields if isinstance(fields, dict) else None


def _write_json(path: Path, fields: dict[str, Any]) -> None:
    whole = path.with_name(path.name + ".tmp")
    whole.write_text(json.dumps(fields, indent=2) + "\n", "utf-8")
    whole.replace(path)
