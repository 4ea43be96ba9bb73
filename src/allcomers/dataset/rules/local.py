"""Plausibility rules of our own, beside the national ones: what the national set leaves out, or v2.1 added."""

from allcomers.dataset.model import LOCAL, Check, Rule, Severity, Test
from allcomers.dataset.rules.kinds import (
    BIRTH,
    PERIOD_END,
    belongs_to,
    listed,
    not_after,
    not_before,
    not_blank,
    one_of,
    unique,
    valid_date,
)

MINUTES_IN_A_DAY = 1440
FOLLOW_UP_OR_EMPLOYMENT = "('06', '10')"


def _record(id_: str, table: str, test: Test, note: str = "") -> Rule:
    return Rule(id_, Severity.RECORD, table, test, note=note, status="local", source=LOCAL)


def _warning(id_: str, table: str, test: Test, note: str = "") -> Rule:
    return Rule(id_, Severity.WARNING, table, test, note=note, status="local", source=LOCAL)


BELOW_THE_SCALE = Check(
    "try_cast(PersScore as double) < SCORE.plausible_low and try_cast(PersScore as double) >= SCORE.low",
    ("PersScore", "CodedAssToolType"),
    "PersScore is lower than the questionnaire can give, though the national rule lets it through.",
    "Correct the score; a Mobility Inventory mean begins at 1.",
)
NEW = "the table or field has no rule in v2.0"

RULES = (
    _record("AC101", "IDS001MPI", valid_date("PersonBirthDate"), "national rules compare the date but do not test it"),
    _warning("AC102", "IDS001MPI", listed("GenderIdentity"), NEW),
    _warning("AC103", "IDS001MPI", listed("GenderIdentitySameAtBirth"), NEW),
    _record("AC110", "IDS003AccommStatus", not_blank("LocalPatientId"), NEW),
    _record("AC111", "IDS003AccommStatus", not_blank("AccommodationType"), NEW),
    _record("AC112", "IDS003AccommStatus", not_blank("AccommodationTypeDate"), NEW),
    _record("AC113", "IDS003AccommStatus", valid_date("AccommodationTypeDate"), NEW),
    _record("AC114", "IDS003AccommStatus", valid_date("AccommodationTypeStartDate"), NEW),
    _record("AC115", "IDS003AccommStatus", valid_date("AccommodationTypeEndDate"), NEW),
    _record("AC116", "IDS003AccommStatus", not_after("AccommodationTypeDate", PERIOD_END), NEW),
    _record("AC117", "IDS003AccommStatus", not_before("AccommodationTypeEndDate", "AccommodationTypeStartDate"), NEW),
    _record("AC118", "IDS003AccommStatus", belongs_to("IDS001MPI", "LocalPatientId"), NEW),
    _record(
        "AC119",
        "IDS003AccommStatus",
        unique("LocalPatientId", "AccommodationType", "AccommodationTypeDate"),
        NEW,
    ),
    _record("AC130", "IDS004EmpStatus", valid_date("EmpSupportDischargeDate"), NEW),
    _warning("AC131", "IDS004EmpStatus", not_before("EmpSupportDischargeDate", "EmpSupportReferral"), NEW),
    _warning("AC132", "IDS004EmpStatus", not_after("EmpSupportDischargeDate", PERIOD_END), NEW),
    _warning(
        "AC140",
        "IDS201CareContact",
        Check(
            f"CareContDate > IDS101.ServDischDate and AppType not in {FOLLOW_UP_OR_EMPLOYMENT}",
            ("CareContDate",),
            "A contact after the discharge of its referral is neither a follow-up nor employment support.",
            "Correct the date, or AppType, or the discharge: the national counts leave out what comes after discharge.",
        ),
    ),
    _warning(
        "AC141",
        "IDS201CareContact",
        Check(
            f"ClinContDurOfCareCont > {MINUTES_IN_A_DAY}",
            ("ClinContDurOfCareCont",),
            "The contact lasted more than a day.",
            "Send the duration in minutes; check that it is not a time of day or a number of seconds.",
        ),
    ),
    _warning(
        "AC142",
        "IDS202CareActivity",
        Check(
            f"ClinContactDurOfCareAct > {MINUTES_IN_A_DAY}",
            ("ClinContactDurOfCareAct",),
            "The activity lasted more than a day.",
            "Send the duration in minutes; check that it is not a time of day or a number of seconds.",
        ),
    ),
    _warning(
        "AC143",
        "IDS201CareContact",
        Check(
            "IDS101.ServiceRequestId is not null and CareContDate < IDS001.PersonBirthDate",
            ("CareContDate",),
            "CareContDate is before the date of birth.",
            "Correct whichever is wrong, CareContDate or PersonBirthDate.",
        ),
    ),
    _record("AC150", "IDS601MedHistPrevDiag", not_blank("LocalPatientId"), NEW),
    _record("AC151", "IDS601MedHistPrevDiag", valid_date("DiagDate"), NEW),
    _record("AC152", "IDS601MedHistPrevDiag", not_after("DiagDate", PERIOD_END), NEW),
    _record("AC153", "IDS601MedHistPrevDiag", not_before("DiagDate", BIRTH), NEW),
    _record("AC154", "IDS601MedHistPrevDiag", belongs_to("IDS001MPI", "LocalPatientId"), NEW),
    _warning("AC155", "IDS601MedHistPrevDiag", one_of("DiagSchemeInUse", "01", "04"), "list assumed; unverified"),
    _warning("AC156", "IDS601MedHistPrevDiag", unique("LocalPatientId", "PrevDiag", "DiagDate"), NEW),
    _warning(
        "AC160",
        "IDS606CodedScoreAssessmentRefer",
        BELOW_THE_SCALE,
    ),
    _warning(
        "AC161",
        "IDS607CodedScoreAssessmentAct",
        BELOW_THE_SCALE,
    ),
)
