"""CSV as it comes from the field, streamed into Parquet: nothing in it crashes, and nothing is dropped unsaid.

Bytes are read as Latin-1, which gives each byte a character and so cannot fail; a value that is not ASCII is then
turned back into its bytes and read as UTF-8, or as Windows-1252 where it is not UTF-8, one value at a time. So a file
of mixed encodings is read as well as it can be, and every value that was not UTF-8 is counted.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from allcomers.engine.sources import Fault
from allcomers.exceptions import UnusableSourceError

BLOCK_BYTES = 4 << 20
"""A single line longer than this is not a record; it also bounds the memory that reading takes."""
SHOWN_ROWS = 5
_PEEKED_BYTES = 1 << 20
_TOLERATED_BAD_LINES = 500
_DELIMITERS = ",;\t|"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = "ï»¿"

MALFORMED = "malformed"
NOT_UTF8 = "not UTF-8"
LINE_BREAK = "line break"


@dataclass
class _Tally:
    """What was wrong, counted, with the first rows of each kind."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: defaultdict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, column: str, rows: list[int]) -> None:
        self.counts[kind, column] += len(rows)
        first = self.rows[kind, column]
        first.extend(rows[: SHOWN_ROWS - len(first)])

    def faults(self, file: int) -> list[Fault]:
        return [Fault(file, *key, count, tuple(self.rows[key])) for key, count in self.counts.items()]


class _Malformed:
    """Lines with too many or too few values, by their number."""

    def __init__(self) -> None:
        self.pending: list[int] = []
        self.count = 0
        self.latest = 0

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self.count += 1
        self.latest = row.number - 1
        self.pending.append(self.latest)
        return "skip"

    @property
    def mostly(self) -> bool:
        """Whether this is most of the file so far, so that going on would not make it a table."""
        return self.count > _TOLERATED_BAD_LINES and self.count * 2 > self.latest


def stage_csv(path: Path, to: Path, *, label: str, file: int, is_header: Callable[[list[str]], bool]) -> list[Fault]:
    """Stream one CSV file into one Parquet file of text columns plus `__line`, the number of the record in the file.

    Parameters
    ----------
    is_header : says of the names in the first line whether they can be this table's; a file that fails is refused.

    Returns
    -------
    What was wrong with lines and values: how many, and the first records, the one after the header being 1.

    Raises
    ------
    UnusableSourceError : the file is empty, is not text, has another header, or most of its lines are malformed.
    """
    with path.open("rb") as stream:
        peeked = stream.read(_PEEKED_BYTES)
    encoding = "utf-16" if peeked.startswith(_UTF16_MARKS) else "latin-1"
    names, delimiter = _header(peeked.decode(encoding, errors="ignore"), label)
    if "\0" in peeked.decode(encoding, errors="ignore") or not is_header(names):
        raise _unusable(label, "its first line does not hold the names of this table's fields")
    try:
        _must_begin_well(peeked, names, delimiter, encoding)
        return _stream(path, to, names, delimiter, encoding, file)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise _unusable(label, "most of its lines do not fit its header, or a line is as long as a book") from error


def _must_begin_well(peeked: bytes, names: list[str], delimiter: str, encoding: str) -> None:
    """Refuse rubbish on its first lines: a reader that is under way cannot be stopped cleanly on its first block."""
    malformed = _Malformed()
    whole_lines = peeked[: peeked.rfind(b"\n") + 1]
    if len(peeked) == _PEEKED_BYTES and encoding == "latin-1" and whole_lines:
        read, parse, convert = _options(names, delimiter, encoding, malformed)
        pacsv.read_csv(pa.BufferReader(whole_lines), read, parse, convert)
    if malformed.mostly:
        raise pa.ArrowInvalid("most lines are malformed")


def _header(peeked: str, label: str) -> tuple[list[str], str]:
    lines = peeked.removeprefix(_UTF8_MARK).removeprefix("\ufeff").splitlines()
    if not lines or not lines[0].strip():
        raise _unusable(label, "it is empty, or its first line is")
    delimiter = max(_DELIMITERS, key=lines[0].count)
    seen: Counter[str] = Counter()
    names = []
    for name in next(csv.reader([lines[0]], delimiter=delimiter)):
        seen[name.strip()] += 1
        again = seen[name.strip()]
        names.append(name.strip() if again == 1 else f"{name.strip()} ({again})")
    return names, delimiter


