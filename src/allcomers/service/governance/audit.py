"""Writing the audit chain: events gathered while a request or an action runs, and added in one go at its end.

An action's events go in at the end of its transaction, so that a change and its trace stand or fall together, and the
end of the chain is locked only for the moment before the commit. A request's own events (what was read) go in before
the answer leaves: an answer whose trace cannot be written is not sent.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from allcomers.service.governance.models import AuditChain, AuditEvent

CHAIN = "main"
START = hashlib.sha256(b"allcomers audit").hexdigest()
CHAINED = (
    "chain", "sequence", "at", "event", "actor", "actor_kind", "role", "relationship", "purpose", "person",
    "object_type", "object_id", "outcome", "source", "detail", "previous_hash",
)  # fmt: skip
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True)
class Actor:
    """Who does something, in which role and relationship, for which purpose, and from where."""

    kind: str
    user_id: UUID | None = None
    role: str = ""
    relationship: str = ""
    purpose: str = ""
    source: str = ""


SYSTEM = Actor("system", purpose="running")


def person_by_link(*, source: str) -> Actor:
    """The person themselves, who came by a link and is not signed in."""
    return Actor("person", relationship="self", purpose="own_copy", source=source)


@dataclass(frozen=True)
class Event:
    name: str
    by: Actor
    person: UUID | None = None
    of: models.Model | None = None
    outcome: str = DONE
    detail: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)


_gathered: ContextVar[list[Event] | None] = ContextVar("audit events not yet written", default=None)


def record(
    name: str,
    *,
    by: Actor,
    person: models.Model | UUID | None = None,
    of: models.Model | None = None,
    outcome: str = DONE,
    **detail: str | int | bool | None,
) -> None:
    """Write that something was done: `record("address.changed", by=actor, person=person, of=address)`.

    `detail` holds plain words, counts and ids; never what a record says.

    Raises
    ------
    TypeError : a value that would not come back from the database as it went in, such as a fraction.
    """
    if not all(isinstance(value, str | int | None) for value in detail.values()):
        raise TypeError("the detail of an event is text, whole numbers, yes or no")
    subject = person.pk if isinstance(person, models.Model) else person
    event = Event(name, by, subject, of, outcome, detail)
    waiting = _gathered.get()
    if waiting is None:
        with transaction.atomic():
            _append([event])
    else:
        waiting.append(event)


@contextmanager
def gathering() -> Iterator[list[Event]]:
    """Gather the events recorded inside, and append them when it ends well."""
    events: list[Event] = []
    token = _gathered.set(events)
    try:
        yield events
    finally:
        _gathered.reset(token)
    if events:
        with transaction.atomic(savepoint=False):  # inside an action, what fails here undoes the action as well
            _append(events)


def _append(events: list[Event]) -> None:
    """Add events to the end of the chain, in one insert. The end's row is the lock."""
    assert connection.in_atomic_block
    end = AuditChain.objects.select_for_update().filter(name=CHAIN).first()
    if end is None:
        AuditChain.objects.bulk_create([AuditChain(name=CHAIN, sequence=0, hash=START)], ignore_conflicts=True)
        end = AuditChain.objects.select_for_update().get(name=CHAIN)
    rows = []
    for event in events:
        row = _row(event, end.sequence + 1, end.hash)
        end.sequence, end.hash = row.sequence, row.hash
        rows.append(row)
    AuditEvent.objects.bulk_create(rows)
    end.save(update_fields=["sequence", "hash"])


def _row(event: Event, sequence: int, previous_hash: str) -> AuditEvent:
    row = AuditEvent(
        chain=CHAIN,
        sequence=sequence,
        at=event.at,
        event=event.name,
        actor=event.by.user_id,
        actor_kind=event.by.kind,
        role=event.by.role,
        relationship=event.by.relationship,
        purpose=event.by.purpose,
        person=event.person,
        object_type=event.of._meta.label if event.of is not None else "",
        object_id=str(event.of.pk) if event.of is not None else "",
        outcome=event.outcome,
        source=event.by.source,
        detail=event.detail,
        previous_hash=previous_hash,
    )
    row.hash = hash_of(row)
    return row


def hash_of(row: AuditEvent) -> str:
    """SHA-256 of the row's canonical JSON, which holds the hash before it."""
    values = {name: _plain(getattr(row, name)) for name in CHAINED}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


@dataclass(frozen=True)
class Fault:
    """The first place where a chain does not hold."""

    chain: str
    sequence: int
    why: str


def verify(noted: tuple[int, str] | None = None) -> tuple[int, str, Fault | None]:
    """Walk the chain from its start: how many events it has, the hash of the last, and the first broken link.

    Parameters
    ----------
    noted : a number and hash written down elsewhere at an earlier time; it must still be in the chain. Without it, a
        chain that was cut short or written anew from some point on by whoever owns the database cannot be told.
    """
    rows = AuditEvent.objects.filter(chain=CHAIN).order_by("sequence").iterator(chunk_size=2000)
    count, last, fault = walk(rows, noted)
    if fault is not None:
        return count, last, fault
    end = AuditChain.objects.filter(name=CHAIN).first()
    if end is not None and (end.sequence, end.hash) != (count, last):
        return count, last, Fault(CHAIN, count + 1, "the chain's last events are missing")
    return count, last, None


def walk(rows: Iterable[AuditEvent], noted: tuple[int, str] | None = None) -> tuple[int, str, Fault | None]:
    """The same of events in their order, wherever they come from: a database, or a backup."""
    previous, expected = START, 0
    for row in rows:
        expected += 1
        why = _broken(row, expected, previous, noted)
        if why:
            return expected, previous, Fault(CHAIN, min(row.sequence, expected), why)
        previous = row.hash
    if noted and noted[0] > expected:
        return expected, previous, Fault(CHAIN, expected + 1, "the chain ends before the noted event")
    return expected, previous, None


def _broken(row: AuditEvent, expected: int, previous: str, noted: tuple[int, str] | None) -> str:
    if row.sequence != expected:
        return "an event is missing"
    if row.previous_hash != previous:
        return "the event does not follow from the one before it"
    if hash_of(row) != row.hash:
        return "the event was altered"
    if noted and noted[0] == row.sequence and noted[1] != row.hash:
        return "the chain was written anew: the noted event was another"
    return ""


def address_hash(address: str) -> str:
    """A short keyed hash of a network address: enough to tell two places apart, not to find either."""
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:16]
