"""A professional refers somebody on the public form: the same inbox, the same care, and from whom it came (M1)."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from allcomers.service.governance.permissions import Role
from allcomers.service.people.models import Person
from allcomers.service.referrals import paths
from allcomers.service.referrals.models import Contact, LifeProblem, Match, Referral, Source, StartedReferral
from tests.service.referrals.journey import DANGER, THEIRS, sent, theirs_filled_in, theirs_sent

pytestmark = pytest.mark.django_db


def step(name: str) -> str:
    return f"/referrals/professional/step/{name}/"


@pytest.fixture
def administrator(cast: Any, member: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(member(Role.ADMINISTRATOR, name="Adam Admin", team=cast.team))
    return browser


def test_it_ends_in_the_inbox_with_its_source_and_whom_it_came_from(administrator: Client) -> None:
    page = theirs_sent(Client()).content.decode()
    referral = Referral.objects.get()
    assert referral.reference in page
    assert (referral.source, referral.same_day, referral.person.nhs_number) == (
        Source.PROFESSIONAL,
        False,
        "9990000018",
    )
    assert LifeProblem.objects.get().said_by == "referrer"
    assert Contact.objects.get().may_leave_message
    assert ">Professional<" in administrator.get("/referrals/inbox/").content.decode()
    shown = administrator.get(reverse("referrals:referral", kwargs={"referral_id": referral.pk})).content.decode()
    for said in (
        "by a professional, on the form",
        "Gwen Practitioner, GP, Elm Street Surgery",
        "Low since the spring.",
    ):
        assert said in shown


def test_nobody_consents_for_somebody_else(client: Client) -> None:
    """Consents are asked of the person; a professional is not asked for them, so that none is stored."""
    theirs_sent(client)
    assert not Referral.objects.get().consents.exists()  # type: ignore[attr-defined]


def test_risk_urgent_danger_sends_the_referrer_to_help_at_once_and_the_referral_is_kept(client: Client) -> None:
    answer = client.post("/referrals/professional/safe/", DANGER)
    assert answer["Location"] == "/referrals/professional/help-now/"
    with override_settings(ALLCOMERS=_settings(phone="01632 960 001")):
        page = client.get(answer["Location"]).content.decode()
    for said in ("Ring 01632 960 999 at any hour", 'href="tel:01632960001"', 'href="tel:999"'):
        assert said in page
    for name, given in THEIRS.items():
        client.post(step(name), given)
    client.post("/referrals/professional/check/")
    referral = Referral.objects.get()
    assert (referral.same_day, referral.same_day_because) == (True, paths.PROFESSIONAL.danger_words)


@pytest.mark.parametrize("safe", ["not_safe", "not_sure"])
def test_risk_known_to_the_referrer_is_looked_at_today(safe: str, client: Client) -> None:
    theirs_filled_in(client, until="risk")
    risk = {"safe_now": safe, "risk": "They said so yesterday."}
    assert client.post(step("risk"), risk)["Location"] == "/referrals/professional/help-now/"
    client.post(step("agreement"), THEIRS["agreement"])
    page = client.get("/referrals/professional/check/").content.decode()
    assert "They said so yesterday." in page
    client.post("/referrals/professional/check/")
    assert Referral.objects.get().same_day


def test_risk_without_words_is_asked_for(client: Client) -> None:
    theirs_filled_in(client, until="risk")
    answer = client.post(step("risk"), {"safe_now": "not_safe"})
    assert answer.status_code == 422
    assert "Say what you know about the risk" in answer.content.decode()


def test_somebody_who_did_not_agree_is_not_referred_and_nothing_typed_is_lost(client: Client) -> None:
    theirs_filled_in(client, until="agreement")
    answer = client.post(step("agreement"), {"agreed": "no", "agreement_words": "They were not asked."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "We cannot contact somebody who has not agreed" in page
    assert "They were not asked." in page
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("referrer", {"referrer_phone": "none"}, "Enter a telephone number"),
        ("referrer", {"kind": "forged"}, "Choose one of the answers on the page"),
        ("person", {"nhs_number": "999 000 0019"}, "That is not an NHS number"),
        ("person", {"postcode": ""}, "or say that they have no fixed address"),
        ("person", {"date_of_birth_year": "2999"}, "The date of birth must be in the past"),
        ("contact", {"mobile": ""}, "Enter at least one way for us to reach"),
        ("reason", {"reason": ""}, "Say why you refer them"),
        ("reason", {"reason": "x" * 4001}, "must be 4,000 letters or fewer"),
        ("agreement", {"agreed": ""}, "Choose whether they agreed"),
    ],
)
def test_a_fault_is_said_in_words(name: str, given: dict[str, Any], said: str, client: Client) -> None:
    theirs_filled_in(client, until=name)
    answer = client.post(step(name), THEIRS[name] | given)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("changed", [{"date_of_birth_year": "2012"}, {"postcode": "YY1 1AA"}], ids=["age", "area"])
def test_under_age_and_out_of_area_are_no_dead_end(changed: dict[str, str], client: Client) -> None:
    with override_settings(ALLCOMERS=_settings(area_postcodes=("ZZ99",))):
        theirs_filled_in(client, until="person")
        answer = client.post(step("person"), THEIRS["person"] | changed)
        assert answer["Location"] == "/referrals/professional/elsewhere/"
        assert step("contact") in client.get(answer["Location"]).content.decode()
        for name in ("contact", "reason", "needs", "risk", "agreement"):
            client.post(step(name), THEIRS[name])
        client.post("/referrals/professional/check/")
    referral = Referral.objects.get()
    assert referral.under_age or referral.area == "outside"


def test_duplicates_of_both_paths_are_scored_and_never_merged(client: Client) -> None:
    sent(client)
    theirs_sent(Client())
    match = Match.objects.get()
    assert match.referral.source == Source.PROFESSIONAL
    assert "same name and date of birth" in match.reasons
    assert Person.objects.filter(withdrawn_at=None).count() == 2


def test_the_two_paths_are_open_side_by_side_and_never_mix(client: Client) -> None:
    theirs_sent(client)
    assert client.get("/referrals/done/")["Location"] == "/referrals/"
    sent(client)
    assert {one.source for one in Referral.objects.all()} == {Source.SELF, Source.PROFESSIONAL}
    started = StartedReferral.objects.get(source=Source.PROFESSIONAL)
    answer = client.post("/referrals/come-back/", {"reference": started.reference, **THEIRS["person"]})
    assert answer.status_code == 422


def test_sent_twice_it_is_one_referral(client: Client) -> None:
    theirs_sent(client)
    assert client.post("/referrals/professional/check/")["Location"] == "/referrals/professional/done/"
    assert Referral.objects.count() == 1


def test_a_page_without_the_rest_is_kept_and_begun_again(client: Client) -> None:
    answer = client.post(step("reason"), THEIRS["reason"])
    assert answer["Location"] == "/referrals/professional/safe/"
    assert StartedReferral.objects.get().answers["reason"]["reason"] == "Low since the spring."


def _settings(**changes: Any) -> Any:
    from django.conf import settings

    return settings.ALLCOMERS.but(**changes)
