"""A professional's own system sends a referral as JSON: the same inbox, sent once, every fault at once and no value."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from allcomers.service.governance import audit, limits
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Match, Referral, Source
from allcomers.service.referrers import actions, reading
from allcomers.service.referrers.models import Referrer
from allcomers.service.referrers.schema import schema
from tests.service.referrals.journey import sent

pytestmark = pytest.mark.django_db
HERE = "/referrals/api/"
CANARIES = ("Canarybird", "9990000018", "07700", "cannot sleep")
REFERRAL: dict[str, Any] = {
    "in_danger": False,
    "referrer": {
        "referrer_name": "Gwen Practitioner",
        "kind": "gp",
        "job": "GP",
        "organisation": "Elm Street Surgery",
        "referrer_phone": "01632 960 002",
    },
    "person": {
        "given_name": "Patience",
        "family_name": "Canarybird",
        "date_of_birth": "1985-03-27",
        "nhs_number": "999 000 0018",
        "postcode": "ZZ99 3VZ",
        "practice": "registered",
    },
    "contact": {"mobile": "07700 900 982", "mobile_messages": True},
    "reason": {"reason": "Low since the spring; cannot sleep.", "problems": ["debt"]},
    "needs": {"needs": ["interpreter"], "language": "Polish"},
    "risk": {"safe_now": "safe"},
    "agreement": {"agreed": "yes"},
}


def but(path: str, value: Any) -> dict[str, Any]:
    """The referral with something else in one place: `but("/person/postcode", 3)`."""
    changed = json.loads(json.dumps(REFERRAL))
    *outer, last = path.strip("/").split("/")
    where = changed
    for name in outer:
        where = where[name]
    where[last] = value
    return dict(changed)


@pytest.fixture
def token(db: None) -> str:
    return actions.make_token(by=audit.SYSTEM, name="Elm Street Surgery")


def send(token: str, body: Any = REFERRAL, key: str = "one", **more: Any) -> Any:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return Client().post(HERE, data, content_type=more.pop("content_type", "application/json"), headers=headers | more)


def test_a_referral_ends_in_the_same_inbox_with_the_system_that_sent_it(token: str) -> None:
    answer = send(token)
    referral = Referral.objects.get()
    assert (answer.status_code, answer.json()["reference"], answer.json()["new"]) == (201, referral.reference, True)
    assert (referral.source, referral.sent_by) == (Source.SYSTEM, "Elm Street Surgery")
    assert referral.answers["person"]["date_of_birth"] == "1985-03-27"
    assert referral.person.family_name == "Canarybird"
    assert AuditEvent.objects.filter(event="referral.received", actor_kind="referrer").count() == 1


def test_the_whole_form_and_the_endpoint_store_the_same(token: str) -> None:
    from tests.service.referrals.journey import theirs_sent

    send(token, but("/needs", {}))
    theirs_sent(Client())
    one, other = Referral.objects.order_by("received_at")
    assert {name: set(given) for name, given in one.answers.items()} == {
        name: set(given) for name, given in other.answers.items()
    }


def test_duplicates_are_scored_and_never_merged(token: str) -> None:
    sent(Client())
    send(token)
    assert Match.objects.get().score >= 50
    assert Person.objects.filter(withdrawn_at=None).count() == 2


def test_replayed_with_a_new_token_it_is_the_same_referral(token: str) -> None:
    """A system that is given a new token and tries again what it does not know to have arrived."""
    first = send(token)
    again = send(actions.make_token(by=audit.SYSTEM, name="Elm Street Surgery"))
    assert (again.status_code, again.json()["reference"]) == (200, first.json()["reference"])
    other = send(actions.make_token(by=audit.SYSTEM, name="Oak Road Surgery"))
    assert (other.status_code, Referral.objects.count()) == (201, 2)


def test_replayed_it_is_the_same_referral(token: str) -> None:
    first, again = send(token), send(token)
    assert (again.status_code, again.json()["new"]) == (200, False)
    assert first.json()["reference"] == again.json()["reference"]
    assert Referral.objects.count() == Person.objects.count() == 1


def test_another_body_under_the_same_key_is_refused_and_nothing_is_stored(token: str) -> None:
    send(token)
    answer = send(token, but("/person/given_name", "Prudence"))
    assert answer.status_code == 409
    assert Referral.objects.count() == 1


def test_what_could_not_be_taken_does_not_use_up_its_key(token: str) -> None:
    assert send(token, but("/person/postcode", "")).status_code == 422
    assert send(token).status_code == 201


def test_a_key_belongs_to_one_system(token: str) -> None:
    other = actions.make_token(by=audit.SYSTEM, name="Oak Street Surgery")
    assert (send(token).status_code, send(other).status_code) == (201, 201)


@pytest.mark.parametrize("place", ["/in_danger", "/risk/safe_now"])
def test_risk_sends_the_crisis_text_and_telephone_back_at_once_and_is_looked_at_today(place: str, token: str) -> None:
    body = but("/risk", {"safe_now": "not_safe", "risk": "Said so."}) if place != "/in_danger" else but(place, True)
    with override_settings(ALLCOMERS=_settings(phone="01632 960 001")):
        answer = send(token, body)
    urgent = answer.json()["urgent"]
    assert answer.status_code == 201
    assert "Ring 01632 960 999 at any hour." in urgent["text"]
    assert urgent["telephone"] == "01632 960 001"
    assert Referral.objects.get().same_day


def test_under_age_and_out_of_area_are_taken(token: str) -> None:
    with override_settings(ALLCOMERS=_settings(area_postcodes=("YY1",))):
        assert send(token, but("/person/date_of_birth", "2015-03-27")).status_code == 201
    assert (Referral.objects.get().under_age, Referral.objects.get().area) == (True, "outside")


@pytest.mark.parametrize(
    ("place", "value", "pointer", "expected"),
    [
        ("/in_danger", "no", "/in_danger", "true or false"),
        ("/extra", 1, "/extra", "only the names in the schema"),
        ("/person/extra~/", 1, "/person/extra~0", "only the names in the schema"),
        ("/person/date_of_birth", "27/3/1985", "/person/date_of_birth", "a date that exists"),
        ("/person/date_of_birth", "1985-02-29", "/person/date_of_birth", "a date that exists"),
        ("/person/date_of_birth", "2999-01-01", "/person/date_of_birth", "must be in the past"),
        ("/person/nhs_number", "999 000 0019", "/person/nhs_number", "not an NHS number"),
        ("/person/nhs_number", 9990000018, "/person/nhs_number", "a text"),
        ("/person/given_name", "", "/person/given_name", "this is needed"),
        ("/person/given_name", " ", "/person/given_name", "Enter a given name"),
        ("/person/given_name", "a\x00b", "/person/given_name", "Null characters"),
        ("/person/given_name", "x" * 81, "/person/given_name", "at most 80 letters"),
        ("/person", None, "/person", "an object"),
        ("/contact", {}, "/contact/mobile", "at least one way"),
        ("/reason/problems", "debt", "/reason/problems", "a list"),
        ("/reason/problems", ["debt", "forged"], "/reason/problems/1", "one of"),
        ("/agreement/agreed", "no", "/agreement/agreed", "one of yes, best_interests"),
        ("/risk", {"safe_now": "not_safe"}, "/risk/risk", "Say what you know"),
    ],
)
def test_each_fault_says_where_what_kind_and_what_was_expected(
    place: str, value: Any, pointer: str, expected: str, token: str
) -> None:
    answer = send(token, but(place, value))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    (fault,) = [one for one in answer.json()["faults"] if one["pointer"] == pointer]
    assert expected in fault["expected"]
    assert fault["found"]
    assert not Referral.objects.exists()


def test_every_fault_is_listed_at_once_and_none_repeats_a_value(token: str) -> None:
    body = but("/person/nhs_number", 9990000018)
    body["contact"]["mobile"] = ["07700 900 982"]
    body["reason"] = "cannot sleep"
    del body["risk"]
    answer = send(token, body)
    assert [one["pointer"] for one in answer.json()["faults"]] == [
        "/risk",
        "/person/nhs_number",
        "/contact/mobile",
        "/reason",
    ]
    assert not any(canary in answer.content.decode() for canary in CANARIES)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{}",
        b'{"in_danger": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"person": "\\ud800"}',
        b"[" * 50_000,
        b"9" * 5000,
    ],
)
def test_what_is_no_json_is_said_to_be_none(body: bytes, token: str) -> None:
    answer = send(token, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"body": b"[" + b"1," * 40_000 + b"1]"}, 413),
        ({"body": b"x" * 10_000_000}, 413),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/json; charset=utf-16"}, 415),
        ({"key": ""}, 400),
        ({"key": "x" * 201}, 400),
        ({"key": "a\tb"}, 400),
    ],
    ids=["64 kB", "10 MB", "text", "UTF-16", "no key", "long key", "strange key"],
)
def test_what_is_not_read_is_refused_in_json(how: dict[str, Any], status: int, token: str) -> None:
    answer = send(token, **how)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not Referral.objects.exists()


def test_other_methods_are_not_answered() -> None:
    answer = Client().get(HERE)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_token_is_shown_once_stored_as_a_hash_and_revocable(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_referrer_token", "Elm Street Surgery")
    token = capsys.readouterr().out.strip()
    assert token not in str(Referrer.objects.values())
    assert send(token).status_code == 201
    call_command("make_referrer_token", "Elm Street Surgery")
    assert send(token, key="two").status_code == 401
    second = capsys.readouterr().out.strip()
    assert send(second, key="two").status_code == 201
    call_command("revoke_referrer_token", "Elm Street Surgery")
    assert send(second, key="three").status_code == 401
    with pytest.raises(CommandError, match="No system of that name"):
        call_command("revoke_referrer_token", "Elm Street Surgery")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \x00"])
def test_without_a_token_nothing_is_read(authorization: str) -> None:
    answer = Client().post(HERE, "{", content_type="application/json", headers={"Authorization": authorization})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_wrong_tokens_and_referrals_are_limited(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(timezone.now().replace(minute=1), tick=False) as clock:
        assert [send("wrong").status_code for _ in range(21)][-2:] == [401, 429]
        monkeypatch.setattr("allcomers.service.referrers.views.AN_HOUR", (1, 3600))
        assert [send(token).status_code for _ in range(2)] == [201, 429]
        clock.shift(timedelta(hours=1))
        assert send(token).status_code == 200
    assert limits.forget_past() >= 0


def test_nothing_that_was_sent_is_in_a_log(token: str, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    with caplog.at_level(logging.DEBUG):
        send(token)
        send(token, but("/person/nhs_number", "Canarybird"), key="two")
    assert not any(canary in caplog.text for canary in (*CANARIES, token))


def test_the_schema_is_served_is_the_one_in_the_docs_and_takes_the_example() -> None:
    served = Client().get("/referrals/api/schema.json").json()
    docs = Path(__file__).parents[3] / "docs" / "reference"
    assert json.loads((docs / "referral.schema.json").read_text()) == served
    Draft202012Validator.check_schema(served)
    example = re.search(r"```json\n(.+?)```", (docs / "refer-by-json.md").read_text(), flags=re.DOTALL)
    assert example
    shown = json.loads(example[1])
    assert not list(Draft202012Validator(served).iter_errors(shown))
    assert reading.read(shown).answers is not None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
PLACES = [
    f"/{name}" if part is None else f"/{name}/{part}"
    for name, section in schema()["properties"].items()
    for part in (None, *section.get("properties", {}), "unknown")
    if part is None or name != "in_danger"
]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_the_schema_and_the_reader_agree_on_every_shape(place: str, value: Any) -> None:
    """A judge from outside: jsonschema. `format` and rules between fields are the forms' alone."""
    body = but(place, value)
    by_schema = not list(Draft202012Validator(schema()).iter_errors(body))
    sent = reading.read(body)
    shape = not list(reading.shape_faults(body))
    if not place.endswith("date_of_birth"):
        assert shape == by_schema
    assert (sent.answers is None) == bool(sent.faults)


def _settings(**changes: Any) -> Any:
    from django.conf import settings as django_settings

    return django_settings.ALLCOMERS.but(**changes)
