"""Faults put into a data set on purpose, each written down, to test that checks find what is wrong.

A fault is data: a table, a field, what is done to it. Rows are chosen apart, so no row has two faults; a fault may
still bring others with it (a contact without a type is no session either).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator

from allcomers.synthetic.arrays import Ints
from allcomers.synthetic.sending import Records


class Way(StrEnum):
    """What is done to a field."""

    BLANK = "made blank"
    SET = "set to a value that may not be there"
    EARLY = "set to long before the referral"
    DAY_FIRST = "written day first"
    REPEAT = "row repeated"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes
    ----------
    key : the fields that name the row.
    to : the value, where the way is SET.
    where : (field, value) of the rows that may be chosen; empty for all.
    """

    kind: str
    table: str
    field: str
    key: tuple[str, ...]
    way: Way
    to: str = ""
    where: tuple[str, str] | None = None


_CONTACT, _ACTIVITY, _SCORE = ("CareContactId",), ("CareActId",), ("CareActId", "CodedAssToolType")
_REFERRAL, _PATIENT = ("ServiceRequestId",), ("LocalPatientId",)
_PHQ9, _GAD7 = ("CodedAssToolType", "720433000"), ("CodedAssToolType", "445455005")

FAULTS = (
    Fault("missing mandatory field", "IDS201CareContact", "AppType", _CONTACT, Way.BLANK),
    Fault("missing mandatory field", "IDS101Referral", "OrgIDComm", _REFERRAL, Way.BLANK),
    Fault("missing score", "IDS607CodedScoreAssessmentAct", "PersScore", _SCORE, Way.BLANK, where=_PHQ9),
    Fault("score out of range", "IDS607CodedScoreAssessmentAct", "PersScore", _SCORE, Way.SET, "31", where=_PHQ9),
    Fault("score not a number", "IDS607CodedScoreAssessmentAct", "PersScore", _SCORE, Way.SET, "high", where=_GAD7),
    Fault("unknown code", "IDS201CareContact", "AttendOrDNACode", _CONTACT, Way.SET, "1"),
    Fault("unknown code", "IDS001MPI", "Gender", _PATIENT, Way.SET, "7"),
    Fault(
        "unknown code",
        "IDS607CodedScoreAssessmentAct",
        "CodedAssToolType",
        _ACTIVITY,
        Way.SET,
        "720433999",
        where=_GAD7,
    ),
    Fault("date before referral", "IDS201CareContact", "CareContDate", _CONTACT, Way.EARLY),
    Fault("date before referral", "IDS101Referral", "ServDischDate", _REFERRAL, Way.EARLY),
    Fault("orphan", "IDS202CareActivity", "CareContactId", _ACTIVITY, Way.SET, "ZC999999999999"),
    Fault("orphan", "IDS201CareContact", "ServiceRequestId", _CONTACT, Way.SET, "ZR999999999"),
    Fault("invalid NHS number", "IDS001MPI", "NHSNumber", _PATIENT, Way.SET, "9990000000"),
    Fault("duplicate", "IDS201CareContact", "CareContactId", _CONTACT, Way.REPEAT),
    Fault("duplicate", "IDS202CareActivity", "CareActId", _ACTIVITY, Way.REPEAT),
    Fault("wrong date format", "IDS201CareContact", "CareContDate", _CONTACT, Way.DAY_FIRST),
    Fault("wrong date format", "IDS101Referral", "ReferralRequestReceivedDate", _REFERRAL, Way.DAY_FIRST),
)

