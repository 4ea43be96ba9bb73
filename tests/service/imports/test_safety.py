"""Hazard H02 in files: no answer about safety is lost, put on another's record, or decided by whom it does not concern.

What is sent here is what other systems send by mistake: two forms of one day, an item answered twice, words in place of
a number, a link of their own making, somebody else's record.
"""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from allcomers import instruments
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.imports import actions, selectors
from allcomers.service.imports.models import Import, Quarantined
from allcomers.service.messages import wanted
from allcomers.service.messages.models import Message
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Answer, Response, RiskAlert
from tests.service.imports.records import CSV_HEADER, kinds, record, take_in, with_item, without_total

pytestmark = pytest.mark.django_db
GAD7 = instruments.get("GAD7")
ONES = dict.fromkeys(range(1, 9), 1)
XAVIER = {"nhs_number": "999 000 0026", "date_of_birth_day": 2, "date_of_birth_month": 1, "date_of_birth_year": 1970}
DAY = timedelta(days=1)


@pytest.fixture
def xavier(cast: Any) -> Person:
    return people.add_person(
        by=audit.SYSTEM,
        given_name="Xavier",
        family_name="Other",
        date_of_birth=date(1970, 1, 2),
        nhs_number="9990000026",
        nhs_number_status="unverified",
    )


def ninth(*answers: dict[str, Any], link: str = "9", **changed: Any) -> dict[str, Any]:
    """A PHQ-9 that is whole but for the question about safety, which is answered like this."""
    return with_item(without_total(record(ONES, status="completed", **changed)), link, list(answers))


def answered(link: str | None, points: int) -> dict[str, Any]:
    return {"linkId": link, "answer": [{"valueInteger": points}]}


def differing() -> dict[str, Any]:
    """A PHQ-9 with a 2 for the question about safety, whose total the items do not make."""
    return with_item(without_total(record({**ONES, 9: 2})), "total", [{"valueDecimal": 3}])


def page_of(row: Quarantined) -> str:
    return reverse("imports:row", kwargs={"row_id": row.pk})


def waiting() -> Quarantined:
    return Quarantined.objects.filter(state="waiting").latest("entered_at", "place")


# Another set of answers at the same moment


def test_risk_other_answers_of_the_same_day_are_not_taken_for_the_same(cast: Any, signed_in: Any, send: Any) -> None:
    rows = [
        CSV_HEADER,
        "PHQ9,2026-03-02,9990000018,1985-03-27,8," + "1," * 8 + "0",
        "PHQ9,2026-03-02,9990000018,1985-03-27,11," + "1," * 8 + "3",
    ]
    done = take_in(*rows, name="answers.csv")
    assert (done.accepted, done.quarantined, kinds()) == (1, 1, [["other answers then"]])
    row, alert = Quarantined.objects.get(), RiskAlert.objects.get()
    assert (row.about_risk, alert.person, alert.answer and alert.answer.value) == (True, cast.patient, 3)
    assert send(signed_in(cast.manager), page_of(row), what="take", because="Two of one day").status_code == 302
    assert sorted(Response.objects.values_list("total", flat=True)) == [8, 11]
    assert RiskAlert.objects.count() == 1


def test_the_very_same_record_again_alerts_nobody_twice(cast: Any) -> None:
    """Other systems send everything each night."""
    wrong = [differing(), ninth({"valueString": "Nearly every day"})]
    for night in range(3):
        take_in(*wrong, {"night": night})
    assert RiskAlert.objects.count() == 2
    assert [one for one in kinds() if "seen before" in one]


def test_what_somebody_found_to_be_anothers_is_not_put_on_the_wrong_record_again(
    xavier: Person, cast: Any, signed_in: Any, send: Any
) -> None:
    take_in(differing())
    send(signed_in(cast.manager), page_of(waiting()), what="take", because="Xavier's", **XAVIER)
    alerts = RiskAlert.objects.count()
    take_in(differing(), " ")
    assert "seen before" in kinds()[-1]
    assert (RiskAlert.objects.count(), xavier.responses.count()) == (alerts, 1)


# Answered twice, or not to be read


