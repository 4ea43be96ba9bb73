"""Referring oneself, as somebody on a phone does it: nothing is lost, nobody is turned away, nothing leaks (P1)."""

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from allcomers.service.consents.models import Consent
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people.models import Person
from allcomers.service.referrals import steps, wording
from allcomers.service.referrals.models import Contact, LifeProblem, Referral, StartedReferral
from tests.service.referrals.journey import ANSWERS, DANGER, SAFE, filled_in, sent, where

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_somebody_refers_themselves_and_is_told_what_happens_by_when(client: Client) -> None:
    """Given a phone, when every page is answered and sent, then there is one referral with all that was said."""
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=True):  # a Monday
        page = text(sent(client))
    referral = Referral.objects.get()
    assert referral.reference in page
    assert "9 March 2026" in page  # the fifth working day after
    assert (referral.person.given_name, referral.person.date_of_birth) == ("Patience", date(1985, 3, 27))
    assert (referral.state, referral.same_day, referral.area) == ("received", False, "inside")
    assert referral.answers["words"]["brings"] == "I cannot sleep."
    assert set(LifeProblem.objects.values_list("problem", "said_by")) == {("debt", "person"), ("loneliness", "person")}
    assert set(Contact.objects.values_list("channel", "matched_by", "may_leave_message")) == {
        ("mobile", "07700900982", True),
        ("email", "patience@example.org", False),
    }
    assert StartedReferral.objects.get().answers == {}


def test_sending_is_written_down_with_the_person_and_without_what_was_said(client: Client) -> None:
    sent(client)
    referral = Referral.objects.get()
    events = AuditEvent.objects.filter(person=referral.person_id).order_by("sequence")
    of_others = ("consent.", "message.")
    named = [one for one in events.values_list("event", flat=True) if not one.startswith(of_others)]
    assert named == ["person.added", "referral.received"]
    assert "sleep" not in str(list(AuditEvent.objects.values()))
    pages = AuditEvent.objects.filter(event="referral.step_kept").order_by("sequence")
    assert [event.detail["step"] for event in pages] == [step.name for step in steps.STEPS]


def test_each_page_asks_in_order_and_a_page_ahead_is_not_opened(client: Client) -> None:
    client.post("/referrals/safe/", SAFE)
    assert client.get(where("words"))["Location"] == where("age-and-area")
    assert client.get("/referrals/check/")["Location"] == where("age-and-area")
    assert client.post("/referrals/check/")["Location"] == where("age-and-area")
    assert client.get(where("no-such-page")).status_code == 404
    assert client.post(where("no-such-page"), {"x": "y"}).status_code == 404


def test_a_forged_page_sent_ahead_is_kept_and_the_ones_before_are_still_asked(client: Client) -> None:
    client.post("/referrals/safe/", SAFE)
    assert client.post(where("consents"), {"tell_gp": "yes"})["Location"] == where("age-and-area")
    assert client.post("/referrals/check/")["Location"] == where("age-and-area")
    assert not Referral.objects.exists()


def test_the_safety_gate_comes_first_and_shows_local_help(client: Client) -> None:
    assert client.get(where("age-and-area"))["Location"] == "/referrals/come-back/"
    assert client.post("/referrals/safe/", {}).status_code == 422
    assert not StartedReferral.objects.exists()
    assert client.post("/referrals/safe/", DANGER)["Location"] == "/referrals/help-now/"
    page = text(client.get("/referrals/help-now/"))
    assert "01632 960 999" in page
    assert f'href="{where("age-and-area")}"' in page


def test_a_yes_at_the_gate_that_goes_on_is_looked_at_today_even_if_taken_back(client: Client) -> None:
    client.post("/referrals/safe/", DANGER)
    sent(client)
    referral = Referral.objects.get()
    assert referral.same_day
    assert "in danger" in referral.same_day_because


@pytest.mark.parametrize(("said", "same_day"), [("not_safe", True), ("not_sure", True), ("safe", False), ("", False)])
def test_not_feeling_safe_shows_help_at_once_and_is_looked_at_today(said: str, same_day: bool, client: Client) -> None:
    filled_in(client, until="life")
    following = client.post(where("life"), {"safe_now": said})["Location"]
    assert following == ("/referrals/help-now/" if same_day else where("needs"))
    sent(client, life={"safe_now": said})
    assert Referral.objects.get().same_day is same_day


