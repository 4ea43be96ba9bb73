"""What a contact is to employment support: predicates over the columns of `contact`."""

from allcomers.codes.contact import EMPLOYMENT_SUPPORT_TYPE, FOLLOW_UP_TYPE
from allcomers.measures.catalogue.terms import (
    FOLLOW_UP_CONTACT,
    IN_WINDOW,
    NO_FOLLOW_UP_CONTACT,
    TREATMENT_CONTACT,
    all_of,
    any_of,
    none_of,
    one_of,
)

SUPPORT_CODE = "is_employment_support"
SUPPORT_TYPE = one_of("appointment_type", (EMPLOYMENT_SUPPORT_TYPE,))
NO_SUPPORT_TYPE = none_of("appointment_type", (EMPLOYMENT_SUPPORT_TYPE,))
AFTER_DISCHARGE = "contact_on > discharged_on"
LATE_FOLLOW_UP = all_of(FOLLOW_UP_CONTACT, AFTER_DISCHARGE)


def in_support(ended_on: str) -> str:
    """Between the referral and the end of support; support that has not ended is open still."""
    return f"contact_on >= received_on and ({ended_on} is null or contact_on <= {ended_on})"


def support_contact(ended_on: str, during: str) -> str:
    """By its code within the referral (`during` says which contacts) or as a late follow-up; or within the support.

    The brackets of M099 and EA131-EA134 do not close; this is the grouping that makes sense of them.
    """
    by_code = all_of(SUPPORT_CODE, any_of(all_of(during, IN_WINDOW), LATE_FOLLOW_UP))
    by_support = any_of(SUPPORT_TYPE, all_of(SUPPORT_CODE, FOLLOW_UP_CONTACT))
    return any_of(by_code, all_of(by_support, in_support(ended_on)))


_KNOWN_IN_MONTH = "employment_support_ended_on"
M099_APPOINTMENT = support_contact(_KNOWN_IN_MONTH, TREATMENT_CONTACT)
EA131_APPOINTMENT = support_contact("ended_on", NO_FOLLOW_UP_CONTACT)

# EA036-EA039, without the employment support of a contact, with it, and either way.
ANY_APPOINTMENT = any_of(
    all_of(NO_FOLLOW_UP_CONTACT, IN_WINDOW), LATE_FOLLOW_UP, all_of(SUPPORT_TYPE, in_support(_KNOWN_IN_MONTH))
)
THERAPY_APPOINTMENT = all_of(
    "not is_only_employment_support",
    any_of(all_of(none_of("appointment_type", (FOLLOW_UP_TYPE, EMPLOYMENT_SUPPORT_TYPE)), IN_WINDOW), LATE_FOLLOW_UP),
)
SUPPORT_APPOINTMENT = any_of(
    all_of(SUPPORT_CODE, any_of(all_of(NO_FOLLOW_UP_CONTACT, IN_WINDOW), LATE_FOLLOW_UP)),
    all_of(SUPPORT_TYPE, in_support(_KNOWN_IN_MONTH)),
)