@pytest.mark.parametrize("given", [(0, 3), (3, 0)])
@pytest.mark.parametrize("apart", [True, False], ids=["two items", "two answers of an item"])
def test_risk_of_two_answers_about_safety_the_worse_counts(
    given: tuple[int, int], apart: bool, cast: Any, signed_in: Any, send: Any
) -> None:
    answers = [{"valueInteger": one} for one in given]
    take_in(with_item(ninth(answers[0]), "9", answers[1:]) if apart else ninth(*answers))
    alert, row = RiskAlert.objects.get(), waiting()
    assert (alert.person, alert.answer and alert.answer.value, row.about_risk) == (cast.patient, 3, True)
    assert send(signed_in(cast.manager), page_of(row), what="take", because="Asked them").status_code == 302
    assert (Response.objects.get().total, Answer.objects.get(number=9).value, RiskAlert.objects.count()) == (11, 3, 1)


def test_of_two_answers_to_another_question_none_is_taken(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(with_item(without_total(record()), "3", [{"valueInteger": 2}]))
    assert send(signed_in(cast.manager), page_of(waiting()), what="take", because="As it is").status_code == 302
    found = Response.objects.get()
    assert (found.total, found.answers.filter(number=3).exists()) == (None, False)


@pytest.mark.parametrize(
    "unreadable",
    [
        ninth({"valueString": "Nearly every day"}),
        ninth({"valueInteger": 0}, {"valueString": "Nearly every day"}),
        ninth({"valueCoding": {"code": "0", "display": "Nearly every day"}}),
        ninth({"valueInteger": 0, "valueDecimal": 3.5}),
        {**ninth(), "item": [*ninth()["item"], {"linkId": "9", "answer": {"valueInteger": 3}}]},
        {**ninth(), "item": [*ninth()["item"], {"answer": [{"valueInteger": 3}]}]},
        *(ninth({"valueInteger": 3}, link=link) for link in ("phq9-9", "item9", "q9", "PHQ-9.9")),
        record(item=[answered(one.loinc, 1) for one in GAD7.items] + [answered("44260-8", 3)], questionnaire=""),
        json.dumps(ninth({"valueInteger": 3})).replace('"valueInteger": 3', '"valueInteger": 3, "valueInteger": 0'),
    ],
    ids=[
        "words",
        "a number and words",
        "words of another answer",
        "two values",
        "no list",
        "no link",
        "phq9-9",
        "item9",
        "q9",
        "PHQ-9.9",
        "among another form's",
        "a name twice",
    ],
)
def test_risk_an_answer_about_safety_that_nobody_can_read_raises_an_alert_in_words(
    unreadable: Any, cast: Any, signed_in: Any
) -> None:
    take_in(unreadable)
    alert, row = RiskAlert.objects.get(), waiting()
    assert (alert.person, alert.owner, alert.answer, alert.cause) == (cast.patient, cast.clinician, None, "unread")
    assert (row.alert, row.about_risk) == (alert, True)
    page = signed_in(cast.clinician).get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk}))
    assert "ask them" in page.content.decode()
    assert "Nearly every day" not in page.content.decode()


def test_risk_an_unread_answer_whose_person_is_found_later_raises_the_alert_then(
    xavier: Person, cast: Any, signed_in: Any, send: Any
) -> None:
    take_in(ninth({"valueString": "Nearly every day"}, number="1"))
    assert not RiskAlert.objects.exists()
    assert send(signed_in(cast.manager), page_of(waiting()), what="take", because="Theirs", **XAVIER).status_code == 302
    assert RiskAlert.objects.get().person == xavier


def test_risk_a_form_without_its_question_about_safety_is_looked_at_today(cast: Any) -> None:
    take_in(without_total(record(ONES)))
    assert Quarantined.objects.get().about_risk
    assert not RiskAlert.objects.exists()


@pytest.mark.parametrize(
    "record_of_no_form",
    [
        {"resourceType": "Observation", "code": {"coding": [{"code": "44260-8"}]}, "valueInteger": 3},
        record(questionnaire="urn:someone:else", item=[{"linkId": "mood", "answer": [{"valueString": "bad"}]}]),
    ],
    ids=["an observation", "an unknown form"],
)
def test_risk_in_what_nobody_knows_is_looked_at_today(record_of_no_form: Any, cast: Any) -> None:
    take_in(record_of_no_form, {"resourceType": "Patient", "id": "p"})
    assert list(Quarantined.objects.order_by("place").values_list("about_risk", flat=True)) == [True, False]


def test_risk_a_row_with_a_comma_too_many_is_looked_at_today(cast: Any) -> None:
    take_in(CSV_HEADER, "PHQ9,2026-03-02,9990000018,1985-03-27,11," + "1," * 8 + "3,", name="answers.csv")
    assert Quarantined.objects.get().about_risk


