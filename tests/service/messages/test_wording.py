"""Hazard: a message on a locked telephone tells somebody else. Every message is read for what it must not say (C6)."""

import re
from typing import Any

import pytest

from allcomers import instruments
from allcomers.service.governance import audit
from allcomers.service.messages import actions, wanted, wording
from allcomers.service.messages.letters import Letter, letter
from allcomers.service.people import links
from tests.service.messages.conftest import EMAIL, referral_of

pytestmark = pytest.mark.django_db
FORBIDDEN = re.compile(
    r"therap|talking|mental|health|nhs|clinic|psych|counsel|depress|anxi|mood|wellbeing|treatment|patient|diagnos|"
    r"referr|questionnaire|score|measure|assessment|appointment|session|suicid|self-harm|harm|crisis|danger|risk|safe|"
    r"medic|doctor|\bgp\b|support|help",
    re.IGNORECASE,
)
LINK = re.compile(r"https://care\.example\.org/\S+")


def written(kind: str, cast: Any, *, shared: bool = False) -> Letter:
    referral = referral_of(cast.patient, email=EMAIL, answers={"contact": {"device_shared": shared}})
    to_person = bool(wording.KINDS[kind].shared)
    message = actions.queue(
        by=audit.SYSTEM,
        kind=kind,
        channel="email",
        key="test",
        about=referral.pk,
        person=cast.patient if to_person else None,
        user=None if to_person else cast.clinician,
    )
    return letter(message, EMAIL)


@pytest.fixture(params=[(kind, shared) for kind in wording.KINDS for shared in (False, True)], ids=str)
def message(request: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> Letter:
    """Every message, as it leaves, on a telephone of one's own and on a shared one."""
    monkeypatch.setitem(links.PAGES, "referral", "people:link_gone")
    kind, shared = request.param
    return written(kind, cast, shared=shared)


def test_no_message_says_what_it_is_about(message: Letter) -> None:
    """Addresses aside: the host is the deployer's choice, and the docs say so; the path has no name of a person."""
    words = LINK.sub("", f"{message.subject}\n{message.body}")
    assert FORBIDDEN.findall(words) == []


def test_no_message_names_the_service(message: Letter) -> None:
    said = f"{message.subject}\n{message.body}"
    assert "Northtown" not in said


def test_no_message_has_anything_from_the_record(message: Letter, cast: Any) -> None:
    """But the reference of what they sent, which says nothing."""
    person, reference = cast.patient, cast.patient.referrals.get().reference
    said = LINK.sub("", f"{message.subject}\n{message.body}").replace(reference, "").casefold()
    values = [person.given_name, person.family_name, person.nhs_number, person.number, person.postcode, str(person.pk)]
    values += ["1985", "27 march", EMAIL, "07700", cast.clinician.name, *(one.key for one in instruments.all())]
    assert [value for value in values if value.casefold() in said] == []


def test_each_kind_is_asked_whether_it_is_still_wanted() -> None:
    assert set(wanted.STILL) == set(wording.KINDS)


def test_every_message_is_whole(message: Letter) -> None:
    """No gap left, no doubled space, short enough for two text messages, and an address alone at its end is one."""
    assert "{" not in message.body
    assert "  " not in message.body
    assert message.body == message.body.strip()
    assert len(message.body) <= 306, len(message.body)
    assert all(not one.group().endswith((".", ",")) for one in LINK.finditer(message.body))


@pytest.mark.parametrize("kind", [name for name, one in wording.KINDS.items() if one.shared])
def test_a_shared_telephone_gets_no_link_whatever_the_kind(
    kind: str, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(links.PAGES, "referral", "people:link_gone")
    assert LINK.search(written(kind, cast).body)
    assert not LINK.search(wording.KINDS[kind].shared)


def test_messages_to_staff_have_no_personal_data_and_lead_to_a_page_that_asks_for_a_sign_in(
    cast: Any, client: Any
) -> None:
    for kind in [name for name, one in wording.KINDS.items() if not one.shared]:
        body = wording.KINDS[kind].words
        assert re.findall(r"{(\w+)}", body) == ["page"]
    address = LINK.search(written("alert_raised", cast).body)
    assert address
    answer = client.get(address.group().removeprefix("https://care.example.org"))
    assert answer.headers["Location"].startswith("/sign-in/")


def test_without_the_page_that_a_link_opens_the_sentence_is_left_out(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(links.PAGES, "referral", raising=False)
    message = written("referral_received", cast)
    reference = cast.patient.referrals.get().reference
    assert message.body == (
        f"Thank you. We have what you sent us. Your reference is {reference}. You can ring us on 01632 960 001."
    )


def test_a_letter_does_not_show_its_words_where_it_is_printed(cast: Any) -> None:
    shown = repr(written("measures_asked", cast))
    assert EMAIL not in shown
    assert "https" not in shown
