"""Employment support: who has it, its appointments, the wait for it, and records that contradict it.

M099, M237, EA001, EA034-EA041, EA108-EA110, EA131-EA140, EA276-EA281.
"""

from functools import partial

from allcomers.measures.catalogue.employment_status import STATUS, in_work, not_employed, off_sick, unknown_status
from allcomers.measures.catalogue.support import AFTER_DISCHARGE, M099_APPOINTMENT, NO_SUPPORT_TYPE, SUPPORT_CODE
from allcomers.measures.catalogue.terms import (
    ACTIVITY_TABLE,
    EMPLOYMENT_TABLE,
    FOLLOW_UP_CONTACT,
    IN_THIS_SUBMISSION,
    IN_WINDOW,
    LOG_TABLE,
    NO_FOLLOW_UP_CONTACT,
    SUPPORT_TABLES,
    all_of,
    any_of,
    attended_contacts,
    by_end,
    days,
    finished,
    greatest,
    in_submission,
    latest,
    mean,
    median,
    not_by_end,
    one_of,
)
from allcomers.measures.measure import Count, Measure, Share, Total

SUPPORTED = by_end("first_employment_support_on")
NOT_SUPPORTED = not_by_end("first_employment_support_on")
WAIT_TO_SUPPORT = days("first_assessment_on", "first_employment_support_on")


def used(*kinds: str) -> Count:
    """Referrals with a contact or log in the period of one of these kinds."""
    return Count(table="care_used", key="pathway_id", in_period="dated_on", where=any_of(*kinds))


def starting_support(*also: str) -> Count:
    """Referrals whose first employment support was in the period."""
    return Count(in_period="first_employment_support_on", where=all_of(*also))


def starting_with(status: str) -> Count:
    """The same referrals by their latest employment status at the end of the period."""
    return Count(
        table="support_start_status",
        key="pathway_id",
        in_period="first_employment_support_on",
        where=all_of(latest("since_on", "until_on"), status),
    )


def ended_support(*also: str) -> Count:
    """Referrals whose employment support ended in the period, as recorded by its end."""
    return Count(table="support_end", key="pathway_id", in_period="ended_on", where=all_of(by_end("known_on"), *also))


_ea = partial(Measure, group="EA")
_supported = partial(_ea, optional=ACTIVITY_TABLE)
_sent = partial(_supported, status="reconstructed", official="The referral is in this month's submission.")
_by_status = partial(_ea, optional=SUPPORT_TABLES)
_used = partial(_ea, optional=(*SUPPORT_TABLES, *LOG_TABLE))

APPOINTMENTS = (
    Measure(
        "M099",
        "Count_EmploySuppAppts",
        attended_contacts(M099_APPOINTMENT),
        optional=SUPPORT_TABLES,
        defect="unbalanced-brackets",
        status="reconstructed",
    ),
    _ea(
        "EA108",
        "Count_ApptsEAIncorrectlyLabelledFollowUp",
        attended_contacts(IN_WINDOW, SUPPORT_CODE, FOLLOW_UP_CONTACT),
        optional=ACTIVITY_TABLE,
    ),
    _ea(
        "EA110",
        "Count_ApptsEAIncorrectlyNotLabelledFollowUp",
        attended_contacts(AFTER_DISCHARGE, SUPPORT_CODE, NO_FOLLOW_UP_CONTACT),
        optional=ACTIVITY_TABLE,
    ),
    _ea(
        "EA280",
        "Count_ApptsEAIncorrectlyNotLabelledES",
        attended_contacts(AFTER_DISCHARGE, SUPPORT_CODE, NO_SUPPORT_TYPE),
        optional=ACTIVITY_TABLE,
    ),
)

