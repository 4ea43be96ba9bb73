"""Whatever is posted to the pages of answering: only answers that were offered are stored, and nothing breaks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers import instruments
from allcomers.service.look.words import LONGEST_WORDS
from allcomers.service.people import links
from allcomers.service.people.models import PersonLink
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Answer, Response, RiskAlert
from tests.service.questionnaires.conftest import START, answers

pytestmark = pytest.mark.django_db
PHQ9 = instruments.get("PHQ9")
OFFERED = {item.number: {value for value, _ in asking.choices(PHQ9, item)} for item in asking.items(PHQ9)}

NASTY = st.sampled_from(
    ["", "4", "-1", "1.0", "01", " 1", "٣", "None", "true", "declined ", "<script>alert(1)</script>", "🙂", "\u202eabc",
     "مرحبا", "\x00", "x" * 5000, "' OR 1=1 --", "{{ 7*7 }}"]
)  # fmt: skip
WORDS = st.one_of(st.sampled_from(["0", "1", "2", "3", "declined"]), NASTY, st.text(max_size=30))
FIELDS = st.dictionaries(
    st.sampled_from([*(f"item_{number}" for number in range(12)), "response", "person", "total", "version"]),
    st.one_of(WORDS, st.lists(WORDS, max_size=3)),
    max_size=12,
)
TOKENS = st.sampled_from(["right", "right", "right", "another person's", "missing", "forged"])
PAGES = st.sampled_from(["whole", "item", "finish", "crisis"])


@given(page=PAGES, number=st.integers(1, 12), token=TOKENS, fields=FIELDS, words=st.text(max_size=LONGEST_WORDS + 5))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_post_stores_offered_answers_or_nothing(
    cast: Any, visit: Any, monkeypatch: pytest.MonkeyPatch,
    page: str, number: int, token: str, fields: dict[str, Any], words: str,
) -> None:  # fmt: skip
    """Missing, too long, the wrong type, emoji, right to left, scripts, forged tokens and fields."""
    monkeypatch.setattr("allcomers.service.governance.limits.exceeded", lambda *_a, **_k: False)
    mine, other = visit(cast.patient), visit(cast.stranger)
    mine.begin("list")
    other.begin("list")
    tokens = {"missing": "", "forged": "eyJ:1:x", "another person's": other.form_token(other.page("whole"))}
    right = mine.form_token(mine.page("whole"))
    where = mine.page(page, **({"number": number} if page == "item" else {}))
    before = Answer.objects.count()
    sent = {**fields, "form_token": tokens.get(token, right), "missing_words": words}
    answer = mine.browser.post(where, sent)
    assert answer.status_code in {302, 404, 409, 422}
    stored = selectors.answers_of(mine.response())
    assert selectors.answers_of(other.response()) == {}
    for item, value in stored.items():
        assert ("declined" if value is None else str(value)) in OFFERED[item]
        last = fields[f"item_{item}"]
        assert (last[-1] if isinstance(last, list) else last) == ("declined" if value is None else str(value))
    if token != "right":  # noqa: S105
        assert Answer.objects.count() == before
    asks_for_help = isinstance(stored.get(9), int) and stored[9] > 0
    assert RiskAlert.objects.filter(answer__response=mine.response()).exists() == asks_for_help
    assert mine.response().finished_at is None
    body = answer.content.decode()
    assert "<script>alert(1)" not in body
    assert answer.status_code != 422 or "There is a problem" in body


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("🙂 مرحبا \u202eabc", 200),
        ("<script>alert(1)</script>", 200),
        ("", 200),
        ("x" * 2000, 200),
        ("x" * 2001, 422),
        ("\x00", 422),
    ],
)
def test_free_words_are_kept_as_they_were_typed_or_said_to_be_too_long(
    words: str, status: int, cast: Any, visit: Any, signed_in: Any
) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0))
    answer = mine.send(mine.page("finish"), missing_words=words)
    assert answer.status_code == status
    stored = mine.response()
    assert stored.missing_words == (words if status == 200 else "")
    assert (stored.finished_at is None) == (status == 422)
    if status == 422:
        assert "x" * 2000 in answer.content.decode() or words == "\x00"
        return
    page = signed_in(cast.clinician).get(reverse("questionnaires:record", kwargs={"person_id": cast.patient.pk}))
    assert "<script>alert(1)" not in page.content.decode()


def test_forged_ids_are_not_found_and_wrong_numbers_neither(cast: Any, visit: Any, signed_in: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    staff = signed_in(cast.clinician)
    for name in ("whole", "finish", "crisis"):
        nobody = {"response_id": uuid4()}
        assert mine.browser.get(reverse(f"questionnaires:{name}", kwargs=nobody)).status_code == 404
        assert staff.get(reverse(f"questionnaires:key_{name}", kwargs=nobody)).status_code == 404
    for number in (0, 11, 10**9):
        assert mine.browser.get(mine.page("item", number=number)).status_code == 404
    assert mine.browser.get(mine.page("crisis")).status_code == 404
    assert staff.get(reverse("questionnaires:alert", kwargs={"alert_id": uuid4()})).status_code == 404


def test_staff_pages_do_not_reach_somebody_elses_questionnaire(cast: Any, visit: Any, signed_in: Any) -> None:
    mine = visit(cast.stranger)
    mine.begin()
    where = reverse("questionnaires:key_whole", kwargs={"response_id": mine.response().pk})
    assert signed_in(cast.clinician).get(where).status_code == 403
    assert signed_in(cast.clinician).post(where, {"item_9": "3"}).status_code == 403


def test_an_expired_link_opens_nothing_though_its_page_is_still_open(cast: Any, visit: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        mine = visit(cast.patient)
        mine.begin("list")
        token = mine.form_token(mine.page("whole"))
        PersonLink.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
        clock.shift(timedelta(minutes=5))
        for answer in (
            mine.browser.post(mine.page("whole"), {"form_token": token, **answers(10, 1, item_9=0)}),
            mine.browser.get(START),
        ):
            assert answer["Location"] == reverse("people:link_gone")
        gone = mine.browser.get(reverse("people:link_gone"))
        assert (gone.status_code, links.link_with_token(mine.token)) == (410, None)
    assert not Answer.objects.exists()


def test_a_page_posted_twice_finishes_once(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0))
    token = mine.form_token(mine.page("finish"))
    first = mine.browser.post(mine.page("finish"), {"form_token": token})
    again = mine.browser.post(mine.page("finish"), {"form_token": token})
    assert (first.status_code, again["Location"]) == (200, reverse("people:link_gone"))
    assert Response.objects.get().version == 3  # made, begun, finished
