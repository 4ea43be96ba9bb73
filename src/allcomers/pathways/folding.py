"""The data set as one history: the tables that the plan starts from, each record once, as last sent.

A refresh replaces the whole primary file of its month, so of two submissions for one provider and month only the later
counts. A record that is sent again each month while it is open (a referral, a patient) is taken as last sent; one that
is sent in its own month only (a contact) is taken from there, and is known by its submission and its identifier
together, because local identifiers come back in later months. What a person or a referral has several of (disabilities,
long-term conditions) is taken from the last submission that says any of them, so that one put right is not there
twice. Qualifications of staff are taken from every month, since some were first told of after the contact.

Three columns tie the records together. `record_no` numbers the records of a table in the order of the data, which
stands for the order of the national unique ids where the data have none. `provider_no` stands for the provider,
`submission_no` for the submission.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allcomers.dataset import HISTORY, Dataset, model, views
from allcomers.dataset.model import Field, Table
from allcomers.dataset.tables import BY_NAME
from allcomers.engine.expression import Type
from allcomers.engine.sources import ROW_BITS, Relation

_ROWS_IN_FILE = 33
"""Bits kept for the row in its file, of a record number: more than eight thousand million rows."""

RECORD, PROVIDER, SUBMISSION, SCORE = "record_no", "provider_no", "submission_no", "score_number"
USED = "submission_used"
"""The table of the submissions that count, which the others are read with."""
_TYPES = {model.TEXT: Type.TEXT, model.INTEGER: Type.INTEGER, model.DATE: Type.DATE}


@dataclass(frozen=True)
class Folded:
    """Which fields of a national table the plan reads.

    `extra` are derived fields that an extract may bring, with what to take where it does not. `by_unique_id` says that
    a national rule breaks ties by the unique id, so that it is used if it is there. A table that is not `linked` leaves
    it to the records that its own belong to whether their submission counts. The records of a `set_of` one person or
    referral, told by that field, were sent together, and are taken together. `from_every_month` keeps older versions.
    """

    table: str
    fields: tuple[str, ...]
    linked: bool = True
    extra: tuple[tuple[str, str], ...] = ()
    by_unique_id: bool = False
    set_of: str = ""
    from_every_month: bool = False

    @property
    def declared(self) -> Table:
        return BY_NAME[self.table]

    @property
    def columns(self) -> dict[str, Type]:
        """Name and type of each column."""
        fields = {name: _type(self.declared, name) for name in (*self.fields, *(name for name, _ in self.extra))}
        linked = {PROVIDER: Type.INTEGER, **_ADDED[self.table]} if self.linked else {}
        score = {SCORE: Type.DECIMAL} if "PersScore" in fields else {}
        return {RECORD: Type.INTEGER, **linked, SUBMISSION: Type.INTEGER, **fields, **score}

    @property
    def key_and_fields(self) -> tuple[str, ...]:
        """The fields to read: those of the plan, and those by which a record is known."""
        return tuple(dict.fromkeys((*self.declared.key, *self.fields)))


def _type(table: Table, name: str) -> Type:
    return _TYPES[table[name].type]


_PROVIDER_KEY = "u.provider"
_OWN_PATIENT = f"coalesce({_PROVIDER_KEY}, '') || ':' || v.LocalPatientId"
_OWN_PATHWAY = f"coalesce({_PROVIDER_KEY}, '') || ':' || v.ServiceRequestId"

_ADDED: Mapping[str, Mapping[str, Type]] = {
    "IDS101Referral": {"data_ended_on": Type.DATE, "reported_to_on": Type.DATE},
    "IDS902CarePersQual": {"reported_from_on": Type.DATE},
} | {name: {} for name in BY_NAME if name not in ("IDS101Referral", "IDS902CarePersQual")}

FOLDED = (
    Folded(
        "IDS001MPI",
        (
            "LocalPatientId",
            "PersonBirthDate",
            "Gender",
            "GenderIdentity",
            "GenderIdentitySameAtBirth",
            "EthnicCategory",
            "ExBAFIndicator",
            "EduEstabTypeIAPT",
        ),
        extra=(
            ("Person_ID", _OWN_PATIENT),
            ("IndicesOfDeprivationDecile", "null::bigint"),
            ("LSOA", "null::varchar"),
            ("OrgIDSubICBLocResidence", "null::varchar"),
        ),
    ),
    Folded(
        "IDS004EmpStatus",
        (
            "LocalPatientId",
            "EmployStatus",
            "EmployStatusRecDate",
            "WeekHoursWorked",
            "SelfEmployInd",
            "SickAbsenceInd",
            "SSPInd",
            "BenefitRecInd",
            "ESAInd",
            "UCInd",
            "PIPInd",
            "EmpSupportInd",
            "EmpSupportReferral",
            "EmpSupportDischargeDate",
        ),
        by_unique_id=True,
    ),
    Folded(
        "IDS003AccommStatus",
        ("LocalPatientId", "AccommodationType", "SettledAccommodationInd", "AccommodationTypeDate"),
    ),
    Folded("IDS007DisabilityType", ("LocalPatientId", "DisabCode"), set_of="LocalPatientId"),
    Folded(
        "IDS011SocPerCircumstances",
        ("LocalPatientId", "SocPerCircumstance", "SocPerCircumstanceRecDate"),
        set_of="LocalPatientId",
    ),
    Folded(
        "IDS101Referral",
        (
            "ServiceRequestId",
            "LocalPatientId",
            "OrgIDComm",
            "ReferralRequestReceivedDate",
            "SourceOfReferralIAPT",
            "OnsetDate",
            "PrevDiagCondInd",
            "EndCode",
            "ServDischDate",
        ),
        extra=(("PathwayID", _OWN_PATHWAY), ("OrgID_Provider", _PROVIDER_KEY)),
    ),
    Folded("IDS105OnwardReferral", ("ServiceRequestId", "OnwardReferDate", "OnwardReferReason", "OrgIDReceiving")),
    Folded("IDS108WaitingTimePauses", ("ServiceRequestId", "PauseStartDate", "PauseEndDate", "PauseReason")),
    Folded(
        "IDS201CareContact",
        (
            "CareContactId",
            "ServiceRequestId",
            "CareContDate",
            "PlannedCareContIndicator",
            "AttendOrDNACode",
            "ClinContDurOfCareCont",
            "IAPTLTCServiceInd",
            "AppType",
            "ConsMechanism",
            "CareContPatientTherMode",
            "PsychMed",
        ),
    ),
    Folded(
        "IDS202CareActivity", ("CareActId", "CareContactId", "CarePersLocalId", "CodeProcAndProcStatus"), linked=False
    ),
    Folded(
        "IDS205InternetTherLog",
        (
            "ServiceRequestId",
            "StartDateIntEnabledTherLog",
            "EndDateIntEnabledTherLog",
            "IntEnabledTherProg",
            "DurationIntEnabledTher",
            "IntegratedSoftwareInd",
        ),
    ),
    Folded(
        "IDS602LongTermCondition",
        ("ServiceRequestId", "FindSchemeInUse", "LongTermCondition"),
        set_of="ServiceRequestId",
    ),
    Folded(
        "IDS603PresentingComplaints",
        ("ServiceRequestId", "FindSchemeInUse", "PresComp", "PresCompCodSig", "PresCompDate"),
        by_unique_id=True,
        set_of="ServiceRequestId",
    ),
    Folded("IDS606CodedScoreAssessmentRefer", ("ServiceRequestId", "CodedAssToolType", "PersScore", "AssToolCompDate")),
    Folded("IDS607CodedScoreAssessmentAct", ("CareActId", "CodedAssToolType", "PersScore"), linked=False),
    Folded(
        "IDS902CarePersQual",
        ("CarePersLocalId", "QualAttainLevelIAPT", "QualAwardedDate", "QualPlannedCompletionDate"),
        from_every_month=True,
    ),
)
SOURCES = {one.table: one.columns for one in FOLDED}
"""The tables that the plan starts from: their columns and types."""


def fold(dataset: Dataset) -> dict[str, str]:
    """SQL for every table of `SOURCES`, over the data set's session, by national name."""
    dataset.session.run(f"create or replace temp table {USED} as {_submissions(dataset)}")
    return {one.table: _select(dataset, one) for one in FOLDED}