def test_risk_beside_something_malformed_raises_its_alert(cast: Any, signed_in: Any, send: Any) -> None:
    whole = record({**ONES, 9: 2})
    take_in({**whole, "item": [*whole["item"], {"text": "a heading"}]})
    assert (kinds(), RiskAlert.objects.get().person) == ([["malformed"]], cast.patient)
    assert send(signed_in(cast.manager), page_of(waiting()), what="take", because="A heading").status_code == 302
    assert (Response.objects.get().total, RiskAlert.objects.count()) == (10, 1)


def test_risk_under_an_answer_contradicts_the_one_above(cast: Any) -> None:
    nested = {"linkId": "1", "answer": [{"valueInteger": 1, "item": [answered("9", 3)]}]}
    whole = without_total(record())
    take_in({**whole, "item": [nested, *whole["item"][1:]]})
    alert = RiskAlert.objects.get()
    assert alert.answer
    assert alert.answer.value == 3


def test_risk_core10_has_its_own_question_about_safety(cast: Any) -> None:
    header = "instrument,given_at,nhs_number,date_of_birth," + ",".join(f"item_{n}" for n in range(1, 11))
    rows = [header, "CORE10,2026-03-02,9990000018,1985-03-27," + "0," * 5 + "1," + ",".join("0" * 4)]
    done = take_in(*rows, name="answers.csv")
    alert = RiskAlert.objects.get()
    assert (done.accepted, alert.answer and alert.answer.number) == (1, 6)


@time_machine.travel("2026-03-03T08:30:00+00:00", tick=False)
def test_answers_of_this_day_are_not_of_a_day_to_come(cast: Any) -> None:
    """A day without its hour is kept as noon, which may be still to come."""
    done = take_in(record(authored="2026-03-03"), record(authored="2026-03-04"))
    assert (done.accepted, kinds()) == (1, [["date not possible"]])


# Whose they are


def test_risk_answers_found_to_be_anothers_leave_the_wrong_record_and_alert_on_the_right_one(
    xavier: Person, cast: Any, signed_in: Any, send: Any
) -> None:
    take_in(differing())
    browser = signed_in(cast.manager)
    assert send(browser, page_of(waiting()), what="take", because="It is Xavier's", **XAVIER).status_code == 302
    wrong, right = cast.patient.responses.get(), xavier.responses.get()
    assert (wrong.withdrawn, wrong.total, wrong.answers.count()) == (True, None, 1)
    assert (right.withdrawn, right.total, right.answers.count()) == (False, 10, 9)
    row = Quarantined.objects.get()
    assert (row.person, row.response) == (xavier, right)
    assert set(RiskAlert.objects.values_list("person", flat=True)) == {cast.patient.pk, xavier.pk}
    assert "Xavier" not in wrong.withdrawn_because
    assert AuditEvent.objects.filter(event="measures.struck", person=cast.patient.pk).exists()


def test_risk_an_unread_answer_found_to_be_anothers_alerts_about_them(
    xavier: Person, cast: Any, signed_in: Any, send: Any
) -> None:
    take_in(ninth({"valueString": "often"}))
    send(signed_in(cast.manager), page_of(waiting()), what="take", because="Xavier's", **XAVIER)
    assert set(RiskAlert.objects.values_list("person", flat=True)) == {cast.patient.pk, xavier.pk}


def test_a_record_that_was_struck_through_meanwhile_takes_nothing_in(cast: Any, signed_in: Any, send: Any) -> None:
    """Found to be the same person as another record since the file came: nobody has the number any more."""
    take_in(record(status="in-progress"))
    cast.patient.refresh_from_db()
    cast.patient.withdraw(by=None, because="Found to be another", version=cast.patient.version)
    assert send(signed_in(cast.manager), page_of(waiting()), what="take", because="Theirs").status_code == 422
    assert not Response.objects.exists()


