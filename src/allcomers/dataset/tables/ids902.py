"""IDS902CarePersQual: qualifications of members of staff."""

from allcomers.dataset.model import DATE, TEXT, Basis, Field, Origin, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    UNIQUE_CARE_PERSONNEL_ID_LOCAL,
    UNIQUE_MONTH_ID_LOAD,
    UNIQUE_SUBMISSION_ID,
)

IDS902 = Table(
    "IDS902CarePersQual",
    "qualifications of members of staff",
    key=("CarePersLocalId", "QualAttainLevelIAPT"),
    monthly=False,
    fields=(
        Field(
            "CarePersLocalId",
            TEXT,
            "local identifier of the member of staff",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I902920",
            dictionary="CARE PERSONNEL LOCAL IDENTIFIER",
        ),
        Field(
            "QualAttainLevelIAPT",
            TEXT,
            "qualification held or in training",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I902010",
            dictionary="QUALIFICATION ATTAINMENT LEVEL (IMPROVING ACCESS TO PSYCHOLOGICAL THERAPIES)",
            codes="QualAttainLevelIAPT",
        ),
        Field(
            "QualAwardedDate",
            DATE,
            "date awarded",
            mandation="R or O",
            basis=Basis.NOT_SEEN,
            item="I902020",
            dictionary="EMPLOYEE QUALIFICATION AWARDED DATE",
        ),
        Field(
            "QualPlannedCompletionDate",
            DATE,
            "planned completion date if in training",
            mandation="R or O",
            basis=Basis.NOT_SEEN,
        ),
        Field(
            "UniqueID_IDS902",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS902 row",
            origin=Origin.LOAD,
        ),
        UNIQUE_CARE_PERSONNEL_ID_LOCAL,
        UNIQUE_MONTH_ID_LOAD,
        ORG_ID_PROVIDER,
        UNIQUE_SUBMISSION_ID,
        EFFECTIVE_FROM,
    ),
)