def _submissions(dataset: Dataset) -> str:
    """The submissions that count: the last of each provider and month, with a number for the provider."""
    # In one history a record bears one month, which says nothing of the others in which it was sent.
    reported_from, reported_to = ("null::date",) * 2 if dataset.form == HISTORY else ("starts", "last_day(ends)")
    return (
        f"select sub as place, coalesce(id, sub) as {SUBMISSION}, provider, "
        "coalesce(min(case when provider is not null then sub end) over (partition by provider), sub) "
        f"as {PROVIDER}, {reported_from} as reported_from_on, {reported_to} as reported_to_on, "
        "max(ends) over () as data_ended_on "
        "from (select *, row_number() over (partition by provider, starts, case when sub = 0 or provider is null "
        "then sub end order by id desc, created desc, sub desc) as place from submission) where place = 1"
    )


def _select(dataset: Dataset, one: Folded) -> str:
    relation = dataset.relations.get(one.table)
    columns = [f"__record as {RECORD}"]
    if one.linked:
        columns += [f"u.{PROVIDER}", *(f"u.{name}" for name in _ADDED[one.table])]
    columns += [f"v.{SUBMISSION}", *(f'v."{name}"' for name in one.fields), *_brought(one, relation), *_scores(one)]
    used = f" join {USED} u on u.{SUBMISSION} = v.{SUBMISSION}" if one.linked else ""
    return f"select {', '.join(columns)} from ({_typed(dataset, one)}) v{used}{_as_last_sent(dataset, one)}"


