"""Reading the audit and the queue of accesses in an emergency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import table
from allcomers.service.governance.audit import CHAIN, REFUSED
from allcomers.service.governance.models import AuditEvent, BreakGlass
from allcomers.service.governance.permissions import BREAK_GLASS, SELF, UNRELATED, Purpose, Role

A_PART = 100
BY_THE_PERSON = Q(relationship=SELF) & ~Q(outcome=REFUSED)
"""What was refused may have been tried by anybody who had the person's link."""
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
    """Who did what with a record, all of it, the latest first. `own` leaves out what the person is not shown."""
    return [_in_words(event) for event in _events_about(person_id, own=own)]


def page_of_trace(
    person_id: UUID, number: str | None, *, own: bool, by_person: bool
) -> tuple[Page[AuditEvent], list[Trace]]:
    """A part of it: what the person did themselves, or what anybody else did, so that neither hides the other."""
    every = _events_about(person_id, own=own)
    events = every.filter(BY_THE_PERSON) if by_person else every.exclude(BY_THE_PERSON)
    page = Paginator(events, A_PART).get_page(number)
    return page, [_in_words(event) for event in page.object_list]


def _events_about(person_id: UUID, *, own: bool) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.filter(person=person_id).order_by("-sequence")
    withheld = BreakGlass.objects.filter(person_id=person_id).exclude(withheld_because="") if own else ()
    for one in withheld:
        events = events.exclude(_belonging(one))
    return events


def _belonging(access: BreakGlass) -> Q:
    """The events that are part of one access in an emergency: asking for it, using it, and its review."""
    without_relationship = Q(relationship__in=["", UNRELATED, BREAK_GLASS])
    when = Q(at__gte=access.begun_at - BEFORE_IT, at__lte=access.ends_at)
    return Q(object_id=str(access.pk)) | without_relationship & when & Q(actor=access.user_id)


def _in_words(event: AuditEvent) -> Trace:
    return Trace(
        at=event.at,
        what=table.readings().get(event.event, event.event.replace(".", ": ").replace("_", " ").capitalize()),
        who=_who(event),
        why=Purpose(event.purpose).label if event.purpose else "",
        refused=event.outcome == REFUSED,
    )


def _who(event: AuditEvent) -> str:
    if event.relationship == SELF:
        return "Somebody with a link of yours" if event.outcome == REFUSED else "You"
    if event.actor_kind == "system":
        return "The service, by itself"
    role = f"A {Role(event.role).label}" if event.role else "Somebody"
    role = role.replace("A a", "An a").replace("A e", "An e")
    relation = table.relationships().get(event.relationship)
    return f"{role} who {relation.words}" if relation else role


def opening(moment: datetime) -> QuerySet[BreakGlass]:
    """Accesses in an emergency that open a record at a moment: a reviewer who finds one not justified ends it."""
    under_way = BreakGlass.objects.filter(begun_at__lte=moment, ends_at__gt=moment)
    return under_way.exclude(finding=BreakGlass.Finding.NOT_JUSTIFIED)


def emergency_under_way(user: User, person_id: UUID) -> BreakGlass | None:
    return opening(timezone.now()).filter(user=user, person_id=person_id).first()


def to_review() -> QuerySet[BreakGlass]:
    """Accesses in an emergency that nobody has reviewed, the one due first at the top."""
    return (
        BreakGlass.objects.filter(reviewed_at=None)
        .select_related("user", "person")
        .order_by("review_due_on", "begun_at")
    )


def review_state() -> str:
    """For `/health`: whether accesses in an emergency are being reviewed, which nobody may do of their own."""
    try:
        overdue = to_review().filter(review_due_on__lt=timezone.localdate()).exists()
    except DatabaseError:
        return "cannot be read"
    return "reviews of access in an emergency are overdue" if overdue else "ok"


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
