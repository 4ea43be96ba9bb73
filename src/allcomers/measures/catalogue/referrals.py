"""Referrals received, by who sent them (M001-M018, M287, M345), and how they ended (M056-M081, M153, M340-M344)."""

from functools import partial

from allcomers.codes.referral import END_CODE, SOURCE_OF_REFERRAL
from allcomers.measures.catalogue.terms import (
    ALL_ENDED,
    ALL_RECEIVED,
    BOTH,
    TREATED_ONCE,
    codes_of,
    counterpart,
    discharged,
    finished,
    has,
    lacks,
    none_of,
    one_of,
    received,
)
from allcomers.measures.measure import Count, Measure, Share


def _from(measure: str) -> Count:
    """Referrals received from the sources that the code list groups under a measure."""
    sources = (one.code for one in SOURCE_OF_REFERRAL if one.group.endswith(f"({measure})"))
    return received(one_of("source_of_referral", sources))


def _ended(code: str) -> Count:
    """Referrals that ended in the period with an end code."""
    assert code in END_CODE, code
    return discharged(one_of("end_code", (code,)))


_listed = partial(Measure, defect="list-without-brackets")

RECEIVED = (
    Measure("M001", "Count_ReferralsReceived", received(), frequency=BOTH),
    Measure("M002", "Count_SelfReferrals", _from("M002")),
    Measure("M003", "Count_GPReferrals", _from("M003")),
    Measure("M004", "Count_HealthVisitorReferrals", _from("M004")),
    Measure("M005", "Count_OtherPrimaryCareReferrals", _from("M005")),
    Measure("M006", "Count_CarerReferrals", _from("M006")),
    _listed("M007", "Count_LAReferrals", _from("M007")),
    _listed("M008", "Count_EmployerReferrals", _from("M008")),
    _listed("M009", "Count_JusticeSystemReferrals", _from("M009")),
    _listed("M010", "Count_ChildHealthReferrals", _from("M010")),
    _listed("M011", "Count_IndependentVoluntaryReferrals", _from("M011")),
    _listed("M012", "Count_SecondaryCareReferrals", _from("M012")),
    _listed("M013", "Count_OtherMHReferrals", _from("M013")),
    Measure("M014", "Count_InternalReferrals", _from("M014")),
    _listed("M017", "Count_OtherReferrals", _from("M017")),
    _listed("M018", "Count_NHSTalkingTherapiesReferrals", _from("M018")),
    Measure("M287", "Count_MHDropInReferrals", _from("M287")),
    Measure("M345", "Count_MaternityServiceReferrals", _from("M345")),
)

ENDED = (
    Measure("M056", "Count_EndedReferrals", discharged(), frequency=BOTH),
    Measure("M057", "Count_EndedNotSuitable", _ended("10")),
    Measure("M058", "Count_EndedSignposted", _ended("11")),
    Measure("M059", "Count_EndedMutualAgreement", _ended("12")),
    Measure("M060", "Count_EndedReferredElsewhere", _ended("13")),
    Measure("M061", "Count_EndedDeclined", _ended("14")),
    Measure("M062", "Count_EndedDeceasedAssessedOnly", _ended("17")),
    Measure("M063", "Count_EndedUnknownAssessedOnly", _ended("95")),
    Measure("M066", "Count_EndedCompleted", _ended("46")),
    Measure("M069", "Count_EndedDeceasedTreated", _ended("49")),
    Measure("M070", "Count_EndedUnknownTreated", _ended("96")),
    Measure(
        "M071",
        "Count_EndedInvalid",
        discharged(none_of("end_code", codes_of(END_CODE)), has("end_code")),
        defect="unlike-any",
        note="The retired codes of version 1.5 count here.",
    ),
    Measure("M072", "Count_EndedNoReasonRecorded", discharged(lacks("end_code"))),
    Measure("M340", "Count_EndedIncompleteAssessment", _ended("16")),
    Measure("M341", "Count_EndedBeforePatientRequested", _ended("48")),
    Measure("M342", "Count_EndedNotAssessed", _ended("50")),
    Measure("M344", "Count_EndedBeforeCareProfessionalPlanned", _ended("47")),
    Measure("M073", "Count_EndedNotSeen", discharged("contact_count = 0")),
    Measure("M074", "Count_EndedSeenNotTreated", discharged("treatment_count = 0", "contact_count > 0")),
    Measure("M075", "Count_EndedTreatedOnce", discharged(TREATED_ONCE), frequency=BOTH, defect="missing-and"),
    Measure("M076", "Count_FinishedCourseTreatment", finished(), frequency=BOTH),
    Measure("M153", "Count_EndedBeforeTreatment", discharged(lacks("first_treatment_on"))),
)

ENDED_SHARES = (
    Measure("M077", "Percentage_EndedBeforeTreatment", Share(of="M153", among="M056")),
    Measure("M078", "Percentage_ EndedTreatedOnce", Share(of="M075", among="M056"), defect="missing-and"),
    Measure(
        "M079",
        "Percentage_EndedFinishedCourseTreatment",
        Share(of="M076", among=ALL_ENDED),
        all_comers=(
            counterpart(
                "M079_referred",
                "Percentage_FinishedCourseTreatment_OfReceived",
                Share(of="M076", among=ALL_RECEIVED, of_others=True),
                among="referrals received in the period, which are not all the same people as those who finished",
                because="A growing list of people who wait does not show among those who ended.",
            ),
        ),
    ),
    Measure("M080", "Percentage_EndedOneOrMoreTreatment", Share(of="M076 + M075", among="M056"), defect="missing-and"),
    Measure(
        "M081",
        "Percentage_FinishedCourseTreatmentEndedOneOrMoreTreatment",
        Share(of="M076", among="M056 - M153"),
        defect="one-or-more",
    ),
    Measure(
        "M288",
        "Percentage_AccessAttrition",
        Share(of="M075", among="M056 - M153"),
        defect="missing-and",
        note="Among referrals that ended after any treatment, those that ended after one.",
    ),
)

MEASURES = (*RECEIVED, *ENDED, *ENDED_SHARES)
