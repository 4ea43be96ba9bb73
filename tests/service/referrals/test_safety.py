"""Somebody who may not be safe when they refer themselves, or are referred; and what others do at their device."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from allcomers.service.consents.models import Consent
from allcomers.service.governance import audit
from allcomers.service.governance.permissions import Role
from allcomers.service.look import health
from allcomers.service.messages import reach
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires.models import RiskAlert
from allcomers.service.questionnaires.risk import escalation
from allcomers.service.referrals import handling
from allcomers.service.referrals.models import Contact, Referral, StartedReferral
from tests.service.referrals.journey import ANSWERS, DANGER, SAFE, filled_in, sent, theirs_sent, where

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/London"))


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("how", "safety"),
    [
        ({"gate": DANGER}, "not_safe"),
        ({"life": {"safe_now": "not_safe"}}, "not_safe"),
        ({"life": {"safe_now": "not_sure"}}, "not_sure"),
    ],
)
def test_risk_in_a_self_referral_is_an_alert(how: dict[str, Any], safety: str) -> None:
    sent(Client(), **how)
    alert, referral = RiskAlert.objects.get(), Referral.objects.get()
    assert (alert.person, alert.cause, alert.safety, alert.urgent) == (referral.person, "referral", safety, True)
    assert referral.reference in alert.words


@pytest.mark.parametrize(("said", "urgent"), [("not_safe", True), ("not_sure", False)])
def test_risk_that_a_professional_tells_is_an_alert_and_urgent_where_they_know(said: str, urgent: bool) -> None:
    theirs_sent(Client(), risk={"safe_now": said, "risk": "They said so."})
    assert RiskAlert.objects.get().urgent is urgent


def test_a_referral_that_can_wait_is_no_alert() -> None:
    sent(Client())
    assert not RiskAlert.objects.exists()


def test_risk_in_a_referral_is_passed_on_when_late_though_an_administrator_has_opened_it(member: Any) -> None:
    """Hazard: one opening by somebody who cannot judge it cancelled the page, and nothing was ever late."""
    member(Role.DUTY)
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent(Client(), gate=DANGER)
        handling.look(by=audit.SYSTEM, referral=Referral.objects.get())
        clock.shift(timedelta(days=1))
        assert health.states()["alerts"] != "ok"
        escalation.escalate_late()
    assert RiskAlert.objects.get().escalated_at is not None
    assert Message.objects.filter(kind="alert_escalated").exists()


def test_risk_that_was_said_is_not_taken_back_by_a_later_answer(client: Client) -> None:
    filled_in(client, until="life")
    client.post(where("life"), {"safe_now": "not_safe"})
    sent(client, life={"safe_now": "safe"})
    referral = Referral.objects.get()
    assert (referral.same_day, referral.answers["life"]["safe_now"]) == (True, "safe")
    assert RiskAlert.objects.get().safety == "not_safe"


def test_risk_whoever_does_not_feel_safe_can_send_what_they_have_at_once(client: Client) -> None:
    """Hazard: somebody stops on the page that shows where to get help, and nobody ever sees what they said."""
    filled_in(client, until="life")
    answer = client.post(where("life"), {"safe_now": "not_safe"})
    assert "Send what I have written so far" in text(client.get(answer["Location"]))
    assert client.post("/referrals/send-now/")["Location"] == "/referrals/done/"
    referral = Referral.objects.get()
    assert (referral.same_day, referral.answers["words"]["brings"]) == (True, "I cannot sleep.")
    assert RiskAlert.objects.get().safety == "not_safe"
    assert client.post("/referrals/send-now/")["Location"] == "/referrals/done/"
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("until", ["age-and-area", "contact"])
def test_before_we_could_reach_them_nothing_is_offered_to_be_sent(until: str, client: Client) -> None:
    filled_in(client, gate=DANGER, until=until)
    assert "Send what I have written so far" not in text(client.get("/referrals/help-now/"))
    assert client.post("/referrals/send-now/")["Location"] == where(until)
    assert Client().post("/referrals/send-now/")["Location"] == "/referrals/come-back/"
    assert not Referral.objects.exists()


# The next person at the same device


def test_after_fifteen_minutes_the_next_person_at_the_device_reads_nothing(client: Client) -> None:
    other = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        filled_in(client, until="life")
        sent(other)
        clock.shift(timedelta(minutes=16))
        answer = client.get(where("words"), follow=True)
        assert answer.redirect_chain == [("/referrals/come-back/", 302)]
        assert "we closed what was open" in text(answer)
        assert "I cannot sleep." not in text(answer)
        assert other.get("/referrals/done/")["Location"] == "/referrals/"


def test_whoever_writes_for_long_comes_back_to_the_rest_with_what_they_wrote(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        filled_in(client, until="words")
        known = {**ANSWERS["age-and-area"], "reference": StartedReferral.objects.get().reference}
        clock.shift(timedelta(minutes=20))
        answer = client.post(where("words"), {"brings": "Long words"}, follow=True)
        assert "What you wrote on the last page is kept" in text(answer)
        assert client.post("/referrals/come-back/", known)["Location"] == where("life")
    assert StartedReferral.objects.get().answers["words"]["brings"] == "Long words"
    assert "Patience" in text(client.get(where("name")))


def test_risk_on_a_page_sent_too_late_shows_help_and_stays_said(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        filled_in(client, until="life")
        known = {**ANSWERS["age-and-area"], "reference": StartedReferral.objects.get().reference}
        clock.shift(timedelta(minutes=20))
        assert client.post(where("life"), {"safe_now": "not_safe"})["Location"] == "/referrals/help-now/"
        client.post("/referrals/come-back/", known)
        sent(client)
    assert RiskAlert.objects.get().safety == "not_safe"


def test_what_somebody_else_filled_in_here_is_never_put_to_ones_own(client: Client) -> None:
    """Only a page that came too late is: a referral that went through the gate is somebody's own."""
    mine = filled_in(Client(), until="life")
    known = {**ANSWERS["age-and-area"], "reference": StartedReferral.objects.get().reference}
    mine.post("/referrals/leave/")
    filled_in(client, until="life", words={"brings": "Somebody else's words"})
    client.post("/referrals/come-back/", known)
    assert "I cannot sleep." in text(client.get(where("words")))
    assert StartedReferral.objects.count() == 2


