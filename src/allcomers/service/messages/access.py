"""Who may see what was sent to somebody, and deal with what could not be delivered."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import CLINICAL, Place, Purpose, Role, record, staff
from allcomers.service.messages.selectors import message_with_id, undelivered
from allcomers.service.people.access import ARRANGE, CARE
from allcomers.service.people.models import Person
from allcomers.service.referrals.access import HANDLE


def _sent_to(parameters: Mapping[str, Any]) -> Person | None:
    message = message_with_id(parameters["message_id"])
    return None if message is None else message.person


ENTRIES = {
    "messages:of_person": record(CARE, ARRANGE, person=person_in_address, reads="message.listed"),
    "messages:undelivered": staff(
        CLINICAL | {Role.ADMINISTRATOR},
        Purpose.ADMINISTRATION,
        lists=(ARRANGE, CARE, HANDLE),
        reads="message.listed",
    ),
    "messages:settle": record(CARE, ARRANGE, HANDLE, person=_sent_to, reads="message.opened"),
    "messages:locked": record(CARE, ARRANGE, HANDLE, person=person_in_address, reads="link.locked_looked_at"),
}

READINGS = {
    "message.queued": "A message to you was made ready",
    "message.queued_before": "A message to you was asked for twice, and is sent once",
    "message.attempted": "A message to you was on its way",
    "message.put_off": "A message to you was kept until the morning",
    "message.sent": "A message to you was sent",
    "message.not_sent": "A message to you could not be sent yet",
    "message.failed": "A message to you could not be delivered, and we were told",
    "message.cancelled": "A message to you was no longer needed, and was not sent",
    "message.tried_again": "A message that had not reached you is sent again",
    "message.settled": "Somebody dealt with a message that had not reached you",
    "message.listed": "What we sent you was looked at",
    "link.locked_looked_at": "Somebody looked at which links to you were locked after five wrong answers",
    "message.opened": "A message that had not reached you was looked at",
}

MENU = (Place("messages:undelivered", "Messages", 25, waiting=undelivered),)
RECORD_MENU = (Place("messages:of_person", "Messages", 70),)
