"""How much treatment a finished course held: sessions (M089, M141-M144), days between (M351), time online (M1013)."""

from allcomers.measures.catalogue.terms import (
    BOTH,
    ENTERED,
    LOG_TABLE,
    QUARTERLY,
    RECONSTRUCTED,
    counterpart,
    days,
    discharged,
    finished,
    greatest,
    least,
    mean,
    median,
    over,
    ratio,
    total,
)
from allcomers.measures.measure import Measure

SESSIONS = "treatment_count"
_BEGAN = "referrals that ended after at least one treatment contact"
_ONCE = "A finished course has two treatment contacts by definition, so that its mean leaves out all who came once."

MEASURES = (
    Measure("M089", "Count_ApptsFinishedCourseTreatment", total(SESSIONS, finished())),
    Measure(
        "M141",
        "Mean_ApptsFinishedCourseTreatment",
        mean(SESSIONS, finished()),
        frequency=BOTH,
        all_comers=(
            counterpart(
                "M141_all",
                "Mean_Appts_OfEnteredTreatment",
                mean(SESSIONS, discharged(ENTERED)),
                among=_BEGAN,
                because=_ONCE,
            ),
        ),
    ),
    Measure(
        "M142",
        "Median_ApptsFinishedCourseTreatment",
        median(SESSIONS, finished()),
        all_comers=(
            counterpart(
                "M142_all",
                "Median_Appts_OfEnteredTreatment",
                median(SESSIONS, discharged(ENTERED)),
                among=_BEGAN,
                because=_ONCE,
            ),
        ),
    ),
    Measure("M143", "Max_ApptsFinishedCourseTreatment", greatest(SESSIONS, finished())),
    Measure("M144", "Min_ApptsFinishedCourseTreatment", least(SESSIONS, finished())),
    Measure(
        "M351",
        "Mean_DaysWaitedBetweenTreatments",
        ratio(days("first_treatment_on", "last_treatment_on"), f"{SESSIONS} - 1", finished(over(SESSIONS, 1))),
        note="A ratio of sums: every gap weighs the same, not every course.",
    ),
    Measure(
        "M1013",
        "Mean_ContactTimeIETReferral",
        mean("internet_therapy_minutes", finished()),
        frequency=QUARTERLY,
        optional=LOG_TABLE,
        status=RECONSTRUCTED,
        note="Minutes of staff time, over finished courses with at least one internet therapy log that is a session. "
        "The source adds up every log of the referral; here one counts that was begun and ended within it.",
    ),
)
