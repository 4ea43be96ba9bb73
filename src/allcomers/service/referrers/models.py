"""A system that may send referrals, and each that it sent."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from allcomers.service.referrals.models import Referral


class Referrer(models.Model):
    """A system that may send referrals: only a hash of its token is kept. One that was revoked stays, for the trace."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], condition=Q(revoked_at=None), name="one_live_token_a_referrer")
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """What a system sent under one idempotency key. Sent again with the same body it is the same referral."""

    referrer = models.ForeignKey(Referrer, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="delivery")
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referrer", "key"], name="one_delivery_a_key")]

    def __str__(self) -> str:
        return f"delivery of {self.referrer}"
