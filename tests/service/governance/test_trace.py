"""Every reading leaves a trace, also of what a form that was not taken shows again. Nobody pushes it out of sight."""

from typing import Any

import pytest
from django.urls import reverse

from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent, BreakGlassReason
from allcomers.service.governance.selectors import A_PART, trace_of
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking

pytestmark = pytest.mark.django_db

MINE = "/governance/mine/"


def read(cast: Any, event: str) -> int:
    return AuditEvent.objects.filter(event=event, person=cast.patient.pk, actor=cast.clinician.pk).count()


def test_a_form_that_is_shown_again_is_read_again(cast: Any, signed_in: Any, send: Any) -> None:
    where = reverse("people:change", kwargs={"person_id": cast.patient.pk})
    answer = send(signed_in(cast.clinician), where, given_name="")
    assert answer.status_code == 422
    assert "CANARYBIRD" in answer.content.decode()
    assert read(cast, "person.opened") == 2


def test_what_a_colleague_saved_meanwhile_is_read_when_it_is_shown(cast: Any, signed_in: Any, send: Any) -> None:
    def somebody_else() -> None:
        person = Person.objects.get(pk=cast.patient.pk)
        people.change_details(by=audit.SYSTEM, person=person, version=person.version, postcode="ZZ99 4AA")

    where = reverse("people:change", kwargs={"person_id": cast.patient.pk})
    given = {"given_name": "P", "family_name": "C"}
    born = {"date_of_birth_day": 1, "date_of_birth_month": 1, "date_of_birth_year": 1985}
    answer = send(signed_in(cast.clinician), where, first=somebody_else, **given, **born)
    assert answer.status_code == 409
    assert "ZZ99 4AA" in answer.content.decode()
    assert read(cast, "person.opened") == 2


def test_answers_that_are_shown_again_are_read_again(cast: Any, signed_in: Any, send: Any) -> None:
    response = questionnaires.key_in(
        by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="GAD7", mode="phone"
    )
    answers = {one.number: 1 for one in asking.items(response.instrument)}
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=answers)
    where = reverse("questionnaires:key_finish", kwargs={"response_id": response.pk})
    before = AuditEvent.objects.filter(person=cast.patient.pk).count()
    answer = send(signed_in(cast.clinician), where, missing_words="x" * 5000)
    assert answer.status_code == 422
    assert AuditEvent.objects.filter(person=cast.patient.pk).count() == before + 2


def open_often(cast: Any, times: int, *, relationship: str) -> None:
    by = audit.Actor("person", cast.patient_user.pk, relationship=relationship, purpose="own_copy")
    with audit.gathering():
        for _ in range(times):
            audit.record("own.opened", by=by, person=cast.patient)


def test_nobody_pushes_an_access_out_of_who_opened_your_record(cast: Any, signed_in: Any) -> None:
    """Neither by opening one's own place again and again, nor by listing somebody again and again."""
    governance.break_glass(
        by=audit.SYSTEM, user=cast.colleague, person=cast.patient, reason=BreakGlassReason.DANGER, words="x"
    )
    open_often(cast, 600, relationship="self")
    patient = signed_in(cast.patient_user)
    assert "Your record was opened in an emergency" in patient.get(MINE).content.decode()
    open_often(cast, A_PART, relationship="allocated")
    assert "Your record was opened in an emergency" not in patient.get(MINE).content.decode()
    assert "Your record was opened in an emergency" in patient.get(f"{MINE}?page=2").content.decode()
    assert any("in an emergency" in one.what for one in trace_of(cast.patient.pk, own=True))
    assert "in an emergency" in patient.get(reverse("portal:readable")).content.decode()


def test_what_the_person_did_is_beside_it(cast: Any, signed_in: Any) -> None:
    """Somebody who has their password is found out by it."""
    patient = signed_in(cast.patient_user)
    patient.get("/my/")
    assert "You opened your own page" not in patient.get(MINE).content.decode()
    page = patient.get(f"{MINE}?person").content.decode()
    assert "You opened your own page" in page
    assert "Your record was begun" not in page


def test_what_was_tried_with_a_link_and_refused_is_among_what_others_did(cast: Any, signed_in: Any) -> None:
    by = audit.person_by_link(source="test")
    audit.record("link.wrong_answer", by=by, person=cast.patient, outcome=audit.REFUSED)
    page = signed_in(cast.patient_user).get(MINE).content.decode()
    assert "Somebody with a link of yours" in page
