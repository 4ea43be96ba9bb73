"""Who may fill in a referral (anyone), and who may look at those that came in."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import (
    CARING,
    CLINICAL,
    TEAM,
    Entry,
    Place,
    Purpose,
    Relationship,
    Role,
    by_link,
    grant,
    public,
    record,
    staff,
)
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.access import ARRANGE, CARE
from allcomers.service.people.models import Person
from allcomers.service.referrals.changing import LINK_PURPOSE
from allcomers.service.referrals.paths import PROFESSIONAL, SELF, Path
from allcomers.service.referrals.selectors import handled_by, handled_with_id, inbox, person_of

HANDLES = "handles_referral"
RELATIONSHIPS = (Relationship(HANDLES, "is dealing with your referral", handled_by),)

HANDLING = CLINICAL | {Role.ADMINISTRATOR}
HANDLE = grant(HANDLING, HANDLES, Purpose.ADMINISTRATION)


def person_of_referral(parameters: Mapping[str, Any]) -> Person | None:
    return person_of(parameters["referral_id"])


def _is_handled(viewer: Viewer, parameters: Mapping[str, Any]) -> bool:
    return handled_with_id(viewer, parameters["referral_id"])


def _filling_in(path: Path) -> dict[str, Entry]:
    """The pages on which somebody refers: anyone may."""
    return {
        f"referrals:{path.prefix}{name}": public(rate=rate)
        for name, rate in {
            "start": None,
            "gate": (30, 300),
            "danger": None,
            "elsewhere": None,
            "step": (120, 300),
            "check": (20, 300),
            "done": None,
        }.items()
    }


THIS_ONE = {HANDLES: _is_handled}
OWN = by_link(LINK_PURPOSE, reads="referral.shown")
ENTRIES = {
    **_filling_in(SELF),
    **_filling_in(PROFESSIONAL),
    **{f"referrals:{name}": OWN for name in ("yours", "more", "contact", "needs", "cancel", "help_now")},
    "referrals:resume": public(rate=(10, 300)),
    "referrals:leave": public(rate=(30, 300)),
    "referrals:send_now": public(rate=(20, 300)),
    "referrals:inbox": staff(HANDLING, Purpose.ADMINISTRATION, lists=(HANDLE,), reads="referral.listed"),
    "referrals:referral": record(
        HANDLE,
        grant(CLINICAL, CARING, Purpose.DIRECT_CARE),
        grant({Role.ADMINISTRATOR}, TEAM, Purpose.ADMINISTRATION),
        person=person_of_referral,
        reads="referral.opened",
        rows=THIS_ONE,
    ),
    "referrals:look_again": record(HANDLE, person=person_of_referral, reads="referral.opened", rows=THIS_ONE),
    "referrals:of_person": record(CARE, ARRANGE, person=person_in_address, reads="referral.listed"),
}

READINGS = {
    "referral.listed": "Your referral was shown in a list",
    "referral.opened": "Your referral was opened",
    "referral.received": "A referral of you reached us",
    "referral.sent_again": "Your referral was sent a second time, and is stored once",
    "referral.first_looked": "Somebody looked at your referral for the first time",
    "referral.shown_as_possible_match": "You were shown as somebody who may be the person of another referral",
    "referral.accepted": "Your referral was accepted",
    "referral.merged": "Your referral was put to the record we had of you before",
    "referral.merge_undone": "A referral that had been put to your record was taken away from it again",
    "record.joined": "What we had of you in two records was put into one",
    "record.parted": "What had been put into one record was put into two again",
    "referral.signposted": "You were told of another service",
    "referral.rejected": "Your referral was not accepted",
    "referral.shown": "You opened your referral from a link we sent you",
    "referral.added_to": "You added something to your referral",
    "referral.contacts_changed": "You gave other ways in which we can reach you",
    "referral.needs_changed": "You told us what would make it easier for you",
    "referral.cancelled": "You cancelled your referral",
    "referral.reopened": "Your referral, which had been cancelled, was opened again",
    "referral.closed": "Somebody looked at the referral that you had cancelled, and closed it",
    "referral.looked_again": "Somebody looked at what you did with your referral after you had sent it",
}

MENU = (Place("referrals:inbox", "New referrals", 20, waiting=inbox),)
RECORD_MENU = (Place("referrals:of_person", "Referrals", 30),)
