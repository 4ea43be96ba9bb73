"""IDS012OverseasVisitorChargCat: overseas visitor charging category of the patient."""

from allcomers.dataset.model import DATE, TEXT, Basis, Field, Origin, Parent, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    PERSON_ID,
    RECORD_NUMBER,
    UNIQUE_MONTH_ID,
    UNIQUE_SUBMISSION_ID,
)

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
        PERSON_ID,
        RECORD_NUMBER,
        ORG_ID_PROVIDER,
        UNIQUE_SUBMISSION_ID,
        UNIQUE_MONTH_ID,
        EFFECTIVE_FROM,
    ),
)
