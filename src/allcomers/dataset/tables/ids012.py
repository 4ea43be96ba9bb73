"""IDS012OverseasVisitorChargCat: overseas visitor charging category of the patient."""

from allcomers.dataset.model import DATE, DATETIME, INTEGER, TEXT, Basis, Field, Origin, Parent, Table, decimal

IDS012 = Table(
    "IDS012OverseasVisitorChargCat",
    "overseas visitor charging category of the patient",
    key=("LocalPatientId", "OvsVisChCat", "OvsVisChCatAppDate"),
    parent=Parent("LocalPatientId", "IDS001MPI"),
    monthly=False,
    fields=(
        Field(
            "LocalPatientId",
            TEXT,
            "local identifier of the patient at the provider (up to 20 characters)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I012901",
            dictionary="LOCAL PATIENT IDENTIFIER (EXTENDED)",
        ),
        Field(
            "OvsVisChCat",
            TEXT,
            "overseas visitor charging category",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I012010",
            dictionary="OVERSEAS VISITOR CHARGING CATEGORY",
            codes="OvsVisChCat",
        ),
        Field(
            "OvsVisChCatAppDate", DATE, "date the category applies from", mandation="R", basis=Basis.WARNED_WHEN_BLANK
        ),
        Field(
            "UniqueID_IDS012",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS012 row",
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
