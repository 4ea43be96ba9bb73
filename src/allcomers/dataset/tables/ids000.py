"""IDS000Header: the submission: who sent it, for which month, in which version."""

from allcomers.dataset.model import DATE, DATETIME, INTEGER, TEXT, Basis, Field, Origin, Table, decimal
from allcomers.dataset.tables.shared import EFFECTIVE_FROM, UNIQUE_MONTH_ID_LOAD

IDS000 = Table(
    "IDS000Header",
    "the submission: who sent it, for which month, in which version",
    key=(),
    monthly=False,
    fields=(
        Field(
            "DatSetVer",
            TEXT,
            "data set version of the file",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000010",
            dictionary="DATA SET VERSION NUMBER",
            values="2.1 (2.0 for files before April 2022 reporting)",
        ),
        Field(
            "OrgIDProv",
            TEXT,
            "provider the file is for",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000080",
            dictionary="ORGANISATION IDENTIFIER (CODE OF PROVIDER)",
        ),
        Field(
            "OrgIDSubmit",
            TEXT,
            "organisation that sent the file",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000090",
            dictionary="ORGANISATION IDENTIFIER (CODE OF SUBMITTING ORGANISATION)",
        ),
        Field(
            "PrimSystemInUse",
            TEXT,
            "name of the main clinical system",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000040",
            dictionary="PRIMARY DATA COLLECTION SYSTEM IN USE",
        ),
        Field(
            "ReportingPeriodStartDate",
            DATE,
            "first day of the reporting month",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000050",
            dictionary="REPORTING PERIOD START DATE",
        ),
        Field(
            "ReportingPeriodEndDate",
            DATE,
            "last day of the reporting month",
            mandation="M",
            basis=Basis.DICTIONARY,
            item="I000060",
            dictionary="REPORTING PERIOD END DATE",
        ),
        Field("DateTimeDatSetCreate", DATETIME, "when the file was created", mandation="M", basis=Basis.DICTIONARY),
        Field(
            "UniqueID_IDS000",
            decimal(23, 0),
            "submission identifier followed by the 9-digit row number of the IDS000 row",
            origin=Origin.LOAD,
        ),
        Field(
            "File_Type",
            TEXT,
            "whether the file is the primary or the refresh for its month",
            origin=Origin.LOAD,
            values="Primary or Refresh",
        ),
        Field("UniqueSubmissionID", INTEGER, "identifier of the submitted file", origin=Origin.LOAD),
        UNIQUE_MONTH_ID_LOAD,
        EFFECTIVE_FROM,
        Field(
            "TotalRecords", INTEGER, "number of rows in the submitted file across all sections", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS001", INTEGER, "number of rows in the submitted file for section IDS001", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS002", INTEGER, "number of rows in the submitted file for section IDS002", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS004", INTEGER, "number of rows in the submitted file for section IDS004", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS007", INTEGER, "number of rows in the submitted file for section IDS007", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS011", INTEGER, "number of rows in the submitted file for section IDS011", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS012", INTEGER, "number of rows in the submitted file for section IDS012", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS101", INTEGER, "number of rows in the submitted file for section IDS101", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS105", INTEGER, "number of rows in the submitted file for section IDS105", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS108", INTEGER, "number of rows in the submitted file for section IDS108", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS201", INTEGER, "number of rows in the submitted file for section IDS201", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS202", INTEGER, "number of rows in the submitted file for section IDS202", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS205", INTEGER, "number of rows in the submitted file for section IDS205", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS602", INTEGER, "number of rows in the submitted file for section IDS602", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS603", INTEGER, "number of rows in the submitted file for section IDS603", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS606", INTEGER, "number of rows in the submitted file for section IDS606", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS607", INTEGER, "number of rows in the submitted file for section IDS607", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS803", INTEGER, "number of rows in the submitted file for section IDS803", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS902", INTEGER, "number of rows in the submitted file for section IDS902", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS003", INTEGER, "number of rows in the submitted file for section IDS003", origin=Origin.EXTRACT
        ),
        Field(
            "Total_IDS601", INTEGER, "number of rows in the submitted file for section IDS601", origin=Origin.EXTRACT
        ),
    ),
)
