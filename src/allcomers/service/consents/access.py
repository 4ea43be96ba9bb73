"""Who may answer (the person), record what was said, give what may be given, and decide without agreement.

An employment adviser stands in a relationship to somebody who agreed to their help, and while that holds.
"""

from allcomers.service.consents.selectors import advised_by
from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import (
    CARING,
    Place,
    Purpose,
    Relationship,
    Role,
    grant,
    own,
    record,
    staff,
)
from allcomers.service.people.access import ARRANGE, CARE

ADVISES = "advises"
RELATIONSHIPS = (Relationship(ADVISES, "helps you with work, as you agreed", advised_by),)

ADVISING = frozenset({Role.EMPLOYMENT_ADVISER})
ADVISE = grant(ADVISING, ADVISES, Purpose.EMPLOYMENT_HELP)
SENIOR = grant({Role.CLINICAL_LEAD, Role.SUPERVISOR}, CARING, Purpose.SAFETY)
ASKING = record(CARE, ARRANGE, person=person_in_address, reads="consent.opened")
GIVING = record(CARE, person=person_in_address, reads="disclosure.considered")

ENTRIES = {
    "consents:mine": own(reads="consent.own_opened"),
    "consents:answer_mine": own(rate=(60, 300)),
    "consents:take_back_mine": own(rate=(60, 300)),
    "consents:of_person": ASKING,
    "consents:ask": ASKING,
    "consents:take_back": ASKING,
    "consents:give": GIVING,
    "consents:given": record(CARE, person=person_in_address, reads="disclosure.opened"),
    "consents:without_agreement": record(SENIOR, person=person_in_address, reads="legal_basis.considered"),
    "consents:give_required": record(SENIOR, person=person_in_address, reads="disclosure.considered"),
    "consents:advised": staff(ADVISING, Purpose.EMPLOYMENT_HELP, lists=(ADVISE,), reads="adviser.listed"),
    "consents:for_adviser": record(ADVISE, person=person_in_address, reads="disclosure.opened_by_adviser"),
}

READINGS = {
    "consent.own_opened": "You opened the page of what you agree to",
    "consent.opened": "What you agree to was opened",
    "consent.answered": "What you agree to was written down",
    "consent.taken_back": "Something you had agreed to was taken back",
    "consent.kept_from_referral": "What you agreed to in your referral was written down",
    "consent.kept_of_contacts": "Where we may leave you messages was written down",
    "consent.not_asked_in_referral": "Somebody else referred you, so that you still have to be asked what you agree to",
    "legal_basis.considered": "Somebody looked at giving information about you because the law or safety requires it",
    "legal_basis.decided": "Somebody decided that the law or safety requires giving information about you",
    "disclosure.considered": "Somebody looked at giving information about you to somebody else",
    "disclosure.opened": "What was given about you to somebody else was opened",
    "disclosure.opened_by_adviser": "The employment adviser opened what you let them have",
    "adviser.listed": "Your name was shown in the list of those whom an employment adviser helps",
    "disclosure.made": "Information about you was given to somebody else",
}

MENU = (Place("consents:advised", "People you help with work", 10),)
RECORD_MENU = (Place("consents:of_person", "Consent and sharing", 50),)
