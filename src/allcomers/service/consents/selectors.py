"""Reading consents: always of one person, with those that came in their referrals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from allcomers.service.consents.models import Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import PURPOSES, Group, Purpose
from allcomers.service.people.models import Person


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


def held_by_adviser(person: Person) -> list[Disclosure]:
    """What the employment adviser was given and may still see: nothing that was taken back or has run out."""
    moment = timezone.now()
    answers = latest(consents_of(person)).values()
    holding = {one.pk for one in answers if one.about.work and not one.about.by_hand and one.live_at(moment)}
    return [one for one in disclosures_of(person) if one.consent_id in holding]