def _stream(path: Path, to: Path, names: list[str], delimiter: str, encoding: str, file: int) -> list[Fault]:
    malformed, tally = _Malformed(), _Tally()
    schema = pa.schema([(name, pa.string()) for name in names] + [("__line", pa.int64())])
    with pq.ParquetWriter(to, schema, compression="lz4") as writer:
        following = 1
        for batch in _batches(path, names, delimiter, encoding, malformed):
            lines = _line_numbers(following, batch.num_rows, malformed.pending)
            following = int(lines[-1]) + 1 if len(lines) else following
            writer.write_batch(_cleaned(batch, lines, schema, tally, as_bytes=encoding == "latin-1"))
            tally.add(MALFORMED, "", [line for line in malformed.pending if line < following])
            malformed.pending = [line for line in malformed.pending if line >= following]
            if malformed.mostly:
                raise pa.ArrowInvalid("most lines are malformed")
        tally.add(MALFORMED, "", malformed.pending)
    return [fault for fault in tally.faults(file) if fault.count]


def _batches(
    path: Path, names: list[str], delimiter: str, encoding: str, malformed: _Malformed
) -> Iterator[pa.RecordBatch]:
    with pacsv.open_csv(path, *_options(names, delimiter, encoding, malformed)) as reader:
        yield from reader


def _options(
    names: list[str], delimiter: str, encoding: str, malformed: _Malformed
) -> tuple[pacsv.ReadOptions, pacsv.ParseOptions, pacsv.ConvertOptions]:
    return (
        pacsv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, encoding=encoding, column_names=names, skip_rows=1
        ),
        pacsv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=malformed,
        ),
        pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )


def _line_numbers(start: int, count: int, malformed: list[int]) -> npt.NDArray[np.int64]:
    pool = np.arange(start, start + count + len(malformed), dtype=np.int64)
    return pool[~np.isin(pool, malformed)][:count]


def _cleaned(
    batch: pa.RecordBatch, lines: npt.NDArray[np.int64], schema: pa.Schema, tally: _Tally, *, as_bytes: bool
) -> pa.RecordBatch:
    """The batch with its text decoded, where characters stand for bytes, and without lines that hold nothing."""
    columns = [batch.column(i) for i in range(batch.num_columns)]
    for name, column in zip(schema.names, columns, strict=False):
        broken = pc.match_substring(column, "\n").to_numpy(zero_copy_only=False)
        if broken.any():
            tally.add(LINE_BREAK, name, lines[broken].tolist())
    if as_bytes:
        columns = [_decoded(columns[i], lines, schema.names[i], tally) for i in range(len(columns))]
    columns = [tidied(column) for column in columns]
    whole = pa.record_batch([*columns, pa.array(lines)], schema=schema)
    empty = np.logical_and.reduce([pc.is_null(column).to_numpy(zero_copy_only=False) for column in columns])
    return whole.filter(pa.array(~empty)) if empty.any() else whole


def tidied(column: pa.Array) -> pa.Array:
    """Text without spaces at its ends, null where nothing is left."""
    trimmed = pc.utf8_trim(column, " ")
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _decoded(column: pa.Array, lines: npt.NDArray[np.int64], name: str, tally: _Tally) -> pa.Array:
    foreign = np.flatnonzero(~pc.string_is_ascii(column).to_numpy(zero_copy_only=False))
    if not len(foreign):
        return column
    values = column.to_pylist()
    guessed = []
    for i in foreign:
        values[i], was_utf8 = read_as_text(values[i])
        if not was_utf8:
            guessed.append(int(lines[i]))
    tally.add(NOT_UTF8, name, guessed)
    return pa.array(values, pa.string())


def read_as_text(value: str) -> tuple[str, bool]:
    """What bytes held as Latin-1 characters say, and whether they were UTF-8."""
    raw = value.encode("latin-1")
    try:
        return raw.decode("utf-8"), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), False


def _unusable(label: str, found: str) -> UnusableSourceError:
    return UnusableSourceError(
        where=label,
        found=found,
        expected="A CSV file whose first line names the fields, with one record a line",
        next_step="Export the table again, or take the file out of the data set",
    )
