"""The employment adviser: nothing without the person's yes, and with it who they are and what was given, no more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import User
from allcomers.service.consents import actions, disclosure, selectors
from allcomers.service.consents.purposes import ADVISER, PURPOSES
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from tests.service.consents.examples import agreed, helped_with_work

pytestmark = pytest.mark.django_db

LIST = "/consents/adviser/"
THERAPY = ("999 000 0018", "9990000018", "Clare Clinician", "treatment")


@pytest.fixture
def adviser(member: Any) -> User:
    user: User = member(Role.EMPLOYMENT_ADVISER, name="Ada Adviser")
    return user


def page_of(cast: Any) -> str:
    return reverse("consents:for_adviser", kwargs={"person_id": cast.patient.pk})


def said(cast: Any, answer: str) -> None:
    asked = PURPOSES["employment_help"]
    actions.answer(by=audit.SYSTEM, person=cast.patient, purpose=asked, said=answer, asked="phone")


def test_without_a_yes_an_adviser_opens_nothing_though_they_are_responsible(
    cast: Any, adviser: User, signed_in: Any
) -> None:
    people.allocate(
        by=audit.SYSTEM, person=cast.patient, user=adviser, starts_on=timezone.localdate(), kind="employment"
    )
    browser = signed_in(adviser)
    for answer in (None, "no", ""):
        if answer is not None:
            said(cast, answer)
        assert browser.get(page_of(cast)).status_code == 403
        assert "CANARYBIRD" not in browser.get(LIST).content.decode()
    said(cast, "yes")
    assert browser.get(page_of(cast)).status_code == 200
    assert "CANARYBIRD" in browser.get(LIST).content.decode()
    said(cast, "no")
    assert browser.get(page_of(cast)).status_code == 403


def test_a_yes_without_an_allocation_opens_nothing(cast: Any, adviser: User, signed_in: Any) -> None:
    said(cast, "yes")
    assert signed_in(adviser).get(page_of(cast)).status_code == 403


def test_what_an_adviser_sees_says_neither_who_treats_nor_the_nhs_number(
    cast: Any, adviser: User, signed_in: Any
) -> None:
    helped_with_work(adviser, cast.patient)
    browser = signed_in(adviser)
    for where in (LIST, page_of(cast)):
        page = browser.get(where).content.decode()
        assert "CANARYBIRD" in page
        assert "27 March 1985" in page
        assert not [word for word in THERAPY if word in page]
    person = {"person_id": cast.patient.pk}
    assert browser.get(reverse("people:person", kwargs=person)).status_code == 403
    assert browser.get(reverse("people:search")).status_code == 403
    assert AuditEvent.objects.filter(event="adviser.listed", person=cast.patient.pk).count() == 1


def test_an_allocation_for_help_with_work_opens_no_clinical_record_and_no_supervision_of_it(
    cast: Any, signed_in: Any, member: Any
) -> None:
    supervisor = member(Role.SUPERVISOR)
    accounts.begin_supervision(
        by=audit.SYSTEM, supervisor=supervisor, supervisee=cast.colleague, starts_on=timezone.localdate()
    )
    helped_with_work(cast.colleague, cast.patient)
    for user in (cast.colleague, supervisor):
        browser = signed_in(user)
        for name in ("people:person", "questionnaires:record", "consents:of_person"):
            assert browser.get(reverse(name, kwargs={"person_id": cast.patient.pk})).status_code == 403
        assert "CANARYBIRD" not in browser.get(reverse("people:search")).content.decode()


def test_the_query_of_agreements_says_what_the_rows_say(cast: Any) -> None:
    """One is SQL for lists, the other Python for a disclosure; whatever was said, they agree at every moment."""
    asked, now = PURPOSES["employment_help"], timezone.now()
    with time_machine.travel(now - timedelta(days=400), tick=True):
        agreed(cast.patient, "employment_help")
    with time_machine.travel(now - timedelta(days=190), tick=True):
        taken_back = agreed(cast.patient, "employment_help")
    with time_machine.travel(now - timedelta(days=150), tick=True):
        actions.take_back(
            by=audit.SYSTEM, person=cast.patient, consent=taken_back, asked="phone", version=taken_back.version
        )
    with time_machine.travel(now - timedelta(days=100), tick=True):
        struck_through = agreed(cast.patient, "employment_help")
        struck_through.withdraw(by=None, because="Another person", version=struck_through.version)
    with time_machine.travel(now - timedelta(days=60), tick=True):
        agreed(cast.patient, "employment_help")
    with time_machine.travel(now - timedelta(days=30), tick=True):
        actions.answer(by=audit.SYSTEM, person=cast.patient, purpose=asked, said="no", asked="phone")
    found = {}
    for days in (401, 399, 220, 217, 189, 151, 149, 99, 59, 31, 29, 0):
        moment = now - timedelta(days=days) + timedelta(hours=1)
        viewer = Viewer(cast.clinician.pk, moment)
        try:
            disclosure.basis(cast.patient, asked.key, ADVISER, "name", moment)
            rows = True
        except disclosure.NoBasisError:
            rows = False
        found[days] = rows
        assert (cast.patient in selectors.agreeing(Person.objects.all(), asked.key, viewer, person="pk")) == rows, days
    assert [days for days, holds in found.items() if holds] == [399, 220, 189, 151, 59, 31]
