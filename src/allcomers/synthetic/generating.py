"""Blocks in order, made by several workers; and the whole data set as frames in memory."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import polars as pl
import pyarrow as pa

from allcomers.synthetic.arrays import Flags, Ints
from allcomers.synthetic.blocks import Block, Country, make_block
from allcomers.synthetic.columns import coded, dates, same, whole_numbers
from allcomers.synthetic.faults import FaultPlan
from allcomers.synthetic.plan import FIRST_MONTH, Plan, day_number
from allcomers.synthetic.sending import Records, no_gap
from allcomers.synthetic.truth import staff_truth

VERSIONS, VERSION_2_1_FROM = ("2.0", "2.1"), day_number(FIRST_MONTH)
SYSTEM = "Allcomers synthetic"
DAYS_TO_SUBMISSION = 16
TRAINEES_SENT_MONTHS = 6
"""Trainees are sent in the last months only: a planned qualification may lie at most two years ahead."""


def blocks(country: Country, *, workers: int, faults: FaultPlan | None = None) -> Iterator[Block]:
    """Every block in order, `workers` at a time. What comes out does not depend on `workers`."""
    waiting: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for number in range(country.plan.block_count):
            waiting.append(pool.submit(make_block, country, number, faults))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def staff_records(country: Country, qualifications: pa.Table) -> Records:
    """IDS902CarePersQual, with the months that carry it."""
    provider = np.searchsorted(country.organisations.codes, qualifications.column("OrgID_Provider").to_pylist())
    trainee = qualifications.column("QualAwardedDate").is_null().to_numpy()
    last = country.calendar.months - 1
    first = np.where(trainee, max(0, last + 1 - TRAINEES_SENT_MONTHS), 0)
    table = qualifications.drop_columns(["OrgID_Provider"])
    months = (first.astype(np.int64), np.full(len(provider), last))
    return Records(table, provider.astype(np.int64), *months, *no_gap(len(provider)))


def header_table(country: Country, month: Ints, provider: Ints) -> pa.Table:
    """IDS000Header: one row a provider and month from which there are records."""
    calendar, plan, codes = country.calendar, country.plan, country.organisations.codes
    starts, ends = plan.month_starts[month], plan.month_starts[month + 1] - 1
    seconds = (ends + DAYS_TO_SUBMISSION) * 86_400 + 9 * 3_600
    return pa.table(
        {
            "DatSetVer": coded((starts >= VERSION_2_1_FROM).astype(np.int64), VERSIONS),
            "OrgIDProv": coded(provider, codes),
            "OrgIDSubmit": coded(provider, codes),
            "PrimSystemInUse": same(SYSTEM, len(month)),
            "ReportingPeriodStartDate": dates(starts),
            "ReportingPeriodEndDate": dates(ends),
            "DateTimeDatSetCreate": pa.array(seconds * 1_000_000).cast(pa.timestamp("us")),
            "File_Type": same("Refresh", len(month)),
            "UniqueSubmissionID": whole_numbers(calendar.submission_id(month, provider)),
            "Unique_MonthID": whole_numbers(calendar.month_id(month)),
        }
    )


class Seen:
    """Which months' files of which providers there are."""

    def __init__(self, country: Country) -> None:
        self._seen = np.zeros((country.calendar.months, len(country.organisations)), dtype=bool)

    def mark(self, month: Ints, provider: Ints) -> None:
        """There are files by these providers in these months."""
        self._seen[month, provider] = True

    def has(self, month: Ints | int, provider: Ints) -> Flags:
        """Whether there are files of each provider in the month."""
        return np.asarray(self._seen[month, provider])

    def submissions(self) -> tuple[Ints, Ints]:
        """Month and provider of every file, in order."""
        month, provider = np.nonzero(self._seen)
        return month, provider


def generate(plan: Plan, *, workers: int = 2, faults: float = 0.0) -> dict[str, pl.DataFrame]:
    """A whole data set in memory, as a history: each record once, as last sent.

    Parameters
    ----------
    plan : size, period and seed.
    workers : blocks made at a time; the result does not depend on it.
    faults : share of records that are given a fault (0-1); each is named in `truth/faults`.

    Returns
    -------
    Frames by national table name; besides these `extra/items`, `extra/words`, `extra/organisations`, `extra/staff`,
    `truth/pathways`, `truth/staff` and, where there are any, `truth/faults`. At England's size this takes some 30 GB:
    use `write` there.
    """
    country = Country.of(plan)
    parts: dict[str, list[pa.Table]] = {}
    seen = Seen(country)
    for block in blocks(country, workers=workers, faults=FaultPlan(faults) if faults else None):
        for name, records in block.records.items():
            seen.mark(records.last, records.provider)
            parts.setdefault(name, []).append(country.calendar.labelled(records))
        for folder, tables in (("extra", block.extras), ("truth", block.truth)):
            for name, table in tables.items():
                parts.setdefault(f"{folder}/{name}", []).append(table)
    for name, table in whole_tables(country, seen).items():
        parts[name] = [table]
    return {name: as_frame(pa.concat_tables(tables)) for name, tables in sorted(parts.items())}


def whole_tables(country: Country, seen: Seen) -> dict[str, pa.Table]:
    """Tables that are made once for the whole data set."""
    qualifications, staff = country.staff.tables()
    qualified = staff_records(country, qualifications)
    seen.mark(qualified.last, qualified.provider)
    return {
        "IDS000Header": header_table(country, *seen.submissions()),
        "IDS902CarePersQual": country.calendar.labelled(qualified),
        "extra/organisations": country.organisations.frame().to_arrow(),
        "extra/staff": staff.to_arrow(),
        "truth/staff": staff_truth(country.staff),
    }


def as_frame(table: pa.Table) -> pl.DataFrame:
    """An Arrow table as a frame, with text as text."""
    frame = pl.from_arrow(plain(table))
    assert isinstance(frame, pl.DataFrame)
    return frame


def plain(table: pa.Table) -> pa.Table:
    """The table with dictionary columns written out as text."""
    fields = [pa.field(one.name, pa.string()) if pa.types.is_dictionary(one.type) else one for one in table.schema]
    return table.cast(pa.schema(fields))
