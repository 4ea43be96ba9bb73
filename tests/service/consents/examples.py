"""Addresses of the pages of consents, for the matrix: an agreement that holds, a decision, and what was given."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from allcomers.service.consents import actions, disclosure
from allcomers.service.consents.models import Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import PURPOSES
from allcomers.service.governance import audit
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person


def agreed(person: Person, purpose: str = "tell_gp", **more: Any) -> Consent:
    return actions.answer(by=audit.SYSTEM, person=person, purpose=PURPOSES[purpose], said="yes", asked="phone", **more)


def decided(person: Person, member: Any, **more: Any) -> LegalBasis:
    known = {
        "kind": "court",
        "recipient": "The county court",
        "kind_of_recipient": "court",
        "items": ["name"],
        "words": "Order of the court",
        "expires_on": timezone.localdate() + timedelta(days=7),
    }
    return actions.decide_without_agreement(by=audit.SYSTEM, member=member, person=person, **(known | more))


def given(person: Person, member: Any) -> Disclosure:
    consent = Consent.objects.filter(person=person, purpose="tell_gp").first() or agreed(person)
    return give(person, member, "tell_gp", consent.recipient, ["name"])


def give(person: Person, member: Any, purpose: str, recipient: str, items: list[str]) -> Disclosure:
    """Somebody looks at the words, and gives them."""
    what: dict[str, Any] = {"purpose": purpose, "recipient": recipient, "items": items}
    text, _ = disclosure.draft(person, at=timezone.now(), **what)
    return disclosure.disclose(by=audit.SYSTEM, member=member, person=person, seen=disclosure.mark_of(text), **what)


def helped_with_work(user: Any, person: Person) -> None:
    """An adviser is responsible for somebody who agreed to help with work."""
    agreed(person, "employment_help")
    people.allocate(by=audit.SYSTEM, person=person, user=user, starts_on=timezone.localdate(), kind="employment")


RELATE: dict[str, Callable[[Any, Person], object]] = {"advises": helped_with_work}
EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "consents:answer_mine": lambda _cast: {"purpose": "employer"},
    "consents:take_back_mine": lambda cast: {"consent_id": agreed(cast.patient).pk},
    "consents:ask": lambda cast: {"person_id": cast.patient.pk, "purpose": "employer"},
    "consents:take_back": lambda cast: {"person_id": cast.patient.pk, "consent_id": agreed(cast.patient).pk},
    "consents:give": lambda cast: {"person_id": cast.patient.pk, "consent_id": agreed(cast.patient).pk},
    "consents:given": lambda cast: {
        "person_id": cast.patient.pk,
        "disclosure_id": given(cast.patient, cast.clinician).pk,
    },
    "consents:give_required": lambda cast: {
        "person_id": cast.patient.pk,
        "basis_id": decided(cast.patient, cast.manager).pk,
    },
}
