"""Addresses of the pages of referrals, for the matrix."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Referral
from allcomers.service.referrals.references import new_reference
from allcomers.service.referrals.steps import STEPS

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)


def decided_referral(person: Person) -> Referral:
    """A referral that nobody deals with any more: only a relationship to the person opens it."""
    return make_referral(person, state=Referral.State.ACCEPTED, decided_at=NOON)


def make_referral(person: Person, **more: Any) -> Referral:
    known = {
        "received_at": NOON,
        "area": "inside",
        "answers": {step.name: {} for step in STEPS},
        "wording_version": "1",
    }
    return Referral.objects.create(person=person, reference=new_reference(), **{**known, **more})


def any_referral(person: Person) -> Referral:
    """The one that waits, where RELATE made one; otherwise one that nobody deals with any more."""
    return Referral.objects.filter(person=person).first() or decided_referral(person)


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "referrals:referral": lambda cast: {"referral_id": any_referral(cast.patient).pk},
    "referrals:look_again": lambda cast: {"referral_id": any_referral(cast.patient).pk},
    "referrals:step": lambda _cast: {"name": "name"},
    "referrals:professional_step": lambda _cast: {"name": "person"},
}

RELATE: dict[str, Callable[[Any, Person], object]] = {"handles_referral": lambda _user, person: make_referral(person)}
