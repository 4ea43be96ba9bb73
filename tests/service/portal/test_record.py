"""The person's own record: everything that they may see and nobody else's, a copy, and corrections."""

import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers import instruments
from allcomers.instruments.fhir import read_response
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.portal import charts, fhir
from allcomers.service.portal.models import Correction
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import Response
from allcomers.service.questionnaires.reading import responses_read
from allcomers.service.referrals.models import Addition
from tests.service.consents.examples import agreed
from tests.service.portal.examples import WRONG, asked
from tests.service.referrals.examples import make_referral

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RECORD, SCORES, CORRECTIONS = "/my/record/", "/my/record/scores/", "/my/record/wrong/"
READABLE, FHIR = "/my/record/copy/readable/", "/my/record/copy/fhir/"


def answered(cast: Any, person: Person, answers: dict[int, Any], *, at: datetime = NOW, missing: str = "") -> Response:
    """A GAD-7 that staff entered for somebody."""
    with time_machine.travel(at, tick=True):
        response = questionnaires.key_in(
            by=audit.SYSTEM, member=cast.clinician, person=person, key="GAD7", mode="phone"
        )
        questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=answers)
        response.refresh_from_db()
        return questionnaires.finish(
            by=audit.SYSTEM, response=response, missing_words=missing, version=response.version
        )


def all_of(value: int | None) -> dict[int, Any]:
    return {item.number: value for item in asking.items(instruments.get("GAD7"))}


def full_record(cast: Any) -> None:
    referral = make_referral(cast.patient, state="accepted", decided_at=NOW)
    referral.answers["words"] = {"brings": "I cannot sleep.", "different": "I would sing again."}
    referral.save_version(referral.version)
    answered(cast, cast.patient, all_of(3), missing="The nights")
    answered(cast, cast.patient, all_of(1), at=datetime(2026, 4, 2, 12, tzinfo=UTC))
    agreed(cast.patient, "employer", recipient="Acme Limited", statement="I need a quiet desk.")
    asked(cast.patient)


@pytest.mark.parametrize("address", [RECORD, READABLE])
def test_a_person_reads_what_they_said_item_by_item_and_in_their_own_words(
    address: str, cast: Any, signed_in: Any
) -> None:
    full_record(cast)
    said = html.unescape(signed_in(cast.patient_user).get(address).content.decode())
    for words in ("I cannot sleep.", "I would sing again.", "The nights", "Nearly every day", "999 000 0018"):
        assert words in said
    assert "My name has one t." in said


@pytest.mark.parametrize("address", [RECORD, SCORES, CORRECTIONS, READABLE, FHIR])
def test_nobody_reads_anything_of_somebody_else(address: str, cast: Any, signed_in: Any) -> None:
    """Hazard: a score is shown for another person."""
    full_record(cast)
    browser = signed_in(cast.stranger_user)
    answer = browser.get(address)
    said = html.unescape(answer.content.decode())
    for words in ("I cannot sleep.", "The nights", "Acme Limited", "Canarybird", "My name has one t.", "Your total"):
        assert words not in said


def test_scores_are_a_drawing_a_sentence_and_a_table(cast: Any, signed_in: Any) -> None:
    full_record(cast)
    page = signed_in(cast.patient_user).get(SCORES).content.decode()
    sentence = "Your total was 21 on 2 March 2026, and 7 on 2 April 2026. A higher score means more difficulty."
    assert page.count(sentence) == 2  # in the text, and as the text of the drawing
    assert 'src="data:image/svg+xml;base64,' in page
    assert "21 of 21" in page
    assert "7 of 21" in page
    assert len(page) < 60_000


def test_one_score_is_no_line_and_none_is_no_total(cast: Any) -> None:
    answered(cast, cast.patient, all_of(None))
    (series,) = charts.series_of(responses_read(cast.patient))
    assert (series.sentence, series.picture) == ("There is no total yet.", "")
    answered(cast, cast.patient, all_of(2), at=datetime(2026, 4, 2, 12, tzinfo=UTC))
    (series,) = charts.series_of(responses_read(cast.patient))
    assert series.sentence == "Your total was 14 on 2 April 2026. A higher score means more difficulty."
    assert series.picture == ""


def test_a_withdrawn_questionnaire_is_shown_struck_through_and_not_drawn(cast: Any, signed_in: Any) -> None:
    response = answered(cast, cast.patient, all_of(3))
    response.withdraw(by=cast.clinician.pk, because="Entered for the wrong person", version=response.version)
    browser = signed_in(cast.patient_user)
    assert "Entered for the wrong person" in browser.get(RECORD).content.decode()
    assert "21 of 21" not in browser.get(SCORES).content.decode()
    assert fhir.bundle(cast.patient, [], at=NOW)["entry"][1:] == []


