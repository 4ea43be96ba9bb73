"""Each way that messages leave: the folder, the console, SMTP, GOV.UK Notify (a stand-in on this machine)."""

import base64
import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core import mail
from django.core.mail import EmailMessage

from allcomers.service.messages import backends
from allcomers.service.messages.backends import RefusedError, django_mail, notify
from allcomers.service.messages.letters import Letter
from tests.service.messages.notify_server import Notify, running

ISSUER, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"  # nobody's


def a_letter(channel: str = "text", *, again: bool = False) -> Letter:
    to = {"text": "07700 900 982", "email": "somebody@example.org"}[channel]
    return Letter(id=uuid4(), channel=channel, again=again, to=to, subject="A reminder", body="Hello. A reminder.")


@pytest.fixture
def fake(settings: Any) -> Iterator[Notify]:
    with running() as server:
        settings.ALLCOMERS = settings.ALLCOMERS.but(
            messages="notify",
            texts="notify",
            notify_key=f"our-key-{ISSUER}-{SECRET}",
            notify_url=server.address,
            notify_text_template="text-template",
            notify_email_template="email-template",
        )
        yield server


def test_the_folder_has_words_and_the_whole_and_the_same_message_twice_is_one(tmp_path: Any) -> None:
    letter = a_letter()
    for _ in range(2):
        assert backends.of("text").send(letter) == f"{letter.id}.json"
    folder = tmp_path / "messages"
    assert sorted(one.name for one in folder.iterdir()) == [f"{letter.id}.json", f"{letter.id}.txt"]
    assert (folder / f"{letter.id}.txt").read_text() == "Hello. A reminder.\n"
    assert json.loads((folder / f"{letter.id}.json").read_text())["to"] == letter.to


def test_the_console_prints(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(messages="console")
    backends.of("email").send(a_letter("email"))
    assert "email to somebody@example.org\nA reminder\n\nHello. A reminder." in capsys.readouterr().out


def test_smtp_sends_plain_words_with_the_messages_own_id(settings: Any) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(messages="smtp")
    letter = a_letter("email")
    identity = backends.of("email").send(letter)
    (sent,) = mail.outbox
    assert identity == f"<{letter.id}@care.example.org>"
    assert sent.extra_headers == {"Message-ID": identity}
    assert (sent.to, sent.subject, sent.body) == ([letter.to], letter.subject, letter.body)


@pytest.mark.parametrize(("code", "error"), [(550, RefusedError), (451, smtplib.SMTPRecipientsRefused)])
def test_smtp_gives_up_what_is_refused_for_good_and_tries_again_what_is_not(
    code: int, error: type[Exception], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(messages="smtp")

    def refused(_mail: EmailMessage) -> int:
        raise smtplib.SMTPRecipientsRefused({"somebody@example.org": (code, b"no")})

    monkeypatch.setattr(EmailMessage, "send", refused)
    with pytest.raises(error):
        backends.of("email").send(a_letter("email"))


def test_notify_is_given_a_text_and_an_email_with_our_reference(fake: Notify) -> None:
    text, email = a_letter("text"), a_letter("email")
    assert backends.of("text").send(text)
    assert backends.of("email").send(email)
    assert fake.posted == [
        (
            "/v2/notifications/sms",
            {
                "phone_number": text.to,
                "template_id": "text-template",
                "personalisation": {"message": text.body},
                "reference": str(text.id),
            },
        ),
        (
            "/v2/notifications/email",
            {
                "email_address": email.to,
                "template_id": "email-template",
                "personalisation": {"subject": email.subject, "message": email.body},
                "reference": str(email.id),
            },
        ),
    ]


def test_notifys_token_is_signed_with_the_secret_of_the_key(fake: Notify) -> None:
    backends.of("text").send(a_letter())
    head, body, signature = fake.tokens[0].split(".")
    wanted = hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "==") == wanted
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert claims["iss"] == ISSUER
    assert abs(claims["iat"] - time.time()) < 30
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"typ": "JWT", "alg": "HS256"}


def test_a_token_is_the_one_worked_by_hand() -> None:
    """Made with `openssl dgst -sha256 -hmac secret -binary` over the two parts, base64url without padding."""
    assert notify.token("a", "secret", 1516239022) == (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
        ".eyJpc3MiOiJhIiwiaWF0IjoxNTE2MjM5MDIyfQ"
        ".HB2btjri-thl5PviyYVwsX5cgPX2qyfH0geO5knGC84"
    )


def test_a_text_that_arrived_at_notify_without_our_hearing_is_not_sent_twice(fake: Notify) -> None:
    """Hazard: a message doubled. The first answer is lost; the second attempt asks before it sends."""
    letter = a_letter()
    fake.dies_after_taking = True
    with pytest.raises(httpx.HTTPError):
        backends.of("text").send(letter)
    fake.dies_after_taking = False
    again = Letter(letter.id, letter.channel, True, letter.to, letter.subject, letter.body)
    assert backends.of("text").send(again) == "known-id"
    assert len(fake.posted) == 1


def test_a_second_attempt_sends_what_notify_does_not_have(fake: Notify) -> None:
    assert backends.of("text").send(a_letter(again=True)) != "known-id"
    assert len(fake.posted) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RefusedError),
        (403, notify.NotAllowedError),
        (429, notify.TooManyRequestsError),
        (500, notify.UnwellError),
        (503, notify.UnwellError),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_notifys_refusals_are_told_apart_without_its_words(
    again: bool, status: int, error: type[Exception], fake: Notify
) -> None:
    fake.status = status
    with pytest.raises(error) as raised:
        backends.of("text").send(a_letter(again=again))
    assert "07700" not in str(raised.value)


def test_a_forgotten_password_leaves_by_notify_too(fake: Notify) -> None:
    message = EmailMessage("Password", "Follow this.", to=["somebody@example.org"])
    assert django_mail.EmailBackend().send_messages([message]) == 1
    assert fake.posted[0][1]["email_address"] == "somebody@example.org"
    assert fake.posted[0][1]["personalisation"] == {"subject": "Password", "message": "Follow this."}
