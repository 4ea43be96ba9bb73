"""Other conditions, and how any condition is coded."""

from allcomers.codes.model import Code, CodeList, recalled
from allcomers.codes.sources import ANNUAL, DICTIONARY_RECALLED, MODEL_AND_RULES, MONTHLY, RULES

FINDING_SCHEME = CodeList(
    name="FindSchemeInUse",
    fields=("IDS202.FindSchemeInUse", "IDS602.FindSchemeInUse", "IDS603.FindSchemeInUse"),
    versions=("2.1",),
    sources=(MODEL_AND_RULES,),
    codes=(
        Code("01", "ICD-10"),
        Code("04", "SNOMED CT"),
    ),
)

COMPLAINT_SIGNIFICANCE = CodeList(
    name="PresCompCodSig",
    fields=("IDS603.PresCompCodSig",),
    versions=("2.1",),
    sources=(RULES, DICTIONARY_RECALLED),
    codes=(
        recalled("1", "primary"),
        recalled("2", "secondary"),
    ),
    note="National selection prefers primary over secondary (verified).",
)

LONG_TERM_CONDITION = CodeList(
    name="LongTermCondition",
    fields=("IDS602.LongTermCondition",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V010", ANNUAL),
    codes=(
        Code("195967001", "asthma"),
        Code("13645005", "chronic obstructive lung disease"),
        Code("73211009", "diabetes mellitus"),
        Code("373673007", "disorder characterised by pain"),
        Code("53619000", "disorder of digestive system"),
        Code("928000", "disorder of musculoskeletal system"),
        Code("50043002", "disorder of respiratory system"),
        Code("95320005", "disorder of skin"),
        Code("84757009", "epilepsy"),
        Code("56265001", "heart disease"),
        Code("363346000", "malignant neoplastic disease"),
        Code("748031000000103", "no history of long-term condition"),
    ),
)

CARE_CLUSTER = CodeList(
    name="AMHCareClustCodeFin",
    fields=("IDS803.AMHCareClustCodeFin",),
    versions=("2.1",),
    sources=(ANNUAL, RULES),
    codes=(
        Code("00", "other or unassigned"),
        Code("01", "common mental health problems, low severity"),
        Code("02", "common mental health problems, low severity with greater need"),
        Code("03", "non-psychotic, moderate severity"),
        Code("04", "non-psychotic, severe"),
        Code("05", "non-psychotic, very severe"),
        Code("06", "non-psychotic disorders"),
        Code("07", "non-psychotic disorders"),
        Code("08", "non-psychotic disorders"),
        Code("09", "other"),
        Code("10", "psychosis"),
        Code("11", "psychosis"),
        Code("12", "psychosis"),
        Code("13", "psychosis"),
        Code("14", "psychosis"),
        Code("15", "psychosis"),
        Code("16", "psychosis"),
        Code("17", "psychosis"),
        Code("18", "cognitive impairment or dementia"),
        Code("19", "cognitive impairment or dementia"),
        Code("20", "cognitive impairment or dementia"),
        Code("21", "cognitive impairment or dementia"),
    ),
    note="Meanings are published grouping, not the individual cluster title.",
)
