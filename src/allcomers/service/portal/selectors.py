"""Reading what the patient's place shows: always of one person."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from allcomers.service.people.models import Person, PersonLink
from allcomers.service.portal.models import LINK_PURPOSE, Correction, Invitation, WaitStatement
from allcomers.service.questionnaires.models import MeasureRequest, Response
from allcomers.service.referrals.models import Contact, Referral

OPEN = (Referral.State.RECEIVED, Referral.State.ACCEPTED, Referral.State.MERGED)


def open_invitation_links(person: Person) -> QuerySet[PersonLink]:
    found = PersonLink.objects.filter(person=person, purpose=LINK_PURPOSE)
    return found.filter(used_at=None, cancelled_at=None, locked_at=None, expires_at__gt=timezone.now())


def invitation_of_link(person: Person, link_id: UUID) -> Invitation | None:
    return Invitation.objects.filter(person=person, link=link_id).first()


def to_be_answered(person: Person) -> list[MeasureRequest]:
    """Questionnaires that were asked for and are not finished, the oldest first."""
    unfinished = Response.objects.filter(request=OuterRef("pk"), finished_at=None, withdrawn_at=None)
    asked = MeasureRequest.objects.filter(Exists(unfinished), person=person, complete_at=None, withdrawn_at=None)
    return list(asked.select_related("person").prefetch_related("responses").order_by("entered_at"))


def to_be_answered_with_id(person: Person, request_id: UUID) -> MeasureRequest | None:
    return next((one for one in to_be_answered(person) if one.pk == request_id), None)


def contacts_of(person: Person) -> list[Contact]:
    """Every way to reach somebody that they gave, the latest first; where they live only while it is not protected."""
    hidden = [Contact.Channel.POST] if person.address_protected else []
    found = Contact.objects.filter(referral__person=person, withdrawn_at=None).exclude(channel__in=hidden)
    return list(found.order_by("-entered_at", "channel"))


def referral_that_counts(person: Person) -> Referral | None:
    """The latest that waits or was accepted; without one, the latest of all."""
    found = list(Referral.objects.filter(person=person, withdrawn_at=None).order_by("-received_at"))
    return next((one for one in found if one.state in OPEN), found[0] if found else None)


def wait_stated() -> WaitStatement | None:
    """The latest statement about waits, whether or not it may still be told."""
    return WaitStatement.objects.filter(withdrawn_at=None).select_related("entered_by").order_by("-entered_at").first()


def corrections_of(person: Person) -> QuerySet[Correction]:
    return Correction.objects.filter(person=person).select_related("answered_by").order_by("-asked_at")


def correction_of(person: Person, correction_id: UUID) -> Correction | None:
    return corrections_of(person).filter(pk=correction_id).first()


def correction_with_id(correction_id: UUID) -> Correction | None:
    """For the permission table alone, which decides before anything is shown."""
    return Correction.objects.filter(pk=correction_id).select_related("person").first()


def corrections_to_answer(people: QuerySet[Person]) -> QuerySet[Correction]:
    waiting = Correction.objects.filter(person__in=people.values("pk"), state=Correction.State.ASKED, withdrawn_at=None)
    return waiting.select_related("person").order_by("asked_at", "pk")
