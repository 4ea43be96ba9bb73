"""What should not be sent: whatever it is, a clear answer, the text kept, and nothing stored wrongly (issue 6)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers.service.referrals import steps
from allcomers.service.referrals.models import Referral, StartedReferral
from tests.service.referrals.journey import ANSWERS, SAFE, filled_in, sent, where

pytestmark = pytest.mark.django_db


def kept() -> Any:
    return StartedReferral.objects.get().answers


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("age-and-area", {"date_of_birth_year": ""}, "The date must include a year"),
        ("age-and-area", {"date_of_birth_month": "2", "date_of_birth_day": "29"}, "The date must be a real date"),
        ("age-and-area", {"date_of_birth_year": "2999"}, "The date of birth must be in the past"),
        ("age-and-area", {"date_of_birth_year": "1066"}, "Check the year"),
        ("age-and-area", {"date_of_birth_day": "²"}, "The date must be numbers"),
        ("age-and-area", {"postcode": "nowhere"}, "Enter a full postcode"),
        ("age-and-area", {"postcode": ""}, "or say that you have no fixed address"),
        ("age-and-area", {"practice": ""}, "Choose one about your GP practice"),
        ("age-and-area", {"practice": "forged"}, "Choose one of the answers on the page"),
        ("who", {"filling_in": "on_behalf"}, "Enter what you are to the person"),
        ("name", {"given_name": " "}, "Enter a given name"),
        ("name", {"family_name": "x" * 81}, "must be 80 letters or fewer"),
        ("name", {"given_name": "a\x00b"}, "Null characters are not allowed"),
        ("name", {"nhs_number": "999 000 0019"}, "That is not an NHS number"),
        ("name", {"nhs_number": "943 476 5919"}, "That is not an NHS number"),  # may be a real person's
        ("contact", {"mobile": "", "email": ""}, "Enter at least one way for us to reach you"),
        ("contact", {"mobile": "٠٧٧٠٠٩٠٠٩٨٢"}, "Enter a telephone number"),
        ("contact", {"email": "a@b@c"}, "Enter an e-mail address"),
        ("words", {"brings": "x" * 2001}, "must be 2,000 letters or fewer"),
        ("needs", {"needs": ["interpreter"]}, "Enter the language"),
        ("life", {"problems": ["forged"]}, "Choose from the answers on the page"),
        ("consents", {"research": "perhaps"}, "Choose one of the answers on the page"),
    ],
)
def test_a_fault_is_said_in_words_and_what_was_typed_is_shown_again(
    name: str, given: dict[str, Any], said: str, client: Client
) -> None:
    filled_in(client, until=name)
    before = kept()
    answer = client.post(where(name), ANSWERS[name] | given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert said in page
    assert kept() == before
    typed = [one for one in given.values() if isinstance(one, str) and one.strip() and one.isprintable()]
    choices = {"forged", "perhaps", "on_behalf"}
    assert all(one in page for one in typed if one not in choices)


@pytest.mark.parametrize(
    "words",
    [
        "🙂🙃 emoji 👩‍👩‍👧",
        "שלום עולם",
        "مرحبا",
        "<script>alert(1)</script>",
        "'; drop table people; --",
        "{{ 7*7 }}",
        "x" * 2000,
    ],
)
def test_any_words_are_kept_as_they_were_written_and_shown_as_text(words: str, client: Client) -> None:
    sent(client, words={"brings": words})
    assert Referral.objects.get().answers["words"]["brings"] == words
    other = Client()
    filled_in(other, words={"brings": words})
    page = other.get("/referrals/check/").content.decode()
    assert "<script>alert" not in page
    assert "49" not in page.split("In your own words")[1].split("</dd>")[0]


def test_ten_megabytes_are_refused_before_they_are_read(client: Client) -> None:
    filled_in(client, until="words")
    answer = client.post(where("words"), {"brings": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "words" not in kept()


def test_a_page_sent_again_changes_nothing(client: Client) -> None:
    filled_in(client)
    before = kept()
    for name, answered in ANSWERS.items():
        client.post(where(name), answered)
    assert kept() == before


def test_fields_that_are_not_on_the_page_are_not_kept(client: Client) -> None:
    sent(client, name={"nhs_number_status": "verified", "same_day": "on", "team": "1", "person": "x"})
    referral = Referral.objects.get()
    assert referral.same_day is False
    assert (referral.person.team, referral.person.nhs_number_status) == (None, "not_held")
    assert set(referral.answers["name"]) == set(steps.BY_NAME["name"].form().fields)


def test_without_the_forms_token_nothing_lands(cast: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/referrals/safe/", SAFE).status_code == 403
    assert not StartedReferral.objects.exists()


NAMES = st.sampled_from([step.name for step in steps.STEPS])
FIELDS = sorted({name for step in steps.STEPS for name in step.form().fields} | {"skip", "csrfmiddlewaretoken"})
PARTS = [f"date_of_birth_{part}" for part in ("day", "month", "year")]
TEXT = st.text(max_size=300) | st.sampled_from(["yes", "no", "on", "self", "not_known", "29", "2", "1999", "ZZ99 3VZ"])
POSTED = st.dictionaries(st.sampled_from([*FIELDS, *PARTS]), TEXT | st.lists(TEXT, max_size=3), max_size=8)


@settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=NAMES, posted=POSTED)
def test_whatever_is_posted_is_refused_in_words_or_kept_as_the_form_took_it(
    db: None, monkeypatch: pytest.MonkeyPatch, name: str, posted: dict[str, Any]
) -> None:
    """Never a server error; what is kept is what the page's form accepts, and shows again unchanged."""
    monkeypatch.setattr("allcomers.service.governance.limits.exceeded", lambda *_args: False)
    client = Client()
    client.post("/referrals/safe/", SAFE)
    started = StartedReferral.objects.get(pk=client.session["referral_started"])
    answer = client.post(where(name), posted)
    started.refresh_from_db()
    assert answer.status_code in {302, 422}
    assert (answer.status_code == 302) == (name in started.answers)
    if name in started.answers:
        _shown_again(name, started.answers)


def _shown_again(name: str, answers: Any) -> None:
    step = steps.BY_NAME[name]
    shown = steps.as_shown(step, answers)
    assert set(shown) == set(step.form().fields)
    form = step.form(data=_as_sent(shown))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == shown


def _as_sent(shown: dict[str, Any]) -> Any:
    """What a browser sends back for a page that shows these values."""
    sent_back: dict[str, Any] = {}
    for field, value in shown.items():
        if isinstance(value, date):
            sent_back |= {f"{field}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}
        elif value is not False:
            sent_back[field] = value
    return sent_back