def test_what_the_person_may_read_never_says_what_was_typed_in_quarantine(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(differing())
    send(signed_in(cast.manager), page_of(waiting()), what="discard", because="It belongs to Xavier Other")
    assert "Xavier" not in Response.objects.get().withdrawn_because


# Who decides


@pytest.mark.parametrize("what", ["take", "discard", "ask"])
def test_risk_only_a_clinical_role_decides_about_it(
    what: str, cast: Any, signed_in: Any, member: Any, send: Any
) -> None:
    take_in(ninth({"valueString": "often"}), record(status="in-progress"))
    about_risk, other = Quarantined.objects.order_by("place")
    administrator = signed_in(member(Role.ADMINISTRATOR))
    shown = administrator.get(page_of(about_risk)).content.decode()
    assert "a duty worker or a clinical lead decides" in shown
    assert "form_token" not in shown
    assert send(administrator, page_of(other), what="discard", because="Tidy").status_code == 302
    this = Quarantined.objects.filter(pk=about_risk.pk)
    this.update(about_risk=False)  # so that there is a form to send
    posted = send(
        administrator, page_of(about_risk), first=lambda: this.update(about_risk=True), what=what, because="Tidy"
    )
    assert posted.status_code == {"take": 403, "discard": 403, "ask": 422}[what]
    act: Any = {"take": actions.resolve, "discard": actions.discard, "ask": actions.ask_the_person}[what]
    with pytest.raises(actions.NotTheirsError):
        act(by=audit.Actor("staff", role="administrator"), row=this.get(), because="Tidy", version=1)
    assert this.get().state == "waiting"


def test_risk_a_duty_worker_decides_about_it(cast: Any, signed_in: Any, member: Any, send: Any) -> None:
    take_in(ninth({"valueString": "often"}))
    browser = signed_in(member(Role.DUTY))
    assert ">Today<" in browser.get("/quarantine/").content.decode()
    assert send(browser, page_of(waiting()), what="discard", because="Rang them").status_code == 302
    event = AuditEvent.objects.get(event="import.discarded")
    assert (event.role, event.purpose, event.person) == ("duty", "safety", cast.patient.pk)


def test_risk_whoever_cannot_tell_what_a_record_says_has_the_person_asked(
    xavier: Person, cast: Any, signed_in: Any, send: Any
) -> None:
    take_in(record({**ONES, 9: 2}, questionnaire="urn:someone:else", number="1"))
    browser, row = signed_in(cast.manager), waiting()
    assert send(browser, page_of(row), what="ask", because="It may be").status_code == 422
    assert send(browser, page_of(row), what="ask", because="The sender says so", **XAVIER).status_code == 302
    alert = RiskAlert.objects.get()
    assert (alert.person, alert.cause, "The sender says so" in alert.words) == (xavier, "unread", True)
    row.refresh_from_db()
    assert (row.state, row.alert) == ("waiting", alert)
    assert AuditEvent.objects.filter(event="import.asked", person=xavier.pk).count() == 1
    assert send(browser, page_of(row), what="discard", because="Asked them").status_code == 302


def test_nobody_is_asked_about_a_record_that_is_not_about_safety(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(record(status="in-progress"))
    assert send(signed_in(cast.manager), page_of(waiting()), what="ask", because="Why not").status_code == 422
    assert not RiskAlert.objects.exists()
    assert Import.objects.get().quarantined == 1


# Nobody could be alerted


@time_machine.travel("2026-03-03T10:00:00+00:00", tick=False)
def test_risk_what_may_be_about_nobody_known_pages_the_duty_role(cast: Any, signed_in: Any, member: Any) -> None:
    duty = member(Role.DUTY)
    take_in(ninth({"valueInteger": 3}, number="1"), record(number="1"))
    page = Message.objects.get()
    assert (page.kind, page.user, page.person) == ("import_today", duty, None)
    assert wanted.STILL[page.kind](page)
    actions.discard(by=AS_DUTY, row=waiting_about_risk(), because="Found out whose it is, and rang", version=1)
    assert not wanted.STILL[page.kind](page)


AS_DUTY = audit.Actor("staff", role="duty")


def waiting_about_risk() -> Quarantined:
    return Quarantined.objects.get(about_risk=True)


@time_machine.travel("2026-03-03T10:00:00+00:00", tick=False)
def test_no_page_for_what_is_not_about_safety_or_has_its_alert(cast: Any, member: Any) -> None:
    member(Role.DUTY)
    take_in(record(status="in-progress"), differing())
    assert set(Message.objects.values_list("kind", flat=True)) == {"alert_raised"}


def test_health_says_that_nobody_looked_at_what_may_be_about_safety(cast: Any) -> None:
    with time_machine.travel("2026-03-03T10:00:00+00:00", tick=False):
        take_in(ninth({"valueInteger": 3}, number="1"), record(number="1"))
        assert selectors.state() == "ok"
    with time_machine.travel("2026-03-05T10:00:00+00:00", tick=False):
        assert "nobody has looked" in selectors.state()
        actions.discard(by=AS_DUTY, row=waiting_about_risk(), because="Rang them", version=1)
        assert selectors.state() == "ok"
