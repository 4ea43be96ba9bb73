"""Tests that are one of a kind: conditions across tables, scores, identifiers, and whole submissions.

Where the reference carried no detail, the condition was read in the published rules themselves (NHS England, Reusable
Code Library, src/dsp/validations/iapt, published 2026) and is said here in our own words.
"""

from allcomers.dataset.model import Check, HasChild, Submission, Unique
from allcomers.dataset.rules.kinds import pattern
from allcomers.dataset.scores import score_domains

OLDEST_PERSON_YEARS = 120
FIRST_MONTH_OF_2_1 = "2022-04-01"
FOLLOW_UP = "06"

POSTCODE = pattern(
    "Postcode", r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s+[0-9][A-Za-z]{2}$", "a postcode with a space, AA9A 9AA"
)

VERSION = Check(
    f"written(DatSetVer) <> case when ReportingPeriodStartDate < date '{FIRST_MONTH_OF_2_1}' then '2.0' else '2.1' end",
    ("DatSetVer",),
    "DatSetVer is not the version in force for the reporting period: 2.1 from April 2022, 2.0 before.",
    "Export the submission again for the version in force; the two differ in fields and codes.",
)

_NINE_DIGITS = " + ".join(f"{10 - i} * (try_cast(NHSNumber as bigint) // {10 ** (9 - i)} % 10)" for i in range(9))
_CHECK_DIGIT = f"(11 - ({_NINE_DIGITS}) % 11) % 11"
NHS_NUMBER = Check(
    f"not regexp_full_match(written(NHSNumber), '[0-9]{{10}}') or {_CHECK_DIGIT} <> try_cast(NHSNumber as bigint) % 10",
    ("NHSNumber",),
    "NHSNumber is not ten digits ending in the right check digit.",
    "Trace the number again, or leave it blank and say why in NHSNumberStatus. One wrong number turns the file away.",
)

BIRTH_DATE = Check(
    "PersonBirthDate > IDS000.ReportingPeriodEndDate or "
    f"PersonBirthDate + interval {OLDEST_PERSON_YEARS + 1} year <= IDS000.ReportingPeriodStartDate",
    ("PersonBirthDate",),
    f"PersonBirthDate is after the reporting period, or makes the person older than {OLDEST_PERSON_YEARS}.",
    "Correct the date of birth. One wrong date turns the file away.",
)

ONSET_BEFORE_BIRTH = Check(
    "regexp_full_match(written(OnsetDate), '[0-9]{4}-(0[1-9]|1[0-2])') "
    "and OnsetDate < strftime(IDS001.PersonBirthDate, '%Y-%m')",
    ("OnsetDate",),
    "OnsetDate is a month before the month of birth.",
    "Correct whichever is wrong, OnsetDate or PersonBirthDate.",
)

QUALIFICATION_UNDATED = Check(
    "blank(QualAwardedDate) and blank(QualPlannedCompletionDate)",
    ("QualAwardedDate", "QualPlannedCompletionDate"),
    "The qualification has neither the day it was awarded nor the day it is planned to be.",
    "Record one of them: it decides whether the person counts as qualified or in training.",
)

_PEQ = ", ".join(f"'{domain.code}'" for domain in score_domains() if domain.key.startswith("PEQ"))
LATE_DISCHARGE = HasChild(
    ("ServDischDate",),
    "select c.__up, c.ServiceRequestId from {IDS201} c where c.AppType = '" + FOLLOW_UP + "' "
    f"union all select p.__up, p.ServiceRequestId from {{IDS606}} p where p.CodedAssToolType in ({_PEQ}) "
    "union all select c.__up, c.ServiceRequestId from {IDS607} p "
    "join {IDS202} a on a.__own = p.__up and a.CareActId = p.CareActId "
    "join {IDS201} c on c.__own = a.__up and c.CareContactId = a.CareContactId "
    f"where p.CodedAssToolType in ({_PEQ})",
    "The discharge is dated before the reporting period, and the submission has neither a follow-up appointment "
    "(AppType 06) nor a patient experience questionnaire for the referral.",
    "Leave discharged referrals out of later months, unless a follow-up or questionnaire is sent with them.",
    key="ServiceRequestId",
    where="ServDischDate < IDS000.ReportingPeriodStartDate",
)