OURS = {
    "area_postcodes": ("YY",),
    "out_of_area_text": "Ring the other service.",
    "under_age_text": "Ask a school nurse.",
}


@pytest.mark.parametrize(
    ("page", "words", "under_age", "area"),
    [
        ({"postcode": "YY1 1AA"}, [], False, "inside"),
        ({}, ["Ring the other service."], False, "outside"),
        ({"postcode": "", "no_fixed_address": "on"}, [], False, "unknown"),
        ({"date_of_birth_year": "2012", "postcode": "YY1 1AA"}, ["Ask a school nurse."], True, "inside"),
        ({"date_of_birth_year": "2012"}, ["Ask a school nurse.", "Ring the other service."], True, "outside"),
    ],
)
def test_out_of_area_and_under_age_are_told_where_and_can_go_on(
    page: dict[str, str], words: list[str], under_age: bool, area: str, client: Client
) -> None:
    with override_settings(ALLCOMERS=settings.ALLCOMERS.but(phone="01632 960 001", **OURS)):
        client.post("/referrals/safe/", SAFE)
        following = client.post(where("age-and-area"), ANSWERS["age-and-area"] | page)["Location"]
        assert following == ("/referrals/elsewhere/" if words else where("who"))
        if words:
            shown = text(client.get(following))
            assert all(one in shown for one in [*words, "01632 960 001", where("who")])
        sent(client, age_and_area=page)
    referral = Referral.objects.get()
    assert (referral.under_age, referral.area) == (under_age, area)


@pytest.mark.parametrize(
    ("born", "today", "too_young"),
    [
        ("29 2 2008", date(2026, 2, 28), True),  # 18 on 1 March of a year without 29 February
        ("29 2 2008", date(2026, 3, 1), False),
        ("1 3 2008", date(2026, 2, 28), True),
    ],
)
def test_age_at_the_edge_of_a_leap_day(born: str, today: date, too_young: bool, client: Client) -> None:
    given = dict(zip(("date_of_birth_day", "date_of_birth_month", "date_of_birth_year"), born.split(), strict=True))
    with time_machine.travel(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), tick=True):
        sent(client, age_and_area=given)
    assert Referral.objects.get().under_age is too_young


def test_the_day_one_hears_by_counts_from_the_local_day_over_midnight_and_a_clock_change(client: Client) -> None:
    """23:30 UTC on Sunday 29 March 2026 is 00:30 on Monday 30 March, after the clocks went forward that morning.

    The fifth working day after Monday 30 March, over Good Friday (3 April) and Easter Monday (6 April), is 8 April:
    31 March, 1, 2, 7 and 8 April. From the Sunday it would be 7 April.
    """
    with time_machine.travel(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), tick=True):
        assert "8 April 2026" in text(sent(client))


def test_one_comes_back_with_the_reference_and_date_of_birth_on_another_device(client: Client) -> None:
    filled_in(client, until="life")
    reference = StartedReferral.objects.get().reference
    assert reference in text(client.get(where("life")))
    other = Client()
    known = {**ANSWERS["age-and-area"], "reference": reference.lower().replace("-", " ")}
    assert other.post("/referrals/come-back/", known)["Location"] == where("life")
    assert "I cannot sleep." in text(other.get(where("words")))


def test_five_wrong_dates_of_birth_lock_it_and_say_no_more_than_a_wrong_reference(client: Client) -> None:
    filled_in(client, until="life")
    right = {**ANSWERS["age-and-area"], "reference": StartedReferral.objects.get().reference}
    other = Client()
    wrong = [text(other.post("/referrals/come-back/", right | {"date_of_birth_day": "28"})) for _ in range(5)]
    unknown = text(other.post("/referrals/come-back/", right | {"reference": "AAAA-AAAA"}))
    said = "We have nothing with that reference and date of birth"
    assert all(said in one for one in [*wrong, unknown])
    assert other.post("/referrals/come-back/", right).status_code == 422
    assert client.get(where("life")).status_code == 200  # whoever has it open still has


