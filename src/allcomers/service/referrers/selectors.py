"""Finding the system that a token belongs to."""

import hashlib

from allcomers.service.referrers.models import Referrer


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def referrer_with_token(token: str) -> Referrer | None:
    return Referrer.objects.filter(token_hash=hash_of(token), revoked_at=None).first()
