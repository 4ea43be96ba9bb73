"""Care contact: whether it was planned and attended, what it was for, how and where it was held."""

from allcomers.codes.model import NO_LABEL, Cleaning, Code, CodeList, recalled, unlabelled
from allcomers.codes.sources import (
    ANNUAL,
    CHANGE_1763,
    DASHBOARD,
    DICTIONARY_MECHANISM,
    DICTIONARY_MEDIUM,
    MONTHLY,
    RULES,
)
from allcomers.instruments.model import Status

ATTENDANCE = CodeList(
    name="AttendOrDNACode",
    fields=("IDS201.AttendOrDNACode",),
    versions=("2.1",),
    sources=(f"{MONTHLY} M083-M088", RULES),
    codes=(
        Code("2", "cancelled by or on behalf of the patient"),
        Code("3", "did not attend, no advance warning"),
        Code("4", "cancelled or postponed by the provider"),
        Code("5", "attended on time, or late but before the professional was ready"),
        Code("6", "arrived late, after the professional was ready, but was seen"),
        Code("7", "arrived late and could not be seen"),
    ),
    note="Counts as attended.",
)

APPOINTMENT_TYPE = CodeList(
    name="AppType",
    fields=("IDS201.AppType",),
    versions=("2.1",),
    sources=(MONTHLY, RULES),
    codes=(
        Code("01", "assessment", note="Assessment type."),
        Code("02", "treatment", note="Treatment type."),
        Code("03", "assessment and treatment", note="Assessment and treatment type."),
        recalled("04", "review only", note="Neither assessment nor treatment in the national counts."),
        recalled("05", "review and treatment", note="Treatment type (counting role verified, label recalled)."),
        Code(
            "06",
            "follow-up appointment after the end of treatment",
            note="Excluded from treatment counts; expected after discharge.",
        ),
        recalled("07", "other", note="Label recalled."),
        Code("08", NO_LABEL, note="Code accepted by v2.0 rules.", meaning_status=Status.NOT_FOUND),
        Code(
            "09",
            NO_LABEL,
            note="Code itself not seen in any rule.",
            meaning_status=Status.NOT_FOUND,
            status=Status.UNVERIFIED,
        ),
        Code(
            "10",
            "employment support",
            note="New in v2.1; used for employment support contacts, including after discharge.",
        ),
    ),
)

PLANNED = CodeList(
    name="PlannedCareContIndicator",
    fields=("IDS201.PlannedCareContIndicator",),
    versions=("2.1",),
    sources=(MONTHLY, RULES),
    codes=(
        Code("Y", "planned"),
        Code("N", "unplanned", note="N counts as attended even without an attendance code."),
    ),
)

_YES_NO = (
    Code("Y", "yes"),
    Code("N", "no"),
)

CANCELLATION = CodeList(
    name="Cancellation",
    fields=("IDS201.Cancellation",),
    versions=("2.1",),
    sources=(RULES,),
    codes=_YES_NO,
    note="Only allowed when AttendOrDNACode = 2 (warning otherwise).",
)

CONSULTATION_MECHANISM = CodeList(
    name="ConsMechanism",
    fields=("IDS201.ConsMechanism",),
    versions=("2.1",),
    sources=(DICTIONARY_MECHANISM, f"{MONTHLY} M1001-M1020"),
    codes=(
        Code("01", "face to face"),
        Code("02", "telephone"),
        Code("04", "talk type for a person unable to speak"),
        Code("05", "email"),
        Code("09", "text message (asynchronous)"),
        Code("10", "instant messaging (synchronous)"),
        Code("11", "video consultation"),
        Code("12", "message board (asynchronous)"),
        Code("13", "chat room (synchronous)"),
        Code("98", "other"),
    ),
)

CONSULTATION_MEDIUM = CodeList(
    name="ConsMediumUsed",
    fields=("IDS201.ConsMediumUsed",),
    versions=("2.0",),
    sources=(DICTIONARY_MEDIUM, RULES),
    codes=(
        Code("01", "face to face"),
        Code("02", "telephone"),
        Code("03", "telemedicine (video)"),
        Code("04", "talk type"),
        Code("05", "email"),
        Code("06", "text message"),
        Code("08", "online instant messaging"),
        Code("98", "other"),
    ),
    note="Annual 2024-25 metadata keeps 03, 06 and 08 as valid ConsMechanism values for older "
    "contacts; monthly M1009 treats them as unknown.",
)

THERAPY_MODE = CodeList(
    name="CareContPatientTherMode",
    fields=("IDS201.CareContPatientTherMode",),
    versions=("2.1",),
    sources=(DASHBOARD, RULES),
    codes=(
        Code("1", "individual"),
        Code("2", "couple"),
        Code("3", "group"),
    ),
)

INTEGRATED_SERVICE = CodeList(
    name="IAPTLTCServiceInd",
    fields=("IDS201.IAPTLTCServiceInd",),
    versions=("2.1",),
    sources=(RULES,),
    codes=_YES_NO,
)

INTERPRETER = CodeList(
    name="InterpreterPresentInd",
    fields=("IDS201.InterpreterPresentInd",),
    versions=("2.1",),
    sources=(DASHBOARD, RULES),
    codes=(
        Code("1", "professional interpreter"),
        Code("2", "family member or friend"),
        Code("3", "another person"),
        Code("4", "no interpreter, not required"),
        Code("5", "no interpreter: one was required but did not attend"),
        Code("X", "not known (not recorded)"),
    ),
)

MEDICATION = CodeList(
    name="PsychMed",
    fields=("IDS201.PsychMed",),
    versions=("2.1",),
    sources=(ANNUAL, RULES),
    codes=(
        Code("01", "prescribed but not taking", group="prescribed"),
        Code("02", "prescribed and taking", group="prescribed"),
        Code("03", "not prescribed", group="not prescribed"),
        recalled("UU", "not known"),
        recalled("ZZ", "not stated"),
    ),
    cleaning=Cleaning(spellings={"1": "01", "2": "02", "3": "03"}),
    note='V012 also accepts 1, 2, 3 with stray spaces; 01 and 02 are "prescribed".',
)

LOCATION_TYPE = CodeList(
    name="ActLocTypeCode",
    fields=("IDS201.ActLocTypeCode",),
    versions=("2.1",),
    sources=(CHANGE_1763, RULES),
    codes=(
        Code("A01", "patient's home"),
        Code("A02", "carer's home"),
        Code("A03", "patient's workplace"),
        Code("A04", "other patient-related location"),
        Code("B01", "primary care health centre"),
        *unlabelled(
            "B02 C01 C02 C03 D01 D02 D03 E01 E02 E03 E04 E99 F01 G01 G02 G03 G04 H01 J01 K01 K02 L01 "
            "L02 L03 L04 L05 L06 L99 M01 M02 M03 M04 M05 M06 M07 N01 N02 N03 N04 N05 X01"
        ),
    ),
)

ATTENDED = ("5", "6")
"""Attended in time to be seen. An unplanned contact counts as attended whatever its code says."""

UNPLANNED = "N"
ASSESSMENT_TYPES = ("01", "03")
TREATMENT_TYPES = ("02", "03", "05")
FOLLOW_UP_TYPE = "06"
EMPLOYMENT_SUPPORT_TYPE = "10"