@pytest.mark.parametrize(("hours", "there"), [(23, True), (25, False)])
def test_it_is_kept_for_a_day_and_then_deleted(hours: int, there: bool, client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        filled_in(client, until="life")
        known = {**ANSWERS["age-and-area"], "reference": StartedReferral.objects.get().reference}
        clock.shift(timedelta(hours=hours))
        call_command("forget_started_referrals")
        assert StartedReferral.objects.exists() is there
        assert (Client().post("/referrals/come-back/", known).status_code == 302) is there


def test_what_was_typed_after_the_time_was_over_is_kept(client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        filled_in(client, until="words")
        clock.shift(timedelta(hours=25))
        assert client.post(where("words"), {"brings": "Long words"})["Location"] == "/referrals/come-back/"
        assert "is kept" in text(client.get("/referrals/come-back/"))
        filled_in(client, until="words")
    assert "Long words" in text(client.get(where("words")))


def test_leaving_clears_the_device_and_nothing_else(client: Client) -> None:
    filled_in(client, until="life")
    reference = StartedReferral.objects.get().reference
    assert reference in text(client.post("/referrals/leave/"))
    assert client.get(where("words"))["Location"] == "/referrals/come-back/"
    assert StartedReferral.objects.get().answers["words"]["brings"] == "I cannot sleep."


def test_sent_twice_it_is_one_referral(client: Client) -> None:
    sent(client)
    answer = client.post("/referrals/check/")
    assert answer["Location"] == "/referrals/done/"
    assert Referral.objects.count() == Person.objects.count() == 1


def test_a_page_changed_from_the_check_leads_back_to_it(client: Client) -> None:
    filled_in(client)
    assert "I cannot sleep." in text(client.get("/referrals/check/"))
    assert client.post(where("words"), {"brings": "Better words"})["Location"] == "/referrals/check/"
    assert "Better words" in text(client.get("/referrals/check/"))


def test_monitoring_is_skipped_in_one_action_and_answers_do_not_stay(client: Client) -> None:
    filled_in(client, until="preferences")
    client.post(where("about-you"), {"religion": "sikh"})
    assert 'name="skip"' in text(client.get(where("about-you")))
    client.post(where("about-you"), {"skip": "yes", "religion": "sikh"})
    assert StartedReferral.objects.get().answers["about-you"]["religion"] == ""


def test_consents_are_apart_off_beforehand_and_stored_with_their_words(client: Client) -> None:
    filled_in(client, until="consents")
    assert "checked" not in text(client.get(where("consents")))
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=True):
        sent(Client())
    stored = {one.purpose: one for one in Consent.objects.exclude(purpose__startswith="messages_")}
    assert set(stored) == {one.purpose for one in wording.CONSENTS}
    assert (stored["tell_gp"].answer, stored["tell_gp"].expires_on) == ("yes", date(2026, 8, 31))  # 182 days on
    assert (stored["research"].answer, stored["research"].expires_on) == ("", None)
    assert all(one.words and one.wording_version == wording.VERSION for one in stored.values())


def test_nothing_about_anybody_is_in_an_address_or_a_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sent(client)
    referral = Referral.objects.get()
    known = ["Canarybird", "07700", "993VZ", "1985", referral.reference, str(referral.pk), str(referral.person_id)]
    assert not [one for one in known if one in caplog.text]
    addresses = [reverse(f"referrals:{name}") for name in ("gate", "check", "done", "resume", "elsewhere")]
    assert not [one for one in known for address in addresses if one in address]


@pytest.mark.usefixtures("stopped_clock")
def test_guessing_references_is_limited(client: Client) -> None:
    statuses = [client.post("/referrals/come-back/", {}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_every_page_opens_empty_and_with_what_was_answered(client: Client) -> None:
    for step in steps.STEPS:
        other = filled_in(Client(), until=step.name)
        assert step.title in text(other.get(where(step.name)))
    filled_in(client)
    for step in steps.STEPS:
        assert client.get(where(step.name)).status_code == 200
