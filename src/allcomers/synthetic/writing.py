"""Writes a data set to a folder, every file stamped SYNTHETIC, as one history or as monthly submissions."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from allcomers.exceptions import AllcomersError
from allcomers.synthetic.blocks import Country
from allcomers.synthetic.columns import dates
from allcomers.synthetic.faults import FaultPlan
from allcomers.synthetic.generating import Seen, blocks, header_table, plain, staff_records
from allcomers.synthetic.plan import Plan, month_after
from allcomers.synthetic.sending import Records
from allcomers.synthetic.truth import staff_truth

STAMP = "SYNTHETIC"
NOTICE = """SYNTHETIC

Nobody in these files exists. They were made by `allcomers synthesise`, calibrated to figures that NHS England
publishes. They are for trying out software and methods. They are evidence of nothing about people, therapists or
services.
"""


class FileFormat(StrEnum):
    """How tables are written."""

    PARQUET = "parquet"
    CSV = "csv"


class Form(StrEnum):
    """What the files hold."""

    HISTORY = "history"
    SUBMISSIONS = "submissions"


class _Sink(Protocol):
    def write_table(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


class _ParquetSink:
    """One row group a block, so that the bytes do not depend on how the work was divided."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        # Identifiers rise from row to row and hardly repeat, so what two neighbours share is left out instead.
        rising = {one.name: "DELTA_BYTE_ARRAY" for one in schema if one.type == pa.string()}
        codes = [one.name for one in schema if pa.types.is_dictionary(one.type)]
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=codes or False,
            column_encoding=rising or None,
            store_schema=False,
        )
        self._writer.add_key_value_metadata({STAMP: NOTICE})

    def write_table(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=max(len(table), 1))

    def close(self) -> None:
        self._writer.close()


class _CsvSink:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        self._writer = pyarrow.csv.CSVWriter(path, plain(schema.empty_table()).schema, write_options=options)

    def write_table(self, table: pa.Table) -> None:
        self._writer.write_table(plain(table))

    def close(self) -> None:
        self._writer.close()


