"""Fields that many tables carry: keys and dates copied onto each record when it is loaded or extracted."""

from allcomers.dataset.model import DATE, DATETIME, INTEGER, TEXT, Field, Origin, decimal

EFFECTIVE_FROM = Field(
    "EFFECTIVE_FROM",
    DATETIME,
    "load timestamp supplied with extracts",
    origin=Origin.EXTRACT,
    copied_from="IDS000Header",
)
ORG_ID_PROVIDER = Field(
    "OrgID_Provider",
    TEXT,
    "provider code copied from the header field OrgIDProv",
    origin=Origin.EXTRACT,
    copied_from="IDS000Header",
)
UNIQUE_SUBMISSION_ID = Field(
    "UniqueSubmissionID",
    INTEGER,
    "submission (file) identifier copied from the header",
    origin=Origin.EXTRACT,
    copied_from="IDS000Header",
)
UNIQUE_MONTH_ID = Field(
    "Unique_MonthID",
    INTEGER,
    "month number of the reporting period copied from the header",
    origin=Origin.EXTRACT,
    copied_from="IDS000Header",
)
PERSON_ID = Field(
    "Person_ID",
    TEXT,
    "national person key copied from the patient record",
    origin=Origin.EXTRACT,
    copied_from="IDS001MPI.Person_ID",
)
RECORD_NUMBER = Field(
    "RecordNumber",
    decimal(23, 0),
    "identifier of the patient row within the submission (equals UniqueID_IDS001 of the parent patient row)",
    origin=Origin.EXTRACT,
    copied_from="IDS001MPI.RecordNumber",
)
RECORD_START_DATE = Field(
    "RecordStartDate",
    DATE,
    "start of validity of this version of the row (final only after refresh)",
    origin=Origin.LOAD,
)
RECORD_END_DATE = Field("RecordEndDate", DATE, "end of validity of this version of the row", origin=Origin.LOAD)
PATHWAY_ID = Field(
    "PathwayID",
    TEXT,
    "pathway key copied from the referral",
    origin=Origin.EXTRACT,
    copied_from="IDS101Referral.PathwayID",
)
UNIQUE_SERVICE_REQUEST_ID = Field(
    "Unique_ServiceRequestID",
    TEXT,
    "provider code joined to ServiceRequestId, copied from the referral",
    origin=Origin.EXTRACT,
    copied_from="IDS101Referral.Unique_ServiceRequestID",
)
UNIQUE_MONTH_ID_LOAD = Field(
    "Unique_MonthID", INTEGER, "month number counted from April 1900 = 1 (April 2022 = 1465)", origin=Origin.LOAD
)
UNIQUE_CARE_CONTACT_ID = Field(
    "Unique_CareContactID", TEXT, "provider code followed by CareContactId", origin=Origin.LOAD
)
UNIQUE_CARE_PERSONNEL_ID_LOCAL = Field(
    "Unique_CarePersonnelID_Local",
    TEXT,
    "provider code followed by CarePersLocalId (null when the latter is null)",
    origin=Origin.LOAD,
)
