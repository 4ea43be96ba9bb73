"""What a specification of derivations is: small tables in, a few columns out, in the words of the field.

All specifications are put into one data set, a provider each, so that each engine derives them in one run.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from allcomers import instruments
from allcomers.engine.expression import Type
from allcomers.pathways.folding import SOURCES

RECEIVED, DATA_ENDED = "2025-01-06", "2025-12-31"
NONE = "none"
"""Written where a field that usually holds something is blank."""

ACTIVITY_TABLE, SCORE_TABLE = "IDS202CareActivity", "IDS607CodedScoreAssessmentAct"
APART = 10_000
"""Record numbers of one specification lie this far from the next one's."""


@dataclass(frozen=True)
class Given:
    """How one kind of table is written in a specification: short names for fields, and what is meant when blank."""

    table: str
    short: Mapping[str, str]
    blank: Mapping[str, str] = field(default_factory=dict)


_PATHWAY = {"pathway": "ServiceRequestId"}
_PERSON = {"person": "LocalPatientId"}
GIVEN = {
    "people": Given("IDS001MPI", {**_PERSON, "born": "PersonBirthDate", "ethnicity": "EthnicCategory"}),
    "referrals": Given(
        "IDS101Referral",
        {**_PATHWAY, **_PERSON, "received": "ReferralRequestReceivedDate", "discharged": "ServDischDate"},
        {"ReferralRequestReceivedDate": RECEIVED},
    ),
    "contacts": Given(
        "IDS201CareContact",
        {
            **_PATHWAY,
            "contact": "CareContactId",
            "on": "CareContDate",
            "type": "AppType",
            "attendance": "AttendOrDNACode",
            "planned": "PlannedCareContIndicator",
            "integrated": "IAPTLTCServiceInd",
            "medication": "PsychMed",
        },
        {"AppType": "02", "AttendOrDNACode": "5", "PlannedCareContIndicator": "Y"},
    ),
    "activities": Given(
        ACTIVITY_TABLE,
        {
            "contact": "CareContactId",
            "activity": "CareActId",
            "code": "CodeProcAndProcStatus",
            "staff": "CarePersLocalId",
        },
    ),
    "activity_scores": Given(
        SCORE_TABLE, {"activity": "CareActId", "concept": "CodedAssToolType", "score": "PersScore"}
    ),
    "own_scores": Given(
        "IDS606CodedScoreAssessmentRefer",
        {**_PATHWAY, "concept": "CodedAssToolType", "score": "PersScore", "on": "AssToolCompDate"},
    ),
    "logs": Given(
        "IDS205InternetTherLog",
        {
            **_PATHWAY,
            "started": "StartDateIntEnabledTherLog",
            "ended": "EndDateIntEnabledTherLog",
            "programme": "IntEnabledTherProg",
            "minutes": "DurationIntEnabledTher",
        },
    ),
    "complaints": Given(
        "IDS603PresentingComplaints",
        {**_PATHWAY, "scheme": "FindSchemeInUse", "code": "PresComp", "sign": "PresCompCodSig", "on": "PresCompDate"},
        {"FindSchemeInUse": "01"},
    ),
    "employment": Given(
        "IDS004EmpStatus",
        {
            **_PERSON,
            "status": "EmployStatus",
            "on": "EmployStatusRecDate",
            "absent": "SickAbsenceInd",
            "sick_pay": "SSPInd",
            "support_ended": "EmpSupportDischargeDate",
        },
    ),
    "staff": Given(
        "IDS902CarePersQual",
        {
            "staff": "CarePersLocalId",
            "level": "QualAttainLevelIAPT",
            "awarded": "QualAwardedDate",
            "planned": "QualPlannedCompletionDate",
            "first_sent": "reported_from_on",
        },
    ),
}


@dataclass(frozen=True)
class Case:
    """One specification: what is given, by kind, and the rows expected of a table."""

    name: str
    table: str
    given: Mapping[str, str]
    expected: str

    @property
    def columns(self) -> list[str]:
        """The columns asked of the table; the first is the pathway."""
        return [name.strip() for name in self.expected.strip().splitlines()[0].split("|")]


