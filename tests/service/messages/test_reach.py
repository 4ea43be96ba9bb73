"""Hazards: a message after death, to a record struck through, to an old address, to somebody who should not know."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from allcomers.service.consents import actions as consents
from allcomers.service.consents.purposes import PURPOSES
from allcomers.service.governance import audit
from allcomers.service.messages import delivery, reach
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.referrals.models import Addition, Contact
from tests.service.messages.conftest import EMAIL, MOBILE, Provider, referral_of

pytestmark = pytest.mark.django_db


def asked(person: Any) -> Message:
    """A person is sent a link by text; its message."""
    request, _ = questionnaires.ask(by=audit.SYSTEM, person=person, keys=["PHQ9"], send_by="text")
    return Message.objects.get(about=str(request.pk), kind="measures_asked")


def test_only_ways_that_were_agreed_to_are_used(cast: Any) -> None:
    referral_of(cast.patient, agreed=False, mobile=MOBILE, email=EMAIL)
    assert reach.ways(cast.patient) == {}
    referral_of(cast.patient, email=EMAIL, landline="01632 960 002", post="1 Test Street")
    assert reach.ways(cast.patient) == {"email": EMAIL}


def test_somebody_without_contacts_is_sent_nothing(cast: Any) -> None:
    assert reach.ways(cast.patient) == {}


def test_a_number_of_an_earlier_referral_is_not_used(cast: Any) -> None:
    """Hazard: a message to an old address of somebody who had to flee."""
    with time_machine.travel(timezone.now() - timedelta(days=90)):
        referral_of(cast.patient, mobile="07700 900 111", email="old@example.org")
    referral_of(cast.patient, mobile=MOBILE)
    assert reach.ways(cast.patient) == {"text": MOBILE}


def test_a_number_taken_back_after_a_message_was_queued_is_not_used(cast: Any, provider: Provider) -> None:
    referral_of(cast.patient, mobile=MOBILE)
    message = asked(cast.patient)
    contact = Contact.objects.get()
    contact.withdraw(by=None, because="Not mine any more", version=contact.version)
    delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.because, provider.letters) == ("cancelled", "no_way", [])


@pytest.mark.parametrize("said", ["no", "taken back"])
def test_a_later_referral_by_somebody_else_does_not_undo_a_no(said: str, cast: Any) -> None:
    """Hazard: a GP ticks that texts are welcome, and the person had said that they are not."""
    asked_about = {
        "by": audit.SYSTEM,
        "person": cast.patient,
        "purpose": PURPOSES["messages_mobile"],
        "asked": "portal",
    }
    given = consents.answer(**asked_about, said="yes" if said == "taken back" else "no")
    if said == "taken back":
        consents.take_back(by=audit.SYSTEM, person=cast.patient, consent=given, asked="portal", version=given.version)
    referral_of(cast.patient, mobile=MOBILE, email=EMAIL)
    assert reach.ways(cast.patient) == {"email": EMAIL}
    consents.answer(**asked_about, said="yes")
    assert reach.ways(cast.patient) == {"text": MOBILE, "email": EMAIL}


def test_a_shared_telephone_stays_shared_whatever_a_later_referral_leaves_out(cast: Any) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=90)):
        referral_of(cast.patient, mobile=MOBILE, answers={"contact": {"device_shared": True}})
    referral_of(cast.patient, mobile=MOBILE, answers={"contact": {"device_shared": False}})
    assert reach.device_is_shared(cast.patient)
    assert not reach.device_is_shared(cast.stranger)


def test_no_text_where_the_service_sends_none(cast: Any, settings: Any) -> None:
    referral_of(cast.patient, mobile=MOBILE, email=EMAIL)
    settings.ALLCOMERS = settings.ALLCOMERS.but(texts="none")
    assert reach.ways(cast.patient) == {"email": EMAIL}


@pytest.mark.parametrize("kind", ["measures_asked", "measures_reminder"])
def test_no_reminder_after_death(kind: str, cast: Any, provider: Provider) -> None:
    """Hazard: a reminder reaches a family after a death. Queued before, it does not leave after."""
    referral_of(cast.patient, mobile=MOBILE)
    asked(cast.patient)
    cast.patient.died_on = date(2026, 1, 2)
    cast.patient.save_version(cast.patient.version)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        delivery.deliver()
    assert provider.letters == []
    assert {(one.status, one.because) for one in Message.objects.filter(kind=kind)} == {("cancelled", "died")}
    assert reach.ways(cast.patient) == {}


def test_nothing_to_a_record_that_was_merged_away(cast: Any, provider: Provider) -> None:
    """Hazard: the struck-through twin of a record sends to whom it no longer is."""
    referral_of(cast.patient, mobile=MOBILE)
    message = asked(cast.patient)
    cast.patient.withdraw(by=None, because="the same as another record", version=cast.patient.version)
    delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.because, provider.letters) == ("cancelled", "struck_through", [])


@pytest.mark.parametrize("said", ["at first", "later"])
def test_a_message_to_a_shared_telephone_has_no_link(said: str, cast: Any, provider: Provider) -> None:
    """Hazard: somebody who lives with the person, and knows their date of birth, follows the link."""
    shared = {"device_shared": True}
    referral = referral_of(cast.patient, mobile=MOBILE, answers={"contact": shared} if said == "at first" else {})
    if said == "later":
        Addition.objects.create(referral=referral, kind=Addition.Kind.WORDS, said=shared)
    asked(cast.patient)
    delivery.deliver()
    (letter,) = provider.letters
    assert letter.body == "Hello. Please ring us on 01632 960 001 when it is a good time for you."
    assert not cast.patient.links.exists()


def test_an_address_is_shown_to_staff_in_part(cast: Any) -> None:
    assert reach.masked("text", " 07700 900 982 ") == "number ending 982"
    assert reach.masked("email", EMAIL) == "p…@example.org"
