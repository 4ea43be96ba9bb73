"""Treatment sessions: attended treatment contacts and internet therapy logs together."""

from allcomers.pathways.derivations.derivation import ANNUAL, CONSTRUCTIONS, SPECIFICATION, Derivation, Status

OF_PATHWAY, PATHWAY_STEP = "sessions_of_pathway", "gathered"
_SECOND = (
    "The second session may be on the day of the first. The order of sessions on one day (contacts before logs, then "
    "record number) is unverified, and cannot change a date."
)

DERIVATIONS = (
    Derivation(
        "first_treatment_on",
        "min(held_on)",
        on=OF_PATHWAY,
        national="TherapySession_FirstDate",
        id="I101D25",
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
        why="That a log counts from its start is reconstructed.",
    ),
    Derivation(
        "second_treatment_on",
        "min(held_on) filter (where place = 2)",
        on=OF_PATHWAY,
        national="TherapySession_SecondDate",
        id="I101D26",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why=_SECOND,
    ),
    Derivation(
        "last_treatment_on",
        "max(held_on)",
        on=OF_PATHWAY,
        national="TherapySession_LastDate",
        id="I101D27",
        source=SPECIFICATION,
        status=Status.VERIFIED,
    ),
    Derivation(
        "treatment_count",
        "count(*)",
        on=OF_PATHWAY,
        national="TreatmentCareContact_Count",
        id="I101D29",
        source=SPECIFICATION,
        status=Status.VERIFIED,
    ),
    Derivation(
        "first_high_intensity_on",
        "min(held_on) filter (where is_high_intensity)",
        on=OF_PATHWAY,
        national="HighIntensityTherapy_FirstDate",
        id="I101D30",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why="The list of codes is verified; that a log is high intensity is printed for the stage measures.",
        needs=("IDS202CareActivity",),
    ),
    Derivation(
        "first_low_intensity_on",
        "min(held_on) filter (where is_low_intensity)",
        on=OF_PATHWAY,
        national="LowIntensityTherapy_FirstDate",
        id="I101D31",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why="The list of codes is verified.",
        needs=("IDS202CareActivity",),
    ),
    Derivation(
        "internet_therapy_count",
        "count(*) filter (where is_log)",
        on=OF_PATHWAY,
        national="InternetEnabledTherapy_Count",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why="Logs that have not ended within the referral are not complete and do not count, which is reconstructed.",
        needs=("IDS205InternetTherLog",),
    ),
    Derivation(
        "internet_therapy_minutes",
        "sum(log_minutes)",
        on=OF_PATHWAY,
        source=f"{CONSTRUCTIONS}, M1013",
        status=Status.RECONSTRUCTED,
        why="Of sessions; the source sums every log of the pathway, and prints no condition.",
        needs=("IDS205InternetTherLog",),
    ),
    Derivation(
        "contact_count",
        "coalesce(attended_contact_count, 0) + coalesce(internet_therapy_count, 0)",
        on=PATHWAY_STEP,
        national="CareContact_Count",
        id="I101D28",
        source=SPECIFICATION,
        status=Status.VERIFIED,
        why="Attended contacts of any type between referral and discharge, and completed logs.",
    ),
    Derivation(
        "finished_course",
        "discharged_on is not null and coalesce(treatment_count, 0) >= 2",
        on=PATHWAY_STEP,
        national="CompletedTreatment_Flag",
        id="I101D53",
        source=f"{CONSTRUCTIONS}; {ANNUAL}",
        status=Status.VERIFIED,
    ),
)
