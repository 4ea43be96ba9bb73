"""A person changes or cancels what they sent, by a link and a second fact; staff see it, and can take it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.messages import reach
from allcomers.service.people import links
from allcomers.service.people.models import PersonLink
from allcomers.service.questionnaires.models import RiskAlert
from allcomers.service.referrals import changing, handling
from allcomers.service.referrals.models import Addition, Contact, Match, Referral
from tests.service.referrals.journey import DANGER, sent

pytestmark = pytest.mark.django_db
FACTS = {
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1985",
    "postcode": "ZZ99 3VZ",
}
YOURS = "/referrals/yours/"


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def referral(client: Client) -> Referral:
    sent(Client())
    return Referral.objects.get()


@pytest.fixture
def mine(referral: Referral) -> Client:
    return came_by_link(referral)


def came_by_link(referral: Referral) -> Client:
    _, token = links.make_link(
        by=audit.SYSTEM, person=referral.person, purpose=changing.LINK_PURPOSE, days=3, about=str(referral.pk)
    )
    browser = Client()
    browser.get(reverse("people:open_link", kwargs={"token": token}))
    assert browser.post("/people/check/", FACTS)["Location"] == YOURS
    return browser


@pytest.fixture
def administrator(cast: Any, member: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(member(Role.ADMINISTRATOR, name="Adam Admin", team=cast.team))
    return browser


def page_of(referral: Referral) -> str:
    return reverse("referrals:referral", kwargs={"referral_id": referral.pk})


def test_a_link_opens_its_referral_in_plain_words_and_shows_nothing_that_was_written(mine: Client) -> None:
    page = text(mine.get(YOURS))
    assert "have not decided yet" in page
    assert "ends in 982" in page
    for private in ("07700", "patience@example.org", "I cannot sleep.", "Canarybird"):
        assert private not in page
    assert AuditEvent.objects.filter(event="referral.shown").exists()


def test_without_a_link_and_by_a_link_for_something_else_nothing_opens(referral: Referral) -> None:
    assert Client().get(YOURS)["Location"] == "/people/gone/"
    mine = came_by_link(referral)
    PersonLink.objects.update(purpose="measures")
    assert mine.get(YOURS)["Location"] == "/people/gone/"


def test_what_is_added_is_looked_at_again(mine: Client, referral: Referral, administrator: Client, send: Any) -> None:
    assert send(mine, "/referrals/yours/more/", words="It is the nights.")["Location"] == YOURS
    changed = now(referral)
    assert (changed.look_again_because, changed.same_day) == ("wrote more", False)
    assert changed.answers == referral.answers
    assert "Look again" in text(administrator.get("/referrals/inbox/"))
    assert "It is the nights." in text(administrator.get(page_of(referral)))
    since = reverse("referrals:look_again", kwargs={"referral_id": referral.pk})
    assert send(administrator, since).status_code == 302
    assert now(referral).look_again_at is None


def test_risk_said_later_is_shown_help_at_once_and_looked_at_today(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    """Also after the referral was decided: it comes back to the inbox, before the others."""
    lead = audit.Actor("staff")
    handling.signpost(by=lead, referral=now(referral), words="Elsewhere", version=referral.version)
    answer = send(mine, "/referrals/yours/more/", words="I want to stop.", safe_now="not_safe")
    assert "Ring 01632 960 999 at any hour" in text(mine.get(answer["Location"]))
    changed = now(referral)
    assert (changed.same_day, changed.look_again_because) == (True, changing.UNSAFE)
    page = text(administrator.get("/referrals/inbox/"))
    assert ">Today<" in page
    assert ">Look again<" in page


def test_new_contacts_take_the_place_of_the_former_which_stay_struck_through(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    """Hazard: a letter to the old address of somebody who fled."""
    send(mine, "/referrals/yours/contact/", email="new@example.org", email_messages="on")
    held = Contact.objects.filter(withdrawn_at=None)
    assert [(one.channel, one.value, one.matched_by) for one in held] == [
        ("email", "new@example.org", "new@example.org")
    ]
    assert Contact.objects.exclude(withdrawn_at=None).count() == 2
    assert "app-withdrawn" in text(administrator.get(page_of(referral)))
    assert "07700" not in text(mine.get(YOURS))


def test_a_telephone_that_others_may_see_is_kept_with_the_new_contacts(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    """Hazard: a link sent to a telephone in another's hands."""
    assert not reach.device_is_shared(referral.person)
    send(mine, "/referrals/yours/contact/", mobile="07700 900123", mobile_messages="on", device_shared="on")
    assert reach.device_is_shared(referral.person)
    assert "Somebody else may see my phone or computer" in text(administrator.get(page_of(referral)))


