"""What staff see of messages, what they do about one not delivered, and asking for questionnaires by message."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from allcomers.service.governance import audit
from allcomers.service.governance.permissions import Role
from allcomers.service.messages import actions, delivery, selectors
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires import actions as questionnaires
from tests.service.messages.conftest import EMAIL, MOBILE, Provider, referral_of
from tests.service.messages.examples import undelivered

pytestmark = pytest.mark.django_db
LIST = "/messages/undelivered/"


def of(person: Any) -> str:
    return reverse("messages:of_person", kwargs={"person_id": person.pk})


def ask_page(person: Any) -> str:
    return reverse("questionnaires:ask", kwargs={"person_id": person.pk})


@pytest.fixture
def staff(cast: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(cast.clinician)
    return browser


@pytest.fixture
def administrator(cast: Any, member: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    return browser


def settle(browser: Client, message: Message, send: Any, **fields: Any) -> Any:
    return send(browser, reverse("messages:settle", kwargs={"message_id": message.pk}), **fields)


def test_staff_see_what_was_sent_how_when_and_how_it_went_and_never_the_words(
    cast: Any, staff: Client, provider: Provider
) -> None:
    referral_of(cast.patient, mobile=MOBILE)
    questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["GAD7"], send_by="text")
    delivery.deliver()
    said = staff.get(of(cast.patient)).content.decode()
    assert "Some questions to answer" in said
    assert "Text message" in said
    assert "Waiting to be sent" in said  # the reminders
    assert "number ending 982" in said
    token = provider.letters[0].body.split("/people/link/")[1].split("/")[0]
    assert token not in said
    assert MOBILE not in said


def test_the_page_says_why_nothing_can_be_sent(cast: Any, staff: Client) -> None:
    assert "no way to send them a message" in staff.get(of(cast.patient)).content.decode()
    cast.patient.died_on = cast.patient.date_of_birth
    cast.patient.save_version(cast.patient.version)
    assert "This person has died" in staff.get(of(cast.patient)).content.decode()


def test_staff_send_the_link_of_questionnaires_by_text(cast: Any, staff: Client, send: Any, provider: Provider) -> None:
    referral_of(cast.patient, mobile=MOBILE, email=EMAIL)
    said = staff.get(ask_page(cast.patient)).content.decode()
    assert "Text message to number ending 982" in said
    answer = send(staff, ask_page(cast.patient), keys=["PHQ9"], send_by="text")
    assert answer["Location"] == of(cast.patient)
    delivery.deliver()
    assert [letter.to for letter in provider.letters] == [MOBILE]


def test_without_an_agreed_way_staff_get_the_link_and_cannot_forge_one(cast: Any, staff: Client, send: Any) -> None:
    assert "You get the link" in staff.get(ask_page(cast.patient)).content.decode()
    assert send(staff, ask_page(cast.patient), keys=["PHQ9"], send_by="text").status_code == 422
    answer = send(staff, ask_page(cast.patient), keys=["PHQ9"], send_by="show")
    assert "/people/link/" in answer.content.decode()
    assert not Message.objects.exists()


def test_administrators_are_told_what_could_not_be_delivered_and_send_it_again(
    cast: Any, administrator: Client, send: Any, provider: Provider
) -> None:
    referral_of(cast.patient, mobile=MOBILE)
    request, _ = questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["GAD7"], send_by="text")
    message = Message.objects.get(kind="measures_asked", about=str(request.pk))
    actions.not_sent(by=audit.SYSTEM, message_id=message.pk, error="NoSuchNumber", final=True)
    assert "CANARYBIRD" in administrator.get(LIST).content.decode()
    assert settle(administrator, message, send, what="again")["Location"] == LIST
    assert "CANARYBIRD" not in administrator.get(LIST).content.decode()
    assert delivery.deliver() == 1


def test_what_was_dealt_with_leaves_the_list_and_says_by_whom(cast: Any, administrator: Client, send: Any) -> None:
    message = undelivered(cast.patient)
    settle(administrator, message, send, what="settled")
    message.refresh_from_db()
    assert message.settled_by is not None
    assert "CANARYBIRD" not in administrator.get(LIST).content.decode()
    assert settle_status(administrator, message) == 404


def settle_status(browser: Client, message: Message) -> int:
    return browser.get(reverse("messages:settle", kwargs={"message_id": message.pk})).status_code


def test_two_who_deal_with_it_at_once_do_it_once(cast: Any, administrator: Client, staff: Client, send: Any) -> None:
    message = undelivered(cast.patient)
    answer = settle(
        administrator,
        message,
        send,
        first=lambda: actions.settle(by=audit.SYSTEM, member=cast.clinician, message=message),
        what="again",
    )
    assert answer.status_code == 404
    message.refresh_from_db()
    assert (message.status, message.settled_by) == ("failed", cast.clinician)


def test_nothing_chosen_is_said_in_words(cast: Any, administrator: Client, send: Any) -> None:
    answer = settle(administrator, undelivered(cast.patient), send)
    assert answer.status_code == 422
    assert "Choose what shall be done" in answer.content.decode()


def test_a_page_to_staff_that_did_not_arrive_is_on_the_list(cast: Any, administrator: Client) -> None:
    page = actions.queue(
        by=audit.SYSTEM, kind="alert_raised", channel="email", key="x", about=cast.manager.pk, user=cast.manager
    )
    actions.not_sent(by=audit.SYSTEM, message_id=page.pk, error="Refused", final=True)
    said = administrator.get(LIST).content.decode()
    assert "An alert may not have been seen." in said
    assert "Mandy Manager" in said


def test_only_those_whom_the_viewer_arranges_for_are_listed(cast: Any, administrator: Client) -> None:
    undelivered(cast.stranger)
    said = administrator.get(LIST).content.decode()
    assert "PASSERBY" not in said


def test_queries_do_not_grow_with_the_list(
    cast: Any, administrator: Client, django_assert_max_num_queries: Any
) -> None:
    referral = referral_of(cast.patient, mobile=MOBILE)
    for number in range(30):
        queued = actions.queue(
            by=audit.SYSTEM,
            kind="measures_asked",
            channel="text",
            key=str(number),
            about=referral.pk,
            person=cast.patient,
        )
        actions.not_sent(by=audit.SYSTEM, message_id=queued.pk, error="Refused", final=True)
    with django_assert_max_num_queries(15):
        assert "30 waiting for somebody" in administrator.get(LIST).content.decode()
    with django_assert_max_num_queries(15):
        administrator.get(of(cast.patient))


def test_the_person_sees_their_own_messages_and_nobody_elses(cast: Any) -> None:
    """The selector that the patient's place shows."""
    undelivered(cast.patient)
    undelivered(cast.stranger)
    assert {one.person for one in selectors.messages_of(cast.patient)} == {cast.patient}
