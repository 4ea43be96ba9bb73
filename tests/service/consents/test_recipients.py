"""To whom something may be given: a kind that the purpose names, and never somebody who could use it against them."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from allcomers.service.consents import disclosure
from allcomers.service.consents.models import LONGEST_DECISION_DAYS, Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import PURPOSES
from allcomers.service.consents.recipients import CARE, FAMILY, LEGAL, never_given_to
from allcomers.service.governance import audit
from allcomers.service.people import actions as people
from tests.service.consents.examples import agreed, decided, give

pytestmark = pytest.mark.django_db

REFUSED = (
    "Jobcentre Plus, work coach",
    "JOB-CENTRE",
    "the Job Center",
    "D.W.P.",
    "Department for Work and Pensions",
    "Dept. of Work & Pensions",
    "Universal  Credit",
    "the benefits office",
    "my employer, Acme Ltd",
    "our employment adviser",
    "Employment Advisor",
    "Acme HR",
    "human resources at Acme",
    "Occupational Health",
    "Aviva Insurance",
    "the insurer",
    "my line manager",
    "Ｊｏｂｃｅｎｔｒｅ",
)
ALLOWED = (
    "Ward 3",
    "Dr Chris Hart",
    "Thrive charity",
    "my sister Pip",
    "Citizens Advice",
    "Workers' Educational Association",
    "Joe B. Centrella",
    "Christine Assurance-Jones",
    "The county court",
    "my care manager",
)


@pytest.mark.parametrize("name", REFUSED)
def test_whoever_could_use_it_against_somebody_is_known_by_many_names(name: str) -> None:
    assert never_given_to(name)


@pytest.mark.parametrize("name", ALLOWED)
def test_somebody_who_cares_is_not_taken_for_them(name: str) -> None:
    assert not never_given_to(name)


@pytest.mark.parametrize(("purpose", "kind"), [("other_care", "health"), ("family", "relative")])
@pytest.mark.parametrize("name", ["Jobcentre Plus, work coach", "my employer, Acme Ltd", "our employment adviser"])
def test_nothing_is_given_for_work_under_the_name_of_another_purpose(
    purpose: str, kind: str, name: str, cast: Any
) -> None:
    """Whatever row there is: one that was forged, or written down before this was looked at."""
    consent = agreed(cast.patient, purpose, recipient=name, kind_of_recipient=kind, items=["progress", "in_contact"])
    for item in consent.items:
        with pytest.raises(disclosure.NoBasisError):
            disclosure.basis(cast.patient, purpose, name, item, timezone.now())


@pytest.mark.parametrize("kind", ["", "employer", "relative"])
def test_a_recipient_of_a_kind_that_the_purpose_does_not_name_is_given_nothing(kind: str, cast: Any) -> None:
    agreed(cast.patient, "other_care", recipient="Acme Limited", kind_of_recipient=kind, items=["progress"])
    with pytest.raises(disclosure.NoBasisError):
        disclosure.basis(cast.patient, "other_care", "Acme Limited", "progress", timezone.now())


def test_the_kinds_are_closed_lists_without_work_or_benefits() -> None:
    assert PURPOSES["other_care"].kinds == CARE
    assert PURPOSES["family"].kinds == FAMILY
    named = [*CARE.values(), *FAMILY.values(), *LEGAL.values()]
    assert not [one for one in named if never_given_to(one) or one.startswith(("other", "somebody else"))]


def test_the_form_says_no_to_a_name_and_keeps_what_was_typed(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    given = {"said": "yes", "items": ["progress"], "kind_of_recipient": "health"}
    answer = send(browser, "/consents/mine/other_care/", **given, recipient="Jobcentre Plus")
    assert answer.status_code == 422
    assert "take a copy of your record" in answer.content.decode()
    assert "Jobcentre Plus" in answer.content.decode()
    answer = send(browser, "/consents/mine/other_care/", said="yes", items=["progress"], recipient="Ward 3")
    assert "Choose what kind of person or service it is" in answer.content.decode()
    assert not Consent.objects.exists()
    send(browser, "/consents/mine/other_care/", **given, recipient="Ward 3")
    assert Consent.objects.get().kind_of_recipient == "health"
    assert disclosure.basis(cast.patient, "other_care", "Ward 3", "progress", timezone.now())


def test_words_for_an_employer_or_a_jobcentre_are_still_handed_to_the_person(cast: Any) -> None:
    for purpose, name in (("employer", "My employer"), ("jobcentre", "Jobcentre Plus")):
        agreed(cast.patient, purpose, recipient=name, statement="I need a quiet desk.")
        assert disclosure.basis(cast.patient, purpose, name, "statement", timezone.now())


def test_a_decision_gives_nothing_to_an_office_that_decides_on_benefits(cast: Any, signed_in: Any, send: Any) -> None:
    forged = decided(cast.patient, cast.manager, recipient="Department for Work and Pensions")
    of_no_kind = decided(cast.patient, cast.manager, kind_of_recipient="employer")
    for row in (forged, of_no_kind):
        with pytest.raises(disclosure.NoBasisError):
            give(cast.patient, cast.manager, disclosure.REQUIRED, row.recipient, ["name"])
    assert not Disclosure.objects.exists()


def test_a_decision_holds_for_four_weeks_at_most(cast: Any, signed_in: Any, send: Any) -> None:
    today = timezone.localdate()
    long = decided(cast.patient, cast.manager, expires_on=today + timedelta(days=3650))
    last = timezone.now() + timedelta(days=LONGEST_DECISION_DAYS)
    assert disclosure.basis(cast.patient, disclosure.REQUIRED, long.recipient, "name", last)
    with pytest.raises(disclosure.NoBasisError):
        disclosure.basis(cast.patient, disclosure.REQUIRED, long.recipient, "name", last + timedelta(days=1))
    people.allocate(by=audit.SYSTEM, person=cast.patient, user=cast.manager, starts_on=today)
    where = reverse("consents:without_agreement", kwargs={"person_id": cast.patient.pk})
    given = {"kind": "court", "recipient": "DWP", "kind_of_recipient": "court", "items": ["name"], "words": "asked"}
    day = today + timedelta(days=LONGEST_DECISION_DAYS + 1)
    when = {"expires_on_day": day.day, "expires_on_month": day.month, "expires_on_year": day.year}
    page = send(signed_in(cast.manager), where, **given, **when).content.decode()
    assert "The last day must be within 28 days" in page
    assert "never given" in page
    assert LegalBasis.objects.count() == 1


def test_the_person_sees_what_kind_of_recipient_was_meant(cast: Any, signed_in: Any) -> None:
    agreed(cast.patient, "other_care", recipient="Ward 3", kind_of_recipient="health", items=["progress"])
    assert CARE["health"] in signed_in(cast.patient_user).get("/consents/mine/").content.decode()
