"""What every answer carries, what goes wrong in plain words, and that nothing personal leaks into logs or titles."""

import io
import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve, reverse

from allcomers.service.config.logs import NobodyFilter
from allcomers.service.look import errors, health

pytestmark = pytest.mark.django_db

CANARIES = ("Canarybird", "Patience", "9990000018", "999 000 0018", "1985", "patience@example.org", "ZZ99")


def test_headers_of_every_answer(client: Client) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'nonce-[^']+'", policy)
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_inline_script_carries_the_nonce(client: Client) -> None:
    answer = client.get("/")
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert nonce
    assert f'<script nonce="{nonce[1]}">' in answer.content.decode()
    inline = re.findall(r"<script(?![^>]*(?:src|nonce|application/json))[^>]*>", answer.content.decode())
    assert inline == []


def test_no_record_is_kept_by_a_browser(cast: Any, signed_in: Any) -> None:
    answer = signed_in(cast.clinician).get(reverse("people:person", kwargs={"person_id": cast.patient.pk}))
    assert answer["Cache-Control"] == "no-store"


def test_a_title_begins_with_initials_and_says_no_more(cast: Any, signed_in: Any) -> None:
    """I5: so that tabs differ."""
    page = (
        signed_in(cast.clinician).get(reverse("people:person", kwargs={"person_id": cast.patient.pk})).content.decode()
    )
    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert title[1] == "PC – Summary – Talking therapies"


def test_the_banner_says_whose_record_it_is(cast: Any, signed_in: Any) -> None:
    page = (
        signed_in(cast.clinician).get(reverse("people:change", kwargs={"person_id": cast.patient.pk})).content.decode()
    )
    banner = page.split('<section class="app-banner"')[1].split("</section>")[0]
    for said in ("CANARYBIRD, Patience", "27 March 1985", "years)", "999 000 0018", "not verified yet"):
        assert said in banner


def test_no_title_address_or_redirect_holds_a_name(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.clinician)
    answer = browser.post(reverse("people:search"), {"words": "Canarybird"})
    assert "CANARYBIRD" in answer.content.decode()
    title = re.search(r"<title>(.*?)</title>", answer.content.decode())
    assert title
    assert not any(canary in title[1] for canary in CANARIES)
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
    assert not any(canary in one for canary in CANARIES for one in addresses)


def test_the_log_holds_nothing_about_anybody(
    cast: Any, signed_in: Any, send: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded canaries through every kind of answer, failures among them; then the log is searched for each."""
    browser = signed_in(cast.clinician)
    browser.raise_request_exception = False
    person = {"person_id": cast.patient.pk}
    browser.post(reverse("people:search"), {"words": "Canarybird 9990000018"})
    browser.get(reverse("people:person", kwargs=person))
    browser.get("/people/?words=Canarybird")
    browser.get("/Canarybird-9990000018")
    send(browser, reverse("people:change", kwargs=person), given_name="Patience", postcode="ZZ99 9ZZ9ZZ9")
    browser.post(reverse("people:change", kwargs=person), {"given_name": "Patience"})
    Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "patience@example.org"})
    Client().post("/sign-in/", {"login": "patience@example.org", "password": "Canarybird"})

    def fails(*_args: object, **_values: object) -> None:
        raise ValueError("Canarybird 9990000018")

    monkeypatch.setattr("allcomers.service.people.selectors.allocations_of", fails)
    assert browser.get(reverse("people:person", kwargs=person)).status_code == 500
    said = log.getvalue()
    assert "ValueError" in said
    assert "people/views.py" in said
    assert str(cast.patient.pk) not in said
    assert [canary for canary in CANARIES if canary in said] == []


def test_the_filter_keeps_where_and_drops_what() -> None:
    try:
        raise KeyError("Canarybird")
    except KeyError as error:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x", 1, "at %s", ("Canarybird",), (type(error), error, None)
        )
        record.request = RequestFactory().get("/people/link/secret-token/?words=Canarybird")
        record.request.resolver_match = resolve("/people/link/secret-token/")
        assert NobodyFilter().filter(record)
        text = logging.Formatter().format(record)
    assert "Canarybird" not in text
    assert "secret-token" not in text
    assert "people/link/<str:token>/" in text
    assert "KeyError" in text


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (lambda request: errors.bad_request(request, Exception()), "We could not read that"),
        (lambda request: errors.forbidden(request, Exception()), "You cannot open this page"),
        (lambda request: errors.not_found(request, Exception()), "We cannot find this page"),
        (errors.failed, "Something went wrong"),
        (errors.csrf_failed, "This page was open too long"),
    ],
)
def test_pages_for_what_goes_wrong_say_what_to_do_next(page: Any, words: str) -> None:
    request = RequestFactory().get("/")
    said = page(request).content.decode()
    assert words in said
    assert "Go to the start page" in said or "Go back in your browser" in said


def test_a_form_without_its_hidden_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "x"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()


def test_ten_megabytes_are_refused_in_words_before_they_are_read(client: Client) -> None:
    answer = client.post("/sign-in/", {"login": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "512 kilobytes" in answer.content.decode()


@pytest.mark.usefixtures("stopped_clock")
def test_many_tries_are_slowed_down_in_words(client: Client) -> None:
    statuses = [client.post("/sign-in/password/forgotten/", {"email": "x"}).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    answer = client.post("/sign-in/password/forgotten/", {"email": "x"})
    assert "Please wait a little" in answer.content.decode()
    assert answer["Retry-After"] == "300"


@pytest.mark.usefixtures("stopped_clock")
def test_a_forged_proxy_header_does_not_step_round_the_limit(client: Client) -> None:
    statuses = [
        client.post(
            "/sign-in/password/forgotten/", {"email": "x"}, headers={"X-Forwarded-For": f"10.0.0.{number}"}
        ).status_code
        for number in range(21)
    ]
    assert statuses[-1] == 429


def test_health_says_that_a_migration_waits(client: Client) -> None:
    latest = max(name for app, name in MigrationLoader(None).graph.nodes if app == "people")
    assert client.get("/health").json()["database"] == "ok"
    MigrationRecorder(connection).record_unapplied("people", latest)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "migrations are waiting")


def test_asking_for_health_costs_little(client: Client, django_assert_max_num_queries: Any) -> None:
    """It is asked every minute, by whoever likes."""
    client.get("/health")
    with django_assert_max_num_queries(len(health.CHECKS) + 1):
        client.get("/health")


def test_health_says_a_word_for_each_part_and_nothing_about_anybody(
    cast: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (200, "ok")
    monkeypatch.setitem(health.CHECKS, "queue", lambda: "three messages are late")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["queue"]) == (503, "three messages are late")


def test_without_the_nhs_identity_no_logo_and_no_font_of_theirs(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "nhsuk-header__logo" not in page
    assert "assets.nhs.uk" not in page


def test_the_nhs_identity_is_shown_where_it_is_turned_on(client: Client, settings: Any) -> None:
    with override_settings(ALLCOMERS=settings.ALLCOMERS.but(nhs_identity=True)):
        assert "nhsuk-header__logo" in client.get("/").content.decode()
