"""IDS011SocPerCircumstances: social and personal circumstances, such as religion and sexual orientation."""

from allcomers.dataset.model import DATE, TEXT, Basis, Field, Origin, Parent, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    PERSON_ID,
    RECORD_END_DATE,
    RECORD_NUMBER,
    RECORD_START_DATE,
    UNIQUE_MONTH_ID,
    UNIQUE_SUBMISSION_ID,
)

IDS011 = Table(
    "IDS011SocPerCircumstances",
    "social and personal circumstances, such as religion and sexual orientation",
    key=("LocalPatientId", "SocPerCircumstanceRecDate", "SocPerCircumstance"),
    parent=Parent("LocalPatientId", "IDS001MPI"),
    monthly=False,
    fields=(
        Field(
            "LocalPatientId",
            TEXT,
            "local identifier of the patient at the provider (up to 20 characters)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I011901",
            dictionary="LOCAL PATIENT IDENTIFIER (EXTENDED)",
        ),
        Field(
            "SocPerCircumstance",
            TEXT,
            "social or personal circumstance (religion, sexual orientation, smoking and others)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I011020",
            dictionary="SOCIAL AND PERSONAL CIRCUMSTANCE (SNOMED CT)",
            values="SocPerCircumstance list (SNOMED CT, 6-18 digits)",
        ),
        Field(
            "SocPerCircumstanceRecDate",
            DATE,
            "date that circumstance was recorded",
            mandation="R",
            basis=Basis.WARNED_WHEN_BLANK,
        ),
        Field(
            "UniqueID_IDS011",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS011 row",
            origin=Origin.LOAD,
        ),
        RECORD_START_DATE,
        RECORD_END_DATE,
        Field("SocPerCircumstance_FSN", TEXT, "fully specified name of the SNOMED CT concept", origin=Origin.LOAD),
        PERSON_ID,
        RECORD_NUMBER,
        ORG_ID_PROVIDER,
        UNIQUE_SUBMISSION_ID,
        UNIQUE_MONTH_ID,
        EFFECTIVE_FROM,
    ),
)
