"""Integrated care for people with long-term conditions (M271-M286, M1012).

Integrated means that a contact, other than a follow-up, was marked as held by the integrated service by the end of the
period; "core only" is everyone else.
"""

from functools import partial

from allcomers.measures.catalogue.outcomes import OUTCOME_TABLES
from allcomers.measures.catalogue.terms import (
    AT_CASENESS,
    NOT_AT_CASENESS,
    QUARTERLY,
    RECOVERED,
    by_end,
    finished,
    not_by_end,
)
from allcomers.measures.measure import Count, Measure, Share

INTEGRATED = by_end("first_integrated_contact_on")
CORE_ONLY = not_by_end("first_integrated_contact_on")

_ltc = partial(Measure, group="LTC")
_outcome = partial(_ltc, optional=OUTCOME_TABLES)

MEASURES = (
    _ltc("M271", "Count_FirstIntegratedContact", Count(in_period="first_integrated_contact_on")),
    _ltc("M272", "Count_FirstIntegratedTreatment", Count(in_period="first_integrated_treatment_on")),
    _ltc("M273", "Count_FinishedIntegratedReferrals", finished(INTEGRATED)),
    _ltc("M274", "Count_FinishedIntegratedReferralsCoreOnly", finished(CORE_ONLY)),
    _outcome("M275", "Count_IntegratedReferralsAtCaseness", finished(INTEGRATED, AT_CASENESS)),
    _outcome("M276", "Count_IntegratedReferralsNotAtCaseness", finished(INTEGRATED, NOT_AT_CASENESS)),
    _outcome("M277", "Count_IntegratedReferralsRecovered", finished(INTEGRATED, RECOVERED)),
    _outcome("M278", "Percentage_IntegratedReferralsRecovered", Share(of="M277", among="M273 - M276")),
    _outcome("M283", "Count_IntegratedReferralsCoreOnlyAtCaseness", finished(CORE_ONLY, AT_CASENESS)),
    _outcome("M284", "Count_IntegratedReferralsCoreOnlyNotAtCaseness", finished(CORE_ONLY, NOT_AT_CASENESS)),
    _outcome("M285", "Count_IntegratedReferralsCoreOnlyRecovered", finished(CORE_ONLY, RECOVERED)),
    _outcome("M286", "Percentage_IntegratedReferralsCoreOnlyRecovered", Share(of="M285", among="M274 - M284")),
    Measure(
        "M1012",
        "Percentage_LTCApptsFinishedCourseTreatment",
        Share(of="M273", among="M076"),
        frequency=QUARTERLY,
    ),
)