LONG_BEFORE_DAYS = 20_000


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """How many faults, and whether dates are text (only then can one be written wrongly)."""

    rate: float
    dates_are_text: bool = False

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The kinds that can be made."""
        return tuple(fault for fault in FAULTS if self.dates_are_text or fault.way is not Way.DAY_FIRST)


def plant(rng: Generator, records: Mapping[str, Records], plan: FaultPlan) -> tuple[dict[str, Records], pa.Table]:
    """The records with faults, and a table of these: table, key, field, kind; one row a fault."""
    spoilt = dict(records)
    notes: list[pa.Table] = []
    for name in dict.fromkeys(fault.table for fault in plan.faults):
        faults = [fault for fault in plan.faults if fault.table == name]
        spoilt[name], noted = _plant_in(rng, spoilt[name], faults, plan.rate)
        notes += noted
    return spoilt, pa.concat_tables(notes)


def _plant_in(rng: Generator, records: Records, faults: list[Fault], rate: float) -> tuple[Records, list[pa.Table]]:
    table = _as_text(records.table, faults)
    chosen = rng.permutation(len(table))[: rng.binomial(len(table), rate)]
    notes, repeated = [], [np.array([], dtype=np.int64)]
    for fault, rows in zip(faults, np.array_split(chosen, len(faults)), strict=True):
        rows = _eligible(table, fault, rows)
        notes.append(_note(table, fault, rows))
        if fault.way is Way.REPEAT:
            repeated.append(rows)
        else:
            table = _spoil(table, fault, rows)
    return _with_repeats(replace(records, table=table), np.concatenate(repeated)), notes


def _as_text(table: pa.Table, faults: list[Fault]) -> pa.Table:
    """Fields that may be spoilt, as text, in every block alike."""
    for fault in faults:
        kind = pa.date32() if fault.way is Way.EARLY else pa.string()
        place = table.schema.get_field_index(fault.field)
        if any(f.field == fault.field and f.way is Way.DAY_FIRST for f in faults):
            kind = pa.string()
        table = table.set_column(place, fault.field, table.column(place).cast(kind))
    return table


def _eligible(table: pa.Table, fault: Fault, rows: Ints) -> Ints:
    """Of the rows, those that hold something to spoil."""
    good = table.column(fault.field).is_valid()
    if fault.where:
        good = pc.and_(good, pc.equal(table.column(fault.where[0]).cast(pa.string()), fault.where[1]))
    return np.asarray(rows[good.to_numpy()[rows]])


def _note(table: pa.Table, fault: Fault, rows: Ints) -> pa.Table:
    at = pa.array(rows)
    key = [table.column(name).take(at).cast(pa.string()).combine_chunks() for name in fault.key]
    joined = key[0] if len(key) == 1 else pc.binary_join_element_wise(*key, "|")
    words = {"table": fault.table, "key_fields": "|".join(fault.key)}
    columns = {name: pa.array([word] * len(rows), pa.string()) for name, word in words.items()} | {"key": joined}
    return pa.table(
        columns | {n: pa.array([w] * len(rows), pa.string()) for n, w in (("field", fault.field), ("kind", fault.kind))}
    )


def _spoil(table: pa.Table, fault: Fault, rows: Ints) -> pa.Table:
    at = np.zeros(len(table), dtype=bool)
    at[rows] = True
    place = table.schema.get_field_index(fault.field)
    column = table.column(place)
    return table.set_column(place, fault.field, pc.if_else(pa.array(at), _spoilt(column, fault), column))


def _spoilt(column: pa.ChunkedArray, fault: Fault) -> pa.ChunkedArray | pa.Scalar:
    if fault.way is Way.SET:
        return pa.scalar(fault.to)
    if fault.way is Way.BLANK:
        return pa.scalar(None, column.type)
    days = column.cast(pa.date32()) if column.type == pa.string() else column
    if fault.way is Way.DAY_FIRST:
        return pc.strftime(days, "%d/%m/%Y")
    early = pc.subtract(days.cast(pa.int32()), pa.scalar(LONG_BEFORE_DAYS, pa.int32())).cast(pa.date32())
    return early.cast(column.type)


def _with_repeats(records: Records, rows: Ints) -> Records:
    return records.take(np.concatenate([np.arange(len(records.table)), rows]))
