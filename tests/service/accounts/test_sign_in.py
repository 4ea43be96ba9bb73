"""Signing in as people do: password, second factor, lock-out, idle, leaving, a forgotten password."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions
from allcomers.service.accounts.demonstration import email_of, sign_ins_now
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"  # noqa: S105 - the cast's
SIGN_IN = "/sign-in/"


def with_password(user: User, password: str = PASSWORD) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post(SIGN_IN, {"login": user.email, "password": password})


def give_factor(user: User) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code_now(secret: str) -> str:
    counter = int(time.time()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_the_second_factor_is_stored_encrypted(cast: Any) -> None:
    secret = give_factor(cast.clinician)
    assert secret not in str(Authenticator.objects.get(user=cast.clinician).data)


def test_password_and_code_open_the_staffs_pages(cast: Any) -> None:
    secret = give_factor(cast.clinician)
    browser, answer = with_password(cast.clinician)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert browser.get("/people/").status_code == 302
    assert browser.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert browser.get("/people/").status_code == 302
    assert browser.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 302
    assert browser.get("/people/").status_code == 200


def test_a_code_is_good_once(cast: Any) -> None:
    secret = give_factor(cast.clinician)
    code = code_now(secret)
    for opens in (302, 200):
        browser, _ = with_password(cast.clinician)
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == opens


@pytest.mark.parametrize("ahead", [-30, 0, 29])
def test_a_used_code_is_refused_for_as_long_as_it_would_be_taken(ahead: int, cast: Any) -> None:
    """With a tolerance of one period a code is taken from 30 seconds before its own half minute to 30 after it."""
    secret = give_factor(cast.clinician)
    with time_machine.travel(time.time() // 30 * 30 + 0.5, tick=False) as clock:
        code = code_now(secret)
        clock.shift(ahead)
        for seconds in (0, 25, 25, 25):
            clock.shift(seconds)
            browser, _ = with_password(cast.clinician)
            answer = browser.post(reverse("mfa_authenticate"), {"code": code})
            assert answer.status_code == (200 if seconds else 302)


def test_the_code_that_set_up_an_app_signs_nobody_in(cast: Any) -> None:
    browser, _ = with_password(cast.clinician)
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'app-code">([A-Z2-7]+)<', page)
    assert secret
    code = code_now(secret[1])
    assert browser.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    other, _ = with_password(cast.clinician)
    assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


@pytest.mark.django_db(transaction=True)  # allauth tells of the new factor once it is committed
def test_staff_without_a_second_factor_are_led_to_set_one_up_and_then_get_in(cast: Any) -> None:
    browser, answer = with_password(cast.clinician)
    assert answer.status_code == 302
    led = browser.get("/people/", follow=True)
    assert "Set up a second way" in led.content.decode()
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'app-code">([A-Z2-7]+)<', page)
    assert secret
    assert browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret[1])}).status_code == 302
    assert "Each opens your account once" in browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert browser.get("/people/").status_code == 200


def test_changing_how_one_signs_in_asks_again_after_five_minutes(cast: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser, _ = with_password(cast.clinician)
        assert browser.get(reverse("mfa_activate_totp")).status_code == 200
        clock.shift(timedelta(minutes=6))
        answer = browser.get(reverse("mfa_activate_totp"))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_patient_signs_in_with_a_password(cast: Any) -> None:
    browser, answer = with_password(cast.patient_user)
    assert answer.status_code == 302
    assert "Hello Patience" in browser.get(reverse("portal:home")).content.decode()


def test_five_wrong_passwords_lock_and_half_an_hour_unlocks(cast: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            _, answer = with_password(cast.clinician, "wrong")
        assert answer.status_code == 429
        browser, answer = with_password(cast.clinician)
        assert "Too many wrong passwords" in answer.content.decode()
        clock.shift(timedelta(minutes=31))
        browser, answer = with_password(cast.clinician)
        assert answer.status_code == 302
        assert "_auth_user_id" in browser.session


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that `from_address` says where a request comes from."""
    monkeypatch.setattr(settings, "ALLCOMERS", settings.ALLCOMERS.but(trusted_proxies=1))


def from_address(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"192.0.2.{number}"}


