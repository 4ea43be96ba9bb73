"""People who can be reached, and a provider that writes down what it is given."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from allcomers.service.messages import backends
from allcomers.service.messages.letters import Letter
from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Contact, Referral
from allcomers.service.referrals.references import new_reference

MOBILE, EMAIL = "07700 900 982", "patience@example.org"


def referral_of(person: Person, *, agreed: bool = True, answers: Any = None, **contacts: str) -> Referral:
    """An accepted referral with these contacts: `referral_of(person, mobile="07700 900 982")`."""
    referral = Referral.objects.create(
        person=person,
        reference=new_reference(),
        state=Referral.State.ACCEPTED,
        received_at=timezone.now(),
        decided_at=timezone.now(),
        area=Referral.Area.INSIDE,
        answers=answers or {},
        wording_version="test",
    )
    for channel, value in contacts.items():
        Contact.objects.create(referral=referral, channel=channel, value=value, may_leave_message=agreed)
    return referral


class Provider:
    """Takes every message, or fails as it is told to."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.fails: Callable[[], BaseException] | None = None
        self.dies_after: type[BaseException] | None = None

    def send(self, letter: Letter) -> str:
        if self.fails is not None:
            raise self.fails()
        self.letters.append(letter)
        if self.dies_after is not None:
            raise self.dies_after
        return f"id-{len(self.letters)}"

    def sent_to(self, to: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.to == to]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    monkeypatch.setattr(backends, "of", lambda _channel: made)
    return made


@pytest.fixture(autouse=True)
def _by_day() -> Iterator[None]:
    """A Monday at noon, so that no test depends on the hour at which it runs."""
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/London"))):
        yield


@pytest.fixture(autouse=True)
def _as_in_use(settings: Any, tmp_path: Any) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(
        messages="file",
        texts="file",
        data_folder=tmp_path,
        phone="01632 960 001",
        url="https://care.example.org",
        service_name="Northtown Talking Therapies",
        organisation="Northtown Partnership",
    )
