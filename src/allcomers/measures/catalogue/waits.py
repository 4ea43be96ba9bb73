"""Waits: entering treatment (M031-M055), the second treatment (M046, M047, M121-M126, M184), and idle open referrals.

Six weeks are 42 days and eighteen weeks 126; no pause is taken off. The published standards ask it of courses that
finished (M053, M055); M036 and M037 ask it of those that entered treatment.
"""

from allcomers.measures.catalogue.terms import (
    ALL_ENDED,
    ALL_RECEIVED,
    BOTH,
    OPEN,
    WAIT_SO_FAR,
    WAIT_TO_SECOND,
    WAIT_TO_TREATMENT,
    accessed,
    all_of,
    by_end,
    counterpart,
    days,
    discharged,
    finished,
    from_to,
    mean,
    median,
    not_by_end,
    open_at_end,
    over,
    treated_again,
    up_to,
)
from allcomers.measures.measure import Count, Measure, Share

SIX_WEEKS, TWELVE_WEEKS, EIGHTEEN_WEEKS = 42, 84, 126
NOT_TREATED = not_by_end("first_treatment_on")
IDLE_DAYS = days("treated_on", "$period_end")


def _waiting(*also: str) -> Count:
    """Referrals open and untreated at the end of the period."""
    return open_at_end(NOT_TREATED, *also)


def _idle(wait: str) -> Count:
    """Open referrals by the days since their last treatment so far: the one that no later one by then follows."""
    last_so_far = all_of(by_end("treated_on"), not_by_end("next_treated_on"))
    return Count(table="treatment_session", key="pathway_id", where=all_of(OPEN, last_so_far, wait))


def _reached(since: str, most: int, *also: str) -> Count:
    """Referrals for which the last of so many days since a date lay in the period: there was time to do it by then.

    Nobody is asked about before their time is up, and everyone is asked about once.
    """
    passed = all_of(f"{days(since, '$period_end')} >= {most}", f"{days(since, '$period_start')} <= {most}")
    return Count(where=all_of(passed, *also), looks_back_days=most)


def _in_time(official: str, weeks: int, most: int) -> tuple[Measure, ...]:
    """First treatment in time, among all who were referred and all who ended, treated or not."""
    because = "Among courses that finished nobody is still waiting, and nobody has given up."
    return (
        counterpart(
            f"{official}_all",
            f"Percentage_AccessingServices{weeks}Weeks_OfReceived",
            Share(
                of=_reached("received_on", most, up_to(WAIT_TO_TREATMENT, most)), among=_reached("received_on", most)
            ),
            among=f"all referrals whose {weeks} weeks ended in the period, whether they are treated, waiting or gone",
            because=because,
        ),
        counterpart(
            f"{official}_ended",
            f"Percentage_AccessingServices{weeks}Weeks_OfEnded",
            Share(of=discharged(up_to(WAIT_TO_TREATMENT, most)), among=ALL_ENDED),
            among="all referrals that ended, treated or not",
            because=because,
        ),
    )


_STILL_WAITING = (
    f"(second_treatment_on is null or {over(WAIT_TO_SECOND, 90)})",
    f"(discharged_on is null or {over(days('first_treatment_on', 'discharged_on'), 90)})",
)

ACCESSED = (
    Measure(
        "M031",
        "Count_AccessingServices",
        accessed(),
        frequency=BOTH,
        all_comers=(
            counterpart(
                "M031_referred",
                "Percentage_AccessingServices_OfReceived",
                Share(of="M031", among=ALL_RECEIVED, of_others=True),
                among="referrals received in the period, not all the same people as those first treated in it",
                because="A count of people let in says nothing of how many asked.",
            ),
        ),
    ),
    Measure("M032", "Count_AccessingServices28days", accessed(up_to(WAIT_TO_TREATMENT, 28))),
    Measure("M033", "Count_AccessingServices29to56days", accessed(from_to(WAIT_TO_TREATMENT, 29, 56))),
    Measure("M034", "Count_AccessingServices57to90days", accessed(from_to(WAIT_TO_TREATMENT, 57, 90))),
    Measure("M035", "Count_AccessingServicesOver90days", accessed(over(WAIT_TO_TREATMENT, 90))),
    Measure("M036", "Count_AccessingServices6Weeks", accessed(up_to(WAIT_TO_TREATMENT, SIX_WEEKS))),
    Measure("M037", "Count_AccessingServices18Weeks", accessed(up_to(WAIT_TO_TREATMENT, EIGHTEEN_WEEKS))),
)