def _typed(dataset: Dataset, one: Folded) -> str:
    """The rows of a table with its values read, and the submission each belongs to.

    Values are read before anything is joined: DuckDB then reads each different text of a Parquet file once, which for
    31 million scores took a thirtieth of the time.
    """
    relation = dataset.relations.get(one.table)
    if relation is None:
        return f"select *, __sub as {SUBMISSION}, __row as __record from {one.declared.code}"
    names = dataset.views.identifiers
    values = [
        f'{views.value(replace(field, name=names.get(field.name, field.name)), relation)} as "{field.name}"'
        if relation.has(names.get(field.name, field.name))
        else f'{_null(field)} as "{field.name}"'
        for field in (one.declared[name] for name in one.key_and_fields)
    ]
    brought = [f"r.{relation.column(name)} as __{name}" for name, _ in one.extra if relation.has(name)]
    rows = f"select __row, {_record(one, relation)} as __record, {', '.join([*values, *brought])}"
    if dataset.views.identified and relation.has("UniqueSubmissionID"):
        identifier = f"try_cast({relation.column('UniqueSubmissionID')} as bigint)"
        return f"{rows}, {identifier} as {SUBMISSION} from ({relation.sql}) r"
    code = one.declared.code
    return (
        f"select t.*, coalesce(s.id, s.sub) as {SUBMISSION} from ({rows} from ({relation.sql}) r) t "
        f"join {code} w using (__row) join submission s on s.sub = w.__sub"
    )


def _null(field: Field) -> str:
    return {Type.TEXT: "null::varchar", Type.INTEGER: "null::bigint", Type.DATE: "null::date"}[_TYPES[field.type]]


def _brought(one: Folded, relation: Relation | None) -> list[str]:
    """Derived fields that the extract may bring; where one is blank or not there, what stands in."""
    columns = []
    for name, otherwise in one.extra:
        kind = "bigint" if _type(one.declared, name) is Type.INTEGER else "varchar"
        there = relation is not None and relation.has(name)
        columns.append(f"{f'coalesce(try_cast(v.__{name} as {kind}), {otherwise})' if there else otherwise} as {name}")
    return columns


def _scores(one: Folded) -> list[str]:
    return [f'try_cast(v."PersScore" as decimal(9, 3)) as {SCORE}'] if SCORE in one.columns else []


def _record(one: Folded, relation: Relation) -> str:
    unique_id = f"UniqueID_{one.declared.code}"
    if one.by_unique_id and relation.has(unique_id):
        number = f"r.{relation.column(unique_id)}"
        return f"row_number() over (order by try_cast({number} as decimal(23, 0)), {number}, __row)"
    return f"((__row >> {ROW_BITS}) << {_ROWS_IN_FILE}) + (__row & {(1 << ROW_BITS) - 1})"


def _as_last_sent(dataset: Dataset, one: Folded) -> str:
    """Where a record is sent each month: the newest. In one history, and in a month of its own, it is there once."""
    if dataset.form == HISTORY or one.declared.monthly or one.from_every_month:
        return ""
    key = ", ".join(f'v."{name}"' for name in one.declared.key)
    newest = f"row_number() over (partition by u.{PROVIDER}, {key} order by u.place desc, v.__row desc) = 1"
    if not one.set_of:
        return f" qualify {newest}"
    of_last = f'rank() over (partition by u.{PROVIDER}, v."{one.set_of}" order by u.place desc) = 1'
    return f" qualify {newest} and {of_last}"