class Folder:
    """A folder of tables, each in a file that grows block by block."""

    def __init__(self, path: Path, file_format: FileFormat) -> None:
        self.path, self._format = path, file_format
        self._sinks: dict[Path, _Sink] = {}

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to a table; `name` may hold folders."""
        path = self.path / f"{name}.{self._format}"
        if path not in self._sinks:
            self._sinks[path] = self._opened(path, table.schema)
        self._sinks[path].write_table(table)

    def _opened(self, path: Path, schema: pa.Schema) -> _Sink:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
        notice = path.parent / f"{STAMP}.txt"
        if not notice.exists():
            notice.write_text(NOTICE, "utf-8")
        return (_ParquetSink if self._format is FileFormat.PARQUET else _CsvSink)(path, schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sink in self._sinks.values():
            sink.close()


def write(
    path: Path,
    plan: Plan,
    *,
    form: Form = Form.HISTORY,
    file_format: FileFormat = FileFormat.PARQUET,
    faults: float = 0.0,
    workers: int = 2,
    tell: Callable[[float], None] = lambda _: None,
) -> None:
    """Write a data set.

    Parameters
    ----------
    path : a folder that is empty or not there yet. It gets a file a national table (or a folder a month, with a file a
        table), `extra/` with what the national data set has no place for, and `truth/` with what no record says.
    faults : share of records that are given a fault (0-1); each is named in `truth/faults`.
    workers : blocks made at a time. Same plan, form, format and faults: same bytes, whatever the workers.
    tell : is told the share done (0-1) after each block.

    Raises
    ------
    AllcomersError : the folder holds something already, or cannot be made.
    """
    _make_room(path)
    country = Country.of(plan)
    with Folder(path, file_format) as folder:
        writer = _writer(country, folder, form, workers)
        planned = FaultPlan(faults, dates_are_text=file_format is FileFormat.CSV) if faults else None
        for done, block in enumerate(blocks(country, workers=workers, faults=planned), start=1):
            for name, records in block.records.items():
                writer.add(name, records)
            for kind, tables in (("extra", block.extras), ("truth", block.truth)):
                for name, table in tables.items():
                    folder.add(f"{kind}/{name}", table)
            tell(done / plan.block_count)
        _finish(country, folder, writer)


def _make_room(path: Path) -> None:
    """Make the folder; nothing that is there is ever written over."""
    name = "Name a folder that is empty or does not exist"
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise AllcomersError(where=str(path), found="something is there already", next_step=name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AllcomersError(where=str(path), found="the folder cannot be made there", next_step=name) from error


def _writer(country: Country, folder: Folder, form: Form, workers: int) -> "_History":
    if form is Form.HISTORY:
        return _History(country, folder)
    return _Submissions(country, folder, active_submissions(country, workers=workers))


def active_submissions(country: Country, *, workers: int) -> Seen:
    """Months and providers in which a referral came, or ended, or someone was seen: a first pass over every block."""
    active = Seen(country)
    for block in blocks(country, workers=workers):
        referrals = block.records["IDS101Referral"]
        active.mark(referrals.first, referrals.provider)
        ended = referrals.table.column("ServDischDate").is_valid().to_numpy()
        active.mark(referrals.last[ended], referrals.provider[ended])
        contacts = block.records["IDS201CareContact"]
        active.mark(contacts.last, contacts.provider)
    return active


def _finish(country: Country, folder: Folder, writer: "_History") -> None:
    """Tables that are made once."""
    qualifications, staff = country.staff.tables()
    writer.add("IDS902CarePersQual", staff_records(country, qualifications))
    writer.add_headers()
    folder.add("extra/organisations", country.organisations.frame().to_arrow())
    folder.add("extra/staff", staff.to_arrow())
    folder.add("truth/staff", staff_truth(country.staff))


class _History:
    """Each record once, as last sent."""

    def __init__(self, country: Country, folder: Folder) -> None:
        self.country, self.folder = country, folder
        self._seen = Seen(country)

    def add(self, name: str, records: Records) -> None:
        self._seen.mark(records.last, records.provider)
        self.folder.add(name, self.country.calendar.labelled(records))

    def add_headers(self) -> None:
        self.folder.add("IDS000Header", header_table(self.country, *self._seen.submissions()))


class _Submissions(_History):
    """A folder a month; what is still open comes back each month, and shows only what was known by its end.

    A provider to which nothing happened in a month sends no file, as one without a date in its month is turned away.
    """

    def __init__(self, country: Country, folder: Folder, active: Seen) -> None:
        super().__init__(country, folder)
        self._seen = active

    def add(self, name: str, records: Records) -> None:
        calendar, starts = self.country.calendar, self.country.plan.month_starts
        for month in range(calendar.months):
            sent = records.sent(month) & self._seen.has(month, records.provider)
            part = records.take(np.flatnonzero(sent))
            part.table = as_known(part.table, name, int(starts[month + 1]) - 1)
            part.last[:] = month
            self.folder.add(f"{self._label(month)}/{name}", calendar.labelled(part))

    def add_headers(self) -> None:
        months, providers = self._seen.submissions()
        for month in np.unique(months):
            table = header_table(self.country, months[months == month], providers[months == month])
            self.folder.add(f"{self._label(int(month))}/IDS000Header", table)

    def _label(self, month: int) -> str:
        plan = self.country.plan
        return f"{month_after(plan.start, month - (self.country.calendar.months - plan.months)):%Y-%m}"


_KNOWN_LATER: dict[str, tuple[str, tuple[str, ...]]] = {
    "IDS101Referral": ("ServDischDate", ("ServDischDate", "EndCode")),
    "IDS803CareCluster": ("EndDateCareClust", ("EndDateCareClust",)),
}
"""By table: the date that decides, and the fields that are blank until it has come."""


def as_known(table: pa.Table, name: str, last_day: int) -> pa.Table:
    """The records as they stood on that day."""
    if name not in _KNOWN_LATER:
        return table
    decides, hidden = _KNOWN_LATER[name]
    day = dates(np.array([last_day]))[0]
    later = pc.fill_null(pc.greater(table.column(decides), day), False)
    for field in hidden:
        column = table.column(field)
        place = table.schema.get_field_index(field)
        kept = pc.if_else(later, pa.scalar(None, column.type), column)
        table = table.set_column(place, field, kept)
    return table
