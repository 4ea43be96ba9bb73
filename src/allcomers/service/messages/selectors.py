"""Reading the outbox."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from allcomers.service.messages import clock, wanted
from allcomers.service.messages.models import Message
from allcomers.service.people.models import Person

TO_STAFF_DAYS = 7


def due_ids(now: datetime, most: int) -> list[UUID]:
    """What is to be sent, to staff first: an alert does not wait behind a hundred reminders."""
    to_person = Case(When(person=None, then=0), default=1)
    found = Message.objects.filter(wanted.due(now)).order_by(to_person, "due_at")
    return list(found.values_list("pk", flat=True)[:most])


def messages_of(person: Person) -> QuerySet[Message]:
    """What was sent to a person, or is going to be, the latest first: for staff, and for the person."""
    return Message.objects.filter(person=person).order_by("-queued_at", "-due_at")


def message_with_id(message_id: UUID) -> Message | None:
    """For the permission table alone, which decides before anything is shown."""
    return Message.objects.filter(pk=message_id).select_related("person").first()


def undelivered_message_of(person: Person, message_id: UUID) -> Message | None:
    """One that could not be delivered, and that nobody has dealt with."""
    return _undelivered().filter(person=person, pk=message_id).first()


def undelivered(people: QuerySet[Person]) -> QuerySet[Message]:
    """Messages to these people that could not be delivered and wait for somebody, the oldest first."""
    return _undelivered().filter(person__in=people).select_related("person").order_by("ended_at", "pk")


def undelivered_to_staff(now: datetime) -> QuerySet[Message]:
    """Those of the last seven days to staff, and to the duty telephone."""
    since = now - timedelta(days=TO_STAFF_DAYS)
    return _undelivered().filter(person=None, ended_at__gte=since).select_related("user").order_by("-ended_at")


def _undelivered() -> QuerySet[Message]:
    return Message.objects.filter(status=Message.Status.FAILED, settled_at=None)


def state() -> str:
    """For `/health`: whether messages leave, and whether those that page staff arrive."""
    now = timezone.now()
    try:
        late = Message.objects.filter(wanted.due(now - clock.LATE)).order_by("due_at").first()
        lost = undelivered_to_staff(now).filter(ended_at__gte=now - timedelta(days=1)).count()
    except DatabaseError:
        return "cannot be read"
    if late is not None:
        minutes = int((now - late.due_at).total_seconds() // 60)
        return f"the oldest undelivered message is {minutes} minutes late: run `allcomers manage work`"
    return f"{lost} messages to staff could not be delivered since yesterday" if lost else "ok"