WAITING = (
    Measure("M038", "Count_WaitingForTreatment", _waiting()),
    Measure("M039", "Count_WaitingForTreatment0to2weeks", _waiting(up_to(WAIT_SO_FAR, 14))),
    Measure("M040", "Count_WaitingForTreatment0to4weeks", _waiting(up_to(WAIT_SO_FAR, 28))),
    Measure("M041", "Count_WaitingForTreatment0to6weeks", _waiting(up_to(WAIT_SO_FAR, SIX_WEEKS))),
    Measure("M042", "Count_WaitingForTreatment0to12weeks", _waiting(up_to(WAIT_SO_FAR, TWELVE_WEEKS))),
    Measure("M043", "Count_WaitingForTreatment0to18weeks", _waiting(up_to(WAIT_SO_FAR, EIGHTEEN_WEEKS))),
    Measure("M044", "Count_WaitingForTreatmentOver18weeks", _waiting(over(WAIT_SO_FAR, EIGHTEEN_WEEKS))),
    Measure("M045", "Count_WaitingForTreatmentOver90days", _waiting(over(WAIT_SO_FAR, 90))),
)

SECOND_TREATMENT = (
    Measure("M184", "Count_SecondTreatment", treated_again(), frequency=BOTH),
    Measure("M046", "Count_FirstToSecondTreatmentOver28days", treated_again(over(WAIT_TO_SECOND, 28)), frequency=BOTH),
    Measure("M047", "Count_FirstToSecondTreatmentOver90days", treated_again(over(WAIT_TO_SECOND, 90)), frequency=BOTH),
    Measure("M121", "Count_FirstToSecondTreatment28days", treated_again(up_to(WAIT_TO_SECOND, 28))),
    Measure(
        "M122",
        "Count_FirstToSecondTreatment29to90days",
        treated_again(from_to(WAIT_TO_SECOND, 29, 90)),
        defect="29-to-90",
        status="reconstructed",
    ),
    Measure("M123", "Percentage_FirstToSecondTreatment28days", Share(of="M121", among="M184")),
    Measure("M124", "Percentage_FirstToSecondTreatmentOver28days", Share(of="M046", among="M184")),
    Measure(
        "M125",
        "Percentage_FirstToSecondTreatment29to90days",
        Share(of="M122", among="M184"),
        defect="29-to-90",
        status="reconstructed",
    ),
    Measure(
        "M126",
        "Percentage_FirstToSecondTreatmentOver90days",
        Share(of="M047", among="M184"),
        frequency=BOTH,
        all_comers=(
            counterpart(
                "M126_all",
                "Percentage_FirstToSecondTreatmentOver90days_OfFirstTreatment",
                Share(of=_reached("first_treatment_on", 90, *_STILL_WAITING), among=_reached("first_treatment_on", 90)),
                among="all referrals whose 90 days since the first treatment ended in the period; those open without a "
                "second treatment by then waited over 90 days",
                because="Whoever is still waiting for a second treatment is in no official wait for it.",
            ),
        ),
    ),
)

DAYS_WAITED = (
    Measure("M048", "Mean_WaitAccessingServices", mean(WAIT_TO_TREATMENT, accessed())),
    Measure("M049", "Median_WaitAccessingServices", median(WAIT_TO_TREATMENT, accessed()), frequency=BOTH),
    Measure("M050", "Mean_WaitFinishedCourseTreatment", mean(WAIT_TO_TREATMENT, finished())),
    Measure("M051", "Median_WaitFinishedCourseTreatment", median(WAIT_TO_TREATMENT, finished()), frequency=BOTH),
)

STANDARDS = (
    Measure(
        "M052",
        "Count_AccessingServices6WeeksFinishedCourseTreatment",
        finished(up_to(WAIT_TO_TREATMENT, SIX_WEEKS)),
        frequency=BOTH,
    ),
    Measure(
        "M053",
        "Percentage_AccessingServices6WeeksFinishedCourseTreatment",
        Share(of="M052", among="M076"),
        frequency=BOTH,
        defect="missing-and",
        all_comers=_in_time("M053", 6, SIX_WEEKS),
    ),
    Measure(
        "M054",
        "Count_AccessingServices18WeeksFinishedCourseTreatment",
        finished(up_to(WAIT_TO_TREATMENT, EIGHTEEN_WEEKS)),
        frequency=BOTH,
    ),
    Measure(
        "M055",
        "Percentage_AccessingServices18WeeksFinishedCourseTreatment",
        Share(of="M054", among="M076"),
        frequency=BOTH,
        defect="missing-and",
        all_comers=_in_time("M055", 18, EIGHTEEN_WEEKS),
    ),
)

IDLE = (
    Measure("M019", "Count_OpenReferralNoActivity60days", _idle(up_to(IDLE_DAYS, 60))),
    Measure("M020", "Count_OpenReferralNoActivity61to90days", _idle(from_to(IDLE_DAYS, 61, 90))),
    Measure("M021", "Count_OpenReferralNoActivity91to120days", _idle(from_to(IDLE_DAYS, 91, 120))),
    Measure("M022", "Count_OpenReferralNoActivityOver120days", _idle(over(IDLE_DAYS, 120))),
)

MEASURES = (*ACCESSED, *WAITING, *SECOND_TREATMENT, *DAYS_WAITED, *STANDARDS, *IDLE)
