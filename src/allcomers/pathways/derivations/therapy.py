"""Therapy types of contacts and sessions, made from the code list of therapies."""

import re
from functools import cache

from allcomers.codes.sources import THERAPY_MAPPING
from allcomers.codes.therapy import EMPLOYMENT_SUPPORT, OTHER_HIGH_COUNT, THERAPIES, Therapy
from allcomers.pathways.derivations.derivation import CONSTRUCTIONS, Derivation, Status

OF_CONTACT, OF_PATHWAY, GATHERED = "activities_of_contact", "therapies_of_pathway", "gathered"

_ITEMS = {
    "AppliedRelaxation_Count": 34,
    "BriefPsychodynamicPsychotherapy_Count": 35,
    "CognitiveBehaviourTherapy_Count": 36,
    "CollaborativeCare_Count": 37,
    "CounsellingDepression_Count": 38,
    "CouplesTherapyDepression_Count": 39,
    "EyeMovementDesensitisationReprocessing_Count": 41,
    "GuidedSelfHelp_Book_Count": 42,
    "GuidedSelfHelp_Computer_Count": 43,
    "InterpersonalPsychotherapy_Count": 44,
    "Mindfulness_Count": 45,
    "NonGuidedSelfHelp_Book_Count": 46,
    "NonGuidedSelfHelp_Computer_Count": 47,
    "OtherHighIntensity_Count": 48,
    "OtherLowIntensity_Count": 49,
    "PsychoeducationalPeerSupport_Count": 50,
    "StructuredPhysicalActivity_Count": 51,
    "CommunitySignPosting_Count": 52,
}
"""National item numbers, I101D34 to I101D52."""


@cache
def counted_therapies() -> dict[str, tuple[Therapy, ...]]:
    """The therapies that each national count field counts, in the order of the code list."""
    fields = dict.fromkeys(one.count_field for one in THERAPIES if one is not EMPLOYMENT_SUPPORT)
    return {field: tuple(one for one in THERAPIES if one.count_field == field) for field in fields}


def plain_name(national: str) -> str:
    """`cognitive_behaviour_therapy_count` for `CognitiveBehaviourTherapy_Count`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", national).lower()


def therapy_name(national: str) -> str:
    """What a therapy is called in our tables: its count column without the last word."""
    return plain_name(national).removesuffix("_count")


def _flag(name: str, why: str) -> Derivation:
    return Derivation(
        name,
        f"coalesce(bool_or({name}), false)",
        on=OF_CONTACT,
        source=THERAPY_MAPPING,
        status=Status.VERIFIED,
        why=why,
    )


def _count(field: str) -> Derivation:
    with_logs = field == OTHER_HIGH_COUNT
    name = plain_name(field)
    return Derivation(
        name,
        f"coalesce({therapy_name(field)}_sessions, 0)"
        + (" + coalesce(internet_therapy_count, 0)" if with_logs else ""),
        on=GATHERED,
        national=field,
        id=f"I101D{_ITEMS[field]}",
        source=CONSTRUCTIONS,
        status=Status.RECONSTRUCTED,
        why="Sessions that carry the code; one with two therapies counts once in each, which is reconstructed."
        + (
            " Internet therapy logs are counted here, as M112 says in passing and M108 counts them."
            if with_logs
            else ""
        ),
        needs=("IDS202CareActivity",),
    )


def _sessions(field: str) -> Derivation:
    name = therapy_name(field)
    return Derivation(
        f"{name}_sessions",
        f"count(*) filter (where therapy = '{name}')",
        on=OF_PATHWAY,
        source=THERAPY_MAPPING,
        status=Status.VERIFIED,
    )


CONTACT = (
    _flag("is_employment_support", "The code for employment support on any activity of the contact."),
    _flag("is_high_intensity", "Any activity with a high-intensity therapy."),
    _flag("is_low_intensity", "Any activity with a low-intensity therapy."),
    _flag("is_high_stage", "High intensity as the stage measures list it: without counselling and collaborative care."),
    _flag("is_low_stage", "Low intensity as the stage measures list it."),
    Derivation(
        "is_only_employment_support",
        "not coalesce(bool_or(not coalesce(is_employment_support, false)), true)",
        on=OF_CONTACT,
        source=CONSTRUCTIONS,
        status=Status.VERIFIED,
        why="Every activity has the code for employment support: nothing else was done, nor anything without a code.",
    ),
)
PATHWAY = (
    *(_sessions(field) for field in counted_therapies()),
    *(_count(field) for field in counted_therapies()),
)
DERIVATIONS = CONTACT + PATHWAY