ATTENDED_TWICE = Unique(
    ("ServiceRequestId", "CareContDate", "CareContTime"),
    "A referral has more than one attended contact at the same date and time.",
    "Remove the duplicate, or record the time of each.",
    where="AttendOrDNACode in ('5', '6')",
    blanks_alike=True,
)

ATTENDED_WITHOUT_ACTIVITY = HasChild(
    ("CareContactId",),
    "select c.__up, c.CareContactId from {IDS202} c",
    "An attended contact (AttendOrDNACode 5 or 6) has no valid IDS202CareActivity record.",
    "Record what was done in the contact, or mend the activity that was rejected.",
    key="CareContactId",
    where="AttendOrDNACode in ('5', '6')",
)

NEXT_PRACTICE = HasChild(
    ("EndDateGMPRegistration", "StartDateGMPRegistration"),
    "select a.__row, a.LocalPatientId from {IDS002} a join {IDS002} b on b.__own = a.__own "
    "and b.LocalPatientId = a.LocalPatientId and b.StartDateGMPRegistration = a.EndDateGMPRegistration + 1 "
    "group by all having bool_and(b.GMPCodeReg <> a.GMPCodeReg)",
    "A GP registration ended and no other practice's registration starts the day after.",
    "Send the registration that followed, with the day after as its start.",
    key="LocalPatientId",
    scope="__row",
    where="not blank(EndDateGMPRegistration)",
)

SCORE_CONCEPT = Check(
    "not blank(CodedAssToolType) and SCORE.code is null",
    ("CodedAssToolType",),
    "CodedAssToolType is not one of the questionnaire concepts that the data set accepts.",
    "Use the concept of the accepted list; check that long numbers did not lose their last digits in a spreadsheet.",
)

SCORE_FORMAT = Check(
    "not correctly_written(PersScore)",
    ("PersScore", "CodedAssToolType"),
    "PersScore is not written as its questionnaire's score is: digits, a mean with a decimal point, or Y, N or NA.",
    "Send the total alone, without words or unit. The Mobility Inventory takes one digit, a point and one or two more.",
)

SCORE_RANGE = Check(
    "SCORE.code is not null and not blank(PersScore) "
    "and not coalesce(try_cast(PersScore as double) between SCORE.low and SCORE.high, false) "
    "and not coalesce(list_contains(SCORE.words, PersScore), false)",
    ("PersScore", "CodedAssToolType"),
    "PersScore is outside the range of its questionnaire.",
    "Correct the score: a total out of range cannot be right. It must not reach an outcome.",
)


def _submission(fault: str, table: str, meaning: str, remedy: str) -> Submission:
    return Submission(fault, (), meaning, remedy, counts=table)


NO_HEADER = _submission("headers = 0", "IDS000", "The submission has no header.", "Send one IDS000Header record.")
NO_PATIENTS = _submission(
    "patients = 0", "IDS001", "The submission has no patients.", "Send IDS001MPI: nothing can be linked without it."
)
NO_PRACTICES = _submission(
    "practices = 0", "IDS002", "The submission has no GP registrations.", "Send IDS002GP for every patient."
)
NO_REFERRALS = _submission("referrals = 0", "IDS101", "The submission has no referrals.", "Send IDS101Referral.")
BAD_HEADER = _submission(
    "repeated_headers > 0 or faulty_headers > 0",
    "IDS000",
    "The submission's header is invalid or is there more than once.",
    "Send one header that breaks no rule: every record rests on its reporting period.",
)
NOTHING_IN_PERIOD = _submission(
    "dated > 0 and in_period = 0",
    "IDS000",
    "No date of a referral, discharge, contact, log, score or onward referral is within the reporting period.",
    "Check the reporting period in the header, or whether another month's file was sent.",
)
ALL_REJECTED = _submission(
    "referrals > 0 and accepted_referrals = 0",
    "IDS101",
    "Every referral of the submission is rejected, so nothing is left of it.",
    "Mend the faults listed for IDS101Referral and IDS001MPI first.",
)
