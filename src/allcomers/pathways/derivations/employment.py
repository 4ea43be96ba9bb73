"""Employment status, sick pay and the end of employment support, from the employment records of the person."""

from allcomers.codes.employment import EMPLOYMENT_STATUS
from allcomers.pathways.derivations.derivation import CONSTRUCTIONS, OURS, Derivation, Status

LINK, OF_PATHWAY = "pathway_employment", "employment_of_pathway"
_STATUSES = ", ".join(f"'{one.code}'" for one in EMPLOYMENT_STATUS)
_ORDER = "order_no"
_M316 = f"{CONSTRUCTIONS}, M316-M331"
_NEEDS = ("IDS004EmpStatus",)


def _first_or_last(name: str, value: str, where: str, *, source: str, status: Status, **more: str) -> Derivation:
    which = "arg_min" if name.endswith("_first") else "arg_max"
    return Derivation(
        name,
        f"{which}({value}, {_ORDER}) filter (where {where})",
        on=OF_PATHWAY,
        source=source,
        status=status,
        needs=_NEEDS,
        **more,
    )


LINKED = (
    Derivation(
        "in_pathway",
        "coalesce(EmployStatusRecDate between received_on and window_ended_on, false)",
        on=LINK,
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
    ),
    Derivation(
        "is_valid_status",
        f"coalesce(EmployStatus in ({_STATUSES}) and SickAbsenceInd in ('Y', 'N', '8', 'Z', 'X') "
        "and EmployStatusRecDate between received_on and window_ended_on, false)",
        on=LINK,
        source=_M316,
        status=Status.VERIFIED,
        why="Dated from referral to discharge. Only for the end of employment support, of which other measures ask, "
        "does the source add the last employment support (EA050-EA057).",
    ),
)

PATHWAY = (
    Derivation(
        "employment_status_count",
        "count(*) filter (where in_pathway)",
        on=OF_PATHWAY,
        national="Count_EmploymentStatuses",
        id="I101D15",
        source=f"{CONSTRUCTIONS}, EA001",
        status=Status.RECONSTRUCTED,
        needs=_NEEDS,
    ),
    Derivation(
        "sick_pay_count",
        "count(*) filter (where in_pathway and sick_pay is not null)",
        on=OF_PATHWAY,
        national="Count_StatutorySickpayIndicators",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        needs=_NEEDS,
    ),
    _first_or_last("employment_first", "employment_status", "is_valid_status", source=_M316, status=Status.VERIFIED),
    _first_or_last("employment_last", "employment_status", "is_valid_status", source=_M316, status=Status.VERIFIED),
    _first_or_last("sickness_first", "sickness_absence", "is_valid_status", source=_M316, status=Status.VERIFIED),
    _first_or_last("sickness_last", "sickness_absence", "is_valid_status", source=_M316, status=Status.VERIFIED),
    _first_or_last(
        "sick_pay_first",
        "sick_pay",
        "in_pathway",
        source=f"{CONSTRUCTIONS}, M237",
        status=Status.UNVERIFIED,
        national="SickpayIndicator_First",
        id="I101D17",
        why="The meaning is verified; the window and the order of two answers on one day are not.",
    ),
    _first_or_last(
        "sick_pay_last",
        "sick_pay",
        "in_pathway",
        source=f"{CONSTRUCTIONS}, M237",
        status=Status.UNVERIFIED,
        national="SickpayIndicator_Last",
        id="I101D18",
        why="As the first.",
    ),
    Derivation(
        "employment_support_discharged_on",
        "max(employment_support_discharged_on) filter (where employment_support_discharged_on >= received_on)",
        on=OF_PATHWAY,
        source=OURS,
        status=Status.RECONSTRUCTED,
        why="A person may have several records with several dates; the latest that is not before the referral. "
        "Measures that ask for a date in a period read `pathway_employment`.",
        needs=_NEEDS,
    ),
)

DERIVATIONS = LINKED + PATHWAY
