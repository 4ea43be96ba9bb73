"""What makes the service write: a referral that came, questionnaires asked, alerts, access in an emergency."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import Team, User
from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent, BreakGlassReason
from allcomers.service.governance.permissions import Role
from allcomers.service.messages import delivery, selectors, wanted
from allcomers.service.messages.models import Message
from allcomers.service.people import links
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import completion
from allcomers.service.questionnaires.models import MeasureRequest, Response, RiskAlert
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.risk import escalation
from allcomers.service.referrals import changing, handling
from allcomers.service.referrals.models import Referral
from tests.service.messages.conftest import EMAIL, MOBILE, Provider, referral_of
from tests.service.referrals.journey import DANGER, sent

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/London"))
FRIDAY_EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("Europe/London"))


def asked(person: Person, channel: str = "text") -> MeasureRequest:
    request, token = questionnaires.ask(by=audit.SYSTEM, person=person, keys=["GAD7"], send_by=channel)
    assert token == ""
    return request


def answered(request: MeasureRequest) -> None:
    """Every question of every questionnaire of a request, by staff on the telephone."""
    for response in Response.objects.filter(request=request):
        begun = questionnaires.begin(
            by=audit.SYSTEM, response=response, mode="phone", layout="list", version=response.version
        )
        items = begun.instrument.items + begun.instrument.further_items
        questionnaires.save_answers(by=audit.SYSTEM, response=begun, answers={item.number: 0 for item in items})
        questionnaires.finish(by=audit.SYSTEM, response=begun, missing_words="", version=begun.version)


def raised(person: Person, member: User, value: int = 1) -> RiskAlert:
    response = questionnaires.key_in(by=audit.SYSTEM, member=member, person=person, key="PHQ9", mode="phone")
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers={9: value})
    return RiskAlert.objects.get(answer__response=response)


def kinds(**about: Any) -> list[str]:
    return sorted(Message.objects.filter(**about).values_list("kind", flat=True))


# A referral


def test_somebody_who_refers_themselves_gets_a_confirmation_with_the_reference(
    client: Client, provider: Provider
) -> None:
    page = sent(client, contact={"mobile": MOBILE, "mobile_messages": "on", "email": ""})
    delivery.deliver()
    (letter,) = provider.letters
    reference = Person.objects.get().referrals.get().reference
    assert (letter.channel, letter.to) == ("text", MOBILE)
    assert reference in letter.body
    assert reference in page.content.decode()


def test_whoever_agreed_to_no_message_gets_no_confirmation(client: Client) -> None:
    sent(client, contact={"mobile": MOBILE, "mobile_messages": "", "email": EMAIL})
    assert not Message.objects.exists()


def test_a_referral_sent_twice_is_confirmed_once(client: Client, provider: Provider) -> None:
    sent(client, contact={"email": EMAIL, "email_messages": "on", "mobile_messages": ""})
    client.post("/referrals/check/")
    delivery.deliver()
    assert len(provider.sent_to(EMAIL)) == 1


def test_risk_in_a_referral_pages_duty_and_again_in_the_morning_until_it_is_acknowledged(
    client: Client, member: Any, provider: Provider
) -> None:
    """Hazard: a yes at the safety gate that nobody sees until somebody happens to open the inbox, or opens it alone."""
    duty = member(Role.DUTY)
    no_message = {"contact": {"mobile": MOBILE, "mobile_messages": ""}}
    with time_machine.travel(FRIDAY_EVENING, tick=False) as clock:
        for browser in (client, Client()):
            sent(browser, gate=DANGER, **no_message)
        for referral in Referral.objects.all():
            handling.look(by=audit.SYSTEM, referral=referral)
        delivery.deliver()
        assert [letter.subject for letter in provider.letters] == ["A new alert", "An urgent alert"] * 2
        first = RiskAlert.objects.earliest("raised_at")
        risk.acknowledge(by=audit.SYSTEM, member=duty, alert=first, version=first.version)
        clock.move_to(MONDAY.replace(hour=9))
        delivery.deliver()
    assert [letter.subject for letter in provider.letters[4:]] == ["An alert is waiting"]
    assert {letter.to for letter in provider.letters} == {duty.email}
    assert all(letter.body.endswith("https://care.example.org/questionnaires/alerts/") for letter in provider.letters)


def test_risk_written_later_pages_duty_each_time(client: Client, member: Any, provider: Provider) -> None:
    """Hazard: a referral already looked at, to which a risk is added."""
    duty = member(Role.DUTY)
    sent(client, contact={"mobile": MOBILE, "mobile_messages": ""})
    referral = handling.look(by=audit.SYSTEM, referral=Referral.objects.get())
    for _ in range(2):
        given = {"words": "I want to stop.", "safe_now": "not_safe"}
        changing.write_more(by=audit.SYSTEM, referral=referral, given=given)
        delivery.deliver()
    assert [letter.to for letter in provider.letters if letter.subject == "An urgent alert"] == [duty.email] * 2


def test_a_referral_that_can_wait_pages_nobody(client: Client, member: Any) -> None:
    member(Role.DUTY)
    sent(client, contact={"mobile": MOBILE, "mobile_messages": ""})
    assert not Message.objects.exists()


# Questionnaires


def test_a_link_that_is_sent_opens_the_questionnaires(cast: Any, provider: Provider, client: Client) -> None:
    referral_of(cast.patient, mobile=MOBILE)
    asked(cast.patient)
    delivery.deliver()
    address = provider.letters[0].body.split("https://care.example.org")[1].split()[0]
    assert client.get(address)["Location"] == "/people/check/"
    facts = {f"date_of_birth_{part}": value for part, value in (("day", 27), ("month", 3), ("year", 1985))}
    answer = client.post("/people/check/", {**facts, "postcode": "ZZ99 3VZ"})
    assert answer["Location"] == "/questionnaires/answer/"


def test_reminders_come_on_their_days_until_the_questionnaires_are_answered(cast: Any, provider: Provider) -> None:
    referral_of(cast.patient, mobile=MOBILE)
    with time_machine.travel(MONDAY, tick=False) as clock:
        request = asked(cast.patient)
        counts = []
        for _ in range(10):
            delivery.deliver()
            counts.append(len(provider.letters))
            if len(counts) == 5:
                answered(request)
            clock.shift(timedelta(days=1))
    assert counts == [1, 1, 1, 2, 2, 2, 2, 2, 2, 2]  # asked; reminded on the third day; answered; not on the seventh


def test_completing_a_measure_cancels_its_reminders_in_the_same_transaction(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hazard: reminders that go on after somebody has answered (a peer's defect). A fault undoes both."""
    referral_of(cast.patient, mobile=MOBILE)
    request, other = asked(cast.patient), asked(cast.patient)

    def fails(_by: Any, _request: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(completion, "WHEN_COMPLETE", [*completion.WHEN_COMPLETE, fails])
        with pytest.raises(ZeroDivisionError):
            answered(request)
    assert set(Message.objects.values_list("status", flat=True)) == {"queued"}
    assert not Response.objects.filter(finished_at__isnull=False).exists()
    response = Response.objects.get(request=request)
    Response.objects.filter(pk=response.pk).update(mode="", layout="", started_at=None)
    answered(request)
    of_request = Message.objects.filter(about=str(request.pk))
    assert set(of_request.values_list("status", "because")) == {("cancelled", "answered")}
    assert set(Message.objects.filter(about=str(other.pk)).values_list("status", flat=True)) == {"queued"}


def test_a_reminder_is_not_sent_for_answers_that_came_while_it_was_on_its_way(cast: Any, provider: Provider) -> None:
    """Even where nothing cancelled it: whether it is wanted is asked just before it leaves."""
    referral_of(cast.patient, mobile=MOBILE)
    request = asked(cast.patient)
    MeasureRequest.objects.filter(pk=request.pk).update(complete_at=timezone.now())
    delivery.deliver()
    assert provider.letters == []


@pytest.mark.parametrize("state", ["cancelled", "signposted", "rejected"])
def test_nobody_is_reminded_whose_referral_is_over(state: str, cast: Any, provider: Provider) -> None:
    referral = referral_of(cast.patient, mobile=MOBILE)
    with time_machine.travel(MONDAY, tick=False) as clock:
        asked(cast.patient)
        delivery.deliver()
        referral.state, referral.cancelled_at = state, timezone.now()
        referral.save_version(referral.version)
        for _ in range(10):
            clock.shift(timedelta(days=1))
            delivery.deliver()
    assert len(provider.letters) == 1


def test_without_reminder_days_nobody_is_reminded(cast: Any, settings: Any) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(reminder_days=())
    referral_of(cast.patient, mobile=MOBILE)
    asked(cast.patient)
    assert kinds() == ["measures_asked"]


# Alerts (R3)


@pytest.fixture
def duty(member: Any) -> User:
    user: User = member(Role.DUTY, name="Dora Duty")
    return user


def test_r3_an_alert_pages_the_duty_role_and_its_owner(cast: Any, duty: User, provider: Provider) -> None:
    """Hazard: a risk answer that nobody sees. Without anything about the person."""
    with time_machine.travel(MONDAY):
        raised(cast.patient, cast.clinician)
        delivery.deliver()
    assert {letter.to for letter in provider.letters} == {duty.email, cast.clinician.email}
    for letter in provider.letters:
        assert letter.body.endswith("https://care.example.org/questionnaires/alerts/")
        assert cast.patient.family_name not in letter.body
    assert not Message.objects.exclude(person=None).exists()


def test_r3_an_alert_and_its_page_stand_or_fall_together(cast: Any, duty: User) -> None:
    alert = raised(cast.patient, cast.clinician)
    assert Message.objects.filter(about=str(alert.pk), user=duty).exists()
    with pytest.raises(ZeroDivisionError):
        _raise_and_fail(by=audit.SYSTEM, cast=cast)
    assert RiskAlert.objects.count() == 1
    assert set(Message.objects.values_list("about", flat=True)) == {str(alert.pk)}


def _raise_and_fail(*, by: audit.Actor, cast: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        raised(cast.stranger, cast.clinician)
        raise ZeroDivisionError


def test_r3_without_a_duty_worker_the_clinical_lead_is_paged(cast: Any) -> None:
    raised(cast.stranger, cast.clinician)
    assert Message.objects.filter(kind="alert_raised").get().user == cast.manager


def test_r3_a_leaver_and_a_former_duty_worker_are_not_paged(cast: Any, duty: User, member: Any) -> None:
    leaver = member(Role.DUTY)
    accounts.set_leaving_day(by=audit.SYSTEM, user=leaver, leaves_on=timezone.localdate())
    former = member(Role.DUTY)
    accounts.set_roles(by=audit.SYSTEM, user=former, roles=[])
    raised(cast.stranger, cast.clinician)
    assert set(Message.objects.values_list("user", flat=True)) == {duty.pk}


def test_r3_outside_working_hours_an_alert_is_paged_again_when_they_begin(
    cast: Any, duty: User, provider: Provider
) -> None:
    """Hazard: a risk answer seen late, because it was sent out of hours."""
    with time_machine.travel(FRIDAY_EVENING, tick=False) as clock:
        raised(cast.stranger, cast.clinician)
        delivery.deliver()
        assert len(provider.sent_to(duty.email)) == 1
        clock.move_to(FRIDAY_EVENING + timedelta(days=2))
        delivery.deliver()
        assert len(provider.sent_to(duty.email)) == 1
        clock.move_to(MONDAY.replace(hour=9))
        delivery.deliver()
    assert [letter.subject for letter in provider.sent_to(duty.email)] == ["A new alert", "An alert is waiting"]


def test_r3_an_alert_that_was_taken_on_is_not_paged_again(cast: Any, duty: User, provider: Provider) -> None:
    with time_machine.travel(FRIDAY_EVENING, tick=False) as clock:
        alert = raised(cast.stranger, cast.clinician)
        delivery.deliver()
        risk.acknowledge(by=audit.SYSTEM, member=duty, alert=alert, version=alert.version)
        clock.move_to(MONDAY.replace(hour=9))
        delivery.deliver()
    assert len(provider.sent_to(duty.email)) == 1


def test_r3_a_late_alert_is_passed_on_and_pages_duty_and_clinical_leads_once(
    cast: Any, duty: User, provider: Provider
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        alert = raised(cast.stranger, cast.clinician)
        delivery.deliver()
        provider.letters.clear()
        assert escalation.escalate_late() == 0
        clock.move_to(alert.due_at + timedelta(minutes=1))
        assert escalation.escalate_late() == 1
        assert escalation.escalate_late() == 0
        delivery.deliver()
    assert {letter.to for letter in provider.letters} == {duty.email, cast.manager.email}
    assert {letter.subject for letter in provider.letters} == {"An alert is late"}


def test_r3_an_answer_that_makes_it_urgent_pages_again(cast: Any, duty: User, provider: Provider) -> None:
    alert = raised(cast.stranger, cast.clinician)
    risk.answer_follow_up(by=audit.SYSTEM, alert=alert, safety="not_safe", wants_call=True)
    delivery.deliver()
    assert sorted(letter.subject for letter in provider.sent_to(duty.email)) == ["A new alert", "An urgent alert"]


def test_r3_the_duty_telephone_is_texted(cast: Any, duty: User, settings: Any, provider: Provider) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(duty_mobile="07700 900 001")
    raised(cast.stranger, cast.clinician)
    delivery.deliver()
    (letter,) = provider.sent_to("07700 900 001")
    assert letter.channel == "text"


def test_a_page_that_does_not_arrive_is_shown_and_said_by_health(cast: Any, duty: User, provider: Provider) -> None:
    from allcomers.service.messages.backends import RefusedError

    provider.fails = lambda: RefusedError("NoSuchAddress")
    raised(cast.stranger, cast.clinician)
    delivery.deliver()
    assert [one.user for one in selectors.undelivered_to_staff(timezone.now())] == [duty]
    assert selectors.state() == "1 messages to staff could not be delivered since yesterday"


# Access in an emergency (X3)


def test_x3_access_in_an_emergency_alerts_the_privacy_officer_without_personal_data(
    cast: Any, member: Any, provider: Provider
) -> None:
    auditor = member(Role.AUDITOR)
    governance.break_glass(
        by=audit.SYSTEM, user=cast.clinician, person=cast.stranger, reason=BreakGlassReason.DANGER, words="now"
    )
    delivery.deliver()
    (letter,) = provider.letters
    assert letter.to == auditor.email
    assert letter.body.endswith("https://care.example.org/governance/emergency/")


def test_x3_whoever_used_it_is_not_the_one_who_is_told(cast: Any, provider: Provider) -> None:
    opened = governance.break_glass(
        by=audit.SYSTEM, user=cast.manager, person=cast.stranger, reason=BreakGlassReason.DANGER, words="now"
    )
    assert not Message.objects.filter(about=str(opened.pk)).exists()


def wrongly(link: PersonLink, times: int) -> None:
    for _ in range(times):
        links.answer_link(by=audit.SYSTEM, link=link, date_of_birth=None, postcode="")


def test_five_wrong_answers_are_told_to_whoever_treats_and_arranges_until_somebody_has_asked(
    cast: Any, member: Any, signed_in: Any, send: Any
) -> None:
    administrator = member(Role.ADMINISTRATOR, team=cast.team)
    member(Role.ADMINISTRATOR, team=Team.objects.get(name="South"))
    link, _ = links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="measures", days=14)
    wrongly(link, 4)
    assert kinds() == []
    wrongly(link, 1)
    told = Message.objects.filter(kind="link_locked")
    assert {one.user for one in told} == {cast.clinician, administrator}
    assert all(wanted.now(one)[0] == "" for one in told)
    browser, where = signed_in(administrator), reverse("messages:locked", kwargs={"person_id": cast.patient.pk})
    assert where in browser.get(reverse("messages:undelivered")).content.decode()
    assert send(browser, where).status_code == 422
    assert send(browser, where, found="somebody_else").status_code == 302
    assert where not in browser.get(reverse("messages:undelivered")).content.decode()
    assert {wanted.now(one)[0] for one in told} == {"answered"}
    assert AuditEvent.objects.get(event="link.locked_dealt_with").detail["found"] == "somebody_else"


def test_a_locked_link_of_somebody_nobody_treats_or_arranges_for_is_told_to_duty(cast: Any, member: Any) -> None:
    duty = member(Role.DUTY)
    link, _ = links.make_link(by=audit.SYSTEM, person=cast.stranger, purpose="measures", days=14)
    wrongly(link, 5)
    assert [one.user for one in Message.objects.filter(kind="link_locked")] == [duty]
