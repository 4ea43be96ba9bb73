"""Care contacts, what was done in them and by whom."""

from allcomers.codes import get, normalise_sql
from allcomers.engine.step import Join, Step
from allcomers.pathways.derivations.staff import LEVELS
from allcomers.pathways.lookups import THERAPY_TYPE

FLAGS = ("is_employment_support", "is_high_intensity", "is_low_intensity", "is_high_stage", "is_low_stage")
OF_CONTACT = (*FLAGS, "is_only_employment_support")
_FROM = "coalesce(reported_from_on, date '1900-01-01')"
_COUNTS = f"QualAttainLevelIAPT in ({LEVELS})"
STAFF_FACTS = ("staff_qualified", "staff_in_training", "staff_neither", "staff_neither_as_printed")
_SUBMITTED = (
    "contact_on",
    "appointment_type",
    "attendance_code",
    "planned_indicator",
    "consultation_medium",
    "duration_minutes",
    "therapy_mode",
    "is_ltc_service",
    "attended",
    "in_window",
)
_OF_PATHWAY = ("received_on", "discharged_on")
PLACES = ("pathway_id", "provider_code", "sub_icb_code", "icb_code", "region_code")
"""What a table of contacts or logs says of its pathway, so that it can be counted by organisation."""

STEPS = (
    Step(
        "contact_seen",
        "IDS201CareContact",
        columns={
            "contact_no": "IDS201CareContact.record_no",
            "contact_on": "CareContDate",
            "appointment_type": "AppType",
            "attendance_code": "AttendOrDNACode",
            "planned_indicator": "PlannedCareContIndicator",
            "consultation_medium": "ConsMechanism",
            "duration_minutes": "ClinContDurOfCareCont",
            "therapy_mode": "CareContPatientTherMode",
            "is_ltc_service": "coalesce(IAPTLTCServiceInd = 'Y', false)",
            "psychotropic_medication": normalise_sql(get("PsychMed"), "PsychMed"),
        },
        keep=("submission_no", "provider_no", "CareContactId", "pathway_no", *_OF_PATHWAY),
        joins=(Join("referral", ("provider_no", "ServiceRequestId"), "inner"),),
        anew=True,  # Held, it would be the widest table of all, and each of its two readers asks for other columns.
        why="Contacts of every kind. A local identifier comes back in later months, so the submission is part of it.",
    ),
    Step(
        "staff",
        "IDS902CarePersQual",
        columns={
            "recorded_from_on": f"min({_FROM})",
            "qualified_from_on": f"min(case when {_COUNTS} and QualAwardedDate is not null "
            f"then greatest(QualAwardedDate, {_FROM}) end)",
            "planned_from_on": f"min(case when {_COUNTS} and QualPlannedCompletionDate is not null then {_FROM} end)",
            "due_from_on": f"min(case when {_COUNTS} and QualPlannedCompletionDate is not null "
            f"then greatest(QualPlannedCompletionDate, {_FROM}) end)",
        },
        group_by=("provider_no", "CarePersLocalId"),
        why="From when on there is any record of somebody, a qualification that counts, a planned one, and one whose "
        "planned day has come: each no earlier than the month in which it was first sent, where that is known.",
    ),
    Step(
        "activity",
        "IDS202CareActivity",
        keep=("submission_no", "CareActId", "contact_no", "therapy", *FLAGS),
        joins=(
            Join("contact_seen", ("submission_no", "CareContactId"), "inner"),
            Join("staff", ("provider_no", "CarePersLocalId")),
            Join(THERAPY_TYPE, ("CodeProcAndProcStatus",)),
        ),
        why="Activities with their contact, what the therapy code means, and whether the member of staff is qualified.",
    ),
    Step("activities_of_contact", "activity", group_by=("contact_no",)),
    Step(
        "contact_core",
        "contact_seen",
        columns={
            **{name: f"coalesce({name}, false)" for name in (*OF_CONTACT, *STAFF_FACTS)},
            # A contact without any activity names no staff, of whom there could be a record.
            "staff_unknown": "coalesce(staff_unknown, true)",
        },
        keep=("contact_no", "pathway_no", "psychotropic_medication", *_OF_PATHWAY, *_SUBMITTED),
        joins=(Join("activities_of_contact", ("contact_no",)),),
    ),
    Step("contact_facts", "contact_core", keep=("*",), why="Each contact with what it counts as."),
    Step("contacts_of_pathway", "contact_facts", group_by=("pathway_no",)),
    Step(
        "contact_therapy",
        "activity",
        columns={"activity_count": "count(*)"},
        where="therapy is not null",
        group_by=("contact_no", "therapy"),
    ),
    Step(
        "therapy_seen",
        "contact_therapy",
        columns={"contact_key": "contact_no"},
        keep=("therapy", "pathway_no", *_OF_PATHWAY, *_SUBMITTED, "has_employment_support", "is_treatment"),
        joins=(Join("contact_facts", ("contact_no",), "inner"),),
        anew=True,  # It is `contact_facts` over again, of which one reader wants two columns.
    ),
    Step("therapies_of_pathway", "therapy_seen", where="is_treatment", group_by=("pathway_no",)),
    Step(
        "therapy_contact",
        "therapy_seen",
        keep=(
            "contact_key",
            "therapy",
            "pathway_no",
            *(f"therapy_seen.{name}" for name in _OF_PATHWAY),
            *_SUBMITTED,
            "has_employment_support",
            "is_treatment",
            *PLACES,
        ),
        joins=(Join("pathway", ("pathway_no",), "inner"),),
        why="One row for each therapy of a care contact.",
    ),
    Step(
        "contact",
        "contact_facts",
        columns={"contact_key": "contact_no"},
        keep=(
            "pathway_no",
            *(f"contact_facts.{name}" for name in _OF_PATHWAY),
            *_SUBMITTED,
            "has_employment_support",
            "is_assessment",
            "is_treatment",
            *OF_CONTACT,
            *STAFF_FACTS,
            "staff_unknown",
            *PLACES,
            "first_employment_support_on",
            "employment_support_ended_on",
        ),
        joins=(
            Join("pathway", ("pathway_no",), "inner"),
            Join("employment_support_ended", ("contact_no",)),
        ),
        why="One row a care contact, with what the measures ask of its pathway.",
    ),
)