@pytest.mark.usefixtures("behind_a_proxy")
def test_wrong_passwords_from_many_addresses_hold_the_account_for_five_minutes(cast: Any) -> None:
    email = cast.patient_user.email
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            Client().post(SIGN_IN, {"login": email, "password": "wrong"}, headers=from_address(number))
        answer = Client().post(SIGN_IN, {"login": email, "password": PASSWORD}, headers=from_address(9))
        assert answer.status_code == 200
        assert "Too many wrong passwords or codes" in answer.content.decode()
        clock.shift(timedelta(minutes=6))
        answer = Client().post(SIGN_IN, {"login": email, "password": PASSWORD}, headers=from_address(9))
        assert answer.status_code == 302


@pytest.mark.usefixtures("behind_a_proxy")
def test_no_spelling_of_the_address_and_no_port_of_the_host_begins_a_new_count(cast: Any) -> None:
    email = cast.patient_user.email
    for number in range(5):
        spelling = email.upper() if number % 2 else f" {email} "
        given = {"login": spelling, "password": "wrong"}
        Client(HTTP_HOST=f"testserver:{8000 + number}").post(SIGN_IN, given, headers=from_address(number))
    answer = Client().post(SIGN_IN, {"login": email, "password": PASSWORD}, headers=from_address(9))
    assert "Too many wrong passwords or codes" in answer.content.decode()


@pytest.mark.usefixtures("behind_a_proxy")
def test_wrong_codes_from_many_addresses_hold_the_account_and_are_written_down(cast: Any) -> None:
    secret = give_factor(cast.clinician)
    browser, _ = with_password(cast.clinician)
    where = reverse("mfa_authenticate")
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(6):
            browser.post(where, {"code": "000000"}, headers=from_address(number))
        answer = browser.post(where, {"code": code_now(secret)}, headers=from_address(9))
    assert answer.status_code == 200
    assert "Too many wrong passwords or codes" in answer.content.decode()
    events = AuditEvent.objects.filter(event="second_factor.failed").values_list("actor", "outcome")
    assert list(events) == [(cast.clinician.pk, "refused")] * 5


@pytest.mark.usefixtures("behind_a_proxy")
def test_choosing_a_new_password_ends_the_wait(cast: Any) -> None:
    """Whoever is kept out by somebody else's guessing has a way in."""
    for number in range(6):
        Client().post(SIGN_IN, {"login": cast.patient_user.email, "password": "x"}, headers=from_address(number))
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": cast.patient_user.email})
    link = re.search(r"https?://[^/\s]+(/sign-in/password/key/\S+)", mail.outbox[0].body)
    assert link
    where = browser.get(link[1], follow=True).redirect_chain[-1][0]
    new = "a new and much longer password"
    assert browser.post(where, {"password1": new, "password2": new}).status_code == 302
    assert with_password(cast.patient_user, new)[1].status_code == 302


