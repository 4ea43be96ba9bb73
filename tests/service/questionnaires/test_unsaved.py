"""What cannot be saved and says that somebody may not be safe reaches staff all the same, and shows where help is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent, Draft
from allcomers.service.governance.permissions import Role
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires import actions
from allcomers.service.questionnaires.models import Answer, RiskAlert
from tests.service.questionnaires.conftest import answers

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORSE = "/my/worse/"
NOT_SAFE = {"safety": "not_safe", "wants_call": "yes", "words": "I have the tablets here"}
HELP = "If you are in danger now, ring 999."


def token_of(page: Any) -> str:
    return str(page.content.decode().split('name="form_token" value="')[1].split('"')[0])


def shows_help(answer: Any) -> bool:
    """Open on the page, not behind something to press."""
    said = answer.content.decode().split("<main")[1]
    return HELP in said and HELP not in "".join(part.split("</details>")[0] for part in said.split("<details")[1:])


@pytest.mark.parametrize("minutes", [16, 30 * 60])
def test_things_got_worse_reaches_staff_though_the_session_had_ended(
    minutes: int, cast: Any, signed_in: Any, member: Any
) -> None:
    duty = member(Role.DUTY)
    with time_machine.travel(MONDAY, tick=False) as clock:
        browser = signed_in(cast.patient_user)
        token = token_of(browser.get(WORSE))
        clock.shift(timedelta(minutes=minutes))
        sent = [browser.post(WORSE, {"form_token": token, **NOT_SAFE}) for _ in range(2)]  # a double click
    assert {one.status_code for one in sent} == {409}
    assert all(shows_help(one) for one in sent)
    alert = RiskAlert.objects.get()
    assert (alert.person, alert.cause, alert.safety, alert.words) == (
        cast.patient, "worse", "not_safe", "I have the tablets here"
    )  # fmt: skip
    assert Message.objects.filter(user=duty, kind="alert_urgent").count() == 1
    assert not Draft.objects.exists()  # nothing waits unseen
    event = AuditEvent.objects.get(event="risk.raised")
    assert (event.actor, event.purpose, event.person) == (None, "safety", cast.patient.pk)


@pytest.mark.parametrize(
    ("sent", "alerts"), [({"words": "It is worse"}, 1), ({"safety": "safe"}, 1), ({"words": " "}, 0), ({}, 0)]
)
def test_whatever_was_said_of_things_that_got_worse_is_heard(
    sent: dict[str, str], alerts: int, cast: Any, signed_in: Any
) -> None:
    browser = signed_in(cast.patient_user)
    token = token_of(browser.get(WORSE))
    browser.logout()
    browser.post(WORSE, {"form_token": token, **sent})
    assert RiskAlert.objects.count() == alerts


@pytest.mark.parametrize(("item_9", "alerts"), [("3", 1), ("0", 0)])
def test_what_staff_entered_reaches_staff_though_their_session_had_ended(
    item_9: str, alerts: int, cast: Any, signed_in: Any
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        browser = signed_in(cast.clinician)
        response = actions.key_in(by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="PHQ9", mode="phone")
        where = reverse("questionnaires:key_whole", kwargs={"response_id": response.pk})
        token = token_of(browser.get(where))
        clock.shift(timedelta(minutes=16))
        answer = browser.post(where, {"form_token": token, **answers(10, 1, item_9=item_9)})
    assert Draft.objects.get().fields["item_1"] == ["1"]  # the rest comes back after signing in
    assert not Answer.objects.exists()
    assert RiskAlert.objects.count() == alerts
    if alerts:
        assert shows_help(answer)
        assert f"draft%3D{Draft.objects.get().pk}" in answer.content.decode()
        assert RiskAlert.objects.get().words.endswith(": Nearly every day")
        page = signed_in(cast.clinician).get(
            reverse("questionnaires:alert", kwargs={"alert_id": RiskAlert.objects.get().pk})
        )
        assert "They sent an answer that could not be kept" in page.content.decode()
    else:
        assert answer["Location"].startswith(reverse("account_login"))


def test_an_answer_by_a_link_reaches_staff_though_it_was_left_alone_too_long(cast: Any, visit: Any) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        mine = visit(cast.patient)
        mine.begin()
        where = mine.page("item", number=9)
        token = mine.form_token(where)
        clock.shift(timedelta(minutes=16))
        answer = mine.browser.post(where, {"form_token": token, "item_9": "2"})
    assert shows_help(answer)
    assert RiskAlert.objects.get().person == cast.patient


def test_the_question_after_the_crisis_text_is_answered_though_the_link_was_left_alone(cast: Any, visit: Any) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        mine = visit(cast.patient)
        mine.begin()
        where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
        token = mine.form_token(where)
        clock.shift(timedelta(minutes=16))
        assert mine.browser.post(where, {"form_token": token, "safety": "safe"})["Location"] == "/people/gone/"
        assert shows_help(mine.browser.post(where, {"form_token": token, "safety": "not_safe"}))
    assert RiskAlert.objects.get().urgent


@pytest.mark.parametrize("keys", [("PHQ9",), ("PHQ9", "GAD7")])
def test_an_answer_that_comes_after_staff_finished_the_questionnaire_is_heard(
    keys: tuple[str, ...], cast: Any, visit: Any
) -> None:
    """With the last questionnaire the link is used up; before it, the page says that it was finished."""
    mine = visit(cast.patient, *keys)
    mine.begin("list")
    where = mine.page("whole")
    token = mine.form_token(where)
    response = mine.response()
    actions.save_answers(by=audit.SYSTEM, response=response, answers=dict.fromkeys(range(1, 11), 0))
    response.refresh_from_db()
    actions.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)
    for _ in range(2):
        assert shows_help(mine.browser.post(where, {"form_token": token, **answers(10, 3)}))
    alert = RiskAlert.objects.get()
    assert (alert.cause, alert.answer, alert.person) == ("not_kept", None, cast.patient)
    assert mine.response().points == 0


def test_the_same_answers_again_after_finishing_are_no_news(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient, "PHQ9", "GAD7")
    mine.begin("list")
    where = mine.page("whole")
    token = mine.form_token(where)
    response = mine.response()
    given = dict.fromkeys(range(1, 11), 1)
    actions.save_answers(by=audit.SYSTEM, response=response, answers=given)
    RiskAlert.objects.update(safety="safe")
    response.refresh_from_db()
    actions.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)
    assert "finished already" in mine.browser.post(where, {"form_token": token, **answers(10, 1)}).content.decode()
    assert RiskAlert.objects.count() == 1


def test_an_answer_that_lands_on_somebody_else_alarms_for_nobody_and_says_so(cast: Any, visit: Any) -> None:
    """Two people on one tablet: who wrote it cannot be told, and nobody is rung up about another."""
    mine, theirs = visit(cast.patient), visit(cast.stranger)
    mine.begin()
    theirs.begin()
    token = mine.form_token(mine.page("item", number=9))
    answer = theirs.browser.post(theirs.page("item", number=9), {"form_token": token, "item_9": "3"})
    assert shows_help(answer)
    assert "nobody has been told" in answer.content.decode()
    assert not RiskAlert.objects.exists()
    assert not Answer.objects.exists()


def test_the_question_about_an_older_answer_is_heard_for_the_same_person(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
    token, other_tab = mine.form_token(where), actions.save_answers
    other_tab(by=audit.SYSTEM, response=mine.response(), answers={9: 2})
    assert shows_help(mine.browser.post(where, {"form_token": token, "safety": "not_safe"}))
    assert [one.safety for one in RiskAlert.objects.order_by("answer")] == ["not_safe", ""]


def test_staff_who_may_not_any_more_are_refused_and_the_answer_is_heard(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    response = actions.key_in(by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="PHQ9", mode="phone")
    where = reverse("questionnaires:key_item", kwargs={"response_id": response.pk, "number": 9})
    token = token_of(browser.get(where))
    cast.patient.allocations.update(withdrawn_at=MONDAY)
    answer = browser.post(where, {"form_token": token, "item_9": "3"})
    assert shows_help(answer)
    assert "CANARYBIRD" not in answer.content.decode()
    assert RiskAlert.objects.get().person == cast.patient


def test_a_page_that_was_open_when_somebody_signed_in_again_is_heard(cast: Any, signed_in: Any) -> None:
    """Signing in changes the hidden token against forged forms; the old page's is then refused."""
    page = signed_in(cast.patient_user).get(WORSE)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(cast.patient_user).cookies
    answer = strict.post(WORSE, {"form_token": token_of(page), **NOT_SAFE})
    assert shows_help(answer)
    assert RiskAlert.objects.get().person == cast.patient
    assert strict.post(WORSE, NOT_SAFE).status_code == 403  # forged: nothing says for whom the form was
    assert RiskAlert.objects.count() == 1


