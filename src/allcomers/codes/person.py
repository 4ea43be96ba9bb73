"""Who the person is: ethnic category, gender, disability, faith, orientation, identity checks."""

from dataclasses import dataclass

from allcomers.codes.model import Cleaning, Code, CodeList, recalled, unlabelled
from allcomers.codes.sources import DICTIONARY_RECALLED, MODEL, MONTHLY, RULES
from allcomers.instruments.model import Status

ETHNIC_CATEGORY = CodeList(
    name="EthnicCategory",
    fields=("IDS001.EthnicCategory",),
    versions=("2.0", "2.1"),
    sources=(f"{MONTHLY} V005", RULES),
    codes=(
        Code("A", "White British", group="White"),
        Code("B", "White Irish", group="White"),
        Code("C", "any other White background", group="White"),
        Code("D", "White and Black Caribbean", group="Mixed"),
        Code("E", "White and Black African", group="Mixed"),
        Code("F", "White and Asian", group="Mixed"),
        Code("G", "any other mixed background", group="Mixed"),
        Code("H", "Indian", group="Asian"),
        Code("J", "Pakistani", group="Asian"),
        Code("K", "Bangladeshi", group="Asian"),
        Code("L", "any other Asian background", group="Asian"),
        Code("M", "Caribbean", group="Black"),
        Code("N", "African", group="Black"),
        Code("P", "any other Black background", group="Black"),
        Code("R", "Chinese", group="Other"),
        Code("S", "any other ethnic group", group="Other"),
        Code("Z", "not stated"),
        Code("99", "not known"),
    ),
    # The national derivation Validated_EthnicCategory: 9 and 99 are one, 0 is an empty answer.
    cleaning=Cleaning(spellings={"9": "99", "0": "-1", "": "-1"}, missing="-1", unknown="-3"),
    note="Black and minority ethnic, in the published tables, is every code from B to S.",
)

VALIDATED_ETHNIC_CATEGORY = CodeList(
    name="Validated_EthnicCategory",
    fields=("IDS001.Validated_EthnicCategory",),
    versions=("2.1",),
    sources=(MODEL,),
    codes=(
        Code("-1", "missing (null, empty or 0)"),
        Code("-3", "not a recognised code"),
    ),
    note="9 and 99 both become 99.",
)

