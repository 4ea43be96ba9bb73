"""IDS607CodedScoreAssessmentAct: scores of questionnaires given in a care activity, dated by its contact."""

from allcomers.dataset.model import INTEGER, TEXT, Basis, Field, Origin, Parent, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    PATHWAY_ID,
    PERSON_ID,
    RECORD_NUMBER,
    UNIQUE_CARE_CONTACT_ID,
    UNIQUE_MONTH_ID,
    UNIQUE_SERVICE_REQUEST_ID,
    UNIQUE_SUBMISSION_ID,
)

IDS607 = Table(
    "IDS607CodedScoreAssessmentAct",
    "scores of questionnaires given in a care activity, dated by its contact",
    key=("CareActId", "CodedAssToolType"),
    parent=Parent("CareActId", "IDS202CareActivity"),
    monthly=True,
    fields=(
        Field(
            "CareActId",
            TEXT,
            "local identifier of an activity inside an appointment",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I607904",
            dictionary="CARE ACTIVITY IDENTIFIER",
        ),
        Field(
            "CodedAssToolType",
            TEXT,
            "SNOMED CT concept of the questionnaire total, item or dimension scored",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I607910",
            dictionary="CODED ASSESSMENT TOOL TYPE (SNOMED CT)",
            codes="CodedAssToolType",
        ),
        Field(
            "PersScore",
            TEXT,
            "the score or answer, as text (up to 5 characters)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            values="format and range depend on CodedAssToolType; see CodedAssToolType list",
        ),
        Field(
            "UniqueID_IDS607",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS607 row",
            origin=Origin.LOAD,
        ),
        UNIQUE_CARE_CONTACT_ID,
        Field("Unique_CareActivityID", TEXT, "provider code followed by CareActId", origin=Origin.LOAD),
        Field(
            "Age_AssessmentCompletion_Date",
            INTEGER,
            "age in whole years when the score was recorded",
            origin=Origin.LOAD,
        ),
        Field("CodedAssToolType_FSN", TEXT, "fully specified name of the SNOMED CT concept", origin=Origin.LOAD),
        PATHWAY_ID,
        PERSON_ID,
        RECORD_NUMBER,
        ORG_ID_PROVIDER,
        UNIQUE_SUBMISSION_ID,
        UNIQUE_MONTH_ID,
        UNIQUE_SERVICE_REQUEST_ID,
        EFFECTIVE_FROM,
    ),
)
