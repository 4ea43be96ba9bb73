"""The outbox: queueing inside what causes a message, taking one to send it, and writing down how that went."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.messages import clock, wanted
from allcomers.service.messages.letters import Letter, letter
from allcomers.service.messages.models import Message
from allcomers.service.people.models import Person

Status = Message.Status


@action
def queue(
    *,
    by: audit.Actor,
    kind: str,
    channel: str,
    key: str,
    about: UUID,
    person: Person | None = None,
    user: User | None = None,
    due_at: datetime | None = None,
) -> Message:
    """Put a message in the outbox, once for each `key`. Call it inside the action that causes it."""
    now = timezone.now()
    due = due_at or now
    row = Message(
        key=key, kind=kind, channel=channel, person=person, user=user, about=str(about),
        queued_at=now, wanted_at=due, due_at=due,
    )  # fmt: skip
    Message.objects.bulk_create([row], ignore_conflicts=True)
    stored = Message.objects.get(key=key)
    name = "message.queued" if stored.pk == row.pk else "message.queued_before"
    audit.record(name, by=by, person=person, of=stored, kind=kind, channel=str(channel))
    return stored


@action
def take(*, by: audit.Actor, message_id: UUID) -> Letter | None:
    """Take a message to send it: its words, to the address that holds now. None where there is nothing to send.

    For five minutes no other worker takes it. What is not wanted any more is cancelled here, whatever was queued.
    """
    found = Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person", "user")
    now = timezone.now()
    message = found.filter(wanted.due(now), pk=message_id).first()
    if message is None:
        audit.record("message.left", by=by)
        return None
    because, address = wanted.now(message)
    if because:
        _cancel(by, message, because)
    elif message.attempts >= clock.MOST_ATTEMPTS:
        _give_up(by, message, "WorkerEnded")
    elif wanted.at_night(message, now):
        _put_off(by, message, clock.by_day(now))
    else:
        return _taken(by, message, address, now)
    return None


@action
def sent(*, by: audit.Actor, message_id: UUID, provider_id: str) -> Message:
    """The provider has it. True whatever happened to the row meanwhile, so it is written down always."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    message.status, message.because, message.provider_id = Status.SENT, "", provider_id[:80]
    message.ended_at, message.leased_until, message.last_error = timezone.now(), None, ""
    message.save()
    _record("message.sent", by, message)
    return message


@action
def not_sent(*, by: audit.Actor, message_id: UUID, error: str, final: bool) -> Message:
    """It failed: tried again later, or given up where the provider will never take it or it failed too often."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.status != Status.QUEUED:
        _record("message.not_sent", by, message)
        return message
    if final or message.attempts >= clock.MOST_ATTEMPTS:
        _give_up(by, message, error)
        return message
    again = clock.after_failure(timezone.now(), message.attempts)
    message.due_at = again if message.person_id is None else clock.by_day(again)
    message.leased_until, message.last_error = None, error[:60]
    message.save()
    _record("message.not_sent", by, message)
    return message


@action
def cancel_about(*, by: audit.Actor, about: UUID, because: str) -> int:
    """Cancel what waits about something, in the transaction that makes it needless.

    One that is being sent at this moment is left: it is written down as what it will be.
    """
    return _cancel_waiting(by, because, about=str(about))


@action
def cancel_to(*, by: audit.Actor, person: Person, because: str) -> int:
    """The same of all that waits to be sent to somebody."""
    return _cancel_waiting(by, because, person=person)


@action
def try_again(*, by: audit.Actor, message: Message) -> Message:
    """Staff mended what was wrong: it is due now, and may fail as often as a new one.

    Raises
    ------
    ChangedMeanwhileError : somebody dealt with it meanwhile.
    """
    message = _unsettled(message)
    now = timezone.now()
    message.status, message.attempts, message.last_error = Status.QUEUED, 0, ""
    message.ended_at, message.wanted_at, message.due_at = None, now, now
    message.save()
    _record("message.tried_again", by, message)
    return message


@action
def settle(*, by: audit.Actor, member: User, message: Message) -> Message:
    """Staff reached the person in another way, or found that nothing is needed. Raises as `try_again` does."""
    message = _unsettled(message)
    message.settled_at, message.settled_by = timezone.now(), member
    message.save(update_fields=["settled_at", "settled_by"])
    _record("message.settled", by, message)
    return message


def _cancel_waiting(by: audit.Actor, because: str, **which: object) -> int:
    waiting = Message.objects.select_for_update(of=("self",)).filter(wanted.free(timezone.now()), **which)
    messages = list(waiting)
    for message in messages:
        _cancel(by, message, because)
    audit.record("messages.cancelled", by=by, count=len(messages))
    return len(messages)


def _unsettled(message: Message) -> Message:
    current = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if current.status != Status.FAILED or current.settled_at is not None:
        raise ChangedMeanwhileError(current)
    return current


def _taken(by: audit.Actor, message: Message, address: str, now: datetime) -> Letter:
    message.leased_until, message.attempts = now + clock.LEASE, message.attempts + 1
    message.save(update_fields=["leased_until", "attempts"])
    _record("message.attempted", by, message)
    return letter(message, address)


def _put_off(by: audit.Actor, message: Message, until: datetime) -> None:
    message.due_at, message.leased_until = until, None
    message.save(update_fields=["due_at", "leased_until"])
    _record("message.put_off", by, message)


def _cancel(by: audit.Actor, message: Message, because: str) -> None:
    message.status, message.because = Status.CANCELLED, because
    message.ended_at, message.leased_until = timezone.now(), None
    message.save()
    _record("message.cancelled", by, message)


def _give_up(by: audit.Actor, message: Message, error: str) -> None:
    message.status, message.last_error = Status.FAILED, error[:60]
    message.ended_at, message.leased_until = timezone.now(), None
    message.save()
    _record("message.failed", by, message)


def _record(name: str, by: audit.Actor, message: Message) -> None:
    """What happened to a message. Its words and address are in no event."""
    audit.record(
        name, by=by, person=message.person_id, of=message, kind=message.kind, channel=message.channel,
        attempts=message.attempts, because=str(message.because), error=message.last_error,
    )  # fmt: skip