GENDER = CodeList(
    name="Gender",
    fields=("IDS001.Gender",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V007", RULES),
    codes=(
        Code("1", "male"),
        Code("2", "female"),
        Code("9", "indeterminate"),
        recalled("X", "not known"),
    ),
)

GENDER_IDENTITY = CodeList(
    name="GenderIdentity",
    fields=("IDS001.GenderIdentity",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V007",),
    codes=(
        Code("1", "male including trans man"),
        Code("2", "female including trans woman"),
        Code("3", "non-binary"),
        Code("4", "other, not listed"),
        recalled("X", "not known", status=Status.UNVERIFIED),
        recalled("Z", "not stated", status=Status.UNVERIFIED),
    ),
    note="V007 falls back to Gender when GenderIdentity is null or not 1-4.",
)

GENDER_SAME_AT_BIRTH = CodeList(
    name="GenderIdentitySameAtBirth",
    fields=("IDS001.GenderIdentitySameAtBirth",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V008",),
    codes=(
        Code("Y", "same"),
        Code("N", "different"),
        recalled("X", "not known", status=Status.UNVERIFIED),
        recalled("Z", "not stated", status=Status.UNVERIFIED),
    ),
)

ARMED_FORCES = CodeList(
    name="ExBAFIndicator",
    fields=("IDS001.ExBAFIndicator",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V006", RULES),
    codes=(
        Code("02", "ex-services member"),
        Code("03", "not ex-services or dependant"),
        Code("05", "dependant of ex-services member"),
        recalled("UU", "not known"),
        recalled("ZZ", "not stated"),
    ),
)

EDUCATION = CodeList(
    name="EduEstabTypeIAPT",
    fields=("IDS001.EduEstabTypeIAPT",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V004", RULES),
    codes=(
        recalled("1", "school"),
        Code("2", "college"),
        Code("3", "university"),
        Code("4", "educational establishment not listed"),
        recalled("8", "not applicable, not in education"),
        recalled("X", "not known"),
        recalled("Z", "not stated"),
    ),
    note="1 and 8 are published together as Other.",
)

DISABILITY = CodeList(
    name="DisabCode",
    fields=("IDS007.DisabCode",),
    versions=("2.0", "2.1"),
    sources=(f"{MONTHLY} V003", RULES),
    codes=(
        Code("01", "behaviour and emotional"),
        Code("02", "hearing"),
        Code("03", "manual dexterity"),
        Code("04", "memory or ability to concentrate, learn or understand"),
        Code("05", "mobility and gross motor"),
        Code("06", "perception of physical danger"),
        Code("07", "personal, self-care and continence"),
        Code("08", "progressive conditions and physical health"),
        Code("09", "sight"),
        Code("10", "speech"),
        Code("XX", "other"),
        Code("NN", "no disability"),
        Code("ZZ", "not stated"),
    ),
    note="The 2024-25 annual metadata prints XX and NN the wrong way round.",
)

RELIGION = CodeList(
    name="SocPerCircumstance: religion",
    fields=("IDS011.SocPerCircumstance",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V013",),
    codes=(
        Code("429732005", "Baha'i"),
        Code("309687009", "Buddhist"),
        Code("160549006", "Christian"),
        Code("160545000", "Hindu"),
        Code("429787006", "Jain"),
        Code("160543007", "Jewish"),
        Code("309884000", "Muslim"),
        Code("160552003", "none"),
        Code("62458008", "other"),
        Code("160567004", "other"),
        Code("205141000000101", "Pagan"),
        Code("366740002", "Sikh"),
        Code("429790000", "Zoroastrian"),
        Code("763896000", "not stated or unknown"),
        Code("205081000000105", "not stated or unknown"),
    ),
    note="Annual tables accept longer lists of denominations.",
)

SEXUAL_ORIENTATION = CodeList(
    name="SocPerCircumstance: sexual orientation",
    fields=("IDS011.SocPerCircumstance",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V014",),
    codes=(
        Code("20430005", "heterosexual"),
        Code("76102007", "gay or lesbian"),
        Code("89217008", "gay or lesbian"),
        Code("42035005", "bisexual"),
    ),
)

NHS_NUMBER_STATUS = CodeList(
    name="NHSNumberStatus",
    fields=("IDS001.NHSNumberStatus",),
    versions=("2.1",),
    sources=(RULES, DICTIONARY_RECALLED),
    codes=(
        recalled("01", "present and verified"),
        recalled("02", "present, not traced"),
        recalled("03", "trace required"),
        recalled("04", "trace attempted, no match or multiple matches"),
        recalled("05", "trace to be resolved"),
        recalled("06", "trace in progress"),
        recalled("07", "number not present, trace not required"),
    ),
    note="07 must not be used with an NHS number; 01 and 02 need one (verified rules).",
)

OVERSEAS_VISITOR = CodeList(
    name="OvsVisChCat",
    fields=("IDS012.OvsVisChCat",),
    versions=("2.1",),
    sources=(RULES,),
    codes=(*unlabelled("A B C D E F P 9"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeGroup(Code):
    """An age group as published: completed years, both ends included; no upper end in the last."""

    low: int
    high: int | None


def _age(code: str, low: int, high: int | None) -> AgeGroup:
    return AgeGroup(code=code, meaning="age at the end of the reporting month", low=low, high=high)


AGE_GROUP = CodeList(
    name="Age Group (publication)",
    fields=("Age_RP_EndDate",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V001",),
    codes=(
        _age("Under 18", 0, 17),
        _age("18 to 25", 18, 25),
        _age("26 to 64", 26, 64),
        _age("65 to 74", 65, 74),
        _age("75 to 89", 75, 89),
        _age("90 and over", 90, None),
    ),
    note="The working-age variable V015 uses under 18, 18 to 64, 65 and over.",
)
