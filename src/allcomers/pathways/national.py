"""The national tables with the national derived fields, so that SQL written for them runs unchanged.

One Parquet file a national table, and `IsLatest_SubmissionID`. Every table has the keys that such SQL joins on. A flag
is the text 'True' or null, never 'False'.

A referral that is open, and its patient, are in the file of every month. A data set that is one history has them once,
so they are put back into each month from referral to discharge, as that month's file would have had them: without the
discharge, and without a date, that lay ahead.

Pathways are derived anew for each month from what was known at its end, so that no row knows what came after it: from
the files up to that month, where they are monthly, and from records that bear no later date. What a refresh replaced
has no derived pathway.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from allcomers.codes import clean_finding_sql, get, normalise_sql
from allcomers.dataset import HISTORY, Dataset
from allcomers.dataset.model import BOOLEAN, DATE, DATETIME, INTEGER, TEXT, Field, Table, literal
from allcomers.dataset.tables import BY_NAME
from allcomers.engine.duck import Session
from allcomers.engine.running import Engine, ParquetFile
from allcomers.engine.sources import ROW_BITS
from allcomers.pathways import folding
from allcomers.pathways.derivations import Derivations
from allcomers.pathways.derivations.person import age_in_years
from allcomers.pathways.deriving import Prepared
from allcomers.pathways.narrowing import Tables
from allcomers.pathways.plan import KEYS

LATEST = "IsLatest_SubmissionID"
_SQL_TYPES = {TEXT: "varchar", INTEGER: "bigint", DATE: "date", DATETIME: "timestamp", BOOLEAN: "varchar"}
_ROW = (1 << ROW_BITS) - 1
_ROWS_IN_SUBMISSION = 1_000_000_000
"""The row number has nine digits after the submission's identifier."""

_STAFF = "s.provider || v.CarePersLocalId"
_OWN = {"IDS001": "LocalPatientId", "IDS101": "ServiceRequestId"}
_PARENTS = {
    "LocalPatientId": "national_patient",
    "ServiceRequestId": "national_referral",
    "CareContactId": "national_contact",
    "CareActId": "national_activity",
}
_CARRIED = ("patient_row", "Person_ID", "PersonBirthDate")
_OF_REFERRAL = (*_CARRIED, "PathwayID", "Unique_ServiceRequestID", "ReferralRequestReceivedDate")
_ONLY_AFTER_DISCHARGE = frozenset({"EndCode", "ADSM_LastScoreNotAtCaseness", "PPSM_LastScore"})
"""Fields of a referral that are written as they come, and that an open one does not have."""
_REFERRAL = "IDS101Referral"
_DATED = {"IDS201CareContact": "CareContDate", "IDS603PresentingComplaints": "PresCompDate"}
"""Tables of which something is taken whether or not it lies within the referral, with the date of each record."""