def test_contacts_are_not_all_taken_away(mine: Client, send: Any) -> None:
    answer = send(mine, "/referrals/yours/contact/")
    assert answer.status_code == 422
    assert Contact.objects.filter(withdrawn_at=None).count() == 2


def test_access_needs_are_changed_and_the_first_ones_stay(mine: Client, referral: Referral, send: Any) -> None:
    send(mine, "/referrals/yours/needs/", needs=["interpreter"], language="Polish")
    assert Addition.objects.get().said["language"] == "Polish"
    assert now(referral).answers["needs"] == referral.answers["needs"]
    assert 'value="Polish"' in text(mine.get("/referrals/yours/needs/"))


def test_cancelling_needs_no_reason_and_stays_in_the_inbox_until_closed(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    send(mine, "/referrals/yours/cancel/")
    assert now(referral).state == "cancelled"
    assert "You cancelled it" in text(mine.get(YOURS))
    assert mine.get("/referrals/yours/cancel/")["Location"] == YOURS
    assert ">Cancelled<" in text(administrator.get("/referrals/inbox/"))
    send(administrator, page_of(referral), what="close", because="They found help.")
    closed = now(referral)
    assert (closed.state, closed.decision_words, closed.closed) == ("cancelled", "They found help.", True)
    assert ">Cancelled<" not in text(administrator.get("/referrals/inbox/"))


def test_cancelling_is_taken_back_by_staff_until_closed(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    send(mine, "/referrals/yours/cancel/", because="Too many questions")
    assert "Too many questions" in text(administrator.get(page_of(referral)))
    send(administrator, page_of(referral), what="reopen", because="They rang.")
    opened = now(referral)
    assert (opened.state, opened.received_at, opened.cancelled_at) == ("received", referral.received_at, None)
    assert "have not decided yet" in text(mine.get(YOURS))
    names = AuditEvent.objects.filter(person=referral.person_id).values_list("event", flat=True)
    assert {"referral.cancelled", "referral.reopened"} <= set(names)


def test_risk_a_cancelled_referral_with_a_safety_answer_is_still_looked_at_today(
    administrator: Client, send: Any
) -> None:
    sent(Client(), gate=DANGER)
    referral = Referral.objects.get()
    send(came_by_link(referral), "/referrals/yours/cancel/")
    row = re.search(r"<tr>.*CANARYBIRD.*?</tr>", text(administrator.get("/referrals/inbox/")), re.DOTALL)
    assert row
    assert ">Today<" in row[0]
    assert ">Cancelled<" in row[0]
    assert "see that somebody speaks with them" in text(administrator.get(page_of(referral)))


def test_what_staff_decided_meanwhile_is_not_overwritten_by_cancelling(
    mine: Client, referral: Referral, send: Any
) -> None:
    def decide() -> None:
        handling.reject(by=audit.Actor("staff"), referral=now(referral), words="No", version=now(referral).version)

    answer = send(mine, "/referrals/yours/cancel/", first=decide)
    assert answer["Location"] == YOURS
    assert now(referral).state == "rejected"


def test_two_tabs_of_the_person_do_not_overwrite_each_other(mine: Client, referral: Referral, send: Any) -> None:
    def other() -> None:
        send(mine, "/referrals/yours/more/", words="First")

    assert send(mine, "/referrals/yours/more/", first=other, words="Second")["Location"] == YOURS
    assert [one.said["words"] for one in Addition.objects.order_by("entered_at")] == ["First", "Second"]


NOT_SAFE = {"words": "I have the tablets here", "safe_now": "not_safe"}


def test_risk_added_while_staff_open_the_referral_is_kept_and_paged(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    """Hazard: the first look of a colleague made what the person wrote a conflict, and nobody was told."""
    answer = send(
        mine,
        "/referrals/yours/more/",
        first=lambda: administrator.get(page_of(referral)),
        words="",
        safe_now="not_safe",
    )
    assert answer["Location"] == reverse("referrals:help_now")
    alert = RiskAlert.objects.get()
    assert (alert.person, alert.cause, alert.safety, alert.urgent) == (referral.person, "referral", "not_safe", True)
    assert now(referral).same_day


def test_risk_is_kept_where_the_words_cannot_be(mine: Client, referral: Referral, send: Any) -> None:
    answer = send(mine, "/referrals/yours/more/", words="x" * 2001, safe_now="not_sure")
    page = text(answer)
    assert answer.status_code == 422
    assert "We have what you said about being safe" in page
    assert "Ring 01632 960 999 at any hour" in page
    assert "x" * 2001 in page
    assert (Addition.objects.get().said["safe_now"], RiskAlert.objects.get().safety) == ("not_sure", "not_sure")


def test_without_words_or_safety_nothing_is_added(mine: Client, send: Any) -> None:
    answer = send(mine, "/referrals/yours/more/", words=" ")
    assert answer.status_code == 422
    assert "Write what you would like to add" in text(answer)
    assert not Addition.objects.exists()


def test_risk_sent_after_the_session_ended_is_kept(mine: Client, referral: Referral, send: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer = send(mine, "/referrals/yours/more/", first=lambda: clock.shift(timedelta(minutes=16)), **NOT_SAFE)
    assert "999" in text(answer)
    assert Addition.objects.get().said == NOT_SAFE
    assert RiskAlert.objects.get().safety == "not_safe"


def test_other_contacts_and_needs_hold_though_staff_opened_the_referral(
    mine: Client, referral: Referral, administrator: Client, send: Any
) -> None:
    """Hazard: a telephone in another's hands goes on being used because a colleague looked."""

    def opened() -> None:
        current = now(referral)
        current.save_version(current.version)

    assert send(mine, "/referrals/yours/contact/", first=opened, email="new@example.org")["Location"] == YOURS
    assert send(mine, "/referrals/yours/needs/", first=opened, language="Polish")["Location"] == YOURS
    assert send(mine, "/referrals/yours/cancel/", first=opened)["Location"] == YOURS
    assert [one.value for one in Contact.objects.filter(withdrawn_at=None)] == ["new@example.org"]
    assert now(referral).state == "cancelled"


def test_the_link_still_opens_a_referral_that_was_found_to_be_of_somebody_known(
    cast: Any, mine: Client, referral: Referral
) -> None:
    match = Match.objects.get(referral=referral, person=cast.patient)
    handling.merge(
        by=audit.Actor("staff"),
        referral=now(referral),
        match=match,
        team=cast.team,
        words="The same",
        version=referral.version,
    )
    assert "We can see you" in text(mine.get(YOURS))


def test_a_form_for_another_referral_lands_nowhere(mine: Client, referral: Referral) -> None:
    token = re.search(r'name="form_token" value="([^"]+)"', text(mine.get("/referrals/yours/more/")))
    assert token
    sent(Client())
    other = came_by_link(Referral.objects.exclude(pk=referral.pk).get())
    answer = other.post("/referrals/yours/more/", {"form_token": token[1], "words": "Elsewhere"})
    assert answer.status_code == 409
    assert not Addition.objects.exists()


def test_pages_of_the_link_take_a_bounded_number_of_queries(mine: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        mine.get(YOURS)
