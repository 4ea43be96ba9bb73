"""Answering: one renderer, item by item or as a list, saved as one goes; totals derived from the record (I6, N1)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse
from markupsafe import escape

from allcomers import instruments
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people.models import PersonLink
from allcomers.service.questionnaires import actions, asking, completion, selectors, wording
from allcomers.service.questionnaires.models import Answer, MeasureRequest, Response
from tests.service.questionnaires.conftest import START, answers

pytestmark = pytest.mark.django_db

OWN_WORDS = "/problems/answer/"
"""Comes before the end of the last questionnaire of a request: tests/service/problems."""


def answer_all(visit: Any, where: str, value: str = "1") -> str:
    """Choose one answer at every question, item by item, and return where it ends."""
    for _ in range(30):
        if "/question/" not in where:
            return where
        number = where.rstrip("/").rsplit("/", 1)[1]
        where = visit.send(where, **{f"item_{number}": "0" if number == "9" else value})["Location"]
    raise AssertionError(where)


def test_item_by_item_to_the_end(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient, "PHQ9", "GAD7")
    end = answer_all(mine, mine.begin("items"))
    assert end == mine.page("finish")
    second = mine.send(end, missing_words="The nights are worst")["Location"]
    assert second == mine.page("item", "GAD7", number=1)
    assert answer_all(mine, second) == OWN_WORDS
    assert mine.send(OWN_WORDS, **{"pass": "yes"})["Location"] == mine.page("finish", "GAD7")
    done = mine.send(mine.page("finish", "GAD7"), missing_words="")
    said = done.content.decode()
    assert "The total is 8 of 27. The range 5 to 9 is called “mild”." in said  # eight ones, and item 9 is 0
    assert "The total is 7 of 21." in said
    stored = mine.response()
    assert (stored.mode, stored.layout, stored.missing_words) == ("link", "items", "The nights are worst")
    assert stored.started_at < stored.finished_at


def test_as_a_list(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    where = mine.begin("list")
    assert where == mine.page("whole")
    assert mine.send(where, **answers(10, 2, item_9=0))["Location"] == OWN_WORDS
    mine.send(mine.page("finish"))
    assert (mine.response().points, mine.response().layout) == (16, "list")


@pytest.mark.parametrize("key", [one.key for one in instruments.all() if asking.may_be_shown(one)])
def test_one_renderer_shows_every_instrument_that_may_be_shown(key: str, cast: Any, visit: Any) -> None:
    mine = visit(cast.patient, key)
    page = mine.browser.get(mine.begin("list")).content.decode()
    instrument = instruments.get(key)
    for item in asking.items(instrument):
        assert f'name="item_{item.number}"' in page
        assert str(escape(item.text))[:20] in page
    assert page.count("I would rather not answer") == len(asking.items(instrument))
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_wording_that_may_not_be_shown_is_refused_by_link_and_said(cast: Any, signed_in: Any) -> None:
    with pytest.raises(ValueError, match="may be shown"):
        actions.ask(by=audit.SYSTEM, person=cast.patient, keys=["SPIN"])
    page = signed_in(cast.clinician).get(reverse("questionnaires:ask", kwargs={"person_id": cast.patient.pk}))
    said = page.content.decode()
    paper = said.split("on paper only")[1]
    assert instruments.get("SPIN").name in paper
    assert 'value="SPIN"' not in said


def test_back_leads_to_the_question_before_and_the_latest_answer_counts(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    first = mine.page("item", number=1)
    second = mine.send(first, item_1="3")["Location"]
    assert f'href="{first}"' in mine.browser.get(second).content.decode()
    assert 'value="3" checked' in mine.browser.get(first).content.decode().replace(' type="radio"', "")
    mine.send(first, item_1="1")
    assert selectors.answers_of(mine.response()) == {1: 1}
    assert list(Answer.objects.order_by("pk").values_list("value", flat=True)) == [3, 1]  # what was said first is kept


def test_save_and_resume_in_another_browser(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    answer = mine.send(mine.page("whole"), item_1="2", item_2="1", later="yes")
    assert answer["Location"] == START
    again = type(mine)(mine.request, mine.token)
    assert again.begin("items") == again.page("item", number=3)
    assert "Your answers so far are saved" in mine.browser.get(START).content.decode()


def test_what_was_answered_of_a_list_is_kept_though_the_rest_is_missing(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    answer = mine.send(mine.page("whole"), item_1="2")
    assert answer.status_code == 422
    assert answer.content.decode().count("Choose an answer, or “I would rather not answer”") == 2 * 9
    assert selectors.answers_of(mine.response()) == {1: 2}


def test_a_total_is_never_stored_for_part_of_a_form(cast: Any, visit: Any) -> None:
    """LHC-Forms shows a total after one answer. The national rule lets two blanks be filled; what is kept does not."""
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 3, item_9=0, item_4="declined"))
    said = mine.send(mine.page("finish")).content.decode()
    stored = mine.response()
    assert (stored.total, stored.total_valid, stored.form_complete) == (None, False, False)
    assert stored.no_total_because == "1 of 9 questions have no answer"
    assert "There is no total" in said
    assert Answer.objects.get(response=stored, number=4).value is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=stored.pk).update(total=24)


def test_the_functioning_question_never_counts_and_never_blocks_a_total(cast: Any, visit: Any) -> None:
    """CamCOPS took a PHQ-9 without it for incomplete: here the total and the form are two flags."""
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 1, item_9=0, item_10="declined"))
    mine.send(mine.page("finish"))
    stored = mine.response()
    assert (stored.points, stored.total_valid, stored.form_complete) == (8, True, False)
    other = visit(cast.patient)
    other.begin("list")
    other.send(other.page("whole"), **answers(10, 1, item_9=0, item_10=3))
    other.send(other.page("finish"))
    assert (other.response().points, other.response().form_complete) == (8, True)


@pytest.mark.parametrize(("work", "total", "greatest"), [("9", 12, 32), ("5", 17, 40)])
def test_the_greatest_total_follows_whether_work_applies(
    work: str, total: int, greatest: int, cast: Any, signed_in: Any, send: Any
) -> None:
    """CamCOPS prints “/40” for the WSAS of somebody who does not work; the greatest is then 4 × 8 = 32."""
    staff = signed_in(cast.clinician)
    where = reverse("questionnaires:key", kwargs={"person_id": cast.patient.pk})
    pages = send(staff, where, key="WSAS_total", mode="post")["Location"]
    assert "are not printed here" in staff.get(pages).content.decode()
    end = send(staff, pages, **answers(5, 3, item_1=work))["Location"]
    send(staff, end)
    stored = Response.objects.get(instrument_key="WSAS_total")
    assert (stored.points, stored.greatest) == (total, greatest)
    assert wording.score_sentence(stored).startswith(f"The total is {total} of {greatest}.")
    assert (stored.mode, stored.entered_by) == ("post", cast.clinician)


def test_n1_the_stored_total_is_the_one_that_instruments_derives_from_the_items(cast: Any, visit: Any) -> None:
    """Over every instrument shown, with unlike answers; nothing here adds up by itself."""
    keys = [one.key for one in selectors.shown_here()]
    mine = visit(cast.patient, *keys)
    actions.begin_request(by=audit.SYSTEM, request=mine.request, layout="list")
    for key in keys:
        instrument, response = instruments.get(key), mine.response(key)
        given = {
            item.number: asking.read(item, asking.choices(instrument, item)[(item.number + 1) % 2][0])
            for item in asking.items(instrument)
        }
        actions.save_answers(by=audit.SYSTEM, response=response, answers=given)
        response = actions.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)
        derived = instruments.score(instrument, selectors.answers_of(response))
        assert response.total == (None if derived.total is None else Decimal(derived.total))
        assert (response.maximum is None) == (derived.total is None)
        assert response.score_version == "2.1"


def test_finishing_completes_the_request_uses_up_the_link_and_tells_whoever_waits_for_it(
    cast: Any, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[MeasureRequest] = []
    monkeypatch.setattr(completion, "WHEN_COMPLETE", [lambda _by, request: told.append(request)])
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0))
    assert told == []
    mine.send(mine.page("finish"))
    assert [one.pk for one in told] == [mine.request.pk]
    assert MeasureRequest.objects.get().complete_at == mine.response().finished_at
    assert PersonLink.objects.get().used_at is not None
    assert mine.browser.get(START)["Location"] == reverse("people:link_gone")
    assert mine.browser.get(mine.page("item", number=1))["Location"] == reverse("people:link_gone")


@pytest.mark.django_db(transaction=True)
def test_what_is_done_on_completion_stands_or_falls_with_finishing(
    cast: Any, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_by: object, _request: object) -> None:
        raise RuntimeError

    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0))
    monkeypatch.setattr(completion, "WHEN_COMPLETE", [fails])
    with pytest.raises(RuntimeError):
        mine.send(mine.page("finish"))
    assert mine.response().finished_at is None
    assert PersonLink.objects.get().used_at is None


def test_finishing_waits_for_every_question(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("items")
    mine.send(mine.page("item", number=1), item_1="0")
    page = mine.browser.get(mine.page("finish")).content.decode()
    assert page.count("Not answered yet") == 9
    assert "Send these answers" not in page
    response = mine.response()
    with pytest.raises(actions.NotReadyError):
        actions.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)
    assert mine.response().finished_at is None


def test_nothing_changes_after_finishing_even_from_a_tab_left_open(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient, "PHQ9", "GAD7")
    mine.begin("list")
    where = mine.page("whole")
    mine.send(where, **answers(10, 0))
    token = mine.form_token(where)
    mine.send(mine.page("finish"))
    before = Answer.objects.count()
    answer = mine.browser.post(where, {"form_token": token, **answers(10, 3, item_9=0)})
    assert answer.status_code == 409
    assert "This questionnaire is finished" in answer.content.decode()
    assert Answer.objects.count() == before


def test_i6_a_link_opens_its_own_request_and_nothing_else(cast: Any, visit: Any) -> None:
    mine, older, other = visit(cast.patient), visit(cast.patient), visit(cast.stranger)
    for one in (older, other):
        one.begin()
        assert mine.browser.get(one.page("item", number=1)).status_code == 404
        assert mine.browser.post(one.page("whole"), {"item_1": "1"}).status_code == 404
    assert mine.browser.get(reverse("questionnaires:record", kwargs={"person_id": cast.patient.pk})).status_code == 302
    assert Client().get(mine.page("whole"))["Location"] == reverse("people:link_gone")
    assert not Answer.objects.exists()


def test_i7_a_form_opened_for_one_person_lands_on_no_other(cast: Any, visit: Any) -> None:
    """Two people on one tablet: A's page is still open when B follows B's link in the same browser."""
    mine, other = visit(cast.patient), visit(cast.stranger)
    mine.begin("list")
    other.begin("list")
    token = mine.form_token(mine.page("whole"))
    answer = other.browser.post(other.page("whole"), {"form_token": token, **answers(10, 3)})
    assert answer.status_code == 409
    assert other.browser.post(mine.page("whole"), {"form_token": token, **answers(10, 3)}).status_code == 404
    assert not Answer.objects.exists()


def test_staff_fill_in_what_waits_rather_than_asking_twice(cast: Any, visit: Any, signed_in: Any, send: Any) -> None:
    mine = visit(cast.patient)
    staff = signed_in(cast.clinician)
    where = reverse("questionnaires:key", kwargs={"person_id": cast.patient.pk})
    pages = send(staff, where, key="PHQ9", mode="phone")["Location"]
    send(staff, send(staff, pages, **answers(10, 0))["Location"], missing_words="said on the telephone")
    stored = Response.objects.get()
    assert (stored.request, stored.mode, stored.entered_by) == (mine.request, "phone", cast.clinician)
    assert PersonLink.objects.get().used_at is not None
    page = staff.get(reverse("questionnaires:record", kwargs={"person_id": cast.patient.pk})).content.decode()
    for said in ("The total is 0 of 27.", "by staff, on the telephone", "Clare Clinician", "said on the telephone"):
        assert said in page


def test_staff_ask_and_are_shown_the_link_once(cast: Any, signed_in: Any, send: Any) -> None:
    staff = signed_in(cast.clinician)
    page = send(staff, reverse("questionnaires:ask", kwargs={"person_id": cast.patient.pk}), keys=["PHQ9", "GAD7"])
    address = page.content.decode().split('<p class="app-code">')[1].split("</p>")[0]
    browser = Client()
    assert browser.get(address.removeprefix("http://localhost:8000"))["Location"] == "/people/check/"
    assert list(Response.objects.order_by("place").values_list("instrument_key", flat=True)) == ["PHQ9", "GAD7"]
    assert MeasureRequest.objects.get().asked_by == cast.clinician


def test_r2_no_questionnaire_while_there_is_no_crisis_text(
    cast: Any, visit: Any, signed_in: Any, settings: Any
) -> None:
    mine = visit(cast.patient)
    mine.begin()
    staff, person = signed_in(cast.clinician), {"person_id": cast.patient.pk}
    pages = [(mine.browser, START), (mine.browser, mine.page("item", number=1)), (mine.browser, mine.page("whole"))]
    pages += [(staff, reverse(f"questionnaires:{name}", kwargs=person)) for name in ("ask", "key")]
    with override_settings(ALLCOMERS=settings.ALLCOMERS.but(crisis_text=" \n\n ", phone="01632 960 001")):
        for browser, where in pages:
            for answer in (browser.get(where), browser.post(where, {"item_1": "3"})):
                assert answer.status_code == 503, where
                assert "01632 960 001" in answer.content.decode()
                assert "999" in answer.content.decode()
    assert not Answer.objects.exists()


def test_r4_pages_say_when_answers_are_read(cast: Any, visit: Any, settings: Any) -> None:
    mine = visit(cast.patient)
    assert "Monday to Friday, 09:00 to 17:00" in mine.browser.get(START).content.decode()
    with override_settings(ALLCOMERS=settings.ALLCOMERS.but(answers_read="every weekday before noon")):
        mine.begin("list")
        mine.send(mine.page("whole"), **answers(10, 1))
        assert "every weekday before noon" in mine.browser.get(mine.page("crisis")).content.decode()
        mine.send(mine.page("crisis"), safety="safe")
        assert "every weekday before noon" in mine.browser.get(mine.page("finish")).content.decode()


def test_every_reading_and_every_change_leaves_a_trace_without_content(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0, item_2=3))
    mine.send(mine.page("finish"), missing_words="Canarywords")
    events = AuditEvent.objects.filter(person=cast.patient.pk, event__startswith="measures.").order_by("sequence")
    assert list(dict.fromkeys(events.values_list("event", flat=True))) == [
        "measures.asked", "measures.shown", "measures.begun", "measures.answered", "measures.finished",
        "measures.complete",
    ]  # fmt: skip
    assert "Canarywords" not in str(list(events.values()))