def write(prepared: Prepared, dataset: Dataset, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Derive every pathway as of each month, and write the national tables of the data set with what was derived.

    Parameters
    ----------
    prepared : its engine lets go of what it holds, and holds `pathway` alone afterwards: a number for each.
    folder : must be there; gets a Parquet file a table.
    """
    folded = folding.fold(dataset)
    for statement in _keys(dataset, folded):
        dataset.session.run(statement)
    _derive(prepared, dataset, folded, tell)
    for name in dataset.relations:
        tell(f"writing {name}")
        dataset.session.write_parquet(_select(dataset, BY_NAME[name]), folder / f"{name}.parquet")
    dataset.session.write_parquet(_LATEST_SQL, folder / f"{LATEST}.parquet")


def left_to_the_extract(table: Table) -> tuple[str, ...]:
    """The national derived fields of a table that are not derived here: null, unless the extract brings them."""
    made = _keys_of(table).keys() | _load_values(table).keys()
    derived = [field for field in table.fields if not field.submitted and field.name not in made]
    return tuple(field.name for field in derived if not _derived(table, field))


def _derive(prepared: Prepared, dataset: Dataset, folded: Tables, tell: Callable[[str], None]) -> None:
    """Make `derived_pathway`: a pathway once for each month in which it has a row."""
    engine, session, parts = prepared.engine, dataset.session, list[str]()
    session.run(_temp("national_used", f"from {folding.USED}"))
    for month_end in _month_ends(session) or [None]:
        tell(f"deriving pathways as of {month_end}")
        file = ParquetFile(session.spill / f"pathway-{len(parts)}.parquet", KEYS["pathway"])
        _hold_as_of(engine, dataset, folded, _day(month_end))
        engine.make(prepared.plan, ["pathway"], {}, {"pathway": file})
        engine.drop(["pathway"])
        parts.append(f"select {_day(month_end)} as known_on, * from read_parquet({literal(str(file.path))})")
    session.run(_temp("derived_pathway", " union all ".join(parts), kind="view"))
    engine.drop(folding.SOURCES)
    engine.add_query("pathway", session, "select distinct pathway_no from national_referral")


def _month_ends(session: Session) -> list[dt.date | None]:
    """The last days of the months in which some referral is; None for a data set that does not say."""
    months = "national_month m join national_submission s using (sub)"
    return [day for (day,) in session.rows(f"select distinct s.ends from {months} where s.is_latest = 1 order by 1")]


def _day(day: dt.date | None) -> str:
    return "null::date" if day is None else f"date '{day}'"


def _hold_as_of(engine: Engine, dataset: Dataset, folded: Tables, month_end: str) -> None:
    """Give the engine the folded tables as they were known at the end of a month, instead of those it holds."""
    session = dataset.session
    session.run(_temp(folding.USED, _used_by(dataset, month_end)))
    session.run(_temp("national_under_way", _under_way(folded[_REFERRAL], month_end)))
    dated = {name: f"select * from ({folded[name]}) where {_by(month_end, date)}" for name, date in _DATED.items()}
    engine.drop(folded)
    for name, sql in {**folded, **dated, _REFERRAL: "from national_under_way"}.items():
        engine.add_query(name, session, sql)


def _used_by(dataset: Dataset, month_end: str) -> str:
    """The submissions that count at the end of a month. Of one history, whose records bear the last, all do."""
    known = "true" if dataset.form == HISTORY else f"s.sub = 0 or {_by(month_end, 's.ends')}"
    return (
        f"select u.* replace ({month_end} as data_ended_on) "
        f"from national_used u join national_submission s on s.sub = u.place where {known}"
    )


def _under_way(referrals: str, month_end: str) -> str:
    """The referrals that have a row in a month, numbered as the rows are, and not discharged later than its end."""
    in_month = (
        f"select distinct r.{folding.PROVIDER}, r.ServiceRequestId, r.pathway_no from national_referral r "
        "join national_month m using (__row) join national_submission s using (sub) "
        f"where s.ends is not distinct from {month_end}"
    )
    return (
        f"select f.* replace (r.pathway_no as {folding.RECORD}, "
        f"case when {_by(month_end, 'f.ServDischDate')} then f.ServDischDate end as ServDischDate) "
        f"from ({referrals}) f join ({in_month}) r using ({folding.PROVIDER}, ServiceRequestId)"
    )


def _by(month_end: str, date: str) -> str:
    """Whether something had happened by the end of a month; what bears no date had."""
    return f"not coalesce({date} > {month_end}, false)"


_LATEST_SQL = (
    "select id as UniqueSubmissionID, id as AuditId, month as Unique_MonthID, starts as ReportingPeriodStartDate, "
    "ends as ReportingPeriodEndDate, provider as OrgIDProvider, is_latest as IsLatest from national_submission"
)


def _keys(dataset: Dataset, folded: Tables) -> list[str]:
    """Statements that find whom each record belongs to, from patient to activity, each from the one above."""
    contact = (*_OF_REFERRAL, "Unique_CareContactID", "CareContDate")
    return [
        _temp(
            "national_submission",
            f"select s.sub, coalesce(s.id, s.sub) as id, s.provider, s.starts, s.ends, u.{folding.PROVIDER}, "
            "(year(s.starts) - 1900) * 12 + month(s.starts) - 3 as month, "
            "year(s.starts) * 4 + quarter(s.starts) as quarter, "
            "case when u.place is null then 0 else 1 end as is_latest "
            "from submission s left join submission_used u on u.place = s.sub",
        ),
        _temp(
            "national_patient",
            f"select v.__row, v.__own, v.LocalPatientId, (v.__row & {_ROW}) as patient_row, f.Person_ID, "
            f"v.PersonBirthDate from IDS001 v join national_submission s on s.sub = v.__sub "
            f"left join ({folded['IDS001MPI']}) f "
            f"on f.{folding.PROVIDER} = s.{folding.PROVIDER} and f.LocalPatientId = v.LocalPatientId",
        ),
        _temp(
            "national_referral",
            f"select v.__row, v.__sub, v.__own, v.ServiceRequestId, f.{folding.RECORD} as pathway_no, "
            "v.ReferralRequestReceivedDate, v.ServDischDate, f.PathwayID, "
            f"s.provider || v.ServiceRequestId as Unique_ServiceRequestID, s.{folding.PROVIDER}, "
            f"{_some('p', _CARRIED)} "
            "from IDS101 v join national_submission s on s.sub = v.__sub "
            f"left join ({folded[_REFERRAL]}) f on f.{folding.PROVIDER} = s.{folding.PROVIDER} "
            "and f.ServiceRequestId = v.ServiceRequestId "
            "left join national_patient p on p.__own = v.__up and p.LocalPatientId = v.LocalPatientId",
        ),
        _temp("national_month", _months(dataset)),
        _temp(
            "national_contact",
            f"select v.__own, v.CareContactId, v.CareContDate, s.provider || v.CareContactId as Unique_CareContactID, "
            f"{_some('r', _OF_REFERRAL)} from IDS201 v join national_submission s on s.sub = v.__sub "
            "join national_referral r on r.__own = v.__up and r.ServiceRequestId = v.ServiceRequestId",
        ),
        _temp(
            "national_activity",
            f"select v.__own, v.CareActId, s.provider || v.CareActId as Unique_CareActivityID, {_some('c', contact)} "
            "from IDS202 v join national_submission s on s.sub = v.__sub "
            "join national_contact c on c.__own = v.__up and c.CareContactId = v.CareContactId",
        ),
    ]


def _temp(name: str, sql: str, *, kind: str = "table") -> str:
    return f"create or replace temp {kind} {name} as {sql}"


def _some(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def _months(dataset: Dataset) -> str:
    """In which submissions each referral is: those that hold it, or, in one history, those that would have."""
    if dataset.form != HISTORY:
        return "select __row, __sub as sub from national_referral"
    return (
        f"select r.__row, s.sub from national_referral r join national_submission s using ({folding.PROVIDER}) "
        "where s.is_latest = 1 and s.ends >= r.ReferralRequestReceivedDate "
        "and (r.ServDischDate is null or s.starts <= r.ServDischDate)"
    )


def _select(dataset: Dataset, table: Table) -> str:
    """SQL for one national table."""
    source = f"({dataset.typed(table.name)}) t join {table.code} v using (__row)"
    fields = [f"{_value(dataset, table, f)} as {f.name}" for f in table.fields]
    columns = ", ".join([*fields, "s.id as AuditId", *_extra_keys(table)])
    return f"select {columns} from {source} {_joins(dataset, table)}"


def _joins(dataset: Dataset, table: Table) -> str:
    own_month = "join national_submission s on s.sub = v.__sub"
    if table.code == "IDS101":
        return (
            "join national_referral k on k.__row = v.__row join national_month m on m.__row = v.__row "
            "join national_submission s on s.sub = m.sub left join derived_pathway d "
            "on d.pathway_no = k.pathway_no and d.known_on is not distinct from s.ends"
        )
    if table.code == "IDS001":
        months = (
            "(select distinct r.patient_row, r.Person_ID, m.sub from national_referral r "
            "join national_month m on m.__row = r.__row)"
        )
        expanded = f"join {months} m on m.patient_row = k.patient_row and m.Person_ID = k.Person_ID"
        month = f"{expanded} join national_submission s on s.sub = m.sub" if dataset.form == HISTORY else own_month
        return f"join national_patient k on k.__row = v.__row {month}"
    if table.parent is None:
        return own_month
    key = table.parent.field
    return f"{own_month} left join {_PARENTS[key]} k on k.__own = v.__up and k.{key} = v.{key}"


def _extra_keys(table: Table) -> list[str]:
    """Keys that joins ask of every table and that some do not declare."""
    named = set(table.by_name)
    return [f"{value} as {name}" for name, value in _keys_of(table).items() if name not in named]


def _keys_of(table: Table) -> dict[str, str]:
    """The keys of a table: those of its submission, its patient and its referral, as far as it has them."""
    keys = {"UniqueSubmissionID": "s.id", "Unique_MonthID": "s.month"}
    own = _OWN.get(table.code) or (table.parent.field if table.parent else "")
    if own in _PARENTS:
        keys |= {"Person_ID": "k.Person_ID", "RecordNumber": _number("k.patient_row")}
    if own in _PARENTS and own != "LocalPatientId":
        keys |= {"PathwayID": "k.PathwayID", "Unique_ServiceRequestID": "k.Unique_ServiceRequestID"}
    return keys


def _number(row: str) -> str:
    return f"(s.id::decimal(23, 0) * {_ROWS_IN_SUBMISSION} + {row})::decimal(23, 0)"


def _value(dataset: Dataset, table: Table, field: Field) -> str:
    computed = _keys_of(table) | _load_values(table)
    if field.name in computed:
        return computed[field.name]
    if derived := _derived(table, field):
        return derived
    if dataset.relations[table.name].has(field.name):
        kept = f"t.{field.name}"
        return _known(dataset, kept, field) if table.code == "IDS101" else _flag(field, kept)
    return f"null::{_SQL_TYPES.get(field.type, 'decimal(23, 0)')}"


def _true_when(condition: str) -> str:
    return f"case when {condition} then 'True' end"


_CLUSTER_FROM, _CLUSTER_TO = "v.StartDateCareClust", "v.EndDateCareClust"
_CLUSTER_DAYS = (
    f"greatest(0, 1 + date_diff('day', greatest({_CLUSTER_FROM}, s.starts), "
    f"least(coalesce({_CLUSTER_TO}, s.ends), s.ends)))"
)
"""Days within the month, the first and the last included; none for a cluster that lies wholly outside it."""

_LOAD_VALUES = {
    "IDS001": {
        "Validated_EthnicCategory": normalise_sql(get("EthnicCategory"), "v.EthnicCategory"),
        "Age_RP_StartDate": age_in_years("v.PersonBirthDate", "s.starts"),
        "Age_RP_EndDate": age_in_years("v.PersonBirthDate", "s.ends"),
    },
    "IDS201": {
        "Time_Referral_to_CareContact": "date_diff('day', k.ReferralRequestReceivedDate, v.CareContDate)",
        "Age_CareContact_Date": age_in_years("k.PersonBirthDate", "v.CareContDate"),
        "Unique_CareContactID": "s.provider || v.CareContactId",
    },
    "IDS202": {
        "Validated_FindingCode": clean_finding_sql("v.FindSchemeInUse", "v.CodeFind"),
        "Unique_CareContactID": "s.provider || v.CareContactId",
        "Unique_CareActivityID": "s.provider || v.CareActId",
        "Unique_CarePersonnelID_Local": _STAFF,
    },
    "IDS205": {"Unique_CarePersonnelID_Local": _STAFF},
    "IDS602": {"Validated_LongTermConditionCode": clean_finding_sql("v.FindSchemeInUse", "v.LongTermCondition")},
    "IDS603": {"Validated_PresentingComplaint": clean_finding_sql("v.FindSchemeInUse", "v.PresComp")},
    "IDS606": {"Age_AssessmentCompletion_Date": age_in_years("k.PersonBirthDate", "v.AssToolCompDate")},
    "IDS607": {
        "Age_AssessmentCompletion_Date": age_in_years("k.PersonBirthDate", "k.CareContDate"),
        "Unique_CareContactID": "k.Unique_CareContactID",
        "Unique_CareActivityID": "k.Unique_CareActivityID",
    },
    "IDS803": {
        "CareCluster_DayCount": f"case when {_CLUSTER_FROM} is not null then {_CLUSTER_DAYS} end",
        "CareCluster_StartedInRP_Flag": _true_when(f"{_CLUSTER_FROM} between s.starts and s.ends"),
        "CareCluster_EndedInRP_Flag": _true_when(f"{_CLUSTER_TO} between s.starts and s.ends"),
        "CareCluster_OpenAtRPEnd_Flag": _true_when(f"{_CLUSTER_TO} is null"),
    },
    "IDS902": {"Unique_CarePersonnelID_Local": _STAFF},
}
"""Fields made at load, one row at a time, by table."""


def _load_values(table: Table) -> dict[str, str]:
    values = {
        f"UniqueID_{table.code}": _number(f"(v.__row & {_ROW})"),
        "OrgID_Provider": "s.provider",
        "RecordStartDate": "s.starts",
        **_LOAD_VALUES.get(table.code, {}),
    }
    if table.code == "IDS101":
        values["UsePathway_Flag"] = _first("k.PathwayID, s.month")
        values["UseQuarterReferral_Flag"] = _first("k.PathwayID, s.quarter")
    return values


def _first(partition: str) -> str:
    """Marks one row of several, the last sent; of a submission that a refresh replaced, none."""
    return (
        f"case when s.is_latest = 1 and row_number() over (partition by {partition} "
        "order by s.is_latest desc, s.month desc, v.__sub desc, v.__row desc) = 1 then 'True' end"
    )


def _derived(table: Table, field: Field) -> str:
    """What was derived for a referral as of the month of its row, if the field is one of those."""
    derivation = Derivations().by_national.get(field.name)
    if table.code != "IDS101" or derivation is None:
        return ""
    return _flag(field, f"d.{derivation.name}")


def _known(dataset: Dataset, value: str, field: Field) -> str:
    """What came with a referral as the month's file would have had it: in one history, without what lay ahead."""
    value = _flag(field, value)
    if dataset.form != HISTORY:
        return value
    if field.type == DATE and field.name != "ReferralRequestReceivedDate":
        return f"case when {value} <= s.ends then {value} end"
    if field.name in _ONLY_AFTER_DISCHARGE:
        return f"case when v.ServDischDate <= s.ends then {value} end"
    return value


def _flag(field: Field, value: str) -> str:
    return _true_when(value) if field.type == BOOLEAN else value