@pytest.mark.parametrize(("address", "kind"), [(READABLE, "text/html"), (FHIR, "application/fhir+json")])
def test_a_copy_is_a_file_that_names_nobody_and_is_written_down(
    address: str, kind: str, cast: Any, signed_in: Any
) -> None:
    full_record(cast)
    answer = signed_in(cast.patient_user).get(address)
    assert answer["Content-Type"].startswith(kind)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "Canarybird" not in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(event="own.exported", person=cast.patient.pk).count() == 1


def test_the_copy_to_read_needs_nothing_else(cast: Any, signed_in: Any) -> None:
    full_record(cast)
    said = html.unescape(signed_in(cast.patient_user).get(READABLE).content.decode())
    for outside in ("<script", "<link", 'src="/', 'href="', "@import", 'src="http'):
        assert outside not in said
    for words in ("Acme Limited", "I need a quiet desk.", "Who opened your record", "Your record was begun"):
        assert words in said


# -- FHIR -----------------------------------------------------------------------------------------------------------


def responses_in(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    found = [one["resource"] for one in bundle["entry"]]
    return [one for one in found if one["resourceType"] == "QuestionnaireResponse"]


def test_the_fhir_copy_is_valid_and_its_answers_come_back_as_they_went(cast: Any, signed_in: Any) -> None:
    """R4B left these resources as they were in R4, for all that is used here."""
    full_record(cast)
    text = signed_in(cast.patient_user).get(FHIR).content.decode()
    bundle = json.loads(text)
    Bundle.model_validate_json(text)
    kinds = [one["resource"]["resourceType"] for one in bundle["entry"]]
    assert kinds == ["Patient", "Questionnaire", "QuestionnaireResponse", "QuestionnaireResponse"]
    patient = bundle["entry"][0]["resource"]
    assert (patient["birthDate"], patient["identifier"][0]["value"]) == ("1985-03-27", "9990000018")
    latest, first = responses_in(bundle)
    assert [one["subject"]["reference"] for one in (latest, first)] == [bundle["entry"][0]["fullUrl"]] * 2
    assert first["extension"][0]["valueString"] == "The nights"
    read = read_response(first)
    assert (read.faults, read.answers) == ((), all_of(3))
    assert read.score is not None
    assert read.score.total == 21


@settings(deadline=None, derandomize=True, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=8, max_size=8))
def test_whatever_was_answered_or_declined_is_in_the_copy(values: list[int | None], cast: Any) -> None:
    before = Response.objects.count()
    given_answers = dict(enumerate(values, start=1))
    response = answered(cast, cast.patient, given_answers)
    resource = fhir.response(response)
    Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": dict(resource)}]})
    items = {one["linkId"]: one for one in resource["item"] if one["linkId"] != "total"}
    declined = {number for number, one in items.items() if "answer" not in one}
    assert declined == {str(number) for number, value in given_answers.items() if value is None}
    assert set(items) == {str(number) for number in given_answers}
    assert resource["status"] == "completed"
    read = read_response(resource)
    assert {number: value for number, value in read.answers.items() if value is not None} == {
        number: value for number, value in given_answers.items() if value is not None
    }
    assert Response.objects.count() == before + 1


# -- Corrections ----------------------------------------------------------------------------------------------------


def test_a_correction_is_asked_for_answered_and_disagreed_with(cast: Any, signed_in: Any, send: Any) -> None:
    mine, staff = signed_in(cast.patient_user), signed_in(cast.clinician)
    assert send(mine, f"{CORRECTIONS}ask/", **WRONG)["Location"] == CORRECTIONS
    (one,) = Correction.objects.all()
    assert "CANARYBIRD" in staff.get("/my/corrections/").content.decode()
    where = reverse("portal:correction", kwargs={"correction_id": one.pk})
    assert "Choose what you decided" in send(staff, where).content.decode()
    refused = send(staff, where, state="refused", words="Your birth certificate has one t.")
    assert refused.status_code == 302
    assert "Your birth certificate has one t." in mine.get(CORRECTIONS).content.decode()
    disagree = reverse("portal:disagree", kwargs={"correction_id": one.pk})
    assert send(mine, disagree, disagreement="It is misprinted.").status_code == 302
    for browser, page in ((mine, CORRECTIONS), (staff, reverse("portal:corrections_of", args=[cast.patient.pk]))):
        assert "It is misprinted." in browser.get(page).content.decode()
    assert Correction.objects.get().history.count() == 3
    assert "CANARYBIRD" not in staff.get("/my/corrections/").content.decode()


