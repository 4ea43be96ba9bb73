"""Where a system sends a referral, and the schema of what it sends. Answers are JSON, faults are problem details."""

import hashlib

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from allcomers.service.governance import audit, limits, working_days
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.look.problems import problem
from allcomers.service.referrals.models import Referral
from allcomers.service.referrers import actions, reading
from allcomers.service.referrers.models import Referrer
from allcomers.service.referrers.schema import schema as referral_schema
from allcomers.service.referrers.selectors import referrer_with_token

MOST_BYTES = 64 * 1024
AN_HOUR = (300, 3600)
WRONG_TOKENS = (20, 300)
LONGEST_KEY = 200


@require_safe
def schema(request: ServiceRequest) -> HttpResponse:
    return JsonResponse(referral_schema(), content_type="application/schema+json", json_dumps_params={"indent": 2})


@csrf_exempt
def receive(request: ServiceRequest) -> HttpResponse:
    """One referral. Sent again with the same key and body, it is the same referral, and the answer says so."""
    if request.method != "POST":
        return problem(405, "only POST is answered here", headers={"Allow": "POST"})
    referrer = referrer_with_token(_token(request))
    if referrer is None:
        return _unknown(request)
    if limits.exceeded("referrers:receive", str(referrer.pk), *AN_HOUR):
        return problem(429, "too many referrals in an hour", headers={"Retry-After": str(AN_HOUR[1])})
    if request.content_type != "application/json" or _charset(request) != "utf-8":
        return problem(415, "send application/json, in UTF-8")
    key = request.headers.get("Idempotency-Key", "")
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        return problem(
            400, f"give an Idempotency-Key of 1 to {LONGEST_KEY} letters, numbers and signs, another for each referral"
        )
    if len(request.body) > MOST_BYTES:
        return problem(413, f"a referral has at most {MOST_BYTES // 1024} kilobytes")
    return _taken(request, referrer, key)


def _taken(request: ServiceRequest, referrer: Referrer, key: str) -> HttpResponse:
    try:
        sent = reading.read(reading.parse(request.body))
    except reading.NotJsonError as error:
        return problem(400, str(error))
    if sent.answers is None:
        return problem(422, "some of it cannot be taken", faults=[fault.as_json() for fault in sent.faults])
    try:
        referral, new = actions.receive(
            by=audit.Actor("referrer", purpose="administration", source=request.access.source),
            referrer=referrer,
            key=key,
            body_hash=hashlib.sha256(request.body).hexdigest(),
            in_danger=sent.in_danger,
            answers=sent.answers,
        )
    except actions.KeyUsedError:
        return problem(409, "something else was sent with this Idempotency-Key before")
    return _answer(referral, new)


def _answer(referral: Referral, new: bool) -> HttpResponse:
    """The reference, and by when the person hears; where safety was in question, whom to ring now."""
    received_on = timezone.localdate(referral.received_at)
    heard_by = working_days.after(received_on, settings.ALLCOMERS.contact_working_days)
    said = {"reference": referral.reference, "heard_by": heard_by.isoformat(), "new": new}
    if referral.same_day:
        said["urgent"] = {
            "text": settings.ALLCOMERS.crisis_text,
            "telephone": settings.ALLCOMERS.phone,
            "note": "Nobody reads a referral straight away. Get help for the person now, and ring us as well.",
        }
    return JsonResponse(said, status=201 if new else 200)


def _charset(request: ServiceRequest) -> str:
    return (request.content_params or {}).get("charset", "utf-8").lower()


def _token(request: ServiceRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _unknown(request: ServiceRequest) -> HttpResponse:
    """The same answer for a wrong token, an old one and none; who tries many waits."""
    if limits.exceeded("referrers:unknown", request.access.source, *WRONG_TOKENS):
        return problem(429, "too many wrong tokens", headers={"Retry-After": str(WRONG_TOKENS[1])})
    audit.record("referrer.refused", by=request.access.actor, outcome=audit.REFUSED)
    where = request.build_absolute_uri(reverse("referrers:schema"))
    return problem(
        401,
        f"send a token that we gave you, as a bearer; what to send is at {where}",
        headers={"WWW-Authenticate": "Bearer"},
    )
