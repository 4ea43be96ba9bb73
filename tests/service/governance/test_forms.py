"""Forms land where they were opened or nowhere, never overwrite, and lose nothing that was typed."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit, danger
from allcomers.service.governance.models import Draft
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person

pytestmark = pytest.mark.django_db

DETAILS = {
    "given_name": "Patience",
    "family_name": "Canarybird",
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1985",
}


def on_duty(user: User) -> None:
    """Somebody who may open any record now."""
    accounts.plan_duty(by=audit.SYSTEM, user=user, hours=1)


@pytest.fixture
def second(cast: Any) -> Person:
    """Another person of the same clinician."""
    person = people.add_person(by=audit.SYSTEM, given_name="Other", family_name="Person", date_of_birth="1970-01-01")
    people.allocate(by=audit.SYSTEM, person=person, user=cast.clinician, starts_on=timezone.localdate())
    return person


def change_page(person: Person) -> str:
    return reverse("people:change", kwargs={"person_id": person.pk})


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_a_form_changes_the_person_it_was_opened_for(cast: Any, signed_in: Any, send: Any) -> None:
    answer = send(signed_in(cast.clinician), change_page(cast.patient), **{**DETAILS, "preferred_name": "Pat"})
    assert answer.status_code == 302
    changed = now(cast.patient)
    assert (changed.preferred_name, changed.version, changed.postcode) == ("Pat", 2, "")
    assert [row.preferred_name for row in changed.history.order_by("history_date")] == ["", "Pat"]


def test_a_form_of_one_person_cannot_land_on_another(cast: Any, second: Person, signed_in: Any, send: Any) -> None:
    """I7: opened for A in a stale tab, sent to B's address."""
    browser = signed_in(cast.clinician)
    page = browser.get(change_page(cast.patient)).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = browser.post(change_page(second), {"form_token": token, **DETAILS})
    assert answer.status_code == 409
    assert "Nothing was saved" in answer.content.decode()
    assert (now(second).given_name, now(second).version) == ("Other", 1)
    assert now(cast.patient).version == 1
    assert Draft.objects.get().form == f"details {cast.patient.pk}"


@pytest.mark.parametrize("token", ["", "forged", "eyJmb3JtIjoiZGV0YWlscyJ9:1:x"])
def test_a_form_without_a_good_token_lands_nowhere(cast: Any, signed_in: Any, token: str) -> None:
    answer = signed_in(cast.clinician).post(change_page(cast.patient), {"form_token": token, **DETAILS})
    assert answer.status_code == 409
    assert now(cast.patient).version == 1


def test_a_form_shown_to_somebody_else_lands_nowhere(cast: Any, signed_in: Any, member: Any) -> None:
    on_duty(cast.colleague)
    page = signed_in(cast.clinician).get(change_page(cast.patient)).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = signed_in(cast.colleague).post(change_page(cast.patient), {"form_token": token, **DETAILS})
    assert answer.status_code == 409