@pytest.mark.parametrize("path", ["", "professional/"])
def test_every_page_clears_the_device(path: str, client: Client) -> None:
    client.post(f"/referrals/{path}safe/", SAFE)
    first = "referrer" if path else "age-and-area"
    page = text(client.get(f"/referrals/{path}step/{first}/"))
    assert re.search(r'action="/referrals/leave/".*clear this device', page)
    client.post("/referrals/leave/")
    assert not client.session.keys()


# Somebody else fills it in

ON_BEHALF = {"filling_in": "on_behalf", "helper_name": "Ex Partner", "helper_relation": "former partner"}


def test_what_somebody_else_ticked_is_no_agreement_of_the_person(client: Client) -> None:
    """Hazard: a GP is told, and texts are sent, because somebody else said yes."""
    sent(client, who=ON_BEHALF | {"person_knows": "yes"}, contact={"email_messages": "on"})
    referral = Referral.objects.get()
    assert not Consent.objects.exists()
    assert not Contact.objects.filter(may_leave_message=True).exists()
    assert (reach.ways(referral.person), Message.objects.count()) == ({}, 0)
    assert referral.answers["consents"] == {}
    assert not referral.answers["contact"]["email_messages"]


def test_somebody_who_does_not_know_is_not_referred(client: Client) -> None:
    filled_in(client, until="who")
    answer = client.post(where("who"), ON_BEHALF | {"person_knows": "no"})
    assert answer.status_code == 422
    assert "We cannot contact somebody who does not know" in text(answer)


def test_somebody_who_is_helped_to_fill_it_in_agrees_themselves(client: Client) -> None:
    sent(client, who={"filling_in": "with_help"})
    assert Consent.objects.filter(purpose="tell_gp", answer="yes").exists()
