"""Who may open the patient's place (the person), and the pages of those who answer what is asked there."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import (
    CLINICAL,
    Place,
    Purpose,
    Role,
    by_link,
    own,
    record,
    staff,
)
from allcomers.service.people.access import ARRANGE, CARE
from allcomers.service.people.models import Person
from allcomers.service.portal.models import LINK_PURPOSE
from allcomers.service.portal.selectors import correction_with_id, corrections_to_answer

ANSWERING = CLINICAL | {Role.ADMINISTRATOR}


def _asked_by(parameters: Mapping[str, Any]) -> Person | None:
    correction = correction_with_id(parameters["correction_id"])
    return None if correction is None else correction.person


ENTRIES = {
    "portal:home": own(reads="own.opened"),
    "portal:waiting": own(reads="own.opened"),
    "portal:worse": own(rate=(30, 300)),
    "portal:worse_sent": own(),
    "portal:questionnaires": own(rate=(30, 300)),
    "portal:record": own(reads="own.record_opened"),
    "portal:scores": own(reads="own.record_opened"),
    "portal:messages": own(reads="own.record_opened"),
    "portal:download": own(),
    "portal:readable": own(reads="own.exported"),
    "portal:fhir": own(reads="own.exported"),
    "portal:my_corrections": own(reads="own.record_opened"),
    "portal:ask_correction": own(rate=(30, 300)),
    "portal:disagree": own(rate=(30, 300)),
    "portal:join": by_link(LINK_PURPOSE, reads="place.shown"),
    "portal:invite": record(CARE, ARRANGE, person=person_in_address, reads="place.considered"),
    "portal:corrections": staff(ANSWERING, Purpose.ADMINISTRATION, lists=(CARE, ARRANGE), reads="correction.listed"),
    "portal:corrections_of": record(CARE, ARRANGE, person=person_in_address, reads="correction.opened"),
    "portal:correction": record(CARE, ARRANGE, person=_asked_by, reads="correction.opened"),
    "portal:waits": staff({Role.CLINICAL_LEAD, Role.ADMINISTRATOR, Role.DATA_LEAD}, Purpose.RUNNING),
}

READINGS = {
    "own.opened": "You opened your own page",
    "own.record_opened": "You opened your own record",
    "own.exported": "You took a copy of your record",
    "place.considered": "Somebody looked at inviting you to your place",
    "place.invited": "You were invited to a place of your own",
    "place.shown": "You opened the invitation to your place",
    "place.joined": "You chose a password for your place",
    "measures.opened_from_place": "You opened questionnaires from your place",
    "correction.asked": "You asked for something in your record to be put right",
    "correction.listed": "Your name was shown in the list of those who asked for something to be put right",
    "correction.opened": "What you asked to be put right was opened",
    "correction.answered": "What you asked to be put right was answered",
    "correction.disagreed": "You said that you do not agree with an answer",
}

MENU = (
    Place("portal:corrections", "Corrections", 60, waiting=corrections_to_answer),
    Place("portal:waits", "Waits we tell people", 70),
)
RECORD_MENU = (
    Place("portal:corrections_of", "Corrections asked for", 60),
    Place("portal:invite", "Invite to their place", 75),
)
