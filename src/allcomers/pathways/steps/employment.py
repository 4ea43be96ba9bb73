"""Employment records: as they are, and with each pathway of their person."""

from allcomers.codes.contact import EMPLOYMENT_SUPPORT_TYPE, FOLLOW_UP_TYPE
from allcomers.engine.step import Join, Step
from allcomers.pathways.derivations.derivation import month_number, order_number

_FIELDS = {
    "employment_status": "EmployStatus",
    "recorded_on": "EmployStatusRecDate",
    "weekly_hours": "WeekHoursWorked",
    "self_employed": "SelfEmployInd",
    "sickness_absence": "SickAbsenceInd",
    "sick_pay": "SSPInd",
    "receives_benefits": "BenefitRecInd",
    "employment_and_support_allowance": "ESAInd",
    "universal_credit": "UCInd",
    "personal_independence_payment": "PIPInd",
    "employment_support_suitable": "EmpSupportInd",
    "employment_support_referred_on": "EmpSupportReferral",
    "employment_support_discharged_on": "EmpSupportDischargeDate",
}

_PLACES = ("provider_code", "sub_icb_code", "icb_code", "region_code")
_LATEST = order_number("received_on", "pathway_no")

STEPS = (
    Step(
        "pathway_employment",
        "IDS004EmpStatus",
        columns={
            "employment_key": "IDS004EmpStatus.record_no",
            "order_no": order_number("EmployStatusRecDate", "IDS004EmpStatus.record_no"),
            **_FIELDS,
        },
        keep=("pathway_no", "pathway_id", "received_on", "discharged_on"),
        joins=(Join("referral", ("provider_no", "LocalPatientId"), "inner"),),
        why="Each record once for each pathway of its person.",
    ),
    Step("employment_of_pathway", "pathway_employment", group_by=("pathway_no",)),
    Step(
        "employment_support_end",
        "pathway_employment",
        columns={
            "ended_on": "employment_support_discharged_on",
            "known_on": "min(coalesce(recorded_on, employment_support_discharged_on))",
        },
        where="employment_support_discharged_on >= received_on",
        group_by=("pathway_no", "ended_on"),
        why="Each day on which the employment support of a pathway's person ended, and when a record first says so.",
    ),
    Step(
        "employment_support_ended",
        "contact_facts",
        columns={"employment_support_ended_on": "max(ended_on)"},
        joins=(
            Join(
                "employment_support_end",
                "employment_support_end.pathway_no = contact_facts.pathway_no "
                f"and {month_number('known_on')} <= {month_number('contact_on')}",
                "inner",
            ),
        ),
        where=f"appointment_type in ('{FOLLOW_UP_TYPE}', '{EMPLOYMENT_SUPPORT_TYPE}')",
        group_by=("contact_no",),
        why="The latest end of support known in the month of a contact that may belong to support: the source reads "
        "the employment record of the contact's own submission.",
    ),
    Step(
        "latest_commissioner",
        "pathway",
        columns={name: f"arg_max({name}, {_LATEST})" for name in _PLACES},
        group_by=("record_number",),
        why="An employment record names no commissioner; that of the person's latest referral stands in.",
    ),
    Step(
        "employment_record",
        "IDS004EmpStatus",
        columns={"employment_key": "IDS004EmpStatus.record_no", **_FIELDS},
        keep=_PLACES,
        joins=(
            Join("IDS001MPI", ("provider_no", "LocalPatientId")),
            Join("latest_commissioner", "latest_commissioner.record_number = IDS001MPI.record_no"),
        ),
        why="One row an employment record, whether or not it falls in a pathway.",
    ),
)
