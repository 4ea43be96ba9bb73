"""Letting a system send referrals, no longer letting it, and taking what it sent."""

import secrets

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.referrals import actions as referrals
from allcomers.service.referrals.models import Referral, Source
from allcomers.service.referrals.steps import Answers
from allcomers.service.referrers.models import Delivery, Referrer
from allcomers.service.referrers.selectors import hash_of


class KeyUsedError(Exception):
    """Something else was sent under this idempotency key."""


@action
def make_token(*, by: audit.Actor, name: str) -> str:
    """Let a system send referrals. The token is returned once, and is not stored; a former one of it is revoked."""
    _revoke(by, name)
    token = secrets.token_urlsafe(32)
    made = Referrer.objects.create(name=name, token_hash=hash_of(token), made_at=timezone.now())
    audit.record("referrer.let_in", by=by, of=made)
    return token


@action
def revoke_token(*, by: audit.Actor, name: str) -> int:
    """No longer let a system send referrals; how many tokens of that name there were."""
    count = _revoke(by, name)
    audit.record("referrer.looked_for_tokens", by=by, revoked=count)
    return count


@action
def receive(
    *, by: audit.Actor, referrer: Referrer, key: str, body_hash: str, in_danger: bool, answers: Answers
) -> tuple[Referral, bool]:
    """Take a referral by the action that takes every other. Returns it, and whether it is new.

    A key is the system's, whichever of its tokens it is sent with: one that gets a new token and tries again sends
    nothing twice.

    Raises
    ------
    KeyUsedError : something else was sent under this key before.
    """
    _take_turns(referrer.name)
    before = Delivery.objects.filter(referrer__name=referrer.name, key=key).select_related("referral").first()
    if before is not None:
        if before.body_hash != body_hash:
            raise KeyUsedError
        audit.record("referral.sent_again", by=by, person=before.referral.person_id, of=before.referral)
        return before.referral, False
    started = referrals.begin(by=by, in_danger=in_danger, answers=dict(answers), source=Source.SYSTEM)
    started.refresh_from_db()  # dates as they are stored
    referral = referrals.submit(by=by, started=started, sent_by=referrer.name)
    Delivery.objects.create(
        referrer=referrer, key=key, body_hash=body_hash, referral=referral, received_at=referral.received_at
    )
    audit.record("referrer.sent", by=by, person=referral.person_id, of=referrer)
    return referral, True


def _take_turns(name: str) -> None:
    """Wait until whatever else this system sent, with any of its tokens, is there."""
    list(Referrer.objects.select_for_update().filter(name=name).order_by("pk"))


def _revoke(by: audit.Actor, name: str) -> int:
    live = list(Referrer.objects.select_for_update().filter(name=name, revoked_at=None))
    for one in live:
        one.revoked_at = timezone.now()
        one.save(update_fields=["revoked_at"])
        audit.record("referrer.shut_out", by=by, of=one)
    return len(live)