@pytest.mark.parametrize("token", ["", "forged", "eyJmb3JtIjoid29yc2UifQ:1:x"])
def test_nothing_is_heard_without_a_token_of_ours(token: str, cast: Any) -> None:
    assert Client().post(WORSE, {"form_token": token, **NOT_SAFE})["Location"].startswith(reverse("account_login"))
    assert not RiskAlert.objects.exists()


# Limits


@pytest.mark.usefixtures("stopped_clock")
def test_many_people_behind_one_address_do_not_use_up_each_others_tries(cast: Any, visit: Any) -> None:
    """A clinic with tablets: 60 a minute is counted by link."""
    mine, theirs = visit(cast.patient), visit(cast.stranger)
    for one in (mine, theirs):
        one.begin()
    where, token = mine.page("item", number=1), mine.form_token(mine.page("item", number=1))
    codes = [mine.browser.post(where, {"form_token": token, "item_1": "0"}).status_code for _ in range(61)]
    assert codes[-2:] == [302, 429]
    assert theirs.send(theirs.page("item", number=1), item_1="0").status_code == 302


@pytest.mark.usefixtures("stopped_clock")
def test_an_answer_that_asks_for_help_is_taken_over_the_limit(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where, token = mine.page("item", number=9), mine.form_token(mine.page("item", number=9))
    for _ in range(60):
        mine.browser.post(where, {"form_token": token, "item_9": "0"})
    refused = mine.browser.post(where, {"form_token": token, "item_9": "0"})
    assert refused.status_code == 429
    assert HELP in refused.content.decode()
    assert mine.browser.post(where, {"form_token": token, "item_9": "3"})["Location"] == mine.page("crisis")
    assert RiskAlert.objects.get().answer.value == 3


@pytest.mark.usefixtures("stopped_clock")
def test_even_what_says_danger_has_a_limit(cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allcomers.service.governance.middleware.ROOM_IN_DANGER", 1)
    browser = signed_in(cast.patient_user)
    token = token_of(browser.get(WORSE))
    codes = [browser.post(WORSE, {"form_token": token, **NOT_SAFE}).status_code for _ in range(61)]
    assert codes == [302] * 60 + [429]


# Error pages


@pytest.mark.parametrize("page", ["400", "413", "429", "500", "csrf", "misdirected"])
def test_a_page_for_what_went_wrong_says_where_help_is(page: str, rf: Any) -> None:
    from django.template.loader import render_to_string

    assert HELP in render_to_string(f"look/{page}.jinja", {"minutes": 1, "most_kb": 1}, rf.get("/"))
