"""A link opens one thing for one person: random, hashed, with a second fact, limited, and gone when it is used (I6)."""

import logging
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people import links
from allcomers.service.people.models import PersonLink

pytestmark = pytest.mark.django_db

RIGHT = {
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1985",
    "postcode": "zz99 3vz",
}
WRONG = {**RIGHT, "date_of_birth_year": "1986"}
CHECK = "/people/check/"


@pytest.fixture
def link(cast: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[PersonLink, str]:
    monkeypatch.setitem(links.PAGES, "test", "look:start")
    return links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="test", days=14)


def followed(token: str) -> Client:
    browser = Client()
    browser.get(reverse("people:open_link", kwargs={"token": token}))
    return browser


def opened(browser: Client, purpose: str = "test") -> PersonLink | None:
    request: HttpRequest = RequestFactory().get("/")
    request.session = browser.session  # type: ignore[assignment]
    return links.link_in_session(request, purpose=purpose)


def test_only_a_hash_of_the_token_is_stored(link: tuple[PersonLink, str]) -> None:
    stored, token = link
    assert len(token) == 32
    assert token not in str(PersonLink.objects.values().get())
    assert stored.token_hash == links.hash_of(token)


def test_the_link_and_the_second_fact_open_it_and_nothing_else(link: tuple[PersonLink, str]) -> None:
    browser = followed(link[1])
    assert opened(browser) is None
    answer = browser.post(CHECK, RIGHT)
    assert answer.status_code == 302
    assert opened(browser) == link[0]
    assert opened(browser, purpose="other") is None
    assert browser.get("/my/").status_code == 302


def test_the_token_is_in_no_later_address_log_or_referrer(
    link: tuple[PersonLink, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        browser = Client()
        answer = browser.get(reverse("people:open_link", kwargs={"token": link[1]}))
        assert answer["Location"] == CHECK
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        browser.get(reverse("people:open_link", kwargs={"token": "unknown"}))
    assert link[1] not in caplog.text
    assert link[1] not in str(dict(browser.session))


def test_five_wrong_answers_lock_it_and_are_written_down(link: tuple[PersonLink, str], cast: Any) -> None:
    browser = followed(link[1])
    for _ in range(4):
        answer = browser.post(CHECK, WRONG)
        assert "does not match" in answer.content.decode()
    browser.post(CHECK, WRONG)
    answer = browser.post(CHECK, RIGHT)
    assert answer["Location"] == reverse("people:link_gone")
    assert opened(browser) is None
    events = AuditEvent.objects.filter(person=cast.patient.pk, event__startswith="link.").order_by("sequence")
    names = list(events.values_list("event", flat=True))
    assert names == ["link.made", *["link.wrong_answer"] * 4, "link.locked"]


@pytest.mark.parametrize("wrong", [{"postcode": ""}, {"postcode": "ZZ99 3WZ"}, {"date_of_birth_day": "28"}])
def test_both_facts_have_to_be_right(link: tuple[PersonLink, str], wrong: dict[str, str]) -> None:
    browser = followed(link[1])
    assert browser.post(CHECK, {**RIGHT, **wrong}).status_code == 422
    assert opened(browser) is None


@pytest.mark.parametrize(("days", "works"), [(13, True), (14, False)])
def test_it_expires(link: tuple[PersonLink, str], days: int, works: bool) -> None:
    with time_machine.travel(link[0].made_at + timedelta(days=days), tick=False):
        answer = Client().get(reverse("people:open_link", kwargs={"token": link[1]}))
        assert answer["Location"] == (CHECK if works else reverse("people:link_gone"))


def test_used_and_cancelled_links_open_nothing_even_in_an_open_session(link: tuple[PersonLink, str], cast: Any) -> None:
    browser = followed(link[1])
    browser.post(CHECK, RIGHT)
    links.use_up(by=audit.SYSTEM, link_id=link[0].pk)
    assert opened(browser) is None
    other, token = links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="test", days=1)
    links.cancel_link(by=audit.SYSTEM, link=other)
    assert Client().get(reverse("people:open_link", kwargs={"token": token}))["Location"] == reverse("people:link_gone")


def test_the_page_tells_a_used_link_from_a_forged_one_by_nothing(link: tuple[PersonLink, str]) -> None:
    links.use_up(by=audit.SYSTEM, link_id=link[0].pk)
    used, forged = (
        Client().get(reverse("people:open_link", kwargs={"token": token}), follow=True) for token in (link[1], "x" * 32)
    )
    assert used.status_code == forged.status_code == 410
    assert used.redirect_chain == forged.redirect_chain


@pytest.mark.usefixtures("stopped_clock")
def test_guessing_is_limited(db: None) -> None:
    browser = Client()
    statuses = [
        browser.get(reverse("people:open_link", kwargs={"token": str(number)})).status_code for number in range(31)
    ]
    assert statuses == [302] * 30 + [429]


@pytest.mark.parametrize("other", ["of somebody else", "that opens nothing"])
def test_following_another_link_closes_the_one_that_was_open(
    other: str, link: tuple[PersonLink, str], cast: Any
) -> None:
    """Two people with one device: what the first had opened is closed before the second says who they are."""
    browser = followed(link[1])
    browser.post(CHECK, RIGHT)
    _, theirs = links.make_link(by=audit.SYSTEM, person=cast.stranger, purpose="test", days=1)
    browser.get(reverse("people:open_link", kwargs={"token": theirs if other == "of somebody else" else "x" * 32}))
    assert opened(browser) is None


def test_an_idle_session_forgets_the_link(link: tuple[PersonLink, str]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = followed(link[1])
        browser.post(CHECK, RIGHT)
        browser.get("/")
        clock.shift(timedelta(minutes=16))
        browser.get("/")
        assert opened(browser) is None


def test_without_a_known_postcode_the_date_of_birth_is_asked(link: tuple[PersonLink, str], cast: Any) -> None:
    type(cast.patient).objects.filter(pk=cast.patient.pk).update(postcode="", date_of_birth=date(1985, 3, 27))
    browser = followed(link[1])
    assert browser.post(CHECK, {**RIGHT, "postcode": ""}).status_code == 302


def test_wrong_answers_count_over_all_open_links_of_a_person_and_lock_them_all(cast: Any) -> None:
    """Each reminder is another link: none of them is five more tries."""
    made = [links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="test", days=14)[0] for _ in range(3)]
    other, _ = links.make_link(by=audit.SYSTEM, person=cast.stranger, purpose="test", days=14)
    for link in (made[0], made[1], made[0], made[1], made[2]):
        assert not links.answer_link(by=audit.SYSTEM, link=link, date_of_birth=None, postcode="")
    assert PersonLink.objects.filter(person=cast.patient, locked_at=None).count() == 0
    facts = {"date_of_birth": date(1985, 3, 27), "postcode": "ZZ99 3VZ"}
    assert not links.answer_link(by=audit.SYSTEM, link=made[1], **facts)
    other.refresh_from_db()
    assert other.locked_at is None


def test_what_was_mistyped_on_a_link_that_is_used_up_counts_no_more(cast: Any) -> None:
    used, _ = links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="test", days=14)
    for _ in range(4):
        links.answer_link(by=audit.SYSTEM, link=used, date_of_birth=None, postcode="")
    links.use_up(by=audit.SYSTEM, link_id=used.pk)
    link, _ = links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="test", days=14)
    links.answer_link(by=audit.SYSTEM, link=link, date_of_birth=None, postcode="")
    link.refresh_from_db()
    assert link.locked_at is None
