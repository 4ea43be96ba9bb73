"""Who may open the pages about a person, and the relationship that being responsible for them gives."""

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import (
    ALLOCATED,
    BREAK_GLASS,
    CARING,
    CLINICAL,
    TEAM,
    Place,
    Purpose,
    Relationship,
    Role,
    grant,
    public,
    record,
    staff,
)
from allcomers.service.people.selectors import allocated_to

RELATIONSHIPS = (Relationship(ALLOCATED, "is responsible for your care", allocated_to),)

ARRANGING = frozenset({Role.ADMINISTRATOR})
CARE = grant(CLINICAL, CARING, Purpose.DIRECT_CARE)
ARRANGE = grant(ARRANGING, TEAM, Purpose.ADMINISTRATION)
SEE_PROTECTED = grant(CLINICAL, BREAK_GLASS, Purpose.SAFETY)
"""The permission to see a protected address: asking for access in an emergency, which somebody else reviews."""

ENTRIES = {
    "people:search": staff(CLINICAL | ARRANGING, Purpose.DIRECT_CARE, lists=(CARE, ARRANGE), reads="person.listed"),
    "people:person": record(CARE, ARRANGE, person=person_in_address, reads="person.opened"),
    "people:change": record(CARE, ARRANGE, person=person_in_address, reads="person.opened"),
    "people:allocate": record(
        grant({Role.CLINICAL_LEAD, Role.SUPERVISOR, Role.DUTY}, CARING, Purpose.DIRECT_CARE),
        ARRANGE,
        person=person_in_address,
        reads="person.opened",
    ),
    "people:death": record(CARE, ARRANGE, person=person_in_address, reads="person.opened"),
    "people:protect_address": record(CARE, ARRANGE, person=person_in_address, reads="person.opened"),
    "people:address": record(SEE_PROTECTED, person=person_in_address, reads="address.opened"),
    "people:stop_protecting": record(SEE_PROTECTED, person=person_in_address, reads="address.opened"),
    "people:open_link": public(rate=(30, 300), counts={"GET"}),
    "people:link_check": public(rate=(20, 300)),
    "people:link_gone": public(),
}

READINGS = {
    "person.listed": "Your name was shown in a list",
    "person.looked_for": "Somebody looked for you by your NHS number, and was told that there is a record",
    "person.opened": "Your record was opened",
    "person.added": "Your record was begun",
    "person.changed": "Your details were changed",
    "death.recorded": "It was written down that you had died",
    "death.taken_back": "That you had died was found to be wrong, and taken back",
    "address.protected": "Your address was marked as protected",
    "address.protection_ended": "Your address is no longer marked as protected",
    "address.opened": "Your protected address was opened",
    "allocation.begun": "Somebody became responsible for your care",
    "allocation.ended": "Somebody stopped being responsible for your care",
    "link.made": "A link was made for you",
    "link.opened": "You opened a link we sent you",
    "link.wrong_answer": "Somebody followed a link we sent you and did not know your date of birth and postcode",
    "link.locked": "A link we sent you was locked after five wrong answers",
    "link.locked_dealt_with": "Somebody asked what had happened to links that were locked",
    "link.used": "You finished what a link was for",
    "link.cancelled": "A link made for you was cancelled",
}

MENU = (Place("people:search", "Find a person", 10),)
RECORD_MENU = (
    Place("people:person", "Summary", 10),
    Place("people:change", "Change details", 80),
    Place("people:allocate", "Who is responsible", 81),
    Place("people:protect_address", "Protect the address", 82),
    Place("people:address", "Address", 83),
    Place("people:death", "Record a death", 95),
)