def test_a_form_is_good_for_a_day(cast: Any, signed_in: Any, send: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signed_in(cast.clinician)

        def a_day_and_a_minute_of_clicking() -> None:
            for _ in range(145):
                clock.shift(timedelta(minutes=10))
            browser.cookies.clear()
            browser.cookies.update(signed_in(cast.clinician).cookies)

        assert (
            send(browser, change_page(cast.patient), first=a_day_and_a_minute_of_clicking, **DETAILS).status_code == 409
        )


def test_two_tabs_never_overwrite_each_other(cast: Any, signed_in: Any, send: Any) -> None:
    browser, other = signed_in(cast.clinician), signed_in(cast.clinician)
    where = change_page(cast.patient)

    def somebody_else_saves() -> None:
        assert send(other, where, **{**DETAILS, "preferred_name": "Theirs"}).status_code == 302

    answer = send(browser, where, first=somebody_else_saves, **{**DETAILS, "preferred_name": "Mine"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert now(cast.patient).preferred_name == "Theirs"
    token = page.split('name="form_token" value="')[1].split('"')[0]
    assert browser.post(where, {"form_token": token, **DETAILS, "preferred_name": "Both"}).status_code == 302
    assert now(cast.patient).preferred_name == "Both"


def test_what_was_typed_outlives_the_session(cast: Any, signed_in: Any, send: Any) -> None:
    """Signed out while typing: nothing is saved, the words wait, and come back after signing in again."""
    browser = signed_in(cast.clinician)
    where = change_page(cast.patient)
    answer = send(browser, where, first=browser.logout, **{**DETAILS, "preferred_name": "Typed for minutes"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert now(cast.patient).version == 1
    draft = Draft.objects.get()
    back = signed_in(cast.clinician).get(where, {"draft": draft.pk}).content.decode()
    assert 'value="Typed for minutes"' in back
    assert "It is not saved yet" in back


def test_a_draft_is_only_its_owners(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.clinician)
    send(browser, change_page(cast.patient), first=browser.logout, **{**DETAILS, "preferred_name": "Private words"})
    on_duty(cast.colleague)
    colleague = signed_in(cast.colleague)
    answer = colleague.get(change_page(cast.patient), {"draft": Draft.objects.get().pk})
    assert answer.status_code == 200
    assert "Private words" not in answer.content.decode()
    colleague.post(reverse("governance:drop_draft", kwargs={"number": Draft.objects.get().pk}))
    assert Draft.objects.count() == 1


def test_typing_is_kept_by_the_tab_and_forgotten_when_saved(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    where = change_page(cast.patient)
    page = browser.get(where).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    kept = browser.post(reverse("governance:keep_draft"), {"form_token": token, **DETAILS, "preferred_name": "So far"})
    assert "What you typed was kept" in kept.content.decode()
    assert Draft.objects.get().fields["preferred_name"] == ["So far"]
    offered = browser.get(where).content.decode()
    assert f"?draft={Draft.objects.get().pk}" in offered
    assert browser.post(where, {"form_token": token, **DETAILS}).status_code == 302
    assert not Draft.objects.exists()


def test_typing_after_the_session_ended_is_kept_and_the_whole_page_goes_to_sign_in_and_back(
    cast: Any, signed_in: Any
) -> None:
    browser = signed_in(cast.clinician)
    where = change_page(cast.patient)
    token = browser.get(where).content.decode().split('name="form_token" value="')[1].split('"')[0]
    typed = {"form_token": token, **DETAILS, "preferred_name": "So far"}
    by_htmx = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{where}?draft=7"}
    answer = Client().post(reverse("governance:keep_draft"), typed, headers=by_htmx)
    assert answer.status_code == 200
    assert "Location" not in answer
    asked = urlsplit(answer["HX-Redirect"])
    assert asked.path == reverse("account_login")
    back = parse_qs(asked.query)["next"][0]
    assert back == f"{where}?draft={Draft.objects.get().pk}"
    assert 'value="So far"' in browser.get(back).content.decode()


def test_danger_that_is_typed_after_the_session_ended_takes_the_place_of_the_whole_page(
    cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[audit.Actor] = []
    monkeypatch.setitem(danger.READERS, "details", lambda _token, _sent: danger.Heard(lambda *, by: told.append(by)))
    page = signed_in(cast.clinician).get(change_page(cast.patient)).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = Client().post(
        reverse("governance:keep_draft"), {"form_token": token, **DETAILS}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (200, "body", "innerHTML")
    assert "Our staff have been told" in answer.content.decode()
    assert len(told) == 1


@pytest.mark.parametrize("page", ["", "http://elsewhere.example.org/people/", "javascript:alert(1)", "//elsewhere/x"])
def test_a_page_elsewhere_is_nowhere_to_go_back_to(cast: Any, signed_in: Any, page: str) -> None:
    by_htmx = {"HX-Request": "true", "HX-Current-URL": page}
    answer = Client().post(reverse("governance:keep_draft"), {"x": "y"}, headers=by_htmx)
    assert parse_qs(urlsplit(answer["HX-Redirect"]).query)["next"] == [reverse("look:start")]


def test_nobody_keeps_a_draft_in_somebody_elses_name(cast: Any, signed_in: Any) -> None:
    page = signed_in(cast.clinician).get(change_page(cast.patient)).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    signed_in(cast.stranger_user).post(reverse("governance:keep_draft"), {"form_token": token, "preferred_name": "x"})
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("given_name", "", "Enter a given name"),
        ("given_name", "x" * 81, "must be 80 letters or fewer; nothing that you wrote is lost"),
        ("date_of_birth_month", "", "must include a month"),
        ("date_of_birth_day", "31", ""),
        ("date_of_birth_day", "30 ", ""),
        ("date_of_birth_day", "٣", "must be numbers"),
        ("date_of_birth_year", "85", "must have four numbers"),
        ("date_of_birth_month", "13", "must be a real date"),
        ("preferred_name", "<script>alert(1)</script>", ""),
        ("preferred_name", "\u202eabc \U0001f642 مرحبا", ""),
        ("preferred_name", "\x00", "Null characters are not allowed"),
    ],
)
def test_bad_input_is_said_and_kept(cast: Any, signed_in: Any, send: Any, field: str, given: str, said: str) -> None:
    answer = send(signed_in(cast.clinician), change_page(cast.patient), **{**DETAILS, field: given})
    page = answer.content.decode()
    if not said:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert said in page
    assert "There is a problem" in page
    assert 'value="Canarybird"' in page
    assert now(cast.patient).version == 1


def test_what_was_typed_is_shown_and_never_run(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.clinician)
    send(browser, change_page(cast.patient), **{**DETAILS, "preferred_name": "<script>alert(1)</script>"})
    page = browser.get(reverse("people:person", kwargs={"person_id": cast.patient.pk})).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