def test_what_was_put_right_keeps_what_was_there_before(cast: Any, signed_in: Any, send: Any) -> None:
    """U3: corrections keep the old text."""
    one, staff = asked(cast.patient), signed_in(cast.clinician)
    change = reverse("people:change", kwargs={"person_id": cast.patient.pk})
    born = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "1985"}
    send(staff, change, given_name="Patience", family_name="Cannarybird", postcode="ZZ99 3VZ", **born)
    where = reverse("portal:correction", kwargs={"correction_id": one.pk})
    send(staff, where, state="agreed", words="Now with two.")
    names = [row.family_name for row in cast.patient.history.order_by("history_date")]
    assert (names[0], names[-1]) == ("Canarybird", "Cannarybird")


def test_two_who_answer_at_once_do_not_overwrite_each_other(cast: Any, signed_in: Any, send: Any) -> None:
    one, browser = asked(cast.patient), signed_in(cast.clinician)
    where = reverse("portal:correction", kwargs={"correction_id": one.pk})
    other = signed_in(cast.clinician)
    late = send(
        browser,
        where,
        first=lambda: send(other, where, state="agreed", words="Done."),
        state="refused",
        words="My words stay.",
    )
    assert late.status_code == 409
    assert "My words stay." in late.content.decode()
    assert (Correction.objects.get().state, Correction.objects.get().answer_words) == ("agreed", "Done.")


def test_one_who_was_agreed_with_or_not_yet_answered_has_nothing_to_disagree_with(cast: Any, signed_in: Any) -> None:
    one = asked(cast.patient)
    where = reverse("portal:disagree", kwargs={"correction_id": one.pk})
    assert signed_in(cast.patient_user).get(where).status_code == 404


def test_nobody_disagrees_or_answers_for_somebody_else(cast: Any, signed_in: Any, send: Any) -> None:
    one, staff = asked(cast.patient), signed_in(cast.clinician)
    where = reverse("portal:correction", kwargs={"correction_id": one.pk})
    send(staff, where, state="refused", words="No.")
    disagree = reverse("portal:disagree", kwargs={"correction_id": one.pk})
    assert signed_in(cast.stranger_user).post(disagree, {"disagreement": "x"}).status_code == 404
    assert signed_in(cast.colleague).get(where).status_code == 403
    other = asked(cast.stranger)
    people.allocate(
        by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=cast.patient.entered_at.date()
    )
    token = staff.get(reverse("portal:correction", kwargs={"correction_id": other.pk})).content.decode()
    token = token.split('name="form_token" value="')[1].split('"')[0]
    later = asked(cast.patient)
    stale = staff.post(
        reverse("portal:correction", kwargs={"correction_id": later.pk}),
        {"form_token": token, "state": "agreed", "words": "x"},
    )
    assert stale.status_code == 409


@pytest.mark.parametrize("given", [{"wrong": "x" * 2001}, {"part": "no such"}, {"right": ""}])
def test_a_correction_that_cannot_be_taken_keeps_what_was_typed(
    given: dict[str, str], cast: Any, signed_in: Any, send: Any
) -> None:
    answer = send(signed_in(cast.patient_user), f"{CORRECTIONS}ask/", **(WRONG | given))
    assert answer.status_code == 422
    assert html.escape((WRONG | given)["wrong"]) in answer.content.decode()
    assert not Correction.objects.exists()


@pytest.mark.parametrize("count", [1, 5])
def test_the_record_takes_as_many_queries_however_much_is_in_it(
    count: int, cast: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        answered(cast, cast.patient, all_of(1))
        asked(cast.patient)
    browser = signed_in(cast.patient_user)
    for address, most in ((RECORD, 16), (SCORES, 10), (READABLE, 19), (FHIR, 11), (CORRECTIONS, 8)):
        with django_assert_max_num_queries(most):
            assert browser.get(address).status_code == 200


# -- Referrals that somebody else wrote, and what came later ----------------------------------------------------------


def test_what_a_professional_wrote_and_what_was_added_later_are_in_the_record(cast: Any, signed_in: Any) -> None:
    referral = make_referral(
        cast.patient,
        state="accepted",
        decided_at=NOW,
        source="professional",
        answers={"reason": {"reason": "Low mood."}},
    )
    Addition.objects.create(referral=referral, kind="words", said={"words": "It is worse at night."})
    said = html.unescape(signed_in(cast.patient_user).get(RECORD).content.decode())
    for words in ("by a professional, on the form", "Low mood.", "It is worse at night."):
        assert words in said
