"""IDS602LongTermCondition: long-term physical health conditions."""

from allcomers.dataset.model import TEXT, Basis, Field, Origin, Parent, Table, decimal
from allcomers.dataset.tables.shared import (
    EFFECTIVE_FROM,
    ORG_ID_PROVIDER,
    PATHWAY_ID,
    PERSON_ID,
    RECORD_END_DATE,
    RECORD_NUMBER,
    RECORD_START_DATE,
    UNIQUE_MONTH_ID,
    UNIQUE_SERVICE_REQUEST_ID,
    UNIQUE_SUBMISSION_ID,
)

IDS602 = Table(
    "IDS602LongTermCondition",
    "long-term physical health conditions",
    key=("ServiceRequestId", "LongTermCondition"),
    parent=Parent("ServiceRequestId", "IDS101Referral"),
    monthly=False,
    fields=(
        Field(
            "ServiceRequestId",
            TEXT,
            "local identifier of the referral (up to 20 characters; unique within provider)",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I602902",
            dictionary="SERVICE REQUEST IDENTIFIER",
        ),
        Field(
            "FindSchemeInUse",
            TEXT,
            "coding scheme of the coded entry",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            item="I602913",
            dictionary="FINDING SCHEME IN USE (MENTAL HEALTH)",
            codes="FindSchemeInUse",
        ),
        Field(
            "LongTermCondition",
            TEXT,
            "long-term physical condition code",
            mandation="M",
            basis=Basis.REJECTED_WHEN_BLANK,
            values="ICD-10 or SNOMED CT per FindSchemeInUse; see LongTermCondition list",
        ),
        Field(
            "UniqueID_IDS602",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS602 row",
            origin=Origin.LOAD,
        ),
        Field(
            "Validated_LongTermConditionCode", TEXT, "cleaned long-term condition code; -3 invalid", origin=Origin.LOAD
        ),
        Field("LongTermConditionCode_ICD10_Mapped", TEXT, "ICD-10 code mapped from SNOMED CT", origin=Origin.LOAD),
        Field(
            "LongTermConditionCode_ICD10_Master",
            TEXT,
            "code in ICD-10 whichever scheme was submitted",
            origin=Origin.LOAD,
        ),
        Field(
            "LongTermConditionDescription_ICD10_Master",
            TEXT,
            "description in ICD-10 whichever scheme was submitted",
            origin=Origin.LOAD,
        ),
        RECORD_START_DATE,
        RECORD_END_DATE,
        Field("LongTermCondition_FSN", TEXT, "fully specified name of the SNOMED CT concept", origin=Origin.LOAD),
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
