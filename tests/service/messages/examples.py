"""Addresses of the pages of messages, for the matrix: one that could not be delivered."""

from collections.abc import Callable
from typing import Any

from allcomers.service.governance import audit
from allcomers.service.messages import actions
from allcomers.service.messages.models import Message


def undelivered(person: Any) -> Message:
    found = Message.objects.filter(person=person, status="failed").first()
    if found is not None:
        return found
    queued = actions.queue(
        by=audit.SYSTEM, kind="measures_asked", channel="text", key=f"test:{person.pk}", about=person.pk, person=person
    )
    return actions.not_sent(by=audit.SYSTEM, message_id=queued.pk, error="Refused", final=True)


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "messages:settle": lambda cast: {"message_id": undelivered(cast.patient).pk}
}
