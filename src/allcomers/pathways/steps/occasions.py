"""What happened to a pathway and when, record by record: for analyses that need more than a first and a last.

No official measure reads these tables, so nothing is spent on them until one is asked for.
"""

from allcomers.engine.step import Join, Step
from allcomers.instruments.catalogue.patient_experience import PATIENT_EXPERIENCE

_OF_REFERRAL = Join("referral", ("provider_no", "ServiceRequestId"), "inner")

TABLES = ("score", "pause", "accommodation", "presenting_complaint", "onward_referral", "experience")

_EXPERIENCE = ", ".join(f"'{one.snomed.code}'" for one in PATIENT_EXPERIENCE if one.snomed)
_ANSWER = {"question_code": "CodedAssToolType", "answer": "PersScore"}

STEPS = (
    Step(
        "score",
        "contact_score",
        keep=("pathway_no", "instrument", "scored_on", "order_no", "score"),
        union_all=("own_score",),
        why="Every score that counts, in the order in which the first and the last are found.",
    ),
    Step(
        "pause",
        "IDS108WaitingTimePauses",
        columns={"started_on": "PauseStartDate", "ended_on": "PauseEndDate", "reason_code": "PauseReason"},
        keep=("pathway_no",),
        joins=(_OF_REFERRAL,),
        why="Waiting paused, by the person or for another reason; no end while it lasts.",
    ),
    Step(
        "accommodation",
        "IDS003AccommStatus",
        columns={
            "accommodation_code": "AccommodationType",
            "settled_indicator": "SettledAccommodationInd",
            "recorded_on": "AccommodationTypeDate",
        },
        keep=("pathway_no",),
        joins=(Join("referral", ("provider_no", "LocalPatientId"), "inner"),),
        why="Where the person lives, with each of their pathways.",
    ),
    Step(
        "presenting_complaint",
        "complaint",
        columns={"is_primary": "PresCompCodSig = '1'"},
        keep=("pathway_no", "complaint_no", "complained_on", "validated_complaint"),
        why="Every problem recorded, so that a change of descriptor can be seen.",
    ),
    Step(
        "onward_referral",
        "IDS105OnwardReferral",
        columns={
            "referred_on": "OnwardReferDate",
            "reason_code": "OnwardReferReason",
            "receiving_code": "OrgIDReceiving",
        },
        keep=("pathway_no",),
        joins=(_OF_REFERRAL,),
        why="Where people were sent on to.",
    ),
    Step(
        "contact_experience",
        "IDS607CodedScoreAssessmentAct",
        columns={**_ANSWER, "answered_on": "scored_on"},
        keep=("pathway_no",),
        joins=(Join("scored_activity", ("submission_no", "CareActId"), "inner"),),
        where=f"CodedAssToolType in ({_EXPERIENCE})",
    ),
    Step(
        "own_experience",
        "IDS606CodedScoreAssessmentRefer",
        columns={**_ANSWER, "answered_on": "AssToolCompDate"},
        keep=("pathway_no",),
        joins=(_OF_REFERRAL,),
        where=f"CodedAssToolType in ({_EXPERIENCE})",
    ),
    Step(
        "experience",
        "own_experience",
        keep=("pathway_no", "question_code", "answer", "answered_on"),
        union_all=("contact_experience",),
        why="What people answered about the service itself, one row a question.",
    ),
)
