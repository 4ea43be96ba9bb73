"""IDS902CarePersQual: qualifications of members of staff."""

from allcomers.dataset.model import DATE, DATETIME, INTEGER, TEXT, Basis, Field, Origin, Table, decimal

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
        Field(
            "Unique_CarePersonnelID_Local",
            TEXT,
            "provider code followed by CarePersLocalId (null when the latter is null)",
            origin=Origin.LOAD,
        ),
        Field(
            "Unique_MonthID",
            INTEGER,
            "month number counted from April 1900 = 1 (April 2022 = 1465)",
            origin=Origin.LOAD,
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
            "EFFECTIVE_FROM",
            DATETIME,
            "load timestamp supplied with extracts",
            origin=Origin.EXTRACT,
            copied_from="IDS000Header",
        ),
    ),
)
