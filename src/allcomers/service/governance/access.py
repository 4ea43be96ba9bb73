"""Who may open the pages of governance, and the relationship that access in an emergency gives."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.permissions import (
    BREAK_GLASS,
    CARING,
    CLINICAL,
    TEAM,
    UNRELATED,
    Audience,
    Entry,
    PersonIds,
    Place,
    Purpose,
    Relationship,
    Role,
    grant,
    own,
    record,
    staff,
)
from allcomers.service.governance.selectors import opening, to_review
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import person_with_id


def person_in_address(parameters: Mapping[str, Any]) -> Person | None:
    """The person whom `person_id` names, for addresses that have it."""
    return person_with_id(parameters["person_id"])


def _in_an_emergency(viewer: Viewer) -> PersonIds:
    return opening(viewer.moment()).filter(user=viewer.user()).values("person")


RELATIONSHIPS = (Relationship(BREAK_GLASS, "asked for access in an emergency", _in_an_emergency),)

OVERSEES = {Role.CLINICAL_LEAD, Role.AUDITOR}

ENTRIES = {
    "governance:keep_draft": Entry(Audience.SIGNED_IN, rate=(120, 60)),
    "governance:drop_draft": Entry(Audience.SIGNED_IN),
    "governance:break_glass": record(
        grant(CLINICAL, UNRELATED, Purpose.SAFETY), person=person_in_address, reads="break_glass.considered"
    ),
    "governance:break_glass_queue": staff(OVERSEES, Purpose.OVERSIGHT),
    "governance:review": staff(OVERSEES, Purpose.OVERSIGHT),
    "governance:events": staff({Role.AUDITOR}, Purpose.OVERSIGHT),
    "governance:opened": record(
        grant(CLINICAL, CARING, Purpose.DIRECT_CARE),
        grant({Role.ADMINISTRATOR}, TEAM, Purpose.ADMINISTRATION),
        grant({Role.AUDITOR}, UNRELATED, Purpose.OVERSIGHT),
        person=person_in_address,
        reads="trace.opened",
    ),
    "governance:mine": own(reads="trace.opened"),
}

READINGS = {
    "access.refused": "Somebody tried to open your record and was refused",
    "break_glass.considered": "Somebody looked at asking for your record in an emergency",
    "break_glass.begun": "Your record was opened in an emergency",
    "break_glass.reviewed": "Somebody else checked whether opening your record in an emergency was right",
    "trace.opened": "Who opened your record was looked at",
}

MENU = (
    Place("governance:break_glass_queue", "Emergency access", 80, waiting=lambda _: to_review()),
    Place("governance:events", "Audit", 85),
)
RECORD_MENU = (Place("governance:opened", "Who opened this record", 90),)
