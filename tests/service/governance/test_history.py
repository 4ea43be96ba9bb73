"""Whom the history of a row names."""

from typing import Any

import pytest

from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions
from tests.service.questionnaires.conftest import Visit, answers

pytestmark = pytest.mark.django_db


def test_answers_by_a_link_name_nobody_of_the_staff_who_are_signed_in_in_that_browser(
    cast: Any, signed_in: Any
) -> None:
    """A tablet of the clinic, at which a clinician had signed in before it was handed over."""
    asked, token = actions.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9"])
    visit = Visit(asked, token, signed_in(cast.clinician))
    visit.send(visit.begin("list"), **answers(10, 1, item_9=0))
    written = visit.response().history.all()
    assert written
    assert {row.history_user for row in written} == {None}


def test_what_staff_save_names_them(cast: Any, signed_in: Any, send: Any) -> None:
    changed = {
        "given_name": "Patience", "family_name": "Changed", "postcode": "ZZ99 3VZ", "date_of_birth_day": "27",
        "date_of_birth_month": "3", "date_of_birth_year": "1985",
    }  # fmt: skip
    assert send(signed_in(cast.clinician), f"/people/{cast.patient.pk}/change/", **changed).status_code == 302
    assert Person.objects.get(pk=cast.patient.pk).history.latest().history_user == cast.clinician
