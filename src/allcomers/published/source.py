"""Files as downloaded, opened: a CSV, or every CSV in a ZIP, with the SHA-256 of what was given."""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from allcomers.exceptions import AllcomersError

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins a ZIP with nothing in it
RAR_SIGNATURE = b"Rar!"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
OLD_EXCEL_SIGNATURE = b"\xd0\xcf\x11\xe0"
WHERE_FROM = "`allcomers published list` names NHS England's own addresses"


@dataclass(frozen=True)
class Source:
    """One table as text.

    file : the file given; member : its name inside a ZIP, else the file's own; sha256 : of the file given.
    """

    file: str
    member: str
    sha256: str
    text: str

    @property
    def name(self) -> str:
        """File and member in one, for messages."""
        return self.file if self.member == self.file else f"{self.file} › {self.member}"

    def frame(self) -> pl.DataFrame:
        """Every cell as text, trimmed, with `row` as the line number a spreadsheet would show. Blank rows are left out.

        Raises
        ------
        AllcomersError : no rows, rows of unequal length (as in a file cut short), or not comma-separated.
        """
        _refuse_ragged_rows(self)
        try:
            frame = pl.read_csv(io.StringIO(self.text), infer_schema=False)
        except pl.exceptions.PolarsError:
            raise _not_a_table(self) from None
        frame = frame.rename({name: _heading_cell(name) for name in frame.columns})
        trimmed = frame.with_columns(pl.all().fill_null("").str.strip_chars()).with_row_index("row", offset=2)
        filled = trimmed.filter(pl.any_horizontal(pl.exclude("row") != ""))
        if filled.is_empty():
            raise AllcomersError(
                where=self.name,
                found="the table is empty: a heading without rows",
                next_step=f"Download it again: {WHERE_FROM}",
            )
        return filled


def _heading_cell(name: str) -> str:
    """A column's name trimmed; `row` is our own."""
    trimmed = name.strip()
    return "row (as published)" if trimmed == "row" else trimmed


def _not_a_table(source: Source) -> AllcomersError:
    return AllcomersError(
        where=source.name,
        found="it could not be read as a table of comma-separated values",
        next_step=f"Download it again: {WHERE_FROM}",
    )


def _refuse_ragged_rows(source: Source) -> None:
    """Polars fills a short row with blanks, which would read as "not applicable": the last row of a file cut short."""
    reader = csv.reader(io.StringIO(source.text))
    try:
        width = len(next(reader, []))
        rows = [number for number, cells in enumerate(reader, start=2) if cells and len(cells) != width]
    except csv.Error:
        raise _not_a_table(source) from None
    if rows:
        raise AllcomersError(
            where=source.name,
            found=f"row {rows[0]:,} does not have the heading's {width} cells ({len(rows):,} such in all)",
            next_step=f"Download it again: {WHERE_FROM}",
        )


def open_sources(path: Path) -> list[Source]:
    """Every CSV table in a file.

    Raises
    ------
    AllcomersError : the file is missing, empty, truncated, not a CSV or ZIP, or holds no CSV.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AllcomersError(
            where=str(path),
            found=f"the file cannot be read ({error.strerror})",
            expected="A CSV or ZIP as downloaded from NHS England",
            next_step=WHERE_FROM,
        ) from None
    _refuse_other_formats(path, data)
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(ZIP_SIGNATURES):
        sources = [Source(path.name, member, sha256, _decode(text)) for member, text in _zip_members(path, data)]
    else:
        sources = [Source(path.name, path.name, sha256, _decode(data))]
    for source in sources:
        _refuse_page(source)
    return sources


def _refuse_other_formats(path: Path, data: bytes) -> None:
    if not data.strip():
        raise AllcomersError(where=str(path), found="the file is empty", next_step=f"Download it again: {WHERE_FROM}")
    if data.startswith(RAR_SIGNATURE):
        raise AllcomersError(
            where=str(path),
            found="this is a RAR archive, whose format is not open",
            next_step="Unpack it (for example with 7-Zip or unar) and give the “main” CSV",
        )
    if data.startswith(OLD_EXCEL_SIGNATURE):
        raise _workbook(path)


def _workbook(path: Path) -> AllcomersError:
    return AllcomersError(
        where=str(path),
        found="this is an Excel workbook",
        expected="The machine-readable CSV or ZIP of the same publication",
        next_step=WHERE_FROM,
    )


def _zip_members(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = [name for name in archive.namelist() if name.lower().endswith(".csv") and not _is_hidden(name)]
        if "[Content_Types].xml" in archive.namelist():
            raise _workbook(path)
        members = [(name, archive.read(name)) for name in names]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise AllcomersError(
            where=str(path),
            found=f"the ZIP is damaged, locked or was not downloaded to its end ({error})",
            next_step="Download it again: `allcomers published fetch` resumes and verifies",
        ) from None
    if not members:
        raise AllcomersError(
            where=str(path),
            found="the ZIP holds no CSV",
            expected="The “main” CSV of an annual report, or a monthly activity file",
            next_step=WHERE_FROM,
        )
    yield from members


def _is_hidden(name: str) -> bool:
    """Files a Mac adds to a ZIP."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _decode(data: bytes) -> str:
    """Text in UTF-8 with or without a byte-order mark, else in Windows-1252, the publisher's other habit.

    UTF-16 is what Excel writes as "Unicode text"; it always begins with its mark.
    """
    if data.startswith(UTF_16_MARKS):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _refuse_page(source: Source) -> None:
    if source.text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise AllcomersError(
            where=source.name,
            found="this is a web page saved as a file, not a table (often an error page)",
            expected="A CSV",
            next_step=f"Download it again: {WHERE_FROM}",
        )
