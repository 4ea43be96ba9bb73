"""Whether the staff of a contact are qualified, in training, or neither, on the day of the contact."""

from allcomers.codes.workforce import QUALIFICATION
from allcomers.pathways.derivations.derivation import CONSTRUCTIONS, Derivation, Status

STAFF, ACTIVITY, OF_CONTACT = "staff", "activity", "activities_of_contact"
LEVELS = ", ".join(f"'{one.code}'" for one in QUALIFICATION)
_NEEDS = ("IDS202CareActivity", "IDS902CarePersQual")


def _of_activity(name: str, rule: str, measure: str, why: str = "") -> Derivation:
    return Derivation(
        name,
        f"coalesce({rule}, false)",
        on=ACTIVITY,
        source=f"{CONSTRUCTIONS}, {measure}",
        status=Status.VERIFIED,
        why=why,
    )


def _of_contact(name: str, activity: str, measure: str, why: str = "") -> Derivation:
    return Derivation(
        name,
        f"coalesce(bool_or({activity}), false)",
        on=OF_CONTACT,
        source=f"{CONSTRUCTIONS}, {measure}",
        status=Status.VERIFIED,
        why=why or "One or more of the staff of the contact.",
        needs=_NEEDS,
    )


DERIVATIONS = (
    _of_activity("is_qualified", "first_awarded_on <= contact_on", "M1014"),
    _of_activity("is_planned_by", "first_planned_on <= contact_on", "M1016"),
    _of_contact("staff_qualified", "is_qualified", "M1014"),
    _of_contact("staff_in_training", "first_planned_on is not null and not is_qualified", "M1015"),
    _of_contact(
        "staff_neither",
        "has_staff and not is_qualified and first_planned_on is null",
        "M1016",
        why="The sense of M1016: no qualification and none planned.",
    ),
    _of_contact(
        "staff_neither_as_printed",
        "has_staff and not is_qualified and not is_planned_by",
        "M1016",
        why="M1016 as printed also asks that the planned date be on or before the contact, so that someone in training "
        "whose planned date lies ahead is counted both here and in M1015.",
    ),
    _of_contact("staff_unknown", "not has_staff", "M1017"),
)
