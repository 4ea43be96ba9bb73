"""What was done in a session: the therapy, its intensity, and internet-enabled programmes."""

from dataclasses import dataclass
from enum import StrEnum

from allcomers.codes.model import Code, CodeList
from allcomers.codes.sources import ANNUAL, MONTHLY, RULES, THERAPY_MAPPING


class Intensity(StrEnum):
    """The step of care that a therapy belongs to."""

    LOW = "low"
    HIGH = "high"
    EMPLOYMENT_SUPPORT = "employment support"


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy(Code):
    """A therapy type.

    `count_field` is the national field that counts its sessions, `measure` the official measure of it, `old_code` its
    code in version 1.5. `in_stages` is whether the measures of stepping up and down (M347-M367) know it.
    """

    intensity: Intensity
    count_field: str
    measure: str
    old_code: str = ""
    in_stages: bool = True


def _low(code: str, meaning: str, count_field: str, measure: str, old_code: str = "") -> Therapy:
    return Therapy(
        code=code,
        meaning=meaning,
        intensity=Intensity.LOW,
        count_field=count_field,
        measure=measure,
        old_code=old_code,
    )


def _high(code: str, meaning: str, count_field: str, measure: str, old_code: str, *, in_stages: bool = True) -> Therapy:
    return Therapy(
        code=code,
        meaning=meaning,
        intensity=Intensity.HIGH,
        count_field=count_field,
        measure=measure,
        old_code=old_code,
        in_stages=in_stages,
    )


EMPLOYMENT_SUPPORT = Therapy(
    code="1098051000000103",
    meaning="employment support",
    intensity=Intensity.EMPLOYMENT_SUPPORT,
    count_field="EmploymentSupport_Count",
    measure="M099",
    old_code="29/49",
    in_stages=False,
)

CBT_COUNT, OTHER_HIGH_COUNT = "CognitiveBehaviourTherapy_Count", "OtherHighIntensity_Count"

THERAPIES = (
    _low("748051000000105", "guided self-help, book", "GuidedSelfHelp_Book_Count", "M090", "20"),
    _low("748101000000105", "non-guided self-help, book", "NonGuidedSelfHelp_Book_Count", "M091", "21"),
    _low("748041000000107", "guided self-help, computer", "GuidedSelfHelp_Computer_Count", "M092", "22"),
    _low("748091000000102", "non-guided self-help, computer", "NonGuidedSelfHelp_Computer_Count", "M093", "23"),
    _low("748061000000108", "structured physical activity", "StructuredPhysicalActivity_Count", "M095", "25"),
    _low("702545008", "psychoeducational peer support", "PsychoeducationalPeerSupport_Count", "M097", "27"),
    _low("1026111000000108", "other low-intensity therapy", "OtherLowIntensity_Count", "M098", "28"),
    _low("975131000000104", "community signposting", "CommunitySignPosting_Count", "M346"),
    _high("1127281000000100", "applied relaxation", "AppliedRelaxation_Count", "M100", "40"),
    _high("1129471000000105", "couple therapy for depression", "CouplesTherapyDepression_Count", "M102", "42"),
    _high("842901000000108", "collaborative care", "CollaborativeCare_Count", "M103", "43", in_stages=False),
    _high(
        "286711000000107", "counselling for depression", "CounsellingDepression_Count", "M104", "44", in_stages=False
    ),
    _high(
        "314034001",
        "brief psychodynamic psychotherapy (DIT)",
        "BriefPsychodynamicPsychotherapy_Count",
        "M105",
        "45",
    ),
    _high("449030000", "EMDR", "EyeMovementDesensitisationReprocessing_Count", "M106", "46"),
    _high("933221000000107", "mindfulness-based therapy", "Mindfulness_Count", "M107", "47"),
    _high("1026131000000100", "other high-intensity therapy", OTHER_HIGH_COUNT, "M108", "48"),
    _high("304891004", "cognitive behaviour therapy", CBT_COUNT, "M110", "50"),
    _high("228557008", "cognitive and behavioural therapy (counted as CBT)", CBT_COUNT, "M110", "50"),
    _high("443730003", "interpersonal psychotherapy", "InterpersonalPsychotherapy_Count", "M111", "51"),
    EMPLOYMENT_SUPPORT,
)

INTERNET_ENABLED_PREFIX = "IET"

THERAPY_TYPE = CodeList(
    name="CodeProcAndProcStatus",
    fields=("IDS202.CodeProcAndProcStatus",),
    versions=("2.1",),
    sources=(THERAPY_MAPPING, MONTHLY, ANNUAL),
    codes=(
        *THERAPIES,
        Code(
            "429048003",
            "accepted as brief psychodynamic psychotherapy in the annual therapy-type table only",
        ),
        Code(
            "1129481000000107",
            "behavioural couple therapy, listed in user guidance only; not in the national counts",
            note="Not counted as couple therapy for depression.",
        ),
    ),
    note="TherapyType_First and TherapyType_Last also hold values beginning IET: internet-enabled therapy. Counselling "
    "and collaborative care are high intensity, and the official measures of stages leave both out.",
)

INTEGRATED_SOFTWARE = CodeList(
    name="IntegratedSoftwareInd",
    fields=("IDS205.IntegratedSoftwareInd",),
    versions=("2.1",),
    sources=(RULES,),
    codes=(Code("Y", "yes"), Code("N", "no")),
)


@dataclass(frozen=True, slots=True)
class Programme:
    """An internet-enabled programme, told by what its free-text name contains, in any case of letters."""

    name: str
    contains: tuple[str, ...]


PROGRAMMES = (
    Programme("BDD-NET", ("BDD-NET", "BDD.NET")),
    Programme("Beating the Blues", ("Beating the Blues",)),
    Programme("Daylight", ("Daylight",)),
    Programme("Deprexis", ("Deprexis",)),
    Programme("Fear Fighter", ("Fear Fighter",)),
    Programme("Minddistrict", ("MindDistrict", "MNDDSTRCT")),
    Programme("OCD-NET", ("OCD-NET", "OCD.NET")),
    Programme("Regul8", ("Regul8",)),
    Programme("Silvercloud", ("Silvercloud", "SLVRCLD", "SILVER")),
    Programme("Sleepio", ("Sleepio",)),
)
OTHER_PROGRAMME = "Other/unknown IET"
NO_PROGRAMME = "No recorded IET"

INTERNET_PROGRAMME = CodeList(
    name="IntEnabledTherProg grouping",
    fields=("IDS205.IntEnabledTherProg", "IDS201.IntEnabledTherProg"),
    versions=("2.1",),
    sources=(f"{MONTHLY} V009",),
    codes=(
        *(Code(one.name, f"text contains {' or '.join(one.contains)}") for one in PROGRAMMES),
        Code(OTHER_PROGRAMME, "none of the above"),
        Code(NO_PROGRAMME, "null"),
    ),
)


def programme(text: str | None) -> str:
    """The published programme group of a free-text name."""
    if text is None:
        return NO_PROGRAMME
    upper = text.upper()
    return next(
        (one.name for one in PROGRAMMES if any(part.upper() in upper for part in one.contains)), OTHER_PROGRAMME
    )


def programme_sql(column: str) -> str:
    """`programme` for a column, as a SQL expression in DuckDB's dialect."""
    whens = " ".join(f"when {_contains(one, column)} then '{one.name}'" for one in PROGRAMMES)
    return f"case when {column} is null then '{NO_PROGRAMME}' {whens} else '{OTHER_PROGRAMME}' end"


def _contains(one: Programme, column: str) -> str:
    return " or ".join(f"upper({column}) like '%{part.upper()}%'" for part in one.contains)
