"""Reading the audit and the queue of accesses in an emergency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import table
from allcomers.service.governance.audit import CHAIN
from allcomers.service.governance.models import AuditEvent, BreakGlass
from allcomers.service.governance.permissions import Purpose, Role

A_PART = 100
OWN_READING = {"self"}
BEFORE_IT = timedelta(hours=1)  # being refused, and asking, come before the access


@dataclass(frozen=True)
class Trace:
    """One event as the person whose record it is reads it."""

    at: datetime
    what: str
    who: str
    why: str
    refused: bool


def trace_of(person_id: UUID, *, own: bool) -> list[Trace]:
    """Who did what with a record, the latest first, in plain words. `own` leaves out what the person is not shown."""
    events = AuditEvent.objects.filter(person=person_id).order_by("-sequence")[:500]
    withheld = list(BreakGlass.objects.filter(person_id=person_id).exclude(withheld_because="")) if own else []
    return [_in_words(event) for event in events if not any(_belongs(event, one) for one in withheld)]


def _belongs(event: AuditEvent, access: BreakGlass) -> bool:
    """Whether an event is part of one access in an emergency: asking for it, using it, or its review."""
    if event.object_id == str(access.pk):
        return True
    begun = access.begun_at - BEFORE_IT
    without_relationship = event.relationship in {"", "unrelated", "break_glass"}
    return without_relationship and event.actor == access.user_id and begun <= event.at <= access.ends_at


def _in_words(event: AuditEvent) -> Trace:
    return Trace(
        at=event.at,
        what=table.readings().get(event.event, event.event.replace(".", ": ").replace("_", " ").capitalize()),
        who=_who(event),
        why=Purpose(event.purpose).label if event.purpose else "",
        refused=event.outcome == "refused",
    )


def _who(event: AuditEvent) -> str:
    if event.relationship in OWN_READING:
        return "You"
    if event.actor_kind == "system":
        return "The service, by itself"
    role = f"A {Role(event.role).label}" if event.role else "Somebody"
    role = role.replace("A a", "An a").replace("A e", "An e")
    relation = table.relationships().get(event.relationship)
    return f"{role} who {relation.words}" if relation else role


def emergency_under_way(user: User, person_id: UUID) -> BreakGlass | None:
    now = timezone.now()
    return BreakGlass.objects.filter(user=user, person_id=person_id, begun_at__lte=now, ends_at__gt=now).first()


def to_review() -> QuerySet[BreakGlass]:
    """Accesses in an emergency that nobody has reviewed, the one due first at the top."""
    return (
        BreakGlass.objects.filter(reviewed_at=None)
        .select_related("user", "person")
        .order_by("review_due_on", "begun_at")
    )


def reviewed() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.exclude(reviewed_at=None).select_related("user", "person").order_by("-reviewed_at")


def access_with_id(number: UUID) -> BreakGlass | None:
    return BreakGlass.objects.select_related("user", "person").filter(pk=number).first()


@dataclass(frozen=True)
class Part:
    """Some events of the audit, the latest first, and whether there are newer and older ones of the same kind."""

    events: list[AuditEvent]
    newer: bool
    older: bool


def part_of_audit(*, event: str = "", before: int | None = None, after: int | None = None) -> Part:
    """The latest events of one kind, or of all: those before a number, or the first after one.

    By number, since counting a million events takes longer than reading a hundred of them.
    """
    every = AuditEvent.objects.filter(chain=CHAIN, **({"event": event} if event else {}))
    if after is not None:
        found = list(every.filter(sequence__gt=after).order_by("sequence")[: A_PART + 1])
        older = every.filter(sequence__lte=after).exists()
        return Part(found[:A_PART][::-1], newer=len(found) > A_PART, older=older)
    wanted = every if before is None else every.filter(sequence__lt=before)
    found = list(wanted.order_by("-sequence")[: A_PART + 1])
    newer = before is not None and every.filter(sequence__gte=before).exists()
    return Part(found[:A_PART], newer=newer, older=len(found) > A_PART)