def test_what_was_typed_with_a_wrong_password_is_kept_for_as_long_as_it_counts(cast: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with_password(cast.patient_user, "wrong")
        with_password(cast.clinician)
        assert not AccessLog.objects.exists()
        for minutes, kept in ((29, True), (2, False)):
            clock.shift(timedelta(minutes=minutes))
            call_command("tidy")
            assert AccessAttempt.objects.exists() == kept


def test_wrong_passwords_of_one_lock_nobody_else(cast: Any) -> None:
    for _ in range(5):
        with_password(cast.clinician, "wrong")
    assert with_password(cast.colleague)[1].status_code == 302


def test_an_unknown_address_and_a_wrong_password_are_told_alike(cast: Any) -> None:
    wrong = with_password(cast.clinician, "wrong")[1].content.decode()
    unknown = Client().post(SIGN_IN, {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    said = re.compile(r'<div class="nhsuk-error-summary.*?</div>\s*</div>', re.DOTALL)
    assert said.findall(wrong)
    assert said.findall(wrong) == said.findall(unknown)


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 302)])
def test_fifteen_minutes_without_doing_anything_end_the_session(
    cast: Any, signed_in: Any, minutes: int, status: int
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(cast.clinician)
        assert browser.get("/people/").status_code == 200
        clock.shift(timedelta(minutes=minutes))
        assert browser.get("/people/").status_code == status


def test_using_the_service_keeps_the_session(cast: Any, signed_in: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(cast.clinician)
        for _ in range(6):
            assert browser.get("/people/").status_code == 200
            clock.shift(timedelta(minutes=14))


def test_a_leaver_is_out_from_the_leaving_day_on(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    tomorrow = timezone.localdate() + timedelta(days=1)
    actions.set_leaving_day(by=audit.SYSTEM, user=cast.clinician, leaves_on=tomorrow)
    assert browser.get("/people/").status_code == 200
    actions.set_leaving_day(by=audit.SYSTEM, user=cast.clinician, leaves_on=timezone.localdate())
    assert browser.get("/people/").status_code == 302
    assert "_auth_user_id" not in browser.session
    browser, answer = with_password(cast.clinician)
    assert answer["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in browser.session


def test_a_role_that_ended_yesterday_opens_nothing(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    cast.clinician.roles_held.update(ends_on=timezone.localdate())
    assert browser.get("/people/").status_code == 200
    cast.clinician.roles_held.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert browser.get("/people/").status_code == 403


def test_signing_in_and_out_leave_their_trace_without_what_was_typed(cast: Any) -> None:
    with_password(cast.patient_user, "Wrong-Canary-1")
    browser, _ = with_password(cast.patient_user)
    browser.post(reverse("account_logout"))
    events = AuditEvent.objects.filter(event__startswith="sign_in.").order_by("sequence")
    found = [(one.event, one.outcome, one.actor) for one in events]
    user = cast.patient_user.pk
    assert found == [
        ("sign_in.failed", "refused", None),
        ("sign_in.done", "done", user),
        ("sign_in.ended", "done", user),
    ]
    assert "Canary" not in str(list(AuditEvent.objects.values())).replace("Canarybird", "")


def test_nobody_signs_themselves_up() -> None:
    assert Client().get("/sign-in/signup/").status_code == 404
    assert Client().get("/accounts/signup/").status_code == 404


def test_a_forgotten_password_is_chosen_anew_by_a_link_used_once(cast: Any) -> None:
    browser = Client()
    assert browser.post(reverse("account_reset_password"), {"email": cast.clinician.email}).status_code == 302
    (message,) = mail.outbox
    link = re.search(r"https?://[^/\s]+(/sign-in/password/key/\S+)", message.body)
    assert link
    page = browser.get(link[1], follow=True)
    where = page.redirect_chain[-1][0]
    assert link[1] not in page.content.decode()
    new = "a new and much longer password"
    assert browser.post(where, {"password1": new, "password2": new}).status_code == 302
    assert with_password(cast.clinician, new)[1].status_code == 302
    assert "does not work any more" in Client().get(link[1], follow=True).content.decode()


def test_an_unknown_address_gets_no_message_and_is_told_the_same(cast: Any) -> None:
    known, unknown = (
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in (cast.clinician.email, "nobody@example.org")
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


@pytest.fixture
def administrator(member: Any) -> User:
    user: User = member(Role.SERVICE_ADMINISTRATOR, name="Sam Service")
    return user


def test_the_service_administrator_adds_staff_and_changes_roles(administrator: User, signed_in: Any, send: Any) -> None:
    browser = signed_in(administrator)
    given = {"full_name": "New Person", "email": "New@Example.org", "roles": ["pwp", "duty"]}
    assert send(browser, reverse("accounts:add_member"), **given).status_code == 302
    new = User.objects.get(email="new@example.org")
    assert new.roles(timezone.localdate()) == {Role.PWP, Role.DUTY}
    assert not new.has_usable_password()
    where = reverse("accounts:member", kwargs={"user_id": new.pk})
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert send(signed_in(administrator), where, roles=["counsellor"]).status_code == 302
        assert new.roles(timezone.localdate()) == {Role.COUNSELLOR}
        assert new.roles(timezone.localdate() - timedelta(days=1)) == {Role.PWP, Role.DUTY}
    names = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"staff.added", "role.given", "role.taken"} <= names


def test_one_address_has_one_account(administrator: User, cast: Any, signed_in: Any, send: Any) -> None:
    given = {"full_name": "Twin", "email": cast.clinician.email.upper(), "roles": ["pwp"]}
    answer = send(signed_in(administrator), reverse("accounts:add_member"), **given)
    assert answer.status_code == 422
    assert "has an account already" in answer.content.decode()


def test_the_demonstrations_page_shows_no_code_that_was_used(cast: Any) -> None:
    User.objects.filter(pk=cast.clinician.pk).update(email=email_of("pwp"))
    cast.clinician.refresh_from_db()
    give_factor(cast.clinician)
    shown = []
    demonstration = override_settings(ALLCOMERS=settings.ALLCOMERS.but(mode="demo"))
    with demonstration, time_machine.travel(timezone.now(), tick=False):
        for _ in range(3):
            browser, _answer = with_password(cast.clinician)
            shown.append(sign_ins_now()[0].code)
            assert browser.post(reverse("mfa_authenticate"), {"code": shown[-1]}).status_code == 302
        assert len(set(shown)) == 3
        assert sign_ins_now()[0].code == "in half a minute"
