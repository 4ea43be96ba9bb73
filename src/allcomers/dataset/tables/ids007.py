"""IDS007DisabilityType: disabilities of the patient."""

from allcomers.dataset.model import DATETIME, INTEGER, TEXT, Basis, Field, Origin, Parent, Table, decimal

IDS007 = Table(
    "IDS007DisabilityType",
    "disabilities of the patient",
    key=("LocalPatientId", "DisabCode"),
    parent=Parent("LocalPatientId", "IDS001MPI"),
    monthly=False,
    fields=(
        Field(
            "LocalPatientId",
            TEXT,
            "local identifier of the patient at the provider (up to 20 characters)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I007901",
            dictionary="LOCAL PATIENT IDENTIFIER (EXTENDED)",
        ),
        Field(
            "DisabCode", TEXT, "type of disability", mandation="M", basis=Basis.REJECTED_WHEN_BLANK, codes="DisabCode"
        ),
        Field(
            "UniqueID_IDS007",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS007 row",
            origin=Origin.LOAD,
        ),
        Field(
            "Person_ID",
            TEXT,
            "national person key copied from the patient record",
            origin=Origin.EXTRACT,
            copied_from="IDS001MPI.Person_ID",
        ),
        Field(
            "RecordNumber",
            decimal(23, 0),
            "identifier of the patient row within the submission (equals UniqueID_IDS001 of the parent patient row)",
            origin=Origin.EXTRACT,
            copied_from="IDS001MPI.RecordNumber",
        ),
        Field(
            "OrgID_Provider",
            TEXT,
            "provider code copied from the header field OrgIDProv",
            origin=Origin.EXTRACT,
            copied_from="IDS000Header",
        ),
        Field(
            "UniqueSubmissionID",
            INTEGER,
            "submission (file) identifier copied from the header",
            origin=Origin.EXTRACT,
            copied_from="IDS000Header",
        ),
        Field(
            "Unique_MonthID",
            INTEGER,
            "month number of the reporting period copied from the header",
            origin=Origin.EXTRACT,
            copied_from="IDS000Header",
        ),
        Field(
            "EFFECTIVE_FROM",
            DATETIME,
            "load timestamp supplied with extracts",
            origin=Origin.EXTRACT,
            copied_from="IDS000Header",
        ),
    ),
)
