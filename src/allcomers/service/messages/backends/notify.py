"""GOV.UK Notify: its HTTP interface, version 2, with the signed token it asks for (JWT, HS256).

Notify sends from templates kept there. Two are needed, which hold nothing but our words: a text template with the
content `((message))`, and an e-mail template with the subject `((subject))` and the content `((message))`.

Source: GOV.UK Notify, REST API documentation (docs.notifications.service.gov.uk/rest-api.html).
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any, NoReturn
from uuid import UUID

import httpx
from django.conf import settings

from allcomers.service.messages.backends.errors import RefusedError
from allcomers.service.messages.letters import Letter

ID_LENGTH = 36
SECONDS = 20
NEVER = {400, 404, 410, 413}


class ProviderError(Exception):
    """The provider did not take it this time."""


class TooManyRequestsError(ProviderError):
    pass


class NotAllowedError(ProviderError):
    """The key is wrong, or not for this."""


class UnwellError(ProviderError):
    pass


class Notify:
    """Sends by Notify. What it may have already it is asked for first, by our id: so none is sent twice."""

    def send(self, letter: Letter) -> str:
        with _client() as client:
            known = _known(client, letter.id) if letter.again else ""
            return known or _send(client, letter)


def send_email(to: str, subject: str, body: str) -> str:
    """An e-mail that is not from the outbox, such as allauth's for a forgotten password."""
    with _client() as client:
        return _post(client, "email", {"email_address": to, **_email(subject, body)})


def _send(client: httpx.Client, letter: Letter) -> str:
    reference = {"reference": str(letter.id)}
    if letter.channel == "email":
        return _post(client, "email", {"email_address": letter.to, **_email(letter.subject, letter.body), **reference})
    words = {"template_id": settings.ALLCOMERS.notify_text_template, "personalisation": {"message": letter.body}}
    return _post(client, "sms", {"phone_number": letter.to, **words, **reference})


def _email(subject: str, body: str) -> dict[str, Any]:
    values = {"subject": subject, "message": body}
    return {"template_id": settings.ALLCOMERS.notify_email_template, "personalisation": values}


def _known(client: httpx.Client, message_id: UUID) -> str:
    """Notify's id for a message it has already; empty where it has none."""
    answer = client.get("/v2/notifications", params={"reference": str(message_id)})
    if answer.status_code != httpx.codes.OK:
        _fail(answer)
    found = answer.json()["notifications"]
    return str(found[0]["id"]) if found else ""


def _post(client: httpx.Client, what: str, body: dict[str, Any]) -> str:
    answer = client.post(f"/v2/notifications/{what}", json=body)
    if answer.status_code != httpx.codes.CREATED:
        _fail(answer)
    return str(answer.json()["id"])


def _fail(answer: httpx.Response) -> NoReturn:
    """By the status alone: Notify's sentence may hold the address."""
    if answer.status_code in NEVER:
        raise RefusedError(f"NotifyRefused{answer.status_code}")
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TooManyRequestsError
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise NotAllowedError
    raise UnwellError


def _client() -> httpx.Client:
    key = settings.ALLCOMERS.notify_key
    issuer, secret = key[-2 * ID_LENGTH - 1 : -ID_LENGTH - 1], key[-ID_LENGTH:]
    headers = {"Authorization": f"Bearer {token(issuer, secret, int(time.time()))}"}
    return httpx.Client(base_url=settings.ALLCOMERS.notify_url, headers=headers, timeout=SECONDS)


def token(issuer: str, secret: str, now: int) -> str:
    """A JSON web token as Notify asks for: who it is from and when, signed with the key's secret."""
    parts = [_packed({"typ": "JWT", "alg": "HS256"}), _packed({"iss": issuer, "iat": now})]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64(signature)])


def _packed(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
