"""IDS007DisabilityType: disabilities of the patient."""

from allcomers.dataset.model import TEXT, Basis, Field, Origin, Parent, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    PERSON_ID,
    RECORD_NUMBER,
    UNIQUE_MONTH_ID,
    UNIQUE_SUBMISSION_ID,
)

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
        PERSON_ID,
        RECORD_NUMBER,
        ORG_ID_PROVIDER,
        UNIQUE_SUBMISSION_ID,
        UNIQUE_MONTH_ID,
        EFFECTIVE_FROM,
    ),
)
