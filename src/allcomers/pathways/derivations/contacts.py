"""A care contact: whether it was attended, what it counts as, and what follows for the pathway."""

from allcomers.codes.therapy import EMPLOYMENT_SUPPORT
from allcomers.pathways.derivations.derivation import (
    CONSTRUCTIONS,
    OURS,
    SPECIFICATION,
    Derivation,
    Status,
    order_number,
)

SEEN, FACTS, OF_PATHWAY = "contact_seen", "contact_facts", "contacts_of_pathway"

_ATTENDED = Derivation(
    "attended",
    "coalesce(AttendOrDNACode in ('5', '6'), false) or coalesce(PlannedCareContIndicator = 'N', false)",
    on=SEEN,
    source=CONSTRUCTIONS,
    status=Status.VERIFIED,
    why="An unplanned contact counts as attended whatever its attendance code says, or if it has none.",
)
_IN_WINDOW = Derivation(
    "in_window",
    "coalesce(CareContDate between received_on and window_ended_on, false)",
    on=SEEN,
    source=CONSTRUCTIONS,
    status=Status.VERIFIED,
    why="From the day of referral to the day of discharge, or to the end of the data, both included.",
)

CONTACT = (
    _ATTENDED,
    _IN_WINDOW,
    Derivation(
        "order_no",
        order_number("contact_on", "contact_no"),
        on=FACTS,
        source=OURS,
        status=Status.RECONSTRUCTED,
        why="Contacts on one day are taken in the order of the records.",
    ),
    Derivation(
        "has_employment_support",
        "is_employment_support or coalesce(appointment_type = '10', false)",
        on=FACTS,
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
        why=f"Therapy code {EMPLOYMENT_SUPPORT.code} on any activity of the contact, or appointment type 10.",
    ),
    Derivation(
        "is_assessment",
        "attended and in_window and coalesce(appointment_type in ('01', '03'), false)",
        on=FACTS,
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
    ),
    Derivation(
        "is_treatment",
        "attended and in_window and coalesce(appointment_type in ('02', '03', '05'), false) "
        "and not is_employment_support",
        on=FACTS,
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
        why="The appointment type decides; no therapy code is needed. A contact that holds both therapy and employment "
        "support is left out whole, which is unverified.",
    ),
)

PATHWAY = (
    Derivation(
        "first_assessment_on",
        "min(contact_on) filter (where is_assessment)",
        on=OF_PATHWAY,
        national="Assessment_FirstDate",
        id="I101D23",
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
    ),
    Derivation(
        "last_assessment_on",
        "max(contact_on) filter (where is_assessment)",
        on=OF_PATHWAY,
        national="Assessment_LastDate",
        id="I101D24",
        source=SPECIFICATION,
        status=Status.VERIFIED,
        why="The identifier is inferred.",
    ),
    Derivation(
        "attended_contact_count",
        "count(*) filter (where attended and in_window)",
        on=OF_PATHWAY,
        source=OURS,
        status=Status.VERIFIED,
    ),
    Derivation(
        "first_integrated_contact_on",
        "min(contact_on) filter (where attended and is_ltc_service and coalesce(appointment_type <> '06', false))",
        on=OF_PATHWAY,
        national="IntegratedContact_FirstDate",
        id="I101D115",
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
        why="No window is printed, so none is used.",
    ),
    Derivation(
        "first_integrated_treatment_on",
        "min(contact_on) filter (where attended and is_ltc_service "
        "and coalesce(appointment_type in ('02', '03', '05'), false))",
        on=OF_PATHWAY,
        national="IntegratedTreatment_FirstDate",
        id="I101D116",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why="The meaning is verified; that treatment means appointment types 02, 03 and 05 is reconstructed.",
    ),
    Derivation(
        "employment_support_count",
        "count(*) filter (where attended and has_employment_support and contact_on >= received_on)",
        on=OF_PATHWAY,
        national="EmploymentSupport_Count",
        id="I101D40",
        source=SPECIFICATION,
        status=Status.RECONSTRUCTED,
        needs=("IDS202CareActivity",),
    ),
    Derivation(
        "first_employment_support_on",
        "min(contact_on) filter (where attended and has_employment_support and contact_on >= received_on)",
        on=OF_PATHWAY,
        national="EmpSupport_FirstDate",
        id="I101D117",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        needs=("IDS202CareActivity",),
        why="Contacts after clinical discharge count: employment support may go on after therapy has ended.",
    ),
    Derivation(
        "last_employment_support_on",
        "max(contact_on) filter (where attended and has_employment_support and contact_on >= received_on)",
        on=OF_PATHWAY,
        national="EmpSupport_LastDate",
        id="I101D118",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        needs=("IDS202CareActivity",),
        why="As the first.",
    ),
    Derivation(
        "psychotropic_first",
        "arg_min(psychotropic_medication, order_no) filter (where attended and in_window)",
        on=OF_PATHWAY,
        national="PsychotropicIndicator_First",
        id="I101D19",
        source=CONSTRUCTIONS,
        status=Status.UNVERIFIED,
        why="The answer at the first session that records one; which session counts when the first is blank, and the "
        "order of two on one day, are unverified.",
    ),
    Derivation(
        "psychotropic_last",
        "arg_max(psychotropic_medication, order_no) filter (where attended and in_window)",
        on=OF_PATHWAY,
        national="PsychotropicIndicator_Last",
        id="I101D20",
        source=CONSTRUCTIONS,
        status=Status.UNVERIFIED,
        why="As the first.",
    ),
)

DERIVATIONS = CONTACT + PATHWAY