WITH_AND_WITHOUT = (
    _sent("EA034", "Count_ESrefs", in_submission(SUPPORTED)),
    _sent("EA035", "Count_NoESrefs", in_submission(NOT_SUPPORTED)),
    _sent(
        "EA001",
        "Percentage_ESrefsMissingStatus",
        Share(
            of=Count(
                table="supported_pathway",
                key="pathway_id",
                where=all_of(IN_THIS_SUBMISSION, SUPPORTED, not_by_end("first_employment_status_on")),
            ),
            among="EA034",
        ),
        optional=SUPPORT_TABLES,
    ),
    _ea("EA036", "Count_ApptInMonthRefs", used("is_appointment"), optional=(*EMPLOYMENT_TABLE, *LOG_TABLE)),
    _used(
        "EA037",
        "Count_NHSTalkingTherapiesonlyApptInMonthRefs",
        Total(counts=(used("is_therapy", "is_support"),), minus=(used("is_support"),)),
        official="With therapy or an internet therapy log in the period, and no employment support: with either, less "
        "those with support.",
    ),
    _used(
        "EA038",
        "Count_ESonlyApptInMonthRefs",
        Total(counts=(used("is_therapy", "is_support"),), minus=(used("is_therapy"),)),
        official="With employment support in the period, and neither therapy nor an internet therapy log: with either, "
        "less those with therapy.",
    ),
    _used(
        "EA039",
        "Count_NHSTalkingTherapiesandESApptInMonthRefs",
        Total(counts=(used("is_therapy"), used("is_support")), minus=(used("is_therapy", "is_support"),)),
        official="With both in the period: those with the one and those with the other, less those with either.",
    ),
)

STARTING = (
    _supported("EA040", "Count_FirstESApptInMonthRefs", starting_support()),
    _ea(
        "EA139",
        "Count_SuitableESreferrals",
        Count(
            table="latest_employment",
            key="pathway_id",
            where=all_of(
                IN_THIS_SUBMISSION,
                by_end("recorded_on"),
                not_by_end("next_recorded_on"),
                one_of("employment_support_suitable", ("Y",)),
            ),
        ),
        optional=EMPLOYMENT_TABLE,
        official="The person's latest employment record within a referral of this month says that support is suitable.",
        status="reconstructed",
    ),
    _supported(
        "EA140",
        "Mean_WaitEmploymentSupport",
        mean(WAIT_TO_SUPPORT, starting_support("first_employment_support_on >= first_assessment_on")),
    ),
    _supported(
        "EA281",
        "Median_WaitEmploymentSupport",
        median(WAIT_TO_SUPPORT, starting_support("first_employment_support_on >= first_assessment_on")),
    ),
    _by_status("EA276", "Count_FirstESStartInWork", starting_with(in_work(*STATUS))),
    _by_status("EA277", "Count_FirstESStartOffSick", starting_with(off_sick(*STATUS))),
    _by_status("EA278", "Count_FirstESStartNotEmployed", starting_with(not_employed(*STATUS))),
    _by_status(
        "EA279", "Count_FirstESStartUnknownStatus", starting_with(unknown_status(*STATUS)), defect="status-overlap"
    ),
)

_IN_ENDED_SUPPORT = Count(
    table="support_end_contact", key="contact_key", in_period="ended_on", where=by_end("known_on")
)
# The source takes the mean of the contacts it counts, so a pathway without any has no part in it; where support ended
# twice in the period, the later end speaks for the pathway.
_WITH_CONTACTS = Count(
    table="support_ended",
    in_period="ended_on",
    where=all_of(by_end("known_on"), not_by_end("superseded_on")),
)
_brackets = partial(_by_status, defect="unbalanced-brackets", status="reconstructed")

ENDING = (
    _by_status("EA041", "Count_EndingESInMonthRefs", ended_support(SUPPORTED)),
    _by_status("EA136", "Count_EndedESonly", ended_support(SUPPORTED, not_by_end("first_treatment_on"))),
    _brackets("EA131", "Count_EndedEmploySuppAppts", _IN_ENDED_SUPPORT),
    _brackets("EA132", "Mean_EndedEmploySuppAppts", mean("support_contact_count", _WITH_CONTACTS)),
    _brackets("EA133", "Median_EndedEmploySuppAppts", median("support_contact_count", _WITH_CONTACTS)),
    _brackets("EA134", "Max_EndedEmploySuppAppts", greatest("support_contact_count", _WITH_CONTACTS)),
)

SICK_PAY = (
    Measure(
        "M237",
        "Count_OffSickPay",
        finished(one_of("sick_pay_first", ("Y",)), one_of("sick_pay_last", ("N",))),
        optional=EMPLOYMENT_TABLE,
    ),
)

MEASURES = (*APPOINTMENTS, *WITH_AND_WITHOUT, *STARTING, *ENDING, *SICK_PAY)
