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
        why=why or "By what was sent by the month of the contact.",
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
    _of_activity("has_record", "recorded_from_on <= contact_on", "M1016"),
    _of_activity("is_qualified", "qualified_from_on <= contact_on", "M1014"),
    _of_activity("is_planned", "planned_from_on <= contact_on", "M1015"),
    _of_activity("is_due", "due_from_on <= contact_on", "M1016"),
    _of_contact("staff_qualified", "is_qualified", "M1014"),
    _of_contact("staff_in_training", "is_planned and not is_qualified", "M1015"),
    _of_contact(
        "staff_neither",
        "has_record and not is_qualified and not is_planned",
        "M1016",
        why="The sense of M1016: a record of qualifications with none attained that counts, and none planned.",
    ),
    _of_contact(
        "staff_neither_as_printed",
        "has_record and not is_qualified and not is_due",
        "M1016",
        why="M1016 as printed also asks that the planned date be on or before the contact, so that someone in training "
        "whose planned date lies ahead is counted both here and in M1015.",
    ),
    _of_contact(
        "staff_unknown",
        "not has_record",
        "M1017",
        why="One or more of the staff without any record of qualifications, or without a name.",
    ),
)
