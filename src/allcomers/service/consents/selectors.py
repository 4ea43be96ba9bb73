"""Reading consents, with those that came in referrals: of one person, or of those who agree to something."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from allcomers.service.consents.models import Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import PURPOSES, Group, Purpose
from allcomers.service.governance.permissions import PersonIds
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Allocation, Person
from allcomers.service.people.selectors import allocations_that_count


def consents_of(person: Person) -> QuerySet[Consent]:
    """Every answer somebody gave, the latest first; struck-through ones among them."""
    theirs = Q(person=person, referral=None) | Q(referral__person=person)
    return Consent.objects.filter(theirs).select_related("recorded_by").order_by("-answered_at", "-entered_at", "-pk")


def consent_of(person: Person, consent_id: UUID) -> Consent | None:
    return consents_of(person).filter(pk=consent_id).first()


def legal_bases_of(person: Person) -> QuerySet[LegalBasis]:
    return LegalBasis.objects.filter(person=person).select_related("decided_by").order_by("-decided_at")


def legal_basis_of(person: Person, basis_id: UUID) -> LegalBasis | None:
    return legal_bases_of(person).filter(pk=basis_id).first()


def disclosures_of(person: Person) -> QuerySet[Disclosure]:
    """What was given about somebody, the latest first."""
    found = Disclosure.objects.filter(person=person).select_related("given_by", "consent", "legal_basis")
    return found.order_by("-given_at", "-pk")


def latest(answers: Iterable[Consent]) -> dict[tuple[str, str], Consent]:
    """The answer that counts for each purpose and recipient: the latest that is not struck through."""
    found: dict[tuple[str, str], Consent] = {}
    for one in sorted(answers, key=lambda one: (one.answered_at, one.entered_at)):
        if not one.withdrawn:
            found[one.purpose, " ".join(one.recipient.split()).casefold()] = one
    return found


def may_leave_messages(person: Person, channel: str, at: datetime) -> bool:
    """Whether a message may be left on a channel: `mobile`, `landline`, `email` or `post`."""
    answers = consents_of(person).filter(purpose=f"messages_{channel}")
    return any(one.live_at(at) for one in latest(answers).values())


def messages_refused(person: Person, at: datetime) -> set[str]:
    """The channels about which the person was asked, and on which no yes of theirs holds."""
    answers = latest(consents_of(person).filter(purpose__startswith="messages_", answered_at__lte=at)).values()
    return {one.about.channel for one in answers} - {one.about.channel for one in answers if one.live_at(at)}


@dataclass(frozen=True)
class Line:
    """One purpose on a page, with the answers that count now and those that were given before."""

    purpose: Purpose
    current: list[Consent] = field(default_factory=list)
    earlier: list[Consent] = field(default_factory=list)

    @property
    def live(self) -> list[Consent]:
        return [one for one in self.current if one.live]


def lines_of(person: Person) -> dict[Group, list[Line]]:
    """Every purpose there is, by group, with what this person said; two queries at most."""
    answers = list(consents_of(person))
    counting = set(latest(answers).values())
    groups: dict[Group, list[Line]] = {group: [] for group in Group}
    for purpose in PURPOSES.values():
        said = [one for one in answers if one.purpose == purpose.key]
        current, earlier = ([one for one in said if (one in counting) is wanted] for wanted in (True, False))
        groups[purpose.group].append(Line(purpose, current, earlier))
    return groups


def agreeing(rows: QuerySet[Any, Any], purpose: str, viewer: Viewer, *, person: str = "person") -> QuerySet[Any, Any]:
    """Those rows whose person's latest answer to a question is a yes that holds at the viewer's moment.

    For a purpose with one recipient; `person` is the rows' column with the person's id.
    """
    theirs = Q(person=OuterRef(person), referral=None) | Q(referral__person=OuterRef(person))
    said = Consent.objects.filter(theirs, purpose=purpose, withdrawn_at=None, answered_at__lte=viewer.moment())
    holding = Consent.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=viewer.moment()),
        Q(expires_on=None) | Q(expires_on__gte=viewer.day()),
        pk=OuterRef("said_last"),
        answer=Consent.Answer.YES,
    )
    said_last = Subquery(said.order_by("-answered_at", "-entered_at").values("pk")[:1])
    found: QuerySet[Any, Any] = rows.annotate(said_last=said_last).filter(Exists(holding))
    return found


def advised_by(viewer: Viewer) -> PersonIds:
    """The ids of the people whom an employment adviser helps: allocated to them, and agreeing to it at this moment."""
    helped = allocations_that_count(viewer, Allocation.Kind.EMPLOYMENT).filter(user=viewer.user())
    return agreeing(helped, "employment_help", viewer).values("person")


def held_by_adviser(person: Person) -> list[Disclosure]:
    """What the employment adviser was given and may still see: nothing that was taken back or has run out."""
    moment = timezone.now()
    answers = latest(consents_of(person)).values()
    holding = {one.pk for one in answers if one.about.work and not one.about.by_hand and one.live_at(moment)}
    return [one for one in disclosures_of(person) if one.consent_id in holding]