def rows(text: str) -> list[dict[str, str]]:
    """A table of text: names, then rows, bars between."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    names, *cells = lines
    assert all(len(row) == len(names) for row in cells), text
    return [dict(zip(names, row, strict=True)) for row in cells]


def records(case: Case, number: int) -> dict[str, list[dict[str, Any]]]:
    """The records of a specification in the tables of the data set; `number` keeps it apart from the others."""
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in SOURCES}

    def add(table: str, values: Mapping[str, str | None]) -> None:
        made[table].append(record(table, values, number, len(made[table]) + 1))

    for kind, text in case.given.items():
        for row in rows(text):
            values, also = _spelt_out(GIVEN[kind], row)
            add(GIVEN[kind].table, values)
            for table, more in also:
                add(table, more)
    for person in {record["LocalPatientId"] for record in made["IDS101Referral"]}:
        if person not in {record["LocalPatientId"] for record in made["IDS001MPI"]}:
            add("IDS001MPI", {"LocalPatientId": person})
    return made


Also = list[tuple[str, dict[str, str | None]]]


def _spelt_out(given: Given, row: Mapping[str, str]) -> tuple[dict[str, str | None], Also]:
    """The fields of one row, and what else it stands for: the activities and scores of a contact."""
    values: dict[str, str | None] = {given.short.get(name, name): value or None for name, value in row.items()}
    for name, meant in given.blank.items():
        values[name] = None if values.get(name) == NONE else values.get(name) or meant
    if given.table == "IDS101Referral":
        values.setdefault("LocalPatientId", f"person of {values['ServiceRequestId']}")
    if key := values.pop("key", None):
        values["CodedAssToolType"] = concept(key)
    return values, _of_contact(values) if given.table == "IDS201CareContact" else []


def _of_contact(values: dict[str, str | None]) -> Also:
    """Therapy codes as activities, and scores as an activity that bears them."""
    named = f"{values['ServiceRequestId']} {values['CareContDate']} {values['AppType']}"
    contact = values.setdefault("CareContactId", named)
    shared = {"CareContactId": contact, "submission": values.get("submission")}
    also: Also = [
        (ACTIVITY_TABLE, {**shared, "CareActId": f"{contact} {place}", "CodeProcAndProcStatus": code})
        for place, code in enumerate((values.pop("therapy", None) or "").split())
    ]
    scores = [part.split() for part in (values.pop("scores", None) or "").split(",") if part]
    scored = {"CareActId": f"{contact} scored", "submission": values.get("submission")}
    if scores:
        also.append((ACTIVITY_TABLE, {**shared, **scored}))
    return also + [
        (SCORE_TABLE, {**scored, "CodedAssToolType": concept(key), "PersScore": score}) for key, score in scores
    ]


def concept(key: str) -> str:
    """The SNOMED CT code of an instrument's score."""
    snomed = instruments.get(key).snomed
    assert snomed is not None, key
    return snomed.code


def record(table: str, values: Mapping[str, str | None], number: int, place: int) -> dict[str, Any]:
    """One record of a folded table, from its fields as text; `number` and `place` say whose and which it is."""
    read = {name: _read(kind, values.get(name)) for name, kind in SOURCES[table].items()}
    tied = {
        "record_no": number * APART + place,
        "provider_no": number,
        "submission_no": number * APART + int(values.get("submission") or 1),
        "data_ended_on": dt.date.fromisoformat(values.get("data_ended") or DATA_ENDED),
        "Person_ID": f"{number} {values.get('LocalPatientId')}",
        "PathwayID": f"{number} {values.get('ServiceRequestId')}",
        "OrgID_Provider": f"Z{number}",
        "score_number": _number(values.get("PersScore")),
    }
    return {**read, **{name: value for name, value in tied.items() if name in read}}


def _read(kind: Type, text: str | None) -> Any:
    if text is None or kind is Type.TEXT:
        return text
    return int(text) if kind is Type.INTEGER else dt.date.fromisoformat(text) if kind is Type.DATE else None


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text).quantize(Decimal("0.001")) if text else None
    except ArithmeticError:
        return None


def shown(value: Any) -> str:
    """A value as a specification writes it: nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
